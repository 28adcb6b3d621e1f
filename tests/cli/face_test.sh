#!/bin/sh
# face_test.sh - the program from outside: an office, two nodes of one unit,
# a conflict, a decision; exit statuses, JSON, languages, and that the example
# in each command's help works as printed.
. "$(dirname "$0")/harness.sh"

example() { # NAME STATUS COMMAND
	example_of "$3"
	ends "$1" "$2" sh -eu example.sh
}

ends "no command is a usage error" 2 tian
ends "an unknown command suggests the nearest" 2 tian synk
says err "is 'sync' meant?"
ends "an unknown option suggests the nearest" 2 tian list --serch x
says err "--search"
ends "a command outside of a replica says so" 3 tian list
ends "init needs to know which" 2 tian -C office init --hub hub
ends "the version is told" 0 tian --version

example "init: the example works" 0 init
ends "init can be run again" 0 tian -C office init --office --hub ./hub
export TIAN_DIR=office
example "unit: the example works" 0 unit
ends "a second unit" 0 tian -C hr init --unit hr --hub hub --name 区人社局
ends "a second unit is enrolled" 0 tian unit add hr 区人社局 --key hr/key.pub
ends "a second node of a unit" 0 tian -C edu2 init --unit edu --hub hub --as 李明
ends "a unit that is not enrolled is told so" 4 tian -C edu2 sync
ends "a second node is enrolled" 0 tian unit add edu 区教育局 \
	--key edu2/key.pub
ends "units are listed" 0 tian unit list --json
json_is "json_array_length(j)" 3
json_is "json_extract(j, '\$[0].keys')" 2

cp "$TIAN_SOURCE/tests/samples/key-proposals.txt" page.txt
ends "import: the example works" 0 tian import page.txt --only proposals
ends "a workbook of the same list" 0 tian publish --format xlsx --out list.xlsx
example "import: once more changes nothing" 0 import
ends "units named by the page are enrolled" 0 tian unit list
example "assign: the example works" 0 assign
says err "主办 区教育局，会办 区人社局，期限 2022-09-30"
example "set: the example works" 0 set
example "field: the example works" 0 field
example "code: the example works" 0 code
ends "a field's name is checked" 3 tian field add 'handling.x; DROP' --zh 甲
ends "a field needs its label" 2 tian field add handling.x
ends "only the office adds fields" 3 tian -C edu field add handling.x --zh 甲
ends "a list needs its codes first" 3 tian field add handling.x --list no --zh 甲
ends "what was always there keeps its rule" 3 tian field set handling.phone \
	--policy newest
ends "but may be called otherwise" 0 tian field set handling.phone --zh 联系电话
ends "a new field is there at once" 0 tian set 14 edu.备注=要点已核
ends "fields are listed in JSON" 0 tian field list --json
json_is "json_extract(j, '\$[1].name')" remark
json_is "json_extract(j, '\$[1].in_use')" 1
ends "codes are listed" 0 tian code list contact
says out video
ends "the office syncs" 0 tian sync --json
json_is "json_extract(j, '\$.conflicts.hard')" 0
for unit in edu edu2 hr; do
	ends "$unit syncs" 0 tian -C $unit sync
done

printf '已在三所学校试点。\n' >reply.txt
TIAN_DIR=edu example "reply: the example works" 0 reply
printf '已在五所学校试点。\n' >reply2.txt
ends "another node replies" 0 tian -C edu2 reply 14 --class B \
	--text-file reply2.txt
mv hub away
ends "without the hub work is kept" 4 tian -C edu sync
ends "without the hub lists work" 0 tian -C edu list
mv away hub
ends "then it is delivered" 0 tian -C edu sync
ends "the other node's too" 0 tian -C edu2 sync
ends "the office finds the conflict" 1 tian sync
says out "to decide"
example "conflicts: the example works" 1 conflicts
says out "1-1-014"
says out "李明"
ends "conflicts are told in JSON" 1 tian conflicts --json
json_is "json_extract(j, '\$[0].heads[0].site')" edu
ends "who has two values is ambiguous" 3 tian resolve 14 edu.class_proposed \
	--take edu --reason 以盖章文本为准
ends "a decision" 0 tian resolve 14 edu.class_proposed --value A \
	--reason 以盖章文本为准
ends "another decision" 0 tian resolve 14 edu.draft --value 已在五所学校试点。 \
	--reason 以盖章文本为准
ends "the decision is delivered" 0 tian sync
example "sync: the example works" 0 sync
ends "both nodes learn it" 0 tian -C edu sync
ends "both nodes learn it" 0 tian -C edu2 sync
for unit in edu edu2; do
	ends "$unit shows what was decided" 0 tian -C $unit show 14 --json
	json_is "json_extract(j, '\$.handlings[0].class_proposed')" A
	json_is "json_extract(j, '\$.handlings[0].draft')" 已在五所学校试点。
	json_is "json_array_length(j, '\$.conflicts')" 0
done
example "resolve: an old one needs no more" 0 resolve
example "show: the example works" 0 show
example "list: the example works" 0 list
example "log: the example works" 0 log
says out "以盖章文本为准"
ends "the log names the commit" 0 tian log 14 edu.class_proposed --json
json_is "length(json_extract(j, '\$[#-1].commit'))" 40
json_is "json_extract(j, '\$[#-1].reason')" 以盖章文本为准
ends "a field is changed by mistake" 0 tian set 14 sector=科技界
example "revert: the example works" 0 revert
ends "and says again what it said at first" 0 tian show 14
says out 教育界
example "verify: the example works" 0 verify
ends "verify is told in JSON" 0 tian verify --json
json_is "json_extract(j, '\$.ok')" 1
example "doctor: the example works" 0 doctor
chmod 644 edu/key
ends "doctor finds a key that others can read" 1 tian -C edu doctor
says out "chmod 600"
chmod 600 edu/key
ends "the reply is handed in" 0 tian -C edu submit 14
ends "it is sent" 0 tian -C edu sync
ends "it arrives" 0 tian sync
example "publish: the example works" 0 publish

ends "a unit holds its own cases only" 0 tian -C hr list --json
json_is "json_array_length(j)" "$(sqlite3 office/tian.db "SELECT
	count(DISTINCT proposal) FROM handling WHERE unit = 'hr' AND
	void IS NOT 1")"
ends "a script reads no colour and no progress" 0 tian list
if grep -q "$(printf '\033')" out err; then not_ok "an escape sequence"; fi

# A value can hold anything; the terminal is not to take orders from it.
sqlite3 office/tian.db "UPDATE proposal SET body = char(27) || ']0;x' ||
	char(7) || char(13) || 'y' WHERE case_no = '14'"
if has_terminals; then
	ends "no value commands the terminal" 0 \
		script -qec 'tian show 14' /dev/null
	says out ']0;x'
	if grep -q "$(printf '\033]')" out; then not_ok "it does"; fi
	if tr -d '\n' <out | grep -q "$(printf '\r')y"; then
		not_ok "a line is lost"
	fi
else # cli/screen_test.c looks at each byte; this is the whole way
	echo "# no pseudo-terminal can be made here: that part is left out"
fi
ends "a pipe gets it as it is" 0 tian show 14
says out "$(printf '\033')]0;x"

export LC_ALL=zh_CN.UTF-8
ends "Chinese is spoken where it is asked for" 2 tian synk
says err "是不是“sync”？"
ends "labels follow the language" 0 tian show 14
says out 分工
export LC_ALL=C.UTF-8
exit $failed
