/* hub_smart_push.c - pushing to a git server: commands, a pack of exactly
 * what it lacks, and its report.
 * Knows receive-pack's part of the protocol; fetches nothing. */
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "sync/git/haul.h"
#include "sync/road/hub_smart_room.h"
#include "sync/git/pack.h"

enum { TRIES = 4, PAUSE_MS = 50 };

static const char AGENT[] = "agent=tian/" TIAN_VERSION;

/* A push on its way. */
struct pushing {
	struct hub_smart *smart;
	struct repository *from;
	struct hub_push *push;
	struct stream *stream;
	struct pkt_reader *reader;
	struct advert advert; /* what receive-pack said first */
	size_t left;	      /* updates not made yet, and not stale */
	struct buf refusal;   /* why it was not taken; empty: it was */
};

/* Results that are not known yet: asked for now, or after those. */
enum { OPEN = 1, WAITING = 2 };

static const struct oid *now_at(const struct ref_list *refs, const char *name)
{
	static const struct oid none;
	const struct oid *found = ref_list_find(refs, name);

	return found != NULL ? found : &none;
}

/* (H2) Settles what the refs tell already, and what is asked for: all that is
 * left, or where the server moves each ref for itself, the first of it. */
static void settle(struct pushing *pushing)
{
	const struct ref_list *refs = &pushing->advert.refs;
	bool atomic = advert_can(&pushing->advert, "atomic");
	bool shut = false;

	pushing->left = 0;
	for (size_t i = 0; i < pushing->push->n; i++) {
		struct hub_update *update = &pushing->push->updates[i];
		const struct oid *now = now_at(refs, update->name);

		if (oid_equal(now, &update->new_oid))
			update->result = 0;
		else if (shut || !oid_equal(now, &update->old))
			update->result = ERR_STALE;
		else
			update->result = atomic || pushing->left == 0 ? OPEN
								      : WAITING;
		shut |= update->gate && update->result == ERR_STALE;
		pushing->left += update->result > 0;
	}
}

/* --- what is said -------------------------------------------------------- */

static void add_commands(struct buf *out, const struct pushing *pushing)
{
	bool first = true;
	bool atomic = advert_can(&pushing->advert, "atomic");

	for (size_t i = 0; i < pushing->push->n; i++) {
		const struct hub_update *update = &pushing->push->updates[i];
		char old[OID_TEXT];
		char new_oid[OID_TEXT];
		struct buf line = BUF_INIT;

		if (update->result != OPEN)
			continue;
		oid_format(old, &update->old);
		oid_format(new_oid, &update->new_oid);
		buf_addf(&line, "%s %s %s", old, new_oid, update->name);
		if (first) {
			buf_addc(&line, '\0');
			buf_addf(&line,
				 " report-status side-band-64k quiet%s %s",
				 atomic ? " atomic" : "", AGENT);
		}
		pkt_line_add(out, buf_text(&line), line.len);
		out->failed |= line.failed;
		buf_release(&line);
		first = false;
	}
	pkt_line_flush(out);
}

/* (H2) */
static int add_pack(struct buf *out, const struct pushing *pushing,
		    struct err *err)
{
	struct haul haul = {{NULL, 0, 0}, {NULL, 0, 0}};
	struct oid_list tips = {NULL, 0, 0};
	const struct oid_set *known = &pushing->smart->known;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < known->cap; i++)
		if (!oid_is_zero(&known->slots[i]) &&
		    oid_set_add(&haul.seen, &known->slots[i]) < 0)
			rc = err_nomem(err);
	for (size_t i = 0; rc == 0 && i < pushing->push->n; i++)
		if (pushing->push->updates[i].result == OPEN &&
		    !oid_list_add(&tips, &pushing->push->updates[i].new_oid))
			rc = err_nomem(err);
	for (size_t i = 0; rc == 0 && i < pushing->push->n_also; i++)
		if (!oid_list_add(&tips, &pushing->push->also[i]))
			rc = err_nomem(err);
	if (rc == 0)
		rc = haul_collect(&haul, pushing->from, NULL, tips.items,
				  tips.n, err);
	if (rc == 0)
		rc = pack_make(out, pushing->from, &haul.oids, err);
	oid_list_release(&tips);
	haul_release(&haul);
	return rc;
}

/* --- what is answered ---------------------------------------------------- */

/* The first reason, but not that others failed with the one at fault. */
static void refuse(struct pushing *pushing, const char *text, size_t len)
{
	if (strstr(buf_text(&pushing->refusal), "atomic") != NULL)
		buf_clear(&pushing->refusal);
	if (pushing->refusal.len == 0)
		buf_add(&pushing->refusal, text, len);
}

/* `unpack ok`, then `ok <ref>` or `ng <ref> <reason>` for each. */
static int read_report(struct pushing *pushing, const struct buf *report,
		       struct err *err)
{
	size_t at = 0;
	struct pkt pkt;
	bool unpacked = false;
	int rc = pkt_line_parse(&pkt, &at, report, err);

	for (; rc == 0 && pkt.kind == PKT_DATA;
	     rc = pkt_line_parse(&pkt, &at, report, err)) {
		size_t len = pkt_line_chomp(&pkt);

		if (len == 9 && memcmp(pkt.data, "unpack ok", 9) == 0)
			unpacked = true;
		else if (len > 7 && memcmp(pkt.data, "unpack ", 7) == 0)
			refuse(pushing, pkt.data, len);
		else if (len > 3 && memcmp(pkt.data, "ng ", 3) == 0)
			refuse(pushing, pkt.data + 3, len - 3);
	}
	if (rc == 0 && !unpacked)
		refuse(pushing, "no report", 9);
	if (rc < 0)
		rc = err->code = ERR_HUB;
	return rc;
}

static int read_answer(struct pushing *pushing, struct err *err)
{
	struct buf report = BUF_INIT;
	struct buf words = BUF_INIT;
	int more = 1;
	int rc;

	while (more > 0)
		more = smart_band(&report, &words, pushing->reader, err);
	rc = more < 0 ? more : buf_check(&report, err);
	if (rc == 0)
		rc = read_report(pushing, &report, err);
	if (rc == ERR_CORRUPT || rc == ERR_MISSING)
		rc = err->code = ERR_HUB;
	/* What its hooks had to say. */
	while (words.len > 0 && words.data[words.len - 1] == '\n')
		buf_truncate(&words, words.len - 1);
	if (rc == 0 && pushing->refusal.len > 0 && words.len > 0)
		buf_addf(&pushing->refusal, ": %s", buf_text(&words));
	buf_release(&report);
	buf_release(&words);
	return rc;
}

/* --- one conversation ---------------------------------------------------- */

static int greet(struct pushing *pushing, struct err *err)
{
	int rc = stream_host_open(&pushing->stream, pushing->smart->host,
				  STREAM_RECEIVE_PACK, err);

	if (rc < 0)
		return rc;
	pushing->reader->stream = pushing->stream;
	rc = advert_read(&pushing->advert, pushing->reader, err);
	if (rc == 0)
		rc = hub_smart_learn(pushing->smart, &pushing->advert, err);
	if (rc == 0 && (!advert_can(&pushing->advert, "report-status") ||
			!advert_can(&pushing->advert, "side-band-64k")))
		rc = err_set(err, ERR_HUB, "the hub's git is too old");
	return rc;
}

static int ask(struct pushing *pushing, struct err *err)
{
	struct buf request = BUF_INIT;
	int rc;

	add_commands(&request, pushing);
	hub_turn_take(pushing->push);
	rc = add_pack(&request, pushing, err);
	hub_turn_leave(pushing->push);
	if (rc == 0)
		rc = buf_check(&request, err);
	if (rc == 0)
		rc = stream_write(pushing->stream, request.data, request.len,
				  err);
	if (rc == 0)
		rc = read_answer(pushing, err);
	buf_release(&request);
	return rc;
}

static void part(struct pushing *pushing)
{
	struct err ignored;

	/* Nothing was asked: a flush is "no command". */
	if (pushing->stream != NULL && pushing->left == 0 &&
	    !pushing->smart->host->stateless)
		stream_write(pushing->stream, "0000", 4, &ignored);
	stream_close(pushing->stream);
	pushing->stream = NULL;
	advert_release(&pushing->advert);
	pushing->advert = (struct advert){{NULL, 0}, BUF_INIT};
}

/* --- (H3) ---------------------------------------------------------------- */

/* Another push holds the ref's lock just now, or did. */
static bool is_busy(const struct buf *refusal)
{
	static const char *const words[] = {"failed to update ref", "lock",
					    "transaction"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strstr(buf_text(refusal), words[i]) != NULL)
			return true;
	return false;
}

static void made(struct pushing *pushing)
{
	for (size_t i = 0; i < pushing->push->n; i++)
		if (pushing->push->updates[i].result == OPEN) {
			pushing->push->updates[i].result = 0;
			pushing->left--;
		}
}

/* One conversation. `before`: what was left when it was refused, 0 if it was
 * not. ERR_HUB: refused, and no ref tells why. */
static int converse(struct pushing *pushing, size_t before, struct err *err)
{
	int rc = greet(pushing, err);

	if (rc == 0)
		settle(pushing);
	if (rc == 0 && before > 0 && pushing->left == before) {
		if (!is_busy(&pushing->refusal))
			rc = err_set(err, ERR_HUB, "the hub refuses %s",
				     buf_text(&pushing->refusal));
		else
			clock_pause_ms(PAUSE_MS);
	}
	if (rc == 0 && pushing->left > 0) {
		buf_clear(&pushing->refusal);
		rc = ask(pushing, err);
		if (rc == 0 && pushing->refusal.len == 0)
			made(pushing);
	}
	part(pushing);
	return rc;
}

static int push_all(struct pushing *pushing, struct err *err)
{
	size_t before = 0;
	int tries = 0;
	int rc = 0;

	do {
		rc = converse(pushing, before, err);
		before = pushing->refusal.len > 0 ? pushing->left : 0;
		tries += before > 0;
	} while (rc == 0 && pushing->left > 0 && tries < TRIES);
	if (rc == 0 && pushing->left > 0)
		rc = err_set(err, ERR_HUB, "the hub refuses %s",
			     buf_text(&pushing->refusal));
	return rc;
}

/* What is known of the hub's refs after a push; where it is not sure, they are
 * read again when they are asked for. */
static int remember(struct hub_smart *smart, const struct hub_push *push,
		    struct err *err)
{
	bool sure = true;

	for (size_t i = 0; i < push->n; i++) {
		const struct hub_update *update = &push->updates[i];
		struct oid *there = (struct oid *)(uintptr_t)ref_list_find(
			&smart->advert.refs, update->name);

		if (update->result == 0 && there != NULL)
			*there = update->new_oid;
		else
			sure = false;
		if (update->result == 0 &&
		    oid_set_add(&smart->known, &update->new_oid) < 0)
			return err_nomem(err);
	}
	if (!sure)
		hub_smart_forget(smart);
	return 0;
}

int hub_smart_push(struct hub *hub, struct repository *from,
		   struct hub_push *push, struct err *err)
{
	struct pushing pushing = {
		.smart = (struct hub_smart *)hub, .from = from, .push = push};
	int rc;

	pushing.reader = malloc(sizeof(*pushing.reader));
	rc = pushing.reader == NULL ? err_nomem(err) : push_all(&pushing, err);
	if (rc == 0)
		rc = remember(pushing.smart, push, err);
	else
		hub_smart_forget(pushing.smart);
	free(pushing.reader);
	buf_release(&pushing.refusal);
	return rc < 0 ? err_wrap(err, "hub") : 0;
}
