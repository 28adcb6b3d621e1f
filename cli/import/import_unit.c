/* import_unit.c - units by what a list calls them.
 * Knows names, aliases and codes of units; knows no proposal. */
#include "cli/import/import_room.h"

#include <string.h>

#include "cli/terminal/message.h"
#include "cli/case/row.h"
#include "core/base/utf8.h"

/* Called so first by name, then by code or alias; two at most are needed to
 * see that one is not enough. */
static const char find_unit[] =
	"SELECT group_concat(code, ' ') FROM (SELECT code FROM unit"
	" WHERE void IS NOT 1 AND (code = ?1 OR name = ?1 OR instr('、' ||"
	" coalesce(aliases, '') || '、', '、' || ?1 || '、'))"
	" ORDER BY code LIMIT 2)";

int import_unit_find(struct buf *code, struct import *import, const char *name)
{
	int rc = import_ask(code, import, find_unit, name, NULL);

	if (rc != 0 || strchr(buf_text(code), ' ') == NULL)
		return rc;
	rc = import_problem(import, RECORD_PROPOSAL | RECORD_REPLY,
			    _("several units are called “%s”: %s"), name,
			    buf_text(code));
	buf_clear(code);
	return rc;
}

/* A code: letters, digits, '_', '.', '-' and CJK letters, such that it can
 * stand in the name of a git ref. */
static bool code_char(int code)
{
	return (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z') ||
	       (code >= '0' && code <= '9') || code == '_' || code == '.' ||
	       code == '-' || (code >= 0x3400 && code <= 0x4dbf) ||
	       (code >= 0x4e00 && code <= 0x9fff) ||
	       (code >= 0x20000 && code <= 0x3ffff);
}

static bool is_code(const char *name)
{
	size_t len = strlen(name);

	if (len == 0 || len > 64 || name[0] == '.' || name[0] == '-' ||
	    strstr(name, "..") != NULL || strcmp(name, REPLICA_OFFICE) == 0 ||
	    (len >= 5 && strcmp(name + len - 5, ".lock") == 0))
		return false;
	for (size_t at = 0; at < len;) {
		int code;

		at += utf8_next(name + at, len - at, &code);
		if (!code_char(code))
			return false;
	}
	return true;
}

int import_unit_need(struct buf *code, struct import *import, const char *name)
{
	size_t problems = import->list->n_problems;
	bool added = false;
	int rc = import_unit_find(code, import, name);

	if (rc != 0 || code->len > 0 || import->list->n_problems != problems)
		return rc;
	if (!is_code(name))
		return import_problem(
			import, RECORD_PROPOSAL,
			_("unit “%s” is not known and its name cannot be its "
			  "code; add it first: tian unit add CODE '%s' --key "
			  "FILE"),
			name, name);
	rc = import_row(import, "unit", name, &added);
	if (rc == 0 && !added)
		return import_problem(import, RECORD_PROPOSAL,
				      _("unit “%s” was voided"), name);
	if (rc == 0)
		rc = row_set_text(import->replica, "unit", name, "name", name,
				  NULL, import->err);
	if (rc != 0)
		return rc;
	import->report->units++;
	buf_adds(code, name);
	return buf_check(code, import->err);
}
