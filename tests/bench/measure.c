/* measure.c - stopwatch, memory, and rows of figures as JSON. */
#include "tests/bench/measure.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static size_t calls;

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *old, size_t size);

void *__wrap_malloc(size_t size)
{
	calls++;
	return __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
	calls++;
	return __real_calloc(n, size);
}

void *__wrap_realloc(void *old, size_t size)
{
	calls++;
	return __real_realloc(old, size);
}

/* What making ready has left to write is not billed to the first fsync. */
void settle(void)
{
	sync();
}

size_t allocations(void)
{
	return calls;
}

double seconds(void)
{
	struct timespec now;
	bool cpu = getenv("TIAN_BENCH_CPU") != NULL;

	clock_gettime(cpu ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

double peak_mib(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (double)usage.ru_maxrss / 1024.0;
}

void row_add(struct row *row, double ours, double floor)
{
	must_true(row->n < RUNS_MAX, "note another run");
	row->ours[row->n] = ours;
	row->floor[row->n] = floor;
	row->n++;
}

static void write_series(FILE *out, const char *name, const double *values,
			 size_t n)
{
	fprintf(out, ", \"%s\": [", name);
	for (size_t i = 0; i < n; i++)
		fprintf(out, "%s%.6g", i > 0 ? ", " : "", values[i]);
	fputs("]", out);
}

void row_write(const struct row *row)
{
	static const char *const kinds[] = {"none", "ratio_max", "ratio_min",
					    "max", "min"};
	const char *path = getenv("TIAN_BENCH_OUT");
	FILE *out = path != NULL ? fopen(path, "a") : stdout;

	must_true(out != NULL, "open $TIAN_BENCH_OUT");
	fprintf(out,
		"{\"id\": \"%s\", \"what\": \"%s\", \"unit\": \"%s\","
		" \"x\": %.0f, \"kind\": \"%s\", \"target\": %g",
		row->id, row->what, row->unit, row->x, kinds[row->kind],
		row->target);
	write_series(out, "ours", row->ours, row->n);
	if (row->floor_what != NULL) {
		fprintf(out, ", \"floor_what\": \"%s\"", row->floor_what);
		write_series(out, "floor", row->floor, row->n);
	}
	fputs("}\n", out);
	if (out != stdout)
		fclose(out);
	fprintf(stderr, "  %-34s %10.4g %10.4g %s\n", row->id, row->ours[0],
		row->floor[0], row->unit);
}

void must(int rc, const struct err *err, const char *task)
{
	if (rc >= 0)
		return;
	fprintf(stderr, "bench: %s: %s\n", task, err->text);
	exit(1);
}

void must_true(bool ok, const char *task)
{
	if (ok)
		return;
	fprintf(stderr, "bench: cannot %s\n", task);
	exit(1);
}

static char folder[256];

static void remove_folder(void)
{
	if (getenv("TIAN_BENCH_KEEP") == NULL)
		scratch_remove(folder);
}

const char *scratch_folder(void)
{
	const char *base = getenv("TMPDIR");

	if (folder[0] != '\0')
		return folder;
	snprintf(folder, sizeof(folder), "%s/tian-bench-XXXXXX",
		 base != NULL ? base : "/tmp");
	must_true(mkdtemp(folder) != NULL, "make a scratch folder");
	atexit(remove_folder);
	return folder;
}

const char *scratch(const char *name)
{
	static char paths[64][512];
	static size_t n;
	size_t at = 0;

	while (at < n && strcmp(strrchr(paths[at], '/') + 1, name) != 0)
		at++;
	must_true(at < 64, "name another scratch file");
	if (at == n)
		snprintf(paths[n++], sizeof(paths[0]), "%s/%s",
			 scratch_folder(), name);
	return paths[at];
}

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void scratch_remove(const char *path)
{
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void copy_file(const char *from, const char *to)
{
	static char bytes[1 << 20];
	FILE *in = fopen(from, "rb");
	FILE *out = fopen(to, "wb");
	size_t n;

	must_true(in != NULL && out != NULL, "copy a replica");
	while ((n = fread(bytes, 1, sizeof(bytes), in)) > 0)
		must_true(fwrite(bytes, 1, n, out) == n, "copy a replica");
	/* Its pages must not be written out during what is measured. */
	must_true(fflush(out) == 0 && fsync(fileno(out)) == 0, "copy");
	fclose(in);
	fclose(out);
}

static double sum;

static int add_one(const char *path, const struct stat *st, int type,
		   struct FTW *ftw)
{
	(void)path;
	(void)ftw;
	if (type == FTW_F)
		sum += (double)st->st_size;
	return 0;
}

double bytes_of(const char *path)
{
	sum = 0;
	nftw(path, add_one, 16, FTW_PHYS);
	return sum;
}
