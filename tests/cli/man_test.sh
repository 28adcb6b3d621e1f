#!/bin/sh
# tian(1), the completions and the program's own --help name the same commands
# and options.
set -eu
export LC_ALL=C.UTF-8
here=$(cd "$(dirname "$0")" && pwd)
cli=$here/../../cli
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
failed=0

same() { # NAME EXPECTED ACTUAL: two files of words
	if diff -u "$2" "$3" >diff; then
		echo "ok - $1"
	else
		echo "not ok - $1"
		cat diff
		failed=1
	fi
}

words() { # the options in a text, those common to all left out
	grep -oE -- '(^|[^-[:alnum:]])--[a-z]+(-[a-z]+)*' | grep -oE -- '--.*' |
		grep -vxE -- '--(json|as|help|version)' | sort -u || :
}

sed -n 's/^\.It Cm \([a-z]*\).*/\1/p' "$cli/tian.1" | sort -u >man
[ -s man ]
sed -n "s/^[[:space:]]*'\([a-z]*\):.*/\1/p" "$cli/completion/_tian" |
	sort -u >zsh
same "zsh offers the commands of the manual" man zsh
bash -c 'source "$1"; words=(tian "") cword=1 cur= prev=tian
	_get_comp_words_by_ref() { :; }
	COMP_WORDS=(tian "") COMP_CWORD=1; _tian; printf "%s\n" \
	"${COMPREPLY[@]}"' bash "$cli/completion/tian.bash" 2>&1 |
	grep -v '^-' | sort -u >bash
same "bash offers the commands of the manual" man bash

"$TIAN_PROGRAM" --help >help
sed -n 's/^  *\([a-z][a-z]*\)  .*/\1/p' help | sort -u >program
same "the manual has the commands of the program" program man

while read -r command; do
	"$TIAN_PROGRAM" "$command" --help </dev/null >help
	words <help >program
	# The part of the manual about that command, as plain text.
	awk -v command="$command" '
	/^\.It Cm / { on = $3 == command }
	/^\.(El|Sh|Ss)/ { on = 0 }
	on' "$cli/tian.1" | sed 's/Fl -/--/g' | words >manual
	same "$command: the manual has the options of the program" \
		program manual
	bash -c 'source "$1"; command=$2; _tian_options' bash \
		"$cli/completion/tian.bash" "$command" | tr ' ' '\n' |
		words >complete
	same "$command: bash completes the options of the program" \
		program complete
done <man
exit $failed
