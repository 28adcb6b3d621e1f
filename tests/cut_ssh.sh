#!/bin/sh
# cut_ssh.sh - an ssh that runs here what it is asked to run there, and breaks
# where $TIAN_CUT/cut says: `NAME WAY N` lets N bytes pass in that way (push-up
# and fetch-up: from client to server, push-down, fetch-down, or none). How many
# passed stands in $TIAN_CUT/WAY, in dd's words.
for command; do :; done
case $command in
*receive-pack*) service=push ;;
*) service=fetch ;;
esac
read -r _ way n <"$TIAN_CUT/cut"
up='' down=''
[ "$way" != $service-up ] || up=count=$n
[ "$way" != $service-down ] || down=count=$n
# The server may wait for words that never come: when the cut is made, both ends
# of the client are closed by our own end.
# shellcheck disable=SC2086
dd bs=1 $up 2>"$TIAN_CUT/$service-up" | sh -c "$command" | {
	dd bs=1 $down 2>"$TIAN_CUT/$service-down"
	[ -z "$down" ] || kill -PIPE $$
}
