/* hub_smart_advert.c - what a git program says first, and its bands.
 * Knows what lines look like; asks nothing. */
#include <stdlib.h>
#include <string.h>

#include "sync/road/hub_smart_room.h"

enum { REFS_MAX = 100000, WORDS_MAX = 2048 };

void advert_release(struct advert *advert)
{
	ref_list_release(&advert->refs);
	buf_release(&advert->can);
}

bool advert_can(const struct advert *advert, const char *word)
{
	size_t len = strlen(word);
	const char *at = buf_text(&advert->can);

	while ((at = strstr(at, word)) != NULL) {
		if (at[-1] == ' ' && (at[len] == ' ' || at[len] == '='))
			return true;
		at += len;
	}
	return false;
}

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct ref *)a)->name,
		      ((const struct ref *)b)->name);
}

static int add_ref(struct ref_list *refs, size_t *cap, const struct oid *oid,
		   const char *name, size_t len, struct err *err)
{
	if (refs->n == REFS_MAX)
		return err_set(err, ERR_HUB, "the hub has more than %d refs",
			       REFS_MAX);
	if (refs->n == *cap) {
		size_t wanted = *cap == 0 ? 64 : 2 * *cap;
		struct ref *items =
			realloc(refs->items, wanted * sizeof(*items));

		if (items == NULL)
			return err_nomem(err);
		refs->items = items;
		*cap = wanted;
	}
	refs->items[refs->n].oid = *oid;
	refs->items[refs->n].name = strndup(name, len);
	return refs->items[refs->n++].name != NULL ? 0 : err_nomem(err);
}

/* `<oid> <ref>`, in the first line followed by NUL and what it can. */
static int take_line(struct advert *out, size_t *cap, const struct pkt *pkt,
		     bool first, struct err *err)
{
	size_t len = pkt_line_chomp(pkt);
	const char *end = memchr(pkt->data, '\0', len);
	struct oid oid;
	size_t name_len;

	if (first && end != NULL)
		buf_addf(&out->can, " %.*s ",
			 (int)(len - (size_t)(end - pkt->data) - 1), end + 1);
	name_len = end != NULL ? (size_t)(end - pkt->data) : len;
	if (name_len < OID_TEXT + 1 || pkt->data[OID_TEXT - 1] != ' ' ||
	    !oid_parse(&oid, pkt->data, name_len))
		return err_set(err, ERR_HUB,
			       "the answer is not in git's protocol");
	name_len -= OID_TEXT;
	/* An empty repository has no ref to put its words behind. */
	if (oid_is_zero(&oid))
		return 0;
	return add_ref(&out->refs, cap, &oid, pkt->data + OID_TEXT, name_len,
		       err);
}

/* http names the service first, in a section of its own. */
static int skip_service(struct pkt *pkt, struct pkt_reader *reader,
			struct err *err)
{
	int rc = 0;

	if (pkt->kind != PKT_DATA || pkt->len < 10 ||
	    memcmp(pkt->data, "# service=", 10) != 0)
		return 0;
	while (rc == 0 && pkt->kind == PKT_DATA)
		rc = pkt_line_read(pkt, reader, err);
	return rc == 0 ? pkt_line_read(pkt, reader, err) : rc;
}

static int said_error(const struct pkt *pkt, struct err *err)
{
	return err_set(err, ERR_HUB, "the hub says: %.*s",
		       (int)pkt_line_chomp(pkt) - 4, pkt->data + 4);
}

int advert_read(struct advert *out, struct pkt_reader *reader, struct err *err)
{
	struct pkt pkt;
	size_t cap = 0;
	bool first = true;
	int rc = pkt_line_read(&pkt, reader, err);

	if (rc == 0)
		rc = skip_service(&pkt, reader, err);
	while (rc == 0 && pkt.kind == PKT_DATA) {
		if (pkt.len > 4 && memcmp(pkt.data, "ERR ", 4) == 0)
			return said_error(&pkt, err);
		if (pkt.len < 8 || memcmp(pkt.data, "version ", 8) != 0) {
			rc = take_line(out, &cap, &pkt, first, err);
			first = false;
		}
		if (rc == 0)
			rc = pkt_line_read(&pkt, reader, err);
	}
	if (rc == 0 && pkt.kind == PKT_END)
		rc = err_set(err, ERR_HUB,
			     "the connection was cut before the hub had "
			     "named its refs");
	if (rc == 0 && out->refs.n > 0)
		qsort(out->refs.items, out->refs.n, sizeof(struct ref),
		      compare);
	return rc < 0 ? rc : buf_check(&out->can, err);
}

/* --- bands --------------------------------------------------------------- */

static void keep_words(struct buf *words, const char *text, size_t len)
{
	if (words->len + len > WORDS_MAX)
		buf_clear(words);
	if (len < WORDS_MAX)
		buf_add(words, text, len);
}

int smart_band(struct buf *data, struct buf *words, struct pkt_reader *reader,
	       struct err *err)
{
	struct pkt pkt;
	int rc = pkt_line_read(&pkt, reader, err);

	if (rc < 0)
		return rc;
	if (pkt.kind == PKT_END)
		return err_set(err, ERR_HUB,
			       "the connection was cut in the middle%s%s",
			       words->len > 0 ? ": " : "", buf_text(words));
	if (pkt.kind == PKT_FLUSH)
		return 0;
	if (pkt.len > 4 && memcmp(pkt.data, "ERR ", 4) == 0) {
		said_error(&pkt, err);
		return err->code = ERR_MISSING;
	}
	switch (pkt.len > 0 ? pkt.data[0] : 0) {
	case 1:
		if (data != NULL)
			buf_add(data, pkt.data + 1, pkt.len - 1);
		return 1;
	case 2:
		keep_words(words, pkt.data + 1, pkt.len - 1);
		return 1;
	case 3:
		return err_set(err, ERR_CORRUPT, "the hub gave up: %.*s",
			       (int)pkt_line_chomp(&pkt) - 1, pkt.data + 1);
	default:
		return err_set(err, ERR_HUB,
			       "the answer is not in git's protocol");
	}
}
