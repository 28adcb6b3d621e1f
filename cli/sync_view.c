/* sync_view.c - telling what an exchange brought. */
#include "cli/sync_view.h"

#include <stdio.h>

#include "cli/cli.h"
#include "cli/json_out.h"
#include "cli/message.h"

int sync_view_json(const struct sync_report *report, struct err *err)
{
	struct json_out json;
	int rc;

	json_out_init(&json);
	json_out_object(&json, NULL);
	json_out_int(&json, "pushed", (int64_t)report->pushed);
	json_out_int(&json, "received", (int64_t)report->received);
	json_out_int(&json, "merged", (int64_t)report->merged);
	json_out_int(&json, "refused", (int64_t)report->refused);
	json_out_object(&json, "conflicts");
	json_out_int(&json, "soft", (int64_t)report->soft);
	json_out_int(&json, "hard", (int64_t)report->hard);
	json_out_end(&json);
	json_out_text(&json, "commit", *report->commit ? report->commit : NULL);
	json_out_end(&json);
	rc = json_out_print(&json, stdout, err);
	json_out_release(&json);
	return rc;
}

void sync_view_text(const struct sync_report *report, bool office)
{
	if (report->pushed + report->received + report->merged +
		    report->refused ==
	    0)
		puts(_("Nothing new."));
	if (report->pushed > 0)
		printf(_("sent:      %zu changes\n"), report->pushed);
	if (report->received > 0)
		printf(_("received:  %zu changes\n"), report->received);
	if (office && report->merged > 0)
		printf(_("merged:    %zu changes\n"), report->merged);
	if (report->refused > 0)
		printf(_("refused:   %zu\n"), report->refused);
	if (report->soft + report->hard > 0)
		printf(_("conflicts: %zu to decide, %zu settled by rule (tian "
			 "conflicts)\n"),
		       report->hard, report->soft);
}

void sync_view_details(const struct sync_report *report)
{
	static const char *const what[] = {
		[SYNC_REFUSED] = N_("refused: %s"),
		[SYNC_QUARANTINED] = N_("set aside until a person looks: %s"),
		[SYNC_WAITING] = N_("waits to be enrolled (tian unit add): %s"),
	};

	for (size_t i = 0; i < report->n_details; i++) {
		const struct sync_detail *detail = &report->details[i];
		struct buf text = BUF_INIT;

		message_foreign(&text, detail->text);
		cli_say(_(what[detail->kind]), buf_text(&text));
		buf_release(&text);
	}
}
