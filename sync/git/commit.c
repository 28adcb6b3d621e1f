/* commit.c - commits as we make and read them: signed, with trailers. */
#include "sync/git/commit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sync/identity/signature.h"

/* --- writing ----------------------------------------------------------- */

/* git leaves out '<', '>' and control characters, and trims what looks like
 * crud at both ends; an empty name is refused by fsck. */
static void add_clean(struct buf *out, const char *text)
{
	size_t start = out->len;

	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '<' || c == '>' || c < 0x20 || c == 0x7f)
			continue;
		if (out->len == start && strchr(" .,:;\"'\\", *text) != NULL)
			continue;
		buf_addc(out, *text);
	}
	while (out->len > start &&
	       strchr(" .,:;\"'\\", out->data[out->len - 1]) != NULL)
		out->data[--out->len] = '\0';
	if (out->len == start)
		buf_adds(out, "?");
}

static void add_ident(struct buf *out, const char *role,
		      const struct commit_ident *ident)
{
	time_t time = (time_t)ident->time;
	struct tm tm;
	long minutes = 0;

	if (localtime_r(&time, &tm) != NULL)
		minutes = tm.tm_gmtoff / 60;
	buf_addf(out, "%s ", role);
	add_clean(out, ident->name);
	buf_adds(out, " <");
	add_clean(out, ident->email);
	buf_addf(out, "> %" PRId64 " %c%02ld%02ld\n",
		 ident->time < 0 ? 0 : ident->time, minutes < 0 ? '-' : '+',
		 labs(minutes) / 60, labs(minutes) % 60);
}

static void add_head(struct buf *out, const struct commit_draft *draft)
{
	char hex[OID_TEXT];

	oid_format(hex, &draft->tree);
	buf_addf(out, "tree %s\n", hex);
	for (size_t i = 0; i < draft->n_parents; i++) {
		oid_format(hex, &draft->parents[i]);
		buf_addf(out, "parent %s\n", hex);
	}
	add_ident(out, "author", &draft->author);
	add_ident(out, "committer", &draft->committer);
}

/* A header of several lines: each further one begins with a space. */
static void add_signature(struct buf *out, const struct buf *signature)
{
	const char *at = buf_text(signature);

	buf_adds(out, "gpgsig ");
	for (; *at != '\0'; at++) {
		buf_addc(out, *at);
		if (*at == '\n')
			buf_addc(out, ' ');
	}
	buf_addc(out, '\n');
}

int commit_write(struct oid *out, struct repository *repository,
		 const struct commit_draft *draft, const struct key *key,
		 struct err *err)
{
	struct buf text = BUF_INIT;
	struct buf signature = BUF_INIT;
	struct buf head = BUF_INIT;
	int rc;

	add_head(&head, draft);
	buf_addf(&text, "%s\n%s", buf_text(&head), draft->message);
	rc = buf_check(&text, err);
	if (rc == 0)
		rc = signature_make(&signature, text.data, text.len, key, err);
	if (rc < 0)
		goto done;
	buf_clear(&text);
	buf_adds(&text, buf_text(&head));
	add_signature(&text, &signature);
	buf_addf(&text, "\n%s", draft->message);
	rc = buf_check(&text, err);
	if (rc == 0)
		rc = repository_write(out, repository, OBJECT_COMMIT, text.data,
				      text.len, err);
done:
	buf_release(&head);
	buf_release(&signature);
	buf_release(&text);
	return rc;
}

void commit_add_trailer(struct buf *message, const char *name,
			const char *value)
{
	buf_addf(message, "%s: ", name);
	for (; *value != '\0'; value++)
		buf_addc(message, (unsigned char)*value < 0x20 ? ' ' : *value);
	buf_addc(message, '\n');
}

/* --- reading ----------------------------------------------------------- */

/* The header lines of a commit, one after the other. */
struct lines {
	const char *at;
	const char *end; /* of the header: the empty line, or the bytes' end */
};

/* The rest of the next line if it begins with `name ` ; NULL otherwise, and
 * nothing is read. */
static const char *take_line(size_t *len, struct lines *lines, const char *name)
{
	size_t n = strlen(name);
	const char *start = lines->at + n + 1;
	const char *stop;

	if ((size_t)(lines->end - lines->at) <= n + 1 ||
	    memcmp(lines->at, name, n) != 0 || lines->at[n] != ' ')
		return NULL;
	stop = memchr(start, '\n', (size_t)(lines->end - start));
	if (stop == NULL)
		return NULL;
	*len = (size_t)(stop - start);
	lines->at = stop + 1;
	return start;
}

static bool take_oid(struct oid *out, struct lines *lines, const char *name)
{
	size_t len;
	const char *text = take_line(&len, lines, name);

	return text != NULL && len == OID_TEXT - 1 && oid_parse(out, text, len);
}

static bool take_parents(struct commit *out, struct lines *lines)
{
	struct oid_list list = {NULL, 0, 0};
	struct oid oid;

	while (list.n < COMMIT_PARENTS_MAX && take_oid(&oid, lines, "parent"))
		if (!oid_list_add(&list, &oid))
			break;
	out->parents = list.items;
	out->n_parents = list.n;
	return true;
}

/* `Name <email> 1654567890 +0800`; name and email may be NULL. */
static bool take_ident(char **name, char **email, int64_t *time,
		       struct lines *lines, const char *role)
{
	size_t len;
	const char *text = take_line(&len, lines, role);
	const char *less = text != NULL ? memchr(text, '<', len) : NULL;
	const char *more;
	size_t left;
	int n = 0;

	if (less == NULL || less < text + 1 || less[-1] != ' ')
		return false;
	left = (size_t)(text + len - less);
	more = memchr(less, '>', left);
	/* The line ends in '\n', so the scan cannot run past it. */
	if (more == NULL ||
	    sscanf(more, "> %" SCNd64 " %*[+-]%*4[0-9]%n", time, &n) != 1 ||
	    n == 0 || more + n != text + len)
		return false;
	if (name != NULL)
		*name = strndup(text, (size_t)(less - 1 - text));
	if (email != NULL)
		*email = strndup(less + 1, (size_t)(more - less - 1));
	return (name == NULL || *name != NULL) &&
	       (email == NULL || *email != NULL);
}

/* The signature's lines, and all bytes but them. */
static bool take_signature(struct commit *out, struct lines *lines,
			   const char *raw, size_t raw_len)
{
	const char *from = lines->at;
	size_t len;
	const char *text = take_line(&len, lines, "gpgsig");

	if (text != NULL)
		buf_add(&out->signature, text, len);
	while (text != NULL && lines->at < lines->end && *lines->at == ' ') {
		const char *stop = memchr(lines->at, '\n',
					  (size_t)(lines->end - lines->at));

		if (stop == NULL)
			return false;
		buf_addc(&out->signature, '\n');
		buf_add(&out->signature, lines->at + 1,
			(size_t)(stop - lines->at - 1));
		lines->at = stop + 1;
	}
	buf_add(&out->payload, raw, (size_t)(from - raw));
	buf_add(&out->payload, lines->at, raw_len - (size_t)(lines->at - raw));
	return !out->payload.failed && !out->signature.failed;
}

static bool parse_all(struct commit *out, const struct buf *raw)
{
	const char *text = buf_text(raw);
	const char *blank = memmem(text, raw->len, "\n\n", 2);
	struct lines lines = {text, NULL};

	if (blank == NULL || memchr(text, '\0', raw->len) != NULL)
		return false;
	lines.end = blank + 1;
	if (!take_oid(&out->tree, &lines, "tree") ||
	    !take_parents(out, &lines) ||
	    !take_ident(&out->author, &out->email, &out->author_time, &lines,
			"author") ||
	    !take_ident(NULL, NULL, &out->time, &lines, "committer") ||
	    !take_signature(out, &lines, text, raw->len) ||
	    lines.at != lines.end)
		return false;
	out->message = strdup(blank + 2);
	return out->message != NULL;
}

bool commit_parse(struct commit *out, const struct buf *raw)
{
	*out = (struct commit){.n_parents = 0};
	if (parse_all(out, raw))
		return true;
	commit_release(out);
	return false;
}

int commit_read(struct commit *out, struct repository *repository,
		const struct oid *oid, struct err *err)
{
	struct buf raw = BUF_INIT;
	char hex[OID_TEXT];
	int rc = repository_read(&raw, repository, oid, OBJECT_COMMIT, err);

	*out = (struct commit){.n_parents = 0};
	if (rc == 0 && !commit_parse(out, &raw)) {
		oid_format(hex, oid);
		rc = err_set(err, ERR_CORRUPT,
			     "commit %s is not one we would write", hex);
	}
	out->id = *oid;
	if (rc == 0 && repository_begins(repository, oid)) {
		out->n_parents = 0;
		out->begins = true;
	}
	buf_release(&raw);
	return rc;
}

void commit_release(struct commit *commit)
{
	free(commit->parents);
	free(commit->author);
	free(commit->email);
	free(commit->message);
	buf_release(&commit->signature);
	buf_release(&commit->payload);
	*commit = (struct commit){.n_parents = 0};
}

int commit_signer(uint8_t public_key[CRYPTO_PUBLIC_SIZE],
		  const struct commit *commit, struct err *err)
{
	if (commit->signature.len == 0)
		return err_set(err, ERR_CORRUPT, "commit is not signed");
	return signature_check(public_key, commit->payload.data,
			       commit->payload.len, commit->signature.data,
			       commit->signature.len, err);
}

/* --- trailers ---------------------------------------------------------- */

/* Where the last paragraph begins. */
static const char *trailers(const char *message)
{
	const char *start = message;
	const char *at = message;

	while ((at = strstr(at, "\n\n")) != NULL) {
		at += 2;
		if (*at != '\0')
			start = at;
	}
	return start;
}

const char *commit_trailer_next(size_t *len, const char **at,
				const struct commit *commit, const char *name)
{
	size_t n = strlen(name);
	const char *line = *at != NULL ? *at : trailers(commit->message);

	while (*line != '\0') {
		size_t size = strcspn(line, "\n");
		const char *next = line + size + (line[size] == '\n');

		*at = next;
		if (size > n + 2 && memcmp(line, name, n) == 0 &&
		    line[n] == ':' && line[n + 1] == ' ') {
			*len = size - n - 2;
			return line + n + 2;
		}
		line = next;
	}
	*at = line;
	return NULL;
}

const char *commit_trailer(size_t *len, const struct commit *commit,
			   const char *name)
{
	const char *at = NULL;

	return commit_trailer_next(len, &at, commit, name);
}

bool commit_trailer_oid(struct oid *out, const struct commit *commit,
			const char *name)
{
	size_t len;
	const char *text = commit_trailer(&len, commit, name);

	return text != NULL && len == OID_TEXT - 1 && oid_parse(out, text, len);
}
