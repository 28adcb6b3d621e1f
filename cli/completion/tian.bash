# bash completion for tian(1)

# Words after the options common to all commands; sets $dir and $command.
_tian_command() {
	local i
	dir=() command=
	for ((i = 1; i < cword; i++)); do
		case ${words[i]} in
		-C)
			dir=(-C "${words[i + 1]/#\~/$HOME}")
			((i++))
			;;
		--as) ((i++)) ;;
		-*) ;;
		*)
			command=${words[i]}
			return
			;;
		esac
	done
}

# One key of each object that a reading command prints.
_tian_json() { # KEY COMMAND...
	local key=$1
	shift
	"${words[0]}" "${dir[@]}" "$@" --json 2>/dev/null |
		sed 's/[,{]/\n/g' |
		sed -n "s/^[[:space:]]*\"$key\": *\"\([^\"]*\)\".*/\1/p" | LC_ALL=C sort -u
}

# Offers those of the lines that begin as the word does. Not compgen -W, which
# would run a $(command) that stands in somebody's data.
_tian_words() { # LINES
	local word
	while IFS= read -r word; do
		if [[ -n $word && $word == "$cur"* ]]; then
			COMPREPLY+=("$word")
		fi
	done <<<"$1"
}

_tian_paths() { # COMPGEN-OPTION
	local IFS=$'\n'
	compopt -o filenames 2>/dev/null
	COMPREPLY=($(compgen "$1" -- "$cur"))
}

_tian_options() {
	case $command in
	init) echo --office --unit --hub --name --key --office-key ;;
	unit) echo add list key --key --rename --revoke --from ;;
	import) echo --format --only --session --strict --dry-run ;;
	assign) echo --main --co --split --due --reason ;;
	list) echo --status --unit --class --overdue --search ;;
	show) echo --all --at ;;
	set) echo --reason ;;
	reply) echo --class --text-file --unit ;;
	sync) echo --watch ;;
	conflicts) echo --hard ;;
	resolve) echo --take --value --reason ;;
	verify) echo --hub --from ;;
	hub) echo rules ;;
	bundle) echo create apply --for --full ;;
	publish) echo --format --out --session ;;
	esac
}

_tian() {
	local cur prev words cword dir command
	_get_comp_words_by_ref -n := cur prev words cword 2>/dev/null || {
		words=("${COMP_WORDS[@]}") cword=$COMP_CWORD
		cur=${words[cword]} prev=${words[cword - 1]}
	}
	_tian_command
	COMPREPLY=()

	case $prev in
	-C | --hub)
		_tian_paths -d
		return
		;;
	--key | --text-file | --out)
		_tian_paths -f
		return
		;;
	--class)
		_tian_words $'A\nB\nC'
		return
		;;
	--format)
		case $command in
		publish) _tian_words $'html\nmd\njson' ;;
		*) _tian_words $'news\ncsv' ;;
		esac
		return
		;;
	--only)
		_tian_words $'proposals\nreplies'
		return
		;;
	--main | --co | --split | --unit | --take | --for)
		_tian_words "$(_tian_json code unit list)"
		return
		;;
	--status)
		_tian_words "$(_tian_json status list)"
		return
		;;
	esac

	if [[ -z $command ]]; then
		_tian_words "$(tr ' ' '\n' <<<"init unit import assign list show \
set reply sync conflicts resolve log blame verify publish bundle hub doctor -C --as \
--json --help --version" | grep .)"
		return
	fi
	if [[ $cur == -* || $command == unit ]]; then
		_tian_words "$(_tian_options | tr ' ' '\n'
			printf '%s\n' --json --help)"
		return
	fi
	case $command in
	assign | show | set | reply | conflicts | resolve | log)
		_tian_words "$(_tian_json key list)"
		;;
	import) _tian_paths -f ;;
	bundle)
		if [[ $prev == bundle ]]; then
			_tian_words $'create\napply'
		else
			_tian_paths -f
		fi
		;;
	esac
}

complete -o bashdefault -F _tian tian
