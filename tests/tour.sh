#!/bin/sh
# tour.sh - installs what is missing, builds, and shows the main job.
# Usage: tour.sh [FOLDER], where the demonstration leaves its work
# (./tian-demo unless said). Needs Debian 12 and no git metadata.
set -eu
source=$(cd "$(dirname "$0")/.." && pwd)
log=$source/build/log
mkdir -p "$log"
. "$source/tests/steps.sh"

build() {
	cd "$source"
	cmake --preset release -B build/tour -DBUILD_TESTING=OFF &&
		cmake --build build/tour -j "$(nproc)"
}

step "Install what is missing (a few minutes the first time)" \
	sh "$source/tests/install-deps.sh" run
step "Build" build
export TIAN_PROGRAM="$source/build/tour/tian"
export TIAN_LOCALEDIR="$source/build/tour/locale"
exec sh "$source/tests/tour/demo.sh" "$@"
