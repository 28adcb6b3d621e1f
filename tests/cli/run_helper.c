/* run_helper.c - running a command in this process.
 * Knows streams; knows no command. */
#include "tests/cli/run_helper.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

enum { WORDS_MAX = 15 };

char run_said[65536];
char run_warned[65536];

static FILE *divert(FILE *stream, int *kept)
{
	FILE *file = tmpfile();

	assert_non_null(file);
	fflush(stream);
	*kept = dup(fileno(stream));
	assert_true(dup2(fileno(file), fileno(stream)) >= 0);
	return file;
}

static void restore(FILE *stream, int kept, FILE *file, char *into, size_t size)
{
	size_t n;

	fflush(stream);
	rewind(file);
	n = fread(into, 1, size - 1, file);
	into[n] = '\0';
	dup2(kept, fileno(stream));
	close(kept);
	fclose(file);
}

int run_words(const struct desk *desk, cli_command *command,
	      const char *const *words)
{
	char *argv[WORDS_MAX + 1] = {(char *)"command"};
	struct cli cli;
	FILE *out, *err;
	int argc = 1, kept_out, kept_err, status;

	while (words[argc - 1]) {
		assert_true(argc < WORDS_MAX);
		argv[argc] = (char *)words[argc - 1];
		argc++;
	}
	cli_init(&cli);
	cli.directory = desk->dir;
	out = divert(stdout, &kept_out);
	err = divert(stderr, &kept_err);
	status = command(&cli, argc, argv);
	cli_release(&cli);
	restore(stdout, kept_out, out, run_said, sizeof(run_said));
	restore(stderr, kept_err, err, run_warned, sizeof(run_warned));
	return status;
}

int run_command(const struct desk *desk, cli_command *command, ...)
{
	const char *words[WORDS_MAX + 1];
	va_list args;
	int n = 0;

	va_start(args, command);
	do {
		assert_true(n < WORDS_MAX);
		words[n] = va_arg(args, const char *);
	} while (words[n++]);
	va_end(args);
	return run_words(desk, command, words);
}
