/* args.h - a command's words and options, checked before anything is done.
 * Knows the options every command has (--json, --as, --help, -C); knows no
 * command.
 *
 * Options may stand before, between and after words; `--name=value` and
 * `--name value` are the same; `--` ends options. A word that looks like a
 * negative number or is just `-` is a word. */
#ifndef TIAN_CLI_ARGS_H
#define TIAN_CLI_ARGS_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/cli.h"
#include "core/base/err.h"

enum arg_kind {
	ARG_FLAG, /* target: bool * */
	ARG_ONE,  /* target: const char **, given at most once */
	ARG_MANY  /* target: struct arg_list *, in order */
};

struct arg_list {
	const char **items; /* borrowed from argv; the array is owned */
	size_t n;
};

struct arg_option {
	const char *name; /* with its dashes */
	enum arg_kind kind;
	void *target;
};

struct arg_spec {
	const char *help; /* whole text of --help, not translated yet */
	const struct arg_option *options;
	size_t n_options;
	size_t min_words;
	size_t max_words; /* SIZE_MAX: any number */
};

enum { ARGS_HELP = 1 };

/* Fills the targets and `words` (what is left, in order; args_list_release).
 * ARGS_HELP: help was printed, the command is done. ERR_USAGE: says what was
 * wrong and how to see the help. */
int args_parse(struct arg_list *words, struct cli *cli,
	       const struct arg_spec *spec, int argc, char **argv,
	       struct err *err);
void args_list_release(struct arg_list *list);
/* How different two words are, for "did you mean". */
size_t args_distance(const char *a, const char *b);

#endif
