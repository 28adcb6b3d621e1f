#!/bin/sh
# lifecycle_test.sh - the moves of schemas/lifecycle.sql are those of the view
# proposal_status, and those that schemas/lifecycle.md draws.
set -eu
export LC_ALL=C.UTF-8
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/tian-lifecycle-XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"
"$TIAN_PROGRAM" -C office init --office --hub hub >out 2>&1 || {
	cat out
	exit 1
}
python3 "$here/lifecycle.py" office/tian.db

# Every state and every step of the table is named in the drawing.
failed=0
sqlite3 office/tian.db "SELECT state FROM _lifecycle UNION SELECT next FROM
	_lifecycle UNION SELECT step FROM _lifecycle" >names
while read -r name; do
	grep -qF -- "$name" "$here/../../schemas/lifecycle.md" || {
		echo "not ok - lifecycle.md does not tell of $name"
		failed=1
	}
done <names
[ $failed -eq 1 ] || echo "ok - lifecycle.md tells of every state and step"
exit $failed
