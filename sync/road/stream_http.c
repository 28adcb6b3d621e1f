/* stream_http.c - the way by https and http: git's smart protocol behind a web
 * server. The door to libcurl.
 * Source: gitprotocol-http(5). Knows requests and credentials; never what the
 * protocol says in them.
 *
 * (W1) Certificates are always checked; a CA of one's own is named by
 *      $GIT_SSL_CAINFO or http.sslCAInfo.
 * (W2) A redirect is followed to the same protocol only, and credentials go
 *      to the host they are for. */
#include <curl/curl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/library.h"
#include "sync/road/child.h"
#include "sync/road/credential.h"
#include "sync/road/stream.h"

enum {
	CONNECT_SECONDS = 30,
	QUIET_SECONDS = 120,   /* git says it is alive every 5 */
	ADVERT_MAX = 64 << 20, /* bytes */
	WINDOW = 1 << 20,      /* bytes that may wait to be read */
	REDIRECTS_MAX = 5
};

/* libcurl.easy_init is curl_easy_init, and so on; loaded by the first hub that
 * is reached by http. */
#define CURL_LIBRARY(X)        \
	X(easy_cleanup)        \
	X(easy_getinfo)        \
	X(easy_init)           \
	X(easy_pause)          \
	X(easy_reset)          \
	X(easy_setopt)         \
	X(easy_strerror)       \
	X(global_init)         \
	X(multi_add_handle)    \
	X(multi_cleanup)       \
	X(multi_info_read)     \
	X(multi_init)          \
	X(multi_perform)       \
	X(multi_poll)          \
	X(multi_remove_handle) \
	X(slist_append)        \
	X(slist_free_all)

static struct {
#define X(name) __typeof__(curl_##name) *name;
	CURL_LIBRARY(X)
#undef X
} libcurl;

static pthread_once_t curl_once = PTHREAD_ONCE_INIT;
static struct err curl_failure; /* of the one attempt */

static void begin_curl(void)
{
	static const struct library_symbol symbols[] = {
#define X(name) {"curl_" #name, offsetof(__typeof__(libcurl), name)},
		CURL_LIBRARY(X)
#undef X
	};
	int rc = library_load(&libcurl, TIAN_LIBCURL, symbols,
			      sizeof(symbols) / sizeof(symbols[0]),
			      &curl_failure);

	if (rc == 0 && libcurl.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		err_set(&curl_failure, ERR_FAIL, "libcurl failed to start");
}

/* Mailboxes are asked by threads of their own: libcurl starts once. */
static int load_curl(struct err *err)
{
	pthread_once(&curl_once, begin_curl);
	if (curl_failure.code < 0)
		*err = curl_failure;
	return curl_failure.code;
}

struct http_host {
	struct stream_host host;
	char *url; /* of the repository, no '/' at its end */
	struct credential credential;
	char *ca_file; /* or NULL */
	CURL *curl;    /* keeps the connection from request to request */
	CURLM *multi;
};

struct http_stream {
	struct stream stream;
	struct http_host *host;
	enum stream_service service;
	struct buf request;
	struct buf answer; /* what came and was not read yet */
	size_t at;	   /* of answer */
	struct curl_slist *headers;
	bool asked;  /* the request has been sent */
	bool paused; /* answer is full */
	bool ended;
	bool complete; /* the answer is all here at once: an advert */
	bool too_much;
	char words[CURL_ERROR_SIZE];
};

/* --- addresses ----------------------------------------------------------- */

/* protocol://host of an address, in parts. */
static int split(struct credential *out, const char *url, struct err *err)
{
	const char *host = strstr(url, "://") + 3;
	const char *end = host + strcspn(host, "/?#");
	const char *at = memrchr(host, '@', (size_t)(end - host));

	if (at != NULL && memchr(host, ':', (size_t)(at - host)) != NULL)
		return err_set(err, ERR_INPUT,
			       "leave the password out of the hub's address: "
			       "git's credential helpers keep it");
	free(out->username);
	out->username = NULL;
	if (at != NULL) {
		out->username = strndup(host, (size_t)(at - host));
		host = at + 1;
	}
	free(out->protocol);
	free(out->host);
	free(out->path);
	out->protocol = strndup(url, strcspn(url, ":"));
	out->host = strndup(host, (size_t)(end - host));
	out->path = strdup(*end == '/' ? end + 1 : end);
	if (out->protocol == NULL || out->host == NULL || out->path == NULL)
		return err_nomem(err);
	if (*out->host == '\0')
		return err_set(err, ERR_INPUT, "%s: no host", url);
	return 0;
}

/* The address without a user, as it is asked for. */
static int keep_url(struct http_host *host, const char *url, size_t len,
		    struct err *err)
{
	struct credential parts = {.protocol = NULL};
	struct buf out = BUF_INIT;
	char *whole = strndup(url, len);
	int rc = whole == NULL ? err_nomem(err) : split(&parts, whole, err);

	if (rc == 0)
		buf_addf(&out, "%s://%s/%s", parts.protocol, parts.host,
			 parts.path);
	while (out.len > 0 && out.data[out.len - 1] == '/')
		buf_truncate(&out, out.len - 1);
	if (rc == 0)
		rc = buf_check(&out, err);
	if (rc == 0) {
		free(host->url);
		host->url = buf_take(&out);
	}
	buf_release(&out);
	free(whole);
	credential_release(&parts);
	return rc;
}

/* --- one request --------------------------------------------------------- */

static size_t on_body(char *bytes, size_t size, size_t n, void *ctx)
{
	struct http_stream *http = ctx;
	size_t len = size * n;

	if (http->complete) {
		http->too_much = http->answer.len + len > ADVERT_MAX;
		if (http->too_much)
			return 0;
	} else if (http->answer.len - http->at > WINDOW) {
		http->paused = true;
		return CURL_WRITEFUNC_PAUSE;
	}
	buf_add(&http->answer, bytes, len);
	return http->answer.failed ? 0 : len;
}

static const char *environment(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && *value != '\0' ? value : NULL;
}

static void configure(struct http_stream *http)
{
	CURL *curl = http->host->curl;
	bool tls = strncmp(http->host->url, "https://", 8) == 0;
	const struct credential *credential = &http->host->credential;

	libcurl.easy_reset(curl);
	libcurl.easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	libcurl.easy_setopt(curl, CURLOPT_ERRORBUFFER, http->words);
	libcurl.easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
	libcurl.easy_setopt(curl, CURLOPT_WRITEDATA, http);
	libcurl.easy_setopt(curl, CURLOPT_HTTPHEADER, http->headers);
	libcurl.easy_setopt(curl, CURLOPT_USERAGENT, "git/tian-" TIAN_VERSION);
	libcurl.easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "");
	libcurl.easy_setopt(curl, CURLOPT_CONNECTTIMEOUT,
			    (long)CONNECT_SECONDS);
	libcurl.easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
	libcurl.easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)QUIET_SECONDS);
	libcurl.easy_setopt(curl, CURLOPT_PROTOCOLS_STR,
			    tls ? "https" : "http");
	libcurl.easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR,
			    tls ? "https" : "http");
	libcurl.easy_setopt(curl, CURLOPT_MAXREDIRS, (long)REDIRECTS_MAX);
	if (http->host->ca_file != NULL)
		libcurl.easy_setopt(curl, CURLOPT_CAINFO, http->host->ca_file);
	if (credential->password != NULL) {
		libcurl.easy_setopt(curl, CURLOPT_USERNAME,
				    credential->username);
		libcurl.easy_setopt(curl, CURLOPT_PASSWORD,
				    credential->password);
		libcurl.easy_setopt(curl, CURLOPT_HTTPAUTH,
				    (long)CURLAUTH_BASIC);
	}
}

static const char *certificate_advice(CURLcode code)
{
	switch (code) {
	case CURLE_PEER_FAILED_VERIFICATION:
		return ": if its CA is your own, name its file in "
		       "http.sslCAInfo (git config)";
	case CURLE_SSL_CACERT_BADFILE: /* the machine has no list of CAs */
		return ": install ca-certificates, or name the CA's file in "
		       "http.sslCAInfo (git config)";
	default:
		return "";
	}
}

static int http_failed(struct http_stream *http, CURLcode code, struct err *err)
{
	return err_set(err, ERR_HUB, "%s: %s%s", http->host->credential.host,
		       http->words[0] != '\0' ? http->words
					      : libcurl.easy_strerror(code),
		       certificate_advice(code));
}

static int status_failed(struct http_stream *http, long status, struct err *err)
{
	const char *host = http->host->credential.host;

	switch (status) {
	case 401:
		return err_set(err, ERR_HUB, "%s: name or password is wrong",
			       host);
	case 403:
		return err_set(err, ERR_HUB, "%s: no right to do that there",
			       host);
	case 404:
		return err_set(err, ERR_HUB, "%s: there is no repository",
			       http->host->url);
	case 413:
		return err_set(err, ERR_HUB,
			       "%s: more than the web server takes at once",
			       host);
	default:
		return err_set(err, ERR_HUB, "%s: the web server says %ld",
			       host, status);
	}
}

/* Goes on until there is something to read, or all is done. *code: how it
 * ended. */
static int drive(struct http_stream *http, CURLcode *code, struct err *err)
{
	CURLM *multi = http->host->multi;
	int running = 1;

	*code = CURLE_OK;
	if (http->paused) {
		http->paused = false;
		libcurl.easy_pause(http->host->curl, CURLPAUSE_CONT);
	}
	while (!http->ended &&
	       (http->complete || http->at == http->answer.len)) {
		CURLMsg *message;
		int left;

		if (libcurl.multi_perform(multi, &running) != CURLM_OK)
			return err_set(err, ERR_FAIL, "libcurl failed");
		message = libcurl.multi_info_read(multi, &left);
		if (message != NULL && message->msg == CURLMSG_DONE) {
			*code = message->data.result;
			http->ended = true;
		} else if (http->complete || http->at == http->answer.len) {
			libcurl.multi_poll(multi, NULL, 0, 1000, NULL);
		}
	}
	return 0;
}

static int begin(struct http_stream *http, struct err *err)
{
	if (libcurl.multi_add_handle(http->host->multi, http->host->curl) !=
	    CURLM_OK)
		return err_set(err, ERR_FAIL, "libcurl failed");
	http->asked = true;
	http->ended = false;
	return 0;
}

static void finish(struct http_stream *http)
{
	if (http->asked)
		libcurl.multi_remove_handle(http->host->multi,
					    http->host->curl);
	http->asked = false;
}

static long status_of(const struct http_stream *http)
{
	long status = 0;

	libcurl.easy_getinfo(http->host->curl, CURLINFO_RESPONSE_CODE, &status);
	return status;
}

static bool has_type(const struct http_stream *http, const char *what)
{
	char wanted[128];
	const char *type = NULL;

	libcurl.easy_getinfo(http->host->curl, CURLINFO_CONTENT_TYPE, &type);
	snprintf(wanted, sizeof(wanted), "application/x-%s-%s",
		 stream_service_name(http->service), what);
	return type != NULL && strncmp(type, wanted, strlen(wanted)) == 0;
}

/* --- the first request: refs --------------------------------------------- */

/* Asks for the refs, once. *status: the server's. */
static int get_once(struct http_stream *http, long *status, struct err *err)
{
	struct buf url = BUF_INIT;
	CURLcode code;
	int rc;

	buf_clear(&http->answer);
	configure(http);
	buf_addf(&url, "%s/info/refs?service=%s", http->host->url,
		 stream_service_name(http->service));
	rc = buf_check(&url, err);
	libcurl.easy_setopt(http->host->curl, CURLOPT_URL, buf_text(&url));
	libcurl.easy_setopt(http->host->curl, CURLOPT_FOLLOWLOCATION, 1L);
	http->complete = true;
	if (rc == 0)
		rc = begin(http, err);
	if (rc == 0)
		rc = drive(http, &code, err);
	if (rc == 0 && http->too_much)
		rc = err_set(err, ERR_HUB, "%s: more refs than can be",
			     http->host->credential.host);
	else if (rc == 0 && code != CURLE_OK)
		rc = http_failed(http, code, err);
	*status = rc == 0 ? status_of(http) : 0;
	buf_release(&url);
	return rc;
}

/* (W2) What was asked for may have been found elsewhere: what follows goes
 * there too. */
static int follow(struct http_stream *http, struct err *err)
{
	struct http_host *host = http->host;
	char tail[64];
	const char *url = NULL;
	char *before;
	size_t len;
	int rc;

	libcurl.easy_getinfo(host->curl, CURLINFO_EFFECTIVE_URL, &url);
	snprintf(tail, sizeof(tail), "/info/refs?service=%s",
		 stream_service_name(http->service));
	len = url != NULL ? strlen(url) : 0;
	if (len <= strlen(tail) || strcmp(url + len - strlen(tail), tail) != 0)
		return 0;
	len -= strlen(tail);
	if (strlen(host->url) == len && strncmp(url, host->url, len) == 0)
		return 0;
	before = strdup(host->credential.host);
	rc = before == NULL ? err_nomem(err) : keep_url(host, url, len, err);
	if (rc == 0)
		rc = split(&host->credential, host->url, err);
	if (rc == 0 && strcmp(before, host->credential.host) != 0) {
		free(host->credential.password);
		host->credential.password = NULL;
	}
	free(before);
	return rc;
}

/* The server may want to know who asks: once as we know, once afresh. */
static int get(struct http_stream *http, struct err *err)
{
	struct credential *credential = &http->host->credential;
	bool fresh = false;
	long status = 0;
	int rc = 0;

	for (int i = 0; i < 3; i++) {
		rc = get_once(http, &status, err);
		if (rc == 0)
			rc = follow(http, err);
		if (rc == 0 && status == 401 && i < 2) {
			finish(http);
			if (credential->password != NULL)
				credential_reject(credential);
			rc = credential_fill(credential, err);
			fresh = true;
			if (rc == 0)
				continue;
		}
		break;
	}
	if (rc == 0 && status != 200)
		rc = status_failed(http, status, err);
	else if (rc == 0 && !has_type(http, "advertisement"))
		rc = err_set(err, ERR_HUB,
			     "%s: the web server does not serve git there "
			     "(git http-backend does)",
			     http->host->url);
	else if (rc == 0 && fresh)
		credential_approve(credential);
	finish(http);
	return rc;
}

/* --- the second: one question, one answer -------------------------------- */

static int add_header(struct http_stream *http, const char *name,
		      const char *what, struct err *err)
{
	char line[160];
	struct curl_slist *grown;

	snprintf(line, sizeof(line), "%s: application/x-%s-%s", name,
		 stream_service_name(http->service), what);
	grown = libcurl.slist_append(http->headers, line);
	if (grown == NULL)
		return err_nomem(err);
	http->headers = grown;
	return 0;
}

static int post(struct http_stream *http, struct err *err)
{
	CURL *curl = http->host->curl;
	struct buf url = BUF_INIT;
	struct curl_slist *no_wait;
	int rc = add_header(http, "Content-Type", "request", err);

	if (rc == 0)
		rc = add_header(http, "Accept", "result", err);
	/* Who asks is known by now; no need to ask whether to go on. */
	no_wait = libcurl.slist_append(http->headers, "Expect:");
	if (rc == 0 && no_wait == NULL)
		rc = err_nomem(err);
	if (no_wait != NULL)
		http->headers = no_wait;
	configure(http);
	buf_addf(&url, "%s/%s", http->host->url,
		 stream_service_name(http->service));
	if (rc == 0)
		rc = buf_check(&url, err);
	libcurl.easy_setopt(curl, CURLOPT_URL, buf_text(&url));
	libcurl.easy_setopt(curl, CURLOPT_POST, 1L);
	libcurl.easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
			    (curl_off_t)http->request.len);
	libcurl.easy_setopt(curl, CURLOPT_POSTFIELDS, buf_text(&http->request));
	buf_clear(&http->answer);
	http->at = 0;
	http->complete = false;
	if (rc == 0)
		rc = begin(http, err);
	buf_release(&url);
	return rc;
}

/* --- the stream ---------------------------------------------------------- */

static int http_write(struct stream *stream, const void *bytes, size_t len,
		      struct err *err)
{
	struct http_stream *http = (struct http_stream *)stream;

	if (http->asked)
		return err_set(err, ERR_FAIL, "one question a request");
	buf_add(&http->request, bytes, len);
	return buf_check(&http->request, err);
}

/* The first bytes are an answer only if the server says so. */
static int check_answer(struct http_stream *http, struct err *err)
{
	long status = status_of(http);

	if (status != 200)
		return status_failed(http, status, err);
	if (!has_type(http, "result"))
		return err_set(err, ERR_HUB,
			       "%s: the web server does not serve git there",
			       http->host->url);
	return 0;
}

static int more(struct http_stream *http, struct err *err)
{
	CURLcode code = CURLE_OK;
	int rc = 0;

	buf_clear(&http->answer);
	http->at = 0;
	if (!http->asked)
		rc = post(http, err);
	if (rc == 0)
		rc = drive(http, &code, err);
	if (rc == 0 && code != CURLE_OK)
		rc = http_failed(http, code, err);
	if (rc == 0)
		rc = check_answer(http, err);
	return rc;
}

static int http_read(size_t *got, struct stream *stream, void *bytes,
		     size_t len, struct err *err)
{
	struct http_stream *http = (struct http_stream *)stream;
	int rc = 0;

	*got = 0;
	if (http->at == http->answer.len &&
	    (http->request.len > 0 || http->asked) && !http->ended)
		rc = more(http, err);
	if (rc < 0)
		return rc;
	*got = http->answer.len - http->at;
	if (*got > len)
		*got = len;
	if (*got > 0)
		memcpy(bytes, http->answer.data + http->at, *got);
	http->at += *got;
	return 0;
}

static void http_close(struct stream *stream)
{
	struct http_stream *http = (struct http_stream *)stream;

	finish(http);
	libcurl.slist_free_all(http->headers);
	buf_release(&http->request);
	buf_release(&http->answer);
	free(http);
}

static const struct stream_way stream_way = {
	.read = http_read,
	.write = http_write,
	.close = http_close,
};

/* --- the host ------------------------------------------------------------ */

/* (W1) */
static int find_ca(struct http_host *host, struct err *err)
{
	const char *const argv[] = {"git",
				    "--git-dir=/dev/null",
				    "config",
				    "--get-urlmatch",
				    "http.sslCAInfo",
				    host->url,
				    NULL};
	const char *named = environment("GIT_SSL_CAINFO");
	struct buf answer = BUF_INIT;
	int status;
	int rc;

	if (named != NULL) {
		host->ca_file = strdup(named);
		return host->ca_file != NULL ? 0 : err_nomem(err);
	}
	rc = child_run(&answer, &status, argv, "", err);
	while (answer.len > 0 && answer.data[answer.len - 1] == '\n')
		buf_truncate(&answer, answer.len - 1);
	if (rc == 0 && status == 0 && answer.len > 0)
		host->ca_file = buf_take(&answer);
	buf_release(&answer);
	/* Without git there is no configuration of it. */
	return rc == ERR_MISSING ? 0 : rc;
}

static int start_curl(struct http_host *host, struct err *err)
{
	if (load_curl(err) < 0)
		return err->code;
	host->curl = libcurl.easy_init();
	host->multi = libcurl.multi_init();
	if (host->curl == NULL || host->multi == NULL)
		return err_nomem(err);
	return find_ca(host, err);
}

static int host_open(struct stream **out, struct stream_host *to,
		     enum stream_service service, struct err *err)
{
	struct http_host *host = (struct http_host *)to;
	struct http_stream *http = calloc(1, sizeof(*http));
	int rc = http == NULL ? err_nomem(err) : 0;

	if (rc == 0 && host->curl == NULL)
		rc = start_curl(host, err);
	if (rc < 0) {
		free(http);
		return rc;
	}
	http->stream.way = &stream_way;
	http->host = host;
	http->service = service;
	rc = get(http, err);
	if (rc < 0) {
		http_close(&http->stream);
		return rc;
	}
	/* What is read from here on is the advert, then the answer. */
	http->ended = false;
	http->complete = false;
	*out = &http->stream;
	return 0;
}

static void host_close(struct stream_host *to)
{
	struct http_host *host = (struct http_host *)to;

	if (host->curl != NULL)
		libcurl.easy_cleanup(host->curl);
	if (host->multi != NULL)
		libcurl.multi_cleanup(host->multi);
	credential_release(&host->credential);
	free(host->ca_file);
	free(host->url);
	free(host);
}

static const struct stream_host_way host_way = {
	.open = host_open,
	.close = host_close,
};

int stream_http_host(struct stream_host **out, const char *url, struct err *err)
{
	struct http_host *host = calloc(1, sizeof(*host));
	int rc;

	if (host == NULL)
		return err_nomem(err);
	host->host.way = &host_way;
	host->host.stateless = true;
	rc = split(&host->credential, url, err);
	if (rc == 0)
		rc = keep_url(host, url, strlen(url), err);
	if (rc < 0) {
		host_close(&host->host);
		return rc;
	}
	*out = &host->host;
	return 0;
}
