/* library.c - a shared library that is loaded when it is first needed. */
#include "core/base/library.h"

#include <dlfcn.h>
#include <string.h>

int library_load(void *table, const char *name,
		 const struct library_symbol *symbols, size_t n,
		 struct err *err)
{
	/* Lazily: of some 9,000 symbols below libgit2 a run calls few. */
	void *handle = dlopen(name, RTLD_LAZY | RTLD_LOCAL);

	if (handle == NULL)
		return err_set(err, ERR_FAIL, "load a library: %s", dlerror());
	for (size_t i = 0; i < n; i++) {
		void *address = dlsym(handle, symbols[i].name);

		if (address == NULL)
			return err_set(err, ERR_FAIL, "load a library: %s",
				       dlerror());
		memcpy((char *)table + symbols[i].offset, &address,
		       sizeof(address));
	}
	return 0;
}
