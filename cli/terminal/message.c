/* message.c - locale and catalogue.
 * Knows where catalogues lie; knows no message. */
#include "cli/terminal/message.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef TIAN_LOCALEDIR
#define TIAN_LOCALEDIR "/usr/local/share/locale"
#endif

static bool chinese;

/* The locale the user asked for, "" where none. */
static const char *wanted_locale(void)
{
	static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = getenv(names[i]);

		if (value && *value)
			return value;
	}
	return "";
}

/* dir + sub, where a catalogue lies there. */
static bool holds_catalogue(struct buf *out, const char *dir, size_t len,
			    const char *sub)
{
	static const char probe[] = "/zh_CN/LC_MESSAGES/tian.mo";

	buf_clear(out);
	buf_add(out, dir, len);
	buf_adds(out, sub);
	len = out->len;
	buf_adds(out, probe);
	if (out->failed || access(buf_text(out), R_OK) != 0)
		return false;
	buf_truncate(out, len);
	return true;
}

/* The program may have been moved or installed under another prefix. */
static bool beside_program(struct buf *out)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);
	const char *slash;

	path[n > 0 ? n : 0] = '\0';
	slash = strrchr(path, '/');
	return slash &&
	       (holds_catalogue(out, path, (size_t)(slash - path), "/locale") ||
		holds_catalogue(out, path, (size_t)(slash - path),
				"/../share/locale"));
}

static void bind_catalogue(void)
{
	const char *dir = getenv("TIAN_LOCALEDIR");
	struct buf near = BUF_INIT;

	if (!dir || !*dir)
		dir = beside_program(&near) ? buf_text(&near) : TIAN_LOCALEDIR;
	bindtextdomain("tian", dir);
	buf_release(&near);
}

void message_init(void)
{
	const char *wanted = wanted_locale();

	chinese = wanted[0] == 'z' && wanted[1] == 'h';
	/* A machine without the zh_CN locale still reads Chinese: the text is
	 * UTF-8 everywhere, only the catalogue is chosen. Numbers and dates are
	 * written the same for every reader and script: their locales are not
	 * even loaded. */
	if (!setlocale(LC_CTYPE, "") || !setlocale(LC_MESSAGES, "") ||
	    (chinese && strcmp(setlocale(LC_MESSAGES, NULL), "C") == 0)) {
		setlocale(LC_CTYPE, "C.UTF-8");
		setlocale(LC_MESSAGES, "C.UTF-8");
	}
	if (chinese && !getenv("LANGUAGE"))
		setenv("LANGUAGE", "zh_CN", 1);
	bind_catalogue();
	bind_textdomain_codeset("tian", "UTF-8");
	textdomain("tian");
}

bool message_chinese(void)
{
	return chinese;
}

const char *message_colon(void)
{
	return chinese ? "：" : ": ";
}

const char *message_label(const char *zh, const char *en)
{
	return chinese || !en || !*en ? zh : en;
}

/* Words of core/ and sync/ for people, as they stand there; one %s is any
 * text without line breaks. */
static const char *const foreign[] = {
	N_("only the office may write it"),
	N_("only the row's own unit may write it"),
	N_("only the office and the row's own unit may write it"),
	N_("only the office may add a row"),
	N_("the proposal was taken back from this unit; it is a read-only "
	   "archive here (handling.void_reason says why)"),
	N_("only the row's own unit may add it"),
	N_("this site may not write it"),
	N_("the field cannot hold this value"),
	N_("is not 0 or 1"),
	N_("is not a date like 2022-06-30"),
	N_("is not a time like 2022-06-30T09:15:00Z"),
	N_("is not a code of its list (table code)"),
	N_("a text is larger than 4 MiB"),
	N_("is not a whole number"),
	N_("is no text of at most 4 MiB"),
	N_("it is not used any more"),
	N_("no such entity, or the name is not a-z, then a-z 0-9 _"),
	N_("out of memory"),
	N_("another process is writing this replica"),
	N_("the row belongs to another unit"),
	N_("only the office may write this field"),
	N_("this site may not add such a row"),
	N_("the proposal is not assigned to this unit"),
	N_("%s is in use by another process"),
	N_("another program has held this ref for %s seconds; try again, or "
	   "remove the file if no git is at work there"),
	N_("no file %s"),
	N_("%s is not a replica"),
	N_("%s was written by a newer program; install that one here too"),
	N_("another node of the office merges with a newer program; install "
	   "it here too, then sync again"),
	N_("%s is not a folder"),
	N_("%s is no git repository"),
	N_("the folder %s is not there (is the stick plugged in, the share "
	   "connected?)"),
	N_("%s is no commit of main"),
	N_("%s is no commit of main, nor a day since its first one"),
	N_("only the office has main; a unit's own past is in tian log"),
	N_("only the office has main, and --from is for it"),
	N_("the register did not hold %s then"),
	N_("the file is for %s"),
	N_("this folder holds a replica of %s already"),
	N_("this folder meets at the hub %s already (tian hub use URL moves "
	   "it)"),
	N_("%s cannot be written"),
	N_("the hub's address is empty"),
	N_("a hub is reached by a path, file://, ssh://, "
	   "user@host:path, https:// or http://"),
	N_("the connection was cut"),
	N_("the connection was cut in the middle"),
	N_("leave the password out of the hub's address: git's "
	   "credential helpers keep it"),
	N_("name or password is wrong"),
	N_("no right to do that there"),
	N_("%s asks for a name and password: store them in a "
	   "credential helper of git (git credential approve)"),
	N_("compare the host's key with what its keeper says, then "
	   "accept it once with ssh"),
	N_("ask the keeper of the host whether its key was changed"),
	N_("the host does not know your ssh key yet"),
	N_("make it there first: git init --bare"),
	N_("%s is no git bundle of version 2; have it written again (bundle "
	   "create) and copied whole"),
	N_("%s cannot be taken in, and nothing of it was; have it copied again, "
	   "or written again (bundle create)"),
	N_("an object does not inflate"),
	N_("an object that takes more bytes than it has"),
	N_("too many deliveries since the beginning for such a file; write a "
	   "whole one (bundle create --full)"),
	N_("the file holds nothing for the office: a unit's bundle "
	   "create makes such files"),
	N_("the file holds nothing for a unit: the office's bundle "
	   "create --for UNIT makes such files"),
	N_("it continues from commit %s, which is not here"),
	N_("the file begins after what this computer has"),
	N_("ask for a whole one (bundle create --full)"),
	N_("the file is not a beginning as the office makes it"),
	N_("the pack is cut short"),
	N_("the office has not enrolled this unit yet; what it sent waits at "
	   "the hub"),
	N_("the hub holds changes under this node's name that it did not "
	   "make: another copy of this replica is at work, or this one was "
	   "restored from a backup"),
	N_("%s is another key already"),
	N_("'%s' is not SHA256: and 43 characters, as ssh-keygen -l prints "
	   "them"),
	N_("not an OpenSSH public key of type ssh-ed25519"),
	N_("the public key is damaged"),
	N_("%s is not an OpenSSH Ed25519 key"),
	N_("signature does not hold"),
	N_("commit is not signed"),
	N_("signed with a key that is not enrolled for %s"),
	N_("signed with a key that ended on %s"),
	N_("the key is %s"),
	N_("signed with a key that is not the office's"),
	N_("history was rewritten"),
	N_("the office has set aside what this computer sent, from commit %s "
	   "on"),
	N_("the office has set aside what node %s of this unit sent"),
	N_("the office has set aside commit %s, which somebody else sent "
	   "under this computer's name"),
	N_("no outbox of this system is called that; it is not looked at"),
	N_("its history was rewritten"),
	N_("by a copy of that computer, or by itself after it was restored "
	   "from a backup; it keeps what it wrote, and sends it under a new "
	   "name once it has synced, or read a whole file of the office's "
	   "(bundle create --full --for %s)"),
	N_("this office's key is not enrolled yet; another node of the office "
	   "merges"),
	N_("the office has not enrolled this computer's key; what it sent "
	   "waits at the hub"),
	N_("the office ended this computer's key on %s; what it had not "
	   "merged by then is kept, and waits (tian doctor says what can be "
	   "done)"),
	N_("this office computer's key was ended on %s; another one merges, "
	   "and what this one had not merged by then waits (tian doctor says "
	   "what can be done)"),
	N_("main at the hub is older than what this office has merged (was "
	   "the hub restored from a backup, or lost?); it is sent again"),
	N_("%s at the hub was gone; it is put back"),
	N_("%s at the hub was older than what main has taken in; it is put "
	   "back"),
	N_("the hub has lost %s changes that this node had sent (was it "
	   "restored from a backup, or a ref set back?); they are sent again"),
	N_("a unit's new address was not told to its mailbox so far"),
	N_("objects were missing in %s (was a file removed, or is the disk "
	   "failing?); they were brought from the hub again"),
	N_("objects are missing in %s, and the hub does not have them either; "
	   "bring the folder back from a backup, or begin a new one (init)"),
	N_("the hub has lost this unit's inbox; the office's next sync puts "
	   "it back"),
	N_("the inbox at the hub is older than what was received (was the hub "
	   "restored from a backup, or the ref set back?); the office's next "
	   "sync puts it right"),
	N_("what the hub has of a unit with a mailbox stays there, and its "
	   "computers that still ask there are told the new address"),
	N_("a unit's new address was not told to the hub"),
	N_("the office meets this unit at another address now, and what it "
	   "sends is there"),
	N_("the inbox at the hub is another history than the one received so "
	   "far"),
	N_("main at the hub is another history than the one this office has"),
	N_("nothing has been delivered to %s yet"),
	N_("enrol it, then sync"),
	N_("the hub refuses %s"),
	N_("there is no repository"),
	N_("if its CA is your own, name its file in http.sslCAInfo (git "
	   "config)"),
	N_("install ca-certificates, or name the CA's file in http.sslCAInfo "
	   "(git config)"),
	N_("another key of the office is pinned here already"),
	N_("line %s does not follow from this node's own changes"),
	N_("its tree holds other files than its batch and the register of "
	   "what it changes"),
	N_("inbox/%s at the hub was written by somebody else than the office; "
	   "it is put back"),
	N_("another copy of this replica has worked under its name"),
	N_("this one goes on as node %s"),
	N_("%s of its own changes go out under that name"),
	N_("this replica was older than what it had sent (was it restored "
	   "from a backup?); %s of its own changes were taken back in"),
	N_("this replica was older than what the office has of it (was it "
	   "restored from a backup?)"),
	N_("its own changes are taken back in, and this one goes on as node "
	   "%s"),
	N_("the office's key is %s, and from now on no other is believed "
	   "unless this one names it"),
	N_("compare it with what the office tells"),
	N_("the office's key that was told here vouches for %s, which is "
	   "believed as the office's"),
	N_("signed with another key than the office's, which is %s here"),
	N_("that one has signed nothing here that names it; ask the office "
	   "for the key that began this unit's inbox"),
	N_("another computer of the office began the ledger at this hub first; "
	   "nothing of this one was merged: run tian init --office for a new "
	   "folder, and let the first one enrol its key (tian unit add office "
	   "NAME --key key.pub)"),
	N_("what this unit wrote after the proposal was taken back was "
	   "accepted by the office"),
	N_("what this unit wrote after the proposal was taken back was not "
	   "accepted by the office"),
};

/* Does `text` fit the pattern? What stands for its %s goes to `held`. */
static bool fits(const char *pattern, const char *text, size_t len,
		 struct buf *held)
{
	const char *hole = strstr(pattern, "%s");
	size_t before = hole ? (size_t)(hole - pattern) : strlen(pattern);
	size_t after = hole ? strlen(hole + 2) : 0;

	if (len < before + after || memcmp(pattern, text, before) != 0)
		return false;
	if (!hole)
		return len == before;
	if (memcmp(hole + 2, text + len - after, after) != 0)
		return false;
	buf_clear(held);
	buf_add(held, text + before, len - before - after);
	/* Parts are told one by one. */
	return strstr(buf_text(held), ": ") == NULL;
}

/* Appends the translation of a whole part; false if it is not known. */
static bool say_known(struct buf *out, const char *text, size_t len)
{
	struct buf held = BUF_INIT;
	bool known = false;

	for (size_t i = 0; !known && i < sizeof(foreign) / sizeof(foreign[0]);
	     i++) {
		const char *said = _(foreign[i]);
		const char *hole = strstr(said, "%s");

		known = fits(foreign[i], text, len, &held);
		if (known && hole) {
			buf_add(out, said, (size_t)(hole - said));
			buf_adds(out, buf_text(&held));
			buf_adds(out, hole + 2);
		} else if (known) {
			buf_adds(out, said);
		}
	}
	buf_release(&held);
	return known;
}

void message_foreign(struct buf *out, const char *text)
{
	/* A known text may hold ": " itself: the whole rest is tried first. */
	while (!say_known(out, text, strlen(text))) {
		const char *colon = strstr(text, ": ");

		if (!colon) {
			buf_adds(out, text);
			return;
		}
		if (!say_known(out, text, (size_t)(colon - text)))
			buf_add(out, text, (size_t)(colon - text));
		buf_adds(out, message_colon());
		text = colon + 2;
	}
}
