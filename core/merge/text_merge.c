/* text_merge.c - three-way merge of paragraphs.
 * Knows git_merge_file on buffers, libgit2's own.
 * Knows no head, no author; never touches a repository.
 *
 * A paragraph is what stands between line breaks. git compares lines with
 * their '\n', so each text is given one more at its end, and the result loses
 * it again: without that, adding a paragraph would change the one before. */
#include "core/merge/policy.h"

#include <string.h>

#include "core/base/git_library.h"

/* No text has no paragraph, not an empty one. */
static void paragraphs(struct buf *out, const struct value *value)
{
	if (value->type != VALUE_TEXT || value->len == 0)
		return;
	buf_add(out, value->bytes, value->len);
	buf_addc(out, '\n');
}

static bool mergeable(const struct value *value)
{
	if (value->type == VALUE_TEXT)
		return !value->len || !memchr(value->bytes, 0, value->len);
	return value->type == VALUE_NULL;
}

static git_merge_file_input file_of(const struct buf *text)
{
	git_merge_file_input input = {.version = GIT_MERGE_FILE_INPUT_VERSION};

	input.ptr = buf_text(text);
	input.size = text->len;
	return input;
}

/* texts: base, ours, theirs. Without options for the marks nothing is left
 * of an overlap. */
static int merge_files(struct buf *out, bool *clean, const struct buf texts[3],
		       const git_merge_file_options *options, struct err *err)
{
	git_merge_file_input base = file_of(&texts[0]);
	git_merge_file_input ours = file_of(&texts[1]);
	git_merge_file_input theirs = file_of(&texts[2]);
	git_merge_file_result result = {0};

	if (git_library_start(err) < 0)
		return err->code;
	if (libgit.merge_file(&result, &base, &ours, &theirs, options) < 0)
		return git_library_error(err, "three-way merge");
	*clean = result.automergeable;
	if ((*clean || options) && result.len > 0)
		buf_add(out, result.ptr, result.len);
	libgit.merge_file_result_free(&result);
	return buf_check(out, err);
}

static int merge_values(struct buf *out, bool *clean,
			const struct value *const values[3],
			const git_merge_file_options *options, struct err *err)
{
	struct buf texts[3] = {BUF_INIT, BUF_INIT, BUF_INIT};
	int rc = 0;

	*clean = false;
	for (size_t i = 0; rc == 0 && i < 3; i++) {
		if (!mergeable(values[i]))
			goto done;
		paragraphs(&texts[i], values[i]);
		rc = buf_check(&texts[i], err);
	}
	if (rc == 0)
		rc = merge_files(out, clean, texts, options, err);
done:
	for (size_t i = 0; i < 3; i++)
		buf_release(&texts[i]);
	return rc;
}

int policy_text_merge(struct buf *out, bool *clean, const struct value *base,
		      const struct value *ours, const struct value *theirs,
		      struct err *err)
{
	const struct value *values[3] = {base, ours, theirs};
	size_t begin = out->len;
	int rc = merge_values(out, clean, values, NULL, err);

	if (rc == 0 && out->len > begin)
		buf_truncate(out, out->len - 1);
	return rc;
}

int policy_text_merge_marked(struct buf *out, bool *clean,
			     const struct value *base, const struct value *ours,
			     const struct value *theirs,
			     const struct policy_marks *marks, struct err *err)
{
	const struct value *values[3] = {base, ours, theirs};
	git_merge_file_options options = {
		.version = GIT_MERGE_FILE_OPTIONS_VERSION};

	options.ancestor_label = marks->base;
	options.our_label = marks->ours;
	options.their_label = marks->theirs;
	options.flags = GIT_MERGE_FILE_STYLE_ZDIFF3;
	options.marker_size = marks->size;
	return merge_values(out, clean, values, &options, err);
}
