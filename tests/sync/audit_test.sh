#!/bin/sh
# audit_test.sh - the program from outside: who wrote what, the register as it
# was, the proof from a commit on, keys that end, and rules for the hub's
# server kept by stock git.
. "$(dirname "$0")/../cli/harness.sh"

office() { tian -C office "$@"; }
edu() { tian -C edu "$@"; }

cat >list.csv <<'END'
编号,案由,主办单位
14,关于做好课后服务的建议,区教育局
END

ends 'an office' 0 office --as 李明 init --office --hub hub
ends 'a unit' 0 edu --as 王芳 init --unit edu --hub hub
ends 'it is enrolled' 0 office unit add edu 区教育局 --key edu/key.pub
ends 'a list' 0 office import list.csv --format csv \
	--session 1-1
ends 'merged' 0 office sync
first=$(git -C hub rev-parse main)
ends 'received' 0 edu sync
ends 'a draft' 0 edu set 1-1-014 edu.draft=第一稿。
ends 'sent' 0 edu sync
ends 'merged again' 0 office sync

# --- blame -------------------------------------------------------------------
ends 'blame says who wrote what is shown' 0 office blame 1-1-014
says out '王芳'
says out '第一稿。'
says out '李明'
ends 'blame in JSON names the commit' 0 office --json blame 1-1-014
says out "$(git -C hub for-each-ref --format='%(objectname)' \
	refs/heads/outbox/edu)"
ends 'blame at the unit' 0 edu blame 1-1-014
says out '第一稿。'

# --- the past ----------------------------------------------------------------
ends 'the register at a commit' 0 office show 1-1-014 --at "$first"
says_not out '第一稿'
says out '关于做好课后服务的建议'
ends 'the register by the end of today' 0 office show 1-1-014 \
	--at "$(date +%F)"
says out '第一稿'
ends 'at a commit in JSON' 0 office --json show 1-1-014 --at "$first"
says out '"register"'
ends 'a day before there was any' 3 office show 1-1-014 --at 1999-01-01
ends 'no such commit' 3 office show 1-1-014 --at beefbeefbeefbeef
ends 'a unit has no main' 3 edu show 1-1-014 --at "$first"

# --- the proof ---------------------------------------------------------------
ends 'all of it' 0 office verify
all=$(sed -n 's/^state: *//p' out)
ends 'from a commit on' 0 office verify --from "$first"
says out "$all"
ends 'from what is no commit of main' 3 office verify --from 0000000000000
main=$(git -C hub rev-parse main)
git -C hub update-ref refs/heads/main main~1
ends 'a main set back is found' 1 office verify --hub
git -C hub update-ref refs/heads/main "$main"
ref=$(git -C hub for-each-ref --format='%(refname)' refs/heads/outbox/edu)
tip=$(git -C hub rev-parse "$ref")
git -C hub update-ref -d "$ref"
ends 'an outbox that is gone is found by the office' 1 office verify --hub
says out 'gone from the hub'
ends 'and by its node' 1 edu verify --hub
git -C hub update-ref "$ref" "$tip"
ends 'nothing is found any more' 0 office verify --hub
ends 'nor by the node' 0 edu verify --hub

# --- keys --------------------------------------------------------------------
ends 'the keys of a unit' 0 office --json unit key edu
key=$(sed -n 's/.*"fingerprint": *"\([0-9a-f]*\)".*/\1/p' out)
ends 'a date that is none' 3 office unit key edu --revoke "$key" --from soon
ends 'a key that is none' 3 office unit key edu --revoke 00000000
ends 'a unit ends no key' 3 edu unit key edu --revoke "$key"
ends "the office's last key stays" 3 office unit key office \
	--revoke "$(office --json unit key office |
		sed -n 's/.*"fingerprint": *"\([0-9a-f]*\)".*/\1/p')"
ends 'a key ends' 0 office unit key edu --revoke "$key" --from 2022-06-30
ends 'which the office publishes' 0 office sync
ends 'signers says until when' 0 git -C hub show main:signers
says out 'edu namespaces="git",valid-before="20220629160000Z'
ends 'the unit goes on' 0 edu set 1-1-014 edu.doc_no=教1号
ends 'and is told' 4 edu sync
ends 'nothing of it is taken' 1 office sync
says err 'waits'
ends 'what it signed before stays proven' 0 office verify

# A new key in its place: what waits is signed anew by nobody, so the old one
# is let to the day it was lost.
ssh-keygen -q -t ed25519 -N '' -C edu -f new
ends 'the new key is enrolled' 0 office unit add edu 区教育局 --key new.pub
ends 'the end is moved' 0 office unit key edu --revoke "$key" \
	--from 2099-01-01
ends 'and published' 0 office sync
cp new edu/key && cp new.pub edu/key.pub
ends 'the unit signs with the new one' 0 edu set 1-1-014 edu.doc_no=教2号
ends 'and sends' 0 edu sync
ends 'both are taken' 0 office sync
ends 'and shown' 0 office show 1-1-014
says out '教2号'
ends 'all of it is proven' 0 office verify

# --- rules for the server ----------------------------------------------------
ends 'rules for all' 0 tian hub rules
says out 'git-shell'
says out 'gitolite.conf'
ends 'no such rules' 2 tian hub rules nonsense
ends 'the hook' 0 tian hub rules pre-receive
git init -q --bare server
cp out server/hooks/pre-receive
chmod +x server/hooks/pre-receive
own=$(git -C edu/tian.git for-each-ref --format='%(refname)' \
	refs/heads/outbox/edu)
push() { # SITE REFSPEC...
	site=$1
	shift
	TIAN_SITE=$site git -C edu/tian.git push -q ../../server "$@"
}
ends 'nobody in particular may push nothing' 1 push '' "$own"
ends 'a node pushes its own outbox' 0 push edu "$own~1:$own"
ends 'and goes on from there' 0 push edu "$own"
ends 'never back' 1 push edu "+$own~1:$own"
says err 'only forward'
ends 'never deletes' 1 push edu ":$own"
ends 'not the outbox of others' 1 push edu "$own:refs/heads/outbox/hr/1"
ends 'nor main' 1 push edu "$own:refs/heads/main"
says err "not edu's own"
ends 'nor anything else' 1 push edu "$own:refs/heads/topic"
ends 'the office pushes main' 0 push office "$own:refs/heads/main"
ends 'not more than so much at once' 1 env TIAN_MAX_BYTES=10 TIAN_SITE=edu \
	git -C edu/tian.git push -q ../../server "$own:${own%/*}/0123456789abcdef"
says err 'bytes at once'

exit $failed
