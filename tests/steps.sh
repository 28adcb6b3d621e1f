# steps.sh - for run.sh and tour.sh: steps that are quiet while they go well.
# Sourced, after $log (a folder for the full output) is set.

# step WORDS COMMAND...: one line; the output goes to a file, and its end is
# shown if the command fails.
step() {
	words=$1
	shift
	number=$((${number:-0} + 1))
	file=$log/$number.log
	printf '%s ... ' "$words"
	begun=$(date +%s)
	if "$@" >"$file" 2>&1 </dev/null; then
		echo "ok ($(($(date +%s) - begun)) s)"
		return 0
	fi
	echo "FAILED"
	tail -n 40 "$file"
	echo
	echo "The whole output: $file"
	exit 1
}
