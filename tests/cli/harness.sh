# harness.sh - what the tests of the program from outside have in common; each
# sources it first. A folder of its own, removed at the end, with `tian` on the
# path, times as in Beijing, and nothing of the machine's own settings. The test
# ends with `exit $failed`.
set -eu
export LC_ALL=C.UTF-8 TZ=CST-8
unset TIAN_DIR LANGUAGE || :
tests=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/tian-$(basename "$0" .sh)-XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"
export HOME="$work"
mkdir bin
ln -s "$TIAN_PROGRAM" bin/tian
PATH=$work/bin:$PATH
failed=0

not_ok() {
	echo "not ok - $1"
	sed 's/^/# /' out err 2>/dev/null || :
	failed=1
}

# quiet STATUS COMMAND...: runs it; its output is in out and err.
quiet() {
	expected=$1 status=0
	shift
	"$@" >out 2>err </dev/null || status=$?
	[ "$status" -eq "$expected" ] ||
		not_ok "$*: status $status, not $expected"
}

# ends NAME STATUS COMMAND...: the same as a test of its own.
ends() {
	name=$1 before=$failed
	shift
	failed=0
	quiet "$@"
	[ $failed -eq 1 ] || echo "ok - $name"
	failed=$((failed | before))
}

# ok NAME: all that was tried since went well.
ok() {
	[ $failed -eq 1 ] || echo "ok - $1"
}

says() { # FILE TEXT: the last output holds it
	grep -qF -- "$2" "$1" || not_ok "${name-}: '$2' is not in $1"
}

says_not() { # FILE TEXT
	if grep -qF -- "$2" "$1"; then not_ok "${name-}: '$2' is in $1"; fi
}

json_is() { # EXPRESSION EXPECTED: of the last output, by SQLite's own JSON
	found=$(sqlite3 :memory: "SELECT $1 FROM (SELECT readfile('out') AS j)")
	[ "$found" = "$2" ] || not_ok "${name-}: $1 is '$found', not '$2'"
}

ask() { # DIR SQL
	sqlite3 "$1/tian.db" "$2"
}

asked() { # DIR SQL EXPECTED
	found=$(ask "$1" "$2")
	[ "$found" = "$3" ] || not_ok "$1: $2 is '$found', not '$3'"
}

# The example of a command's help, as it is printed, into example.sh.
example_of() { # COMMAND
	tian "$1" --help | sed -n '/^example: /,$p' |
		sed 's/^example: //' >example.sh
	[ -s example.sh ] || not_ok "$1: no example"
}

# Whether pseudo-terminals can be made; a bare container has none.
has_terminals() {
	script -qec true /dev/null >/dev/null 2>&1 </dev/null
}
