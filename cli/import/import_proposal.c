/* import_proposal.c - what the office knows of a proposal when it assigns.
 * Knows proposals and who handles them; knows no reply. */
#include "cli/import/import_room.h"

#include <stdlib.h>
#include <string.h>

#include "cli/terminal/message.h"
#include "cli/case/row.h"
#include "cli/import/scan.h"

/* The sector of a group of it: 特邀界一组 is of 特邀界. A pure function;
 * sectors are never a closed list. */
static int sector_of(struct buf *sector, const char *raw, struct err *err)
{
	struct scan scan = scan_text(raw);
	unsigned group;

	buf_clear(sector);
	while (scan_past(&scan, "界")) {
		const char *end = scan.at;

		scan_word(&scan, "第");
		if (scan_ordinal(&scan, &group) && scan_word(&scan, "组") &&
		    scan.at == scan.end) {
			buf_add(sector, raw, (size_t)(end - raw));
			return buf_check(sector, err);
		}
	}
	buf_adds(sector, raw);
	return buf_check(sector, err);
}

static int fill_text(struct import *import, const char *key, const char *field,
		     const char *value)
{
	struct import_cell cell = {"proposal", key, field, RECORD_PROPOSAL};

	return import_fill(import, &cell, value, NULL);
}

/* Printed numbers that mean the same do not differ: 14 and 第014号. */
static int fill_number(struct import *import, const char *key,
		       const struct record *record)
{
	const struct entity *entity = schema_entity_named(
		replica_schema(import->replica), "proposal");
	char here[RECORD_NUMBER_MAX];
	struct buf held = BUF_INIT;
	struct value value;
	bool same = false;
	int rc;

	rc = row_get(&value, &held, NULL, import->replica, entity, key,
		     entity_field_named(entity, "case_no"), import->err);
	if (rc == 0 && value.type == VALUE_TEXT)
		same = record_number(here, buf_text(&held)) &&
		       strcmp(here, record->plain) == 0;
	buf_release(&held);
	if (rc != 0 || same)
		return rc;
	return fill_text(import, key, "case_no", record->number);
}

/* A list that prints the sector where another printed its group says no
 * other. */
static int fill_raw(struct import *import, const char *key, const char *listed)
{
	const struct entity *entity = schema_entity_named(
		replica_schema(import->replica), "proposal");
	struct buf held = BUF_INIT;
	struct buf sector = BUF_INIT;
	struct value value;
	int rc = row_get(&value, &held, NULL, import->replica, entity, key,
			 entity_field_named(entity, "sector_raw"), import->err);

	if (rc == 0 && value.type == VALUE_TEXT)
		rc = sector_of(&sector, buf_text(&held), import->err);
	if (rc == 0 && strcmp(buf_text(&sector), listed) != 0)
		rc = fill_text(import, key, "sector_raw", listed);
	buf_release(&sector);
	buf_release(&held);
	return rc;
}

static int fill_sector(struct import *import, const char *key,
		       const struct record *record)
{
	struct buf sector = BUF_INIT;
	int rc;

	if (record->sector == NULL)
		return 0;
	rc = sector_of(&sector, record->sector, import->err);
	if (rc == 0)
		rc = fill_text(import, key, "sector", buf_text(&sector));
	if (rc == 0)
		rc = fill_raw(import, key, record->sector);
	buf_release(&sector);
	return rc;
}

/* Fields that only a new proposal gets: whoever reviews it since has said
 * more than any list. */
static int fill_new(struct import *import, const char *key)
{
	int rc = row_set_text(import->replica, "proposal", key, "review",
			      "filed", NULL, import->err);

	if (rc == 0)
		rc = row_set_int(import->replica, "proposal", key, "position",
				 (int64_t)import->index + 1, NULL, import->err);
	import->report->proposals++;
	return rc;
}

static int fill_kind(struct import *import, const char *key, const char *kind)
{
	struct buf code = BUF_INIT;
	int rc = 0;

	if (kind != NULL)
		rc = import_code(&code, import, "kind", kind);
	if (rc == 0 && code.len > 0)
		rc = fill_text(import, key, "kind", buf_text(&code));
	import->place = RECORD_AT_KIND;
	if (rc == 0 && code.len == 0 && kind != NULL)
		rc = import_problem(import, RECORD_PROPOSAL,
				    _("“%s” is no kind of proposal known here; "
				      "it is not taken"),
				    kind);
	import->place = RECORD_PLACES;
	buf_release(&code);
	return rc;
}

static int fill_proposal(struct import *import, const char *key,
			 const struct record *record)
{
	struct import_cell is_key = {"proposal", key, "is_key",
				     RECORD_PROPOSAL};
	int rc = fill_number(import, key, record);

	if (rc == 0)
		rc = fill_text(import, key, "title", record->title);
	if (rc == 0)
		rc = fill_sector(import, key, record);
	if (rc == 0)
		rc = fill_text(import, key, "sponsors", record->sponsors);
	if (rc == 0)
		rc = fill_text(import, key, "body", record->body);
	if (rc == 0)
		rc = fill_text(import, key, "category", record->category);
	if (rc == 0)
		rc = fill_text(import, key, "due", record->due);
	if (rc == 0)
		rc = fill_kind(import, key, record->kind);
	if (rc == 0 && record->is_key)
		rc = import_fill_int(import, &is_key, 1);
	if (rc == 0 && record->leaders != NULL)
		rc = import_leaders(import, key, record->leaders);
	return rc;
}

static const char find_main[] =
	"SELECT unit FROM handling WHERE proposal = ?1 AND role = 'main' AND"
	" void IS NOT 1 AND unit <> ?2 LIMIT 1";

/* An assignment stands whatever a list says. */
static int may_be_main(struct import *import, const char *key, const char *code,
		       bool *may)
{
	struct buf unit = BUF_INIT;
	int rc = import_ask(&unit, import, find_main, key, code);

	*may = unit.len == 0;
	if (rc == 0 && !*may)
		rc = import_problem(import, RECORD_PROPOSAL,
				    _("%s is handled by %s here; %s of the "
				      "list is not taken"),
				    key, buf_text(&unit), code);
	buf_release(&unit);
	return rc;
}

static int take_handling(struct import *import, const char *key,
			 const char *code, const char *role)
{
	struct buf row = BUF_INIT;
	struct import_cell cell = {"handling", NULL, "role", RECORD_PROPOSAL};
	bool added = false;
	bool there = false;
	int rc;

	buf_addf(&row, "%s/%s", key, code);
	rc = buf_check(&row, import->err);
	if (rc == 0)
		rc = import_row(import, "handling", row.data, &added);
	if (rc == 0)
		rc = import_exists(import, "handling", row.data, &there);
	if (rc == 0 && added)
		import->report->handlings++;
	cell.row = row.data;
	if (rc == 0 && there)
		rc = import_fill(import, &cell, role, NULL);
	else if (rc == 0)
		rc = import_problem(import, RECORD_PROPOSAL,
				    _("%s was released from %s here; the list "
				      "does not assign it again"),
				    code, key);
	buf_release(&row);
	return rc;
}

static int take_main(struct import *import, const char *key, const char *name,
		     struct buf *code)
{
	bool may = false;
	int rc = import_unit_need(code, import, name);

	if (rc != 0 || code->len == 0)
		return rc;
	rc = may_be_main(import, key, buf_text(code), &may);
	if (rc == 0 && may)
		rc = take_handling(import, key, buf_text(code), "main");
	return rc;
}

/* Each unit of a list with a role. A unit named twice stays what it was named
 * first. */
static int take_others(struct import *import, const char *key,
		       const char *units, const char *role,
		       const char *main_code)
{
	const char *at = units != NULL ? units : "";
	struct buf code = BUF_INIT;
	const char *member;
	size_t len;
	int rc = 0;

	while (rc == 0 && record_next_member(&at, &member, &len)) {
		char *name = strndup(member, len);

		rc = name == NULL ? err_nomem(import->err)
				  : import_unit_need(&code, import, name);
		free(name);
		if (rc == 0 && code.len > 0 &&
		    strcmp(buf_text(&code), main_code) != 0)
			rc = take_handling(import, key, code.data, role);
	}
	buf_release(&code);
	return rc;
}

static int take_units(struct import *import, const char *key,
		      const struct record *record)
{
	struct buf main_code = BUF_INIT;
	bool may = true;
	int rc = 0;

	import->place = RECORD_AT_MAIN;
	if (record->main_unit != NULL)
		rc = take_main(import, key, record->main_unit, &main_code);
	import->place = RECORD_AT_SPLIT;
	if (rc == 0 && record->main_unit == NULL && record->split_units != NULL)
		rc = may_be_main(import, key, record->split_units, &may);
	if (rc == 0 && may)
		rc = take_others(import, key, record->split_units, "split",
				 buf_text(&main_code));
	import->place = RECORD_AT_CO;
	if (rc == 0)
		rc = take_others(import, key, record->co_units, "co",
				 buf_text(&main_code));
	import->place = RECORD_PLACES;
	buf_release(&main_code);
	return rc;
}

static int add_proposal(struct import *import, const char *key,
			const struct record *record, bool *there)
{
	bool added = false;
	int rc = import_exists(import, "proposal", key, there);

	if (rc != 0 || *there)
		return rc;
	if (record->title == NULL)
		return import_problem(import, RECORD_PROPOSAL,
				      _("%s is not known here and the list "
					"has no title for it"),
				      key);
	rc = import_row(import, "proposal", key, &added);
	if (rc == 0 && !added)
		return import_problem(import, RECORD_PROPOSAL,
				      _("%s was voided here"), key);
	*there = rc == 0;
	return rc == 0 ? fill_new(import, key) : rc;
}

int import_proposal(struct import *import, const struct record *record)
{
	struct buf key = BUF_INIT;
	bool there = false;
	int rc = 0;

	if (import_key(&key, import, record))
		rc = buf_check(&key, import->err);
	else
		rc = import_problem(import, RECORD_PROPOSAL | RECORD_REPLY,
				    _("'%s' is no number"),
				    record->number ? record->number : "");
	if (rc == 0 && key.len > 0)
		rc = add_proposal(import, key.data, record, &there);
	if (rc == 0 && there)
		rc = fill_proposal(import, key.data, record);
	if (rc == 0 && there)
		rc = take_units(import, key.data, record);
	buf_release(&key);
	return rc;
}
