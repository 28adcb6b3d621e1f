/* passage.c - passages that stand in the texts of two different units.
 * A pure function of texts; knows no proposal and no replica. */
#include "cli/check/passage.h"

#include <stdlib.h>
#include <string.h>

#include "cli/import/scan.h"

/* Runs are sorted a part at a time, by the low bits of their hash, so that
 * memory stays bounded: a part is what this many bytes of text hold. */
enum { PART_BYTES = 8 << 20, PARTS_MAX = 64 };

/* Slots of the table of runs that were asked about, for each byte of theirs:
 * most that are not asked about meet an empty slot. */
enum { WANTED_SLOTS = 8, WANTED_MIN = 1 << 10 };

static const uint64_t BASE = 0x9e3779b97f4a7c15u;

struct gram {
	uint64_t hash;
	uint32_t text;
};

/* A pair's count so far, in a hash table keyed by both indexes. */
struct tally {
	uint64_t pair; /* one << 32 | other; 0 is free: one < other */
	uint32_t shared, rare;
};

struct finder {
	const struct passage_text *texts;
	size_t n_texts;
	size_t *grams_of; /* distinct runs of each text; 0: not counted yet */
	unsigned parts;
	bool *wanted;	     /* by hash: a run of a text that was asked about */
	size_t wanted_slots; /* a power of two; 0: all are */
	size_t common;	     /* see PASSAGE_COMMON */
	uint64_t *runs;	     /* of the text in work, in order: their hashes */
	size_t n_runs, cap_runs;
	struct gram *grams;
	size_t n, cap;
	struct tally *tallies;
	size_t n_tallies, slots; /* slots: a power of two */
};

/* Spreads the sum over all bits (the finalizer of splitmix64). */
static uint64_t mix(uint64_t x)
{
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

static int push(struct finder *finder, struct gram gram, struct err *err)
{
	if (finder->n == finder->cap) {
		size_t cap = finder->cap ? finder->cap * 2 : 1 << 16;
		struct gram *more =
			reallocarray(finder->grams, cap, sizeof(*more));

		if (!more)
			return err_nomem(err);
		finder->grams = more;
		finder->cap = cap;
	}
	finder->grams[finder->n++] = gram;
	return 0;
}

static int make_room(struct finder *finder, size_t n, struct err *err)
{
	uint64_t *more;

	if (n <= finder->cap_runs)
		return 0;
	more = reallocarray(finder->runs, n, sizeof(*more));
	if (!more)
		return err_nomem(err);
	finder->runs = more;
	finder->cap_runs = n;
	return 0;
}

/* The runs of one text, into finder->runs. */
static int read_runs(struct finder *finder, size_t index, struct err *err)
{
	struct scan scan = scan_text(finder->texts[index].text);
	uint32_t last[PASSAGE_GRAM] = {0};
	uint64_t lead = 1, sum = 0;

	finder->n_runs = 0;
	if (make_room(finder, scan_len(&scan), err) < 0)
		return err->code;
	for (int i = 0; i < PASSAGE_GRAM; i++)
		lead *= BASE;
	for (size_t i = 0; scan.at < scan.end;) {
		uint32_t code = (uint32_t)scan_take(&scan);

		if (code == ' ')
			continue;
		sum = sum * BASE + code - lead * last[i % PASSAGE_GRAM];
		last[i++ % PASSAGE_GRAM] = code;
		if (i >= PASSAGE_GRAM)
			finder->runs[finder->n_runs++] = mix(sum);
	}
	return 0;
}

static bool *wanted_at(const struct finder *finder, uint64_t hash)
{
	return &finder->wanted[hash >> 32 & (finder->wanted_slots - 1)];
}

/* Marks what runs of a text are wanted. */
static int want(struct finder *finder, size_t index, struct err *err)
{
	int rc = read_runs(finder, index, err);

	for (size_t i = 0; rc == 0 && i < finder->n_runs; i++)
		*wanted_at(finder, finder->runs[i]) = true;
	return rc;
}

/* Takes the runs of a text that are wanted, or belong to this part. */
static int push_runs(struct finder *finder, size_t index, unsigned part,
		     struct err *err)
{
	int rc = read_runs(finder, index, err);

	for (size_t i = 0; rc == 0 && i < finder->n_runs; i++) {
		struct gram gram = {finder->runs[i], (uint32_t)index};

		if (finder->wanted_slots > 0
			    ? *wanted_at(finder, gram.hash)
			    : gram.hash % finder->parts == part)
			rc = push(finder, gram, err);
	}
	return rc;
}

static int by_hash(const void *a, const void *b)
{
	const struct gram *x = a;
	const struct gram *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return (x->text > y->text) - (x->text < y->text);
}

static struct tally *slot_of(struct tally *tallies, size_t slots, uint64_t pair)
{
	size_t at = (size_t)mix(pair) & (slots - 1);

	while (tallies[at].pair != 0 && tallies[at].pair != pair)
		at = (at + 1) & (slots - 1);
	return &tallies[at];
}

static int grow(struct finder *finder, struct err *err)
{
	size_t slots = finder->slots ? finder->slots * 2 : 1 << 12;
	struct tally *more = calloc(slots, sizeof(*more));

	if (!more)
		return err_nomem(err);
	for (size_t i = 0; i < finder->slots; i++) {
		if (finder->tallies[i].pair != 0)
			*slot_of(more, slots, finder->tallies[i].pair) =
				finder->tallies[i];
	}
	free(finder->tallies);
	finder->tallies = more;
	finder->slots = slots;
	return 0;
}

static int count_pair(struct finder *finder, uint32_t one, uint32_t other,
		      bool rare, struct err *err)
{
	uint64_t pair = (uint64_t)one << 32 | other;
	struct tally *tally;
	int rc = 0;

	if ((!finder->texts[one].asked && !finder->texts[other].asked) ||
	    strcmp(finder->texts[one].unit, finder->texts[other].unit) == 0 ||
	    strcmp(finder->texts[one].key, finder->texts[other].key) == 0)
		return 0;
	if (finder->n_tallies * 2 >= finder->slots)
		rc = grow(finder, err);
	if (rc < 0)
		return rc;
	tally = slot_of(finder->tallies, finder->slots, pair);
	finder->n_tallies += tally->pair == 0;
	tally->pair = pair;
	tally->shared++;
	tally->rare += rare;
	return 0;
}

/* Grams [from, to) are one run of characters, each text once. */
static int count_pairs(struct finder *finder, const struct gram *grams,
		       size_t n, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < n && finder->wanted_slots == 0; i++)
		finder->grams_of[grams[i].text]++;
	if (n > finder->common)
		return 0;
	for (size_t i = 0; i < n; i++)
		for (size_t j = i + 1; rc == 0 && j < n; j++)
			rc = count_pair(finder, grams[i].text, grams[j].text,
					n <= PASSAGE_RARE, err);
	return rc;
}

/* Sorted, each run of each text once. */
static void sort_grams(struct finder *finder)
{
	size_t kept = 0;

	if (finder->n == 0)
		return;
	qsort(finder->grams, finder->n, sizeof(*finder->grams), by_hash);
	for (size_t i = 1; i < finder->n; i++)
		if (by_hash(&finder->grams[kept], &finder->grams[i]) != 0)
			finder->grams[++kept] = finder->grams[i];
	finder->n = kept + 1;
}

static int count_part(struct finder *finder, unsigned part, struct err *err)
{
	int rc = 0;

	finder->n = 0;
	for (size_t i = 0; rc == 0 && i < finder->n_texts; i++)
		rc = push_runs(finder, i, part, err);
	if (rc < 0)
		return rc;
	sort_grams(finder);
	for (size_t from = 0, to; rc == 0 && from < finder->n; from = to) {
		to = from + 1;
		while (to < finder->n &&
		       finder->grams[to].hash == finder->grams[from].hash)
			to++;
		rc = count_pairs(finder, finder->grams + from, to - from, err);
	}
	return rc;
}

static int by_value(const void *a, const void *b)
{
	const uint64_t *x = a;
	const uint64_t *y = b;

	return (*x > *y) - (*x < *y);
}

/* Where not all runs were kept: how many different ones a text has. */
static int count_text(struct finder *finder, size_t index, struct err *err)
{
	size_t *count = &finder->grams_of[index];
	int rc = *count > 0 ? 0 : read_runs(finder, index, err);

	if (rc < 0 || *count > 0 || finder->n_runs == 0)
		return rc;
	qsort(finder->runs, finder->n_runs, sizeof(*finder->runs), by_value);
	*count = 1;
	for (size_t i = 1; i < finder->n_runs; i++)
		*count += finder->runs[i] != finder->runs[i - 1];
	return 0;
}

static int count_texts(struct finder *finder, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < finder->slots; i++) {
		uint64_t pair = finder->tallies[i].pair;

		if (pair == 0)
			continue;
		rc = count_text(finder, (size_t)(pair >> 32), err);
		if (rc == 0)
			rc = count_text(finder, (uint32_t)pair, err);
	}
	return rc;
}

/* Is it a passage, or the odd phrase that two texts have in common? */
static bool tells(struct passage_pair *pair, const struct finder *finder,
		  const struct tally *tally)
{
	size_t shorter;

	pair->one = (size_t)(tally->pair >> 32);
	pair->other = (size_t)(tally->pair & UINT32_MAX);
	pair->shared = tally->shared;
	shorter = finder->grams_of[pair->one];
	if (finder->grams_of[pair->other] < shorter)
		shorter = finder->grams_of[pair->other];
	pair->containment = (double)tally->shared / (double)shorter;
	return tally->rare >= PASSAGE_RARE_MIN ||
	       (tally->shared >= PASSAGE_RUNS_MIN &&
		pair->containment >= PASSAGE_CONTAINED);
}

static int by_place(const void *a, const void *b)
{
	const struct passage_pair *x = a;
	const struct passage_pair *y = b;

	if (x->one != y->one)
		return x->one < y->one ? -1 : 1;
	return (x->other > y->other) - (x->other < y->other);
}

static int choose(struct passage_pair **out, size_t *n,
		  const struct finder *finder, struct err *err)
{
	struct passage_pair pair;
	struct passage_pair *pairs =
		calloc(finder->n_tallies + 1, sizeof(*pairs));

	if (!pairs)
		return err_nomem(err);
	for (size_t i = 0; i < finder->slots; i++) {
		if (finder->tallies[i].pair != 0 &&
		    tells(&pair, finder, &finder->tallies[i]))
			pairs[(*n)++] = pair;
	}
	qsort(pairs, *n, sizeof(*pairs), by_place);
	*out = pairs;
	return 0;
}

/* Whether any text was asked about; where not all were, their runs go into
 * the table, and all fit in one part. */
static int find_wanted(bool *any, struct finder *finder, struct err *err)
{
	size_t bytes = 0, asked_bytes = 0, slots = WANTED_MIN;
	int rc = 0;

	for (size_t i = 0; i < finder->n_texts; i++) {
		size_t len = strlen(finder->texts[i].text);

		bytes += len;
		asked_bytes += finder->texts[i].asked ? len : 0;
		*any |= finder->texts[i].asked;
	}
	finder->parts = bytes / PART_BYTES < PARTS_MAX
				? (unsigned)(bytes / PART_BYTES) + 1
				: PARTS_MAX;
	if (!*any || asked_bytes * WANTED_SLOTS >= bytes)
		return 0;
	while (slots < asked_bytes * WANTED_SLOTS)
		slots *= 2;
	finder->wanted = calloc(slots, sizeof(*finder->wanted));
	if (!finder->wanted)
		return err_nomem(err);
	finder->parts = 1;
	finder->wanted_slots = slots;
	for (size_t i = 0; rc == 0 && i < finder->n_texts; i++)
		if (finder->texts[i].asked)
			rc = want(finder, i, err);
	return rc;
}

int passage_find(struct passage_pair **out, size_t *n,
		 const struct passage_text *texts, size_t n_texts,
		 struct err *err)
{
	struct finder finder = {.texts = texts, .n_texts = n_texts};
	bool any = false;
	int rc;

	*out = NULL;
	*n = 0;
	if (n_texts > UINT32_MAX)
		return err_set(err, ERR_INPUT, "too many texts");
	/* Of a few texts every one may hold the passage. */
	finder.common = PASSAGE_COMMON;
	finder.grams_of = calloc(n_texts + 1, sizeof(*finder.grams_of));
	if (!finder.grams_of)
		return err_nomem(err);
	rc = find_wanted(&any, &finder, err);
	for (unsigned part = 0; rc == 0 && any && part < finder.parts; part++)
		rc = count_part(&finder, part, err);
	if (rc == 0)
		rc = count_texts(&finder, err);
	if (rc == 0)
		rc = choose(out, n, &finder, err);
	free(finder.tallies);
	free(finder.runs);
	free(finder.grams);
	free(finder.grams_of);
	free(finder.wanted);
	return rc;
}

/* The characters that count, folded; free(*out). */
static int fold(uint32_t **out, size_t *n, const char *text, struct err *err)
{
	struct scan scan = scan_text(text);

	*n = 0;
	*out = calloc(scan_len(&scan) + 1, sizeof(**out));
	if (!*out)
		return err_nomem(err);
	while (scan.at < scan.end) {
		int code = scan_take(&scan);

		if (code != ' ')
			(*out)[(*n)++] = (uint32_t)code;
	}
	return 0;
}

/* Longest common run of two folded texts: the classical table, two rows at a
 * time. Only ever asked of a pair that is told. */
static int longest(size_t *end, size_t *most, const uint32_t *a, size_t n,
		   const uint32_t *b, size_t m, struct err *err)
{
	uint32_t *row = calloc(m + 1, sizeof(*row));

	if (!row)
		return err_nomem(err);
	for (size_t i = 0; i < n; i++) {
		for (size_t j = m; j > 0; j--) {
			row[j] = a[i] == b[j - 1] ? row[j - 1] + 1 : 0;
			if (row[j] > *most) {
				*most = row[j];
				*end = i + 1;
			}
		}
	}
	free(row);
	return 0;
}

/* The slice of `text` that holds its counted characters [from, to). */
static void slice(const char **at, size_t *len, const char *text, size_t from,
		  size_t to)
{
	struct scan scan = scan_text(text);
	size_t n = 0;

	*at = NULL;
	while (scan.at < scan.end && n < to) {
		const char *here = scan.at;

		if (scan_take(&scan) == ' ')
			continue;
		if (n++ == from)
			*at = here;
	}
	*len = *at ? (size_t)(scan.at - *at) : 0;
}

int passage_longest(const char **at, size_t *len, const char *a, const char *b,
		    struct err *err)
{
	uint32_t *x = NULL, *y = NULL;
	size_t n, m, end = 0, most = 0;
	int rc = fold(&x, &n, a, err);

	*at = NULL;
	*len = 0;
	if (rc == 0)
		rc = fold(&y, &m, b, err);
	if (rc == 0)
		rc = longest(&end, &most, x, n, y, m, err);
	if (rc == 0 && most >= PASSAGE_GRAM)
		slice(at, len, a, end - most, end);
	free(x);
	free(y);
	return rc;
}
