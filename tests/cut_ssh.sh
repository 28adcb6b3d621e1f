#!/bin/sh
# cut_ssh.sh - an ssh that runs here what it is asked to run there, and breaks
# where $TIAN_CUT/cut says: `NAME WAY N` lets N bytes pass in that way (push-up
# and fetch-up: from client to server, push-down, fetch-down, or none). What
# passed uncut is in $TIAN_CUT/WAY.
for command; do :; done
case $command in
*receive-pack*) service=push ;;
*) service=fetch ;;
esac
read -r _ way n <"$TIAN_CUT/cut"
pass() {
	if [ "$way" = "$1" ]; then
		dd bs=1 count="$n" 2>"$TIAN_CUT/dd"
	else
		tee "$TIAN_CUT/$1"
	fi
}
# The server may wait for words that never come: when its own are cut, both ends
# of the client are closed by our own end.
pass $service-up | sh -c "$command" | {
	pass $service-down
	[ "$way" != $service-down ] || kill -PIPE $$
}
