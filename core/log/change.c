/* change.c - comparing and printing changes' ids and values.
 * Refuses to know storage, wire and policy. */
#include "core/log/change.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const uint64_t origin_max = INT64_MAX;
static const uint64_t seq_max = ((uint64_t)1 << 40) - 1;

/* Reals are equal where their bits are, so that equal means "the same bytes
 * on the wire": 0.0 and -0.0 differ. */
bool value_equal(const struct value *a, const struct value *b)
{
	if (a->type != b->type)
		return false;
	switch (a->type) {
	case VALUE_NULL:
		return true;
	case VALUE_INT:
		return a->integer == b->integer;
	case VALUE_REAL:
		return memcmp(&a->real, &b->real, sizeof(a->real)) == 0;
	case VALUE_TEXT:
	case VALUE_BLOB:
		return a->len == b->len &&
		       (a->len == 0 || memcmp(a->bytes, b->bytes, a->len) == 0);
	}
	return false;
}

bool change_id_equal(struct change_id a, struct change_id b)
{
	return a.origin == b.origin && a.seq == b.seq;
}

int change_id_compare(struct change_id a, struct change_id b)
{
	if (a.origin != b.origin)
		return a.origin < b.origin ? -1 : 1;
	if (a.seq != b.seq)
		return a.seq < b.seq ? -1 : 1;
	return 0;
}

void change_id_format(char out[CHANGE_ID_TEXT], struct change_id id)
{
	(void)snprintf(out, CHANGE_ID_TEXT, "%016" PRIx64 ":%" PRIu64,
		       id.origin, id.seq);
}

/* The first 16 characters as lower-case hexadecimal digits. */
static bool parse_origin(uint64_t *out, const char *text)
{
	uint64_t origin = 0;

	for (int i = 0; i < 16; i++) {
		char c = text[i];

		if (c >= '0' && c <= '9')
			origin = origin << 4 | (uint64_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			origin = origin << 4 | (uint64_t)(c - 'a' + 10);
		else
			return false;
	}
	if (origin == 0 || origin > origin_max)
		return false;
	*out = origin;
	return true;
}

bool change_id_parse(struct change_id *out, const char *text)
{
	struct change_id id = {0, 0};

	if (!parse_origin(&id.origin, text) || text[16] != ':')
		return false;
	text += 17;
	if (*text < '1' || *text > '9')
		return false;
	for (; *text >= '0' && *text <= '9'; text++) {
		id.seq = id.seq * 10 + (uint64_t)(*text - '0');
		if (id.seq > seq_max)
			return false;
	}
	if (*text != '\0')
		return false;
	*out = id;
	return true;
}

void change_origin_format(char out[17], uint64_t origin)
{
	(void)snprintf(out, 17, "%016" PRIx64, origin);
}

bool change_origin_parse(uint64_t *out, const char *hex16)
{
	uint64_t origin;

	if (!parse_origin(&origin, hex16) || hex16[16] != '\0')
		return false;
	*out = origin;
	return true;
}

struct value value_text(const char *terminated)
{
	struct value value = {.type = VALUE_NULL};

	if (!terminated)
		return value;
	value.type = VALUE_TEXT;
	value.bytes = terminated;
	value.len = strlen(terminated);
	return value;
}

struct value value_int(int64_t integer)
{
	struct value value = {.type = VALUE_INT, .integer = integer};

	return value;
}
