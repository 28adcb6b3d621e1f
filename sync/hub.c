/* hub.c - addresses, and the road that goes there. */
#include "sync/hub.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum road { ROAD_LOCAL, ROAD_SSH, ROAD_HTTP, ROAD_OTHER };

/* As git tells them apart: `host:path` is ssh unless a slash comes first. */
static enum road road_of(const char *url)
{
	const char *colon = strchr(url, ':');

	if (strncmp(url, "file://", 7) == 0)
		return ROAD_LOCAL;
	if (strncmp(url, "ssh://", 6) == 0)
		return ROAD_SSH;
	if (strncmp(url, "https://", 8) == 0 ||
	    strncmp(url, "http://", 7) == 0)
		return ROAD_HTTP;
	if (strstr(url, "://") != NULL)
		return ROAD_OTHER;
	if (colon != NULL && memchr(url, '/', (size_t)(colon - url)) == NULL)
		return ROAD_SSH;
	return ROAD_LOCAL;
}

static int hex_value(char c)
{
	const char *digits = "0123456789abcdef";
	const char *at = c != '\0' ? strchr(digits, c | 0x20) : NULL;

	return at != NULL ? (int)(at - digits) : -1;
}

/* file:///a%20b gives /a b; file://localhost/a gives /a. */
static int local_path(struct buf *out, const char *url, struct err *err)
{
	if (strncmp(url, "file://", 7) != 0) {
		buf_adds(out, url);
		return buf_check(out, err);
	}
	url += 7;
	if (strncmp(url, "localhost/", 10) == 0)
		url += 9;
	if (*url != '/')
		return err_set(err, ERR_INPUT,
			       "file://%s: a path must follow", url);
	for (; *url != '\0'; url++) {
		if (*url == '%' && hex_value(url[1]) >= 0 &&
		    hex_value(url[2]) >= 0) {
			buf_addc(out, (char)(hex_value(url[1]) << 4 |
					     hex_value(url[2])));
			url += 2;
		} else {
			buf_addc(out, *url);
		}
	}
	return buf_check(out, err);
}

static int no_road(const char *url, struct err *err)
{
	return err_set(err, ERR_INPUT,
		       "%s: this program reaches hubs by path and file:// "
		       "only",
		       url);
}

int hub_address(struct buf *out, const char *url, struct err *err)
{
	char here[PATH_MAX];

	if (*url == '\0')
		return err_set(err, ERR_INPUT, "the hub's address is empty");
	if (road_of(url) != ROAD_LOCAL)
		return no_road(url, err);
	if (*url == '/' || strncmp(url, "file://", 7) == 0) {
		buf_adds(out, url);
		return buf_check(out, err);
	}
	if (getcwd(here, sizeof(here)) == NULL)
		return err_errno(err, "current folder");
	buf_addf(out, "%s/%s", here, url);
	return buf_check(out, err);
}

int hub_create(const char *url, struct err *err)
{
	struct buf path = BUF_INIT;
	int rc = road_of(url) == ROAD_LOCAL ? local_path(&path, url, err)
					    : no_road(url, err);

	if (rc == 0)
		rc = hub_local_create(buf_text(&path), err);
	buf_release(&path);
	return rc;
}

int hub_open(struct hub **out, const char *url, struct err *err)
{
	struct buf path = BUF_INIT;
	int rc = road_of(url) == ROAD_LOCAL ? local_path(&path, url, err)
					    : no_road(url, err);

	if (rc == 0)
		rc = hub_local_open(out, buf_text(&path), err);
	buf_release(&path);
	return rc;
}

void hub_close(struct hub *hub)
{
	if (hub != NULL)
		hub->road->close(hub);
}

int hub_ref(struct oid *out, struct hub *hub, const char *name,
	    struct err *err)
{
	return hub->road->ref(out, hub, name, err);
}

int hub_refs(struct ref_list *out, struct hub *hub, const char *prefix,
	     struct err *err)
{
	return hub->road->refs(out, hub, prefix, err);
}

int hub_fetch(struct hub *hub, struct repository *into,
	      const struct oid *tips, size_t n, struct err *err)
{
	return hub->road->fetch(hub, into, tips, n, err);
}

int hub_push(struct hub *hub, struct repository *from, struct hub_push *push,
	     struct err *err)
{
	return hub->road->push(hub, from, push, err);
}

int hub_reader(struct repository **out, struct hub *hub, struct err *err)
{
	return hub->road->reader(out, hub, err);
}
