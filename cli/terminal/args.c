/* args.c - parsing a command's words and options by its table.
 * Knows shapes of arguments; knows no command. */
#include "cli/terminal/args.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/terminal/message.h"

/* A parse under way: the table with the options every command has. */
struct parse {
	struct cli *cli;
	const struct arg_spec *spec;
	const char *command;
	bool help;
	int argc;
	char **argv;
};

static int complain(struct err *err, const struct parse *parse,
		    const char *what, const char *word)
{
	return err_set(err, ERR_USAGE, _("%s: %s (see tian %s --help)"), word,
		       what, parse->command);
}

static int list_add(struct arg_list *list, const char *item, struct err *err)
{
	const char **items;

	items = realloc(list->items, (list->n + 1) * sizeof(*items));
	if (!items)
		return err_nomem(err);
	list->items = items;
	list->items[list->n++] = item;
	return 0;
}

void args_list_release(struct arg_list *list)
{
	free(list->items);
	list->items = NULL;
	list->n = 0;
}

size_t args_distance(const char *a, const char *b)
{
	enum { LONGEST = 31 };
	size_t row[LONGEST + 1];
	size_t na = strnlen(a, LONGEST), nb = strnlen(b, LONGEST);

	for (size_t j = 0; j <= nb; j++)
		row[j] = j;
	for (size_t i = 1; i <= na; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= nb; j++) {
			size_t best = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[nb];
}

/* `name` may be longer than the option: it ends at `len`. */
static const struct arg_option *find_option(const struct arg_spec *spec,
					    const struct arg_option *common,
					    size_t n_common, const char *name,
					    size_t len)
{
	for (size_t i = 0; i < spec->n_options + n_common; i++) {
		const struct arg_option *option =
			i < spec->n_options ? &spec->options[i]
					    : &common[i - spec->n_options];

		if (strlen(option->name) == len &&
		    memcmp(option->name, name, len) == 0)
			return option;
	}
	return NULL;
}

static const char *nearest_option(const struct arg_spec *spec, const char *name)
{
	const char *best = NULL;
	size_t least = 4;

	for (size_t i = 0; i < spec->n_options; i++) {
		size_t d = args_distance(spec->options[i].name, name);

		if (d < least) {
			least = d;
			best = spec->options[i].name;
		}
	}
	return best;
}

static int unknown_option(const struct parse *parse, const char *name,
			  struct err *err)
{
	const char *near = nearest_option(parse->spec, name);

	if (near)
		return err_set(err, ERR_USAGE,
			       _("%s: no such option; is %s meant? (see tian "
				 "%s --help)"),
			       name, near, parse->command);
	return complain(err, parse, _("no such option"), name);
}

/* Stores an option's value; *at is moved past a value that stood apart. */
static int take_option(const struct parse *parse,
		       const struct arg_option *option, const char *attached,
		       int *at, struct err *err)
{
	const char *value = attached;

	if (option->kind == ARG_FLAG) {
		if (attached)
			return complain(err, parse, _("takes no value"),
					option->name);
		*(bool *)option->target = true;
		return 0;
	}
	if (!value) {
		if (*at + 1 >= parse->argc)
			return complain(err, parse, _("needs a value"),
					option->name);
		value = parse->argv[++*at];
	}
	if (option->kind == ARG_MANY)
		return list_add(option->target, value, err);
	if (*(const char **)option->target &&
	    option->target != &parse->cli->author &&
	    option->target != &parse->cli->directory)
		return complain(err, parse, _("is given twice"), option->name);
	*(const char **)option->target = value;
	return 0;
}

static bool is_word(const char *arg)
{
	return arg[0] != '-' || arg[1] == '\0' ||
	       isdigit((unsigned char)arg[1]);
}

static int take_argument(struct parse *parse, struct arg_list *words, int *at,
			 struct err *err)
{
	const struct arg_option common[] = {
		{"--json", ARG_FLAG, &parse->cli->json},
		{"--as", ARG_ONE, &parse->cli->author},
		{"-C", ARG_ONE, &parse->cli->directory},
		{"--help", ARG_FLAG, &parse->help},
		{"-h", ARG_FLAG, &parse->help},
	};
	const char *arg = parse->argv[*at];
	const char *equals = arg[1] == '-' ? strchr(arg, '=') : NULL;
	size_t len = equals ? (size_t)(equals - arg) : strlen(arg);
	const struct arg_option *option;

	if (is_word(arg))
		return list_add(words, arg, err);
	option = find_option(parse->spec, common,
			     sizeof(common) / sizeof(common[0]), arg, len);
	if (!option)
		return unknown_option(parse, arg, err);
	return take_option(parse, option, equals ? equals + 1 : NULL, at, err);
}

/* What is missing stands in the first paragraph of the help. */
static int too_few(struct err *err, const struct parse *parse,
		   const struct arg_list *words)
{
	const char *usage = _(parse->spec->help);
	const char *end = strstr(usage, "\n\n");

	return err_set(err, ERR_USAGE,
		       _("%s: something is missing after it\n%.*s"),
		       words->n ? words->items[words->n - 1] : parse->command,
		       (int)(end ? end - usage : (ptrdiff_t)strlen(usage)),
		       usage);
}

static int check_words(const struct parse *parse, const struct arg_list *words,
		       struct err *err)
{
	if (words->n < parse->spec->min_words)
		return too_few(err, parse, words);
	if (words->n > parse->spec->max_words)
		return complain(err, parse, _("is one word too many"),
				words->items[parse->spec->max_words]);
	return 0;
}

int args_parse(struct arg_list *words, struct cli *cli,
	       const struct arg_spec *spec, int argc, char **argv,
	       struct err *err)
{
	struct parse parse = {cli, spec, argv[0], false, argc, argv};
	bool options = true;
	int rc = 0;

	for (int at = 1; rc == 0 && at < argc; at++) {
		if (options && strcmp(argv[at], "--") == 0)
			options = false;
		else if (options)
			rc = take_argument(&parse, words, &at, err);
		else
			rc = list_add(words, argv[at], err);
		if (parse.help) {
			fputs(_(spec->help), stdout);
			return ARGS_HELP;
		}
	}
	return rc < 0 ? rc : check_words(&parse, words, err);
}
