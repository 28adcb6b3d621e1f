/* checks.c - the two views that every captured edit goes through, _log and
 * _new: who may write what, what a field and a key may hold. Plain SQL, filled
 * in from the schema; what differs from field to field are numbers and words.
 * Knows no table's triggers (capture.c). */
#include "core/log/capture_room.h"

#include <stdio.h>
#include <string.h>

#include "core/log/capture.h"
#include "core/log/change.h"
#include "core/replica/replica.h"
#include "core/schema/definition.h"

/* As they stand in schemas/capture.sql. */
_Static_assert(MARK_KIND == 12 && MARK_ANY == 32768 && MARK_DENIED == 65536 &&
		       MARK_NEVER == 131072 && MARK_ENTITY == 20,
	       "bits of a mark");
_Static_assert(MARK_TEXT == 0 && MARK_BOOL == 1 && MARK_INT == 2 &&
		       MARK_DATE == 3 && MARK_TIME == 4 && MARK_CODE == 5,
	       "kinds");

/* Of one key column; core/merge/apply.c asks the same of other nodes' keys. */
enum { KEY_CHARS = 100, KEY_BYTES = 300 };

#define NOW "CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER)"
#define ROW                                                  \
	"iif(NEW.b IS NULL, NEW.a, NEW.a || '/' || NEW.b ||" \
	" coalesce('/' || NEW.c, ''))"

/* --- marks ---------------------------------------------------------------- */

static bool is_office(const char *site)
{
	return strcmp(site, REPLICA_OFFICE) == 0;
}

uint32_t mark_denied(const struct entity *entity, unsigned writers,
		     const char *site)
{
	if (is_office(site) && (writers & WRITER_OFFICE))
		return 0;
	if ((writers & WRITER_OWNER) && entity->owner_key >= 0)
		return MARK_DENIED;
	return MARK_DENIED | MARK_NEVER;
}

static uint32_t field_denied(const struct entity *entity,
			     const struct field *field, const char *site)
{
	return field->retired ? MARK_DENIED | MARK_NEVER
			      : mark_denied(entity, field->writers, site);
}

static uint32_t kind_of(const struct field *field)
{
	switch (field->type) {
	case FIELD_BOOL:
		return MARK_BOOL;
	case FIELD_INT:
		return MARK_INT;
	case FIELD_DATE:
		return MARK_DATE;
	case FIELD_TIME:
		return MARK_TIME;
	case FIELD_CODE:
		return MARK_CODE;
	default:
		return MARK_TEXT;
	}
}

uint32_t mark_of(const struct entity *entity, const struct field *field,
		 const char *site)
{
	bool any = field_defined(field) && field->type != FIELD_UNKNOWN;

	return entity->id << MARK_ENTITY | field->id |
	       kind_of(field) << MARK_KIND | (any ? MARK_ANY : 0u) |
	       field_denied(entity, field, site);
}

bool mark_closed(const struct entity *entity, const char *site)
{
	uint32_t open = ~mark_denied(entity, entity->creators, site);

	for (size_t i = 0; i < entity->n_fields; i++)
		open |= ~field_denied(entity, &entity->fields[i], site);
	return (open & MARK_NEVER) == 0;
}

/* --- what is said --------------------------------------------------------- */

static const char *who_may(const struct field *field)
{
	if (field->retired)
		return "it is not used any more";
	switch (field->writers) {
	case WRITER_OFFICE:
		return "only the office may write it";
	case WRITER_OWNER:
		return "only the row''s own unit may write it";
	default:
		return "only the office and the row''s own unit may write it";
	}
}

static const char *what_is_wrong(const struct field *field)
{
	switch (field->type) {
	case FIELD_INT:
		return "is not a whole number";
	case FIELD_BOOL:
		return "is not 0 or 1";
	case FIELD_DATE:
		return "is not a date like 2022-06-30";
	case FIELD_TIME:
		return "is not a time like 2022-06-30T09:15:00Z";
	case FIELD_CODE:
		return "is not a code of its list (table code)";
	default:
		return "is no text of at most 4 MiB";
	}
}

static void add_arm(struct buf *arms, uint32_t number, const char *entity,
		    const char *words)
{
	buf_addf(arms, "    WHEN %u THEN RAISE(ABORT, '%s: %s')\n", number,
		 entity, words);
}

static void add_field_arm(struct buf *arms, uint32_t mark,
			  const struct entity *entity,
			  const struct field *field, const char *words)
{
	buf_addf(arms, "    WHEN %u THEN RAISE(ABORT, '%s.%s (%s): %s')\n",
		 mark, entity->name, field->name, field->zh, words);
}

/* --- the words of the templates ------------------------------------------- */

struct texts {
	struct buf site;     /* quoted */
	struct buf released; /* is the case a unit's archive */
	struct buf denied_arms, wrong_arms, long_arms;
	struct buf owner; /* the site that owns the row that is written */
	struct buf creator_arms, definition_arms, key_arms, case_arms;
};

static void release_texts(struct texts *texts)
{
	buf_release(&texts->site);
	buf_release(&texts->released);
	buf_release(&texts->denied_arms);
	buf_release(&texts->wrong_arms);
	buf_release(&texts->long_arms);
	buf_release(&texts->owner);
	buf_release(&texts->creator_arms);
	buf_release(&texts->definition_arms);
	buf_release(&texts->key_arms);
	buf_release(&texts->case_arms);
}

/* A unit writes nothing to a case that was taken back from it. The merge asks
 * the same (access.h), of units that do not know yet. */
static int add_released(struct texts *texts, const struct schema *schema,
			const char *site, struct err *err)
{
	const struct entity *assignment = schema->assignment;
	const struct word words[] = {{"assignment", assignment->name},
				     {"case", assignment->keys[0]},
				     {"unit",
				      assignment->keys[assignment->owner_key]},
				     {"site", buf_text(&texts->site)}};

	return is_office(site) ? 0
			       : capture_fill(&texts->released, "released",
					      words, 4, err);
}

static void add_field_arms(struct texts *texts, const struct entity *entity,
			   const char *site)
{
	for (size_t i = 0; i < entity->n_fields; i++) {
		const struct field *field = &entity->fields[i];
		uint32_t mark = mark_of(entity, field, site);

		if (mark & MARK_DENIED)
			add_field_arm(&texts->denied_arms, mark, entity, field,
				      who_may(field));
		if (!(mark & MARK_NEVER) &&
		    (kind_of(field) != MARK_TEXT || (mark & MARK_ANY)))
			add_field_arm(&texts->wrong_arms, mark, entity, field,
				      what_is_wrong(field));
	}
	add_arm(&texts->long_arms, entity->id, entity->name,
		"a text is larger than 4 MiB");
}

/* `WHEN e THEN key column` of the row that is written. */
static void add_owner(struct texts *texts, const struct entity *entity)
{
	if (entity->owner_key >= 0)
		buf_addf(&texts->owner, " WHEN %u THEN NEW.%c", entity->id,
			 "abc"[entity->owner_key]);
}

static void add_creator_arm(struct texts *texts, const struct entity *entity,
			    const char *site)
{
	uint32_t denied = mark_denied(entity, entity->creators, site);

	if (denied == 0)
		return;
	buf_addf(&texts->creator_arms, "    WHEN NEW.e = %u", entity->id);
	if (!(denied & MARK_NEVER))
		buf_addf(&texts->creator_arms, " AND NEW.%c IS NOT %s",
			 "abc"[entity->owner_key], buf_text(&texts->site));
	buf_addf(&texts->creator_arms, " THEN RAISE(ABORT, '%s: %s')\n",
		 entity->name,
		 entity->creators == WRITER_OFFICE
			 ? "only the office may add a row"
			 : "only the row''s own unit may add it");
}

/* What definition_fault says, where plain SQL can ask it. */
static void add_definition_arm(struct texts *texts, const struct entity *entity)
{
	buf_addf(&texts->definition_arms,
		 "    WHEN NEW.e = %u AND (NEW.b NOT GLOB '[a-z]*'"
		 " OR NEW.b GLOB '*[^a-z0-9_]*' OR length(NEW.b) > %d"
		 " OR NEW.b IN (" DEFINITION_WORDS ") OR NOT EXISTS (SELECT 1"
		 " FROM _entity e WHERE e.name = NEW.a AND NOT"
		 " instr(' ' || e.keys || ' ', ' ' || NEW.b || ' ')))"
		 " THEN RAISE(ABORT, '%s: no such entity, or the name is not"
		 " a-z, then a-z 0-9 _')\n",
		 entity->id, DEFINITION_NAME_MAX, entity->name);
}

static void add_row_arms(struct texts *texts, const struct schema *schema,
			 const struct entity *entity, const char *site)
{
	char words[96];

	for (size_t i = 0; i < entity->n_keys; i++) {
		snprintf(words, sizeof(words), "%s cannot be used as a key",
			 entity->keys[i]);
		add_arm(&texts->key_arms, entity->id << 2 | (uint32_t)i,
			entity->name, words);
	}
	add_creator_arm(texts, entity, site);
	if (entity == schema->fields)
		add_definition_arm(texts, entity);
	if (entity->scope == SCOPE_CASE && entity != schema->cases) {
		snprintf(words, sizeof(words), "no such %s here",
			 schema->cases->name);
		add_arm(&texts->case_arms, entity->id, entity->name, words);
	}
}

static int make_texts(struct texts *texts, const struct schema *schema,
		      const char *site, struct err *err)
{
	capture_add_quoted(&texts->site, site);
	buf_adds(&texts->owner, "CASE NEW.m >> 20");
	for (size_t i = 0; i < schema->n_entities; i++) {
		const struct entity *entity = &schema->entities[i];

		add_owner(texts, entity);
		if (mark_closed(entity, site))
			continue;
		add_field_arms(texts, entity, site);
		add_row_arms(texts, schema, entity, site);
	}
	buf_adds(&texts->owner, " END");
	return add_released(texts, schema, site, err);
}

int capture_create_checks(struct db *db, const struct schema *schema,
			  const char *site, struct err *err)
{
	struct texts texts = {.site = BUF_INIT};
	struct buf sql = BUF_INIT;
	const uint32_t numbers[] = {schema->cases->id, CHANGE_VALUE_MAX,
				    CHANGE_ROW_MAX,    CHANGE_CASE_MAX,
				    KEY_CHARS,	       KEY_BYTES};
	char number[sizeof(numbers) / sizeof(numbers[0])][16];
	int rc = make_texts(&texts, schema, site, err);

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		snprintf(number[i], sizeof(number[i]), "%u", numbers[i]);
	const struct word words[] = {
		{"site", buf_text(&texts.site)},
		{"released", buf_text(&texts.released)},
		{"denied_arms", buf_text(&texts.denied_arms)},
		{"wrong_arms", buf_text(&texts.wrong_arms)},
		{"long_arms", buf_text(&texts.long_arms)},
		{"owner", buf_text(&texts.owner)},
		{"creator_arms", buf_text(&texts.creator_arms)},
		{"definition_arms", buf_text(&texts.definition_arms)},
		{"key_arms", buf_text(&texts.key_arms)},
		{"case_arms", buf_text(&texts.case_arms)},
		{"cases", number[0]},
		{"case_table", schema->cases->name},
		{"case_key", schema->cases->keys[0]},
		{"most", number[1]},
		{"row_most", number[2]},
		{"case_most", number[3]},
		{"key_chars", number[4]},
		{"key_bytes", number[5]},
		{"row", ROW},
		{"now", NOW}};
	if (rc == 0)
		rc = capture_fill(&sql, "checks", words,
				  sizeof(words) / sizeof(words[0]), err);
	if (rc == 0)
		rc = capture_run(db, &sql, err);
	if (rc < 0)
		err_wrap(err, "the checks of what is edited");
	buf_release(&sql);
	release_texts(&texts);
	return rc;
}
