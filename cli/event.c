/* event.c - rows of the flow.
 * Knows how an event's key is made; knows no state machine. */
#include "cli/event.h"

#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include "cli/row.h"
#include "core/crypto.h"

void event_time(char out[EVENT_TIME_SIZE])
{
	time_t now = time(NULL);
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(out, EVENT_TIME_SIZE, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

void event_text_hash(char out[65], const char *text, size_t len)
{
	uint8_t hash[CRYPTO_SHA256_SIZE];

	crypto_sha256(hash, text, len);
	for (size_t i = 0; i < sizeof(hash); i++)
		snprintf(out + 2 * i, 3, "%02x", hash[i]);
}

/* "20220630T091500.123-7f3a00c1d2e4f506": sorts by time, names its node. */
static void make_id(struct buf *row, struct replica *replica, int shift)
{
	struct timespec ts;
	struct tm tm;
	char day[32], origin[17];
	long ms;

	clock_gettime(CLOCK_REALTIME, &ts);
	ms = ts.tv_nsec / 1000000 + shift;
	ts.tv_sec += ms / 1000;
	gmtime_r(&ts.tv_sec, &tm);
	strftime(day, sizeof(day), "%Y%m%dT%H%M%S", &tm);
	change_origin_format(origin, replica_origin(replica));
	buf_addf(row, "%s.%03ld-%s", day, ms % 1000, origin);
}

static int add_row(struct buf *row, struct replica *replica, const char *key,
		   struct err *err)
{
	const struct entity *entity =
		schema_entity_named(replica_schema(replica), "event");
	bool added = false;
	int rc = 0;

	for (int shift = 0; rc == 0 && !added; shift++) {
		buf_clear(row);
		buf_addf(row, "%s/%s/", key, replica_site(replica));
		make_id(row, replica, shift);
		rc = buf_check(row, err);
		if (rc == 0)
			rc = row_add(replica, entity, row->data, &added, err);
	}
	return rc;
}

int event_add(struct replica *replica, const struct event *event,
	      struct err *err)
{
	char at[EVENT_TIME_SIZE];
	const char *fields[][2] = {
		{"kind", event->kind},	   {"at", at},
		{"detail", event->detail}, {"text_hash", event->text_hash},
		{"until", event->until},
	};
	struct buf row = BUF_INIT;
	int rc;

	event_time(at);
	rc = add_row(&row, replica, event->key, err);
	for (size_t i = 0; rc == 0 && i < sizeof(fields) / sizeof(fields[0]);
	     i++)
		if (fields[i][1])
			rc = row_set_text(replica, "event", row.data,
					  fields[i][0], fields[i][1], NULL,
					  err);
	buf_release(&row);
	return rc;
}
