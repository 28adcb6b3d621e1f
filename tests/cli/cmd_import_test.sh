#!/bin/sh
# tian import and tian publish as people and scripts meet them: statuses, what
# is named, what is written. What they do to the replica: import_test.c.
set -eu
export LC_ALL=C.UTF-8 LANGUAGE=en
tian=${TIAN_PROGRAM:?}
samples=${TIAN_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/samples
work=$(mktemp -d "${TMPDIR:-/tmp}/tian-import-XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"
export HOME="$work"

number=0
ok() {
	number=$((number + 1))
	echo "ok $number - $1"
}

fail() {
	echo "not ok - $1"
	sed 's/^/# /' out err
	exit 1
}

# run STATUS COMMAND...: streams to out and err.
run() {
	wanted=$1
	shift
	got=0
	"$@" >out 2>err </dev/null || got=$?
	[ "$got" = "$wanted" ] || fail "status $got, not $wanted: $*"
}

says() { # FILE TEXT
	grep -qF -- "$2" "$1" || fail "$1 does not say: $2"
}

run 0 "$tian" -C office init --office --hub "$work/hub"

run 3 "$tian" -C office import nowhere.txt
ok 'a file that is not there is bad input'

run 2 "$tian" -C office import
run 2 "$tian" -C office import a.txt --only everything
run 2 "$tian" -C office import "$samples/key-proposals.txt" --format doc
ok 'a wrong command line is told apart from a bad file'

iconv -f UTF-8 -t GB18030 "$samples/key-proposals.txt" >gbk.txt
run 0 "$tian" -C office import gbk.txt --only proposals --dry-run
says out '20'
ok 'a page in GB18030 is read'

printf '\201\n\377\n' >broken.txt
run 3 "$tian" -C office import broken.txt
says err 'broken.txt'
ok 'bytes of no encoding are refused'

printf 'PK\003\004rest' >list.xlsx
run 3 "$tian" -C office import list.xlsx
says err 'damaged'
ok 'a damaged workbook is told'

run 1 "$tian" -C office import "$samples/workbook.xlsx" --session 1-2 --dry-run
ok 'a workbook is read'

echo '今天天气很好' >letter.txt
run 3 "$tian" -C office import letter.txt
says err '14、教育界:《题目》(A类)'
ok 'a text without entries shows what an entry looks like'

run 3 "$tian" -C office import "$samples/dirty-page.txt" --strict
says err 'dirty-page.txt:17: '
says err 'nothing is taken'
run 0 "$tian" -C office list --json
[ "$(tr -d ' \n' <out)" = '[]' ] || fail 'strict took something'
ok 'strict takes nothing and says why'

run 1 "$tian" -C office import "$samples/dirty-page.txt" --dry-run
says out 'would take'
run 0 "$tian" -C office list --json
[ "$(tr -d ' \n' <out)" = '[]' ] || fail 'a dry run took something'
ok 'a dry run takes nothing'

run 1 "$tian" -C office import "$samples/dirty-page.txt"
for line in 13 17 19 21 23 27 29 31 33 43 45 51 53; do
	grep -q "dirty-page.txt:$line: " err || fail "line $line is not named"
done
run 0 "$tian" -C office list --json
[ "$(grep -c '"key"' out)" = 7 ] || fail 'not seven proposals'
ok 'what can be taken is taken, every other line is named'

run 0 "$tian" -C office import "$samples/key-proposals.txt" --json
says out '"proposals": 20'
says out '"replies": 20'
run 0 "$tian" -C office import "$samples/key-proposals.txt" --json
says out '"changes": 0'
ok 'the same file twice changes nothing'

run 0 "$tian" -C office import "$samples/key-proposals.csv" --session 1-1
says out 'nothing new'
run 3 "$tian" -C office import "$samples/key-proposals.csv"
says err '--session'
ok 'a table says the same as the page, and asks for its session'

run 2 "$tian" -C office publish --format html
run 2 "$tian" -C office publish --format doc --out page.doc
run 3 "$tian" -C office publish --format html --out page --session 9-9
run 3 "$tian" -C office publish --format html --out nowhere/page.html
[ ! -e nowhere ] || fail 'a folder was made'
ok 'publish says what it needs'

echo old >page.html
run 0 "$tian" -C office publish --format html --out page.html --session 1-1
[ "$(grep -c '<article' page.html)" = 20 ] || fail 'not 20 articles'
run 0 "$tian" -C office publish --format json --out - --session 1-1
says out '"proposals": ['
run 0 "$tian" -C office publish --format md --out page.md
[ "$(grep -c '^## ' page.md)" = 7 ] || fail 'not the last session'
ls -A >left
[ "$(grep -c tmp left)" = 0 ] || fail 'a temporary file stayed'
ok 'a published file is whole, and the last session is the default'
