#!/bin/sh
# oracle_test.sh - random schedules, folded by the engine and, from the bytes
# that travelled, by a second program that knows only the documents: they must
# agree on every cell. TIAN_SEED and TIAN_SCHEDULES say which and how many.
# Skips, loudly, where Python's msgpack is missing.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
python=
for one in python3 /usr/bin/python3; do
	if "$one" -c 'import msgpack' 2>/dev/null; then
		python=$one
		break
	fi
done
if [ -z "$python" ]; then
	echo "SKIPPED: the oracle needs Debian's python3-msgpack" >&2
	exit 77
fi

folder=$(mktemp -d "${TMPDIR:-/tmp}/tian-oracle-XXXXXX")
trap 'rm -rf "$folder"' EXIT
seed=${TIAN_SEED:-1}
usual=200
[ -z "${TIAN_LESS-}" ] || usual=50
echo "TIAN_SEED=$seed"
"${TIAN_ORACLE_DUMP:?the program made from tests/oracle/dump.c}" \
	"$folder" "$seed" "${TIAN_SCHEDULES:-$usual}"
PYTHONDONTWRITEBYTECODE=1 "$python" "$here/oracle/compare.py" "$folder"
