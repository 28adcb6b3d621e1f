#!/bin/sh
# newcomer_test.sh - where somebody new to the program stumbles: a slip of the
# pen, an unplugged hub, a computer not enrolled, work that was refused. Each
# says what there is, that nothing is lost, and what to do.
. "$(dirname "$0")/harness.sh"
export LC_ALL=zh_CN.UTF-8
unset TIAN_LOCALEDIR

# The catalogue lies beside the program, wherever that is.
ends "an office" 0 tian -C office --as 王芳 init --office --hub hub \
	--name 区政协提案委
says err "提案委的副本已建在 office"
mkdir -p prefix/bin prefix/share/locale/zh_CN/LC_MESSAGES
cp "$TIAN_PROGRAM" prefix/bin/tian
cp "$(dirname "$TIAN_PROGRAM")/locale/zh_CN/LC_MESSAGES/tian.mo" \
	prefix/share/locale/zh_CN/LC_MESSAGES/
ends "an installed program finds its language" 2 prefix/bin/tian synk
says err "是不是“sync”？"
ends "only what is near is suggested" 2 tian frobnicate
says_not err "是不是"

ends "a hub that is not there yet is told, and no error" 0 \
	tian -C away init --unit hr --hub stick/hub
says err "$work/stick/hub 现在不在"
ends "a unit" 0 tian -C edu --as 陈立 init --unit edu --hub hub
ends "its other computer" 0 tian -C edu2 --as 李明 init --unit edu --hub hub
ends "another unit" 0 tian -C hr --as 周平 init --unit hr --hub hub
export TIAN_DIR=office
ends "enrolled" 0 tian unit add edu 区教育局 --key edu/key.pub
ends "enrolled" 0 tian unit add hr 区人社局 --key hr/key.pub

ends "a code is not given to another unit" 3 tian unit add edu 区经信科技局
says err "代码 edu 已是 区教育局 的"
says err "--rename"
ends "a unit is not enrolled twice" 3 tian unit add foo 区教育局 --rename
says err "tian unit add edu 区教育局 --key 文件"
ends "renaming is said" 0 tian unit add edu 区教育体育局 --rename
ends "and back" 0 tian unit add edu 区教育局 --rename
[ "$(ask office "SELECT count(*) FROM unit WHERE code IN ('edu', 'foo')")" = \
	1 ] || not_ok "units"

cp "$TIAN_SOURCE/tests/samples/key-proposals.txt" page.txt
ends "the page" 0 tian import page.txt --only proposals
ends "a file that is not there is named once" 3 tian import nothere.txt
[ "$(grep -o nothere err | wc -l)" -eq 1 ] || not_ok "$name"
for number in 14 014 １４ 14号 第14号 第１４号 "第 14 号" 1-1-14; do
	ends "a case is found by $number" 0 tian show "$number"
	says out 1-1-014
done
ends "assigned" 0 tian assign 14 --main edu --due 2030-09-30
ends "assigned anew, the date stays and that is said" 0 \
	tian assign 14 --main edu --co hr
says err "答复期限仍为 2030-09-30"
says err "--due"
ends "one without a date says so" 0 tian assign 13 --main hr
says err "没有定答复期限"
ends "the office syncs" 0 tian sync
for unit in edu hr; do ends "$unit syncs" 0 tian -C $unit sync; done

# A computer whose key nobody has enrolled.
ends "a computer that is not enrolled is told" 4 tian -C edu2 sync
ends "it works all the same" 0 tian -C edu2 set 14 contact_name=李明
ends "and waits" 4 tian -C edu2 sync
ends "the office is told whose it is, and what to do" 1 tian sync
says err "区教育局 有一台未登记的电脑，1 项改动在等候，均已保留"
says err "tian unit add edu 区教育局 --key 文件"
says_not out 驳回
ends "doctor tells of it, too" 0 tian doctor
says out "区教育局 送来的改动尚未合并"
ends "enrolled then" 0 tian unit add edu 区教育局 --key edu2/key.pub
ends "its work is taken in" 0 tian sync
ends "and it may go on" 0 tian -C edu2 sync

ends "a second computer of the office must be enrolled" 0 \
	tian -C office2 --as 何静 init --office --hub hub
says err "提案委的另一台电脑"
says err "tian unit add office 名称 --key key.pub"
ends "until then its sync says that it waits" 4 tian -C office2 sync
says err "尚未登记"
ends "enrolled at the first" 0 tian unit add office 区政协提案委 \
	--key office2/key.pub
ends "which syncs" 0 tian sync
ends "it may merge then" 0 tian -C office2 sync

# Fields.
ends "a wrong field at a unit lists its own, with labels" 3 \
	tian -C edu set 14 drfat=x
says err "是不是 draft（答复正文）"
says err "contact_name 承办人"
says_not err sponsors
ends "at the office those of the proposal" 3 tian set 14 titel=x
says err "是不是 title（案由）"
ends "a title is not emptied" 3 tian set 14 title=
says err "案由不能为空"
ends "a field is set once" 2 tian set 14 title=一 案由=二
ends "voiding needs a reason" 2 tian set 14 hr.void=1
ends "which stands in the row" 0 tian set 13 hr.void=1 --reason 重复交办
why="SELECT void_reason FROM handling WHERE proposal = '1-1-013' AND
	unit = 'hr'"
[ "$(ask office "$why")" = 重复交办 ] || not_ok "$name"
ends "and is taken back with it" 0 tian set 13 hr.void=0
[ -z "$(ask office "$why")" ] || not_ok "$name"
ends "at a unit 'due' is its own handling's" 3 tian -C edu set 14 due=2031-01-01
says err handling.due
ends "proposal.due is the proposal's" 3 tian -C edu set 14 \
	proposal.due=2031-01-01
says err proposal.due

# The hub away, and gone.
ends "a unit writes" 0 tian -C hr set 14 draft=两处已开班。
mv hub gone
ends "the hub is away: why, and what of the work" 4 tian -C hr sync
says err "目录 $work/hub 不在"
says err "1 项改动在这里等候"
ends "doctor says that it has not arrived" 1 tian -C hr doctor
says out "有 1 项尚未送到中心库"
git init -q --bare hub
ends "an empty one in its place is noticed" 0 tian -C hr sync
says err "没有本单位的收件"
rm -rf hub
mv gone hub

# Released while it writes.
ends "the case goes to another unit" 0 tian assign 14 --main hr \
	--reason 职责调整
ends "the office syncs" 0 tian sync
ends "the unit does not know yet" 0 tian -C edu set 14 edu.draft=离线改的文本
ends "it sends" 0 tian -C edu sync
ends "the office refuses, in words" 1 tian sync
says err "1-1-014 承办 区教育局 答复正文（区教育局 陈立）：“离线改的文本”"
says err "此件未交办给该单位"
says err "已保留"
ends "the unit is told the same" 1 tian -C edu sync
says err "1-1-014 承办 区教育局 答复正文（区教育局 陈立）：“离线改的文本”"
says err "请提案委交办此件"
if grep -qE '[0-9a-f]{16}' err; then not_ok "$name: a bare id"; fi
ends "doctor counts it" 0 tian -C edu doctor
says out "1 项改动被驳回"
ends "from now on it is refused at once" 3 tian -C edu set 14 draft=再改
says err "已不承办此件：已移交·只读（职责调整）"
printf '文本。\n' >text
ends "a reply, too" 3 tian -C edu reply 14 --class A --text-file text
says err "已不承办此件"
ends "list marks it" 0 tian -C edu list
says err "已移交：本单位已不承办，只读"
ends "show marks it" 0 tian -C edu show 14
says out "× 已移交·只读（职责调整）：20"
says out "，由区人社局承办"

# A conflict: whole values, the difference, commands that work as printed.
ends "back to it" 0 tian assign 14 --main edu --co hr
ends "sync; what came late is still to decide" 1 tian sync
ends "edu syncs" 0 tian -C edu sync
ends "edu2 syncs, and hears of the refusal" 1 tian -C edu2 sync
ends "one writes" 0 tian -C edu set 14 draft=已在三所学校试点。
ends "the other, too" 0 tian -C edu2 set 14 draft=已在五所学校试点。
for node in edu edu2; do ends "$node sends" 0 tian -C $node sync; done
ends "the office finds it" 1 tian sync
ends "both values stand whole" 1 tian conflicts
says out "      已在三所学校试点。"
says out "      已在五所学校试点。"
says out "[-删去-] {+新增+}"
command=$(sed -n 's/^  → \(.*--take 李明.*\)/\1/p' out)
ends "and the command that is printed works" 0 sh -c "$command"
ends "again, it changes nothing" 0 sh -c "$command"
says err "无须更改"
ends "that is sent" 0 tian sync
for node in edu edu2; do ends "$node syncs" 0 tian -C $node sync; done
ends "one writes what only the unit may" 0 tian -C edu set 14 phone=123
ends "the other, too" 0 tian -C edu2 set 14 phone=456
for node in edu edu2; do ends "$node sends" 0 tian -C $node sync; done
ends "the office finds that" 1 tian sync
ends "who may not decide is told who does" 1 tian conflicts
says out "由区教育局裁定"
ends "the unit hears of it" 1 tian -C edu sync
ends "and is told how" 1 tian -C edu conflicts
says_not out "由区教育局裁定"
command=$(sed -n 's/^  → tian \(.*--take 陈立.*\)/\1/p' out)
ends "which works" 0 sh -c "tian -C edu $command"
ends "the log" 0 tian log 14 edu.draft --json
[ "$(sqlite3 :memory: "SELECT count(*) FROM json_each(readfile('out')) WHERE
	json_extract(value, '\$.old') IN ('是', '1', 1)")" = 0 ] ||
	not_ok "the earlier value is of the same field"

# A row voided here and written to there.
ends "the second office is up to date" 1 tian -C office2 sync
ends "it writes" 0 tian -C office2 set 14 hr.draft=代录。
ends "the first voids" 0 tian set 14 hr.void=1 --reason 撤回
ends "both meet" 1 tian sync
ends "both meet" 1 tian -C office2 sync
ends "it is told what was written unseen" 1 tian -C office2 conflicts
says out "答复正文：代录。"
command=$(sed -n 's/^  → tian \(.*hr.void --value 1 --reason 理由\).*/\1/p' out)
ends "the command that is printed works" 0 sh -c "tian -C office2 $command"
ends "and settles it" 1 tian -C office2 conflicts
says_not out "hr.void"

# A program that holds the replica: sqlite3 in the middle of an edit.
printf "BEGIN IMMEDIATE;\n.system tian -C hr set 14 phone=5 >out 2>err\n" |
	sqlite3 hr/tian.db >/dev/null 2>&1 || :
name="a replica that is held says so, and what to do"
says err 另一个程序正在写这个副本
says err 请稍后再试

ends "a change" 0 tian set 12 sector=经济界二组
ends "one change is one" 1 env LC_ALL=C.UTF-8 tian sync
says out "sent:      1 change"
says_not out "1 changes"
exit $failed
