#!/bin/sh
# tian import and tian publish as people and scripts meet them: statuses, what
# is named, what is written. What they do to the replica: import_test.c.
. "$(dirname "$0")/harness.sh"
samples=$tests/samples

quiet 0 tian -C office init --office --hub "$work/hub"

quiet 3 tian -C office import nowhere.txt
ok 'a file that is not there is bad input'

quiet 2 tian -C office import
quiet 2 tian -C office import a.txt --only everything
quiet 2 tian -C office import "$samples/key-proposals.txt" --format doc
ok 'a wrong command line is told apart from a bad file'

iconv -f UTF-8 -t GB18030 "$samples/key-proposals.txt" >gbk.txt
quiet 0 tian -C office import gbk.txt --only proposals --dry-run
says out '20'
ok 'a page in GB18030 is read'

printf '\201\n\377\n' >broken.txt
quiet 3 tian -C office import broken.txt
says err 'broken.txt'
ok 'bytes of no encoding are refused'

printf 'PK\003\004rest' >list.xlsx
quiet 3 tian -C office import list.xlsx
says err 'damaged'
ok 'a damaged workbook is told'

quiet 1 tian -C office import "$samples/workbook.xlsx" --session 1-2 --dry-run
ok 'a workbook is read'

echo '今天天气很好' >letter.txt
quiet 3 tian -C office import letter.txt
says err '14、教育界:《题目》(A类)'
ok 'a text without entries shows what an entry looks like'

quiet 3 tian -C office import "$samples/dirty-page.txt" --strict
says err 'dirty-page.txt:17: '
says err 'nothing is taken'
quiet 0 tian -C office list --json
[ "$(tr -d ' \n' <out)" = '[]' ] || not_ok 'strict took something'
ok 'strict takes nothing and says why'

quiet 1 tian -C office import "$samples/dirty-page.txt" --dry-run
says out 'would take'
quiet 0 tian -C office list --json
[ "$(tr -d ' \n' <out)" = '[]' ] || not_ok 'a dry run took something'
ok 'a dry run takes nothing'

quiet 1 tian -C office import "$samples/dirty-page.txt"
for line in 13 17 19 21 23 27 29 31 33 43 45 51 53; do
	grep -q "dirty-page.txt:$line: " err || not_ok "line $line is not named"
done
quiet 0 tian -C office list --json
[ "$(grep -c '"key"' out)" = 7 ] || not_ok 'not seven proposals'
ok 'what can be taken is taken, every other line is named'

quiet 0 tian -C office import "$samples/key-proposals.txt" --json
says out '"proposals": 20'
says out '"replies": 20'
quiet 0 tian -C office import "$samples/key-proposals.txt" --json
says out '"changes": 0'
ok 'the same file twice changes nothing'

quiet 0 tian -C office import "$samples/key-proposals.csv" --session 1-1
says out 'nothing new'
quiet 3 tian -C office import "$samples/key-proposals.csv"
says err '--session'
ok 'a table says the same as the page, and asks for its session'

quiet 2 tian -C office publish --format html
quiet 2 tian -C office publish --format doc --out page.doc
quiet 3 tian -C office publish --format html --out page --session 9-9
quiet 3 tian -C office publish --format html --out nowhere/page.html
[ ! -e nowhere ] || not_ok 'a folder was made'
ok 'publish says what it needs'

echo old >page.html
quiet 0 tian -C office publish --format html --out page.html --session 1-1
[ "$(grep -c '<article' page.html)" = 20 ] || not_ok 'not 20 articles'
quiet 0 tian -C office publish --format json --out - --session 1-1
says out '"proposals": ['
quiet 0 tian -C office publish --format md --out page.md
[ "$(grep -c '^## ' page.md)" = 7 ] || not_ok 'not the last session'
ls -A >left
[ "$(grep -c tmp left)" = 0 ] || not_ok 'a temporary file stayed'
ok 'a published file is whole, and the last session is the default'
exit $failed
