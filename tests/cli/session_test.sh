#!/bin/sh
# session_test.sh - a whole session played by its commands: an office with two
# machines, eight units of which two are offline for most of it, sixty
# proposals; every command's example as printed, every change of status, and
# every step that the table of moves does not allow, refused with a reason.
set -eu
export LC_ALL=C.UTF-8
export TZ=CST-8
unset TIAN_DIR || :
work=$(mktemp -d "${TMPDIR:-/tmp}/tian-session-XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir bin
ln -s "$TIAN_PROGRAM" bin/tian
PATH=$work/bin:$PATH
failed=0
units="edu hr law plan ind agri city media"

not_ok() {
	echo "not ok - $1"
	sed 's/^/# /' out err 2>/dev/null || :
	failed=1
}

# quiet STATUS COMMAND...: output in out and err.
quiet() {
	expected=$1 status=0
	shift
	"$@" >out 2>err </dev/null || status=$?
	[ "$status" -eq "$expected" ] ||
		not_ok "$*: status $status, not $expected"
}

status_of() { # SITE NUMBER
	sqlite3 "$1/tian.db" "SELECT status FROM proposal_status WHERE key =
		'$(key "$2")'"
}

# t SITE COMMAND NUMBER...: a step that is taken; what it moved is noted.
t() {
	site=$1
	shift
	before=$(status_of "$site" "$2")
	quiet 0 tian -C "$site" "$@"
	if grep -q 'nothing to change' err; then
		not_ok "$site: $*: changed nothing"
	fi
	echo "$before $(status_of "$site" "$2") $1" >>moves
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

ask() { # SITE SQL EXPECTED
	found=$(sqlite3 "$1/tian.db" "$2")
	[ "$found" = "$3" ] || not_ok "$1: $2 is '$found', not '$3'"
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

# The example of a command's help, run as it is printed.
example() { # SITE COMMAND
	tian "$2" --help | sed -n '/^example: /,$p' |
		sed 's/^example: //' >example.sh
	[ -s example.sh ] || not_ok "$2: no example"
	export TIAN_DIR="$1"
	quiet 0 sh -eu example.sh
	unset TIAN_DIR
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

# The cases of a unit, by numbers, that have a status: `cases SITE STATUS`.
cases() {
	sqlite3 "$1/tian.db" "SELECT CAST(substr(s.key, 5) AS INTEGER) FROM
		proposal_status s JOIN handling h ON h.proposal = s.key AND
		h.void IS NOT 1 WHERE s.status = '$2' AND h.role $4 AND
		(h.unit = '$1' OR '$1' LIKE 'office%') $3 GROUP BY s.key"
}

# A unit writes, signs and submits its reply.
answer() { # SITE NUMBER CLASS
	echo "第$2件：$3类答复，$(status_of "$1" "$2")。" >text
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

ok() {
	[ $failed -eq 1 ] || echo "ok - $1"
}

# --- the office, its second machine, the units -------------------------------
quiet 0 tian -C office --as 王芳 init --office --hub hub --name 区政协提案委
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
ask office "SELECT count(*) - count(DISTINCT case_no) FROM proposal WHERE
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
echo "withdrawn once more" >/dev/null
again office withdraw 54 --reason 提案人来函
ok "proposals are received, filed, merged, declined, forwarded, withdrawn"

# --- assignment ---------------------------------------------------------------
no office "已提交" assign 59 --main edu
example office assign
for n in $(seq 1 13) $(seq 19 44) 49 50 51 53 55 56 60; do
	co=$(co_of "$n")
	t office assign "$n" --main "$(main_of "$n")" ${co:+--co "$co"}
done
for n in 45 46 47 48; do
	t office assign "$n" --split edu --split law --co hr
done
t office assign 44 --main edu --co hr --due 2022-06-30
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
	ask "$unit" "SELECT group_concat(key) FROM (SELECT key FROM proposal
		ORDER BY key)" "$(sqlite3 office/tian.db "SELECT
		group_concat(proposal) FROM (SELECT DISTINCT proposal FROM
		handling WHERE unit = '$unit' AND void IS NOT 1 ORDER BY 1)")"
done
ok "units are assigned their cases, with dates that are explained"

# --- two units have no network from here on ------------------------------------
for unit in agri media; do
	for n in $(cases $unit 交办 "" "<> 'co'"); do
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
t hr receive 14
example edu contact
again edu contact 14 --mode 走访 --result 提案人认可办理思路
example edu measure
t edu measure 14 --suggestion 增设课后服务点 --state done
no edu "say why not" measure 14 --suggestion 减负 --state not
no edu "there is no text yet" submit 14
no hr "has written no reply yet" countersign 14
no edu "until" extend 14 --until 2001-01-01 --reason 晚 || :
example edu extend
example edu return
no edu "asked to be released" submit 14
sync_at edu office
no edu "for the office to do" return 14 --grant --reason 可
t office return 14 --refuse --reason 属本单位职责
t office extend 14 --grant --until 2099-10-31
no office "no such request" extend 14 --grant
ask office "SELECT due FROM handling WHERE proposal = '1-1-014' AND unit =
	'edu'" 2099-10-31
sync_at office edu
printf '已在三所学校试点，年内全面推开。\n' >reply.txt
example edu reply
echo 意见 >text
t hr reply 14 --text-file text
no hr "has no class" reply 14 --class A --text-file text
t hr submit 14
sync_at hr office edu office hr
example hr countersign
again hr countersign 14
example edu sign
example edu submit
again edu submit 14
sync_at hr edu office
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
quiet 3 tian -C office feedback 14 --process 满意 --result 满意 --date 2001-01-01
grep -q "the reply was sent on" err || not_ok "a form from before the reply"
example office feedback
again office feedback 14 --process 满意 --result 基本满意
no office "says otherwise" feedback 14 --process 满意 --result 不满意
sync_at office edu
example edu track
again edu track 14 --note 二期工程已开工
no hr "main unit" track 14 --note 会办单位
sync_at edu office
t office track 14 --confirm
example office redo
no office "this round has begun already" redo 14 --reason 又一个理由
example office archive 2>/dev/null || :
