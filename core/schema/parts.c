/* parts.c - SQL text in parts, one for each version of the schema. */
#include "core/schema/parts.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"

static const char MARK[] = "\n--@ version ";

/* The next mark from `at` on, NULL where there is none. */
static const char *next_mark(uint32_t *version, const char *at)
{
	const char *mark = strstr(at, MARK);

	if (mark != NULL)
		*version = (uint32_t)strtoul(mark + strlen(MARK), NULL, 10);
	return mark;
}

uint32_t parts_latest(const char *sql)
{
	uint32_t version = 1;

	while ((sql = next_mark(&version, sql)) != NULL)
		sql++;
	return version;
}

int parts_run(struct db *db, const char *sql, uint32_t version, struct err *err)
{
	struct buf text = BUF_INIT;
	const char *end = sql;
	uint32_t next = 0;
	int rc;

	while ((end = next_mark(&next, end)) != NULL && next <= version)
		end++;
	if (end == NULL)
		return db_exec(db, sql, err);
	buf_add(&text, sql, (size_t)(end - sql));
	rc = buf_check(&text, err);
	if (rc == 0)
		rc = db_exec(db, buf_text(&text), err);
	buf_release(&text);
	return rc;
}
