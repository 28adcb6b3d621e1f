#!/bin/sh
# run.sh - all tests: gcc, then clang with AddressSanitizer and UBSan, the
# shape of the tree, the format of the code. Installs what is missing first.
# Needs Debian 12 and no git metadata; leaves everything in build/. The tests
# work in memory where there is room for it, or where TMPDIR says.
set -eu
cd "$(dirname "$0")/.."
log=build/log
mkdir -p "$log"
. tests/steps.sh

jobs=$(nproc)
export CTEST_PARALLEL_LEVEL="$jobs"

# Tests wait for the disk longer than they compute, and what they prove about
# processes that are killed is the same in memory. They need some 100 MB there.
work_in_memory() {
	[ -z "${TMPDIR-}" ] || return 0
	room=$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print $4 }')
	free=$(awk '/^MemAvailable/ { print $2 }' /proc/meminfo 2>/dev/null)
	[ "${room:-0}" -gt 1000000 ] && [ "${free:-0}" -gt 4000000 ] || return 0
	folder=$(mktemp -d /dev/shm/tian-tests-XXXXXX) || return 0
	trap 'rm -rf "$folder"' EXIT
	trap 'exit 1' INT TERM
	printf '#!/bin/sh\n' >"$folder/program"
	chmod +x "$folder/program"
	# Many a container mounts it noexec; tests run programs there.
	if "$folder/program" 2>/dev/null; then
		export TMPDIR="$folder"
	fi
}

build() { # PRESET
	cmake --preset "$1" && cmake --build --preset "$1" -j "$jobs"
}

# Shows ctest's last lines, so that a reader sees how many tests there were.
run_tests() { # PRESET
	begun=$(date +%s)
	if ! ctest --preset "$1" -j "$jobs" >"$log/ctest-$1.log" 2>&1; then
		cat "$log/ctest-$1.log"
		echo "Tests failed ($1). The whole output: $log/ctest-$1.log"
		exit 1
	fi
	echo "Tests, $1 ($(($(date +%s) - begun)) s):"
	grep -A 20 -E '^[0-9]+% tests passed' "$log/ctest-$1.log"
}

check_format() {
	find core sync cli tests -name '*.[ch]' -print0 |
		xargs -0 clang-format --dry-run -Werror
}

work_in_memory
step "Install what is missing" sh tests/install-deps.sh test
step "Shape of the tree" sh tests/check_includes_test.sh
step "Format of the code" check_format
step "Build with gcc" build dev
run_tests dev
step "Build with clang and sanitizers" build asan
run_tests asan
