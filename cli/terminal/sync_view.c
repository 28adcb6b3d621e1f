/* sync_view.c - telling what an exchange brought. */
#include "cli/terminal/sync_view.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/case/case.h"
#include "cli/cli.h"
#include "cli/terminal/json_out.h"
#include "cli/terminal/message.h"
#include "cli/conflict/refusal.h"
#include "cli/case/unsent.h"
#include "core/merge/late.h"
#include "sync/git/refs.h"
#include "sync/office/ledger.h"

/* `edu: why`: whose mailbox was not reached. */
static void add_away(struct json_out *json, const struct sync_detail *detail)
{
	char site[REF_SITE_MAX + 1];

	if (detail->kind != SYNC_AWAY)
		return;
	snprintf(site, sizeof(site), "%.*s", (int)strcspn(detail->text, ":"),
		 detail->text);
	json_out_text(json, NULL, site);
}

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
	json_out_array(&json, "away");
	for (size_t i = 0; i < report->n_details; i++)
		add_away(&json, &report->details[i]);
	json_out_end(&json);
	json_out_text(&json, "commit", *report->commit ? report->commit : NULL);
	json_out_end(&json);
	rc = json_out_print(&json, stdout, err);
	json_out_release(&json);
	return rc;
}

size_t sync_view_count(const struct sync_report *report,
		       enum sync_detail_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < report->n_details; i++)
		n += report->details[i].kind == kind;
	return n;
}

static void say_counts(const struct sync_report *report, bool office)
{
	const unsigned long sent = report->pushed, came = report->received,
			    merged = report->merged;

	if (sent > 0)
		printf(ngettext("sent:      %lu change\n",
				"sent:      %lu changes\n", sent),
		       sent);
	if (came > 0)
		printf(ngettext("received:  %lu change\n",
				"received:  %lu changes\n", came),
		       came);
	if (office && merged > 0)
		printf(ngettext("merged:    %lu change\n",
				"merged:    %lu changes\n", merged),
		       merged);
}

void sync_view_text(const struct sync_report *report, bool office)
{
	size_t waiting = sync_view_count(report, SYNC_QUARANTINED) +
			 sync_view_count(report, SYNC_WAITING);

	if (report->pushed + report->received + report->merged +
		    report->refused + waiting ==
	    0)
		puts(_("Nothing new."));
	say_counts(report, office);
	if (sync_view_count(report, SYNC_REFUSED) > 0)
		printf(_("refused:   %zu\n"),
		       sync_view_count(report, SYNC_REFUSED));
	if (waiting > 0)
		printf(_("waiting:   %zu outboxes (see above)\n"), waiting);
	if (report->soft + report->hard > 0)
		printf(_("conflicts: %zu to decide, %zu settled by rule (tian "
			 "conflicts)\n"),
		       report->hard, report->soft);
}

/* --- what a person should look at --------------------------------------- */

static int say_refused(struct buf *keys, struct replica *replica,
		       const char *text, struct err *err)
{
	struct buf told = BUF_INIT, key = BUF_INIT;
	int rc = refusal_tell(&told, &key, replica, text, err);

	if (rc == 0 && told.len > 0)
		cli_say(_("refused: %s"), buf_text(&told));
	if (key.len > 0 && !strstr(buf_text(keys), buf_text(&key)))
		buf_addf(keys, "%s%s", keys->len ? " " : "", buf_text(&key));
	buf_release(&told);
	buf_release(&key);
	return rc;
}

static bool some_late(struct replica *replica)
{
	struct err err;
	size_t n = 0;

	return late_count(&n, replica, &err) == 0 && n > 0;
}

static void say_what_of_refused(const struct buf *keys, struct replica *replica)
{
	bool office = replica_is_office(replica);
	char first[64];

	if (keys->len == 0)
		return;
	snprintf(first, sizeof(first), "%.*s",
		 (int)strcspn(buf_text(keys), " "), buf_text(keys));
	if (office && some_late(replica))
		cli_note(_("What was refused is kept and counts for nothing "
			   "(tian log %s).\nWhat a unit wrote after its case "
			   "was taken back waits for you to accept or refuse "
			   "it: tian conflicts."),
			 first);
	else if (office)
		cli_note(_("What was refused is kept and counts for nothing "
			   "(tian log %s).\nIf it should count, assign the "
			   "case to that unit and let it write it again, or "
			   "write it here with tian set."),
			 first);
	else
		cli_note(_("What was refused is kept here and at the office, "
			   "and counts for nothing (tian log %s).\nIf it "
			   "should count, ask the office to assign the case "
			   "or to write it; then write it again here."),
			 first);
}

/* "refs/heads/outbox/hr/0123…: why (7 changes wait)" taken apart. */
struct outbox_text {
	char site[REF_SITE_MAX + 1];
	uint64_t origin;
	unsigned long waiting; /* 0: not said */
	struct buf why;
};

static bool outbox_text_read(struct outbox_text *out, const char *text)
{
	const char *colon = strstr(text, ": ");
	const char *more;
	struct buf ref = BUF_INIT;
	bool yes = false;

	if (colon) {
		buf_add(&ref, text, (size_t)(colon - text));
		yes = refs_parse_outbox(out->site, &out->origin,
					buf_text(&ref));
		buf_release(&ref);
	}
	if (!yes)
		return false;
	buf_adds(&out->why, colon + 2);
	more = strrchr(buf_text(&out->why), '(');
	if (more && strstr(more, " changes wait)")) {
		out->waiting = strtoul(more + 1, NULL, 10);
		while (more > out->why.data && more[-1] == ' ')
			more--;
		buf_truncate(&out->why, (size_t)(more - out->why.data));
	}
	return true;
}

static void say_unknown_key(const struct outbox_text *outbox, const char *name)
{
	if (outbox->waiting > 0)
		cli_say(ngettext("%s has a computer that is not enrolled; %lu "
				 "change of it waits, and is kept",
				 "%s has a computer that is not enrolled; %lu "
				 "changes of it wait, and are kept",
				 outbox->waiting),
			name, outbox->waiting);
	else
		cli_say(_("%s has a computer that is not enrolled; what it "
			  "sent waits, and is kept"),
			name);
	cli_note(_("If it really is theirs: tian unit add %s %s --key FILE "
		   "(key.pub of that computer)"),
		 outbox->site, name);
}

/* "signed with a key that ended on TIME: the key is DIGITS" taken apart. */
static bool say_ended_key(const struct outbox_text *outbox, const char *name)
{
	const char *why = buf_text(&outbox->why);
	char until[SIGNER_TIME], key[KEY_FINGERPRINT];

	if (sscanf(why, LEDGER_ENDED "%31s " LEDGER_ENDED_KEY "%64[0-9a-f]",
		   until, key) != 2)
		return false;
	until[strlen(until) - 1] = '\0'; /* the colon */
	if (outbox->waiting > 0)
		cli_say(ngettext("%s: the key of a computer ended on %s; %lu "
				 "change signed with it waits, and is kept",
				 "%s: the key of a computer ended on %s; %lu "
				 "changes signed with it wait, and are kept",
				 outbox->waiting),
			name, until, outbox->waiting);
	else
		cli_say(_("%s: the key of a computer ended on %s; what is "
			  "signed with it waits, and is kept"),
			name, until);
	cli_note(_("If it should count after all, give the key a later end: "
		   "tian unit key %s --revoke %s --from DATE (a day to come), "
		   "then tian sync.\nIf not, leave it: that computer makes a "
		   "new replica in another folder (tian init), its key.pub is "
		   "enrolled, and what should count is written there again."),
		 outbox->site, key);
	return true;
}

/* An outbox that was not taken in; false where the text tells of none. */
static bool say_outbox(struct replica *replica, enum sync_detail_kind kind,
		       const char *text)
{
	struct outbox_text outbox = {.why = BUF_INIT};
	struct buf name = BUF_INIT, why = BUF_INIT;
	struct err err;
	bool told = outbox_text_read(&outbox, text);

	if (told && case_unit_name(&name, replica, outbox.site, &err) < 0)
		buf_adds(&name, outbox.site);
	if (told && (kind == SYNC_WAITING ||
		     strstr(buf_text(&outbox.why),
			    "signed with a key that is not enrolled"))) {
		say_unknown_key(&outbox, buf_text(&name));
	} else if (told && !say_ended_key(&outbox, buf_text(&name))) {
		message_foreign(&why, buf_text(&outbox.why));
		cli_say(_("what a computer of %s sent is set aside until a "
			  "person looks: %s"),
			buf_text(&name), buf_text(&why));
		cli_note(_("Nothing of it is lost; ask %s what happened there "
			   "(tian doctor on that computer)."),
			 buf_text(&name));
	}
	buf_release(&outbox.why);
	buf_release(&name);
	buf_release(&why);
	return told;
}

/* Only this unit has to wait, and nothing of it is lost. */
static void say_away(struct replica *replica, const char *detail)
{
	const size_t len = strcspn(detail, ":");
	struct buf site = BUF_INIT, name = BUF_INIT, why = BUF_INIT;
	const char *text = detail + len;
	struct err err;

	buf_add(&site, detail, len);
	if (case_unit_name(&name, replica, buf_text(&site), &err) < 0)
		buf_adds(&name, buf_text(&site));
	text += strncmp(text, ": ", 2) == 0 ? 2 : 0;
	text += strncmp(text, "hub: ", 5) == 0 ? 5 : 0;
	message_foreign(&why, text);
	cli_say(_("the mailbox of %s was not reached: %s"), buf_text(&name),
		buf_text(&why));
	cli_note(_("All else is done; %s gets what it is owed, and is heard, "
		   "with the next tian sync that reaches it."),
		 buf_text(&name));
	buf_release(&site);
	buf_release(&name);
	buf_release(&why);
}

static void say_other(enum sync_detail_kind kind, const char *detail)
{
	static const char *const what[] = {
		[SYNC_REFUSED] = N_("refused: %s"),
		[SYNC_QUARANTINED] = N_("set aside until a person looks: %s"),
		[SYNC_WAITING] = N_("waits: %s"),
		[SYNC_NOTICE] = N_("note: %s"),
	};
	struct buf text = BUF_INIT;

	message_foreign(&text, detail);
	cli_say(_(what[kind]), buf_text(&text));
	buf_release(&text);
}

void sync_view_details(const struct sync_report *report,
		       struct replica *replica)
{
	struct buf keys = BUF_INIT;
	struct err err;

	for (size_t i = 0; i < report->n_details; i++) {
		const struct sync_detail *detail = &report->details[i];

		if (detail->kind == SYNC_REFUSED &&
		    say_refused(&keys, replica, detail->text, &err) == 0)
			continue;
		if (detail->kind == SYNC_AWAY) {
			say_away(replica, detail->text);
			continue;
		}
		if (detail->kind != SYNC_REFUSED &&
		    say_outbox(replica, detail->kind, detail->text))
			continue;
		say_other(detail->kind, detail->text);
	}
	say_what_of_refused(&keys, replica);
	buf_release(&keys);
}

/* --- the hub is away ----------------------------------------------------- */

bool sync_view_gone(struct buf *folder, struct replica *replica)
{
	struct err err = {0};
	char *hub = NULL;
	bool gone;

	gone = replica_get(&hub, replica, "hub", &err) == 0 && *hub == '/' &&
	       access(hub, F_OK) != 0;
	if (gone)
		buf_adds(folder, hub);
	free(hub);
	return gone;
}

static void say_why(struct replica *replica, const struct err *err)
{
	struct buf text = BUF_INIT;

	if (sync_view_gone(&text, replica)) {
		cli_say(_("the hub is not reached: the folder %s is not there "
			  "(is the stick plugged in, the share connected?)"),
			buf_text(&text));
	} else {
		message_foreign(&text, strncmp(err->text, "hub: ", 5) == 0
					       ? err->text + 5
					       : err->text);
		cli_say(_("the hub is not reached: %s"), buf_text(&text));
	}
	buf_release(&text);
}

void sync_view_away(struct replica *replica, const struct err *why)
{
	struct err err = {0};
	size_t n = 0;

	say_why(replica, why);
	if (unsent_count(&n, replica, &err) < 0 || n == 0)
		cli_note(_("Nothing is lost, and nothing waits to be sent. "
			   "Work goes on; run tian sync again when the hub is "
			   "there."));
	else
		cli_note(ngettext("Nothing is lost: %lu change waits here. "
				  "Work goes on; run tian sync again when the "
				  "hub is there.",
				  "Nothing is lost: %lu changes wait here. "
				  "Work goes on; run tian sync again when the "
				  "hub is there.",
				  (unsigned long)n),
			 (unsigned long)n);
}
