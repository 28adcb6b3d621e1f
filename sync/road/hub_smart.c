/* hub_smart.c - the road to a hub behind a git server: refs and fetching.
 * Pushing is hub_smart_push.c's. */
#include "sync/road/hub_smart.h"

#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sync/road/hub_smart_room.h"
#include "sync/git/pack.h"
#include "sync/git/refs.h"

enum { HAVES_MAX = 2000 };

static const char AGENT[] = "agent=tian/" TIAN_VERSION;

static struct hub_smart *smart_of(struct hub *hub)
{
	return (struct hub_smart *)hub;
}

/* --- refs ---------------------------------------------------------------- */

static void end_session(struct hub_smart *smart)
{
	struct err ignored;

	/* A program that waits for our next word is told there is none. */
	if (smart->session != NULL && !smart->host->stateless)
		stream_write(smart->session, "0000", 4, &ignored);
	stream_close(smart->session);
	smart->session = NULL;
}

void hub_smart_forget(struct hub_smart *smart)
{
	end_session(smart);
	advert_release(&smart->advert);
	smart->advert = (struct advert){{NULL, 0}, BUF_INIT};
	smart->told = false;
}

int hub_smart_learn(struct hub_smart *smart, const struct advert *advert,
		    struct err *err)
{
	for (size_t i = 0; i < advert->refs.n; i++)
		if (oid_set_add(&smart->known, &advert->refs.items[i].oid) < 0)
			return err_nomem(err);
	return 0;
}

static int begin_session(struct hub_smart *smart, struct err *err)
{
	struct pkt_reader *reader = malloc(sizeof(*reader));
	int rc;

	hub_smart_forget(smart);
	if (reader == NULL)
		return err_nomem(err);
	rc = stream_host_open(&smart->session, smart->host, STREAM_UPLOAD_PACK,
			      err);
	if (rc == 0) {
		reader->stream = smart->session;
		rc = advert_read(&smart->advert, reader, err);
	}
	if (rc == 0)
		rc = hub_smart_learn(smart, &smart->advert, err);
	free(reader);
	smart->told = rc == 0;
	if (rc < 0) {
		stream_close(smart->session);
		smart->session = NULL;
	}
	return rc;
}

int hub_smart_refs(struct hub_smart *smart, struct err *err)
{
	return smart->told ? 0 : begin_session(smart, err);
}

static int away(int rc, struct err *err)
{
	return rc < 0 ? err_wrap(err, "hub") : rc;
}

static int smart_ref(struct oid *out, struct hub *hub, const char *name,
		     struct err *err)
{
	struct hub_smart *smart = smart_of(hub);
	const struct oid *found;
	int rc = hub_smart_refs(smart, err);

	if (rc < 0)
		return away(rc, err);
	found = ref_list_find(&smart->advert.refs, name);
	if (found == NULL)
		return err_set(err, ERR_MISSING, "the hub has no %s", name);
	*out = *found;
	return 0;
}

static int smart_refs(struct ref_list *out, struct hub *hub, const char *prefix,
		      struct err *err)
{
	struct hub_smart *smart = smart_of(hub);
	const struct ref_list *refs = &smart->advert.refs;
	struct ref *items;
	int rc = hub_smart_refs(smart, err);

	if (rc < 0)
		return away(rc, err);
	items = realloc(out->items,
			(out->n + refs->n + 1) * sizeof(*out->items));
	if (items == NULL)
		return err_nomem(err);
	out->items = items;
	for (size_t i = 0; i < refs->n; i++) {
		const struct ref *ref = &refs->items[i];

		if (strncmp(ref->name, prefix, strlen(prefix)) != 0)
			continue;
		items[out->n].oid = ref->oid;
		items[out->n].name = strdup(ref->name);
		if (items[out->n].name == NULL)
			return err_nomem(err);
		out->n++;
	}
	return 0;
}

/* --- fetching ------------------------------------------------------------ */

/* What a request means for a repository that begins in the middle. */
enum cut {
	CUT_NONE,  /* it is whole */
	CUT_KEPT,  /* what comes before its beginning is not here */
	CUT_MADE,  /* it is to begin with what is wanted, which comes alone */
	CUT_MENDED /* what comes before its beginning is wanted */
};

static bool is_advertised(const struct advert *advert, const struct oid *oid)
{
	for (size_t i = 0; i < advert->refs.n; i++)
		if (oid_equal(&advert->refs.items[i].oid, oid))
			return true;
	return false;
}

static enum cut choose_cut(const struct advert *advert, struct repository *into,
			   const struct oid_list *wants)
{
	if (!repository_begins(into, NULL))
		return CUT_NONE;
	if (wants->n == 1 && repository_begins(into, &wants->items[0]))
		return CUT_MADE;
	return is_advertised(advert, &wants->items[0]) ? CUT_KEPT : CUT_MENDED;
}

static void add_want(struct buf *out, const struct oid *oid, enum cut cut)
{
	char hex[OID_TEXT];

	oid_format(hex, oid);
	if (out->len > 0)
		pkt_line_addf(out, "want %s\n", hex);
	else
		pkt_line_addf(out,
			      "want %s side-band-64k ofs-delta no-progress "
			      "%s%s\n",
			      hex, cut != CUT_NONE ? "shallow " : "", AGENT);
}

/* What is named by no ref is asked for by way of an inbox, or a place to begin
 * with it, that is here. */
static void add_wants(struct buf *out, const struct advert *advert,
		      struct repository *into, const struct oid_list *wants,
		      enum cut cut)
{
	char site[REF_SITE_MAX + 1];
	char hex[OID_TEXT];

	for (size_t i = 0; cut != CUT_MENDED && i < wants->n; i++)
		add_want(out, &wants->items[i], cut);
	for (size_t i = 0; cut == CUT_MENDED && i < advert->refs.n; i++) {
		const struct ref *ref = &advert->refs.items[i];

		if (refs_parse_delivered(site, ref->name) &&
		    repository_has(into, &ref->oid))
			add_want(out, &ref->oid, cut);
	}
	if (cut == CUT_KEPT || cut == CUT_MENDED) {
		oid_format(hex, repository_begin(into));
		pkt_line_addf(out, "shallow %s\n", hex);
	}
	if (cut == CUT_MADE)
		pkt_line_addf(out, "deepen 1\n");
	if (cut == CUT_MENDED)
		pkt_line_addf(out, "deepen %d\n", INT_MAX);
	pkt_line_flush(out);
}

/* (H1) What both sides have: tips of theirs that are here, and our own. */
static int add_haves(struct buf *out, const struct advert *advert,
		     struct repository *into, struct err *err)
{
	struct ref_list own = {NULL, 0};
	const struct ref_list *lists[] = {&advert->refs, &own};
	struct oid_set said = {NULL, 0, 0};
	char hex[OID_TEXT];
	int rc = repository_refs(&own, into, "refs/heads/", err);

	/* What has all that may be missing is not said to be here. */
	for (size_t l = 0; rc == 0 && !repository_is_doubted(into) && l < 2;
	     l++)
		for (size_t i = 0; rc == 0 && i < lists[l]->n; i++) {
			const struct oid *oid = &lists[l]->items[i].oid;

			if (said.n >= HAVES_MAX || oid_set_has(&said, oid) ||
			    !repository_has(into, oid))
				continue;
			if (oid_set_add(&said, oid) < 0)
				rc = err_nomem(err);
			oid_format(hex, oid);
			pkt_line_addf(out, "have %s\n", hex);
		}
	pkt_line_addf(out, "done\n");
	oid_set_release(&said);
	ref_list_release(&own);
	return rc < 0 ? rc : buf_check(out, err);
}

/* Where the history is cut, as the hub understood it. */
static int skip_cut(struct pkt_reader *reader, struct err *err)
{
	struct pkt pkt;
	int rc;

	do
		rc = pkt_line_read(&pkt, reader, err);
	while (rc == 0 && pkt.kind == PKT_DATA &&
	       ((pkt.len > 8 && memcmp(pkt.data, "shallow ", 8) == 0) ||
		(pkt.len > 10 && memcmp(pkt.data, "unshallow ", 10) == 0)));
	if (rc == 0 && pkt.kind != PKT_FLUSH)
		rc = err_set(err, ERR_MISSING,
			     "the hub does not give a part of a history");
	return rc;
}

/* Without multi_ack it says one ACK or one NAK, then sends the pack. */
static int skip_ack(struct pkt_reader *reader, struct err *err)
{
	struct pkt pkt;
	int rc = pkt_line_read(&pkt, reader, err);

	if (rc < 0)
		return rc;
	if (pkt.kind == PKT_DATA && pkt.len >= 3 &&
	    (memcmp(pkt.data, "ACK", 3) == 0 ||
	     memcmp(pkt.data, "NAK", 3) == 0))
		return 0;
	if (pkt.kind == PKT_DATA && pkt.len > 4 &&
	    memcmp(pkt.data, "ERR ", 4) == 0)
		return err_set(err, ERR_MISSING, "the hub says: %.*s",
			       (int)pkt_line_chomp(&pkt) - 4, pkt.data + 4);
	return err_set(err, ERR_HUB,
		       pkt.kind == PKT_END ? "the connection was cut "
					     "before the answer"
					   : "the answer is not in git's "
					     "protocol");
}

static int receive_pack(struct pkt_reader *reader, struct repository *into,
			const struct oid_list *wants, enum cut cut,
			struct err *err)
{
	struct pack_intake *intake = NULL;
	struct buf data = BUF_INIT;
	struct buf words = BUF_INIT;
	int rc = cut == CUT_MADE || cut == CUT_MENDED ? skip_cut(reader, err)
						      : 0;
	int more = 1;

	if (rc == 0)
		rc = skip_ack(reader, err);

	if (rc == 0)
		rc = pack_intake_open(&intake, into, err);
	while (rc == 0 && more > 0) {
		buf_clear(&data);
		more = smart_band(&data, &words, reader, err);
		rc = more < 0 ? more : buf_check(&data, err);
		if (rc == 0 && data.len > 0)
			rc = pack_intake_add(intake, data.data, data.len, err);
	}
	if (rc == 0)
		rc = pack_intake_finish(intake, wants->items, wants->n, err);
	pack_intake_close(intake);
	buf_release(&data);
	buf_release(&words);
	return rc;
}

static int fetch_once(struct hub_smart *smart, struct repository *into,
		      const struct oid_list *wants, struct err *err)
{
	struct pkt_reader *reader = malloc(sizeof(*reader));
	enum cut cut = CUT_NONE;
	struct buf request = BUF_INIT;
	int rc = 0;

	if (reader == NULL)
		return err_nomem(err);
	if (smart->session == NULL)
		rc = begin_session(smart, err);
	if (rc == 0 && !advert_can(&smart->advert, "side-band-64k"))
		rc = err_set(err, ERR_HUB, "the hub's git is too old");
	if (rc == 0)
		cut = choose_cut(&smart->advert, into, wants);
	if (rc == 0 && cut != CUT_NONE &&
	    !advert_can(&smart->advert, "shallow"))
		rc = err_set(err, ERR_MISSING,
			     "the hub's git cannot give a part of a history");
	if (rc == 0)
		add_wants(&request, &smart->advert, into, wants, cut);
	if (rc == 0)
		rc = add_haves(&request, &smart->advert, into, err);
	if (rc == 0)
		rc = stream_write(smart->session, request.data, request.len,
				  err);
	if (rc == 0) {
		reader->stream = smart->session;
		rc = receive_pack(reader, into, wants, cut, err);
	}
	/* It serves one request; what it said of refs holds on. */
	stream_close(smart->session);
	smart->session = NULL;
	buf_release(&request);
	free(reader);
	return rc;
}

static int smart_fetch(struct hub *hub, struct repository *into,
		       const struct oid *tips, size_t n, struct err *err)
{
	struct hub_smart *smart = smart_of(hub);
	struct oid_list wants = {NULL, 0, 0};
	bool waited = smart->session != NULL;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < n; i++)
		if ((repository_is_doubted(into) ||
		     !repository_has(into, &tips[i])) &&
		    !oid_list_add(&wants, &tips[i]))
			rc = err_nomem(err);
	if (rc == 0 && wants.n > 0)
		rc = fetch_once(smart, into, &wants, err);
	/* A connection that had to wait for us may have been given up. */
	if (rc == ERR_HUB && waited)
		rc = fetch_once(smart, into, &wants, err);
	oid_list_release(&wants);
	return away(rc, err);
}

/* --- reading afresh ------------------------------------------------------ */

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void remove_scratch(struct hub_smart *smart)
{
	if (smart->scratch != NULL)
		nftw(smart->scratch, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(smart->scratch);
	smart->scratch = NULL;
}

static int make_scratch(struct hub_smart *smart, struct buf *path,
			struct err *err)
{
	const char *base = getenv("TMPDIR");

	remove_scratch(smart);
	buf_addf(path, "%s/tian-hub-XXXXXX",
		 base != NULL && *base != '\0' ? base : "/tmp");
	smart->scratch = buf_take(path);
	if (smart->scratch == NULL)
		return err_nomem(err);
	if (mkdtemp(smart->scratch) == NULL) {
		free(smart->scratch);
		smart->scratch = NULL;
		return err_errno(err, "temporary folder");
	}
	buf_addf(path, "%s/hub.git", smart->scratch);
	return repository_create(buf_text(path), err);
}

static int copy_refs(struct hub_smart *smart, struct repository *into,
		     struct err *err)
{
	struct oid_list tips = {NULL, 0, 0};
	int rc = hub_smart_refs(smart, err);
	const struct ref_list *refs = &smart->advert.refs;

	for (size_t i = 0; rc == 0 && i < refs->n; i++)
		if (strncmp(refs->items[i].name, "refs/heads/", 11) == 0 &&
		    !oid_list_add(&tips, &refs->items[i].oid))
			rc = err_nomem(err);
	if (rc == 0)
		rc = smart_fetch(&smart->hub, into, tips.items, tips.n, err);
	for (size_t i = 0; rc == 0 && i < refs->n; i++)
		if (strncmp(refs->items[i].name, "refs/heads/", 11) == 0)
			rc = repository_set_ref(into, refs->items[i].name,
						&refs->items[i].oid, NULL, err);
	oid_list_release(&tips);
	return rc;
}

/* A copy of all of it, which lives as long as the hub is open. */
static int smart_reader(struct repository **out, struct hub *hub,
			struct err *err)
{
	struct hub_smart *smart = smart_of(hub);
	struct repository *copy = NULL;
	struct buf path = BUF_INIT;
	int rc = make_scratch(smart, &path, err);

	if (rc == 0)
		rc = repository_open(&copy, buf_text(&path), REPOSITORY_WRITE,
				     err);
	if (rc == 0)
		rc = repository_lock(copy, err);
	if (rc == 0)
		rc = copy_refs(smart, copy, err);
	repository_unlock(copy);
	buf_release(&path);
	if (rc < 0) {
		repository_close(copy);
		return rc;
	}
	*out = copy; /* the caller's now: repository_close */
	return 0;
}

/* --- life cycle ---------------------------------------------------------- */

static void smart_close(struct hub *hub)
{
	struct hub_smart *smart = smart_of(hub);

	hub_smart_forget(smart);
	stream_host_close(smart->host);
	oid_set_release(&smart->known);
	remove_scratch(smart);
	free(smart);
}

static const struct hub_road road = {
	.ref = smart_ref,
	.refs = smart_refs,
	.fetch = smart_fetch,
	.push = hub_smart_push,
	.reader = smart_reader,
	.close = smart_close,
};

int hub_smart_open(struct hub **out, struct stream_host *host, struct err *err)
{
	struct hub_smart *smart = calloc(1, sizeof(*smart));

	if (smart == NULL) {
		stream_host_close(host);
		return err_nomem(err);
	}
	smart->hub.road = &road;
	smart->host = host;
	*out = &smart->hub;
	return 0;
}
