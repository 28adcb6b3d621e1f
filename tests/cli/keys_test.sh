#!/bin/sh
# keys_test.sh - what becomes of keys: a hub made anew by any computer of the
# office, a key that was ended, and what each end is told of it.
. "$(dirname "$0")/harness.sh"
export LC_ALL=zh_CN.UTF-8

ends "an office" 0 tian -C o1 --as 王芳 init --office --hub hub
ends "its ledger" 0 tian -C o1 sync
ends "its second computer" 0 tian -C o2 --as 何静 init --office --hub hub
ends "enrolled" 0 tian -C o1 unit add office 区政协提案委 --key o2/key.pub
ends "which the first sends" 0 tian -C o1 sync
ends "and the second receives" 0 tian -C o2 sync

# --- the hub is lost ---------------------------------------------------------
for office in o2 o1; do
	mv hub "lost-$office"
	ends "$office makes a new hub with the same init" 0 \
		tian -C $office init --office --hub hub
	ends "and sends what the lost one had" 0 tian -C $office sync
	says err "现已重新送出"
	for each in o1 o2; do
		ends "$each goes on" 0 tian -C $each sync
		ends "$each proves it" 0 tian -C $each verify --hub
	done
	ends "the ledger is the one that was" 0 test \
		"$(git -C hub rev-parse main)" = \
		"$(git -C "lost-$office" rev-parse main)"
done

# --- a key that ended --------------------------------------------------------
key_of() { # SITE, at the office: the hex name of its only key that has no end
	tian -C o1 --json unit key "$1" >"$work/keys"
	sqlite3 :memory: "SELECT group_concat(value->>'fingerprint') FROM
		json_each(readfile('$work/keys')) WHERE value->>'until' IS NULL"
}
as_openssh() { ssh-keygen -l -f "$1" | cut -d ' ' -f 2; }

ends "a unit" 0 tian -C edu --as 陈立 init --unit edu --hub hub
ends "doctor says nothing of a key nobody has judged yet" 0 tian -C edu doctor
ends "a unit knows no keys before" 0 tian -C edu unit key edu
says err "还没有 edu 的密钥"
ends "enrolled" 0 tian -C o1 unit add edu 区教育局 --key edu/key.pub
ends "keys are listed by the unit's name, too" 0 tian -C o1 unit key 区教育局
ends "a unit that is not there is told" 3 tian -C o1 unit key nosuch
says err nosuch
ends "proposals" 0 tian -C o1 import --only proposals \
	"$TIAN_SOURCE/tests/samples/key-proposals.txt"
ends "assigned" 0 tian -C o1 assign 14 --main edu --due 2030-09-30
ends "sent" 0 tian -C o1 sync
ends "received" 0 tian -C edu sync
edu=$(key_of edu)
ends "a unit sees its keys" 0 tian -C edu unit key edu
says out "$(as_openssh edu/key.pub)"
ends "in JSON, too" 0 tian -C edu --json unit key edu
json_is "j->>'$[0].fingerprint'" "$edu"
ends "and the office's" 0 tian -C edu unit key office
says out "$(as_openssh o1/key.pub)"
says out "$(as_openssh o2/key.pub)"
ends "but no other unit's" 3 tian -C edu unit key hr
says err "请在提案委查看"
ends "doctor is content" 0 tian -C edu doctor

ends "no such form" 3 tian -C o1 unit key edu --revoke SHA256:short
says err "ssh-keygen -l"
ends "no such key" 3 tian -C o1 unit key edu \
	--revoke "$(as_openssh o1/key.pub)"
ends "a key ends, named as ssh-keygen prints it" 0 tian -C o1 unit key edu \
	--revoke "$(as_openssh edu/key.pub)" --from 2022-06-30
ends "published" 0 tian -C o1 sync
ends "the desk works on" 0 tian -C edu set 14 contact_name=陈立
ended=2022-06-29T16:00:00Z
ends "and is told that its key ended, and when" 4 tian -C edu sync
says err "已于 $ended 停用这台电脑的密钥"
says_not err "尚未登记"
ends "its doctor says what can be done" 1 tian -C edu doctor
says out "✗ 密钥：已由提案委于 $ended 停用"
says out "tian unit key edu --revoke $(echo "$edu" | cut -c 1-16) --from"
for time in once again; do
	ends "the office is told $time" 1 tian -C o1 sync
	says err "区教育局：有一台电脑的密钥已于 $ended 停用；用它签名的 1 项改动在等候"
	says err "tian unit key edu --revoke"
	says_not err "未登记"
done
command=$(sed -n 's/.*：\(tian unit key edu --revoke [0-9a-f]* --from\).*/\1/p' \
	err)
ends "to enrol it again is no way" 3 tian -C o1 unit add edu 区教育局 \
	--key edu/key.pub
says err "已于 $ended 停用"
says err "$command"
ends "the way that was printed" 0 env TIAN_DIR=o1 $command 2099-01-01
ends "takes in what waited" 0 tian -C o1 sync
asked o1 "SELECT contact_name FROM handling WHERE unit = 'edu'
	AND proposal = '1-1-014'" 陈立
ends "the desk is content" 0 tian -C edu sync
ends "and its doctor" 0 tian -C edu doctor
ends "a key with an end to come is no obstacle" 0 tian -C o1 unit add edu \
	区教育局 --key edu/key.pub

# --- one key in place of another, as sync/README says it ----------------------
ends "nothing waits" 0 tian -C edu sync
ssh-keygen -q -t ed25519 -N '' -C edu -f new
ends "the new key is enrolled" 0 tian -C o1 unit add edu 区教育局 --key new.pub
ends "and published" 0 tian -C o1 sync
mv new edu/key && mv new.pub edu/key.pub
ends "the desk signs with it" 0 tian -C edu set 14 contact_name=新陈立
ends "and sends" 0 tian -C edu sync
ends "the old one ends" 0 tian -C o1 unit key edu --revoke "$edu"
ends "the new one counts" 0 tian -C o1 sync
asked o1 "SELECT contact_name FROM handling WHERE unit = 'edu'
	AND proposal = '1-1-014'" 新陈立
ends "all of it is proven" 0 tian -C o1 verify --hub
ends "the desk goes on" 0 tian -C edu sync
ends "its doctor finds nothing" 0 tian -C edu doctor

# --- a computer of the office ------------------------------------------------
ends "the second office's key ends" 0 tian -C o1 unit key office \
	--revoke "$(as_openssh o2/key.pub)" --from 2022-06-30
ends "published" 0 tian -C o1 sync
ends "it is told that, too" 4 tian -C o2 sync
says err "提案委这台电脑的密钥已于 $ended 停用"
ends "and by its doctor" 1 tian -C o2 doctor
says out "✗ 密钥：已由提案委于 $ended 停用"

ends "two computers begin at one hub" 0 tian -C a1 init --office --hub two
ends "neither knows the other" 0 tian -C a2 init --office --hub two
ends "nothing is wrong yet" 0 tian -C a2 doctor
ends "the first to sync is first" 0 tian -C a1 sync
ends "its doctor is content" 0 tian -C a1 doctor
ends "that of the other says what sync would" 1 tian -C a2 doctor
says out "✗ 台账：提案委的另一台电脑已先在此中心库建立"
ends "as it does" 3 tian -C a2 sync

exit $failed
