/* message.c - locale and catalogue.
 * Knows where catalogues lie; knows no message. */
#include "cli/message.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#ifndef TIAN_LOCALEDIR
#define TIAN_LOCALEDIR "/usr/local/share/locale"
#endif

static bool chinese;

/* The locale the user asked for, "" where none. */
static const char *wanted_locale(void)
{
	static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = getenv(names[i]);

		if (value && *value)
			return value;
	}
	return "";
}

static const char *catalogue_directory(void)
{
	const char *dir = getenv("TIAN_LOCALEDIR");

	return dir && *dir ? dir : TIAN_LOCALEDIR;
}

void message_init(void)
{
	const char *wanted = wanted_locale();

	chinese = wanted[0] == 'z' && wanted[1] == 'h';
	/* A machine without the zh_CN locale still reads Chinese: the text is
	 * UTF-8 everywhere, only the catalogue is chosen. */
	if (!setlocale(LC_ALL, "") ||
	    (chinese && strcmp(setlocale(LC_MESSAGES, NULL), "C") == 0))
		setlocale(LC_ALL, "C.UTF-8");
	if (chinese && !getenv("LANGUAGE"))
		setenv("LANGUAGE", "zh_CN", 1);
	/* Numbers are written the same for every reader and script. */
	setlocale(LC_NUMERIC, "C");
	bindtextdomain("tian", catalogue_directory());
	bind_textdomain_codeset("tian", "UTF-8");
	textdomain("tian");
}

bool message_chinese(void)
{
	return chinese;
}

const char *message_label(const char *zh, const char *en)
{
	return chinese || !en || !*en ? zh : en;
}

/* Words of core/ and sync/ for people, as they stand there. */
static const char *const foreign[] = {
	N_("only the office may write it"),
	N_("only the row's own unit may write it"),
	N_("only the office and the row's own unit may write it"),
	N_("only the office may add a row"),
	N_("only the row's own unit may add it"),
	N_("this site may not write it"),
	N_("the field cannot hold this value"),
	N_("is not 0 or 1"),
	N_("is not a date like 2022-06-30"),
	N_("is not a time like 2022-06-30T09:15:00Z"),
	N_("is not a code of its list (table code)"),
	N_("is larger than 4 MiB"),
	N_("out of memory"),
	N_("the hub's address is empty"),
	N_("the public key is damaged"),
	N_("signature does not hold"),
	N_("commit is not signed"),
};

const char *message_foreign(const char *text)
{
	for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++)
		if (strcmp(foreign[i], text) == 0)
			return _(foreign[i]);
	return text;
}
