#!/bin/sh
# check_includes.sh - the shape of the tree: who may include what, and where
# documents point.
# Usage: check_includes.sh [TREE]. Says each breach as FILE:LINE: why; exit 1.
# Knows file names and text only; compiles nothing.
set -eu
export LC_ALL=C

tree=${1:-$(dirname "$0")/..}
cd "$tree"

# One door per dependency: header, then the files that may see it.
doors='
git2.h       core/base/git_library.h
git2/*       core/base/git_library.h
msgpack.h    sync/wire/batch.c sync/wire/snapshots.c sync/wire/verdicts.c
zlib.h       core/base/deflate.c sync/git/pack_scan.c
curl/*       sync/road/stream_http.c
sodium.h     core/base/crypto.c
sha1.h       core/base/sha1.c
utf8proc.h   core/base/utf8.c
yaml.h       (tests)
sqlite3.h    core/base/db.[ch] core/base/sql_memory.c
csv.h        cli/import/csv_list.c
jansson.h    cli/terminal/json_out.[ch] cli/import/json_list.c
libintl.h    cli/terminal/message.[ch]
xlsxwriter.h cli/publish/publish_xlsx.c
minizip/*    cli/import/zip.c
unzip.h      cli/import/zip.c
expat.h      cli/import/xml.c
iconv.h      cli/import/encoding.c
'

breaches=0
breach() {
	printf '%s\n' "$1"
	breaches=$((breaches + 1))
}

# The rooms above each room: what it must not include.
above() {
	case $1 in
	schemas/*) echo 'core sync cli tests' ;;
	core/*) echo 'sync cli tests' ;;
	sync/*) echo 'cli tests' ;;
	cli/*) echo 'tests' ;;
	esac
}

# matches NAME PATTERN...: does a shell pattern match?
matches() {
	name=$1
	shift
	for pattern; do
		# shellcheck disable=SC2254
		case $name in
		$pattern) return 0 ;;
		esac
	done
	return 1
}

check_own() { # FILE LINE HEADER
	case $3 in
	*../*) breach "$1:$2: \"$3\": write it from the top of the tree" ;;
	schemas/* | core/* | sync/* | cli/* | tests/*) ;;
	*) breach "$1:$2: \"$3\": write it from the top of the tree" ;;
	esac
	for room in $(above "$1"); do
		case $3 in
		"$room"/*) breach "$1:$2: \"$3\" points upward" ;;
		esac
	done
}

check_system() { # FILE LINE HEADER
	set -f
	while read -r header files; do
		[ -n "$header" ] || continue
		# shellcheck disable=SC2086
		if matches "$3" "$header" && ! matches "$1" $files; then
			breach "$1:$2: <$3> has its door in $files"
		fi
	done <<-END
	$doors
	END
	set +f
}

check_include() { # FILE LINE DIRECTIVE
	header=${3#*[\"<]}
	header=${header%[\">]*}
	case $3 in
	*\"*) check_own "$1" "$2" "$header" ;;
	# Tests may look behind every door.
	*) case $1 in tests/*) ;; *) check_system "$1" "$2" "$header" ;; esac ;;
	esac
}

sources=$(find schemas core sync cli tests -name '*.[ch]' 2>/dev/null | sort)
list=$(mktemp)
trap 'rm -f "$list"' EXIT

# The named file /dev/null makes grep print names even for a single file.
# shellcheck disable=SC2086
grep -nE '^[[:space:]]*#[[:space:]]*include[[:space:]]*["<]' \
	/dev/null $sources >"$list" || :
while IFS=: read -r file line text; do
	check_include "$file" "$line" "$text"
done <"$list"

# Only cli/ prints or ends the process; only core/base/db.c opens SQLite.
rooms=$(find core sync -name '*.c' 2>/dev/null | sort)
talk='(^|[^[:alnum:]_])(printf|puts|putchar|perror|exit|_exit|abort) *\('
# shellcheck disable=SC2086
grep -nE "$talk|(^|[^[:alnum:]_])(stdout|stderr)([^[:alnum:]_]|\$)" \
	/dev/null $rooms | grep -vE ':[[:space:]]*(/?\*|//)' >"$list" || :
while IFS=: read -r file line text; do
	breach "$file:$line: only cli/ prints or exits"
done <"$list"
# shellcheck disable=SC2086
grep -nE '(^|[^[:alnum:]_])sqlite3_open(_v2)? *\(' /dev/null $rooms \
	>"$list" || :
while IFS=: read -r file line text; do
	[ "$file" = core/base/db.c ] || breach "$file:$line: core/base/db.c opens SQLite"
done <"$list"

# A function of more than 100 lines is split.
for file in $sources; do
	awk -v file="$file" '
	/^[[:alpha:]_].*\(/ { name = $0; sub(/\(.*/, "", name)
		sub(/.*[ *]/, "", name) }
	/^\{/ { start = NR }
	/^\}/ { if (start && NR - start - 1 > 100)
		printf "%s:%d: %s has %d lines; 100 is split\n",
			file, start, name, NR - start - 1
		start = 0 }
	' "$file"
done >"$list"
while read -r line; do
	breach "$line"
done <"$list"

# What a document points to is there.
for file in $(find . -name '*.md' -not -path './build*' \
	-not -path './tian-demo/*' | sed 's,^\./,,' | sort); do
	grep -noE '\]\([^)#:]+[)#]' /dev/null "$file" || :
done >"$list"
while IFS=: read -r file line link; do
	link=${link#*](}
	link=${link%[)#]}
	[ -e "$(dirname "$file")/$link" ] ||
		breach "$file:$line: $link is not there"
done <"$list"

[ "$breaches" -eq 0 ]
