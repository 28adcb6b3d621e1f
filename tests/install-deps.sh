#!/bin/sh
# install-deps.sh - what this project needs from Debian 12, in one place.
# Usage: install-deps.sh run | test. `run` is what building and running takes,
# `test` adds what the tests take. Installs only what is missing; asks sudo
# where it is not run by root.
set -eu

# Building: compiler, build tools, libraries.
build='gcc libc6-dev cmake ninja-build pkg-config gettext
	libsqlite3-dev libgit2-dev zlib1g-dev libsodium-dev libmd-dev
	libutf8proc-dev libjansson-dev libmsgpack-dev libcsv-dev
	libcurl4-openssl-dev libxlsxwriter-dev libminizip-dev
	libexpat1-dev'
# Reading the result with stock tools, as the demonstration does.
read='git openssh-client sqlite3'
# Tests: a second compiler with its sanitizers, the test framework, an editor
# of the replica and a reader of YAML that are not ours, servers for the roads
# to the hub.
test='clang libclang-rt-14-dev llvm clang-format libcmocka-dev libyaml-dev
	python3 python3-msgpack man-db openssh-server gitolite3 lighttpd
	lighttpd-mod-openssl openssl'

case ${1:-} in
run) wanted="$build $read" ;;
test) wanted="$build $read $test" ;;
*)
	echo "usage: $0 run | test" >&2
	exit 2
	;;
esac

missing=
for package in $wanted; do
	status=$(dpkg-query -W -f '${db:Status-Status}' "$package" \
		2>/dev/null || :)
	[ "$status" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null; then
	echo "This is not Debian; please install what matches:$missing" >&2
	exit 1
fi
root=
if [ "$(id -u)" -ne 0 ]; then
	root=sudo
	if ! command -v sudo >/dev/null; then
		echo "As root, please: apt-get install$missing" >&2
		exit 1
	fi
fi

export DEBIAN_FRONTEND=noninteractive
apt() {
	# sudo drops the environment; env brings it back.
	$root env DEBIAN_FRONTEND=noninteractive apt-get -q -y "$@"
}
echo "Installing:$missing"
# shellcheck disable=SC2086
if ! apt install --no-install-recommends $missing; then
	# The package lists may be absent or old.
	apt update
	# shellcheck disable=SC2086
	apt install --no-install-recommends $missing
fi
