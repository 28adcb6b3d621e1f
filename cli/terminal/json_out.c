/* json_out.c - the one file that sees jansson.
 * Knows JSON; knows no command. */
#include "cli/terminal/json_out.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <string.h>

#include "cli/terminal/message.h"

void json_out_init(struct json_out *json)
{
	memset(json, 0, sizeof(*json));
}

void json_out_release(struct json_out *json)
{
	json_decref(json->stack[0]);
	json_out_init(json);
}

/* Takes `node` into the innermost open container; false if that failed. */
static bool put(struct json_out *json, const char *key, json_t *node)
{
	json_t *into = json->depth > 0 ? json->stack[json->depth - 1] : NULL;
	int rc = -1;

	if (into && key)
		rc = json_object_set_new(into, key, node);
	else if (into)
		rc = json_array_append_new(into, node);
	else
		json_decref(node);
	if (rc < 0)
		json->failed = true;
	return rc == 0;
}

/* (J1) what was opened is on the stack even after a failure, so that every
 * json_out_end finds its beginning. */
static void open_container(struct json_out *json, const char *key, json_t *node)
{
	if (json->depth == JSON_OUT_DEPTH) {
		json_decref(node);
		json->failed = true;
		return;
	}
	if (json->depth == 0) {
		json_decref(json->stack[0]);
		json->stack[0] = node;
		json->failed = json->failed || !node;
	} else {
		json->stack[json->depth] = put(json, key, node) ? node : NULL;
	}
	json->depth++;
}

void json_out_object(struct json_out *json, const char *key)
{
	open_container(json, key, json_object());
}

void json_out_array(struct json_out *json, const char *key)
{
	open_container(json, key, json_array());
}

void json_out_end(struct json_out *json)
{
	if (json->depth > 0)
		json->depth--;
}

void json_out_text(struct json_out *json, const char *key, const char *text)
{
	put(json, key, text ? json_string(text) : json_null());
}

void json_out_int(struct json_out *json, const char *key, int64_t number)
{
	put(json, key, json_integer(number));
}

void json_out_real(struct json_out *json, const char *key, double number)
{
	put(json, key, json_real(number));
}

void json_out_bool(struct json_out *json, const char *key, bool truth)
{
	put(json, key, json_boolean(truth));
}

void json_out_null(struct json_out *json, const char *key)
{
	put(json, key, json_null());
}

static void put_set(struct json_out *json, const char *key,
		    const struct value *value)
{
	static const char separator[] = "、";
	const char *at = value->bytes;
	const char *end = value->bytes + value->len;

	json_out_array(json, key);
	while (at < end) {
		const char *next = memmem(at, (size_t)(end - at), separator,
					  sizeof(separator) - 1);
		const char *stop = next ? next : end;

		put(json, NULL, json_stringn(at, (size_t)(stop - at)));
		at = next ? next + sizeof(separator) - 1 : end;
	}
	json_out_end(json);
}

static void put_blob(struct json_out *json, const char *key,
		     const struct value *value)
{
	struct buf hex = BUF_INIT;

	for (size_t i = 0; i < value->len; i++)
		buf_addf(&hex, "%02x", (unsigned char)value->bytes[i]);
	if (hex.failed)
		json->failed = true;
	json_out_text(json, key, buf_text(&hex));
	buf_release(&hex);
}

void json_out_value(struct json_out *json, const char *key,
		    const struct field *field, const struct value *value)
{
	enum field_type type = field ? field->type : FIELD_UNKNOWN;

	switch (value->type) {
	case VALUE_NULL:
		if (type == FIELD_SET) {
			json_out_array(json, key);
			json_out_end(json);
		} else {
			json_out_null(json, key);
		}
		break;
	case VALUE_INT:
		if (type == FIELD_BOOL)
			json_out_bool(json, key, value->integer != 0);
		else
			json_out_int(json, key, value->integer);
		break;
	case VALUE_REAL:
		json_out_real(json, key, value->real);
		break;
	case VALUE_TEXT:
		if (type == FIELD_SET)
			put_set(json, key, value);
		else
			put(json, key, json_stringn(value->bytes, value->len));
		break;
	case VALUE_BLOB:
		put_blob(json, key, value);
		break;
	}
}

void json_out_codes(struct json_out *json, const char *key, const char *codes)
{
	struct buf code = BUF_INIT;

	json_out_array(json, key);
	for (; *codes; codes += strcspn(codes, "\x1f")) {
		codes += *codes == '\x1f';
		buf_clear(&code);
		buf_add(&code, codes, strcspn(codes, "\x1f"));
		json_out_text(json, NULL, buf_text(&code));
	}
	json_out_end(json);
	json->failed = json->failed || code.failed;
	buf_release(&code);
}

int json_out_render(struct json_out *json, struct buf *out, struct err *err)
{
	char *text = NULL;
	int rc;

	if (!json->failed && json->stack[0])
		text = json_dumps(json->stack[0], JSON_INDENT(2));
	if (text) {
		buf_adds(out, text);
		buf_addc(out, '\n');
		rc = buf_check(out, err);
	} else {
		rc = err_set(err, ERR_FAIL, _("the JSON could not be made"));
	}
	free(text);
	json_out_release(json);
	return rc;
}

int json_out_print(struct json_out *json, FILE *out, struct err *err)
{
	struct buf text = BUF_INIT;
	int rc = json_out_render(json, &text, err);

	if (rc == 0 && fwrite(text.data, 1, text.len, out) != text.len)
		rc = err_errno(err, _("write the output"));
	buf_release(&text);
	return rc;
}
