#!/bin/sh
# roads_https_rules_test.sh - what `tian hub rules https` prints, kept by a real
# lighttpd: each site reaches its own mailbox with its password, and no other.
set -eu
. "$TIAN_SOURCE/tests/roads.sh"
. "$TIAN_SOURCE/tests/roads_web.sh"
git config --file gitconfig http.sslCAInfo "$work/ca.pem"
git config --file gitconfig credential.helper "store --file $work/passwords"
git config --file gitconfig safe.directory '*'

# As printed, but at the test's own places and port, and as its own user.
rules_port=$(free_ports 1)
tian hub rules https |
	sed -e "s#/srv/tian#$work/srv#g" -e "s#/etc/lighttpd#$work#g" \
		-e "s#/usr/lib/git-core#$(git --exec-path)#" \
		-e "s#/var/empty#$work/www#" >rules
sed -n '/^mkdir /,/^done/p' rules >make.sh
(sh -e make.sh)
sed -n '/^server.modules/,$p' rules |
	sed -e '/^server.\(user\|group\)name/d' \
		-e "s/^server.port = 443/server.port = $rules_port/" >rules.conf
cat >>rules.conf <<END
server.bind = "127.0.0.1"
server.errorlog = "$work/rules.log"
server.upload-dirs = ("$work/upload")
END
for site in office edu hr auditor; do
	echo "$site:$(openssl passwd -apr1 "geheim-$site")" >>tian.users
	printf 'protocol=https\nhost=localhost:%s\nusername=%s\npassword=%s\n' \
		"$rules_port" $site "geheim-$site" | git credential approve
done
lighttpd -D -f rules.conf 2>rules.err &
until_there rules.log 'server started'
at() { # SITE REPOSITORY
	echo "https://$1@localhost:$rules_port/git/$2.git"
}

ends "the office's replica" 0 tian -C office init --office \
	--hub "$(at office hub)"
for site in edu hr; do
	ends "$site's replica" 0 tian -C $site init --unit $site \
		--hub "$(at $site mail/$site)"
	ends "enrolled" 0 tian -C office unit add $site $site \
		--key $site/key.pub
	ends "its mailbox" 0 tian -C office unit mailbox $site \
		"$(at office mail/$site)"
done
tian -C office import "$TIAN_SOURCE/tests/samples/key-proposals.txt" \
	--only proposals >/dev/null 2>&1 || :
ends "assigned" 0 tian -C office assign 14 --main edu --co hr
ends "the office meets hub and mailboxes" 0 tian -C office sync
ends "edu receives" 0 tian -C edu sync
ends "edu writes" 0 tian -C edu set 14 phone=88880000
ends "and sends" 0 tian -C edu sync
ends "the office takes it in" 0 tian -C office sync
says out "merged:"
ends "all of it is proven" 0 tian -C office verify --hub
ends "an auditor reads the hub" 0 git ls-remote "$(at auditor hub)"
says out refs/heads/main
export GIT_TERMINAL_PROMPT=0
own=$(git -C edu/tian.git for-each-ref --format='%(refname)' \
	refs/heads/outbox/edu)
ends "edu writes no inbox" 1 git -C edu/tian.git push "$(at edu mail/edu)" \
	"$own:refs/heads/inbox/hr"
says err "not edu's own"
# A password that is refused is forgotten by git: nothing follows that needs it.
ends "edu does not read the hub" 128 git ls-remote "$(at edu hub)"
ends "nor another's mailbox" 128 git ls-remote "$(at edu mail/hr)"
ends "an auditor reads no mailbox" 128 git ls-remote "$(at auditor mail/edu)"
exit $failed
