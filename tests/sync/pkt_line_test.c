/* pkt_line_test.c - git's framing: golden bytes, and what is no frame. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sync/road/pkt_line.h"

/* A stream that gives `step` bytes at a time. */
struct memory {
	struct stream stream;
	const char *bytes;
	size_t len;
	size_t at;
	size_t step;
};

static int memory_read(size_t *got, struct stream *stream, void *bytes,
		       size_t len, struct err *err)
{
	struct memory *memory = (struct memory *)stream;

	(void)err;
	*got = memory->len - memory->at;
	if (*got > len)
		*got = len;
	if (*got > memory->step)
		*got = memory->step;
	memcpy(bytes, memory->bytes + memory->at, *got);
	memory->at += *got;
	return 0;
}

static const struct stream_way way = {.read = memory_read};
static struct pkt_reader reader;
static struct memory memory;

static void read_from(const char *bytes, size_t len, size_t step)
{
	memory = (struct memory){{&way}, bytes, len, 0, step};
	reader.stream = &memory.stream;
}

static void pkt_line__lines_are_framed_as_git_frames_them(void **state)
{
	struct buf out = BUF_INIT;

	(void)state;
	pkt_line_addf(&out, "%s\n", "a");
	pkt_line_flush(&out);
	pkt_line_add(&out, "hello world!\0x", 14);
	assert_int_equal(out.len, 6 + 4 + 18);
	assert_memory_equal(out.data, "0006a\n00000012hello world!\0x",
			    out.len);
	buf_release(&out);
}

static void pkt_line__a_line_too_long_is_cut_at_the_limit(void **state)
{
	static char text[70000];
	struct buf out = BUF_INIT;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	pkt_line_addf(&out, "%s", text);
	assert_int_equal(out.len, PKT_LINE_MAX);
	assert_memory_equal(out.data, "fff0", 4);
	buf_release(&out);
}

static void pkt_line__a_stream_in_any_pieces_reads_the_same(void **state)
{
	static const char bytes[] = "0006a\n00000004000Ahello\n";
	struct pkt pkt;
	struct err err;

	(void)state;
	for (size_t step = 1; step < sizeof(bytes); step++) {
		read_from(bytes, 10, step);
		assert_int_equal(pkt_line_read(&pkt, &reader, &err), 0);
		assert_int_equal(pkt.kind, PKT_DATA);
		assert_int_equal(pkt.len, 2);
		assert_string_equal(pkt.data, "a\n");
		assert_int_equal(pkt_line_chomp(&pkt), 1);
		assert_int_equal(pkt_line_read(&pkt, &reader, &err), 0);
		assert_int_equal(pkt.kind, PKT_FLUSH);
		assert_int_equal(pkt_line_read(&pkt, &reader, &err), 0);
		assert_int_equal(pkt.kind, PKT_END);
	}
}

static void pkt_line__a_stream_cut_anywhere_in_a_frame_is_told(void **state)
{
	static const char bytes[] = "000ahello\n";
	struct pkt pkt;
	struct err err;

	(void)state;
	for (size_t len = 1; len < 10; len++) {
		read_from(bytes, len, 3);
		assert_int_equal(pkt_line_read(&pkt, &reader, &err), ERR_HUB);
	}
}

static void pkt_line__what_is_no_frame_is_refused(void **state)
{
	static const char *const bad[] = {"0001", "0002", "0003", "zzzz",
					  "HTTP", "fff5", "ffff", "00 6"};
	struct pkt pkt;
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct buf bytes = BUF_INIT;
		size_t at = 0;

		read_from(bad[i], 4, 4);
		assert_int_equal(pkt_line_read(&pkt, &reader, &err), ERR_HUB);
		buf_adds(&bytes, bad[i]);
		assert_int_equal(pkt_line_parse(&pkt, &at, &bytes, &err),
				 ERR_CORRUPT);
		buf_release(&bytes);
	}
}

static void pkt_line__a_report_cut_anywhere_is_refused(void **state)
{
	struct buf bytes = BUF_INIT;
	struct pkt pkt;
	struct err err;

	(void)state;
	buf_adds(&bytes, "000eunpack ok\n0017ok refs/heads/main\n0000");
	for (size_t len = bytes.len; len-- > 0;) {
		size_t at = 0;
		int rc = 0;

		buf_truncate(&bytes, len);
		do
			rc = pkt_line_parse(&pkt, &at, &bytes, &err);
		while (rc == 0 && pkt.kind == PKT_DATA);
		assert_true(rc == ERR_CORRUPT ||
			    (rc == 0 && pkt.kind == PKT_END));
		assert_true(at <= len);
	}
	buf_release(&bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pkt_line__lines_are_framed_as_git_frames_them),
		cmocka_unit_test(pkt_line__a_line_too_long_is_cut_at_the_limit),
		cmocka_unit_test(
			pkt_line__a_stream_in_any_pieces_reads_the_same),
		cmocka_unit_test(
			pkt_line__a_stream_cut_anywhere_in_a_frame_is_told),
		cmocka_unit_test(pkt_line__what_is_no_frame_is_refused),
		cmocka_unit_test(pkt_line__a_report_cut_anywhere_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
