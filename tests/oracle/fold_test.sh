#!/bin/sh
# fold_test.sh - is the oracle itself right? Skips, loudly, where Python's
# msgpack is missing.
set -eu

cd "$(dirname "$0")"
for python in python3 /usr/bin/python3; do
	if "$python" -c 'import msgpack' 2>/dev/null; then
		PYTHONDONTWRITEBYTECODE=1 exec "$python" fold_test.py
	fi
done
echo "SKIPPED: the oracle needs Debian's python3-msgpack" >&2
