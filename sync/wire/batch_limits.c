/* batch_limits.c - the limits of one change.
 * Refuses to know how it is written. */
#include "sync/wire/batch_limits.h"

#include <math.h>

#include "sync/wire/envelope.h"

static const char *ids_fault(const struct change *change)
{
	if (!envelope_id_ok(change->id))
		return "seq is not within 1 and 2^40 - 1";
	if (change->clock > INT64_MAX)
		return "clock is past 2^63 - 1";
	if (change->entity == 0 || change->entity > INT32_MAX)
		return "entity is not within 1 and 2^31 - 1";
	if (change->field > BATCH_FIELD_MAX)
		return "field is past 4095";
	if (change->n_bases > CHANGE_BASES_MAX)
		return "more than 1024 bases";
	return NULL;
}

static const char *bytes_fault(const struct change *change)
{
	const struct value *value = &change->value;
	bool bytes = value->type == VALUE_TEXT || value->type == VALUE_BLOB;

	if (change->row_len == 0 || change->row_len > CHANGE_ROW_MAX)
		return "row key is not within 1 and 512 bytes";
	if (bytes && value->len > CHANGE_VALUE_MAX)
		return "value of more than 4194304 bytes";
	if (value->type == VALUE_REAL && isnan(value->real))
		return "value is not a number";
	if (change->reason && change->reason_len > CHANGE_REASON_MAX)
		return "reason of more than 4096 bytes";
	return NULL;
}

const char *batch_change_fault(const struct change *change)
{
	const char *fault = ids_fault(change);

	return fault ? fault : bytes_fault(change);
}

bool batch_base_ok(const struct change *change, struct change_id base)
{
	return envelope_id_ok(base) &&
	       (base.origin != change->id.origin || base.seq < change->id.seq);
}
