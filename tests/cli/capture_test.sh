#!/bin/sh
# capture_test.sh - 10,000 rows written by programs that know nothing of us:
# the sqlite3 shell, Python's sqlite3, and one bulk UPDATE as a spreadsheet
# would make it. Each field that changed is one change, and nothing else is.
set -eu
export LC_ALL=C.UTF-8
unset TIAN_DIR || :
work=$(mktemp -d "${TMPDIR:-/tmp}/tian-capture-XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"
db=office/tian.db
failed=0

same() { # NAME EXPECTED ACTUAL
	if [ "$2" = "$3" ]; then
		echo "ok - $1"
	else
		echo "not ok - $1: '$3', not '$2'"
		failed=1
	fi
}

# Changes of a field of proposals whose value is what the table holds, and all
# changes there are; logged by the next command of ours.
log_of() { # FIELD
	"$TIAN_PROGRAM" -C office list --search nothing >/dev/null
	sqlite3 $db "SELECT count(*) FROM _change c
		JOIN _row r ON r.id = c.cell >> 12
		JOIN _entity e ON e.id = r.entity AND e.name = 'proposal'
		JOIN _field f ON f.entity = e.id AND f.name = '$1'
		JOIN _head h ON h.change = c.id
		JOIN proposal p ON p.key = r.key AND p.$1 IS c.value
		WHERE c.cell & 4095 = f.id"
}
all() {
	sqlite3 $db "SELECT count(*) FROM _change"
}

"$TIAN_PROGRAM" -C office init --office --hub hub >/dev/null 2>&1
"$TIAN_PROGRAM" -C office list >/dev/null
before=$(all)

sqlite3 $db "WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE
	i < 10000) INSERT INTO proposal(key, title, sector)
	SELECT printf('1-1-%05d', i), '第' || i || '件', '教育界' FROM n"
same "the shell's rows are logged" 10000 "$(log_of title)"
same "each field once, and no more" $((before + 20000)) "$(all)"

sqlite3 $db "UPDATE proposal SET sector = CASE WHEN rowid % 2 THEN '体育界'
	ELSE sector END"
same "a bulk update is logged where it changes something" 10000 \
	"$(log_of sector)"
same "and nowhere else" $((before + 25000)) "$(all)"

python3 - $db <<'END'
import sqlite3
import sys

with sqlite3.connect(sys.argv[1]) as db:
    db.executemany("UPDATE proposal SET title = ?, body = ? WHERE key = ?",
                   [(f"题 {i}", f"正文\n第{i}段“引”", f"1-1-{i:05d}")
                    for i in range(1, 10001)])
END
same "Python's titles are logged" 10000 "$(log_of title)"
same "Python's texts are logged" 10000 "$(log_of body)"
same "each once" $((before + 45000)) "$(all)"
same "and every edit replaced what it saw" 0 "$(sqlite3 $db "SELECT count(*)
	FROM (SELECT cell FROM _head GROUP BY cell HAVING count(*) > 1)")"

same "what was rolled back is nowhere" "$(all)" "$(
	sqlite3 $db "BEGIN; UPDATE proposal SET title = 'x'; ROLLBACK"
	log_of title >/dev/null
	all)"
exit $failed
