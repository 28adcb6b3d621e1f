#!/bin/sh
# The shape check fails on each breach it knows, and our own tree has none.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# refused NAME FILE TEXT EXPECTED: a tree with that one file is refused, and
# the message names the place and says EXPECTED.
refused() {
	rm -rf "$work/tree"
	mkdir -p "$work/tree/$(dirname "$2")"
	printf '%b' "$3" >"$work/tree/$2"
	if sh "$here/check_includes.sh" "$work/tree" >"$work/out" 2>&1; then
		echo "not ok - $1: it was let through"
		failed=1
	elif ! grep -qF "$2:$4" "$work/out"; then
		echo "not ok - $1: it said"
		cat "$work/out"
		failed=1
	else
		echo "ok - $1"
	fi
}

# taken NAME FILE TEXT: a tree with that one file is fine.
taken() {
	rm -rf "$work/tree"
	mkdir -p "$work/tree/$(dirname "$2")"
	printf '%b' "$3" >"$work/tree/$2"
	if sh "$here/check_includes.sh" "$work/tree" >"$work/out" 2>&1; then
		echo "ok - $1"
	else
		echo "not ok - $1: it said"
		cat "$work/out"
		failed=1
	fi
}

refused "core does not include sync" core/a.c \
	'\n#include "sync/wire/batch.h"\n' '2: "sync/wire/batch.h" points upward'
refused "core does not include cli" core/a.h \
	'#include "cli/cli.h"\n' '1: "cli/cli.h" points upward'
refused "sync does not include cli" sync/a.c \
	'#  include "cli/cli.h"\n' '1: "cli/cli.h" points upward'
refused "nobody includes tests" cli/a.c \
	'#include "tests/fuzz/driver.h"\n' '1: "tests/fuzz/driver.h" points'
refused "includes are written from the top" core/a.c \
	'#include "err.h"\n' '1: "err.h": write it from the top'
refused "libgit2 stays out of cli" cli/a.c \
	'#include <git2.h>\n' '1: <git2.h> has its door'
refused "libgit2's parts stay out of core" core/a.c \
	'#include <git2/sys/mempack.h>\n' '1: <git2/sys/mempack.h> has its door'
refused "libsodium has one door" sync/identity/signature.c \
	'#include <sodium.h>\n' '1: <sodium.h> has its door in core/base/crypto.c'
refused "msgpack has its doors" sync/node/outbox.c \
	'#include <msgpack.h>\n' '1: <msgpack.h> has its door'
refused "core does not print" core/a.c \
	'void f(void)\n{\n\tprintf("x");\n}\n' '3: only cli/ prints or exits'
refused "sync does not exit" sync/a.c \
	'void f(void)\n{\n\texit(1);\n}\n' '3: only cli/ prints or exits'
refused "sync does not open SQLite" sync/a.c \
	'\tsqlite3_open(path, &db);\n' '1: core/base/db.c opens SQLite'
long=$(awk 'BEGIN { for (i = 0; i < 101; i++) printf "\\tg();\\n" }')
refused "a function of 101 lines is split" core/a.c \
	"int f(int a,\n      int b)\n{\n$long}\n" '3: f has 101 lines'
refused "a document points to what is there" core/README.md \
	'text [rules](policies.md#one)\n' '1: policies.md is not there'

taken "a document may point to the web, and into itself" core/README.md \
	'[a](https://example.org/a.md), [b](#b), [c](README.md#c)\n'
taken "a function of 100 lines stands" core/a.c \
	"int f(int a)\n{\n${long#*n}}\n"
taken "sync includes core" sync/a.c '#include "core/base/err.h"\n'
taken "a door lets its own header in" core/base/crypto.c '#include <sodium.h>\n'
taken "a comment may speak of printf" core/a.c \
	'/* Like printf(), but\n * exit() is not called. */\n'
taken "a test may look behind a door" tests/sync/a_test.c \
	'#include <msgpack.h>\n#include "sync/wire/batch.h"\n'

if sh "$here/check_includes.sh" "$here/.."; then
	echo "ok - our own tree keeps to it"
else
	echo "not ok - our own tree breaks it"
	failed=1
fi
exit $failed
