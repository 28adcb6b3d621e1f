#!/bin/sh
# What `tian unit mailbox` and `tian hub use` print, and what each sync says to
# whom while a unit moves from the hub to a mailbox and back.
. "$(dirname "$0")/harness.sh"

hub=$work/hub
quiet 0 tian --as 王芳 -C office init --office --hub "$hub"
quiet 0 tian --as 李明 -C edu init --unit edu --hub "$hub"
quiet 0 tian --as 赵强 -C hr init --unit hr --hub "$hub"
quiet 0 tian -C office unit add edu 区教育局 --key edu/key.pub
quiet 0 tian -C office unit add hr 区人社局 --key hr/key.pub
quiet 0 tian -C office sync
quiet 0 tian -C edu sync

# prints WHAT: all of the last output, a line.
prints() {
	[ "$(cat out)" = "$1" ] || not_ok "${name-}: '$(cat out)', not '$1'"
}

ends 'without a mailbox it says so' 0 tian -C office unit mailbox edu
prints 'none: it meets the office at the hub'
ends 'and to programs' 0 tian -C office --json unit mailbox 区教育局
json_is "json_extract(j, '\$.code')" edu
json_is "json_type(j, '\$.mailbox')" null

ends 'a folder becomes one' 0 tian -C office unit mailbox edu mail-edu
says err "区教育局 meets the office at $work/mail-edu from the next tian sync on"
says err "tian init --unit edu --hub $work/mail-edu"
says err "tian hub use $work/mail-edu"
quiet 0 git -C mail-edu rev-parse --is-bare-repository
prints true
ends 'it is told again' 0 tian -C office unit mailbox 区教育局
prints "$work/mail-edu"
ends 'and to programs, too' 0 tian -C office --json unit mailbox edu
json_is "json_extract(j, '\$.mailbox')" "$work/mail-edu"

ends 'each unit needs its own' 3 tian -C office unit mailbox hr mail-edu
says err "$work/mail-edu is the mailbox of edu already"
ends 'the hub is none' 3 tian -C office unit mailbox hr "$hub"
says err "$hub is the hub itself"
ends 'nor is what no road leads to' 3 tian -C office unit mailbox hr ftp://x/y
says err 'a hub is reached by a path, file://, ssh://'
ends 'a password is not kept in it' 3 tian -C office unit mailbox hr \
	https://u:p@localhost/hr
says err 'leave the password out'
ends 'no such unit' 3 tian -C office unit mailbox 没有的局 mail-x
ends 'a unit does not know' 3 tian -C edu unit mailbox edu
says err 'only the office knows where units meet it'
ends 'in Chinese' 0 env LC_ALL=zh_CN.UTF-8 tian -C office unit mailbox hr
prints '无：在中心库与提案委交换'

# --- the unit hears of it ----------------------------------------------------
ends 'the office says what becomes of the old inbox' 0 tian -C office sync
says err 'what the hub has of a unit with a mailbox stays there'
says err 'the new address: edu'
ends 'once' 0 tian -C office sync
says_not err 'new address'
ends 'edu, which asks at the hub, is told' 0 tian -C edu sync
says err "and what it sends is there: tian hub use $work/mail-edu"
ends 'in Chinese, too' 0 env LC_ALL=zh_CN.UTF-8 tian -C edu sync
says err "提案委现改在另一地址与本单位收发"
says err "tian hub use $work/mail-edu"
ends 'hr is told nothing' 0 tian -C hr sync
says_not err 'hub use'

ends 'where it meets the others' 0 tian -C edu hub
prints "$hub"
ends 'it goes there' 0 tian -C edu hub use mail-edu
says err "From now on this replica meets the others at $work/mail-edu; run tian sync."
ends 'and says so to programs' 0 tian -C edu --json hub
json_is "json_extract(j, '\$.hub')" "$work/mail-edu"
ends 'there it is told nothing more' 0 tian -C edu sync
says_not err 'hub use'

ends 'one that is not there yet' 0 tian -C edu hub use "$work/nowhere"
says err "$work/nowhere is not reached just now; tian sync tries again."
ends 'its sync says that it waits' 4 tian -C edu sync
ends 'an address of no road' 3 tian -C edu hub use ftp://x/y
ends 'changes nothing' 0 tian -C edu hub
prints "$work/nowhere"
quiet 2 tian -C edu hub use
quiet 2 tian -C edu hub move x
ok 'a wrong command line'

# --- and back ----------------------------------------------------------------
quiet 0 tian -C edu hub use mail-edu
ends 'the office takes it back' 0 tian -C office unit mailbox edu --none
says err '区教育局 meets the office at the hub from the next tian sync on.'
quiet 0 tian -C office unit mailbox edu
prints 'none: it meets the office at the hub'
quiet 0 tian -C office sync
quiet 0 tian -C edu hub use "$hub"
ends 'at the hub it is told of no mailbox' 0 tian -C edu sync
says_not err 'hub use'
quiet 0 git -C hub log -1 --format=%s moved/edu
says out '区教育局 不再使用信箱'
quiet 0 tian -C office verify --hub
quiet 0 tian -C edu verify --hub
ok 'all of it is proven'
exit $failed
