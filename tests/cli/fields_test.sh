#!/bin/sh
# fields_test.sh - a field that the office adds while units work offline: every
# face knows it, nothing is installed, and an auditor reads where it came from.
. "$(dirname "$0")/harness.sh"

quiet 0 tian -C office --as 王芳 init --office --hub hub --name 区政协提案委
for unit in edu edu2 hr; do
	quiet 0 tian -C $unit --as 李明 init --unit ${unit%2} --hub hub
	quiet 0 tian -C office unit add ${unit%2} 单位${unit%2} \
		--key $unit/key.pub
done
quiet 0 tian -C office new --title 关于增设老年食堂的建议 --sponsor 张三 \
	--session 1-1
quiet 0 tian -C office receive 1-1-001
quiet 0 tian -C office file 1-1-001 --case-no 1
quiet 0 tian -C office assign 1 --main edu
quiet 0 tian -C office sync
for unit in edu edu2 hr; do
	quiet 0 tian -C $unit sync
done

ends "a unit edits offline" 0 tian -C edu set 1 phone=12
ends "meanwhile the office adds a field" 0 tian -C office field add \
	handling.remark --type text --zh 备注 --en Remark --write own-unit \
	--policy review --publish yes
ends "and one that is not public" 0 tian -C office field add \
	proposal.inside --zh 内情
ends "a code" 0 tian -C office code add contact video --zh 视频会议
ends "and calls a field otherwise" 0 tian -C office field set \
	handling.phone --zh 联系电话
quiet 0 tian -C office sync
ends "what was edited before is delivered all the same" 0 tian -C edu sync
quiet 0 tian -C edu2 sync
quiet 0 tian -C hr sync
asked hr "SELECT count(*) FROM pragma_table_info('handling') WHERE name =
	'remark'" 1
asked edu2 "SELECT zh FROM code WHERE code = 'video'" 视频会议

ends "the unit writes it by its label" 0 tian -C edu set 1 备注=要点已核
ends "another node by plain SQL" 0 sqlite3 edu2/tian.db \
	"UPDATE handling SET remark = '已面谈'"
if sqlite3 office/tian.db "UPDATE handling SET remark = 'x'" 2>err; then
	not_ok "the office writes what only the unit may"
fi
says err "handling.remark (备注): only the row's own unit may write it"
quiet 0 tian -C edu sync
quiet 0 tian -C edu2 sync
ends "two values are a conflict, by its rule" 1 tian -C office sync
ends "it is told" 1 tian -C office conflicts 1
says out 已面谈
quiet 1 tian -C edu sync
ends "and decided" 0 tian -C edu resolve 1 edu.remark --value 要点已核 \
	--reason 以盖章文本为准
quiet 0 tian -C edu sync
quiet 0 tian -C office sync

ends "show" 0 tian -C office show 1
says out Remark
says out 要点已核
ends "show in JSON" 0 tian -C office show 1 --json
json_is "json_extract(j, '\$.handlings[0].remark')" 要点已核
ends "log" 0 tian -C office log 1
says out 已面谈
ends "blame" 0 tian -C office blame 1
says out Remark
ends "the register has its label" 0 git -C hub show main:register/1-1/001.yaml
says out "备注: 要点已核"
says out "联系电话: \"12\""
ends "and schema.yaml says who added it" 0 git -C hub blame main -- schema.yaml
says out "区政协提案委 王芳"
says out "字段: remark"
ends "its history is git's" 0 git -C hub log --format=%s main -- schema.yaml
ends "all of it follows from the signed changes" 0 tian -C office verify --hub
ends "at a unit too" 0 tian -C edu verify

quiet 0 tian -C office set 1 publicity=public class_confirmed=A 内情=不公开的话
for format in json md html; do
	ends "it is published as $format" 0 tian -C office publish \
		--format $format --out page.$format
	cp page.$format out
	says out 要点已核
	says_not out 不公开的话
done
ends "in a table it is a column of its own" 0 tian -C office publish \
	--format csv --out page.csv
cp page.csv out
says out ',"答复正文","备注"'
says out ',"要点已核"'
says_not out 不公开的话
ends "in a workbook too" 0 tian -C office publish --format xlsx --out page.xlsx
python3 -c 'import sys, zipfile
print(zipfile.ZipFile(sys.argv[1]).read("xl/sharedStrings.xml").decode())' \
	page.xlsx >out
says out 备注
says out 要点已核
says_not out 不公开的话

ends "it can be ended" 0 tian -C office field drop handling.remark \
	--reason 不再需要
quiet 0 tian -C office sync
quiet 0 tian -C edu sync
ends "then nobody writes it" 3 tian -C edu set 1 备注=又一句
says err "it is not used any more"
quiet 0 tian -C edu show 1
says out 要点已核
exit $failed
