#!/bin/sh
# round_trip_test.sh - what is published as JSON, CSV or a workbook, and read
# into an empty office, is the same session: every public field of a proposal,
# its units and leaders, and the same figures.
. "$(dirname "$0")/harness.sh"

office() { # NAME: an empty one
	rm -rf "$1" "$1.hub"
	quiet 0 tian -C "$1" init --office --hub "$work/$1.hub"
}

# What is public of each row, and nothing else.
rows() { # OFFICE
	ask "$1" "SELECT key, title, sector, sponsors, kind, category, is_key,
		due, review FROM proposal ORDER BY 1;
	SELECT h.proposal, u.name, h.role, h.draft, h.class_proposed,
		coalesce(h.doc_no, h.doc_no_entered),
		coalesce(h.signed_at, h.signed_entered)
		FROM handling h JOIN unit u ON u.code = h.unit
		WHERE h.void IS NOT 1 ORDER BY 1, 2;
	SELECT proposal, name, post, mode FROM leader WHERE void IS NOT 1
		ORDER BY 1, 2;
	SELECT proposal, date(at), target FROM event WHERE kind = 'submitted'
		ORDER BY 1, 3"
}

# All figures; a table does not say how many were received.
figures() { # OFFICE FORMAT
	tian -C "$1" stats --json >figures.json
	case $2 in json) cat figures.json ;; *)
		sqlite3 :memory: "SELECT json_remove(readfile('figures.json'),
			'\$.received', '\$.reconcile', '\$.stated')"
		;;
	esac
}

"$TIAN_GENERATOR" --proposals 60 --units 8 >list.csv
office a
quiet 0 tian -C a import list.csv --session 1-1
# By a plain SQL program, as the office may.
ask a "
UPDATE session SET committee = '区政协', name = '一届一次会议', received = 70
	WHERE key = '1-1';
UPDATE proposal SET kind = CASE WHEN sponsors GLOB '*、*' THEN 'joint' ELSE
	'person' END, category = CASE CAST(substr(key, -1) AS INTEGER) % 3
	WHEN 0 THEN '城建交通' WHEN 1 THEN '教科卫体' END, due = '2022-06-30';
INSERT INTO leader(proposal, name, post, mode) VALUES
	('1-1-003', '何领办', '区长', 'lead'),
	('1-1-003', '于督办', '主席', 'supervise'),
	('1-1-007', '何领办', '区长', 'lead'),
	('1-1-011', '无职务', NULL, 'supervise');
UPDATE handling SET role = 'split' WHERE proposal IN ('1-1-005', '1-1-006',
	'1-1-009');
UPDATE handling SET draft = coalesce(draft, proposal || '：' || unit ||
	'的答复。' || char(10) || '第二段：照办。'), class_proposed = CASE WHEN proposal = '1-1-005'
	AND unit > '区' || '民' THEN 'B' ELSE 'A' END, doc_no_entered = unit ||
	'〔2022〕9号', signed_entered = coalesce(signed_entered, '2022-05-04') WHERE role = 'split';
UPDATE handling SET doc_no_entered = NULL WHERE proposal = '1-1-006' AND rowid = (SELECT min(rowid) FROM handling WHERE proposal
	= '1-1-006');
"
[ "$(ask a "SELECT count(*) FROM handling WHERE role = 'split'")" -gt 4 ] ||
	not_ok "the made session has separate units"
# A reply of each separate unit was handed in.
ask a "SELECT proposal, unit FROM handling WHERE role = 'split' ORDER BY 1, 2" |
	while IFS='|' read -r key unit; do
		ask a "INSERT INTO event(proposal, unit, id, kind, at, target)
			SELECT '$key', 'office', 'x-$unit', 'submitted',
			'2022-05-04T04:00:00Z', '$unit' WHERE NOT EXISTS
			(SELECT 1 FROM event WHERE proposal = '$key' AND
			target = '$unit')"
	done
quiet 0 tian -C a list
rows a >a.rows

for format in json csv xlsx; do
	quiet 0 tian -C a publish --format $format --out page.$format
	office b
	ends "$format is read without a doubt" 0 tian -C b import \
		page.$format --session 1-1
	rows b >b.rows
	diff a.rows b.rows >out && echo "ok - $format gives every public field" ||
		not_ok "$format: rows differ"
	figures a $format >a.figures
	figures b $format >b.figures
	diff a.figures b.figures >out && echo "ok - $format gives the figures" ||
		not_ok "$format: figures differ"
	quiet 0 tian -C b import page.$format --session 1-1
	says out 'nothing new'
done
ask b "SELECT DISTINCT role FROM handling ORDER BY 1" >out
name="all roles were there"
[ "$(tr '\n' ' ' <out)" = 'co main split ' ] || not_ok "$name"
quiet 0 tian -C a publish --format json --out page.json
office b
quiet 0 tian -C b import page.json
asked b "SELECT received || committee || name FROM session" \
	70区政协一届一次会议
exit $failed
