/* news_fuzz.c - any bytes as a newspaper page: refused, or a list. */
#include <stdint.h>

#include "cli/import/news.h"
#include "cli/import/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct record_list list;
	struct err err = {0};

	record_list_init(&list);
	(void)news_parse(&list, (const char *)data, size, &err);
	record_list_release(&list);
	return 0;
}
