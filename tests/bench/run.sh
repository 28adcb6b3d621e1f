#!/bin/sh
# run.sh - the whole bench: builds a release, measures, sums up, draws.
# Usage: run.sh [GROUP...]. Leaves bench.json, bench.txt and drawings in
# build/bench/. Say TIAN_BENCH_QUICK=1 for small sizes: to see that it runs.
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
unset TIAN_DIR GIT_DIR 2>/dev/null || :
export TIAN_PROGRAM="$out/release/tian"
export TIAN_BENCH_OUT="$out/figures.jsonl"
rm -f "$TIAN_BENCH_OUT" "$out"/*.svg
# Each group is a process of its own: its peak of memory is its own.
for group; do
	"$program" "$group"
done
python3 "$source/tests/bench/report.py" "$TIAN_BENCH_OUT" "$out"
echo "Figures and drawings: $out"
