/* hub.c - addresses, and the road that goes there. */
#include "sync/road/hub.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "sync/road/address.h"
#include "sync/road/hub_smart.h"

enum road { ROAD_LOCAL, ROAD_SSH, ROAD_HTTP, ROAD_OTHER };

/* As git tells them apart: `host:path` is ssh unless a slash comes first. */
static enum road road_of(const char *url)
{
	const char *colon = strchr(url, ':');

	if (strncmp(url, "file://", 7) == 0)
		return ROAD_LOCAL;
	if (strncmp(url, "ssh://", 6) == 0)
		return ROAD_SSH;
	if (strncmp(url, "https://", 8) == 0 || strncmp(url, "http://", 7) == 0)
		return ROAD_HTTP;
	if (strstr(url, "://") != NULL)
		return ROAD_OTHER;
	if (colon != NULL && memchr(url, '/', (size_t)(colon - url)) == NULL)
		return ROAD_SSH;
	return ROAD_LOCAL;
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
		return err_set(err, ERR_INPUT, "file://%s: a path must follow",
			       url);
	address_decode(out, url, strlen(url));
	return buf_check(out, err);
}

static int no_road(const char *url, struct err *err)
{
	return err_set(err, ERR_INPUT,
		       "%s: a hub is reached by a path, file://, ssh://, "
		       "user@host:path, https:// or http://",
		       url);
}

/* Only to see that it is one; nothing is reached yet. */
static int make_host(struct stream_host **out, const char *url, struct err *err)
{
	switch (road_of(url)) {
	case ROAD_SSH:
		return stream_ssh_host(out, url, err);
	case ROAD_HTTP:
		return stream_http_host(out, url, err);
	default:
		return no_road(url, err);
	}
}

int hub_address(struct buf *out, const char *url, struct err *err)
{
	struct stream_host *host = NULL;
	char here[PATH_MAX];
	int rc = 0;

	if (*url == '\0')
		return err_set(err, ERR_INPUT, "the hub's address is empty");
	if (road_of(url) != ROAD_LOCAL) {
		rc = make_host(&host, url, err);
		stream_host_close(host);
	} else if (*url != '/' && strncmp(url, "file://", 7) != 0) {
		if (getcwd(here, sizeof(here)) == NULL)
			return err_errno(err, "current folder");
		buf_addf(out, "%s/", here);
	}
	buf_adds(out, url);
	return rc < 0 ? rc : buf_check(out, err);
}

/* Behind a server its keeper makes it: no git program would, if asked. */
int hub_create(const char *url, struct err *err)
{
	struct buf path = BUF_INIT;
	int rc;

	if (road_of(url) != ROAD_LOCAL)
		return 0;
	rc = local_path(&path, url, err);
	if (rc == 0)
		rc = hub_local_create(buf_text(&path), err);
	buf_release(&path);
	return rc;
}

void hub_turn_take(struct hub_push *push)
{
	if (push->turn != NULL)
		pthread_mutex_lock(&push->turn->mutex);
}

void hub_turn_leave(struct hub_push *push)
{
	if (push->turn != NULL)
		pthread_mutex_unlock(&push->turn->mutex);
}

int hub_open(struct hub **out, const char *url, struct err *err)
{
	struct stream_host *host = NULL;
	struct buf path = BUF_INIT;
	int rc;

	if (road_of(url) != ROAD_LOCAL) {
		rc = make_host(&host, url, err);
		return rc < 0 ? rc : hub_smart_open(out, host, err);
	}
	rc = local_path(&path, url, err);
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

int hub_ref(struct oid *out, struct hub *hub, const char *name, struct err *err)
{
	return hub->road->ref(out, hub, name, err);
}

int hub_refs(struct ref_list *out, struct hub *hub, const char *prefix,
	     struct err *err)
{
	return hub->road->refs(out, hub, prefix, err);
}

int hub_fetch(struct hub *hub, struct repository *into, const struct oid *tips,
	      size_t n, struct err *err)
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

int hub_reach(enum hub_reach *out, struct hub *hub, const char *site,
	      struct err *err)
{
	*out = HUB_REACHED;
	return hub->road->reach != NULL ? hub->road->reach(out, hub, site, err)
					: 0;
}
