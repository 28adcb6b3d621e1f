/* err.h - one error idiom for the whole house.
 *
 * A function that can fail takes `struct err *` last and returns 0 or the
 * negative code it has put there. The place that knows the cause says it;
 * each caller that adds a task wraps it:
 *     apply batch edu/7f3a:101: field 'class' is not one of A, B, C
 * Knows nothing of messages' languages, exit statuses or printing. */
#ifndef TIAN_CORE_ERR_H
#define TIAN_CORE_ERR_H

/* A code exists only where some caller acts on it. */
enum err_code {
	ERR_FAIL = -1,	  /* system, disk, memory: give up, nothing lost */
	ERR_INPUT = -2,	  /* bad input: say where, change nothing */
	ERR_HUB = -3,	  /* hub not reached: local work is kept */
	ERR_CORRUPT = -4, /* bytes that do not verify: quarantine them */
	ERR_STALE = -5,	  /* a ref moved meanwhile: fetch again, retry */
	ERR_MISSING = -6, /* no such row, ref or file: caller may create it */
	ERR_BUSY = -7,	  /* another process holds the replica: retry later */
	ERR_USAGE = -8	  /* command line not understood (cli only) */
};

struct err {
	int code;
	char text[1024]; /* UTF-8, always terminated, cut at a character */
};

#if defined(__GNUC__)
#define ERR_PRINTF(f, a) __attribute__((format(printf, f, a)))
#else
#define ERR_PRINTF(f, a)
#endif

void err_clear(struct err *err);
/* Sets code and text; returns `code`, so `return err_set(...)` reads well. */
int err_set(struct err *err, int code, const char *fmt, ...) ERR_PRINTF(3, 4);
/* Puts "fmt: " before the text already there; returns the code. */
int err_wrap(struct err *err, const char *fmt, ...) ERR_PRINTF(2, 3);
/* ERR_FAIL with errno's text after "fmt: ". */
int err_errno(struct err *err, const char *fmt, ...) ERR_PRINTF(2, 3);
/* ERR_FAIL, out of memory. */
int err_nomem(struct err *err);

#endif
