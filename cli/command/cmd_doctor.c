/* cmd_doctor.c - tian doctor: is this replica well, and what to do if not.
 * Looks only; heals nothing itself. Every finding says what to do. */
#include "cli/commands.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "cli/terminal/args.h"
#include "cli/case/case.h"
#include "cli/conflict/contradiction.h"
#include "cli/terminal/json_out.h"
#include "cli/terminal/message.h"
#include "cli/conflict/refusal.h"
#include "cli/terminal/sync_view.h"
#include "cli/case/unsent.h"
#include "cli/case/value.h"
#include "core/merge/conflict.h"
#include "core/merge/late.h"
#include "core/base/db.h"
#include "sync/road/hub_union.h"
#include "sync/identity/key.h"
#include "sync/node/standing.h"
#include "sync/office/ledger.h"
#include "sync/git/refs.h"
#include "sync/git/repository.h"
#include "sync/sync.h"

static const char help[] = N_(
	"usage: tian doctor\n"
	"\n"
	"Looks over the replica, the repository, the key, the clock and the\n"
	"way to the hub. Says what to do where something is wrong, and ends\n"
	"with status 1 then.\n"
	"\n"
	"example: tian doctor\n");

/* A clock this far behind what was written already is wrong. */
enum { CLOCK_SLACK_MS = 10 * 60 * 1000 };

struct doctor {
	struct cli *cli;
	struct json_out json;
	bool unwell;
};

static void ERR_PRINTF(4, 5) report(struct doctor *doctor, const char *check,
				    bool ok, const char *fmt, ...)
{
	char text[1536];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	doctor->unwell = doctor->unwell || !ok;
	if (doctor->cli->json) {
		json_out_object(&doctor->json, NULL);
		json_out_text(&doctor->json, "check", check);
		json_out_bool(&doctor->json, "ok", ok);
		json_out_text(&doctor->json, "message", text);
		json_out_end(&doctor->json);
	} else {
		printf("%s %s\n", ok ? "✓" : "✗", text);
	}
}

/* An error's text, said in the user's language. */
static const char *why(struct err *err)
{
	struct buf text = BUF_INIT;

	message_foreign(&text, err->text);
	if (!text.failed)
		err_set(err, err->code, "%s", buf_text(&text));
	buf_release(&text);
	return err->text;
}

/* What an SQL check has to say: the first column of its first row. */
static int first_text(struct buf *out, struct replica *replica, const char *sql,
		      struct err *err)
{
	struct db *db = replica_db(replica);
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, sql, err);

	if (rc < 0)
		return rc;
	rc = db_step(db, stmt, err);
	if (rc == 1)
		buf_adds(out, db_text(stmt, 0));
	sqlite3_reset(stmt);
	return rc < 0 ? rc : buf_check(out, err);
}

static void check_database(struct doctor *doctor)
{
	struct replica *replica = doctor->cli->replica;
	struct buf text = BUF_INIT;
	struct err err = {0};
	int rc = first_text(&text, replica, "PRAGMA quick_check(1)", &err);

	if (rc == 0 && strcmp(buf_text(&text), "ok") == 0)
		report(doctor, "database", true, _("database: sound"));
	else
		report(doctor, "database", false,
		       _("database: damaged (%s). Keep a copy of the folder; "
			 "make a new replica with tian init and sync: what "
			 "was sent is in the hub"),
		       rc < 0 ? why(&err) : buf_text(&text));
	buf_clear(&text);
	rc = first_text(&text, replica, "PRAGMA foreign_key_check", &err);
	if (rc < 0 || text.len > 0)
		report(doctor, "references", false,
		       _("database: a row of %s points to nothing"),
		       buf_text(&text));
	buf_release(&text);
}

static void check_mode(struct doctor *doctor, const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		report(doctor, "key", false,
		       _("key: %s is missing. Put it back from a backup, or "
			 "make a new replica and have its key enrolled"),
		       path);
	else if ((st.st_mode & 077) != 0)
		report(doctor, "key_mode", false,
		       _("key: others can read it. Do: chmod 600 %s"), path);
}

static void check_key(struct doctor *doctor)
{
	char path[PATH_MAX];
	struct key key = {0};
	struct err err = {0};

	snprintf(path, sizeof(path), "%s/key", doctor->cli->path);
	check_mode(doctor, path);
	if (key_load(&key, path, &err) == 0)
		report(doctor, "key_readable", true, _("key: readable"));
	else if (err.code != ERR_MISSING)
		report(doctor, "key_readable", false,
		       _("key: not readable (%s)"), why(&err));
	key_release(&key);
}

/* What the office last said of the key. */
static void check_standing(struct doctor *doctor)
{
	const char *site = replica_site(doctor->cli->replica);
	struct node *node = doctor->cli->node;
	struct standing standing;
	char fingerprint[KEY_FINGERPRINT] = "";
	struct err err = {0};

	if (standing_read(&standing, node, &err) < 0)
		return; /* the repository or the key: told already */
	key_fingerprint(fingerprint, node->key.public_key);
	if (standing.kind == STANDING_ENDED)
		report(doctor, "key_enrolled", false,
		       _("key: ended by the office on %s; what was not merged "
			 "by then, and what is written now, waits. The office "
			 "can give it a later end (there: tian unit key %s "
			 "--revoke %.16s --from DATE, then tian sync). Or make "
			 "a new replica in another folder (tian init), have "
			 "its key.pub enrolled, and write there again what "
			 "should count"),
		       standing.until, site, fingerprint);
	else if (standing.kind == STANDING_ABSENT)
		report(doctor, "key_enrolled", false,
		       _("key: not enrolled; what is written waits. Give "
			 "key.pub to the office (there: tian unit add %s NAME "
			 "--key FILE, then tian sync)"),
		       site);
}

/* At the office, where the hub has a main: whether it is another's. */
static void check_second(struct doctor *doctor, const struct oid *main_oid)
{
	struct standing standing;
	struct err err = {0};

	if (standing_read(&standing, doctor->cli->node, &err) == 0 &&
	    standing.kind == STANDING_SECOND &&
	    !repository_has(doctor->cli->node->repository, main_oid))
		report(doctor, "ledger", false,
		       _("ledger: another computer of the office began it at "
			 "this hub first; nothing of this one is merged. Run "
			 "tian init --office for a new folder, and let the "
			 "first one enrol its key (tian unit add office NAME "
			 "--key key.pub)"));
}

/* The newest stamp known against this machine's time. */
static void check_clock(struct doctor *doctor)
{
	static const char sql[] = "SELECT max(clock) FROM _change WHERE"
				  " flags & 2 = 0";
	struct buf text = BUF_INIT;
	struct err err = {0};
	char at[VALUE_TIME_SIZE];
	uint64_t newest, now = (uint64_t)time(NULL) * 1000;
	int rc = first_text(&text, doctor->cli->replica, sql, &err);

	newest = strtoull(buf_text(&text), NULL, 10);
	value_show_clock(at, newest);
	buf_release(&text);
	if (rc < 0)
		report(doctor, "clock", false, "%s", why(&err));
	else if ((newest >> 16) > now + CLOCK_SLACK_MS)
		report(doctor, "clock", false,
		       _("clock: this machine's time is before %s, when "
			 "something here was written. Set the clock"),
		       at);
	else
		report(doctor, "clock", true, _("clock: plausible"));
}

static void check_pending(struct doctor *doctor)
{
	struct buf text = BUF_INIT;
	struct err err = {0};
	int rc = first_text(&text, doctor->cli->replica,
			    "SELECT count(*) FROM _pending", &err);

	if (rc == 0 && strcmp(buf_text(&text), "0") != 0)
		report(doctor, "pending", true,
		       _("edits: %s wait for another program to let go of "
			 "the replica"),
		       buf_text(&text));
	buf_release(&text);
}

static void check_conflicts(struct doctor *doctor)
{
	size_t soft = 0, hard = 0, pairs = 0, late = 0;
	struct err err = {0};
	int rc = conflict_count(&soft, &hard, doctor->cli->replica, &err);

	if (rc == 0)
		rc = contradiction_count(&pairs, doctor->cli->replica, &err);
	if (rc == 0 && replica_is_office(doctor->cli->replica))
		rc = late_count(&late, doctor->cli->replica, &err);
	hard += pairs + late;
	if (rc < 0)
		report(doctor, "conflicts", false, "%s", why(&err));
	else if (hard > 0)
		report(doctor, "conflicts", false,
		       _("conflicts: %zu to decide. See tian conflicts "
			 "--hard"),
		       hard);
	else
		report(doctor, "conflicts", true,
		       _("conflicts: none to decide"));
}

/* Edits that no sync was seen to bring to the hub. */
static void check_unsent(struct doctor *doctor)
{
	struct err err = {0};
	size_t n = 0;

	if (unsent_count(&n, doctor->cli->replica, &err) < 0)
		report(doctor, "unsent", false, "%s", why(&err));
	else if (n > 0)
		report(doctor, "unsent", true,
		       ngettext("edits: %lu change is not at the hub yet; "
				"tian sync sends it",
				"edits: %lu changes are not at the hub yet; "
				"tian sync sends them",
				(unsigned long)n),
		       (unsigned long)n);
	else
		report(doctor, "unsent", true, _("edits: all are at the hub"));
}

static void check_refused(struct doctor *doctor)
{
	struct err err = {0};
	size_t n = 0;

	if (refusal_count(&n, doctor->cli->replica, &err) < 0)
		report(doctor, "refused", false, "%s", why(&err));
	else if (n > 0)
		report(doctor, "refused", true,
		       ngettext("refused: %lu change is kept and does not "
				"count; tian log CASE shows it",
				"refused: %lu changes are kept and do not "
				"count; tian log CASE shows them",
				(unsigned long)n),
		       (unsigned long)n);
}

static int count_late(const struct late_word *word, void *ctx, struct err *err)
{
	size_t *counts = ctx;

	(void)err;
	counts[word->state]++;
	return 0;
}

/* At a unit: its words that came late, and what the office said. */
static void check_late(struct doctor *doctor)
{
	size_t n[LATE_DECLINED + 1] = {0};
	struct err err = {0};
	int rc =
		late_each_word(doctor->cli->replica, NULL, count_late, n, &err);

	if (rc < 0)
		report(doctor, "late", false, "%s", why(&err));
	else if (n[LATE_WAITS] + n[LATE_ACCEPTED] + n[LATE_DECLINED] > 0)
		report(doctor, "late", true,
		       _("written after a proposal was taken back: %zu wait "
			 "for the office, %zu accepted, %zu not accepted; tian "
			 "list marks them, tian show says more"),
		       n[LATE_WAITS], n[LATE_ACCEPTED], n[LATE_DECLINED]);
}

/* At the office: whose outbox at the hub holds what main has not taken in. */
static void check_waiting(struct doctor *doctor, struct hub *hub)
{
	struct replica *replica = doctor->cli->replica;
	struct ref_list refs = {0};
	struct buf names = BUF_INIT;
	struct err err = {0};
	int rc = hub_refs(&refs, hub, REF_OUTBOX, &err);

	for (size_t i = 0; rc == 0 && i < refs.n; i++) {
		char site[REF_SITE_MAX + 1];
		struct oid taken = {{0}};
		uint64_t origin;

		if (!refs_parse_outbox(site, &origin, refs.items[i].name))
			continue;
		rc = ledger_taken(&taken, replica, site, origin, &err);
		if (rc < 0 || oid_equal(&taken, &refs.items[i].oid))
			continue;
		buf_adds(&names, names.len ? ", " : "");
		rc = case_unit_name(&names, replica, site, &err);
	}
	if (rc == 0 && names.len > 0)
		report(doctor, "waiting", true,
		       _("waiting at the hub: what was sent by %s is not "
			 "merged yet; tian sync merges it, or says why not"),
		       buf_text(&names));
	ref_list_release(&refs);
	buf_release(&names);
}

/* At the office, after the hub's refs were listed: mailboxes that were not
 * reached. */
static void check_mailboxes(struct doctor *doctor, struct hub *hub)
{
	struct mailboxes all = {NULL, 0};
	struct err err = {0};
	const char *site;
	const char *text;
	size_t away = 0;
	size_t at = 0;
	int rc = mailboxes_load(&all, doctor->cli->replica, &err);

	while (rc == 0 && (site = hub_union_away(hub, &at, &text)) != NULL) {
		away++;
		err_set(&err, ERR_HUB, "%s",
			text + (strncmp(text, "hub: ", 5) == 0 ? 5 : 0));
		report(doctor, "mailbox", false,
		       _("mailbox of %s: not reached (%s). All others go on; "
			 "tian sync when it is there again"),
		       site, why(&err));
	}
	if (rc == 0 && all.n > away)
		report(doctor, "mailboxes", true,
		       ngettext("mailboxes: %lu reached",
				"mailboxes: %lu reached",
				(unsigned long)(all.n - away)),
		       (unsigned long)(all.n - away));
	mailboxes_release(&all);
}

static void check_hub(struct doctor *doctor)
{
	struct err err = {0};
	struct buf folder = BUF_INIT;
	struct hub *hub = NULL;
	struct oid oid;
	char *url = NULL;
	int rc = replica_get(&url, doctor->cli->replica, "hub", &err);

	if (rc == 0)
		rc = hub_union_of(&hub, doctor->cli->replica, NULL, &err);
	if (rc == 0)
		rc = hub_ref(&oid, hub, "refs/heads/main", &err);
	if (rc == 0 && replica_is_office(doctor->cli->replica))
		check_second(doctor, &oid);
	if (rc == ERR_MISSING)
		rc = 0; /* nothing was merged yet */
	if (rc == 0)
		report(doctor, "hub", true, _("hub: reached (%s)"), url);
	if (rc == 0 && replica_is_office(doctor->cli->replica))
		check_waiting(doctor, hub);
	if (rc == 0 && replica_is_office(doctor->cli->replica))
		check_mailboxes(doctor, hub);
	if (rc < 0 && sync_view_gone(&folder, doctor->cli->replica))
		report(doctor, "hub", false,
		       _("hub: not reached: the folder %s is not there. Work "
			 "goes on; tian sync when it is there again"),
		       buf_text(&folder));
	else if (rc < 0)
		report(doctor, "hub", false,
		       _("hub: not reached (%s). Work goes on; tian sync "
			 "when it is there again"),
		       why(&err));
	hub_close(hub);
	buf_release(&folder);
	free(url);
}

static void check_repository(struct doctor *doctor)
{
	struct repository *repository = NULL;
	char path[PATH_MAX];
	struct err err = {0};

	snprintf(path, sizeof(path), "%s/tian.git", doctor->cli->path);
	if (repository_open(&repository, path, REPOSITORY_READ, &err) == 0)
		report(doctor, "repository", true, _("repository: opens"));
	else
		report(doctor, "repository", false,
		       _("repository: does not open (%s). Run tian init "
			 "again here with the same words: it makes what is "
			 "missing"),
		       why(&err));
	repository_close(repository);
}

static int examine(struct doctor *doctor, struct err *err)
{
	int rc = cli_open_node(doctor->cli, err);

	if (rc < 0)
		return rc;
	check_database(doctor);
	check_repository(doctor);
	check_key(doctor);
	check_standing(doctor);
	check_clock(doctor);
	check_pending(doctor);
	check_unsent(doctor);
	check_refused(doctor);
	if (!replica_is_office(doctor->cli->replica))
		check_late(doctor);
	check_conflicts(doctor);
	check_hub(doctor);
	return 0;
}

int cmd_doctor(struct cli *cli, int argc, char **argv)
{
	struct doctor doctor = {.cli = cli};
	const struct arg_spec spec = {help, NULL, 0, 0, 0};
	struct arg_list words = {0};
	struct err err = {0};
	int rc = args_parse(&words, cli, &spec, argc, argv, &err);

	json_out_init(&doctor.json);
	json_out_array(&doctor.json, NULL);
	if (rc == 0) {
		rc = examine(&doctor, &err);
		json_out_end(&doctor.json);
		if (rc == 0 && cli->json)
			rc = json_out_print(&doctor.json, stdout, &err);
	}
	json_out_release(&doctor.json);
	args_list_release(&words);
	if (rc < 0)
		return cli_fail(cli, &err);
	return doctor.unwell ? CLI_ATTENTION : CLI_DONE;
}
