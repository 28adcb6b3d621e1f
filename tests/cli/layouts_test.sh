#!/bin/sh
# layouts_test.sh - lists as offices lay them out: titles above the table, two
# rows of headings, merged cells, co-units in brackets, totals and remarks
# below, numbers and dates in every script. What is sure is taken; each doubt
# is named with line, column and reason, and nothing else is.
. "$(dirname "$0")/harness.sh"

# doubts FILE SESSION: imports it; its doubts, one a line, are those given.
doubts() {
	name="$1: each doubt is named, and nothing else"
	cat >wanted
	quiet 1 tian -C office import "$tests/samples/$1" --session "$2"
	sed "s,.*/$1:,," err >named
	while IFS='	' read -r place reason; do
		line=$(sed -n 1p named)
		sed -i 1d named
		case $line in
		"$place: "*"$reason"*) ;;
		*) not_ok "$name: '$line' is not $place …$reason…" ;;
		esac
	done <wanted
	if [ -s named ]; then not_ok "$name: too many: $(cat named)"; fi
	[ $failed -eq 1 ] || echo "ok - $name"
}

rows() { # KEYS: what was taken
	ask office "SELECT p.key, (SELECT group_concat(said, ', ') FROM
		(SELECT role || ' ' || unit || coalesce(' ' || class_proposed,
		'') || coalesce(' ' || doc_no_entered, '') || coalesce(' ' ||
		signed_entered, '') AS said FROM handling WHERE proposal =
		p.key ORDER BY role DESC, unit)) FROM proposal p WHERE p.key
		GLOB '$1-*' ORDER BY p.key" >rows
}

took() { # NAME: the rows given
	name="$1: what is sure is taken"
	if diff - rows >out; then echo "ok - $name"; else not_ok "$name"; fi
}

quiet 0 tian -C office init --office --hub hub

# UTF-16, separated by tabs, numbered 一、, co-units in brackets.
doubts ledger.tsv 2-3 <<'END'
3:1	序号
5:7	公（2023）12号
5:8	2023.6.31
6:7	水﹝2023﹞7号
6:8	9月31日
7:6	is empty
7:7	[2023]9号
8:3	column '案由' is empty
9:6	“D” is not one of
9:7	18
10	totals or remarks
11	totals or remarks
END
rows 2-3
took ledger.tsv <<'END'
2-3-001|main 区民政局 A 民〔2023〕3号 2023-06-01, co 区卫健局
2-3-002|main 区公安局 B 公（2023）12号, co 区城管局, co 区教育局
2-3-003|main 区水务局 C 水﹝2023﹞7号
2-3-004|main 区经信局 [2023]9号 2023-07-01, co 区税务局, co 区财政局
2-3-006|main 区园林局 18 2023-07-03
END

# GB18030, digits of full width, a text over two lines, a number twice.
doubts summary.csv 2-2 <<'END'
4:7	2023年５月
7:1	its number stands already in line 6
9:1	２０２３００五
10:6	is empty
11	totals or remarks
12	totals or remarks
13	totals or remarks
END
rows 2-2
took summary.csv <<'END'
2-2-2023001|main 区教育局 A 2023-05-08, co 区体育局, co 区文旅局
2-2-2023002|main 区人社局 B, co 区经信局
2-2-2023003|main 区卫健局 A 2023-05-20
2-2-2023004|main 区环保局 C 2023-06-01, co 区农业局
2-2-2023006|main 区总工会 2023-06-02
END

# A workbook: two rows of headings, the main unit merged over three proposals.
doubts merged.xlsx 2-1 <<'END'
2:1	序号
4:8	45078
6:7	住建2023-3
6:8	2023.06.31
7:6	is empty
8	totals or remarks
END
rows 2-1
took merged.xlsx <<'END'
2-1-2023001|main 区住建局 A 住建〔2023〕1号, co 区水务局
2-1-2023002|main 区住建局 A 住建〔2023〕2号 2023-06-02, co 区城管局
2-1-2023003|main 区住建局 B 住建2023-3
2-1-2023004|main 区卫健局 卫〔2023〕1号 2023-06-05, co 区民政局
END

# Once more says the same and changes nothing.
for file in ledger.tsv summary.csv merged.xlsx; do
	quiet 1 tian -C office import "$tests/samples/$file" --session \
		"2-$(echo $file | sed 's/l.*/3/; s/s.*/2/; s/m.*/1/')"
	says out 'nothing new'
done
exit $failed
