#!/bin/bash
# bash completion offers what tian(1) documents, and runs nothing in data.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export HOME=$work/home
source "$here/../../cli/completion/tian.bash"
failed=0

# A program that answers as tian does.
cat >tian <<'END'
#!/bin/sh
echo "$@" >>calls
case " $* " in
*" unit list "*) echo '[{"code": "edu", "name": "区教育局"},
	{"code": "hr"}, {"code": "e$(touch hit)"}]' ;;
*" list "*) echo '[{"key":"1-1-002","case_no":"x"},{"key":"1-1-014"}]' ;;
esac
END
chmod +x tian

# offers NAME EXPECTED WORD...: the last word is the one being typed.
offers() {
	local name=$1 expected=$2
	shift 2
	COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
	_tian ./tian "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}" ||
		:
	if [[ ${COMPREPLY[*]} == "$expected" ]]; then
		echo "ok - $name"
	else
		echo "not ok - $name: ${COMPREPLY[*]}"
		failed=1
	fi
}

offers "a command is completed" "reply" ./tian rep
offers "a command is completed after -C DIR" "sync" ./tian -C office sy
offers "cases are completed" "1-1-002 1-1-014" ./tian show 1-1
offers "units are completed" 'e$(touch hit) edu' ./tian assign 14 --main e
offers "classes are completed" "A B C" ./tian reply 14 --class ""
offers "formats are those of the command" "html md csv xlsx json" \
	./tian publish --format ""
offers "options are those of the command" "--take --value --edit --text-file --reason --accept --refuse --json \
--help" ./tian resolve 14 f --
touch reply.txt
offers "files are completed" "reply.txt" ./tian reply 14 --text-file rep

if [[ -e hit ]]; then
	echo "not ok - a command in data was run"
	failed=1
else
	echo "ok - nothing in data is run"
fi
offers "the replica named by -C is asked" "1-1-002 1-1-014" \
	./tian -C '~/office' show ""
if grep -qxF -- "-C $HOME/office list --json" calls; then
	echo "ok - a tilde after -C means home"
else
	echo "not ok - a tilde after -C means home:"
	cat calls
	failed=1
fi
exit $failed
