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

	chinese = strncmp(wanted, "zh", 2) == 0;
	/* A machine without the zh_CN locale still reads Chinese: the text is
	 * UTF-8 everywhere, only the catalogue is chosen. */
	if (!setlocale(LC_ALL, "") || (chinese && strcmp(setlocale(LC_MESSAGES,
							   NULL), "C") == 0))
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
