#!/bin/sh
# roads_cut_test.sh - a connection that is cut at 100 random bytes, 25 each of
# what goes up and down in a push and in a fetch: both sides stay whole, and the
# next sync completes. The road is git's, by an ssh that breaks (cut_ssh.sh); a
# real sshd, and TLS, are cut by roads_ssh_test.sh and roads_http_test.sh.
set -eu
. "$TIAN_SOURCE/tests/roads.sh"
needs python3 python3
needs sqlite3 sqlite3

each=${TIAN_CUTS:-25}
seed=${TIAN_SEED:-1}
export TIAN_CUT="$work/cut"
mkdir cut
git config --file gitconfig core.sshCommand "sh $TIAN_SOURCE/tests/cut_ssh.sh"
git init -q --bare -b main hub.git
echo "begin none 0" >cut/cut
world "$work/hub.git" "cut:$work/hub.git" "$work/hub.git"
rounds

tian -C office set 14 public_text=第0稿 2>/dev/null
tian -C office sync >/dev/null 2>&1
tian -C edu set 14 contact_name=第0次 2>/dev/null
ends "edu syncs on the road that will break" 0 tian -C edu sync
for way in push-up push-down fetch-up fetch-down; do
	echo "$way $(wc -c <cut/$way)"
done >sizes
tr '\n' ' ' <sizes | sed 's/^/# bytes: /'
echo "; seed $seed"
python3 -c "import random
random.seed($seed)
number = 0
for line in open('sizes'):
    way, n = line.split()
    for _ in range($each):
        number += 1
        print(number, way, random.randrange(max(int(n), 1)))" >places
make_cuts $((4 * each))
exit $failed
