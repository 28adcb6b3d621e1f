/* verify_bench.c - proving it all: changes a second, by changes in a batch,
 * beside checking as many signatures and nothing else. */
#include "tests/bench/groups.h"

#include <stdio.h>

#include "core/base/crypto.h"
#include "tests/bench/measure.h"
#include "tests/bench/world.h"

enum { UNITS = 10, PROPOSALS = 500, SIGNED = 150 /* bytes, as in SSHSIG */ };

static double check_signatures(size_t n)
{
	uint8_t public_key[CRYPTO_PUBLIC_SIZE];
	uint8_t secret[CRYPTO_SECRET_SIZE];
	uint8_t signature[CRYPTO_SIGNATURE_SIZE];
	uint8_t text[SIGNED] = {1};
	double start;

	crypto_keypair(public_key, secret);
	crypto_make_signature(signature, text, sizeof(text), secret);
	start = seconds();
	for (size_t i = 0; i < n; i++)
		must_true(crypto_verify(signature, text, sizeof(text),
					public_key) == 0,
			  "check a signature");
	return seconds() - start;
}

/* At the office: main, every inbox, every outbox, the replica.
 * The report is the caller's. */
static double verify(struct verify_report *report, const char *dir)
{
	const struct sync_options options = {0};
	struct node *node = NULL;
	struct err err = {0};
	double time;

	must(node_open(&node, dir, &err), &err, dir);
	time = seconds();
	must(node_verify(report, node, VERIFY_OWN, &options, &err), &err, dir);
	time = seconds() - time;
	must_true(report->ok, "prove it all");
	node_close(node);
	return time;
}

/* `turns` merges, for each of which every unit wrote `n` changes. */
static void measure(size_t each, size_t n, size_t turns)
{
	struct row row = {.id = "verify.changes",
			  .what = "verify, by changes in a batch",
			  .unit = "changes/s",
			  .x = (double)each,
			  .floor_what = "checking its signatures only"};
	struct world world;
	char name[32];

	snprintf(name, sizeof(name), "verify%zu", each);
	world_make(&world, name, UNITS, PROPOSALS);
	for (size_t turn = 0; turn < turns; turn++) {
		for (size_t i = 0; i < UNITS; i++) {
			world_edit(&world, i, n, each, 10);
			world_sync(NULL, world_unit_dir(&world, i));
		}
		world_sync(NULL, world_dir(&world, "office"));
	}
	settle();
	for (size_t i = 0; i < RUNS; i++) {
		struct verify_report report = {0};
		double time = verify(&report, world_dir(&world, "office"));
		double floor = check_signatures(report.commits);

		row_add(&row, (double)report.changes / time,
			(double)report.changes / floor);
		verify_report_release(&report);
	}
	row_write(&row);
}

void bench_verify(void)
{
	size_t scale = quick() ? 1 : 10;

	measure(1, 10 * scale, 5);
	measure(200, 200, scale);
}
