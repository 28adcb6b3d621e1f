#!/bin/sh
# demo.sh - the main job as a demonstration, with the sample page: import,
# assign, reply without a network, sync, settle a conflict, publish, audit.
# Usage: TIAN_PROGRAM=path/to/tian demo.sh [FOLDER]   (./tian-demo unless said)
# Needs that program and stock git; makes FOLDER and removes nothing.
set -eu

source=$(cd "$(dirname "$0")/../.." && pwd)
sample=$source/tests/samples/key-proposals.txt
tian=${TIAN_PROGRAM:?the path of the built program}
folder=${1:-tian-demo}

# Chinese names and terminals that are not set up for them.
case ${LC_ALL:-${LC_CTYPE:-${LANG:-}}} in
*UTF-8 | *utf8) ;;
*) export LC_ALL=C.UTF-8 ;;
esac
export GIT_CONFIG_NOSYSTEM=1 GIT_PAGER=cat

if [ -e "$folder" ]; then
	echo "$folder 已经有了：请另选目录（sh tests/tour.sh 目录），或先删去它。" >&2
	echo "$folder is there already: sh tests/tour.sh FOLDER, or remove it." >&2
	exit 1
fi
tian=$(cd "$(dirname "$tian")" && pwd)/$(basename "$tian")
mkdir -p "$folder"
cd "$folder"
folder=$(pwd)
quiet=$folder/commands.log

# Code, name, the printed numbers of its proposals.
units='fire 区消防救援大队 1
law 区委政法委 5
ind 区经信科技局 9 17 7 12
agri 区农业农村局 13
hr 区人社局 2 10 3
edu 区教育局 6 14
plan 区发展改革局 18
media 区委宣传部 11
social 区社会发展局 15 20
house 区住建局 19
city 区综合行政执法局 4
org 区委组织部 8
campus 科学城管理办公室 16'

section() {
	printf '\n\033[1m── %s\033[0m\n   %s\n' "$1" "$2" | plain
}

# Bold only where it can be seen.
plain() {
	if [ -t 1 ]; then cat; else sed 's/\x1b\[[0-9;]*m//g'; fi
}

# A command shown with its output, indented; status 1 (done, and something
# needs a person) is no failure here.
show() {
	printf '   $ %s\n' "$(printf '%s' "$*" | sed "s|$tian|tian|;s|$source/||")"
	status=0
	"$@" >out 2>&1 || status=$?
	sed 's/^/     /' out
	if [ "$status" -gt 1 ]; then
		echo "     (exit status $status)"
		return "$status"
	fi
}

# A command whose output only matters if it fails.
hush() {
	status=0
	echo "\$ $*" >>"$quiet"
	"$@" >>"$quiet" 2>&1 </dev/null || status=$?
	if [ "$status" -gt 1 ]; then
		echo "failed ($status): $*" >&2
		tail -n 5 "$quiet" >&2
		exit 1
	fi
}

# for_units COMMAND...: once for each unit, its code, name, numbers added.
for_units() {
	echo "$units" >units
	while read -r code name numbers; do
		# shellcheck disable=SC2086
		"$@" "$code" "$name" $numbers
	done <units
}

hub() {
	git --git-dir="$folder/hub" -c core.quotePath=false "$@"
}

begun=$(date +%s)
due=$(date -d '+3 months' +%F)

# Who works there, where it matters to the story.
person() {
	case $1 in
	edu) echo 陈立 ;;
	esac
}

set_up_unit() {
	hush "$tian" -C "$1" --as "$(person "$1")" init --unit "$1" \
		--hub "$folder/hub" --name "$2"
	hush "$tian" -C office unit add "$1" "$2" --key "$1/key.pub"
}

section '建库：政协办公室和 13 个承办单位，各有一个副本' \
	'Set up: the office, thirteen units, and a hub that is a bare git repository.'
hush "$tian" -C office --as 王芳 init --office --hub "$folder/hub" \
	--name 区政协提案委
for_units set_up_unit
# A second computer at the education bureau: a node with its own key.
hush "$tian" -C edu2 --as 赵敏 init --unit edu --hub "$folder/hub" \
	--name 区教育局
hush "$tian" -C office unit add edu 区教育局 --key edu2/key.pub
echo '   office/ + 13 units/ + edu2/ (区教育局的第二台电脑), hub/'

assign_all() {
	code=$1
	shift 2
	for number; do
		hush "$tian" -C office assign "1-1-$(printf %03d "$number")" \
			--main "$code" --due "$due"
	done
}

sync_unit() {
	hush "$tian" -C "$1" sync
}

section '导入报纸版面，交办' \
	'The office imports the page (without its replies) and assigns.'
show "$tian" -C office import "$sample" --only proposals
for_units assign_all
hush "$tian" -C office sync
for_units sync_unit
hush "$tian" -C edu2 sync
echo '   20 件已交办；各单位同步后，只收到自己的提案。'
show "$tian" -C hr list

reply_unit() {
	hush "$tian" -C "$1" import "$sample" --only replies
}

section '断网：各单位离线答复' \
	'The hub is away. Every unit replies all the same; a sync says so and keeps all.'
mv hub hub-away
for_units reply_unit
hush "$tian" -C edu2 set 1-1-014 class_proposed=B
show "$tian" -C edu sync || true
mv hub-away hub
echo '   区教育局的两台电脑都没有网络：一台把第 14 号定为 A 类，另一台定为 B 类。'

section '网络恢复，同步两轮' \
	'The hub is back: units push, the office merges field by field, units fetch.'
for_units sync_unit
hush "$tian" -C edu2 sync
show "$tian" -C office sync

section '冲突：两个值都在，由人来定' \
	'A conflict: neither value is lost; a person decides, with a reason, on record.'
show "$tian" -C office conflicts
show "$tian" -C office resolve 1-1-014 edu.class_proposed --value A \
	--reason 以盖章文本为准
hush "$tian" -C office sync
for_units sync_unit
hush "$tian" -C edu2 sync
show "$tian" -C office conflicts
show "$tian" -C office log 1-1-014 edu.class_proposed

section '公开' 'Publish.'
show "$tian" -C office publish --format html --out "$folder/page.html"
show "$tian" -C office publish --format md --out "$folder/page.md"

section '审计：只用 git，不用本程序' \
	'An audit with stock git and nothing of ours.'
hub show main:signers >signers
# One proposal's own history: main's merges left out, each edit with the
# person and the time of the edit.
echo '   $ git log --graph --oneline --no-merges main -- register/1-1/014.yaml'
hub log --graph --no-merges --date=format-local:'%m-%d %H:%M' \
	--format='%h %ad %an: %s' main -- register/1-1/014.yaml |
	sed 's/^/     /'
echo
# Shown with names in full and no dates, so that it fits a terminal.
echo '   $ git blame main -- register/1-1/014.yaml'
hub blame --line-porcelain main -- register/1-1/014.yaml |
	awk '/^author / { who = substr($0, 8) }
		/^\t/ { printf "     %s | %s\n", who, substr($0, 2) }'
count=$(hub rev-list --all | wc -l)
hub rev-list --all >commits
while read -r commit; do
	hub -c gpg.format=ssh \
		-c gpg.ssh.allowedSignersFile="$folder/signers" \
		verify-commit "$commit" >>"$quiet" 2>&1 || {
		echo "   commit $commit does not verify" >&2
		exit 1
	}
done <commits
echo '   $ git verify-commit …'
echo "     $((count)) 个提交的签名全部有效 (every commit verifies)"

section '核验：公开的内容由已签名的修改推出' \
	'With ours: what is published follows from the signed changes.'
show "$tian" -C office verify --hub
rm -f out units commits

section '完成' "Done in $(($(date +%s) - begun)) s."
echo "   公开页 (page):   $folder/page.html"
echo "   冲突 (conflict): 1-1-014 拟定类别，A 与 B，由区政协提案委王芳定为 A"
echo "   接着试 (next):   $tian -C $folder/edu show 1-1-014"
