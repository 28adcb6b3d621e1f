#!/bin/sh
# roads_bundle_test.sh - without any network: a hub on a stick that is carried
# from one to the other, and the exchange by files, read by stock git too.
set -eu
. "$TIAN_SOURCE/tests/roads.sh"
needs sqlite3 sqlite3

json_is() { # EXPRESSION EXPECTED: of the last output
	found=$(sqlite3 :memory: "SELECT $1 FROM (SELECT readfile('out') AS j)")
	[ "$found" = "$2" ] || not_ok "$name: $1 is '$found', not '$2'"
}

# --- a stick: it is at one place only ------------------------------------
# with SITE COMMAND...: the stick is plugged in there for that command.
with() {
	mv pocket/hub.git "stick-$1.git"
	site=$1
	shift
	status=0
	"$@" || status=$?
	mv "stick-$site.git" pocket/hub.git
	return $status
}

mkdir pocket
git init -q --bare -b main pocket/hub.git
with office tian -C office init --office --hub "$work/stick-office.git" \
	2>/dev/null
tian -C edu init --unit edu --hub "$work/stick-edu.git" 2>/dev/null
tian -C hr init --unit hr --hub "file://$work/stick-hr.git" 2>/dev/null
tian -C office unit add edu 区教育局 --key edu/key.pub 2>/dev/null
tian -C office unit add hr 区人社局 --key hr/key.pub 2>/dev/null
tian -C office import "$TIAN_SOURCE/tests/samples/key-proposals.txt" \
	--only proposals >/dev/null 2>&1 || :
tian -C office assign 14 --main edu --co hr 2>/dev/null

ends "without the stick work is kept" 4 tian -C office sync
ends "the office fills the stick" 0 with office tian -C office sync
ends "edu reads it" 0 with edu tian -C edu sync
ends "hr reads it" 0 with hr tian -C hr sync
echo 已在三所学校试点。 >reply.txt
ends "edu replies, the stick is elsewhere" 0 tian -C edu reply 14 --class A \
	--text-file reply.txt
ends "hr writes" 0 tian -C hr set 14 draft=已会办。
ends "edu without the stick" 4 tian -C edu sync
ends "the stick at hr" 0 with hr tian -C hr sync
ends "the stick at edu" 0 with edu tian -C edu sync
ends "the office takes both in" 0 with office tian -C office sync
says out "merged:"
ends "back to edu" 0 with edu tian -C edu sync
ends "back to hr" 0 with hr tian -C hr sync
ends "the stick is whole" 0 git -C pocket/hub.git fsck --strict
ends "all of it is proven" 0 with office tian -C office verify --hub
ends "both replies are at the office" 0 tian -C office show 14
says out 已在三所学校试点。
says out 已会办。

# --- a new computer of edu: what stands waits on the stick -----------------
for i in $(seq 40); do
	echo "UPDATE handling SET contact_name = '$i', phone = '$i'
		WHERE unit = 'edu';"
done | sqlite3 edu/tian.db
ends "the stick at edu, weeks later" 0 with edu tian -C edu sync
ends "and at the office" 0 with office tian -C office sync
tian -C edu2 init --unit edu --hub "$work/stick-edu2.git" 2>/dev/null
tian -C office unit add edu 区教育局 --key edu2/key.pub 2>/dev/null
ends "the office enrols the new one" 0 with office tian -C office sync
ends "it begins with what stands" 0 with edu2 tian -C edu2 sync
changes() {
	sqlite3 "$1/tian.db" 'SELECT count(*) FROM _change'
}
[ "$(changes edu2)" -lt $(($(changes edu) - 70)) ] ||
	not_ok "$name: it has $(changes edu2) of $(changes edu) changes"
ends "both write: the new one" 0 tian -C edu2 set 14 phone=0002
ends "and the old one" 0 tian -C edu set 14 contact_name=王芳
ends "the stick at the new one" 0 with edu2 tian -C edu2 sync
ends "the stick at the old one" 0 with edu tian -C edu sync
ends "the stick at hr again" 0 with hr tian -C hr sync
ends "the office takes in all of it" 0 with office tian -C office sync
for one in edu edu2 hr; do
	ends "the stick back at $one" 0 with $one tian -C $one sync
	ends "$one is proven" 0 with $one tian -C $one verify --hub
done
for one in edu edu2; do
	found=$(sqlite3 $one/tian.db "SELECT contact_name || phone FROM
		handling WHERE proposal = '1-1-014' AND unit = 'edu'")
	[ "$found" = 王芳0002 ] || not_ok "$one has both edits: $found"
done
ends "the office proves all of it" 0 with office tian -C office verify --hub

# --- files: the stick stays at the office --------------------------------
mv pocket/hub.git stick-office.git
ends "the office must say for whom" 2 tian -C office bundle create to-edu
ends "a verb is needed" 2 tian -C office bundle send to-edu
ends "--for is for create" 2 tian -C office bundle apply x --for edu
ends "no such file" 3 tian -C office bundle apply nothing
ends "no such unit" 3 tian -C office bundle create x --for 没有的局
ends "a file of something else" 3 tian -C office bundle apply reply.txt
says err "no git bundle"

ends "edu edits" 0 tian -C edu set 14 contact_name=李明
ends "edu writes a file" 0 tian -C edu bundle create from-edu --json
json_is "json_extract(j, '\$.commits')" 1
json_is "length(json_extract(j, '\$.since'))" 40
json_is "json_extract(j, '\$.file')" from-edu
ends "stock git verifies it where its beginning is" 0 \
	git -C stick-office.git bundle verify "$work/from-edu"
git init -q --bare stock.git
ends "and refuses it elsewhere" 1 git -C stock.git bundle verify \
	"$work/from-edu"
ends "a whole one" 0 tian -C edu bundle create whole-edu --full
ends "stock git fetches the whole one" 0 git -C stock.git fetch \
	"$work/whole-edu" 'refs/heads/*:refs/heads/*'
ends "then the other one" 0 git -C stock.git fetch "$work/from-edu" \
	'refs/heads/*:refs/heads/*'
ends "what stock git fetched is whole" 0 git -C stock.git fsck --strict
tian -C office log 14 >/dev/null
git -C stick-office.git show main:signers >signers
tip=$(git -C stock.git for-each-ref --format='%(objectname)')
ends "its signature is edu's" 0 git -C stock.git -c gpg.format=ssh \
	-c "gpg.ssh.allowedSignersFile=$work/signers" verify-commit "$tip"

head -c 400 from-edu >half
ends "half a file changes nothing" 3 tian -C office bundle apply half
ends "the office takes it in" 0 tian -C office bundle apply from-edu --json
json_is "json_extract(j, '\$.merged')" 1
json_is "json_extract(j, '\$.refused')" 0
ends "once more changes nothing" 0 tian -C office bundle apply from-edu
says out "Nothing new."
ends "edu's hub has it as if pushed" 0 sh -c "git -C stick-office.git \
	for-each-ref | grep -q $tip"
ends "the office edits" 0 tian -C office set 14 public_text=公开稿
ends "the office syncs" 0 tian -C office sync
ends "the office answers" 0 tian -C office bundle create to-edu --for 区教育局
ends "hr cannot read it" 3 tian -C hr bundle apply to-edu
says err "edu"
ends "edu reads it, no hub anywhere" 0 tian -C edu bundle apply to-edu
ends "edu sees it" 0 tian -C edu show 14
says out 公开稿
ends "edu has nothing to send" 0 tian -C edu bundle create nothing-new
[ ! -e nothing-new ] || not_ok "$name: a file was written"
# What contradicts itself waits for a person by this road as by any other.
ends "a number is given twice" 0 tian -C office set 1 case_no=14
ends "edu sets its telephone" 0 tian -C edu set 14 phone=88888888
ends "edu writes again" 0 tian -C edu bundle create once-more
ends "taken in, and something needs a person" 1 tian -C office bundle apply \
	once-more
says out "conflicts: 1 to decide"
ends "the number is put right" 0 tian -C office set 1 case_no=1
ends "the office syncs again" 0 tian -C office sync
ends "all of it is proven at the end" 0 tian -C office verify --hub
ends "edu's replica is proven" 0 tian -C edu verify

# --- a new computer that never sees the hub ----------------------------------
tian -C edu3 init --unit edu --hub "$work/nowhere.git" 2>/dev/null
tian -C office unit add edu 区教育局 --key edu3/key.pub 2>/dev/null
ends "the office enrols it" 0 tian -C office sync
ends "the office writes a beginning" 0 tian -C office bundle create begin \
	--for edu
says out "A new computer begins with it at what stood at the last checkpoint"
git init -q --bare empty.git
ends "stock git verifies it where nothing is" 0 \
	git -C empty.git bundle verify "$work/begin"
ends "and fetches it there" 0 git -C empty.git fetch "$work/begin" \
	'refs/heads/*:refs/heads/*'
ends "all it names is in it" 0 git -C empty.git fsck --strict
ends "its signature is the office's" 0 git -C empty.git -c gpg.format=ssh \
	-c "gpg.ssh.allowedSignersFile=$work/signers" verify-commit wrapped/edu
ends "hr cannot read it" 3 tian -C hr bundle apply begin
says err "the file is for edu"
ends "the new one begins with it" 0 tian -C edu3 bundle apply begin
[ "$(changes edu3)" -lt $(($(changes edu) - 70)) ] ||
	not_ok "$name: it has $(changes edu3) of $(changes edu) changes"
ends "the old one takes it, too" 0 tian -C edu bundle apply begin
ends "the new one writes" 0 tian -C edu3 set 14 phone=0003
ends "and sends it by file" 0 tian -C edu3 bundle create from-edu3
ends "which the office takes in" 0 tian -C office bundle apply from-edu3
ends "the office answers both" 0 tian -C office bundle create answer --for edu
ends "the old one reads it" 0 tian -C edu bundle apply answer
for one in edu edu3; do
	found=$(sqlite3 $one/tian.db "SELECT phone FROM handling WHERE
		proposal = '1-1-014' AND unit = 'edu'")
	[ "$found" = 0003 ] || not_ok "$one has the new one's edit: $found"
	ends "$one is proven" 0 tian -C $one verify
done
exit $failed
