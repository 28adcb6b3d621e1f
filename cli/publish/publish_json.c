/* publish_json.c - the publication for other programs: stable keys.
 * Knows the document's shape; reads no replica. */
#include "cli/publish/publish.h"

#include <string.h>

#include "cli/terminal/json_out.h"

/* A figure nobody entered is null, never 0. */
static void add_figure(struct json_out *json, const char *key, int64_t figure)
{
	if (figure == PUBLISH_UNSTATED)
		json_out_null(json, key);
	else
		json_out_int(json, key, figure);
}

static void add_text(struct json_out *json, const char *key, const char *text)
{
	if (text[0] == '\0')
		json_out_null(json, key);
	else
		json_out_text(json, key, text);
}

static void add_session(struct json_out *json,
			const struct publication *publication)
{
	json_out_object(json, "session");
	json_out_text(json, "key", publication->session);
	add_text(json, "committee", publication->committee);
	add_text(json, "name", publication->meeting);
	add_text(json, "headline", publication->headline);
	json_out_end(json);
}

static void add_counts(struct json_out *json, const char *key,
		       const struct publish_count *counts, size_t n)
{
	json_out_object(json, key);
	for (size_t i = 0; i < n; i++)
		json_out_int(json,
			     counts[i].code[0] != '\0' ? counts[i].code
						       : counts[i].name,
			     (int64_t)counts[i].total);
	json_out_end(json);
}

static void add_figures(struct json_out *json,
			const struct publication *publication)
{
	json_out_object(json, "figures");
	add_figure(json, "received", publication->received);
	add_figure(json, "filed", publication->filed);
	json_out_int(json, "key", (int64_t)publication->key);
	add_figure(json, "led", publication->led);
	add_figure(json, "supervised", publication->supervised);
	json_out_int(json, "replied", (int64_t)publication->replied);
	json_out_int(json, "withheld", (int64_t)publication->withheld);
	json_out_object(json, "by_class");
	for (size_t at = 0; at < publication->n_classes; at++)
		json_out_int(json, publication->classes[at].code,
			     (int64_t)publication->classes[at].count);
	json_out_end(json);
	add_counts(json, "by_unit", publication->units, publication->n_units);
	add_counts(json, "by_sector", publication->sectors,
		   publication->n_sectors);
	json_out_end(json);
}

static const char *class_code(const struct publication *publication, size_t at)
{
	return at < publication->n_classes ? publication->classes[at].code : "";
}

static void add_unit(struct json_out *json,
		     const struct publication *publication,
		     const struct publish_unit *unit)
{
	json_out_object(json, NULL);
	json_out_text(json, "unit", unit->code);
	json_out_text(json, "name", unit->name);
	add_text(json, "role", unit->role);
	add_text(json, "class", class_code(publication, unit->class_at));
	add_text(json, "doc_no", unit->doc_no);
	add_text(json, "signed_at", unit->signed_at);
	add_text(json, "reply", unit->text);
	json_out_end(json);
}

/* Only where the office has added fields that it publishes. */
static void add_more(struct json_out *json, const struct publish_case *one)
{
	if (one->n_more == 0)
		return;
	json_out_array(json, "more");
	for (size_t i = 0; i < one->n_more; i++) {
		json_out_object(json, NULL);
		json_out_text(json, "name", one->more[i].field->name);
		json_out_text(json, "label", one->more[i].field->label);
		add_text(json, "unit", one->more[i].unit);
		json_out_text(json, "value", one->more[i].value);
		json_out_end(json);
	}
	json_out_end(json);
}

static void add_case(struct json_out *json,
		     const struct publication *publication,
		     const struct publish_case *one)
{
	json_out_object(json, NULL);
	json_out_text(json, "key", one->key);
	add_text(json, "case_no", one->case_no);
	add_text(json, "title", one->title);
	add_text(json, "sector", one->sector);
	add_text(json, "sponsors", one->sponsors);
	add_text(json, "kind", one->kind);
	add_text(json, "category", one->category);
	add_text(json, "due", one->due);
	add_text(json, "leaders", one->leaders);
	json_out_bool(json, "is_key", one->is_key);
	add_text(json, "class", class_code(publication, one->class_at));
	json_out_array(json, "units");
	for (size_t i = 0; i < one->n_units; i++)
		add_unit(json, publication, &one->units[i]);
	json_out_end(json);
	add_more(json, one);
	json_out_end(json);
}

int publish_json(struct buf *out, const struct publication *publication,
		 struct err *err)
{
	struct json_out json;

	json_out_init(&json);
	json_out_object(&json, NULL);
	add_session(&json, publication);
	add_text(&json, "date", publication->date);
	add_figures(&json, publication);
	json_out_array(&json, "proposals");
	for (size_t i = 0; i < publication->n; i++)
		add_case(&json, publication, &publication->cases[i]);
	json_out_end(&json);
	json_out_end(&json);
	return json_out_render(&json, out, err);
}
