/* report.c - filling a sync's report as it goes. */
#include "sync/node/report.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void run_progress(const struct run *run, enum sync_stage stage, size_t done,
		  size_t total)
{
	if (run->options != NULL && run->options->progress != NULL)
		run->options->progress(stage, done, total, run->options->ctx);
}

int run_detail(const struct run *run, enum sync_detail_kind kind,
	       struct err *err, const char *fmt, ...)
{
	struct sync_report *report = run->report;
	struct sync_detail *details;
	char text[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	/* A run that begins again finds the same. */
	for (size_t i = 0; kind == SYNC_NOTICE && i < report->n_details; i++)
		if (strcmp(report->details[i].text, text) == 0)
			return 0;
	details = realloc(report->details,
			  (report->n_details + 1) * sizeof(*details));
	if (details == NULL)
		return err_nomem(err);
	report->details = details;
	details[report->n_details].kind = kind;
	details[report->n_details].text = strdup(text);
	if (details[report->n_details].text == NULL)
		return err_nomem(err);
	report->n_details++;
	if (kind == SYNC_REFUSED || kind == SYNC_QUARANTINED)
		report->refused++;
	return 0;
}

int run_verdicts(const struct run *run, const char *site,
		 const struct verdict *verdicts, size_t n, struct err *err)
{
	char id[CHANGE_ID_TEXT];
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < n; i++) {
		if (verdicts[i].kind != VERDICT_REFUSED)
			continue;
		change_id_format(id, verdicts[i].id);
		rc = run_detail(run, SYNC_REFUSED, err, "%s %s: %s", site, id,
				verdicts[i].reason);
	}
	return rc;
}

void run_forget(struct sync_report *report)
{
	size_t n = 0;

	for (size_t i = 0; i < report->n_details; i++)
		if (report->details[i].kind == SYNC_NOTICE)
			report->details[n++] = report->details[i];
		else
			free(report->details[i].text);
	report->n_details = n;
	report->refused = 0;
}

void run_commit(const struct run *run, const struct oid *oid)
{
	oid_format(run->report->commit, oid);
}

void sync_report_release(struct sync_report *report)
{
	for (size_t i = 0; i < report->n_details; i++)
		free(report->details[i].text);
	free(report->details);
	*report = (struct sync_report){.pushed = 0};
}
