/* signers.c - which key may sign for which site, and when. */
#include "sync/identity/signers.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sync/git/refs.h"

static const char SQL_SIGNERS[] =
	"SELECT site, public_key, coalesce(valid_from, ''),"
	" coalesce(valid_until, '') FROM signer"
	" WHERE public_key IS NOT NULL AND void IS NOT 1";
static const char SQL_SIGNERS_OF[] =
	"SELECT site, public_key, coalesce(valid_from, ''),"
	" coalesce(valid_until, '') FROM signer"
	" WHERE site = ?1 AND public_key IS NOT NULL AND void IS NOT 1";

void signers_release(struct signers *signers)
{
	for (size_t i = 0; i < signers->n; i++)
		free(signers->items[i].site);
	free(signers->items);
	*signers = (struct signers){NULL, 0};
}

static int compare(const void *a, const void *b)
{
	const struct signer *x = a;
	const struct signer *y = b;
	int order = strcmp(x->site, y->site);

	return order != 0 ? order
			  : memcmp(x->public_key, y->public_key,
				   CRYPTO_PUBLIC_SIZE);
}

/* Where the site's keys begin, or would. */
static size_t first_of(const struct signers *signers, const char *site)
{
	size_t low = 0;
	size_t high = signers->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(signers->items[middle].site, site) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int add(struct signers *signers, const struct signer *signer,
	       struct err *err)
{
	struct signer *items =
		realloc(signers->items, (signers->n + 1) * sizeof(*items));
	char *site = strdup(signer->site);

	if (items != NULL)
		signers->items = items;
	if (items == NULL || site == NULL) {
		free(site);
		return err_nomem(err);
	}
	items[signers->n] = *signer;
	items[signers->n++].site = site;
	return 0;
}

/* `2022-06-30T09:15:00Z` or a date alone; 0 where it is neither. */
static int64_t parse_iso(const char *text)
{
	struct tm tm = {.tm_mday = 0};
	const char *end = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);

	if (end == NULL) {
		tm = (struct tm){.tm_mday = 0};
		end = strptime(text, "%Y-%m-%d", &tm);
	}
	return end != NULL ? (int64_t)timegm(&tm) : 0;
}

static int load(struct signers *out, struct db *db, sqlite3_stmt *stmt,
		struct err *err)
{
	int rc;

	while ((rc = db_step(db, stmt, err)) > 0) {
		struct signer signer = {
			.site = (char *)(uintptr_t)db_text(stmt, 0),
			.from = parse_iso(db_text(stmt, 2)),
			.until = parse_iso(db_text(stmt, 3)),
		};
		struct err ignored;

		if (!refs_site_ok(signer.site) ||
		    key_public_parse(signer.public_key, db_text(stmt, 1),
				     &ignored) < 0)
			continue;
		rc = add(out, &signer, err);
		if (rc < 0)
			break;
	}
	sqlite3_reset(stmt);
	if (rc == 0 && out->n > 0)
		qsort(out->items, out->n, sizeof(*out->items), compare);
	return rc;
}

int signers_load(struct signers *out, struct replica *replica, struct err *err)
{
	struct db *db = replica_db(replica);
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, SQL_SIGNERS, err);

	return rc < 0 ? rc : load(out, db, stmt, err);
}

int signers_load_of(struct signers *out, struct replica *replica,
		    const char *site, struct err *err)
{
	struct db *db = replica_db(replica);
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, SQL_SIGNERS_OF, err);

	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, site);
	return load(out, db, stmt, err);
}

static void add_time(struct buf *out, const char *name, int64_t time)
{
	time_t seconds = (time_t)time;
	struct tm tm;

	if (time == 0 || gmtime_r(&seconds, &tm) == NULL)
		return;
	buf_addf(out, ",%s=\"%04d%02d%02d%02d%02d%02dZ\"", name,
		 tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
		 tm.tm_min, tm.tm_sec);
}

void signers_render(struct buf *out, const struct signers *signers,
		    const char *site)
{
	for (size_t i = site != NULL ? first_of(signers, site) : 0;
	     i < signers->n; i++) {
		const struct signer *signer = &signers->items[i];

		if (site != NULL && strcmp(signer->site, site) != 0)
			break;
		buf_addf(out, "%s namespaces=\"git\"", signer->site);
		add_time(out, "valid-after", signer->from);
		add_time(out, "valid-before", signer->until);
		buf_addc(out, ' ');
		key_public_line(out, signer->public_key);
		buf_addc(out, '\n');
	}
}

static int64_t parse_option(const char *options, const char *name)
{
	const char *at = strstr(options, name);
	struct tm tm = {.tm_mday = 0};

	if (at == NULL ||
	    strptime(at + strlen(name), "=\"%Y%m%d%H%M%SZ\"", &tm) == NULL)
		return 0;
	return (int64_t)timegm(&tm);
}

/* One line: site, options, key. False: of another form. */
static bool parse_line(struct signer *signer, char *line)
{
	char *options = strchr(line, ' ');
	char *key = options != NULL ? strchr(options + 1, ' ') : NULL;
	struct err ignored;

	if (key == NULL)
		return false;
	*options++ = '\0';
	*key++ = '\0';
	signer->site = line;
	signer->from = parse_option(options, "valid-after");
	signer->until = parse_option(options, "valid-before");
	return refs_site_ok(line) &&
	       strncmp(options, "namespaces=\"git\"", 16) == 0 &&
	       key_public_parse(signer->public_key, key, &ignored) == 0;
}

int signers_parse(struct signers *out, const struct buf *text, struct err *err)
{
	char *copy = strdup(buf_text(text));
	char *next = copy;
	char *line;
	int rc = copy != NULL ? 0 : err_nomem(err);

	while (rc == 0 && (line = strsep(&next, "\n")) != NULL) {
		struct signer signer = {NULL, {0}, 0, 0};

		if (parse_line(&signer, line))
			rc = add(out, &signer, err);
	}
	free(copy);
	if (rc == 0 && out->n > 0)
		qsort(out->items, out->n, sizeof(*out->items), compare);
	return rc;
}

const struct signer *signers_find(const struct signers *signers,
				  const char *site,
				  const uint8_t public_key[CRYPTO_PUBLIC_SIZE])
{
	for (size_t i = first_of(signers, site);
	     i < signers->n && strcmp(signers->items[i].site, site) == 0; i++)
		if (memcmp(signers->items[i].public_key, public_key,
			   CRYPTO_PUBLIC_SIZE) == 0)
			return &signers->items[i];
	return NULL;
}

bool signer_ended(const struct signer *signer, int64_t time)
{
	return signer->until != 0 && time >= signer->until;
}

void signer_show_time(char out[SIGNER_TIME], int64_t time)
{
	time_t seconds = (time_t)time;
	struct tm tm = {.tm_mday = 1};

	gmtime_r(&seconds, &tm);
	strftime(out, SIGNER_TIME, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

bool signers_allow(const struct signers *signers, const char *site,
		   const uint8_t public_key[CRYPTO_PUBLIC_SIZE], int64_t time)
{
	const struct signer *signer = signers_find(signers, site, public_key);

	return signer != NULL && (signer->from == 0 || time >= signer->from) &&
	       !signer_ended(signer, time);
}

size_t signers_count(const struct signers *signers, const char *site)
{
	size_t first = first_of(signers, site);
	size_t at = first;

	while (at < signers->n && strcmp(signers->items[at].site, site) == 0)
		at++;
	return at - first;
}

bool signers_know(const struct signers *signers, const char *site)
{
	return signers_count(signers, site) > 0;
}
