#!/bin/sh
# main_job_test.sh - the main job from import to audit, as promised: on the
# sample page, and on the real one where $TIAN_REAL_SOURCE names it or it lies
# beside the project. Uses $TIAN_PROGRAM, stock git, sqlite3 and python3.
set -eu

source=${TIAN_SOURCE:-$(cd "$(dirname "$0")/.." && pwd)}
tian=${TIAN_PROGRAM:?the path of the built program}
page_py="$source/tests/main_job_page.py"
work=$(mktemp -d "${TMPDIR:-/tmp}/tian-main-job-XXXXXX")
trap 'rm -rf "$work"' EXIT
export LC_ALL=C.UTF-8 LANGUAGE=en
export HOME="$work" GIT_CONFIG_NOSYSTEM=1 GIT_PAGER=cat

fail() {
	echo "FAILED: $*" >&2
	exit 1
}

# expect STATUS COMMAND...: output to $work/out, both streams.
expect() {
	wanted=$1
	shift
	got=0
	"$@" >"$work/out" 2>&1 </dev/null || got=$?
	[ "$got" = "$wanted" ] && return 0
	cat "$work/out" >&2
	fail "status $got instead of $wanted: $*"
}

# same WHAT GOT WANTED
same() {
	[ "$2" = "$3" ] || fail "$1: '$2' instead of '$3'"
}

ask() { # SITE SQL
	sqlite3 -batch "$1/tian.db" "$2"
}

hub() {
	git --git-dir=hub -c core.quotePath=false "$@"
}

# each COMMAND...: once for every unit, with its code, name and numbers.
each() {
	while IFS='	' read -r code name numbers; do
		# shellcheck disable=SC2086
		"$@" "$code" "$name" $numbers
	done <units
}

key() {
	printf '1-1-%03d' "$1"
}

set_up_unit() {
	expect 0 "$tian" -C "$1" init --unit "$1" --hub "$hub" --name "$2"
	expect 0 "$tian" -C office unit add "$1" "$2" --key "$1/key.pub"
}

set_up() {
	expect 0 "$tian" -C office --as 王芳 init --office --hub "$hub" \
		--name 区政协提案委
	each set_up_unit
	# The education bureau's second node.
	expect 0 "$tian" -C edu2 --as 赵敏 init --unit edu --hub "$hub" \
		--name 区教育局
	expect 0 "$tian" -C office unit add edu 区教育局 --key edu2/key.pub
}

import_proposals() {
	expect 0 "$tian" -C office import "$page" --only proposals
	same proposals "$(ask office 'SELECT count(*) FROM proposal')" 20
	same units "$(ask office "SELECT count(*) FROM unit
		WHERE code <> 'office'")" 13
	same groups "$(ask office \
		'SELECT count(DISTINCT sector_raw) FROM proposal')" 16
	same figures "$(ask office 'SELECT received, filed, led, supervised
		FROM session')" '54|48|15|5'
	same replies "$(ask office 'SELECT count(*) FROM handling WHERE
		draft IS NOT NULL OR class_proposed IS NOT NULL')" 0
	before=$(ask office 'SELECT count(*) FROM _change')
	expect 0 "$tian" -C office import "$page" --only proposals
	same 'changes of the same list again' \
		"$(ask office 'SELECT count(*) FROM _change')" "$before"
}

assign_unit() {
	code=$1
	shift 2
	for number; do
		expect 0 "$tian" -C office assign "$(key "$number")" \
			--main "$code" --due 2022-06-30
	done
}

sync_site() {
	expect 0 "$tian" -C "$1" sync
}

# A conflict that waits for a person gives status 1.
sync_all() {
	each sync_any
	sync_any edu2
}

sync_any() {
	"$tian" -C "$1" sync >"$work/out" 2>&1 </dev/null || [ $? = 1 ] || {
		cat "$work/out" >&2
		fail "sync of $1"
	}
}

# A unit holds exactly its own proposals, to the last row of any table.
holds_its_own() {
	code=$1
	shift 2
	for number; do key "$number" && echo; done | sort >wanted
	ask "$code" 'SELECT key FROM proposal ORDER BY key' >held
	cmp -s wanted held || fail "$code holds $(tr '\n' ' ' <held)"
	ask "$code" "SELECT DISTINCT scope FROM _row WHERE scope <> ''
		ORDER BY scope" >held
	cmp -s wanted held || fail "$code has rows of $(tr '\n' ' ' <held)"
	same "handlings of others at $code" "$(ask "$code" "SELECT count(*)
		FROM handling WHERE unit <> '$code'")" 0
}

reply_unit() {
	expect 0 "$tian" -C "$1" import "$page" --only replies
	before=$(ask "$1" 'SELECT count(*) FROM _change')
	expect 0 "$tian" -C "$1" import "$page" --only replies
	same "changes of $1's replies again" \
		"$(ask "$1" 'SELECT count(*) FROM _change')" "$before"
	expect 4 "$tian" -C "$1" sync
}

# Without a network all work goes on; what could not be sent is kept.
offline() {
	mv hub hub-away
	each reply_unit
	expect 0 "$tian" -C edu2 set 1-1-014 class_proposed=B
	expect 4 "$tian" -C edu2 sync
	expect 4 "$tian" -C office sync
	mv hub-away hub
}

# Both values are there; neither is lost; a person decides.
settle() {
	sync_all
	expect 1 "$tian" -C office sync
	expect 1 "$tian" -C office conflicts --json
	python3 - "$work/out" <<-'END' || fail 'conflicts --json'
	import json, sys
	found = json.load(open(sys.argv[1], encoding="utf-8"))
	assert len(found) == 1, found
	one = found[0]
	assert one["case"] == "1-1-014", one
	assert one["field"] == "class_proposed", one
	assert one["severity"] == "hard", one
	assert sorted(h["value"] for h in one["heads"]) == ["A", "B"], one
	END
	expect 0 "$tian" -C office resolve 1-1-014 edu.class_proposed \
		--value A --reason 以盖章文本为准
	expect 0 "$tian" -C office sync
	sync_all
	expect 0 "$tian" -C office sync
	expect 0 "$tian" -C office conflicts
	same "edu's class" "$(ask edu "SELECT class_proposed FROM handling
		WHERE proposal = '1-1-014'")" A
	same "edu2's class" "$(ask edu2 "SELECT class_proposed FROM handling
		WHERE proposal = '1-1-014'")" A
}

published() {
	expect 0 "$tian" -C office publish --format html --out page.html
	python3 "$page_py" compare "$page" page.html || fail 'the page'
	expect 0 "$tian" -C office publish --format json --out page.json
	python3 - <<-'END' || fail 'publish --format json'
	import json
	page = json.load(open("page.json", encoding="utf-8"))
	assert len(page["proposals"]) == 20
	assert page["figures"]["by_class"] == {"A": 18, "B": 2, "C": 0}
	assert page["figures"]["received"] == 54
	assert page["figures"]["key"] == 20
	assert len(page["figures"]["by_unit"]) == 13
	END
	expect 0 "$tian" -C office publish --format md --out page.md
	[ -s page.md ] || fail 'page.md is empty'
}

# Stock git and nothing of ours.
audited() {
	expect 0 git --git-dir=hub fsck --strict --no-progress
	[ ! -s "$work/out" ] || fail "fsck says: $(cat "$work/out")"
	hub show main:signers >signers
	hub rev-list --all >commits
	[ "$(wc -l <commits)" -gt 30 ] || fail 'too few commits'
	while read -r commit; do
		expect 0 git --git-dir=hub -c gpg.format=ssh \
			-c gpg.ssh.allowedSignersFile="$PWD/signers" \
			verify-commit "$commit"
	done <commits
	hub blame --line-porcelain main -- register/1-1/014.yaml |
		awk '/^author / { who = substr($0, 8) }
			/^\t/ { print who "\t" substr($0, 2) }' >blame
	# The whole reply is the bureau's, sentence by sentence.
	grep -F "$(printf '%s' "$sentence")" blame >line ||
		fail "no line holds '$sentence'"
	grep -q '^区教育局' line || fail "blame: $(cat line)"
	grep '案由' blame | grep -q '^区政协提案委 王芳' ||
		fail "blame of the title: $(grep 案由 blame)"
	told
	hub log --format=%an --all | sort -u >authors
	while IFS='	' read -r code name numbers; do
		grep -q "^$name" authors || fail "$name is no author"
	done <units
}

# `git log -p` of one proposal tells what happened: who, what, why.
told() {
	hub log -p --format='%an: %s%n%b' main -- register/1-1/014.yaml >story
	grep -q '^区教育局' story || fail "log -p names no bureau"
	grep -q "^+.*$sentence" story || fail 'log -p shows no reply'
	grep -q '1-1-014.*答复正文' story || fail 'log -p says not what'
	grep -q '^区教育局 赵敏: 1-1-014.*拟定类别 B' story ||
		fail 'log -p tells nothing of the second class'
	grep -q '^区政协提案委 王芳: 1-1-014.*拟定类别 A' story ||
		fail 'log -p tells nothing of the decision'
	grep -q '以盖章文本为准' story || fail 'log -p gives no reason'
}

# fails_after WHAT PLACE: the hub as it now is does not verify, and the
# report names PLACE. The good hub is put back.
fails_after() {
	expect 1 "$tian" -C office verify --hub
	grep -q "$2" "$work/out" || {
		cat "$work/out" >&2
		fail "verify after $1 does not name $2"
	}
	expect 1 "$tian" -C office verify --hub --json
	tr -d ' \n' <"$work/out" | grep -q '"ok":false' ||
		fail "verify --json after $1 does not say so"
	rm -rf hub
	cp -R hub-good hub
}

# The tree of a commit with one file replaced.
tree_with() { # COMMIT PATH FILE
	GIT_INDEX_FILE=$work/index
	export GIT_INDEX_FILE
	rm -f "$GIT_INDEX_FILE"
	hub read-tree "$1"
	hub update-index --add --cacheinfo \
		"100644,$(hub hash-object -w "$3"),$2"
	hub write-tree
	unset GIT_INDEX_FILE
}

change_a_byte() { # FILE
	python3 - "$1" <<-'END'
	import sys
	data = bytearray(open(sys.argv[1], "rb").read())
	data[len(data) // 2] ^= 1
	open(sys.argv[1], "wb").write(data)
	END
}

# forge REF SED: the commit at REF with SED applied to it, its signature left
# as it was, is what REF then names.
forge() {
	hub cat-file commit "$1" | sed "$2" >forged
	hub update-ref "refs/heads/$1" \
		"$(hub hash-object -t commit -w --literally forged)"
}

# forge_signed REF TREE PARENT...: the same, by one who has the office's key.
forge_signed() {
	ref=$1
	tree=$2
	shift 2
	hub log -1 --format=%B "$ref" >message
	parents=
	for parent; do parents="$parents -p $parent"; done
	# shellcheck disable=SC2086
	hub log -1 --format='%an%n%ae%n%ad%n%cn%n%ce%n%cd' --date=raw "$ref" | {
		read -r GIT_AUTHOR_NAME
		read -r GIT_AUTHOR_EMAIL
		read -r GIT_AUTHOR_DATE
		read -r GIT_COMMITTER_NAME
		read -r GIT_COMMITTER_EMAIL
		read -r GIT_COMMITTER_DATE
		export GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_AUTHOR_DATE
		export GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL
		export GIT_COMMITTER_DATE
		hub -c gpg.format=ssh -c user.signingKey="$PWD/office/key" \
			commit-tree -S "$tree" $parents -F message
	} >forged
	hub update-ref "refs/heads/$ref" "$(cat forged)"
}

# Whoever can write the hub, but has no key.
unsigned_forgery_is_seen() {
	hub show main:register/1-1/014.yaml >file
	change_a_byte file
	forge main "s/^tree .*/tree $(tree_with main \
		register/1-1/014.yaml file)/"
	fails_after 'a byte of a register file' \
		"main $(hub rev-parse --short=12 main)"

	outbox=$(hub for-each-ref --format='%(refname:lstrip=2)' \
		refs/heads/outbox/hr | head -n 1)
	genuine=$(hub rev-parse "$outbox")
	hub show "$outbox:changes.msgpack" >file
	change_a_byte file
	forge "$outbox" "s/^tree .*/tree $(tree_with "$outbox" \
		changes.msgpack file)/"
	# Where main took that commit in, it names the forged one now.
	merge=$(hub rev-list --parents main | grep " .*$genuine" |
		cut -d' ' -f1 | tail -n 1)
	hub update-ref refs/heads/main "$merge"
	forge main "s/^parent $genuine/parent $(hub rev-parse "$outbox")/"
	fails_after 'a byte of a batch' \
		"main $(hub rev-parse --short=12 main)"

	first=$(hub rev-list --max-parents=0 main | head -n 1)
	forge main "0,/^parent /s/^parent .*/parent $first/"
	fails_after 'a parent' "main"
}

# Whoever has even the office's key: what it signed does not follow.
signed_forgery_is_seen() {
	previous=$(hub rev-parse main^1)
	decision=$(hub rev-parse main^2)
	hub show main:register/1-1/014.yaml >file
	change_a_byte file
	forge_signed main "$(tree_with main register/1-1/014.yaml file)" \
		"$previous" "$decision"
	fails_after 'a signed register file' 'register/1-1/014.yaml'

	outbox=$(hub for-each-ref --format='%(refname:lstrip=2)' \
		refs/heads/outbox/office | head -n 1)
	same 'the last decision' "$(hub rev-parse "$outbox")" "$decision"
	hub show "$outbox:changes.msgpack" >file
	python3 - <<-'END'
	data = open("file", "rb").read()
	at = data.rindex("以盖章文本为准".encode())
	open("file", "wb").write(data[:at] + data[at:].replace(
	    "盖章".encode(), "口头".encode(), 1))
	END
	forge_signed "$outbox" "$(tree_with "$outbox" changes.msgpack file)" \
		"$(hub rev-parse "$outbox^")"
	forge_signed main 'main^{tree}' "$previous" \
		"$(hub rev-parse "$outbox")"
	fails_after 'a signed batch' main

	forge_signed main 'main^{tree}' "$(hub rev-parse "$previous^1")" \
		"$decision"
	fails_after 'a signed merge that leaves one out' 'main'
}

# A bit that rots on the disk.
rot_is_seen() {
	for pack in hub/objects/pack/*.pack; do
		chmod u+w "$pack"
		change_a_byte "$pack"
	done
	got=0
	"$tian" -C office verify --hub >"$work/out" 2>&1 || got=$?
	[ "$got" != 0 ] || fail 'a rotten hub verifies'
	rm -rf hub
	cp -R hub-good hub
}

tampering_is_seen() {
	expect 0 "$tian" -C office verify --hub
	expect 0 "$tian" -C office verify
	expect 0 "$tian" -C edu verify
	cp -R hub hub-good
	unsigned_forgery_is_seen
	signed_forgery_is_seen
	rot_is_seen
	expect 0 "$tian" -C office verify --hub
}

main_job() { # NAME PAGE SENTENCE
	page=$2
	sentence=$3
	mkdir "$work/$1"
	cd "$work/$1"
	hub=$PWD/hub
	same "the page $1" "$(python3 "$page_py" counts "$page")" \
		'20 proposals, 18 A, 2 B, 13 units, 16 groups'
	python3 "$page_py" units "$page" >units
	set_up
	import_proposals
	each assign_unit
	sync_site office
	each sync_site
	sync_site edu2
	each holds_its_own
	offline
	settle
	each holds_its_own
	published
	audited
	tampering_is_seen
	echo "$1: all as promised"
}

main_job sample "$source/tests/samples/key-proposals.txt" \
	'名校与新校结成9对'
real=${TIAN_REAL_SOURCE:-$source/../shared/data/qiantang-key-proposals.txt}
if [ -f "$real" ]; then
	main_job real "$real" "$(sed -n 's/^区教育局:\(财政投入方面,.*优先\),.*/\1/p' \
		"$real")"
fi
