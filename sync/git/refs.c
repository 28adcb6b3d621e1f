/* refs.c - the names of refs at the hub, and of sites in them. */
#include "sync/git/refs.h"

#include <ctype.h>
#include <string.h>

#include "core/base/utf8.h"

static bool is_cjk(int code)
{
	return (code >= 0x3400 && code <= 0x9fff) ||
	       (code >= 0x20000 && code <= 0x3ffff);
}

bool refs_site_ok(const char *site)
{
	size_t len = strlen(site);

	if (len == 0 || len > REF_SITE_MAX || *site == '.' || *site == '-' ||
	    site[len - 1] == '.' || strstr(site, "..") != NULL ||
	    (len >= 5 && strcmp(site + len - 5, ".lock") == 0))
		return false;
	for (size_t at = 0; at < len;) {
		int c;

		at += utf8_next(site + at, len - at, &c);
		if (!is_cjk(c) && !(c > 0 && c < 0x80 &&
				    (isalnum(c) || strchr("_.-", c) != NULL)))
			return false;
	}
	return true;
}

void refs_outbox(struct buf *out, const char *site, uint64_t origin)
{
	char hex[17];

	change_origin_format(hex, origin);
	buf_addf(out, REF_OUTBOX "%s/%s", site, hex);
}

void refs_inbox(struct buf *out, const char *site)
{
	buf_addf(out, REF_INBOX "%s", site);
}

void refs_checkpoint(struct buf *out, const char *site)
{
	buf_addf(out, REF_CHECKPOINT "%s", site);
}

static bool take_site(char site[REF_SITE_MAX + 1], const char *text, size_t len)
{
	if (len > REF_SITE_MAX)
		return false;
	memcpy(site, text, len);
	site[len] = '\0';
	return refs_site_ok(site);
}

bool refs_parse_outbox(char site[REF_SITE_MAX + 1], uint64_t *origin,
		       const char *name)
{
	const char *slash;

	if (strncmp(name, REF_OUTBOX, strlen(REF_OUTBOX)) != 0)
		return false;
	name += strlen(REF_OUTBOX);
	slash = strchr(name, '/');
	return slash != NULL && strlen(slash + 1) == 16 &&
	       take_site(site, name, (size_t)(slash - name)) &&
	       change_origin_parse(origin, slash + 1) && *origin != 0 &&
	       *origin >> 63 == 0;
}

static bool parse_site(char site[REF_SITE_MAX + 1], const char *name,
		       const char *folder)
{
	size_t len = strlen(folder);

	return strncmp(name, folder, len) == 0 &&
	       take_site(site, name + len, strlen(name + len));
}

bool refs_parse_inbox(char site[REF_SITE_MAX + 1], const char *name)
{
	return parse_site(site, name, REF_INBOX);
}

static bool parse_checkpoint(char site[REF_SITE_MAX + 1], const char *name)
{
	return parse_site(site, name, REF_CHECKPOINT);
}

bool refs_parse_moved(char site[REF_SITE_MAX + 1], const char *name)
{
	return parse_site(site, name, REF_MOVED);
}

bool refs_parse_delivered(char site[REF_SITE_MAX + 1], const char *name)
{
	return refs_parse_inbox(site, name) || parse_checkpoint(site, name);
}
