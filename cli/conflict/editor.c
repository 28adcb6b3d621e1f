/* editor.c - a text in the editor that a person uses. */
#include "cli/conflict/editor.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/terminal/message.h"

extern char **environ;

static int write_all(int fd, const struct buf *text, const char *path,
		     struct err *err)
{
	const char *at = buf_text(text);
	size_t left = text->len;

	while (left > 0) {
		ssize_t n = write(fd, at, left);

		if (n < 0 && errno != EINTR)
			return err_errno(err, "%s", path);
		if (n > 0) {
			at += n;
			left -= (size_t)n;
		}
	}
	return 0;
}

int editor_create(struct buf *path, const char *dir, const char *name,
		  const struct buf *text, struct err *err)
{
	int fd = -1;
	int rc;

	buf_addf(path, "%s/%s-XXXXXX.txt", dir, name);
	rc = buf_check(path, err);
	if (rc < 0)
		return rc;
	fd = mkostemps(path->data, 4, 0); /* 0600 */
	if (fd < 0)
		return err_errno(err, "%s", buf_text(path));
	rc = write_all(fd, text, buf_text(path), err);
	if (close(fd) < 0 && rc == 0)
		rc = err_errno(err, "%s", buf_text(path));
	if (rc < 0)
		unlink(buf_text(path));
	return rc;
}

static const char *word_of(const char *variable)
{
	const char *word = getenv(variable);

	return word && *word ? word : NULL;
}

/* The command, or NULL where there is none that could be used. */
static const char *which(void)
{
	const char *terminal = word_of("TERM");
	const char *word = NULL;

	if (terminal && strcmp(terminal, "dumb") != 0)
		word = word_of("VISUAL");
	if (!word)
		word = word_of("EDITOR");
	if (!word && terminal && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
		word = "vi";
	return word;
}

/* Its exit status, -1 where it could not be started or was killed. */
static int wait_for(const char *command, const char *path)
{
	static char shell[] = "sh";
	static char flag[] = "-c";
	struct buf line = BUF_INIT;
	posix_spawnattr_t attributes;
	sigset_t defaults;
	pid_t pid = 0;
	int status = -1;

	buf_addf(&line, "%s \"$@\"", command);
	sigemptyset(&defaults);
	sigaddset(&defaults, SIGINT);
	sigaddset(&defaults, SIGQUIT);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigdefault(&attributes, &defaults);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
	if (!line.failed &&
	    posix_spawnp(&pid, shell, NULL, &attributes,
			 (char *[]){shell, flag, line.data, line.data,
				    (char *)path, NULL},
			 environ) == 0) {
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
		status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	}
	posix_spawnattr_destroy(&attributes);
	buf_release(&line);
	return status;
}

int editor_run(const char *path, struct err *err)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN};
	struct sigaction old[2];
	const char *command = which();
	int status;

	if (!command)
		return err_set(err, ERR_INPUT,
			       _("there is no editor here: set EDITOR, or say "
				 "--take SITE, --value V or --text-file F"));
	/* What is typed to end something in the editor does not end us. */
	sigaction(SIGINT, &ignore, &old[0]);
	sigaction(SIGQUIT, &ignore, &old[1]);
	status = wait_for(command, path);
	sigaction(SIGINT, &old[0], NULL);
	sigaction(SIGQUIT, &old[1], NULL);
	if (status != 0)
		return err_set(err, ERR_INPUT,
			       _("the editor did not end well: %s"), command);
	return 0;
}
