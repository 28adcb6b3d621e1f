/* batch_builder.h - gathers logged changes into one batch, one block of
 * memory. Inside core/. Knows layout; knows no storage. */
#ifndef TIAN_CORE_BATCH_BUILDER_H
#define TIAN_CORE_BATCH_BUILDER_H

#include "core/base/buf.h"
#include "core/log/change.h"

struct batch_builder {
	struct buf changes; /* struct change, pointers not set yet */
	struct buf bases;   /* struct change_id */
	struct buf strings;
	size_t n;
};

#define BATCH_BUILDER_INIT                      \
	{                                       \
		BUF_INIT, BUF_INIT, BUF_INIT, 0 \
	}

/* Copies the change and all it points at. */
void batch_builder_add(struct batch_builder *builder,
		       const struct change *change);
/* One block (batch_free); the builder is empty afterwards. */
int batch_builder_finish(struct batch **out, struct batch_builder *builder,
			 const struct batch *head, struct err *err);
void batch_builder_release(struct batch_builder *builder);

#endif
