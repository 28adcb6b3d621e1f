/* doc_no.h - document numbers (文号): 钱教〔2022〕15号.
 * A pure function of text. GB/T 9704-2012, 7.2.5: the issuing body's mark,
 * the year in four digits within hexagonal brackets, a serial number without
 * 第 and without leading zeros, 号. Lists hold （）, ﹝﹞, [], 【】 and bare
 * numbers too. */
#ifndef TIAN_CLI_DOC_NO_H
#define TIAN_CLI_DOC_NO_H

#include "core/base/buf.h"

enum doc_no_kind {
	DOC_NO_GOOD,	 /* as the standard has it */
	DOC_NO_VARIANT,	 /* understood: other brackets, 第, leading zeros */
	DOC_NO_BARE,	 /* a number alone: neither body nor year */
	DOC_NO_MALFORMED /* not understood */
};

/* What it is; appends its form as the standard has it to `normal` (may be
 * NULL) where it is good or a variant. Two that name one document have the
 * same form. */
enum doc_no_kind doc_no_read(struct buf *normal, const char *text);

#endif
