/* diff.c - Myers' greedy O(ND) difference (Algorithmica 1, 1986), bounded.
 * Knows UTF-8; knows no field and no colour. */
#include "cli/conflict/diff.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/utf8.h"

/* Beyond this many differing characters two texts are simply different. */
enum { MOST = 500, WIDTH = 2 * MOST + 3 };

struct side {
	const char *text;
	int *code;	/* one per character */
	size_t *offset; /* n + 1 of them, in bytes */
	bool *kept;	/* the character is in the other text too */
	int n;
};

struct search {
	struct side old_side;
	struct side new_side;
	int head;   /* characters alike at the beginning */
	int *trace; /* the frontier before each step, WIDTH ints each */
};

static void side_release(struct side *side)
{
	free(side->code);
	free(side->offset);
	free(side->kept);
}

static int side_read(struct side *side, const char *text, size_t len,
		     struct err *err)
{
	size_t at = 0;

	side->text = text;
	side->code = calloc(len + 1, sizeof(*side->code));
	side->offset = calloc(len + 1, sizeof(*side->offset));
	side->kept = calloc(len + 1, sizeof(*side->kept));
	if (!side->code || !side->offset || !side->kept)
		return err_nomem(err);
	while (at < len) {
		side->offset[side->n] = at;
		at += utf8_next(text + at, len - at, &side->code[side->n]);
		side->n++;
	}
	side->offset[side->n] = len;
	return 0;
}

static bool alike(const struct search *s, int x, int y)
{
	return s->old_side.code[x] == s->new_side.code[y];
}

static void keep(struct search *s, int x, int y)
{
	s->old_side.kept[x] = true;
	s->new_side.kept[y] = true;
}

/* One step: the furthest x on each diagonal k with d differences. True once
 * the end is reached. V is indexed by k + MOST + 1. */
static bool step(const struct search *s, int *v, int d, int n, int m)
{
	for (int k = -d; k <= d; k += 2) {
		int *at = &v[k + MOST + 1];
		bool down = k == -d || (k != d && at[-1] < at[1]);
		int x = down ? at[1] : at[-1] + 1;
		int y = x - k;

		while (x < n && y < m && alike(s, s->head + x, s->head + y)) {
			x++;
			y++;
		}
		*at = x;
		if (x >= n && y >= m)
			return true;
	}
	return false;
}

static void walk_back(struct search *s, int d, int n, int m)
{
	int x = n, y = m;

	for (; d >= 0; d--) {
		const int *v = s->trace + (size_t)d * WIDTH + MOST + 1;
		int k = x - y;
		bool down = k == -d || (k != d && v[k - 1] < v[k + 1]);
		int from = down ? v[k + 1] : v[k - 1];
		int from_y = from - (down ? k + 1 : k - 1);

		while (d > 0 ? (x > from && y > from_y) : (x > 0 && y > 0)) {
			x--;
			y--;
			keep(s, s->head + x, s->head + y);
		}
		x = from;
		y = from_y;
	}
}

/* Finds what the middles have in common; nothing if they differ too much. */
static int search_middle(struct search *s, int n, int m, struct err *err)
{
	int *v = calloc(WIDTH, sizeof(*v));
	int d = 0;
	bool found = false;

	s->trace = malloc((size_t)(MOST + 1) * WIDTH * sizeof(*s->trace));
	if (!v || !s->trace) {
		free(v);
		return err_nomem(err);
	}
	for (; d <= MOST; d++) {
		memcpy(s->trace + (size_t)d * WIDTH, v, WIDTH * sizeof(*v));
		found = step(s, v, d, n, m);
		if (found)
			break;
	}
	free(v);
	if (found)
		walk_back(s, d, n, m);
	return 0;
}

static int find_common(struct search *s, struct err *err)
{
	int n = s->old_side.n, m = s->new_side.n;
	int tail = 0;

	while (s->head < n && s->head < m && alike(s, s->head, s->head)) {
		keep(s, s->head, s->head);
		s->head++;
	}
	while (n - tail > s->head && m - tail > s->head &&
	       alike(s, n - tail - 1, m - tail - 1)) {
		tail++;
		keep(s, n - tail, m - tail);
	}
	n -= s->head + tail;
	m -= s->head + tail;
	return n > 0 && m > 0 ? search_middle(s, n, m, err) : 0;
}

static int run_end(const struct side *side, int at, bool kept)
{
	while (at < side->n && side->kept[at] == kept)
		at++;
	return at;
}

/* A lone character that agrees in the midst of differences says nothing. */
static void drop_splinters(struct search *s)
{
	int x = 0, y = 0;

	while (x < s->old_side.n || y < s->new_side.n) {
		int x2 = run_end(&s->old_side, x, false);
		int y2 = run_end(&s->new_side, y, false);
		bool differs = x2 > x || y2 > y;
		int x3 = run_end(&s->old_side, x2, true);
		int run = x3 - x2;

		/* Kept runs pair up only if no difference parts them on one
		 * side: the shorter run counts. */
		int y3 = run_end(&s->new_side, y2, true);

		if (y3 - y2 < run)
			run = y3 - y2;
		if (differs && run == 1 && x2 + 1 < s->old_side.n &&
		    y2 + 1 < s->new_side.n) {
			s->old_side.kept[x2] = false;
			s->new_side.kept[y2] = false;
		} else {
			x = x2 + run;
			y = y2 + run;
		}
	}
}

static void tell(const struct side *side, int from, int to, enum diff_kind kind,
		 diff_fn *fn, void *ctx)
{
	size_t start = side->offset[from];

	if (to > from)
		fn(kind, side->text + start, side->offset[to] - start, ctx);
}

static void tell_all(const struct search *s, diff_fn *fn, void *ctx)
{
	int x = 0, y = 0;

	while (x < s->old_side.n || y < s->new_side.n) {
		int x2 = run_end(&s->old_side, x, false);
		int y2 = run_end(&s->new_side, y, false);
		int run = run_end(&s->old_side, x2, true) - x2;
		int new_run = run_end(&s->new_side, y2, true) - y2;

		if (new_run < run)
			run = new_run;
		tell(&s->old_side, x, x2, DIFF_OLD, fn, ctx);
		tell(&s->new_side, y, y2, DIFF_NEW, fn, ctx);
		tell(&s->old_side, x2, x2 + run, DIFF_SAME, fn, ctx);
		x = x2 + run;
		y = y2 + run;
	}
}

int diff_characters(const char *old_text, size_t old_len, const char *new_text,
		    size_t new_len, diff_fn *fn, void *ctx, struct err *err)
{
	struct search s = {0};
	int rc = side_read(&s.old_side, old_text, old_len, err);

	if (rc == 0)
		rc = side_read(&s.new_side, new_text, new_len, err);
	if (rc == 0)
		rc = find_common(&s, err);
	if (rc == 0) {
		drop_splinters(&s);
		tell_all(&s, fn, ctx);
	}
	side_release(&s.old_side);
	side_release(&s.new_side);
	free(s.trace);
	return rc;
}
