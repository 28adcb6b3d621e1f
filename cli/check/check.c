/* check.c - what an office looks for before a reply goes out.
 * Knows findings and their order; each check stands in a file beside. */
#include "cli/check/check.h"

#include <stdlib.h>
#include <string.h>

#include "cli/check/check_room.h"

const char *check_severity_name(enum check_severity severity)
{
	static const char *const names[] = {"hint", "warning", "error"};

	return names[severity];
}

static void finding_release(struct check_finding *finding)
{
	free(finding->key);
	free(finding->message);
	free(finding->unit);
	free(finding->other);
}

void check_list_release(struct check_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		finding_release(&list->items[i]);
	free(list->items);
	memset(list, 0, sizeof(*list));
}

/* Puts words in the places of a message. */
static void fill(struct buf *out, const struct check_said *said)
{
	const struct {
		const char *place, *words;
	} places[] = {{"{unit}",
		       said->unit_name ? said->unit_name : said->unit},
		      {"{1}", said->one},
		      {"{2}", said->two}};
	const char *at = said->message;

	while (*at) {
		size_t i = 0;

		while (i < 3 && strncmp(at, places[i].place,
					strlen(places[i].place)) != 0)
			i++;
		if (i < 3) {
			buf_adds(out, places[i].words ? places[i].words : "");
			at += strlen(places[i].place);
		} else {
			buf_addc(out, *at++);
		}
	}
}

static bool copy(char **out, const char *text)
{
	*out = text ? strdup(text) : NULL;
	return *out || !text;
}

int check_say(struct check *check, const struct check_said *said)
{
	struct check_list *list = check->list;
	struct check_finding *finding;
	struct buf message = BUF_INIT;

	if (list->n == list->cap) {
		size_t cap = list->cap ? list->cap * 2 : 32;
		struct check_finding *more =
			reallocarray(list->items, cap, sizeof(*more));

		if (!more)
			return err_nomem(check->err);
		list->items = more;
		list->cap = cap;
	}
	finding = &list->items[list->n];
	memset(finding, 0, sizeof(*finding));
	finding->check = said->check;
	finding->severity = said->severity;
	fill(&message, said);
	finding->message = buf_take(&message);
	if (!copy(&finding->key, said->key) ||
	    !copy(&finding->unit, said->unit) ||
	    !copy(&finding->other, said->other) || !finding->message) {
		finding_release(finding);
		return err_nomem(check->err);
	}
	list->n++;
	list->count[said->severity]++;
	return 0;
}

/* Keys as people count: by session, then 2 before 14. */
static int by_key(const char *a, const char *b)
{
	const char *x = strrchr(a, '-');
	const char *y = strrchr(b, '-');
	size_t n = x ? (size_t)(x - a) : 0;
	size_t m = y ? (size_t)(y - b) : 0;
	size_t least = n < m ? n : m;
	int order = strncmp(a, b, least);

	if (order == 0 && n != m)
		order = n < m ? -1 : 1;
	if (order == 0 && strlen(a) != strlen(b))
		order = strlen(a) < strlen(b) ? -1 : 1;
	return order != 0 ? order : strcmp(a, b);
}

static int by_case(const void *a, const void *b)
{
	const struct check_finding *x = a;
	const struct check_finding *y = b;
	int order = by_key(x->key, y->key);

	if (order == 0 && x->severity != y->severity)
		order = x->severity > y->severity ? -1 : 1;
	if (order == 0)
		order = strcmp(x->check, y->check);
	if (order == 0)
		order = strcmp(x->message, y->message);
	return order;
}

static void release_replies(struct check *check)
{
	for (size_t i = 0; i < check->n_replies; i++) {
		struct check_reply *reply = &check->replies[i];
		char *owned[] = {reply->key,	    reply->title,
				 reply->case_no,    reply->unit,
				 reply->unit_name,  reply->text,
				 reply->class_code, reply->doc_no};

		for (size_t j = 0; j < sizeof(owned) / sizeof(owned[0]); j++)
			free(owned[j]);
	}
	free(check->replies);
}

int check_run(struct check_list *out, struct replica *replica, const char *key,
	      struct err *err)
{
	struct check check = {
		.list = out, .replica = replica, .key = key, .err = err};
	int rc;

	memset(out, 0, sizeof(*out));
	rc = check_begin(&check);
	if (rc == 0)
		rc = check_rules(&check);
	if (rc == 0)
		rc = check_dates(&check);
	if (rc == 0)
		rc = check_bound(&check);
	if (rc == 0)
		rc = check_replies(&check);
	if (rc == 0 && out->n > 0)
		qsort(out->items, out->n, sizeof(*out->items), by_case);
	release_replies(&check);
	return rc;
}
