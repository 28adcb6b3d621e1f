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

# Before minutes of building: the demonstration removes nothing.
folder=${1:-tian-demo}
if [ -e "$folder" ]; then
	echo "$folder 已经有了：请另选目录（sh tests/tour.sh 目录），或先删去它。" >&2
	echo "$folder is there already: sh tests/tour.sh FOLDER, or remove it." >&2
	exit 1
fi

step "Install what is missing (a few minutes the first time)" \
	sh "$source/tests/install-deps.sh" run
step "Build" build
export TIAN_PROGRAM="$source/build/tour/tian"
export TIAN_LOCALEDIR="$source/build/tour/locale"
exec sh "$source/tests/tour/demo.sh" "$@"
