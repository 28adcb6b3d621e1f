/* xml.c - elements and text of an XML document; the one door to expat.
 * Knows XML; knows no document. */
#include "cli/import/xml.h"

#include <expat.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "cli/terminal/message.h"
#include "core/base/library.h"

/* Reading a workbook is rare: it is loaded then. */
#define EXPAT_LIBRARY(X)                  \
	X(XML_ErrorString)                \
	X(XML_GetCurrentLineNumber)       \
	X(XML_GetErrorCode)               \
	X(XML_Parse)                      \
	X(XML_ParserCreate)               \
	X(XML_ParserFree)                 \
	X(XML_SetCharacterDataHandler)    \
	X(XML_SetElementHandler)          \
	X(XML_SetStartDoctypeDeclHandler) \
	X(XML_SetUserData)                \
	X(XML_StopParser)

static struct {
#define X(name) __typeof__(name) *name;
	EXPAT_LIBRARY(X)
#undef X
} expat;

static int load_expat(struct err *err)
{
	static const struct library_symbol symbols[] = {
#define X(name) {#name, offsetof(__typeof__(expat), name)},
		EXPAT_LIBRARY(X)
#undef X
	};

	return library_load(&expat, TIAN_LIBEXPAT, symbols,
			    sizeof(symbols) / sizeof(symbols[0]), err);
}

struct xml {
	XML_Parser parser;
	struct xml_handlers handlers;
	void *ctx;
	int depth;
	bool refused;
};

static const char *without_prefix(const char *name)
{
	const char *colon = strrchr(name, ':');

	return colon ? colon + 1 : name;
}

static void refuse(struct xml *xml)
{
	xml->refused = true;
	expat.XML_StopParser(xml->parser, XML_FALSE);
}

static void XMLCALL on_start(void *ctx, const XML_Char *name,
			     const XML_Char **attributes)
{
	struct xml *xml = ctx;

	if (++xml->depth > XML_DEPTH_MAX)
		refuse(xml);
	else
		xml->handlers.start(xml->ctx, without_prefix(name), attributes);
}

static void XMLCALL on_end(void *ctx, const XML_Char *name)
{
	struct xml *xml = ctx;

	xml->depth--;
	if (!xml->refused)
		xml->handlers.end(xml->ctx, without_prefix(name));
}

static void XMLCALL on_text(void *ctx, const XML_Char *text, int len)
{
	struct xml *xml = ctx;

	if (!xml->refused && xml->handlers.text)
		xml->handlers.text(xml->ctx, text, (size_t)len);
}

static void XMLCALL on_doctype(void *ctx, const XML_Char *name,
			       const XML_Char *system, const XML_Char *public,
			       int internal)
{
	(void)name;
	(void)system;
	(void)public;
	(void)internal;
	refuse(ctx);
}

int xml_new(struct xml **out, const struct xml_handlers *handlers, void *ctx,
	    struct err *err)
{
	struct xml *xml;
	int rc = load_expat(err);

	if (rc < 0)
		return rc;
	xml = calloc(1, sizeof(*xml));
	if (xml)
		xml->parser = expat.XML_ParserCreate(NULL);
	if (!xml || !xml->parser) {
		free(xml);
		return err_nomem(err);
	}
	xml->handlers = *handlers;
	xml->ctx = ctx;
	expat.XML_SetUserData(xml->parser, xml);
	expat.XML_SetElementHandler(xml->parser, on_start, on_end);
	expat.XML_SetCharacterDataHandler(xml->parser, on_text);
	expat.XML_SetStartDoctypeDeclHandler(xml->parser, on_doctype);
	*out = xml;
	return 0;
}

void xml_free(struct xml *xml)
{
	if (!xml)
		return;
	expat.XML_ParserFree(xml->parser);
	free(xml);
}

int xml_feed(struct xml *xml, const char *bytes, size_t len, struct err *err)
{
	if (expat.XML_Parse(xml->parser, bytes, (int)len, len == 0) ==
	    XML_STATUS_OK)
		return 0;
	return err_set(
		err, ERR_INPUT, _("its XML cannot be read: line %lu, %s"),
		expat.XML_GetCurrentLineNumber(xml->parser),
		expat.XML_ErrorString(expat.XML_GetErrorCode(xml->parser)));
}

const char *xml_attribute(const char **attributes, const char *name)
{
	for (; attributes[0]; attributes += 2) {
		if (strcmp(without_prefix(attributes[0]), name) == 0)
			return attributes[1];
	}
	return NULL;
}
