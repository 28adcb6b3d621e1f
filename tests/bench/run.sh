#!/bin/sh
# run.sh - the whole bench: builds a release, measures, sums up, draws.
# Usage: run.sh [GROUP...]. Leaves bench.json, bench.txt and drawings in
# build/bench/. Say TIAN_BENCH_QUICK=1 for small sizes: to see that it runs.
# A group that fails is told at the end, and loses nothing of the others.
set -eu
source=$(cd "$(dirname "$0")/../.." && pwd)
out=$source/build/bench
log=$source/build/log
mkdir -p "$out" "$log"
. "$source/tests/steps.sh"

build() {
	cmake -S "$source" -B "$out/release" -G Ninja \
		-DCMAKE_BUILD_TYPE=RelWithDebInfo -DTIAN_BENCH=ON &&
		cmake --build "$out/release" --target bench tian
}

step "Install what is missing" sh "$source/tests/install-deps.sh" test
step "Build" build
program=$out/release/tests/bench/bench
[ $# -gt 0 ] || set -- $("$program")

# Nothing of this machine's own settings takes part.
export LC_ALL=C.UTF-8 GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
unset TIAN_DIR GIT_DIR GIT_SSH GIT_SSH_COMMAND 2>/dev/null || :
export TIAN_PROGRAM="$out/release/tian"
export TIAN_BENCH_OUT="$out/figures.jsonl"
rm -f "$TIAN_BENCH_OUT" "$out"/*.svg
begun=$(date +%s)
elapsed() {
	passed=$(($(date +%s) - begun))
	printf '%d:%02d' $((passed / 60)) $((passed % 60))
}

# Each group is a process of its own: its peak of memory is its own.
at=0
failed=
for group; do
	at=$((at + 1))
	echo "[$(elapsed)] $group ($at of $#)"
	"$program" "$group" || failed="$failed $group"
done
echo "[$(elapsed)] measured"
touch "$TIAN_BENCH_OUT"
python3 "$source/tests/bench/report.py" "$TIAN_BENCH_OUT" "$out"
echo "Figures and drawings: $out"
if [ -n "$failed" ]; then
	echo "Failed, and not in the table, or not whole:$failed" >&2
	exit 1
fi
