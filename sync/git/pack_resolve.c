/* pack_resolve.c - the objects of a pack that came, made and named.
 *
 * Objects made from others are a forest; it is walked down from each whole
 * one, with the way down kept in memory as far as there is room. */
#include "sync/git/pack_resolve.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/deflate.h"
#include "sync/git/pack_delta.h"
#include "sync/git/packs.h"

enum { DELTAS_MAX = 32 << 20 /* bytes kept, so as not to inflate twice */ };

void pack_objects_release(struct pack_objects *objects)
{
	free(objects->items);
	free(objects->named);
	buf_release(&objects->deltas);
	*objects = (struct pack_objects){.fd = -1};
}

/* --- what came ------------------------------------------------------------ */

/* Room for one more of n; NULL: there is none. */
static void *grow(void *items, int32_t n, int32_t *cap, size_t size)
{
	int32_t wanted = *cap > 0 ? *cap * 2 : 64;
	void *grown;

	if (n < *cap)
		return items;
	grown = realloc(items, (size_t)wanted * size);
	if (grown != NULL)
		*cap = wanted;
	return grown;
}

static struct pack_object *append(struct pack_objects *objects,
				  const struct pack_scan_entry *entry,
				  struct err *err)
{
	uint64_t most = PACK_OBJECTS_FREE + entry->offset / PACK_OBJECT_LEAST;
	int32_t room = most < PACK_OBJECTS_MAX ? (int32_t)most
					       : PACK_OBJECTS_MAX;
	struct pack_object *items;

	if (objects->n >= room) {
		err_set(err, ERR_CORRUPT,
			"a pack of more than %d objects in %llu bytes", room,
			(unsigned long long)entry->offset);
		return NULL;
	}
	items = grow(objects->items, objects->n, &objects->cap, sizeof(*items));
	if (items == NULL) {
		err_nomem(err);
		return NULL;
	}
	objects->items = items;
	items[objects->n] = (struct pack_object){
		.offset = (uint32_t)entry->offset,
		.crc = entry->crc,
		.size = (uint32_t)entry->size,
		.base = PACK_OBJECT_NONE,
		.child = PACK_OBJECT_NONE,
		.next = PACK_OBJECT_NONE,
		.head = (uint8_t)entry->head,
		.is_delta = entry->type == PACK_OFFSET_DELTA ||
			    entry->type == PACK_NAME_DELTA};
	return &items[objects->n++];
}

static void link_child(struct pack_objects *objects, int32_t base,
		       int32_t number)
{
	struct pack_object *object = &objects->items[number];

	object->base = base;
	object->next = objects->items[base].child;
	objects->items[base].child = number;
}

/* Those before the last one stand in the order of their offsets. */
static int link_offset(struct pack_objects *objects, uint64_t offset,
		       struct err *err)
{
	int32_t low = 0;
	int32_t high = objects->n - 1;

	while (low < high) {
		int32_t middle = low + (high - low) / 2;

		if (objects->items[middle].offset < offset)
			low = middle + 1;
		else
			high = middle;
	}
	if (objects->items[low].offset != offset)
		return err_set(err, ERR_CORRUPT,
			       "a delta to where no object begins");
	link_child(objects, low, objects->n - 1);
	return 0;
}

static int note_named(struct pack_objects *objects, const struct oid *base,
		      struct err *err)
{
	struct pack_named *named = grow(objects->named, objects->n_named,
					&objects->cap_named, sizeof(*named));

	if (named == NULL)
		return err_nomem(err);
	objects->named = named;
	named[objects->n_named++] = (struct pack_named){*base, objects->n - 1};
	return 0;
}

static int keep_delta(struct pack_objects *objects, struct pack_object *object,
		      const struct buf *body, struct err *err)
{
	if (objects->deltas.len + body->len > DELTAS_MAX)
		return 0;
	object->kept = (uint32_t)objects->deltas.len + 1;
	buf_add(&objects->deltas, buf_text(body), body->len);
	return buf_check(&objects->deltas, err);
}

int pack_objects_add(const struct pack_scan_entry *entry,
		     const struct buf *body, void *ctx, struct err *err)
{
	struct pack_objects *objects = ctx;
	struct pack_object *object = append(objects, entry, err);
	int rc;

	if (object == NULL)
		return err->code;
	if (!object->is_delta) {
		object->kind = (uint8_t)entry->type;
		return object_name(&object->oid, (enum object_kind)entry->type,
				   buf_text(body), body->len,
				   OBJECT_FROM_OTHERS, err);
	}
	rc = keep_delta(objects, object, body, err);
	if (rc < 0)
		return rc;
	return entry->type == PACK_OFFSET_DELTA
		       ? link_offset(objects, entry->base, err)
		       : note_named(objects, &entry->named, err);
}

/* --- the way down ---------------------------------------------------------- */

/* One on the way down: what it holds is there or was let go. */
struct step {
	int32_t number;
	int32_t next; /* of those made from it, to be made */
	bool there;
	uint64_t work; /* bytes it takes to be read, as packs.h counts them */
	struct buf bytes;
};

struct way {
	struct pack_objects *objects;
	enum object_kind kind;
	size_t n;
	uint64_t held; /* bytes */
	struct buf delta;
	struct step steps[PACKS_DEPTH_MAX];
};

static int by_base(const void *a, const void *b)
{
	const struct pack_named *x = a;
	const struct pack_named *y = b;
	int order = memcmp(&x->base, &y->base, OID_SIZE);

	return order != 0 ? order
			  : (x->number > y->number) - (x->number < y->number);
}

/* Those made from what has this name are linked to it, unless they are to
 * another of the name. */
static void link_named(struct pack_objects *objects, int32_t number)
{
	const struct oid *oid = &objects->items[number].oid;
	int32_t low = 0;
	int32_t high = objects->n_named;

	while (low < high) {
		int32_t middle = low + (high - low) / 2;

		if (memcmp(&objects->named[middle].base, oid, OID_SIZE) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < objects->n_named &&
	       oid_equal(&objects->named[low].base, oid);
	     low++) {
		int32_t child = objects->named[low].number;

		int32_t linked = objects->items[child].base;

		if (linked != PACK_OBJECT_NONE) {
			objects->items[number].is_spare = linked >=
							  objects->came;
			return; /* all of them are, to another */
		}
		link_child(objects, number, child);
	}
}

static int read_at(void *out, int fd, uint64_t at, size_t len, struct err *err)
{
	char *to = out;

	while (len > 0) {
		ssize_t n = pread(fd, to, len, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? err_errno(err, "read the pack")
				     : err_set(err, ERR_FAIL,
					       "the pack was cut meanwhile");
		to += n;
		at += (uint64_t)n;
		len -= (size_t)n;
	}
	return 0;
}

/* What its stream holds, read again; it was whole when it came. */
static int inflate_again(struct buf *out, const struct pack_objects *objects,
			 int32_t number, struct err *err)
{
	const struct pack_object *object = &objects->items[number];
	uint64_t end = number + 1 < objects->n ? object[1].offset
					       : objects->end;
	uint64_t data = (uint64_t)object->offset + object->head;
	size_t len = (size_t)(end - data);
	unsigned char *packed = malloc(len + 1);
	bool ended = false;
	size_t made = 0;
	char *room;
	int rc;

	buf_clear(out);
	/* One byte more: an empty one needs a place, too. */
	room = buf_extend(out, (size_t)object->size + 1);
	rc = packed == NULL || room == NULL
		     ? err_nomem(err)
		     : read_at(packed, objects->fd, data, len, err);
	if (rc == 0)
		rc = deflate_front(&made, &ended, room, object->size + 1UL,
				   packed, len, err);
	if (rc == 0 && (!ended || made != object->size))
		rc = err_set(err, ERR_FAIL, "the pack changed meanwhile");
	if (room != NULL)
		buf_truncate(out, object->size);
	free(packed);
	return rc;
}

/* Turns what the base holds into what the object does. */
static int make(struct buf *out, struct way *way, int32_t number,
		const struct buf *base, struct err *err)
{
	const struct pack_object *object = &way->objects->items[number];
	int rc = 0;

	if (object->kept > 0) {
		buf_clear(&way->delta);
		buf_add(&way->delta,
			way->objects->deltas.data + object->kept - 1,
			object->size);
		rc = buf_check(&way->delta, err);
	} else {
		rc = inflate_again(&way->delta, way->objects, number, err);
	}
	if (rc < 0)
		return rc;
	return pack_delta_apply(out, base, &way->delta,
				pack_size_limit((enum pack_type)way->kind),
				err);
}

static void hold(struct way *way, struct step *step)
{
	step->there = true;
	way->held += step->bytes.len;
}

static void let_go(struct way *way, struct step *step)
{
	if (step->there)
		way->held -= step->bytes.len;
	step->there = false;
	buf_release(&step->bytes);
}

/* The last two stay, and what is nearest to them. */
static void make_room(struct way *way)
{
	for (size_t i = 0; way->held > PACK_RESOLVE_KEPT && i + 2 < way->n; i++)
		let_go(way, &way->steps[i]);
}

static int too_much_work(struct err *err)
{
	return err_set(err, ERR_CORRUPT,
		       "a pack whose objects take more work to be made than "
		       "any lawful ones");
}

/* (S2) */
static int count_again(struct way *way, size_t bytes, struct err *err)
{
	way->objects->again += bytes;
	return way->objects->again <= PACK_RESOLVE_AGAIN ? 0
							 : too_much_work(err);
}

/* The whole one that the way begins with. */
static int recall_first(struct way *way, struct err *err)
{
	struct step *first = &way->steps[0];
	const struct pack_object *object = &way->objects->items[first->number];
	bool again = way->n > 1 || first->next != object->child;
	int rc = again ? count_again(way, object->size, err) : 0;

	if (rc == 0)
		rc = inflate_again(&first->bytes, way->objects, first->number,
				   err);
	hold(way, first);
	return rc;
}

/* What the last step holds is there again: made from the nearest that is. */
static int recall(struct way *way, struct err *err)
{
	size_t last = way->n - 1;
	size_t i = last;
	int rc = 0;

	while (i > 0 && !way->steps[i].there)
		i--;
	if (!way->steps[i].there)
		rc = recall_first(way, err);
	for (; rc == 0 && i < last; i++) {
		struct step *step = &way->steps[i + 1];

		rc = make(&step->bytes, way, step->number, &way->steps[i].bytes,
			  err);
		if (rc == 0)
			rc = count_again(way, step->bytes.len + way->delta.len,
					 err);
		hold(way, step);
		if (way->steps[i].next == PACK_OBJECT_NONE ||
		    way->held > PACK_RESOLVE_KEPT)
			let_go(way, &way->steps[i]);
	}
	return rc;
}

/* `bytes` NULL: not there yet. */
static int push(struct way *way, int32_t number, struct buf *bytes,
		uint64_t work, struct err *err)
{
	struct step *step = &way->steps[way->n];

	if (way->n == PACKS_DEPTH_MAX)
		return err_set(err, ERR_CORRUPT,
			       "an object is made from more than %d others",
			       PACKS_DEPTH_MAX);
	way->n++;
	step->number = number;
	step->next = way->objects->items[number].child;
	step->there = false;
	step->work = work;
	step->bytes = (struct buf)BUF_INIT;
	if (bytes != NULL) {
		step->bytes = *bytes; /* its own now */
		*bytes = (struct buf)BUF_INIT;
		hold(way, step);
	}
	make_room(way);
	return 0;
}

/* Makes the next of the last step, and goes down to it where it leads on. */
static int make_next(struct way *way, struct err *err)
{
	struct step *step = &way->steps[way->n - 1];
	int32_t number = step->next;
	struct pack_object *object = &way->objects->items[number];
	struct buf made = BUF_INIT;
	uint64_t work = step->work + object->size;
	int rc = step->there ? 0 : recall(way, err);

	step->next = object->next;
	if (rc == 0)
		rc = make(&made, way, number, &step->bytes, err);
	work += made.len;
	if (rc == 0 && work > PACKS_WORK_MAX)
		rc = too_much_work(err);
	if (rc == 0)
		rc = object_name(&object->oid, way->kind, buf_text(&made),
				 made.len, OBJECT_FROM_OTHERS, err);
	if (step->next == PACK_OBJECT_NONE)
		let_go(way, step);
	if (rc == 0) {
		object->kind = (uint8_t)way->kind;
		link_named(way->objects, number);
	}
	if (rc == 0 && object->child != PACK_OBJECT_NONE)
		rc = push(way, number, &made, work, err);
	buf_release(&made);
	return rc;
}

/* Makes all that this one, which has its name, leads to. */
static int go_down(struct way *way, int32_t number, struct err *err)
{
	struct pack_objects *objects = way->objects;
	int rc;

	link_named(objects, number);
	if (objects->items[number].child == PACK_OBJECT_NONE)
		return 0;
	way->kind = (enum object_kind)objects->items[number].kind;
	rc = push(way, number, NULL, objects->items[number].size, err);
	while (rc == 0 && way->n > 0) {
		if (way->steps[way->n - 1].next != PACK_OBJECT_NONE)
			rc = make_next(way, err);
		else
			let_go(way, &way->steps[--way->n]);
	}
	while (way->n > 0)
		let_go(way, &way->steps[--way->n]);
	return rc;
}

static int walk(struct pack_objects *objects, int32_t from, struct err *err)
{
	struct way *way = calloc(1, sizeof(*way));
	int rc = way == NULL ? err_nomem(err) : 0;

	if (rc == 0)
		way->objects = objects;
	for (; rc == 0 && from < objects->n; from++)
		if (!objects->items[from].is_delta)
			rc = go_down(way, from, err);
	if (way != NULL)
		buf_release(&way->delta);
	free(way);
	return rc;
}

int pack_objects_resolve(struct pack_objects *objects, struct err *err)
{
	objects->came = objects->n;
	if (objects->n_named > 0)
		qsort(objects->named, (size_t)objects->n_named,
		      sizeof(*objects->named), by_base);
	return walk(objects, 0, err);
}

int pack_objects_resolve_from(struct pack_objects *objects,
			      const struct pack_scan_entry *entry,
			      enum object_kind kind, const struct oid *oid,
			      struct err *err)
{
	struct pack_object *object = append(objects, entry, err);

	if (object == NULL)
		return err->code;
	object->kind = (uint8_t)kind;
	object->oid = *oid;
	return walk(objects, objects->n - 1, err);
}
