/* doc_no.c - document numbers (文号).
 * A pure function of text; knows no handling. */
#include "cli/check/doc_no.h"

#include <stdlib.h>
#include <string.h>

#include "cli/import/scan.h"

enum { BODY_MAX = 60 /* bytes of the issuing body's mark */ };

struct parts {
	struct scan body;
	char year[8], serial[12];
	bool hexagonal; /* brackets of the standard */
	bool plain;	/* no 第, no leading zero, 号 behind */
};

/* Digits with nothing before them but 第 and nothing behind but 号. */
static bool read_serial(struct parts *parts, struct scan scan)
{
	const char *serial = parts->serial;
	bool numbered;

	scan_spaces(&scan);
	parts->plain = !scan_word(&scan, "第");
	scan_spaces(&scan);
	if (!scan_digits(&scan, parts->serial, sizeof(parts->serial)))
		return false;
	scan_spaces(&scan);
	numbered = scan_word(&scan, "号");
	parts->plain = parts->plain && numbered && *serial != '0';
	return scan_trim(scan).at == scan.end;
}

static bool read_year(struct parts *parts, struct scan *scan)
{
	int year;

	scan_spaces(scan);
	if (!scan_digits(scan, parts->year, sizeof(parts->year)) ||
	    strlen(parts->year) != 4)
		return false;
	scan_word(scan, "年");
	scan_spaces(scan);
	year = atoi(parts->year);
	return scan_if(scan, ')') && year >= 1949 && year < 2100;
}

static bool read_parts(struct parts *parts, struct scan scan)
{
	const char *bracket = scan_find_any(scan, "(");

	if (!bracket)
		return false;
	parts->body = scan_trim(scan_slice(scan.at, bracket));
	scan.at = bracket;
	parts->hexagonal = strncmp(bracket, "〔", strlen("〔")) == 0;
	scan_take(&scan);
	return scan_len(&parts->body) > 0 &&
	       scan_len(&parts->body) <= BODY_MAX && read_year(parts, &scan) &&
	       read_serial(parts, scan);
}

static void add_normal(struct buf *normal, const struct parts *parts)
{
	const char *serial = parts->serial;

	while (serial[0] == '0' && serial[1] != '\0')
		serial++;
	buf_add(normal, parts->body.at, scan_len(&parts->body));
	buf_addf(normal, "〔%s〕%s号", parts->year, serial);
}

enum doc_no_kind doc_no_read(struct buf *normal, const char *text)
{
	struct scan scan = scan_trim(scan_text(text));
	struct parts parts = {0};

	if (read_parts(&parts, scan)) {
		if (normal)
			add_normal(normal, &parts);
		return parts.hexagonal && parts.plain ? DOC_NO_GOOD
						      : DOC_NO_VARIANT;
	}
	return read_serial(&parts, scan) ? DOC_NO_BARE : DOC_NO_MALFORMED;
}
