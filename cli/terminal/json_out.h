/* json_out.h - the one door to jansson: a document written from top to
 * bottom. Knows JSON; knows no command.
 *
 * Inside an object every call names its key, inside an array key is NULL. A
 * failure is remembered and told once, by json_out_print. */
#ifndef TIAN_CLI_JSON_OUT_H
#define TIAN_CLI_JSON_OUT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "core/base/buf.h"
#include "core/log/change.h"
#include "core/base/err.h"
#include "core/schema/schema.h"

enum { JSON_OUT_DEPTH = 16 };

struct json_out {
	void *stack[JSON_OUT_DEPTH]; /* open objects and arrays; [0] owned */
	int depth;
	bool failed;
};

void json_out_init(struct json_out *json);
void json_out_release(struct json_out *json);
void json_out_object(struct json_out *json, const char *key);
void json_out_array(struct json_out *json, const char *key);
void json_out_end(struct json_out *json); /* of the innermost one */
void json_out_text(struct json_out *json, const char *key, const char *text);
void json_out_int(struct json_out *json, const char *key, int64_t number);
void json_out_real(struct json_out *json, const char *key, double number);
void json_out_bool(struct json_out *json, const char *key, bool truth);
void json_out_null(struct json_out *json, const char *key);
/* A field's value in its natural type: sets as arrays, yes/no as true/false.
 * field NULL: by the value's own type. */
void json_out_value(struct json_out *json, const char *key,
		    const struct field *field, const struct value *value);
/* An array of codes, given separated by U+001F. */
void json_out_codes(struct json_out *json, const char *key, const char *codes);
/* Writes the document and a line end; releases it. */
int json_out_print(struct json_out *json, FILE *out, struct err *err);
/* The same into a buffer. */
int json_out_render(struct json_out *json, struct buf *out, struct err *err);

#endif
