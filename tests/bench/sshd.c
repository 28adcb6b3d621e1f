/* sshd.c - a real sshd on the loopback, in a scratch folder. */
#include "tests/bench/sshd.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/bench/measure.h"
#include "tests/bench/world.h"

#define SSHD "/usr/sbin/sshd"

extern char **environ;

static pid_t server;

static void stop(void)
{
	kill(server, SIGTERM);
	waitpid(server, NULL, 0);
}

static void write_text(const char *name, const char *text)
{
	FILE *out = fopen(scratch(name), "w");

	must_true(out != NULL && fputs(text, out) >= 0 && fclose(out) == 0,
		  "write a file for sshd");
}

/* One that is free just now. */
static unsigned free_port(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
				 .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t len = sizeof(at);
	int s = socket(AF_INET, SOCK_STREAM, 0);

	must_true(s >= 0 && bind(s, (struct sockaddr *)&at, sizeof(at)) == 0 &&
			  getsockname(s, (struct sockaddr *)&at, &len) == 0,
		  "find a port");
	close(s);
	return ntohs(at.sin_port);
}

static bool answers(unsigned port)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
				 .sin_port = htons((uint16_t)port),
				 .sin_addr = {htonl(INADDR_LOOPBACK)}};
	int s = socket(AF_INET, SOCK_STREAM, 0);
	bool does = s >= 0 &&
		    connect(s, (struct sockaddr *)&at, sizeof(at)) == 0;

	close(s);
	return does;
}

/* The quick exchange of keys, and no ~/.bashrc: it may say anything. */
static void write_server(unsigned port)
{
	const char *dir = scratch_folder();
	char text[8 * WORLD_PATH];

	snprintf(text, sizeof(text),
		 "Port %u\nListenAddress 127.0.0.1\nHostKey %s/host_key\n"
		 "PidFile none\nAuthorizedKeysFile %s/user_key.pub\n"
		 "StrictModes no\nPasswordAuthentication no\n"
		 "KbdInteractiveAuthentication no\nMaxStartups 100\n"
		 "KexAlgorithms curve25519-sha256\nSetEnv SHLVL=5\n",
		 port, dir, dir);
	write_text("sshd_config", text);
}

static void write_client(unsigned port)
{
	const char *dir = scratch_folder();
	const struct passwd *me = getpwuid(getuid());
	char text[8 * WORLD_PATH];

	must_true(me != NULL, "find the user's name");
	snprintf(text, sizeof(text),
		 "Host hub\n\tHostName 127.0.0.1\n\tPort %u\n\tUser %s\n"
		 "\tIdentityFile %s/user_key\n\tIdentitiesOnly yes\n"
		 "\tUserKnownHostsFile /dev/null\n"
		 "\tStrictHostKeyChecking no\n\tLogLevel ERROR\n",
		 port, me->pw_name, dir);
	write_text("ssh_config", text);
	snprintf(text, sizeof(text), "ssh -F %s/ssh_config", dir);
	must_true(setenv("GIT_SSH_COMMAND", text, 1) == 0, "set a variable");
}

static void make_key(const char *name)
{
	const char *argv[] = {"ssh-keygen", "-q",	   "-t",
			      "ed25519",    "-N",	   "",
			      "-f",	    scratch(name), NULL};

	run_program(NULL, NULL, argv);
}

bool sshd_start(void)
{
	char *argv[] = {(char[]){SSHD}, (char[]){"-D"}, (char[]){"-q"},
			(char[]){"-f"}, NULL,		NULL};
	char config[2 * WORLD_PATH];
	unsigned port = free_port();

	if (access(SSHD, X_OK) != 0) {
		fprintf(stderr, "  (no sshd here: the round over ssh is left"
				" out; Debian has it in openssh-server)\n");
		return false;
	}
	make_key("host_key");
	make_key("user_key");
	write_server(port);
	write_client(port);
	snprintf(config, sizeof(config), "%s", scratch("sshd_config"));
	argv[4] = config;
	/* Debian's wants this folder where root runs it. */
	mkdir("/run/sshd", 0755);
	must_true(posix_spawn(&server, SSHD, NULL, NULL, argv, environ) == 0,
		  "start sshd");
	atexit(stop);
	for (size_t i = 0; !answers(port); i++) {
		const struct timespec pause = {.tv_nsec = 50000000};

		must_true(i < 200, "reach sshd");
		nanosleep(&pause, NULL);
	}
	return true;
}
