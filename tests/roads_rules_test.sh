#!/bin/sh
# roads_rules_test.sh - what `tian hub rules` prints, kept by real servers:
# sshd with git-shell, and gitolite. A unit's ssh key pushes its own outbox
# forward, reads its own mailbox, and no more; and all work goes on.
set -eu
. "$TIAN_SOURCE/tests/roads.sh"
needs sshd openssh-server
needs ssh openssh-client
needs python3 python3
needs git-shell git
needs gitolite gitolite3

for site in office edu hr; do
	ssh-keygen -q -t ed25519 -N '' -C $site -f ssh_$site
done
: >authorized_keys
start_sshd 'PermitUserEnvironment TIAN_SITE'
echo "hub $(cut -d' ' -f1,2 host_key.pub)" >known_hosts
for site in office edu hr; do
	cat >>ssh_config <<-END
	Host $site
		IdentityFile $work/ssh_$site
	END
done
cat >>ssh_config <<END
Host *
	User $(id -un)
	HostName 127.0.0.1
	Port $port
	IdentitiesOnly yes
	UserKnownHostsFile $work/known_hosts
	HostKeyAlias hub
END
git config --file gitconfig core.sshCommand "ssh -F $work/ssh_config"
git config --file gitconfig user.name N
git config --file gitconfig user.email n@example.org

# The printed rules with the keys of this test: those that hold AAAA.
with_keys() {
	for site in office edu hr; do
		key=$(cut -d' ' -f2 ssh_$site.pub)
		sed -i "/ $site\$/s#AAAA[^ ]*#$key#" "$1"
	done
}

# refused NAME WORDS COMMAND...: it ends with an error that has the words.
refused() {
	name=$1 words=$2
	shift 2
	if "$@" >out 2>err </dev/null; then
		not_ok "$name: it was let through"
	elif grep -qiE "$words" err; then
		echo "ok - $name"
	else
		not_ok "$name: '$words' is not said"
	fi
}

push() { # SITE'S-REPOSITORY URL REFSPEC
	git -C "$1/tian.git" push -q "$2" "$3"
}

# keep SERVER HUB MAIL SUFFIX FOLDER: an office, two units with a mailbox each,
# everybody's work, then what the server has to refuse.
keep() {
	server=$1 hub=$2 mail=$3 suffix=$4 folder=$5
	rm -rf office edu hr
	tian -C office init --office --hub "office:$hub" 2>err ||
		not_ok "$server: the office's replica is made"
	for site in edu hr; do
		tian -C $site init --unit $site \
			--hub "$site:$mail/$site$suffix" 2>/dev/null
		tian -C office unit add $site $site --key $site/key.pub 2>err
		tian -C office unit mailbox $site \
			"office:$mail/$site$suffix" 2>err ||
			not_ok "$server: $site has a mailbox"
	done
	tian -C office import "$TIAN_SOURCE/tests/samples/key-proposals.txt" \
		--only proposals >/dev/null 2>&1 || :
	tian -C office assign 14 --main edu --co hr 2>/dev/null
	ends "$server: the office meets hub and mailboxes" 0 \
		tian -C office sync
	ends "$server: edu receives" 0 tian -C edu sync
	ends "$server: hr receives" 0 tian -C hr sync
	tian -C edu set 14 phone=88880000 2>/dev/null
	tian -C hr set 14 draft=已会办。 2>/dev/null
	ends "$server: edu sends" 0 tian -C edu sync
	tian -C edu set 14 phone=88880001 2>/dev/null
	ends "$server: edu sends again" 0 tian -C edu sync
	ends "$server: hr sends" 0 tian -C hr sync
	ends "$server: the office takes both in" 0 tian -C office sync
	ends "$server: and receives them" 0 tian -C edu sync
	ends "$server: all of it is proven" 0 tian -C office verify --hub

	own=$(git -C edu/tian.git for-each-ref --format='%(refname)' \
		refs/heads/outbox/edu)
	inbox=refs/heads/inbox/edu
	box="edu:$mail/edu$suffix"
	no='refuse|denied|declined|not edu.s own|no ref of ours'
	refused "$server: no main in a mailbox" "$no" \
		push edu "$box" "$own:refs/heads/main"
	refused "$server: not its inbox" "$no|non-fast" \
		push edu "$box" "$own:$inbox"
	refused "$server: not the inbox of others" "$no" \
		push edu "$box" "$own:refs/heads/inbox/hr"
	refused "$server: not the outbox of others" "$no" push edu "$box" \
		"$own:refs/heads/outbox/hr/00000000000000aa"
	refused "$server: nothing below an outbox" "$no" \
		push edu "$box" "$own:refs/heads/outbox/edu/a/b"
	refused "$server: no outbox but a node's" "$no" \
		push edu "$box" "$own:refs/heads/outbox/edu/topic"
	refused "$server: nothing else" "$no" \
		push edu "$box" "$own:refs/heads/topic"
	refused "$server: no tag" "$no" push edu "$box" "$own:refs/tags/v1"
	refused "$server: its outbox never back" \
		"$no|only forward|non-fast-forward" \
		push edu "$box" "+$own~1:$own"
	refused "$server: its outbox never away" "$no|delet" \
		push edu "$box" ":$own"
	ends "$server: it reads its own mailbox" 0 git ls-remote "$box"
	says out "$inbox"
	# Whatever it asks for, it is shown no other.
	for other in "$mail/hr$suffix" "$hub"; do
		git ls-remote "edu:$other" >out 2>err </dev/null || :
		name="$server: edu reads nothing of $other"
		if grep -qE 'refs/heads/(main|inbox/hr|outbox/(hr|office))' out
		then
			not_ok "$name"
		else
			echo "ok - $name"
		fi
		refused "$server: nor writes there" . push edu "edu:$other" \
			"$own:refs/heads/outbox/hr/00000000000000aa"
	done
	# Too much at once; the limit is the printed one, made smaller.
	ends "$server: a limit is set" 0 \
		git -C "$folder/mail/edu.git" config receive.maxInputSize
	git -C "$folder/mail/edu.git" config receive.maxInputSize 100000
	head -c 300000 /dev/urandom >big
	blob=$(git -C edu/tian.git hash-object -w "$work/big")
	tree=$(printf '100644 blob %s\tbig\n' "$blob" |
		git -C edu/tian.git mktree)
	large=$(git -C edu/tian.git commit-tree -p "$own" -m large "$tree")
	refused "$server: not more than so much at once" 'exceeds|size' \
		push edu "$box" "$large:$own"
	git -C "$folder/mail/edu.git" config receive.maxInputSize 67108864

	tian -C edu set 14 phone=88880002 2>/dev/null
	ends "$server: after all this edu sends" 0 tian -C edu sync
	ends "$server: the office takes it in" 0 tian -C office sync
	says out "merged:"
	ends "$server: all of it is proven still" 0 tian -C office verify --hub
}

# --- sshd and git-shell, as printed ------------------------------------------
mkdir -p home/mail
tian hub rules ssh >rules
sed -n '/^for /,/^done/p' rules >make.sh
(cd home && sh -e ../make.sh)
# The account's home folder is not ours to use: whole paths instead.
grep '^restrict' rules | sed "s#'mail/#'$work/home/mail/#" >authorized_keys
with_keys authorized_keys
keep git-shell "$work/home/hub.git" "$work/home/mail" .git "$work/home"
name="git-shell: no other command"
ssh -F ssh_config edu id >out 2>err </dev/null || :
! grep -q uid= out || not_ok "$name"

# --- gitolite, as printed ----------------------------------------------------
mkdir git
gl() { HOME=$work/git gitolite "$@"; }
gl setup -pk ssh_office.pub >gl.log 2>&1 ||
	{ cat gl.log; not_ok "gitolite is set up"; }
tian hub rules gitolite >git/.gitolite/conf/gitolite.conf
rc=$(sed -n "s/.*needs: *\(GIT_CONFIG_KEYS.*\)/\1/p" \
	git/.gitolite/conf/gitolite.conf)
python3 - git/.gitolite.rc "$rc" <<'END'
import re, sys
text = open(sys.argv[1]).read()
text, n = re.subn(r"GIT_CONFIG_KEYS\s*=>\s*''\s*,", lambda m: sys.argv[2], text)
assert n == 1
open(sys.argv[1], "w").write(text)
END
for site in office edu hr; do
	cp ssh_$site.pub git/.gitolite/keydir/$site.pub
done
gl compile >gl.log 2>&1 && gl trigger POST_COMPILE >>gl.log 2>&1 ||
	{ cat gl.log; not_ok "gitolite takes the rules"; }
# Its home folder is not the account's either.
sed "s#command=\"#command=\"env HOME=$work/git #" git/.ssh/authorized_keys \
	>authorized_keys
keep gitolite hub mail '' "$work/git/repositories"
exit $failed
