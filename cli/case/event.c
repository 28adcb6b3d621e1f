/* event.c - rows of the flow.
 * Knows how an event's key is made; knows no state machine. */
#include "cli/case/event.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/case/row.h"
#include "core/base/buf.h"
#include "core/base/crypto.h"

/* "20220630T091500.123": what an id begins with. */
enum { STAMP = 19 };

/* The latest of the case, by ids that begin with a time; voided ones too. */
static const char SQL_LATEST[] =
	"SELECT max(id) FROM event WHERE proposal = ?1 AND id GLOB"
	" '[0-9][0-9][0-9][0-9][01][0-9][0-3][0-9]T[0-2][0-9][0-5][0-9]"
	"[0-6][0-9].[0-9][0-9][0-9]-*'";

void event_time(char out[EVENT_TIME_SIZE])
{
	time_t now = time(NULL);
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(out, EVENT_TIME_SIZE, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

void event_text_hash(char out[EVENT_HASH_SIZE], const char *text, size_t len)
{
	uint8_t hash[CRYPTO_SHA256_SIZE];

	crypto_sha256(hash, text, len);
	for (size_t i = 0; i < sizeof(hash); i++)
		snprintf(out + 2 * i, 3, "%02x", hash[i]);
}

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Milliseconds since 1970 that an id begins with; -1 where it is no time. */
static int64_t stamp_ms(const char *id)
{
	struct tm tm = {0};
	const char *end = strptime(id, "%Y%m%dT%H%M%S", &tm);

	if (!end || *end != '.')
		return -1;
	return (int64_t)timegm(&tm) * 1000 + strtol(end + 1, NULL, 10);
}

static void stamp_format(char out[STAMP + 1], int64_t ms)
{
	time_t seconds = (time_t)(ms / 1000);
	struct tm tm;
	size_t n;

	gmtime_r(&seconds, &tm);
	n = strftime(out, STAMP + 1, "%Y%m%dT%H%M%S", &tm);
	snprintf(out + n, STAMP + 1 - n, ".%03u", (unsigned)(ms % 1000));
}

/* (E1) now, or the millisecond after the latest event known here. */
static int next_ms(int64_t *out, struct replica *replica, const char *key,
		   struct err *err)
{
	struct db *db = replica_db(replica);
	sqlite3_stmt *stmt;
	int64_t latest = -1;
	int rc = db_stmt(&stmt, db, SQL_LATEST, err);

	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, key);
	rc = db_step(db, stmt, err);
	if (rc == 1)
		latest = stamp_ms(db_text(stmt, 0));
	sqlite3_reset(stmt);
	*out = now_ms();
	/* A year of five digits would not sort; then the office voids it. */
	if (latest >= *out && stamp_ms("99991231T235959.998-") > latest)
		*out = latest + 1;
	return rc < 0 ? rc : 0;
}

int event_id(struct buf *id, struct replica *replica, const char *key,
	     struct err *err)
{
	char stamp[STAMP + 1], origin[17];
	int64_t ms = 0;
	int rc = next_ms(&ms, replica, key, err);

	if (rc < 0)
		return rc;
	stamp_format(stamp, ms);
	change_origin_format(origin, replica_origin(replica));
	buf_addf(id, "%s-%s", stamp, origin);
	return buf_check(id, err);
}

int event_add(struct replica *replica, const struct event *event,
	      struct err *err)
{
	const struct entity *entity =
		schema_entity_named(replica_schema(replica), "event");
	char at[EVENT_TIME_SIZE];
	const char *fields[][2] = {
		{"kind", event->kind},
		{"at", event->when ? event->when : at},
		{"detail", event->detail},
		{"text_hash", event->text_hash},
		{"until", event->until},
		{"target", event->target},
	};
	struct buf row = BUF_INIT;
	int rc;

	event_time(at);
	buf_addf(&row, "%s/%s/", event->key, replica_site(replica));
	rc = event_id(&row, replica, event->key, err);
	if (rc == 0)
		rc = row_add(replica, entity, row.data, NULL, err);
	for (size_t i = 0; rc == 0 && i < sizeof(fields) / sizeof(fields[0]);
	     i++)
		if (fields[i][1])
			rc = row_set_text(replica, "event", row.data,
					  fields[i][0], fields[i][1], NULL,
					  err);
	buf_release(&row);
	return rc;
}
