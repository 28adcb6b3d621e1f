/* report.h - filling a sync's report as it goes.
 * Knows counts and texts; decides nothing. */
#ifndef TIAN_SYNC_REPORT_H
#define TIAN_SYNC_REPORT_H

#include "core/merge/apply.h"
#include "sync/git/oid.h"
#include "sync/sync.h"

/* What the steps of one run share. */
struct run {
	struct sync_report *report;
	const struct sync_options *options; /* may be NULL */
};

void run_progress(const struct run *run, enum sync_stage stage, size_t done,
		  size_t total);
/* Adds a detail; refusals and quarantines count. */
int run_detail(const struct run *run, enum sync_detail_kind kind,
	       struct err *err, const char *fmt, ...) ERR_PRINTF(4, 5);
/* A run that begins again tells what it finds anew; what was put right stays
 * told. */
void run_forget(struct sync_report *report);
/* A detail for each verdict that refuses. */
int run_verdicts(const struct run *run, const char *site,
		 const struct verdict *verdicts, size_t n, struct err *err);
void run_commit(const struct run *run, const struct oid *oid);

#endif
