#!/bin/sh
# Lists as people and scripts meet them: a made-up session in and out again in
# every format and encoding, checks, figures, search, papers.
. "$(dirname "$0")/harness.sh"
generator=${TIAN_GENERATOR:?}
samples=$tests/samples

office() { # NAME: an empty office
	rm -rf "$1" "$1.hub"
	quiet 0 tian -C "$1" init --office --hub "$work/$1.hub"
}

figures() { # REPLICA: what two replicas of one session share
	tian -C "$1" list --json | grep -vE '"(status|due)"' >"$1.list"
	sqlite3 "$1/tian.db" 'SELECT proposal, unit, role, class_proposed,
		draft FROM handling ORDER BY 1, 2' >"$1.rows"
}

"$generator" --copies 4 >session.csv 2>copies
"$generator" --copies 4 >again.csv 2>/dev/null
cmp -s session.csv again.csv || not_ok 'the same seed gave another session'
[ "$(wc -l <copies)" = 4 ] || not_ok 'not four copies'
ok 'a session is made, the same each time'

office a
quiet 0 tian -C a import session.csv --session 1-1
says out 'proposals 357 new'
says out 'replies 357, classes 357'
quiet 0 tian -C a import session.csv --session 1-1
says out 'nothing new: 357 entries read'
figures a
ok 'it is taken in whole, and once'

iconv -t GB18030 session.csv >gb.csv
iconv -t UTF-16 session.csv >u16.csv
for form in gb u16; do
	office b
	quiet 0 tian -C b import $form.csv --session 1-1
	figures b
	cmp -s a.rows b.rows || not_ok "$form gave other rows"
done
ok 'other encodings say the same'

# Published tables hold no bodies of proposals; all else comes back.
for format in csv xlsx json; do
	quiet 0 tian -C a publish --format $format --out page.$format
	office b
	quiet 0 tian -C b import page.$format --session 1-1
	figures b
	cmp -s a.rows b.rows || not_ok "$format lost something"
	quiet 0 tian -C a import page.$format --session 1-1
	says out 'nothing new'
done
ok 'what is published is read back, and is nothing new'

quiet 1 tian -C a check --json
grep -B1 -A4 '"duplicate_passage"' out |
	sed -n 's/.*"\(case\|other\)": "1-1-\(.*\)".*/\2/p' | paste -d ' ' - - |
	sort >found
sort copies | cmp -s - found || not_ok 'other passages than were copied'
grep -q '"error"' out && not_ok 'an error in sound replies'
[ "$(grep -c '"warning"' out)" = 4 ] || not_ok 'a warning too many'
quiet 1 tian -C a check "$(head -n 1 copies | cut -d ' ' -f 2)"
says out duplicate_passage
ok 'exactly the copied passages are found'

quiet 0 tian -C a stats --json
says out '"replied": 357'
says out '"reconcile": []'
[ "$(grep -c '"unit": ' out)" = 45 ] || not_ok 'not 45 units'
quiet 0 tian -C a stats
says out '357/357 (100.0%)'
ok 'figures are told'

for word in 候鸟栖地 老年食堂 客 渡口改; do
	tian -C a list --search $word --json | grep '"key"' >narrow || :
	sqlite3 a/tian.db "SELECT '    \"key\": \"' || p.key || '\",'
		FROM proposal p WHERE instr(p.title || coalesce(p.body, ''),
		'$word') OR EXISTS (SELECT 1 FROM handling h WHERE h.proposal =
		p.key AND instr(h.draft, '$word')) ORDER BY 1" >wide
	cmp -s narrow wide || not_ok "searching $word"
done
sqlite3 a/tian.db "UPDATE proposal SET title = '关于鹤形目的建议'
	WHERE key = '1-1-357'"
quiet 0 tian -C a list --search 鹤形目
says out 1-1-357
ok 'a search finds what is there, whoever wrote it'

for paper in assignment letter feedback results; do
	quiet 0 tian -C a publish --paper $paper --out $paper.html
	says $paper.html '</html>'
done
quiet 0 tian -C a publish --paper letter 14 --out letter.html
says out '1 sheets'
quiet 3 tian -C a publish --paper reminder --out reminder.html
[ ! -e reminder.html ] || not_ok 'an empty paper was written'
quiet 2 tian -C a publish --paper leaflet --out leaflet.html
quiet 2 tian -C a publish --format html 14 --out page.html
ok 'papers are printed'

"$generator" --dirty --proposals 200 --seed 5 >dirty.csv
office c
quiet 1 tian -C c import dirty.csv --session 1-1 --dry-run
quiet 0 tian -C c list --json
[ "$(tr -d ' \n' <out)" = '[]' ] || not_ok 'a dry run took something'
quiet 1 tian -C c import dirty.csv --session 1-1
says out 'proposals 200 new'
says out 'replies 200'
grep -q ':[0-9]*:11: .*9月31日' err || not_ok 'an impossible date is not named'
grep -q ':[0-9]*:9: .*办理结果' err || not_ok 'a missing class is not named'
[ "$(sqlite3 c/tian.db "SELECT count(*) FROM unit WHERE code <> 'office'")" \
	= 45 ] ||
	not_ok 'separators made units of their own'
quiet 3 tian -C c import dirty.csv --session 1-1 --strict
ok 'a dirty list is taken, each doubt named with line and column'

office d
quiet 1 tian -C d import "$samples/other-table.csv" --session 2-3 \
	--map 事由=title --map 办结情况=class --json
says out '"encoding": "GB18030"'
says out '"column": 8'
quiet 0 tian -C d list --class C
says out 2-3-007
quiet 2 tian -C d import "$samples/other-table.csv" --map 事由=titel
says err 'replied_on'
quiet 2 tian -C d import "$samples/bare-page.txt" --map a=title \
	--format news
ok 'unusual headings are mapped'
exit $failed
