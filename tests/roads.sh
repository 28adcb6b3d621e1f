# roads.sh - for roads_*_test.sh: a world of an office and two units, checks
# in TAP's words, servers that end with the test. Sourced; needs $TIAN_PROGRAM.
export LC_ALL=C.UTF-8
export TZ=CST-8
unset TIAN_DIR GIT_SSH GIT_SSH_COMMAND GIT_SSL_CAINFO SSH_ASKPASS \
	GIT_ASKPASS http_proxy https_proxy all_proxy HTTPS_PROXY ALL_PROXY || :
work=$(mktemp -d "${TMPDIR:-/tmp}/tian-roads-XXXXXX")
servers=
finish() {
	# shellcheck disable=SC2086
	[ -z "$servers" ] || kill $servers 2>/dev/null || :
	cd /
	rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' INT TERM
cd "$work"
export HOME=$work
export GIT_CONFIG_GLOBAL=$work/gitconfig
: >gitconfig
mkdir bin
ln -s "$TIAN_PROGRAM" bin/tian
PATH=$work/bin:$PATH
failed=0

# needs COMMAND PACKAGE: skips the test, loudly, where it is missing.
needs() {
	if ! command -v "$1" >/dev/null && ! [ -x "/usr/sbin/$1" ]; then
		echo "skipped: $1 is missing; Debian has it in package $2" \
			"(sh tests/install-deps.sh test)" >&2
		exit 77
	fi
}

not_ok() {
	echo "not ok - $1"
	sed 's/^/# /' out err 2>/dev/null || :
	failed=1
}

# ends NAME STATUS COMMAND...: runs it; its output is in out and err.
ends() {
	name=$1 expected=$2
	shift 2
	status=0
	"$@" >out 2>err </dev/null || status=$?
	if [ "$status" -eq "$expected" ]; then
		echo "ok - $name"
	else
		not_ok "$name: status $status, not $expected"
	fi
}

# says FILE TEXT: the last output holds it.
says() {
	grep -qF -- "$2" "$1" || not_ok "$name: '$2' is not in $1"
}

# free_ports N: so many, below those that the kernel gives to whoever asks for
# any, and other ones for each test that runs at the time.
free_ports() {
	python3 - $$ "$1" <<-'END'
	import itertools, socket, sys
	pid, n = int(sys.argv[1]), int(sys.argv[2])
	found = []
	for i in itertools.count():
	    port = 10000 + (pid % 5000 * 4 + i) % 22000
	    try:
	        with socket.socket() as s:
	            s.bind(("127.0.0.1", port))
	    except OSError:
	        continue
	    found.append(port)
	    if len(found) == n:
	        break
	print(*found)
	END
}

# until_there FILE TEXT: waits, as long as it takes, until the server $! has
# written TEXT into FILE. A server that ends before fails the test.
until_there() {
	until grep -qF -- "$2" "$1" 2>/dev/null; do
		if ! kill -0 $! 2>/dev/null; then
			cat "$1" || :
			echo "not ok - a server ended before it began"
			exit 1
		fi
		sleep 0.05
	done
	servers="$servers $!"
}

# start_sshd LINE...: sshd on $port with host_key, authorized_keys, and these
# lines more in its configuration. A quick exchange of keys; and with SHLVL the
# user's bash reads no ~/.bashrc, which may say or do anything.
start_sshd() {
	port=$(free_ports 1)
	ssh-keygen -q -t ed25519 -N '' -f host_key
	cat >sshd_config <<-END
	Port $port
	ListenAddress 127.0.0.1
	HostKey $work/host_key
	PidFile none
	AuthorizedKeysFile $work/authorized_keys
	StrictModes no
	PasswordAuthentication no
	KbdInteractiveAuthentication no
	MaxStartups 100
	KexAlgorithms curve25519-sha256
	SetEnv SHLVL=5
	END
	for line; do echo "$line" >>sshd_config; done
	# Debian's sshd wants this folder where root runs it.
	[ "$(id -u)" -ne 0 ] || mkdir -p /run/sshd
	/usr/sbin/sshd -D -f sshd_config -E "$work/sshd.log" &
	until_there sshd.log "Server listening on 127.0.0.1 port $port."
}

# world OFFICE_URL EDU_URL HR_URL: makes the replicas, enrols, assigns. The
# first sync is the caller's. hub.git is there.
world() {
	tian -C office init --office --hub "$1" --name 区政协提案委 2>err ||
		not_ok "the office's replica is made"
	tian -C edu init --unit edu --hub "$2" --name 区教育局 2>/dev/null
	tian -C hr init --unit hr --hub "$3" --name 区人社局 2>/dev/null
	tian -C office unit add edu 区教育局 --key edu/key.pub 2>/dev/null
	tian -C office unit add hr 区人社局 --key hr/key.pub 2>/dev/null
	tian -C office import "$TIAN_SOURCE/tests/samples/key-proposals.txt" \
		--only proposals >/dev/null 2>&1 || :
	tian -C office assign 14 --main edu --co hr 2>/dev/null
}

# rounds: an exchange in which everybody writes and everybody reads.
rounds() {
	ends "the office syncs" 0 tian -C office sync
	ends "edu receives" 0 tian -C edu sync
	ends "hr receives" 0 tian -C hr sync
	printf '已在三所学校试点。\n' >reply.txt
	ends "edu replies" 0 tian -C edu reply 14 --class A --text-file reply.txt
	ends "edu sends" 0 tian -C edu sync
	says out "sent:"
	ends "hr writes" 0 tian -C hr set 14 draft=已会办。
	ends "hr sends" 0 tian -C hr sync
	ends "the office takes both in" 0 tian -C office sync
	says out "merged:"
	ends "edu receives again" 0 tian -C edu sync
	ends "nothing more is to do" 0 tian -C edu sync
	says out "Nothing new."
	ends "all of it is proven" 0 tian -C office verify --hub
	ends "the hub is whole" 0 git -C hub.git fsck --strict
	found=$(sqlite3 office/tian.db "SELECT group_concat(draft, '') FROM
		(SELECT draft FROM handling WHERE proposal = '1-1-014'
		ORDER BY unit)")
	case $found in
	*试点*会办*) echo "ok - both replies are at the office" ;;
	*) not_ok "both replies are at the office: $found" ;;
	esac
}

# start_cutter PORT: sets $cut_port; cut/cut says where it breaks.
start_cutter() {
	mkdir -p cut
	echo "0 none 0" >cut/cut
	python3 "$TIAN_SOURCE/tests/cut_proxy.py" "$1" cut &
	until_there cut/port ''
	cut_port=$(cat cut/port)
}

# whole NAME: hub and edu's own repository are.
whole() {
	for repository in hub.git edu/tian.git; do
		if ! git -C $repository fsck --no-dangling >out 2>err; then
			not_ok "$1: $repository is not whole"
		fi
	done
}

# one_cut NUMBER WAY BYTES: edu writes, its sync is cut, the next completes.
one_cut() {
	tian -C edu set 14 "contact_name=第$1次" 2>/dev/null
	# Something to fetch, too.
	tian -C office set 14 "public_text=第$1稿" 2>/dev/null
	tian -C office sync >out 2>err || not_ok "office syncs before cut $1"
	printf '%s %s %s\n' "cut$1" "$2" "$3" >cut/cut.tmp
	mv cut/cut.tmp cut/cut
	status=0
	tian -C edu sync >out 2>err </dev/null || status=$?
	case $status in
	4) broken=$((broken + 1)) ;;
	0) ;;
	*) not_ok "cut $1 ($2 after $3 bytes): status $status" ;;
	esac
	whole "cut $1 ($2 after $3 bytes)"
	printf '%s none 0\n' "mend$1" >cut/cut.tmp
	mv cut/cut.tmp cut/cut
	tian -C edu sync >out 2>err </dev/null ||
		not_ok "the sync after cut $1 ($2 after $3 bytes)"
}

# cuts N: so many random places, half of them each way. edu's hub is reached
# through the cutter. TIAN_SEED says which places.
cuts() {
	seed=${TIAN_SEED:-1}
	tian -C office set 14 public_text=第0稿 2>/dev/null
	tian -C office sync >/dev/null 2>&1
	tian -C edu set 14 contact_name=第0次 2>/dev/null
	echo "measure none 0" >cut/cut
	ends "edu syncs on the road that will break" 0 tian -C edu sync
	until read -r up down open <cut/passed && [ "$open" -eq 0 ]; do
		sleep 0.05
	done
	echo "# a sync takes $up bytes up and $down down; seed $seed"
	python3 -c "import random
random.seed($seed)
for i in range($1):
    way, n = (('up', $up), ('down', $down))[i % 2]
    print(i + 1, way, random.randint(1, n))" >places
	make_cuts "$1"
}

# make_cuts N: all that are in `places`, N lines NUMBER WAY BYTES.
make_cuts() {
	broken=0
	while read -r number way bytes; do
		one_cut "$number" "$way" "$bytes"
	done <places
	if [ "$broken" -ge $(($1 / 2)) ]; then
		echo "ok - $broken of $1 cuts broke a sync, none broke more"
	else
		not_ok "only $broken of $1 cuts broke a sync"
	fi
	ends "the office takes in what is left" 0 tian -C office sync
	found=$(sqlite3 office/tian.db "SELECT contact_name FROM handling WHERE
		proposal = '1-1-014' AND unit = 'edu'")
	if [ "$found" = "第$1次" ]; then
		echo "ok - the last edit has arrived"
	else
		not_ok "the last edit has arrived: $found"
	fi
	ends "all of it is proven after the cuts" 0 tian -C office verify --hub
}
