/* credential.c - names and passwords from git's credential helpers. */
#include "sync/road/credential.h"

#include <stdlib.h>
#include <string.h>

#include "sync/road/child.h"

/* What is in memory no longer than needed is wiped. */
static void wipe(char *text)
{
	if (text != NULL)
		explicit_bzero(text, strlen(text));
	free(text);
}

void credential_release(struct credential *credential)
{
	free(credential->protocol);
	free(credential->host);
	free(credential->path);
	free(credential->username);
	wipe(credential->password);
	*credential = (struct credential){.protocol = NULL};
}

/* A line break in a value would be another line to the helper. */
static void add_line(struct buf *out, const char *name, const char *value)
{
	if (value != NULL && strchr(value, '\n') == NULL)
		buf_addf(out, "%s=%s\n", name, value);
}

static int ask(struct buf *out, int *status, const char *verb,
	       const struct credential *credential, struct err *err)
{
	const char *const argv[] = {"git", "--git-dir=/dev/null", "credential",
				    verb, NULL};
	struct buf input = BUF_INIT;
	int rc;

	add_line(&input, "protocol", credential->protocol);
	add_line(&input, "host", credential->host);
	add_line(&input, "path", credential->path);
	add_line(&input, "username", credential->username);
	add_line(&input, "password", credential->password);
	buf_adds(&input, "\n");
	rc = buf_check(&input, err);
	if (rc == 0)
		rc = child_run(out, status, argv, buf_text(&input), err);
	if (input.data != NULL)
		explicit_bzero(input.data, input.len);
	buf_release(&input);
	return rc;
}

/* The value of a line `name=value`, NULL if there is none. */
static char *line_of(const char *text, const char *name)
{
	size_t len = strlen(name);

	for (; text != NULL && *text != '\0';
	     text = strchr(text, '\n') != NULL ? strchr(text, '\n') + 1 : NULL)
		if (strncmp(text, name, len) == 0 && text[len] == '=')
			return strndup(text + len + 1,
				       strcspn(text + len + 1, "\n"));
	return NULL;
}

int credential_fill(struct credential *credential, struct err *err)
{
	struct buf answer = BUF_INIT;
	char *username = NULL;
	char *password = NULL;
	int status = -1;
	int rc = ask(&answer, &status, "fill", credential, err);

	if (rc == 0 && status == 0) {
		username = line_of(buf_text(&answer), "username");
		password = line_of(buf_text(&answer), "password");
	}
	if (answer.data != NULL)
		explicit_bzero(answer.data, answer.len);
	buf_release(&answer);
	if (rc == 0 && username != NULL && password != NULL) {
		free(credential->username);
		wipe(credential->password);
		credential->username = username; /* its own now */
		credential->password = password;
		return 0;
	}
	free(username);
	wipe(password);
	return err_set(err, ERR_HUB,
		       "%s asks for a name and password: store them in a "
		       "credential helper of git (git credential approve)",
		       credential->host);
}

static void tell(const char *verb, const struct credential *credential)
{
	struct buf answer = BUF_INIT;
	struct err ignored;
	int status;

	if (credential->password != NULL)
		ask(&answer, &status, verb, credential, &ignored);
	buf_release(&answer);
}

void credential_approve(const struct credential *credential)
{
	tell("approve", credential);
}

void credential_reject(struct credential *credential)
{
	tell("reject", credential);
	wipe(credential->password);
	credential->password = NULL;
}
