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

exit $failed
