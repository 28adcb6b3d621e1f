#!/bin/sh
# Every message of the program has its Chinese text, and none is left over
# from a message that is gone.
set -eu
export LC_ALL=C.UTF-8
cli=$(cd "$(dirname "$0")/../../cli" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cd "$cli"
find . -name '*.[ch]' | sort >"$work/sources"
xgettext --language=C --from-code=UTF-8 --keyword=_ --keyword=N_ \
	--output="$work/tian.pot" --files-from="$work/sources"
grep -q '^msgid "' "$work/tian.pot"
for po in po/*.po; do
	msgfmt --check --output-file=/dev/null "$po"
	msgcmp "$po" "$work/tian.pot"
	# Messages that no source has any more.
	msgcomm --unique --no-wrap --omit-header "$po" "$work/tian.pot" |
		grep '^msgid ' >"$work/left" || :
	if [ -s "$work/left" ]; then
		echo "not ok - $po has messages that no source has:"
		cat "$work/left"
		exit 1
	fi
	# What stands for a value is said in the reader's language, too.
	msgcat --no-wrap "$po" | sed -n '/^msgstr/,/^$/p' |
		grep -wE '(TEXT|FILE|DATE|NAME|UNIT|CASE|VALUE|FIELD|REASON|SESSION|HEADING|NO|ROW)' \
		>"$work/left" || :
	if [ -s "$work/left" ]; then
		echo "not ok - $po has placeholders in English:"
		cat "$work/left"
		exit 1
	fi
	echo "ok - $po is whole"
done
