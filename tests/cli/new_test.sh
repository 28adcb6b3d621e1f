#!/bin/sh
# new_test.sh - one proposal entered by hand: its key, what it asks for, what
# it refuses; and that two computers of the office, neither with a network,
# never give the same key.
. "$(dirname "$0")/harness.sh"

row() { # DIR KEY FIELDS
	ask "$1" "SELECT $3 FROM proposal WHERE key = '$2'"
}

quiet 0 tian -C office --as 王芳 init --office --hub hub
title=关于增设老年食堂的建议

ends "the first one says of which session" 3 tian -C office new \
	--title $title --sponsor 张三
says err "--session 1-1"
ends "and then it is entered" 0 tian -C office new --title $title \
	--sponsor 张三 --sector 经济界 --session 1-1
says out 1-1-001
says err "tian receive 1-1-001"
[ "$(row office 1-1-001 "title || sponsors || sector")" = \
	${title}张三经济界 ] || not_ok "fields"
ends "twice is once" 0 tian -C office new --title $title --sponsor 张三 \
	--sector 经济界
says out 1-1-001
says err "nothing to change"
asked office "SELECT count(*) FROM proposal" 1

echo 居民就餐不便。 >body.txt
ends "all that is known may be said" 0 tian -C office new --title $title \
	--sponsor 李四 --sponsor 王五 --kind 联名 --category 民生 \
	--body-file body.txt --case-no 第007号 --received 2022年3月20日
says err "1-1-001 has the same title"
says err "已提交"
[ "$(row office 1-1-002 "sponsors || kind || category || body || case_no ||
	received_on")" = 李四、王五joint民生居民就餐不便。第007号2022-03-20 ] ||
	not_ok "fields"
ends "it is found by the number it came with" 0 tian -C office show 第007号
ends "it is told in JSON" 0 tian -C office new --title 关于停车的建议 \
	--sponsor 张三 --json
json_is "json_extract(j, '\$.key')" 1-1-003
json_is "json_extract(j, '\$.status')" 草稿
json_is "json_extract(j, '\$.next[0].command')" "tian receive 1-1-003"

ask office "SELECT count(*) FROM proposal" >were
ends "without a title" 2 tian -C office new --sponsor 张三
says err "--title"
ends "without a sponsor" 2 tian -C office new --title 甲
says err "--sponsor"
ends "an empty title" 2 tian -C office new --title '' --sponsor 张三
ends "blanks are no title" 3 tian -C office new --title ' ' --sponsor 张三
ends "a day that is none" 3 tian -C office new --title 甲 --sponsor 张三 \
	--received 2022-09-31
says err "no day of the calendar"
ends "a number that is given" 3 tian -C office new --title 甲 --sponsor 张三 \
	--case-no 第007号
says err "is the number of 1-1-002"
ends "a kind that is none" 3 tian -C office new --title 甲 --sponsor 张三 \
	--kind 集体
ends "a session that is none" 3 tian -C office new --title 甲 --sponsor 张三 \
	--session 一届一次
ends "a text that is not there" 3 tian -C office new --title 甲 --sponsor 张三 \
	--body-file nowhere.txt
says err nowhere.txt
: >empty.txt
ends "a text that is empty" 3 tian -C office new --title 甲 --sponsor 张三 \
	--body-file empty.txt
ask office "SELECT count(*) FROM proposal" | cmp -s - were ||
	not_ok "a refusal left a row"
quiet 0 tian -C edu init --unit edu --hub hub
quiet 0 tian -C office unit add edu 区教育局 --key edu/key.pub
quiet 0 tian -C office sync
quiet 0 tian -C edu sync
ends "a unit enters none" 3 tian -C edu new --title 甲 --sponsor 张三 \
	--session 1-1
says err "at the office"

# A second computer, before it knows anything, and after.
# One pair of computers in 4096 has the same letters; this one has not.
letters() {
	ask "$1" "SELECT substr(value, -3) FROM _meta WHERE name = 'origin'"
}
until [ -e office2 ] && [ "$(letters office2)" != "$(letters office)" ]; do
	rm -rf office2
	quiet 0 tian -C office2 --as 周平 init --office --hub hub
done
quiet 0 tian -C office2 new --title 关于东门的建议 --sponsor 赵六 --session 1-1
first=$(cat out)
quiet 0 tian -C office unit add office 区政协提案委 --key office2/key.pub
quiet 0 tian -C office sync
quiet 0 tian -C office2 sync
quiet 0 tian -C office2 new --title 关于西门的建议 --sponsor 赵六
second=$(cat out)
quiet 0 tian -C office new --title 关于南门的建议 --sponsor 赵六
third=$(cat out)
name="two computers give different keys"
echo "$first $second $third" | grep -qE \
	'^1-1-001([a-p]{3}) 1-1-004\1 1-1-004[a-p]{3}$' ||
	not_ok "$name: $first $second $third"
[ "$second" != "$third" ] || not_ok "$name"
quiet 0 tian -C office2 sync
ends "and both arrive" 0 tian -C office sync
asked office "SELECT count(*) FROM proposal" 6
quiet 0 tian -C office conflicts
quiet 0 tian -C office2 sync
quiet 0 tian -C office2 receive "$third"
ends "each has its own number when it is filed" 0 tian -C office2 file "$third"
says err 第008号
quiet 0 tian -C office2 sync
quiet 0 tian -C office sync
quiet 0 tian -C office show 第008号
says out 关于南门的建议
ends "a number that two have asks which" 3 tian -C office show 4
says err "$second"
ends "the trail holds" 0 tian -C office verify

example_of new
export TIAN_DIR=office
ends "the example works" 0 sh -eu example.sh
exit $failed
