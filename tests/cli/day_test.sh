#!/bin/sh
# day_test.sh - an office and its units on a working day in Chinese: what goes
# wrong on it is said in the user's language, and with what to do.
. "$(dirname "$0")/harness.sh"
export LC_ALL=zh_CN.UTF-8

quiet 0 tian --as 王芳 -C office init --office --hub hub
for unit in edu hr; do
	quiet 0 tian --as 李明 -C $unit init --unit $unit --hub hub
done
quiet 0 tian -C office unit add edu 区教育局 --key edu/key.pub
quiet 0 tian -C office unit add hr 区人社局 --key hr/key.pub
quiet 0 tian -C office import "$tests/samples/key-proposals.txt" \
	--only proposals
quiet 0 tian -C office assign 14 --main edu --co hr --due 2030-06-30
quiet 0 tian -C office sync
for unit in edu hr; do quiet 0 tian -C $unit sync; done
ok 'an office and two units'

# What a unit is told of the office's key can be compared with the office's.
told=$(ssh-keygen -lf office/key.pub | cut -d ' ' -f 2)
ends "the office's key, as units are told it" 0 tian -C office unit key office
says out "$told"
quiet 0 tian -C office --json unit key office
json_is "json_extract(j, '\$[0].openssh')" "$told"

# A folder that is in use.
ends 'another unit in the same folder' 3 tian -C edu init --unit hr --hub hub
says err '这个目录里已有 edu 的副本'
ends 'another hub' 3 tian -C edu init --unit edu --hub other
says err 'tian hub use'

# The past.
ends 'a case at a day' 0 tian -C office show 14 --at "$(date +%F)"
for at in 2020-01-01 abc; do
	ends "no commit, no day: $at" 3 tian -C office show 14 --at "$at"
	says err "$at 不是 main 的提交"
done
ends "a unit has no main" 3 tian -C edu show 14 --at main
says err 'tian log'
# Long enough that no commit begins with it by chance.
none=abcdabcdabcdabcd
ends 'verify from what is no commit' 3 tian -C office verify --from $none
says err "$none 不是 main 的提交"
ends 'verify from, at a unit' 3 tian -C edu verify --from $none
says err '只有提案委有 main'

# Taken back to what it was, with nothing in dispute.
change=$(tian -C office log 14 sector | grep -om1 '[0-9a-f]\{16\}:[0-9]*')
quiet 0 tian -C office set 14 sector=教育
ends 'a field taken back' 0 tian -C office revert 14 sector --to "$change"
says err '已恢复'
says_not err '已裁定'

# Files.
quiet 0 tian -C office set 14 sector=教育界二组
quiet 0 tian -C office sync
ends 'a file for a unit' 0 tian -C office bundle create hr.bundle --for hr
ends 'is refused by another' 3 tian -C edu bundle apply hr.bundle
says err '这个文件是给 hr 的'
quiet 0 tian -C edu set 14 contact_name=李明
quiet 0 tian -C edu bundle create edu.bundle
mv hub away
ends 'the office takes a file in, and its hub is away' 4 \
	tian -C office bundle apply edu.bundle
says err "目录 $work/hub 不在"
says err '文件没有收下'
ends 'a proof that needs the hub' 4 tian -C office verify --hub
says err "目录 $work/hub 不在"
mv away hub
ends 'the hub is back' 0 tian -C office bundle apply edu.bundle
ends 'a page for a folder that is none' 3 \
	tian -C office publish --format html --out none/page.html
says err 'none/page.html 不能写'
says_not err .tmp

# A conflict, and an editor in which nothing is done.
quiet 0 tian --as 赵敏 -C edu2 init --unit edu --hub hub
quiet 0 tian -C office unit add edu 区教育局 --key edu2/key.pub
quiet 0 tian -C office sync
for node in edu edu2; do
	quiet 0 tian -C $node sync
	quiet 0 tian -C $node set 14 draft="$node 写的。"
done
for node in edu edu2; do quiet 0 tian -C $node sync; done
quiet 1 tian -C office sync
ends 'an editor that cannot be started' 3 \
	env EDITOR=no-such-editor tian -C office resolve 14 edu.draft
says_not err resolve-
ends 'one that is left as it was' 3 \
	env EDITOR=true tian -C office resolve 14 edu.draft
name='nobody typed anything, so no file is left'
[ -z "$(ls office | grep resolve)" ] || not_ok "$name"
printf '#!/bin/sh\necho 另写一句。 >>"$1"\n' >editor
chmod +x editor
ends 'one in which something was typed' 3 \
	env EDITOR="$work/editor" tian -C office resolve 14 edu.draft
says err office/resolve-1-1-014-
name='what was typed is kept'
grep -q 另写一句 office/resolve-* || not_ok "$name"

# Written after the case was taken back.
quiet 0 tian -C office resolve 14 edu.draft --take 李明 --reason 定稿
quiet 0 tian -C office assign 14 --main edu --reason 不再会办
quiet 0 tian -C office sync
quiet 0 tian -C hr set 14 draft=会办意见。
quiet 0 tian -C hr sync
ends 'the office hears of it' 1 tian -C office sync
says err 'tian conflicts'
says_not err '重新写一次'

# The commands that the README lists.
sed -n '/^## A working day/,/^Statuses/p' "$tests/../README.md" |
	grep '^|' | cut -d '|' -f 3 | grep -o '`[a-z]*' | tr -d '`' |
	grep -vxE 'command|gitolite|forge|pre|https|' | sort -u >listed
name='the README lists commands'
[ "$(wc -l <listed)" -gt 25 ] || not_ok "$name"
while read -r command; do
	ends "the README's $command is there" 0 tian "$command" --help
done <listed

ends 'rules name each branch once' 0 tian hub rules forge
[ -z "$(grep '\*\*' out | sort | uniq -d)" ] || not_ok "$name"
exit $failed
