/* child.c - a program of the user's that we run and talk with. */
#include "sync/road/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	WORDS_MAX = 2048,   /* bytes of its error channel that are kept */
	OUTPUT_MAX = 65536, /* of child_run */
	RUN_SECONDS = 600,  /* a person may be typing a password */
	END_TRIES = 100,    /* of 20 ms */
	END_PAUSE_MS = 20
};

enum { TO, FROM, WORDS, N_PIPES };

struct child {
	pid_t pid;
	int fds[N_PIPES]; /* our ends, -1 when closed */
	struct buf words;
};

bool child_terminal(void)
{
	return isatty(STDIN_FILENO) != 0 || isatty(STDERR_FILENO) != 0;
}

/* --- starting ------------------------------------------------------------ */

static bool begins(const char *text, const char *head)
{
	return strncmp(text, head, strlen(head)) == 0;
}

static bool is_kept(const char *variable)
{
	static const char *const left_out[] = {
		"GIT_DIR=",	 "GIT_WORK_TREE=",  "GIT_OBJECT_DIRECTORY=",
		"GIT_PREFIX=",	 "GIT_INDEX_FILE=", "GIT_NAMESPACE=",
		"GIT_PROTOCOL=",
	};

	for (size_t i = 0; i < sizeof(left_out) / sizeof(left_out[0]); i++)
		if (begins(variable, left_out[i]))
			return false;
	return child_terminal() || !begins(variable, "GIT_TERMINAL_PROMPT=");
}

/* Strings are borrowed. */
static char **make_environment(void)
{
	static char no_prompt[] = "GIT_TERMINAL_PROMPT=0";
	char **out;
	size_t n = 0;
	size_t kept = 0;

	while (environ[n] != NULL)
		n++;
	out = calloc(n + 2, sizeof(*out));
	if (out == NULL)
		return NULL;
	for (size_t i = 0; i < n; i++)
		if (is_kept(environ[i]))
			out[kept++] = environ[i];
	if (!child_terminal())
		out[kept++] = no_prompt;
	return out;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* `theirs` are the child's ends, in the order of its descriptors. */
static int spawn(struct child *child, const char *const *argv,
		 const int theirs[N_PIPES], struct err *err)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t defaults;
	char **environment = make_environment();
	int rc;

	if (environment == NULL)
		return err_nomem(err);
	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigdefault(&attributes, &defaults);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
	posix_spawn_file_actions_init(&actions);
	for (int i = 0; i < N_PIPES; i++)
		posix_spawn_file_actions_adddup2(&actions, theirs[i], i);
	rc = posix_spawnp(&child->pid, argv[0], &actions, &attributes,
			  (char *const *)(uintptr_t)argv, environment);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	free(environment);
	if (rc == 0)
		return 0;
	child->pid = -1;
	return err_set(err, rc == ENOENT ? ERR_MISSING : ERR_FAIL, "run %s: %s",
		       argv[0], strerror(rc));
}

static int make_pipes(struct child *child, int theirs[N_PIPES], struct err *err)
{
	for (int i = 0; i < N_PIPES; i++) {
		int ends[2];

		if (pipe2(ends, O_CLOEXEC) != 0)
			return err_errno(err, "pipe");
		child->fds[i] = ends[i == TO ? 1 : 0];
		theirs[i] = ends[i == TO ? 0 : 1];
		fcntl(child->fds[i], F_SETFL, O_NONBLOCK);
	}
	return 0;
}

int child_start(struct child **out, const char *const *argv, struct err *err)
{
	struct child *child = calloc(1, sizeof(*child));
	int theirs[N_PIPES] = {-1, -1, -1};
	int rc;

	if (child == NULL)
		return err_nomem(err);
	child->pid = -1;
	for (int i = 0; i < N_PIPES; i++)
		child->fds[i] = -1;
	rc = make_pipes(child, theirs, err);
	if (rc == 0)
		rc = spawn(child, argv, theirs, err);
	for (int i = 0; i < N_PIPES; i++)
		close_fd(&theirs[i]);
	if (rc < 0) {
		child_stop(child);
		return rc;
	}
	*out = child;
	return 0;
}

/* --- talking ------------------------------------------------------------- */

/* Keeps the last of what is on the error channel; never waits. */
static void hear_words(struct child *child)
{
	char part[1024];
	ssize_t n = 0;

	while (child->fds[WORDS] >= 0 &&
	       (n = read(child->fds[WORDS], part, sizeof(part))) > 0) {
		buf_add(&child->words, part, (size_t)n);
		if (child->words.len > WORDS_MAX && !child->words.failed) {
			size_t drop = child->words.len - WORDS_MAX;

			memmove(child->words.data, child->words.data + drop,
				WORDS_MAX);
			buf_truncate(&child->words, WORDS_MAX);
		}
	}
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		close_fd(&child->fds[WORDS]);
}

/* Until `which` is ready, hearing the error channel meanwhile. */
static int wait_for(struct child *child, int which, int seconds,
		    struct err *err)
{
	struct timespec begun;

	clock_gettime(CLOCK_MONOTONIC, &begun);
	for (;;) {
		struct pollfd fds[2] = {
			{.fd = child->fds[which],
			 .events = which == TO ? POLLOUT : POLLIN},
			{.fd = child->fds[WORDS], .events = POLLIN},
		};
		struct timespec now;
		long left;
		int n;

		clock_gettime(CLOCK_MONOTONIC, &now);
		left = seconds - (long)(now.tv_sec - begun.tv_sec);
		if (left <= 0)
			return err_set(err, ERR_HUB, "no answer for %d seconds",
				       seconds);
		n = poll(fds, 2, (int)(left * 1000));
		if (n < 0 && errno != EINTR)
			return err_errno(err, "poll");
		if (n > 0 && fds[1].revents != 0)
			hear_words(child);
		if (n > 0 && fds[0].revents != 0)
			return 0;
	}
}

int child_read(size_t *got, struct child *child, void *bytes, size_t len,
	       int seconds, struct err *err)
{
	*got = 0;
	for (;;) {
		ssize_t n;
		int rc = wait_for(child, FROM, seconds, err);

		if (rc < 0)
			return rc;
		n = read(child->fds[FROM], bytes, len);
		if (n >= 0) {
			*got = (size_t)n;
			return 0;
		}
		if (errno != EAGAIN && errno != EINTR)
			return err_errno(err, "read");
	}
}

int child_write(struct child *child, const void *bytes, size_t len, int seconds,
		struct err *err)
{
	const char *at = bytes;

	while (len > 0) {
		ssize_t n;
		int rc = wait_for(child, TO, seconds, err);

		if (rc < 0)
			return rc;
		n = write(child->fds[TO], at, len);
		if (n < 0 && errno == EPIPE)
			return err_set(err, ERR_HUB, "the connection was cut");
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return err_errno(err, "write");
		if (n > 0) {
			at += n;
			len -= (size_t)n;
		}
	}
	return 0;
}

void child_say_end(struct child *child)
{
	close_fd(&child->fds[TO]);
}

/* Its last words may still be on their way when its output has ended. */
const char *child_words(struct child *child)
{
	struct pollfd fd = {.fd = child->fds[WORDS], .events = POLLIN};

	for (int i = 0; child->fds[WORDS] >= 0 && i < 20; i++) {
		if (poll(&fd, 1, END_PAUSE_MS) > 0)
			hear_words(child);
		fd.fd = child->fds[WORDS];
	}
	while (child->words.len > 0 &&
	       strchr("\r\n ", child->words.data[child->words.len - 1]))
		buf_truncate(&child->words, child->words.len - 1);
	return buf_text(&child->words);
}

/* --- ending -------------------------------------------------------------- */

/* Most end at once; the pauses grow. */
static int wait_end(pid_t pid)
{
	struct timespec pause = {0, 500000L};
	int status = 0;
	pid_t ended = 0;

	for (int i = 0; i < END_TRIES && ended == 0; i++) {
		ended = waitpid(pid, &status, WNOHANG);
		if (ended == 0)
			nanosleep(&pause, NULL);
		if (pause.tv_nsec < END_PAUSE_MS * 1000000L)
			pause.tv_nsec *= 2;
	}
	if (ended == 0) {
		kill(pid, SIGTERM);
		do
			ended = waitpid(pid, &status, 0);
		while (ended < 0 && errno == EINTR);
	}
	return ended == pid && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int child_stop(struct child *child)
{
	int status = -1;

	if (child == NULL)
		return -1;
	for (int i = 0; i < N_PIPES; i++)
		close_fd(&child->fds[i]);
	if (child->pid > 0)
		status = wait_end(child->pid);
	buf_release(&child->words);
	free(child);
	return status;
}

int child_run(struct buf *out, int *status, const char *const *argv,
	      const char *input, struct err *err)
{
	struct child *child = NULL;
	char part[4096];
	size_t got = 1;
	int rc = child_start(&child, argv, err);

	if (rc < 0)
		return rc;
	/* It may end without having read all: its answer says so. */
	if (*input != '\0' &&
	    child_write(child, input, strlen(input), RUN_SECONDS, err) < 0)
		err_clear(err);
	child_say_end(child);
	while (rc == 0 && got > 0 && out->len < OUTPUT_MAX) {
		rc = child_read(&got, child, part, sizeof(part), RUN_SECONDS,
				err);
		if (rc == 0)
			buf_add(out, part, got);
	}
	*status = child_stop(child);
	return rc < 0 ? rc : buf_check(out, err);
}
