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
	unit) echo add list key mailbox --key --rename --revoke --from --none ;;
	field) echo add set drop list --zh --en --type --list --write \
		--policy --publish --reason ;;
	code) echo add set drop list --zh --en --rank --alias --reason ;;
	import) echo --format --only --session --map --strict --dry-run ;;
	assign) echo --main --co --split --due --reason ;;
	new)
		echo --title --sponsor --sector --kind --category \
			--body-file --case-no --received --session
		;;
	file) echo --case-no --reason ;;
	merge) echo --into --reason ;;
	decline | forward | withdraw | archive | void) echo --reason ;;
	lead) echo --name --post --mode ;;
	receive) echo --date ;;
	return) echo --grant --refuse --to --unit --reason ;;
	extend) echo --until --grant --refuse --unit --reason ;;
	contact) echo --mode --result --people --date ;;
	measure) echo --suggestion --state --deadline --reason ;;
	countersign | submit) echo --unit ;;
	sign) echo --doc-no --signer --date ;;
	review) echo --pass --reject --class --unit --reason ;;
	send) echo --note ;;
	feedback) echo --process --result --sponsor --opinion --round --date ;;
	redo) echo --reason --due ;;
	track) echo --note --date --confirm ;;
	list) echo --status --unit --class --overdue --search ;;
	check) echo --hints ;;
	stats) echo --session ;;
	show) echo --all --at ;;
	set) echo --reason ;;
	reply) echo --class --text-file --unit ;;
	sync) echo --watch --history ;;
	conflicts) echo --hard ;;
	resolve) echo --take --value --edit --text-file --reason --accept --refuse ;;
	revert) echo --to --reason ;;
	verify) echo --hub --from ;;
	hub) echo use rules ;;
	bundle) echo create apply --for --full ;;
	publish) echo --format --paper --out --unit --session ;;
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
	--key | --text-file | --body-file | --out)
		_tian_paths -f
		return
		;;
	--class)
		_tian_words $'A\nB\nC'
		return
		;;
	--format)
		case $command in
		publish) _tian_words $'html\nmd\ncsv\nxlsx\njson' ;;
		*) _tian_words $'news\ncsv\nxlsx\njson' ;;
		esac
		return
		;;
	--kind)
		_tian_words $'个人\n联名\n党派团体\n界别'
		return
		;;
	--mode)
		if [[ $command == lead ]]; then
			_tian_words $'领办\n督办'
		else
			_tian_words $'走访\n座谈\n电话\n书面'
		fi
		return
		;;
	--state)
		_tian_words $'done\nplanned\nnot'
		return
		;;
	--process | --result)
		if [[ $command == feedback ]]; then
			_tian_words $'满意\n基本满意\n不满意'
		fi
		return
		;;
	--into)
		_tian_words "$(_tian_json key list)"
		return
		;;
	--paper)
		_tian_words $'assignment\nreminder\nletter\nfeedback\nresults'
		return
		;;
	--only)
		_tian_words $'proposals\nreplies'
		return
		;;
	--to)
		[[ $command == revert ]] || _tian_words "$(_tian_json code unit list)"
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
		_tian_words "$(tr ' ' '\n' <<<"init unit field code import new file merge decline \
forward withdraw assign lead receive return extend contact measure list show set \
reply countersign sign submit review send feedback redo track archive void \
sync conflicts resolve revert log blame verify check stats publish bundle hub doctor \
-C --as --json --help --version")"
		return
	fi
	if [[ $cur == -* || $command =~ ^(unit|field|code)$ ]]; then
		_tian_words "$(_tian_options | tr ' ' '\n'
			printf '%s\n' --json --help)"
		return
	fi
	case $command in
	file | merge | decline | forward | withdraw | lead | receive | return | extend | \
		contact | measure | countersign | sign | submit | review | \
		send | feedback | redo | track | archive | void | assign | \
		show | set | reply | conflicts | resolve | revert | log | blame | \
		check | publish)
		_tian_words "$(_tian_json key list)"
		;;
	import) _tian_paths -f ;;
	hub)
		if [[ $prev == hub ]]; then
			_tian_words $'use\nrules'
		else
			_tian_words $'ssh\nhttps\ngitolite\nforge\npre-receive'
		fi
		;;
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
