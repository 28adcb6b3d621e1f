/* stats_view.c - figures told: as JSON and as tables with bars.
 * Knows words and layout; counts nothing. */
#include "cli/stats/stats_view.h"

#include <stdio.h>
#include <string.h>

#include "cli/terminal/json_out.h"
#include "cli/terminal/message.h"
#include "cli/terminal/table.h"
#include "core/base/buf.h"

enum { BAR_WIDTH = 30, TALLY_COLUMNS = 12 };

static void add_count(struct json_out *json, const char *key, size_t count)
{
	json_out_int(json, key, (int64_t)count);
}

static void add_stated(struct json_out *json, const char *key, int64_t figure)
{
	if (figure == STATS_UNSTATED)
		json_out_null(json, key);
	else
		json_out_int(json, key, figure);
}

static void add_share(struct json_out *json, const char *key, size_t part,
		      size_t whole)
{
	if (whole == 0)
		json_out_null(json, key);
	else
		json_out_real(json, key,
			      (double)(part * 1000 / whole) / 1000.0);
}

static void add_tallies(struct json_out *json, const char *key,
			const struct stats_tallies *tallies)
{
	json_out_object(json, key);
	for (size_t i = 0; i < tallies->n; i++) {
		const struct stats_tally *tally = &tallies->items[i];

		add_count(json, tally->code[0] ? tally->code : tally->name,
			  tally->total);
	}
	json_out_end(json);
}

static void add_classes(struct json_out *json, const struct stats *stats,
			const struct stats_tally *tally, bool handlings)
{
	json_out_object(json, "by_class");
	for (size_t i = 0; i < stats->n_classes; i++) {
		const struct stats_class *class = &stats->classes[i];

		add_count(json, class->code,
			  tally	      ? tally->by_class[i]
			  : handlings ? class->handlings
				      : class->proposals);
	}
	json_out_end(json);
}

static void add_units(struct json_out *json, const struct stats *stats)
{
	json_out_array(json, "units");
	for (size_t i = 0; i < stats->units.n; i++) {
		const struct stats_tally *tally = &stats->units.items[i];

		json_out_object(json, NULL);
		json_out_text(json, "unit", tally->code);
		json_out_text(json, "name", tally->name);
		add_count(json, "main", tally->total - tally->split);
		add_count(json, "split", tally->split);
		add_count(json, "co", tally->co);
		add_count(json, "replied", tally->replied);
		add_count(json, "on_time", tally->on_time);
		add_count(json, "contacted", tally->contacted);
		add_classes(json, stats, tally, true);
		json_out_object(json, "satisfied");
		add_count(json, "asked", tally->asked);
		add_count(json, "process", tally->process);
		add_count(json, "result", tally->result);
		add_count(json, "both", tally->both);
		json_out_end(json);
		json_out_end(json);
	}
	json_out_end(json);
}

static void add_stated_and_counted(struct json_out *json,
				   const struct stats *stats)
{
	json_out_object(json, "stated");
	add_stated(json, "received", stats->stated_received);
	add_stated(json, "filed", stats->stated_filed);
	add_stated(json, "led", stats->stated_led);
	add_stated(json, "supervised", stats->stated_supervised);
	json_out_end(json);
	json_out_object(json, "counted");
	add_count(json, "received", stats->received);
	add_count(json, "filed", stats->filed);
	add_count(json, "led", stats->led);
	add_count(json, "supervised", stats->supervised);
	add_count(json, "merged", stats->merged);
	add_count(json, "rejected", stats->rejected);
	add_count(json, "forwarded", stats->forwarded);
	add_count(json, "withdrawn", stats->withdrawn);
	add_count(json, "unreviewed", stats->unreviewed);
	json_out_end(json);
	json_out_array(json, "reconcile");
	for (size_t i = 0; i < stats->n_reconcile; i++) {
		json_out_object(json, NULL);
		json_out_text(json, "figure", stats->reconcile[i].name);
		json_out_int(json, "stated", stats->reconcile[i].stated);
		json_out_int(json, "counted", stats->reconcile[i].counted);
		json_out_end(json);
	}
	json_out_end(json);
}

static void add_handlings(struct json_out *json, const struct stats *stats)
{
	json_out_object(json, "handlings");
	add_count(json, "total", stats->handlings);
	add_count(json, "main", stats->main_units);
	add_count(json, "split", stats->split_units);
	add_count(json, "co", stats->co_units);
	add_count(json, "opinions", stats->opinions);
	add_count(json, "replied", stats->handlings_replied);
	add_classes(json, stats, NULL, true);
	json_out_end(json);
}

static void add_rates(struct json_out *json, const struct stats *stats)
{
	json_out_object(json, "rates");
	add_share(json, "replied", stats->replied, stats->filed);
	add_share(json, "on_time", stats->on_time, stats->with_due);
	add_share(json, "contacted", stats->contacted,
		  stats->contacted ? stats->filed : 0);
	add_share(json, "satisfied_process", stats->process, stats->asked);
	add_share(json, "satisfied_result", stats->result, stats->asked);
	add_share(json, "satisfied_both", stats->both, stats->asked);
	add_share(json, "adopted", stats->adopted, stats->measures);
	json_out_end(json);
}

int stats_json(FILE *out, const struct stats *stats, struct err *err)
{
	struct json_out json;

	json_out_init(&json);
	json_out_object(&json, NULL);
	json_out_text(&json, "session", stats->session);
	json_out_int(&json, "received",
		     stats_figure(stats->stated_received, stats->received));
	json_out_int(&json, "filed",
		     stats_figure(stats->stated_filed, stats->filed));
	add_count(&json, "key", stats->key);
	json_out_int(&json, "led", stats_figure(stats->stated_led, stats->led));
	json_out_int(&json, "supervised",
		     stats_figure(stats->stated_supervised, stats->supervised));
	add_count(&json, "replied", stats->replied);
	add_classes(&json, stats, NULL, false);
	add_count(&json, "unclassed", stats->unclassed);
	add_tallies(&json, "by_sector", &stats->sectors);
	add_tallies(&json, "by_kind", &stats->kinds);
	add_tallies(&json, "by_category", &stats->categories);
	add_tallies(&json, "by_unit", &stats->units);
	add_count(&json, "on_time", stats->on_time);
	add_count(&json, "with_due", stats->with_due);
	add_count(&json, "contacted", stats->contacted);
	add_count(&json, "archived", stats->archived);
	json_out_object(&json, "satisfied");
	add_count(&json, "process", stats->process);
	add_count(&json, "result", stats->result);
	add_count(&json, "both", stats->both);
	add_count(&json, "asked", stats->asked);
	json_out_end(&json);
	json_out_object(&json, "measures");
	add_count(&json, "total", stats->measures);
	add_count(&json, "adopted", stats->adopted);
	json_out_end(&json);
	add_rates(&json, stats);
	add_handlings(&json, stats);
	add_units(&json, stats);
	json_out_array(&json, "overdue");
	for (size_t i = 0; i < stats->n_overdue; i++)
		json_out_text(&json, NULL, stats->overdue[i]);
	json_out_end(&json);
	add_stated_and_counted(&json, stats);
	json_out_end(&json);
	return json_out_print(&json, out, err);
}

static void number(char out[24], size_t figure)
{
	snprintf(out, 24, "%zu", figure);
}

/* "18 (90.0%)", or the number alone where there is no whole. */
static void share(char out[48], size_t part, size_t whole)
{
	if (whole == 0)
		snprintf(out, 48, "%zu", part);
	else
		snprintf(out, 48, "%zu/%zu (%.1f%%)", part, whole,
			 100.0 * (double)part / (double)whole);
}

static void stated_text(char out[24], int64_t figure)
{
	if (figure == STATS_UNSTATED)
		out[0] = '\0';
	else
		snprintf(out, 24, "%lld", (long long)figure);
}

static void add_line(struct table *table, const char *name, int64_t said,
		     const char *here)
{
	char figure[24];
	const char *cells[] = {name, figure, here};

	stated_text(figure, said);
	table_add(table, cells);
}

static void add_figure(struct table *table, const char *name, int64_t said,
		       size_t here)
{
	char figure[24];

	if (said == STATS_UNSTATED && here == 0)
		return;
	number(figure, here);
	add_line(table, name, said, figure);
}

static void add_part(struct table *table, const char *name, size_t part,
		     size_t whole)
{
	char figure[48];

	if (whole == 0)
		return;
	share(figure, part, whole);
	add_line(table, name, STATS_UNSTATED, figure);
}

static int print(struct table *table, FILE *out, struct err *err)
{
	int rc = table_show(table, out, err);

	table_free(table);
	return rc;
}

static int print_figures(FILE *out, const struct stats *stats, struct err *err)
{
	const struct table_column columns[] = {
		{_("by proposals"), TABLE_LEFT, false},
		{_("stated"), TABLE_RIGHT, false},
		{_("counted here"), TABLE_RIGHT, false},
	};
	struct table *table = table_new(columns, 3);

	add_figure(table, _("received"), stats->stated_received,
		   stats->received);
	add_figure(table, _("filed"), stats->stated_filed, stats->filed);
	add_figure(table, _("merged"), STATS_UNSTATED, stats->merged);
	add_figure(table, _("not filed"), STATS_UNSTATED, stats->rejected);
	add_figure(table, _("forwarded"), STATS_UNSTATED, stats->forwarded);
	add_figure(table, _("withdrawn"), STATS_UNSTATED, stats->withdrawn);
	add_figure(table, _("not reviewed yet"), STATS_UNSTATED,
		   stats->unreviewed);
	add_figure(table, _("key proposals"), STATS_UNSTATED, stats->key);
	add_figure(table, _("led by leaders"), stats->stated_led, stats->led);
	add_figure(table, _("supervised by leaders"), stats->stated_supervised,
		   stats->supervised);
	add_part(table, _("replied"), stats->replied, stats->filed);
	add_part(table, _("replied on time"), stats->on_time, stats->with_due);
	/* None at all: nobody records them. */
	add_part(table, _("talked to face to face"), stats->contacted,
		 stats->contacted ? stats->filed : 0);
	add_part(table, _("satisfied with the process"), stats->process,
		 stats->asked);
	add_part(table, _("satisfied with the result"), stats->result,
		 stats->asked);
	add_part(table, _("satisfied with both"), stats->both, stats->asked);
	add_part(table, _("suggestions adopted"), stats->adopted,
		 stats->measures);
	add_figure(table, _("overdue"), STATS_UNSTATED, stats->n_overdue);
	return print(table, out, err);
}

/* A bar as long as its part of the most; at least a sliver. */
static void bar(struct buf *out, size_t part, size_t most)
{
	static const char *const eighths[] = {"",  "▏", "▎", "▍",
					      "▌", "▋", "▊", "▉"};
	size_t length = most ? part * BAR_WIDTH * 8 / most : 0;

	if (part > 0 && length == 0)
		length = 1;
	for (size_t i = 0; i < length / 8; i++)
		buf_adds(out, "█");
	buf_adds(out, eighths[length % 8]);
}

static void add_bar(struct table *table, const char *name, size_t part,
		    size_t most)
{
	struct buf drawn = BUF_INIT;
	char figure[24];
	const char *cells[] = {name, figure, NULL};

	number(figure, part);
	bar(&drawn, part, most);
	cells[2] = buf_text(&drawn);
	table_add(table, cells);
	buf_release(&drawn);
}

static int print_bars(FILE *out, const char *title,
		      const struct stats_tallies *tallies, struct err *err)
{
	const struct table_column columns[] = {
		{title, TABLE_LEFT, true},
		{_("number"), TABLE_RIGHT, false},
		{"", TABLE_LEFT, false},
	};
	struct table *table;

	if (tallies->n == 0)
		return 0;
	fputc('\n', out);
	table = table_new(columns, 3);
	for (size_t i = 0; i < tallies->n; i++)
		add_bar(table, tallies->items[i].name, tallies->items[i].total,
			tallies->items[0].total);
	return print(table, out, err);
}

static int print_classes(FILE *out, const struct stats *stats, struct err *err)
{
	const struct table_column columns[] = {
		{_("class"), TABLE_LEFT, false},
		{_("number"), TABLE_RIGHT, false},
		{"", TABLE_LEFT, false},
	};
	struct table *table = table_new(columns, 3);

	fputc('\n', out);
	for (size_t i = 0; i < stats->n_classes; i++)
		add_bar(table, stats->classes[i].code,
			stats->classes[i].proposals, stats->filed);
	if (stats->unclassed > 0)
		add_bar(table, _("none yet"), stats->unclassed, stats->filed);
	return print(table, out, err);
}

static void add_unit(struct table *table, const struct stats *stats,
		     const struct stats_tally *tally, size_t most)
{
	char figures[TALLY_COLUMNS][24];
	const char *cells[TALLY_COLUMNS] = {tally->name};
	struct buf drawn = BUF_INIT;
	size_t counts[] = {tally->total,   tally->co,	     tally->replied,
			   tally->on_time, tally->contacted, tally->both};
	size_t n = 1;

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++, n++) {
		number(figures[n], counts[i]);
		cells[n] = figures[n];
	}
	for (size_t i = 0; i < 3 && i < stats->n_classes; i++, n++) {
		number(figures[n], tally->by_class[i]);
		cells[n] = figures[n];
	}
	bar(&drawn, tally->total, most * 2);
	cells[n] = buf_text(&drawn);
	table_add(table, cells);
	buf_release(&drawn);
}

static int print_units(FILE *out, const struct stats *stats, struct err *err)
{
	struct table_column columns[TALLY_COLUMNS] = {
		{_("unit, by handlings"), TABLE_LEFT, true},
		{_("replies owed"), TABLE_RIGHT, false},
		{_("as co-unit"), TABLE_RIGHT, false},
		{_("replied"), TABLE_RIGHT, false},
		{_("on time"), TABLE_RIGHT, false},
		{_("face to face"), TABLE_RIGHT, false},
		{_("satisfied"), TABLE_RIGHT, false},
	};
	struct table *table;
	size_t n = 7;

	if (stats->units.n == 0)
		return 0;
	for (size_t i = 0; i < 3 && i < stats->n_classes; i++)
		columns[n++] = (struct table_column){stats->classes[i].code,
						     TABLE_RIGHT, false};
	columns[n++] = (struct table_column){"", TABLE_LEFT, false};
	fputc('\n', out);
	table = table_new(columns, n);
	for (size_t i = 0; i < stats->units.n; i++)
		add_unit(table, stats, &stats->units.items[i],
			 stats->units.items[0].total);
	return print(table, out, err);
}

static const char *figure_word(const char *name)
{
	static const struct {
		const char *name, *word;
	} words[] = {
		{"received", N_("received")},
		{"filed", N_("filed")},
		{"not_filed", N_("received and not filed")},
		{"key", N_("led and supervised, and key proposals")},
		{"led", N_("led by leaders")},
		{"supervised", N_("supervised by leaders")},
		{"by_class", N_("classes and filed proposals")},
		{"by_unit", N_("units and handlings")},
		{"one_main_unit", N_("roles and handlings")},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(words[i].name, name) == 0)
			return _(words[i].word);
	}
	return name;
}

static void print_reconcile(FILE *out, const struct stats *stats)
{
	if (stats->n_reconcile > 0)
		fprintf(out, "\n%s\n", _("figures that differ:"));
	for (size_t i = 0; i < stats->n_reconcile; i++) {
		const struct stats_reconcile *one = &stats->reconcile[i];

		fprintf(out, _("  %s: stated %lld, counted %lld\n"),
			figure_word(one->name), (long long)one->stated,
			(long long)one->counted);
	}
}

static void print_overdue(FILE *out, const struct stats *stats)
{
	if (stats->n_overdue == 0)
		return;
	fprintf(out, "\n%s", _("overdue:"));
	for (size_t i = 0; i < stats->n_overdue; i++)
		fprintf(out, " %s", stats->overdue[i]);
	fputc('\n', out);
}

int stats_text(FILE *out, const struct stats *stats, struct err *err)
{
	int rc;

	fprintf(out, "%s (%s)\n\n", stats->title, stats->session);
	rc = print_figures(out, stats, err);
	if (rc == 0)
		rc = print_classes(out, stats, err);
	if (rc == 0)
		rc = print_bars(out, _("kind"), &stats->kinds, err);
	if (rc == 0)
		rc = print_bars(out, _("category"), &stats->categories, err);
	if (rc == 0)
		rc = print_bars(out, _("sector"), &stats->sectors, err);
	if (rc == 0)
		rc = print_units(out, stats, err);
	if (rc < 0)
		return rc;
	print_overdue(out, stats);
	print_reconcile(out, stats);
	return 0;
}
