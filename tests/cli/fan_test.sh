#!/bin/sh
# The office takes in 200 changes of each of 50 units: one run, one merge, and
# on a terminal one line that says how far it is.
. "$(dirname "$0")/harness.sh"
if ! command -v python3 >/dev/null; then
	echo 'skipped: python3 is missing' >&2
	exit 77
fi
units=50

quiet 0 tian --as 王芳 -C office init --office --hub "$work/hub"
for i in $(seq $units); do
	echo "u$i"
done >names
# begin UNIT, write UNIT: a unit's side; they know nothing of each other.
begin='tian -C $0 init --unit $0 --hub hub 2>err.$0 || exit 255'
write='sqlite3 $0/tian.db <edits.sql && tian -C $0 sync >out.$0 2>err.$0 ||
	exit 255'
{
	echo 'BEGIN;'
	for i in $(seq 40); do
		echo "UPDATE handling SET contact_name = '$i', phone = '$i',
			doc_no = '$i', signer = '$i', draft = '第$i稿。';"
	done
	echo 'COMMIT;'
} >edits.sql
xargs -P 2 -n 1 sh -c "$begin" <names || not_ok 'the units begin'
{
	while read -r unit; do
		echo "INSERT INTO unit(code, name) VALUES ('$unit', '第$unit局');"
		key=$(cut -d' ' -f1,2 $unit/key.pub)
		print=$(cut -d' ' -f2 $unit/key.pub | base64 -d | sha256sum |
			cut -d' ' -f1)
		echo "INSERT INTO signer(site, fingerprint, public_key)
			VALUES ('$unit', '$print', '$key');
			INSERT INTO proposal(key, title, review)
			VALUES ('1-1-${unit#u}', '$unit 的提案', 'filed');
			INSERT INTO handling(proposal, unit, role)
			VALUES ('1-1-${unit#u}', '$unit', 'main');"
	done <names
} | sqlite3 office/tian.db
quiet 0 tian -C office sync
xargs -P 2 -n 1 sh -c 'tian -C $0 sync >out.$0 2>err.$0 || exit 255' <names ||
	not_ok 'the units receive'
xargs -P 2 -n 1 sh -c "$write" <names || not_ok 'the units write'
ok "$units units have written"

merges() {
	git -C hub rev-list --first-parent --count main
}
before=$(merges)
cat >terminal.py <<'END'
import os, pty, re, sys

pid, fd = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
seen = b""
while True:
    try:
        part = os.read(fd, 65536)
    except OSError:
        break
    if not part:
        break
    seen += part
status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
text = seen.decode()
open("screen", "w").write(text)
assert status == 0, (status, text)
# All drawings begin at the line's start and wipe it; the last leaves nothing.
drawn = text.split("\r\033[K")
assert drawn[0] == "", drawn[0]
last = drawn.pop()
lines = drawn[1:]
assert not any("\n" in line for line in lines), lines
words = [re.match(r"([a-z ]+?)(?: (\d+)/(\d+))?$", line) for line in lines]
assert all(words), lines
order = []
for word in words:
    if not order or order[-1] != word[1]:
        order.append(word[1])
assert order == ["committing", "fetching", "merging", "delivering",
                 "sending"], order
for stage, least in ("merging", 50), ("delivering", 50):
    done = [(int(w[2]), int(w[3])) for w in words if w[1] == stage]
    assert done == sorted(done) and len({t for _, t in done}) == 1, done
    assert done[0][1] >= least, done
assert "merged:    10000 changes" in last, last
assert "\033" not in last, last
END
if has_terminals; then
	quiet 0 python3 terminal.py tian -C office sync
	ok 'one line says how far it is, stage by stage, and is wiped at the end'
else
	echo '# no pseudo-terminal can be made here: the line is not looked at'
	quiet 0 tian -C office sync
	says out 'merged:    10000 changes'
fi
[ "$(merges)" -eq $((before + 1)) ] ||
	not_ok "one merge takes all in: $before, then $(merges)"
found=$(git -C hub log -1 --format=%B main | grep -c '^Outbox: u')
[ "$found" -eq $units ] || not_ok "the merge names $found outboxes of $units"
ok 'one merge takes all of them in'
quiet 0 tian -C office sync
says out 'Nothing new.'
quiet 0 tian -C u7 sync
quiet 0 tian -C u7 verify
ok 'nothing is left over'
exit $failed
