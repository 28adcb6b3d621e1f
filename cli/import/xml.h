/* xml.h - elements and text of an XML document fed piece by piece; the one
 * door to expat. Knows XML; knows no document.
 *
 * Document type declarations are refused, so no entity is ever expanded.
 * Names are given without their prefix. */
#ifndef TIAN_CLI_XML_H
#define TIAN_CLI_XML_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/err.h"

enum { XML_DEPTH_MAX = 64 };

struct xml_handlers {
	void (*start)(void *ctx, const char *name, const char **attributes);
	void (*end)(void *ctx, const char *name);
	void (*text)(void *ctx, const char *text, size_t len);
};

struct xml;

int xml_new(struct xml **out, const struct xml_handlers *handlers, void *ctx,
	    struct err *err);
void xml_free(struct xml *xml); /* NULL is fine */
/* The next piece; 0 bytes end the document. ERR_INPUT: not well formed, says
 * the line. */
int xml_feed(struct xml *xml, const char *bytes, size_t len, struct err *err);
/* The value of an attribute by its name without prefix; NULL without it. */
const char *xml_attribute(const char **attributes, const char *name);

#endif
