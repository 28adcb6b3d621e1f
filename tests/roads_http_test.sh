#!/bin/sh
# roads_http_test.sh - the hub behind git http-backend and a real web server
# on the loopback: TLS with a CA of our own, basic auth by git's credential
# helpers, redirects; and a connection that breaks.
set -eu
. "$TIAN_SOURCE/tests/roads.sh"
. "$TIAN_SOURCE/tests/roads_web.sh"
needs python3 python3
needs sqlite3 sqlite3
start_cutter "$port"

git init -q --bare -b main hub.git

ends "a certificate of an unknown CA is refused" 4 \
	tian -C office init --office --hub "$url/git/hub.git"
says err "certificate"
says err "http.sslCAInfo"
git config --file gitconfig http.sslCAInfo "$work/ca.pem"
ends "a certificate for another name is refused" 4 \
	tian -C office2 init --office --hub "https://127.0.0.1:$port/git/hub.git"
says err "127.0.0.1"

ends "where nobody knows a password nobody is asked" 4 \
	tian -C office init --office --hub "$url/git/hub.git"
says err "git credential approve"
git config --file gitconfig credential.helper "store --file $work/passwords"
printf 'protocol=https\nhost=localhost:%s\nusername=office\npassword=%s\n' \
	"$port" wrong | git credential approve
ends "a wrong password is told" 4 \
	tian -C office init --office --hub "$url/git/hub.git"
if grep -q wrong passwords; then not_ok "the helper forgets it"; fi
printf 'protocol=https\nhost=localhost:%s\nusername=office\npassword=%s\n' \
	"$port" 'geheim 1' | git credential approve
printf 'protocol=https\nhost=localhost:%s\nusername=edu\npassword=%s\n' \
	"$cut_port" 'geheim 2' | git credential approve
ends "a password in the address is refused" 3 \
	tian -C lost init --unit lost --hub "https://u:p@localhost:$port/git/x"

world "$url/git/hub.git" "https://edu@localhost:$cut_port/git/hub.git" \
	"$url/moved/hub.git/"
tian -C page init --unit page --hub "$url/page" 2>/dev/null
ends "a page is no hub" 4 tian -C page sync
says err "does not serve git"
tian -C none init --unit none --hub "$url/git/none.git" 2>/dev/null
ends "a repository that is not there" 4 tian -C none sync
says err "there is no repository"
tian -C down init --unit down --hub "$url/down/hub.git" 2>/dev/null
ends "a redirect from https to http is not followed" 4 tian -C down sync
tian -C guest init --unit guest \
	--hub "http://localhost:$plain_port/open/hub.git" 2>/dev/null
ends "who may only read may read" 4 tian -C guest sync
says err "enrolled"

rounds
usual=100
[ -z "${TIAN_LESS-}" ] || usual=20
cuts "${TIAN_CUTS:-$usual}"

# The same hub, plain, where everybody may read.
sqlite3 hr/tian.db "UPDATE _meta SET value =
	'http://localhost:$plain_port/open/hub.git' WHERE name = 'hub'"
ends "hr reads there" 0 tian -C hr sync
ends "hr writes" 0 tian -C hr set 14 draft=已会办完毕。
ends "without the right to write it is told so" 4 tian -C hr sync
says err "no right"
git -C hub.git config http.receivepack true
ends "with it all goes" 0 tian -C hr sync
says out "sent:"

tian -C edu set 14 phone=88880000 2>/dev/null
begun=$(date +%s%N)
tian -C edu sync >/dev/null 2>&1
echo "# a sync with one change: $((($(date +%s%N) - begun) / 1000000)) ms"
exit $failed
