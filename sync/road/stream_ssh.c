/* stream_ssh.c - the way through the user's own OpenSSH, as git goes it: his
 * configuration, agent, known hosts and jump hosts hold.
 * Knows addresses and ssh's command line; never git's protocol.
 *
 * The program is $GIT_SSH_COMMAND, else core.sshCommand of his git
 * configuration (both run by a shell), else $GIT_SSH, else ssh. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "sync/road/address.h"
#include "sync/road/child.h"
#include "sync/road/stream.h"

enum {
	FIRST_SECONDS = 300, /* connecting, and perhaps a passphrase */
	QUIET_SECONDS = 120  /* git says it is alive every 5 */
};

struct ssh_host {
	struct stream_host host;
	char *name;    /* [user@]host */
	char *port;    /* NULL: ssh's own choice */
	char *path;    /* at the other side */
	char *command; /* of the user's configuration; "" none, NULL not
			  asked yet */
};

struct ssh_stream {
	struct stream stream;
	const struct ssh_host *host;
	struct child *child;
	int seconds; /* to wait for an answer */
};

/* --- addresses ----------------------------------------------------------- */

static char *copy(const char *text, size_t len)
{
	struct buf out = BUF_INIT;

	buf_add(&out, text, len);
	return buf_take(&out);
}

/* [host]:port or [host] or host:port, after any user@. */
static void split_port(struct ssh_host *host)
{
	char *at = strrchr(host->name, '@');
	char *name = at != NULL ? at + 1 : host->name;
	char *end = *name == '[' ? strchr(name, ']') : NULL;
	char *colon = strchr(end != NULL ? end : name, ':');
	char *port = colon != NULL ? colon + 1 : NULL;

	if (end == NULL && port != NULL && strchr(port, ':') != NULL)
		return; /* an IPv6 address without brackets */
	if (port != NULL) {
		*colon = '\0';
		if (*port != '\0')
			host->port = copy(port, strlen(port));
	}
	if (end != NULL) {
		*end = '\0';
		memmove(name, name + 1, strlen(name));
	}
}

/* ssh://[user@]host[:port]/path; /~user/… is under a home. */
static int parse_url(struct ssh_host *host, const char *url, struct err *err)
{
	const char *slash = strchr(url, '/');
	const char *path = slash;
	struct buf decoded = BUF_INIT;

	if (slash == NULL)
		return err_set(err, ERR_INPUT, "ssh://%s: a path must follow",
			       url);
	if (path[1] == '~')
		path++;
	address_decode(&decoded, url, (size_t)(slash - url));
	host->name = buf_take(&decoded);
	address_decode(&decoded, path, strlen(path));
	host->path = buf_take(&decoded);
	if (host->name != NULL)
		split_port(host);
	return 0;
}

/* [user@]host:path, the host perhaps in brackets. */
static int parse_short(struct ssh_host *host, const char *url, struct err *err)
{
	const char *bracket = strchr(url, '[');
	const char *end = bracket != NULL ? strchr(bracket, ']') : NULL;
	const char *colon = strchr(end != NULL ? end : url, ':');

	if (colon == NULL)
		return err_set(err, ERR_INPUT, "%s: no host", url);
	host->name = copy(url, (size_t)(colon - url));
	host->path = copy(colon + 1, strlen(colon + 1));
	if (end != NULL && host->name != NULL)
		split_port(host);
	return 0;
}

/* Neither may look like an option to the programs it is given to. */
static int check_host(const struct ssh_host *host, struct err *err)
{
	const char *at;

	if (host->name == NULL || host->path == NULL)
		return err_nomem(err);
	at = strrchr(host->name, '@');
	if (*host->name == '\0' || *host->name == '-' ||
	    (at != NULL && (at[1] == '\0' || at[1] == '-')))
		return err_set(err, ERR_INPUT, "'%s' is no host's name",
			       host->name);
	if (*host->path == '\0' || *host->path == '-')
		return err_set(err, ERR_INPUT,
			       "'%s' is no path at the other side", host->path);
	for (const char *p = host->port; p != NULL && *p != '\0'; p++)
		if (!isdigit((unsigned char)*p))
			return err_set(err, ERR_INPUT, "'%s' is no port",
				       host->port);
	return 0;
}

/* --- ssh's command line -------------------------------------------------- */

/* git's own quoting: what the shell at the other side takes as one word. */
static void add_quoted(struct buf *out, const char *text)
{
	buf_addc(out, '\'');
	for (; *text != '\0'; text++)
		if (*text == '\'' || *text == '!')
			buf_addf(out, "'\\%c'", *text);
		else
			buf_addc(out, *text);
	buf_addc(out, '\'');
}

/* core.sshCommand of the user, not of a repository he happens to be in. */
static int configured_command(struct ssh_host *host, struct err *err)
{
	const char *const argv[] = {"git",   "--git-dir=/dev/null", "config",
				    "--get", "core.sshCommand",	    NULL};
	struct buf out = BUF_INIT;
	int status = -1;
	int rc = host->command != NULL
			 ? 0
			 : child_run(&out, &status, argv, "", err);

	/* Without git there is no configuration of it. */
	if (rc == ERR_MISSING)
		rc = 0;
	while (out.len > 0 && out.data[out.len - 1] == '\n')
		buf_truncate(&out, out.len - 1);
	if (rc == 0 && host->command == NULL)
		host->command = strdup(status == 0 ? buf_text(&out) : "");
	buf_release(&out);
	if (rc == 0 && host->command == NULL)
		rc = err_nomem(err);
	return rc;
}

enum variant { VARIANT_OPENSSH, VARIANT_PUTTY, VARIANT_OTHER };

/* By the program's name, or as the user says it is. */
static enum variant variant_of(const char *program)
{
	static const char *const putty[] = {"plink", "putty", "tortoiseplink"};
	const char *said = getenv("GIT_SSH_VARIANT");
	char name[32] = "";
	size_t len;

	if (said != NULL && *said != '\0')
		program = said;
	len = strcspn(program, " \t");
	for (size_t i = 0; i < len; i++)
		if (program[i] == '/') {
			program += i + 1;
			len -= i + 1;
			i = (size_t)-1;
		}
	if (len < sizeof(name))
		memcpy(name, program, len);
	for (size_t i = 0; i < sizeof(putty) / sizeof(putty[0]); i++)
		if (strcasecmp(name, putty[i]) == 0)
			return VARIANT_PUTTY;
	return strcmp(name, "ssh") == 0 ? VARIANT_OPENSSH : VARIANT_OTHER;
}

struct command_line {
	const char *argv[16];
	size_t n;
	struct buf program; /* a shell's words, or a program's name */
	struct buf script;
	struct buf remote;
};

static void add_word(struct command_line *line, const char *word)
{
	line->argv[line->n++] = word;
}

static void command_line_release(struct command_line *line)
{
	buf_release(&line->program);
	buf_release(&line->script);
	buf_release(&line->remote);
}

/* Which program, and by a shell or not. */
static int add_program(struct command_line *line, struct ssh_host *host,
		       struct err *err)
{
	const char *set = getenv("GIT_SSH_COMMAND");
	const char *program = getenv("GIT_SSH");
	int rc = 0;

	if (set == NULL || *set == '\0')
		rc = configured_command(host, err);
	if (rc < 0)
		return rc;
	buf_adds(&line->program,
		 set != NULL && *set != '\0' ? set : host->command);
	if (line->program.len > 0) {
		buf_addf(&line->script, "%s \"$@\"", buf_text(&line->program));
		add_word(line, "sh");
		add_word(line, "-c");
		add_word(line, buf_text(&line->script));
	} else {
		buf_adds(&line->program,
			 program != NULL && *program != '\0' ? program : "ssh");
	}
	rc = buf_check(&line->program, err);
	add_word(line, buf_text(&line->program)); /* with sh: its $0 */
	return rc;
}

static int make_command_line(struct command_line *line, struct ssh_host *host,
			     enum stream_service service, struct err *err)
{
	enum variant variant;
	int rc = add_program(line, host, err);

	if (rc < 0)
		return rc;
	variant = variant_of(buf_text(&line->program));
	/* Where nobody can answer, ssh does not ask. */
	if (variant == VARIANT_PUTTY && !child_terminal()) {
		add_word(line, "-batch");
	} else if (variant == VARIANT_OPENSSH && !child_terminal() &&
		   getenv("SSH_ASKPASS") == NULL) {
		add_word(line, "-o");
		add_word(line, "BatchMode=yes");
	}
	if (host->port != NULL) {
		add_word(line, variant == VARIANT_PUTTY ? "-P" : "-p");
		add_word(line, host->port);
	}
	add_word(line, host->name);
	buf_addf(&line->remote, "%s ", stream_service_name(service));
	add_quoted(&line->remote, host->path);
	add_word(line, buf_text(&line->remote));
	return buf_check(&line->remote, err);
}

/* --- talking ------------------------------------------------------------- */

/* What to do about the failures that people meet. */
static const struct advice {
	const char *said;
	const char *advice;
} advices[] = {
	{"Host key verification failed",
	 "compare the host's key with what its keeper says, then accept it "
	 "once with ssh"},
	{"REMOTE HOST IDENTIFICATION HAS CHANGED",
	 "ask the keeper of the host whether its key was changed"},
	{"Permission denied", "the host does not know your ssh key yet"},
	{"does not appear to be a git repository",
	 "make it there first: git init --bare"},
	{"not found", "make it there first: git init --bare"},
};

/* The last lines of what was said, on one line. */
static void add_last_words(struct buf *out, const char *words)
{
	while (strlen(words) > 300 && strchr(words, '\n') != NULL)
		words = strchr(words, '\n') + 1;
	while (*words != '\0') {
		size_t len = strcspn(words, "\r\n");

		if (len > 0)
			buf_addf(out, "%s%.*s", out->len > 0 ? "; " : "",
				 (int)len, words);
		words += len;
		words += strspn(words, "\r\n");
	}
}

/* The connection is gone: what was said last is the cause. */
static int gone(struct ssh_stream *ssh, struct err *err)
{
	const char *words = child_words(ssh->child);
	const char *advice = "";
	struct buf last = BUF_INIT;

	for (size_t i = 0; i < sizeof(advices) / sizeof(advices[0]); i++)
		if (*advice == '\0' && strstr(words, advices[i].said) != NULL)
			advice = advices[i].advice;
	add_last_words(&last, words);
	if (last.len == 0)
		buf_adds(&last,
			 err->code < 0 ? err->text : "the connection was cut");
	err_set(err, ERR_HUB, "%s: %s%s%s", ssh->host->name, buf_text(&last),
		*advice != '\0' ? ": " : "", advice);
	buf_release(&last);
	return ERR_HUB;
}

static int ssh_read(size_t *got, struct stream *stream, void *bytes, size_t len,
		    struct err *err)
{
	struct ssh_stream *ssh = (struct ssh_stream *)stream;
	bool first = ssh->seconds == FIRST_SECONDS;
	int rc;

	err_clear(err);
	rc = child_read(got, ssh->child, bytes, len, ssh->seconds, err);
	ssh->seconds = QUIET_SECONDS;
	/* A program that ends without a word has failed. */
	if (rc < 0 || (first && *got == 0))
		return gone(ssh, err);
	return 0;
}

static int ssh_write(struct stream *stream, const void *bytes, size_t len,
		     struct err *err)
{
	struct ssh_stream *ssh = (struct ssh_stream *)stream;

	err_clear(err);
	if (child_write(ssh->child, bytes, len, ssh->seconds, err) < 0)
		return gone(ssh, err);
	return 0;
}

static void ssh_close(struct stream *stream)
{
	struct ssh_stream *ssh = (struct ssh_stream *)stream;

	child_stop(ssh->child);
	free(ssh);
}

static const struct stream_way stream_way = {
	.read = ssh_read,
	.write = ssh_write,
	.close = ssh_close,
};

static int host_open(struct stream **out, struct stream_host *to,
		     enum stream_service service, struct err *err)
{
	struct ssh_host *host = (struct ssh_host *)to;
	struct command_line line = {.n = 0};
	struct ssh_stream *ssh = calloc(1, sizeof(*ssh));
	int rc = ssh == NULL ? err_nomem(err)
			     : make_command_line(&line, host, service, err);

	if (rc == 0)
		rc = child_start(&ssh->child, line.argv, err);
	command_line_release(&line);
	if (rc < 0) {
		free(ssh);
		if (rc == ERR_MISSING)
			rc = err->code = ERR_HUB;
		return rc;
	}
	ssh->stream.way = &stream_way;
	ssh->host = host;
	ssh->seconds = FIRST_SECONDS;
	*out = &ssh->stream;
	return 0;
}

static void host_close(struct stream_host *to)
{
	struct ssh_host *host = (struct ssh_host *)to;

	free(host->name);
	free(host->port);
	free(host->path);
	free(host->command);
	free(host);
}

static const struct stream_host_way host_way = {
	.open = host_open,
	.close = host_close,
};

int stream_ssh_host(struct stream_host **out, const char *url, struct err *err)
{
	struct ssh_host *host = calloc(1, sizeof(*host));
	int rc;

	if (host == NULL)
		return err_nomem(err);
	host->host.way = &host_way;
	rc = strncmp(url, "ssh://", 6) == 0 ? parse_url(host, url + 6, err)
					    : parse_short(host, url, err);
	if (rc == 0)
		rc = check_host(host, err);
	if (rc < 0) {
		host_close(&host->host);
		return rc;
	}
	*out = &host->host;
	return 0;
}
