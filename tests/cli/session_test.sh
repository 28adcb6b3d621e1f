#!/bin/sh
# session_test.sh - a whole session played by its commands: an office with two
# machines, eight units of which two are offline for most of it, sixty
# proposals; every command's example as printed, every change of status, and
# every step that the table of moves does not allow, refused with a reason.
. "$(dirname "$0")/harness.sh"
steps=0
: >moves
units="edu hr law plan ind agri city media"

status_of() { # SITE NUMBER
	sqlite3 "$1/tian.db" "SELECT status FROM proposal_status WHERE key =
		'$(key "$2")'"
}

# t SITE COMMAND NUMBER...: a step that is taken; what it moved is noted.
t() {
	site=$1
	shift
	quiet 0 tian -C "$site" "$@"
	if grep -q 'nothing to change' err; then
		not_ok "$site: $*: changed nothing"
	fi
	note
	steps=$((steps + 1))
}

# What a step said it moved.
note() {
	sed -n 's/^1-1-[0-9]*: \([^ ]*\) → \([^ ]*\)$/\1 \2/p' err >>moves
}

# assign tells units and date, not status.
a() { # SITE NUMBER OPTIONS...
	before=$(status_of "$1" "$2")
	site=$1
	shift
	t "$site" assign "$@"
	echo "$before $(status_of "$site" "$1")" >>moves
}

# again SITE COMMAND...: the same once more changes nothing.
again() {
	site=$1
	shift
	quiet 0 tian -C "$site" "$@"
	grep -q 'nothing to change' err || not_ok "$site: $*: twice"
}

# no SITE REASON COMMAND...: refused, with that reason.
no() {
	site=$1 reason=$2
	shift 2
	quiet 3 tian -C "$site" "$@"
	grep -qF -- "$reason" err || not_ok "$site: $*: not '$reason'"
}

is() { # SITE NUMBER STATUS
	found=$(status_of "$1" "$2")
	[ "$found" = "$3" ] || not_ok "$2 at $1 is '$found', not '$3'"
}

key() {
	printf '1-1-%03d' "$1"
}

sync_at() {
	for node; do
		quiet 0 tian -C "$node" sync
	done
}

# Like sync, where a person is needed afterwards.
sync_finds() {
	quiet 1 tian -C "$1" sync
}

near="edu hr law plan ind city" # the units that have a network
everyone() {
	sync_at $near office $near
}

example() { # SITE COMMAND
	example_of "$2"
	export TIAN_DIR="$1"
	quiet 0 sh -eu example.sh
	unset TIAN_DIR
	note
	echo "$2" >>examples
}

# Which unit, by number: main and co; a few have no co-unit.
unit_at() {
	echo "$units" | cut -d ' ' -f "$(($1 % 8 + 1))"
}
main_of() {
	unit_at $(($1 * 3))
}
co_of() {
	[ $(($1 % 8)) -eq 0 ] || unit_at $(($1 * 3 + 1))
}

# The cases of a site, by numbers, that have a status and a main unit there.
cases() { # SITE STATUS
	sqlite3 "$1/tian.db" "SELECT DISTINCT CAST(substr(s.key, 5) AS
		INTEGER) FROM proposal_status s JOIN handling h ON h.proposal =
		s.key AND h.void IS NOT 1 AND h.role <> 'co' WHERE s.status =
		'$2' AND (h.unit = '$1' OR '$1' = 'office') ORDER BY 1"
}

# A unit writes, signs and submits its reply.
answer() { # SITE NUMBER CLASS
	echo "第$2件：$3类答复，第$steps稿。" >text
	t "$1" reply "$2" --class "$3" --text-file text
	t "$1" sign "$2" --doc-no "〔2022〕$2号" --signer "$1局长"
	t "$1" submit "$2"
}

pass() { # NUMBER...: reviewed and sent
	for n; do
		t office review "$n" --pass
		t office send "$n"
	done
}

# --- the office, its second machine, the units -------------------------------
quiet 0 tian -C office --as 王芳 init --office --hub hub --name 区政协提案委
quiet 0 tian -C office sync
quiet 0 tian -C office2 --as 周平 init --office --hub hub --name 区政协提案委
quiet 0 tian -C office unit add office 区政协提案委 --key office2/key.pub
for unit in $units; do
	quiet 0 tian -C "$unit" --as "$unit经办" init --unit "$unit" \
		--hub hub --name "区$unit局"
	quiet 0 tian -C office unit add "$unit" "区$unit局" \
		--key "$unit/key.pub"
done
quiet 0 tian -C edu2 --as 李明 init --unit edu --hub hub --name 区edu局
quiet 0 tian -C office unit add edu 区edu局 --key edu2/key.pub

# Sixty proposals by plain SQL, as any other program would enter them.
sqlite3 office/tian.db "
INSERT INTO session(key, name, due_months, receipt_days, return_days, co_days,
	redo_days, holidays, workdays)
VALUES ('1-1', '一届一次', 3, 5, 10, 20, 30, '2022-04-04、2022-04-05',
	'2022-04-02');
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)
INSERT INTO proposal(key, title, sponsors)
SELECT printf('1-1-%03d', i), '关于第' || i || '件事的建议', '张三、李四'
FROM n;"

example office new # a draft that stays one
# --- review of the proposals --------------------------------------------------
no office "已提交" file 1
no office "立案" assign 1 --main edu
no edu "there is no case" receive 1
t office withdraw 58 --reason 提案人来函
for n in $(seq 1 56) 59 60; do # 57 stays a draft
	t office receive "$n" --date 2022-03-20
done
again office receive 1
example office file
for n in $(seq 1 13) $(seq 19 50) 52 54 55 56 60; do # 59 is not filed yet
	t office file "$n"
done
asked office "SELECT count(*) - count(DISTINCT case_no) FROM proposal WHERE
	case_no IS NOT NULL" 0
no office "is the number of" file 59 --case-no 第001号
again office file 14
example office merge
example office decline
example office forward
example office withdraw
is office 15 并案
is office 16 不立案
is office 17 转意见建议
is office 18 撤案
no office "is merged into it itself" merge 14 --into 15
no office "cannot be merged into" merge 59 --into 16
no office "is 立案 now" decline 1 --reason 迟
t office decline 51 --reason 超出职权范围
t office forward 53 --reason 日常事务
t office merge 49 --into 50
again office merge 49 --into 50
again office decline 51 --reason 超出职权范围
quiet 2 tian -C office file 51
t office file 51 --reason 提案人补充了材料
t office file 53 --reason 复议
t office file 49 --reason 复议
t office merge 52 --into 50
t office withdraw 54 --reason 提案人来函
again office withdraw 54 --reason 提案人来函
ok "proposals are received, filed, merged, declined, forwarded, withdrawn"

# --- assignment ---------------------------------------------------------------
no office "已提交" assign 59 --main edu
example office assign
for n in $(seq 1 13) $(seq 19 44) 49 50 51 53 55 56 60; do
	co=$(co_of "$n")
	a office "$n" --main "$(main_of "$n")" ${co:+--co "$co"}
done
example office lead
again office lead 14 --name 张三 --mode 领办
t office lead 14 --name 李四 --post 主席 --mode 督办
asked office "SELECT group_concat(name || post || mode) FROM (SELECT * FROM
	leader WHERE proposal = '1-1-014' ORDER BY mode)" \
	张三区长lead,李四主席supervise
t office void 14 leader:李四 --reason 误登
t office lead 14 --name 李四 --mode 督办
asked office "SELECT count(*) FROM leader WHERE void IS NOT 1" 2
for n in 45 46 47 48; do
	a office "$n" --split edu --split law --co hr
done
a office 44 --main edu --co hr --due 2022-06-30
again office assign 44 --main edu --co hr --due 2022-06-30
t office withdraw 43 --reason 提案人来函
sqlite3 office/tian.db "UPDATE handling SET assigned_on = '2022-03-30',
	due = '2022-06-30' WHERE proposal = '1-1-001' AND role = 'main'"
quiet 0 tian -C office show 1
grep -qF "due 2022-06-30, 3 months from assignment on 2022-03-30 (rule 3)" \
	out || not_ok "the date of a reply is explained"
# Five working days: the weekend day 04-02 is worked, 04-04 and 05 are not.
grep -qF "due 2022-04-07, 5 working days from assignment on 2022-03-30" out ||
	not_ok "working days and holidays are counted"
quiet 0 tian -C office list --overdue
grep -q 1-1-001 out || not_ok "what is late is listed"
sync_at office office2
sync_at $units edu2
for unit in $units; do # each holds its own and no more
	asked "$unit" "SELECT group_concat(key) FROM (SELECT key FROM proposal
		ORDER BY key)" "$(sqlite3 office/tian.db "SELECT
		group_concat(proposal) FROM (SELECT DISTINCT proposal FROM
		handling WHERE unit = '$unit' AND void IS NOT 1 ORDER BY 1)")"
done
ok "units are assigned their cases, with dates that are explained"

# --- two units have no network from here on ------------------------------------
for unit in agri media; do
	for n in $(cases $unit 交办); do
		t $unit receive "$n"
		t $unit contact "$n" --mode 电话 --result 已说明办理思路
		t $unit measure "$n" --suggestion 增设服务点 --state done
		answer $unit "$n" B
	done
done

# --- the example case, step by step --------------------------------------------
no edu "办理中" submit 14
no hr "main unit" sign 14 --doc-no 1 --signer 甲
no edu "for the office to do" review 14 --pass
no law "there is no case" receive 14
example edu receive
again edu receive 14
example edu void
is edu 14 交办
t edu receive 14
sync_at edu office hr
t hr receive 14
example edu contact
again edu contact 14 --mode 走访 --result 提案人认可办理思路
example edu measure
t edu measure 14 --suggestion 增设课后服务点 --state done
no edu "say why not" measure 14 --suggestion 减负 --state not
no edu "there is no text yet" submit 14
no hr "has written no reply yet" countersign 14
no edu "no later than the date there is" extend 14 --until 2001-01-01 \
	--reason 晚
example edu extend
example edu return
no edu "asked to be released" submit 14
no edu "for the office to do" return 14 --grant --reason 可
sync_at edu office
t office return 14 --refuse --reason 属本单位职责
t office extend 14 --grant --until 2099-10-31
no office "no such request" extend 14 --grant
asked office "SELECT due FROM handling WHERE proposal = '1-1-014' AND unit =
	'edu'" 2099-10-31
quiet 0 tian -C office show 14
grep -q "due 2099-10-31, extension granted on .* (rule 7)" out ||
	not_ok "the date of an extension is explained"
printf '已在三所学校试点，年内全面推开。\n' >reply.txt
example edu reply
echo 意见 >text
t hr reply 14 --text-file text
no hr "has no class" reply 14 --class A --text-file text
t hr submit 14
sync_at edu hr office hr edu
example hr countersign
again hr countersign 14
example edu sign
example edu submit
again edu submit 14
# Who changes the text has it signed and countersigned again.
echo 改了一句。 >text
t edu reply 14 --class A --text-file text
quiet 0 tian -C edu show 14
grep -q "changed after it was signed" out || not_ok "a stale signature shows"
no edu "have it signed again" submit 14
sync_at edu office
no office "changed its text after it was submitted" review 14 --pass
quiet 0 tian -C edu reply 14 --class A --text-file reply.txt
sync_at edu office
example office review
no office "已答复" feedback 14 --process 满意 --result 满意
sync_at office edu
t edu reply 14 --class A --text-file text
t edu sign 14 --doc-no 区教〔2022〕18号 --signer 李明
sync_at edu office
no office "changed after" send 14
t edu submit 14
sync_at edu office
t office review 14 --pass --class B
example office send
again office send 14
no office "the reply was sent on" feedback 14 --process 满意 --result 满意 \
	--date 2001-01-01
example office feedback
again office feedback 14 --process 满意 --result 基本满意
no office "says otherwise" feedback 14 --process 满意 --result 不满意
sync_at office edu
example edu track
again edu track 14 --note 二期工程已开工
sync_at edu office hr
no hr "main unit" track 14 --note 会办单位
t office track 14 --confirm
again office track 14 --confirm
example office redo
again office redo 14 --reason 提案人对办理结果不满意
no office "this round has begun already" redo 14 --reason 又一个理由
sync_at office edu
answer edu 14 A # a unit may reply at once, without receiving it again
sync_at edu office
pass 14
no office "there is no round 3" feedback 14 --process 满意 --result 满意 \
	--round 3
t office feedback 14 --process 满意 --result 满意 --sponsor 李四
example office archive
again office archive 14
is office 14 归档
ok "one case is played step by step, and each example works as printed"

# --- release, more time, taking back ---------------------------------------------
# Main units: 1 plan, 2 city, 3 hr, 4 ind, 5 media, 6 law, 7 agri, 8 edu, …
m() { main_of "$1"; }
t "$(m 1)" return 1 --reason 不属本单位职责 # granted, to another unit
t "$(m 4)" return 4 --reason 不属本单位职责 # granted, nobody yet
t "$(m 6)" receive 6
t "$(m 6)" return 6 --reason 不属本单位职责 # the same, from 办理中
t "$(m 9)" receive 9
t "$(m 9)" return 9 --reason 不属本单位职责 # passed on, from 办理中
t "$(co_of 3)" return 3 --reason 与本单位无关 # a co-unit's
t "$(m 2)" receive 2
t "$(m 2)" extend 2 --until 2099-12-31 --reason 需论证
t "$(m 3)" receive 3
t "$(m 3)" extend 3 --until 2099-12-31 --reason 需论证
everyone
quiet 0 tian -C office show 1
grep -q "tian return 1-1-001 --grant" out || not_ok "what is asked is told"
t office return 1 --grant --to "$(m 2)" --reason 职责调整
t office return 4 --grant --reason 职责调整
t office return 6 --grant --reason 职责调整
t office return 9 --grant --to "$(m 2)" --reason 职责调整
t office return 3 --grant --reason 可不会办
t office extend 2 --grant
t office extend 3 --refuse --reason 期限已够
is office 1 交办
is office 4 立案
is office 6 立案
is office 9 交办
a office 4 --main "$(m 4)" --co hr
a office 6 --main "$(m 6)"
t office withdraw 10 --reason 提案人来函
everyone
no "$(m 3)" "no later" extend 3 --until 2001-01-01 --reason 再请
is "$(m 2)" 1 交办
ok "release and more time are asked for, granted and refused"

# --- the units work ----------------------------------------------------------------
for unit in $near; do
	for n in $(cases "$unit" 交办); do
		case $n in
		44) t $unit contact "$n" --mode 座谈 --result 已座谈 ;;
		*) t $unit receive "$n" ;;
		esac
	done
done
no edu "only the office" assign 44 --main hr
sync_at $near office
t office withdraw 11 --reason 提案人来函
a office 12 --main edu --co hr --reason 改派
is office 12 交办
sync_at office $near
for unit in $near; do
	for n in $(cases "$unit" 办理中); do
		case $n in
		45 | 46 | 47 | 48 | 24 | 32) ;; # further down
		*) answer "$unit" "$n" "$(echo "ABC" | cut -c $((n % 3 + 1)))" ;;
		esac
	done
done
everyone
t edu receive 12
answer edu 12 A
sync_at edu office
for n in $(cases office 答复待审); do
	case $((n % 5)) in
	0) t office review "$n" --reject --reason 请写明完成时限 ;;
	esac
done
t office withdraw 33 --reason 提案人来函
a office 19 --main edu --reason 改派
t office withdraw 20 --reason 提案人来函
everyone
t "$(m 25)" return 25 --reason 请另派
t "$(m 30)" return 30 --reason 请另派
t "$(m 35)" extend 35 --until 2099-12-31 --reason 重写
everyone
t office return 25 --grant --reason 可
t office return 30 --grant --to edu --reason 可
t office extend 35 --grant
a office 25 --main city
everyone
for unit in $near; do
	for n in $(cases "$unit" 审核驳回); do
		answer "$unit" "$n" B
	done
done
everyone
pass $(cases office 答复待审)
ok "replies are reviewed, sent back, changed and sent"

# --- several units reply separately -------------------------------------------------
for n in 45 46 47 48; do
	answer edu $n A
done
sync_at edu office
is office 45 办理中
no office "办理中" review 45 --pass
for n in 45 46 47 48; do
	answer law $n B
done
sync_at law office edu law
is office 45 答复待审
t office review 45 --reject --reason 两家口径不一
t office review 46 --reject --unit law --reason 请补充
quiet 2 tian -C office review 47 --pass --unit law
pass 47 48
sync_at office edu law
answer edu 45 B
sync_at edu office
is office 45 审核驳回
answer law 45 B
answer law 46 A
sync_at law office
pass 45 46
t office redo 48 --reason 情况有变
sync_at office edu law
answer edu 48 B
sync_at edu office
is office 48 办理中
t law receive 48
answer law 48 B
sync_at law office
pass 48
ok "of separate units each replies"

# --- the sponsors, further rounds, the end --------------------------------------------
for n in $(cases office 已答复); do
	case $n in
	27 | 28) t office feedback "$n" --process 满意 --result 不满意 ;;
	22) t office archive "$n" --reason 提案人未反馈 ;;
	23) t office redo "$n" --reason 发现新情况 ;;
	26) ;; # further down
	*) t office feedback "$n" --process 满意 --result 基本满意 ;;
	esac
done
quiet 3 tian -C office archive 26
sync_at office $near
no "$(m 27)" "begins the next round first" receive 27
t office redo 27 --reason 提案人不满意
t office redo 28 --reason 提案人不满意 --due 2099-11-30
asked office "SELECT due FROM handling WHERE proposal = '1-1-028' AND role =
	'main'" 2099-11-30
sync_at office $near
t "$(m 27)" receive 27
answer "$(m 27)" 27 A
t "$(m 28)" return 28 --reason 请另派
sync_at $near office
t office return 28 --grant --reason 可
is office 28 立案
pass 27
t office feedback 27 --process 满意 --result 满意
t office feedback 36 --process 基本满意 --result 不满意 --sponsor 李四
t office redo 36 --reason 提案人不满意
t office redo 42 --reason 发现新情况
for n in 27 38; do
	t office archive $n
done
no office "归档" redo 38 --reason 迟
ok "sponsors answer, rounds begin anew, cases are closed"

# --- steps that contradict each other -----------------------------------------------
sync_at edu edu2 office2
t edu return 24 --reason 请另派
echo 另一台电脑的答复。 >text
t edu2 reply 24 --class A --text-file text
t edu2 submit 24
sync_at edu
quiet 0 tian -C edu2 sync
sync_finds office
quiet 1 tian -C office conflicts 24
grep -q "asked to be released, and replied" out || not_ok "a contradiction shows"
quiet 1 tian -C office conflicts --json --hard
grep -q '"rule": "return_and_reply"' out || not_ok "it is told in JSON"
no office "contradict each other" review 24 --pass
asked office "SELECT count(*) FROM event_conflict" 1
t office void 24 event:return_asked --reason 承办单位确认答复
quiet 0 tian -C office conflicts
t office review 24 --pass
sync_at office edu edu2 office2

answer edu 32 A
sync_at edu office office2
t office review 32 --pass
t office2 review 32 --reject --reason 请补充
quiet 0 tian -C office2 sync
sync_finds office
asked office "SELECT rule FROM event_conflict" two_reviews
no office "contradict each other" send 32
t office void 32 event:failed --reason 以首次审核为准
sync_at office office2
is office2 32 审核通过
t office send 32

t office archive 41
t office2 redo 41 --reason 提案人来电
sync_at office2
sync_finds office
asked office "SELECT rule FROM event_conflict" archived_and_redone
t office void 41 event:archived --reason 提案人来电
is office 41 重新办理
sync_at office office2

t office file 59
t office2 receive 57
t office2 file 57 # the same next number
sync_at office
sync_finds office2
quiet 1 tian -C office2 conflicts
grep -q "one case number for two proposals" out || not_ok "a number given twice"
t office2 file 57 --case-no 第999号
sync_at office2 office
a office 59 --main hr
a office2 59 --main law
sync_at office
sync_finds office2
quiet 1 tian -C office2 conflicts 59
grep -q "two main units" out || not_ok "two main units"
a office2 59 --main law --reason 以主任办公会为准
sync_at office2 office
quiet 0 tian -C office conflicts
ok "steps that contradict each other are found and settled"

# --- the two units come back -------------------------------------------------------
sync_at agri media office agri media
for n in $(cases office 答复待审); do
	t office review "$n" --pass --class B
	t office send "$n"
	t office feedback "$n" --process 满意 --result 满意
done
sync_at office agri media $near
for unit in agri media; do
	for n in $(cases $unit 办结); do
		t $unit track "$n" --note 按计划推进
	done
done
sync_at agri media office
asked office "SELECT count(*) FROM handling h JOIN proposal_status s ON s.key =
	h.proposal WHERE h.unit IN ('agri', 'media') AND h.role = 'main' AND
	h.void IS NOT 1 AND s.status NOT IN ('办结', '撤案', '归档')" 0
quiet 0 tian -C office verify
ok "what was done without a network arrives whole"

# --- every change of status that the table has was seen -------------------------------
sort -u moves >seen
sqlite3 -separator ' ' office/tian.db "SELECT DISTINCT state, next FROM
	_lifecycle WHERE state <> next ORDER BY 1, 2" | sort -u >table
# An answer to a request while a reply waits only comes of a contradiction.
grep -vx -e "答复待审 立案" -e "答复待审 办理中" table >wanted
comm -13 seen wanted >missing
if [ -s missing ]; then
	not_ok "changes of status that were not played:"
	cat missing
fi
tian --help | sed -n 's/^  *\([a-z][a-z]*\)  .*/\1/p' | sort >commands
sort -u examples >played
for command in new lead file merge decline forward withdraw assign receive return \
	extend contact measure reply countersign sign submit review send \
	feedback redo track archive void; do
	grep -qx $command played || not_ok "no example of $command was run"
	grep -qx $command commands || not_ok "$command is not in tian --help"
done
ok "$steps steps, every change of status, every example"
exit $failed
