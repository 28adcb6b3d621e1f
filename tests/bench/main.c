/* main.c - runs groups of figures by name: bench GROUP...; without one, says
 * which there are that belong to the table. Figures go to $TIAN_BENCH_OUT, or
 * stdout. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/crypto.h"
#include "tests/bench/groups.h"
#include "tests/bench/measure.h"

static const struct {
	const char *name;
	void (*run)(void);
} groups[] = {
	{"capture", bench_capture}, {"merge", bench_merge},
	{"codec", bench_codec},	    {"round", bench_round},
	{"fan", bench_fan},	    {"process", bench_process},
	{"rest", bench_rest},	    {"verify", bench_verify},
	{"memory", bench_memory},   {"scale", bench_scale},
};

bool quick(void)
{
	return getenv("TIAN_BENCH_QUICK") != NULL;
}

bool large(void)
{
	return getenv("TIAN_BENCH_LARGE") != NULL;
}

int main(int argc, char **argv)
{
	size_t n = sizeof(groups) / sizeof(groups[0]);
	struct err err = {0};

	must(crypto_init(&err), &err, "start libsodium");
	for (int i = 1; i < argc; i++) {
		size_t at = 0;

		while (at < n && strcmp(groups[at].name, argv[i]) != 0)
			at++;
		must_true(at < n, "find such a group");
		groups[at].run();
	}
	/* The last, slopes for a plan, is asked for by name. */
	if (argc < 2)
		for (size_t i = 0; i + 1 < n; i++)
			printf("%s\n", groups[i].name);
	return 0;
}
