#!/bin/sh
# roads_http_mailbox_test.sh - mailboxes behind a web server with TLS and
# passwords: all work goes on, a new computer begins at a checkpoint there and
# at the hub, a unit moves, and one that is away holds up nobody.
set -eu
. "$TIAN_SOURCE/tests/roads.sh"
. "$TIAN_SOURCE/tests/roads_web.sh"
needs python3 python3
needs sqlite3 sqlite3

git config --file gitconfig http.sslCAInfo "$work/ca.pem"
git config --file gitconfig credential.helper "store --file $work/passwords"
for one in 'office:geheim 1' 'edu:geheim 2'; do
	printf 'protocol=https\nhost=localhost:%s\nusername=%s\npassword=%s\n' \
		"$port" "${one%%:*}" "${one#*:}" | git credential approve
done
for one in hub mail-edu mail-hr; do
	git init -q --bare -b main $one.git
	git -C $one.git config http.receivepack true
done
office=https://office@localhost:$port/git
edu=https://edu@localhost:$port/git

changes() {
	sqlite3 "$1/tian.db" 'SELECT count(*) FROM _change'
}

# weeks SITE: of work there.
weeks() {
	for i in $(seq 40); do
		echo "UPDATE handling SET contact_name = '$i', phone = '$i'
			WHERE unit = '$1';"
	done | sqlite3 "$1/tian.db"
}

# begins NEW OLD: NEW has what stands, and not what was written before.
begins() {
	if [ "$(changes "$1")" -lt $(($(changes "$2") - 70)) ]; then
		echo "ok - $1 begins at the checkpoint"
	else
		not_ok "$1 has $(changes "$1") changes, $2 $(changes "$2")"
	fi
	for one in "$1" "$2"; do
		sqlite3 "$one/tian.db" "SELECT contact_name, phone, draft FROM
			handling WHERE unit = '${1%2}'" >"$one.rows"
	done
	cmp "$1.rows" "$2.rows" || not_ok "$1 and $2 hold the same"
}

tian -C office init --office --hub "$office/hub.git" 2>/dev/null
tian -C edu init --unit edu --hub "$edu/mail-edu.git" 2>/dev/null
tian -C hr init --unit hr --hub "$office/hub.git" 2>/dev/null
tian -C office unit add edu 区教育局 --key edu/key.pub 2>/dev/null
tian -C office unit add hr 区人社局 --key hr/key.pub 2>/dev/null
ends "edu gets a mailbox" 0 tian -C office unit mailbox edu \
	"$office/mail-edu.git"
says err "tian init --unit edu --hub $office/mail-edu.git"
tian -C office import "$TIAN_SOURCE/tests/samples/key-proposals.txt" \
	--only proposals >/dev/null 2>&1 || :
tian -C office assign 14 --main edu --co hr 2>/dev/null

rounds
name="the mailbox holds edu's refs alone"
git -C mail-edu.git for-each-ref --format='%(refname)' |
	grep -vE '^refs/heads/((inbox|checkpoint)/edu|outbox/edu/)' >out &&
	not_ok "$name"
[ -z "$(git -C hub.git for-each-ref refs/heads/inbox/edu)" ] ||
	not_ok "the hub has no inbox of edu's"

# --- a checkpoint in the mailbox, and at the hub -----------------------------
weeks edu
weeks hr
ends "edu sends weeks of work" 0 tian -C edu sync
ends "hr does" 0 tian -C hr sync
ends "the office takes it in" 0 tian -C office sync
tian -C edu2 init --unit edu --hub "$edu/mail-edu.git" 2>/dev/null
tian -C hr2 init --unit hr --hub "$office/hub.git" 2>/dev/null
tian -C office unit add edu 区教育局 --key edu2/key.pub 2>/dev/null
tian -C office unit add hr 区人社局 --key hr2/key.pub 2>/dev/null
ends "the office enrols two new computers" 0 tian -C office sync
ends "stock git sees the checkpoint in the mailbox" 0 \
	git ls-remote --exit-code "$edu/mail-edu.git" checkpoint/edu
ends "and the other at the hub" 0 \
	git ls-remote --exit-code "$office/hub.git" checkpoint/hr
ends "edu's new one syncs" 0 tian -C edu2 sync
ends "hr's new one syncs" 0 tian -C hr2 sync
ends "edu's old one syncs" 0 tian -C edu sync
ends "hr's old one syncs" 0 tian -C hr sync
begins edu2 edu
begins hr2 hr
ends "edu's new one writes" 0 tian -C edu2 set 14 phone=0002
ends "and sends" 0 tian -C edu2 sync
ends "the office takes that in" 0 tian -C office sync
ends "the old one receives it" 0 tian -C edu sync
for one in edu2 hr2 edu; do
	ends "$one is proven" 0 tian -C $one verify --hub
done
ends "all that was sent can be had" 0 tian -C edu2 sync --history
[ "$(changes edu2)" -eq "$(changes edu)" ] || not_ok "$name: it is not all"

# --- hr moves to a mailbox ---------------------------------------------------
ends "hr gets a mailbox" 0 tian -C office unit mailbox hr \
	"$office/mail-hr.git"
ends "the office fills it" 0 tian -C office sync
says err "are told the new address: hr"
ends "hr, which asks at the hub, is told" 0 tian -C hr sync
says err "tian hub use $office/mail-hr.git"
ends "hr goes there" 0 tian -C hr hub use "$office/mail-hr.git"
says err "meets the others at $office/mail-hr.git"
ends "hr writes" 0 tian -C hr set 14 draft=已会办完毕。
ends "hr sends it to its mailbox" 0 tian -C hr sync
says out "sent:"
ends "the office takes it in from there" 0 tian -C office sync
says out "merged:"
ends "hr receives" 0 tian -C hr sync
ends "all of it is proven, mailboxes too" 0 tian -C office verify --hub

# --- one that is away --------------------------------------------------------
mv mail-edu.git away.git
tian -C office set 14 public_text=公开稿 2>/dev/null
ends "one mailbox is away, the others go on" 4 tian -C office sync --json
found=$(sqlite3 :memory: "SELECT json_extract(readfile('out'), '\$.away[0]')")
[ "$found" = edu ] || not_ok "$name: away is '$found'"
ends "hr has the news" 0 tian -C hr sync
mv away.git mail-edu.git
ends "then it is filled" 0 tian -C office sync
ends "and edu has them" 0 tian -C edu sync
ends "the repositories are whole" 0 sh -c 'for r in hub mail-edu mail-hr; do
	git -C $r.git fsck --strict --no-dangling || exit; done'
exit $failed
