#!/bin/sh
# roads_ssh_test.sh - the hub behind a real sshd on the loopback, reached by
# the user's own OpenSSH: his configuration, known hosts, jump hosts; and a
# connection that breaks.
set -eu
. "$TIAN_SOURCE/tests/roads.sh"
needs sshd openssh-server
needs ssh openssh-client
needs python3 python3
needs sqlite3 sqlite3

ssh-keygen -q -t ed25519 -N '' -f user_key
ssh-keygen -q -t ed25519 -N '' -f other_key
cp user_key.pub authorized_keys
start_sshd
start_cutter "$port"

me=$(id -un)
cat >ssh_config <<END
Host jumped
	ProxyJump hub
Host breaks
	Port $cut_port
Host stranger
	IdentityFile $work/other_key
Host * !stranger
	IdentityFile $work/user_key
Host *
	User $me
	HostName 127.0.0.1
	Port $port
	IdentitiesOnly yes
	UserKnownHostsFile $work/known_hosts
	HostKeyAlias hub
END
# The user's own choice of ssh, as his git has it.
git config --file gitconfig core.sshCommand "ssh -F $work/ssh_config"

git init -q --bare -b main hub.git
ends "an unknown host is not trusted, and nobody is asked" 4 \
	tian -C office init --office --hub "ssh://hub$work/hub.git"
says err "Host key verification failed"
says err "accept it once with ssh"
echo "hub $(cut -d' ' -f1,2 host_key.pub)" >known_hosts

world "ssh://hub$work/hub.git" "breaks:$work/hub.git" \
	"ssh://$me@jumped$work/hub.git"

tian -C lost init --unit lost --hub "stranger:$work/hub.git" 2>/dev/null
ends "a key that the host does not know" 4 tian -C lost sync
says err "Permission denied"
tian -C nowhere init --unit nowhere --hub "hub:$work/no such.git" 2>/dev/null
ends "a repository that is not there" 4 tian -C nowhere sync
says err "git init --bare"

rounds
cuts "${TIAN_CUTS:-10}"

# How long a round of one change takes, for the reader of the log.
tian -C edu set 14 phone=88880000 2>/dev/null
begun=$(date +%s%N)
tian -C edu sync >/dev/null 2>&1
echo "# a sync with one change: $((($(date +%s%N) - begun) / 1000000)) ms"
begun=$(date +%s%N)
ssh -F ssh_config hub true
echo "# ssh alone, one connection: $((($(date +%s%N) - begun) / 1000000)) ms"
exit $failed
