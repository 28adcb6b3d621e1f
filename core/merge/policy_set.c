/* policy_set.c - union of sets: one text, members joined by '、'.
 * Knows members by their bytes, and who had them; no policy, no time, and
 * nothing of what a member means.
 *
 * Every mention of a member is listed, sorted so that mentions of one member
 * stand together, and each such group is judged for itself: n log n, however
 * large the sets are. */
#include "core/merge/policy_set.h"

#include <stdlib.h>
#include <string.h>

static const char separator[] = "、";
enum { SEPARATOR_LEN = sizeof(separator) - 1 };

/* Where a member is mentioned: in the common ancestor, in what a head
 * replaced, or in the head. */
enum place { PLACE_COMMON, PLACE_BASE, PLACE_HEAD };

struct mention {
	const char *bytes; /* borrowed from a value */
	size_t len;
	size_t head;  /* whose, an index; 0 for PLACE_COMMON */
	size_t order; /* in a base: 0, 1, …; SIZE_MAX elsewhere */
	enum place place;
};

struct mentions {
	struct mention *list;
	size_t n;
};

static size_t blank_len(const char *text, size_t len)
{
	static const char wide[] = "\xe3\x80\x80"; /* U+3000 */

	if (len > 0 && (*text == ' ' || (*text >= '\t' && *text <= '\r')))
		return 1;
	if (len >= 3 && memcmp(text, wide, 3) == 0)
		return 3;
	return 0;
}

/* Cuts the first member off *text, without white space around it. */
static void next_member(const char **text, size_t *len, const char **member,
			size_t *member_len)
{
	const char *end = memmem(*text, *len, separator, SEPARATOR_LEN);
	const char *at = *text;
	size_t left = end ? (size_t)(end - at) : *len;
	size_t taken = end ? left + SEPARATOR_LEN : left;

	while (blank_len(at, left) > 0) {
		size_t blank = blank_len(at, left);

		at += blank;
		left -= blank;
	}
	while (left > 0) {
		if (blank_len(at + left - 1, 1) == 1)
			left -= 1;
		else if (left >= 3 && blank_len(at + left - 3, 3) == 3)
			left -= 3;
		else
			break;
	}
	*member = at;
	*member_len = left;
	*text += taken;
	*len -= taken;
}

static size_t count_members(const struct value *value)
{
	const char *text = value->bytes;
	size_t len = value->type == VALUE_TEXT ? value->len : 0;
	size_t n = 0;

	while (len > 0) {
		const char *end = memmem(text, len, separator, SEPARATOR_LEN);
		size_t taken = end ? (size_t)(end - text) + SEPARATOR_LEN : len;

		text += taken;
		len -= taken;
		n++;
	}
	return n;
}

static void list_members(struct mentions *mentions, const struct value *value,
			 enum place place, size_t head)
{
	const char *text = value->bytes;
	size_t len = value->type == VALUE_TEXT ? value->len : 0;

	while (len > 0) {
		struct mention *m = &mentions->list[mentions->n];

		next_member(&text, &len, &m->bytes, &m->len);
		if (m->len == 0)
			continue;
		m->place = place;
		m->head = head;
		m->order = place == PLACE_HEAD ? SIZE_MAX : mentions->n;
		mentions->n++;
	}
}

static int mentions_init(struct mentions *mentions, const struct value *base,
			 const struct policy_head *heads, size_t n,
			 struct err *err)
{
	size_t room = count_members(base);
	size_t i;

	for (i = 0; i < n; i++)
		room += count_members(&heads[i].base) +
			count_members(&heads[i].value);
	mentions->n = 0;
	mentions->list = calloc(room ? room : 1, sizeof(*mentions->list));
	if (!mentions->list)
		return err_nomem(err);
	list_members(mentions, base, PLACE_COMMON, 0);
	for (i = 0; i < n; i++)
		list_members(mentions, &heads[i].base, PLACE_BASE, i);
	for (i = 0; i < n; i++)
		list_members(mentions, &heads[i].value, PLACE_HEAD, i);
	return 0;
}

/* UTF-8 compares by bytes as by code points. */
static int member_compare(const struct mention *a, const struct mention *b)
{
	size_t shorter = a->len < b->len ? a->len : b->len;
	int diff = memcmp(a->bytes, b->bytes, shorter);

	if (diff != 0)
		return diff;
	return (a->len > b->len) - (a->len < b->len);
}

static int by_member(const void *left, const void *right)
{
	const struct mention *a = left;
	const struct mention *b = right;
	int diff = member_compare(a, b);

	if (diff != 0)
		return diff;
	if ((a->place == PLACE_COMMON) != (b->place == PLACE_COMMON))
		return a->place == PLACE_COMMON ? -1 : 1;
	if (a->head != b->head)
		return a->head < b->head ? -1 : 1;
	return (a->order > b->order) - (a->order < b->order);
}

static int by_order(const void *left, const void *right)
{
	const struct mention *a = left;
	const struct mention *b = right;

	if (a->order != b->order)
		return a->order < b->order ? -1 : 1;
	return member_compare(a, b);
}

/* Judges the mentions [from, to) of one member: true if it stays; its first
 * place in a base is then in *order. */
static bool stays(const struct mention *list, size_t from, size_t to,
		  size_t n_heads, size_t *order)
{
	bool common = false, present = false, taken = false, added = false;
	size_t known = 0, i = from;

	*order = SIZE_MAX;
	for (; i < to && list[i].place == PLACE_COMMON; i++) {
		common = true;
		if (list[i].order < *order)
			*order = list[i].order;
	}
	while (i < to) {
		size_t head = list[i].head;
		bool had = false, has = false;

		for (; i < to && list[i].head == head; i++) {
			had = had || list[i].place == PLACE_BASE;
			has = has || list[i].place == PLACE_HEAD;
			if (list[i].order < *order)
				*order = list[i].order;
		}
		known++;
		present = present || has;
		taken = taken || (had && !has);
		added = added || (has && !had);
	}
	taken = taken || (common && known < n_heads);
	return present && (!taken || added);
}

int policy_set_merge_base(struct buf *out, const struct value *base,
			  const struct policy_head *heads, size_t n,
			  struct err *err)
{
	struct mentions mentions;
	size_t from, to, kept = 0;

	if (mentions_init(&mentions, base, heads, n, err) < 0)
		return err->code;
	qsort(mentions.list, mentions.n, sizeof(*mentions.list), by_member);
	for (from = 0; from < mentions.n; from = to) {
		struct mention first = mentions.list[from];

		for (to = from + 1; to < mentions.n; to++) {
			if (member_compare(&first, &mentions.list[to]) != 0)
				break;
		}
		if (stays(mentions.list, from, to, n, &first.order))
			mentions.list[kept++] = first;
	}
	qsort(mentions.list, kept, sizeof(*mentions.list), by_order);
	for (from = 0; from < kept; from++) {
		if (from > 0)
			buf_add(out, separator, SEPARATOR_LEN);
		buf_add(out, mentions.list[from].bytes,
			mentions.list[from].len);
	}
	free(mentions.list);
	return buf_check(out, err);
}

int policy_set_merge(struct buf *out, const struct policy_head *heads, size_t n,
		     struct err *err)
{
	const struct value none = {.type = VALUE_NULL};

	return policy_set_merge_base(out, &none, heads, n, err);
}
