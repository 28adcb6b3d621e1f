/* paper_html.c - an office's papers laid out for A4.
 * Knows HTML and how such papers look (GB/T 9704-2012: title in Song, body in
 * Fangsong, size 3); reads no rows but the paper's. Everything from the
 * replica goes through publish_escape. */
#include "cli/publish/paper.h"

#include <stdio.h>
#include <string.h>

#include "cli/terminal/message.h"
#include "cli/publish/publish.h"
#include "cli/stats/stats.h"

enum { SOON_DAYS = 14 };

static const char style[] =
	"*{box-sizing:border-box}\n"
	"body{margin:0;background:#e9ebee;color:#000;font-size:16pt;"
	"line-height:1.75;font-family:FangSong,STFangsong,\"FZFangSong-Z02\","
	"\"Noto Serif CJK SC\",\"Source Han Serif SC\",SimSun,serif}\n"
	".page{background:#fff;max-width:210mm;min-height:290mm;"
	"margin:8mm auto;padding:30mm 26mm 28mm 28mm;position:relative;"
	"box-shadow:0 1px 6px rgba(0,0,0,.2);break-after:page}\n"
	".wide .page{max-width:297mm;min-height:205mm;padding:20mm 18mm}\n"
	"h1{font:700 22pt/1.5 \"Noto Serif CJK SC\",\"Source Han Serif SC\","
	"STZhongsong,SimSun,serif;text-align:center;margin:0 0 8mm;"
	"text-wrap:balance}h1 span{display:inline-block}\n"
	"p{margin:0;text-indent:2em;text-align:justify}\n"
	"p.flush{text-indent:0}\n"
	".class{position:absolute;top:16mm;right:26mm;font:700 22pt/1 "
	"\"Noto Sans CJK SC\",SimHei,sans-serif;border:2px solid #000;"
	"padding:2mm 4mm}\n"
	".mark{position:absolute;top:17mm;left:28mm;font-size:14pt}\n"
	".number{text-align:center;text-indent:0;margin:0 0 8mm}\n"
	".sign{margin-top:9mm;text-align:right;text-indent:0}\n"
	/* Neither signature nor foot stands alone on a page. */
	".end{break-inside:avoid;break-before:avoid}p{orphans:2;widows:2}"
	".wide .end{break-before:auto}\n"
	".sign span{display:inline-block;text-align:center;min-width:60mm}\n"
	".foot{margin-top:7mm;border-top:1px solid #000;font-size:14pt;"
	"padding-top:2mm}\n"
	".foot p{text-indent:0}\n"
	"table{border-collapse:collapse;width:100%;font-size:12pt;"
	"line-height:1.45;margin:4mm 0}\n"
	"th,td{border:1px solid #000;padding:1.6mm 2mm;vertical-align:middle}"
	"\n"
	"th{font-weight:700;text-align:center;"
	"font-family:\"Noto Sans CJK SC\",SimHei,sans-serif}\n"
	"td.c{text-align:center;white-space:nowrap}\n"
	"td.n{text-align:right;font-variant-numeric:tabular-nums}\n"
	".list{table-layout:fixed}\n"
	".form td{height:14mm}\n"
	".form th{width:32mm}\n"
	".form td.blank{height:58mm;vertical-align:bottom;text-align:right}\n"
	".late{font-weight:700}\n"
	"thead{display:table-header-group}\n"
	"tr{break-inside:avoid}\n"
	"@media(max-width:700px){body{font-size:13pt}.page{padding:20mm 6mm}"
	".class{right:6mm;top:6mm;font-size:16pt}.mark{left:6mm;top:7mm}"
	"table{font-size:10pt}h1{font-size:17pt}}\n"
	"@media print{body{background:#fff}.page,.wide .page{margin:0;padding:0;"
	"box-shadow:none;min-height:0;max-width:none}"
	".page.letter{padding-top:15mm}"
	".class{top:0;right:0}.mark{top:1mm;left:0}"
	".page:last-child{break-after:auto}}\n";

static const char portrait[] = "@page{size:A4;margin:24mm 26mm 24mm 28mm}\n";
static const char landscape[] = "@page{size:A4 landscape;margin:18mm 16mm}\n";

static void add(struct buf *out, const char *open, const char *text,
		const char *close)
{
	buf_adds(out, open);
	publish_escape(out, text);
	buf_adds(out, close);
}

/* 2022-06-30 as 2022年6月30日; anything else as it stands. */
static void add_cell(struct buf *out, const char *text, bool centred)
{
	add(out, centred ? "<td class=\"c\">" : "<td>", text, "</td>");
}

static void add_count(struct buf *out, size_t count)
{
	buf_addf(out, "<td class=\"n\">%zu</td>", count);
}

static void add_head(struct buf *out, const struct paper *paper,
		     const char *title, bool wide)
{
	buf_adds(out, "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n"
		      "<meta charset=\"utf-8\">\n"
		      "<meta name=\"viewport\" content=\"width=device-width, "
		      "initial-scale=1\">\n<title>");
	publish_escape(out, paper->committee);
	publish_escape(out, paper->meeting);
	add(out, "", title, "</title>\n<style>\n");
	buf_adds(out, style);
	buf_adds(out, wide ? landscape : portrait);
	buf_addf(out, "</style>\n</head>\n<body%s>\n",
		 wide ? " class=\"wide\"" : "");
}

static void add_title(struct buf *out, const struct paper *paper,
		      const char *title)
{
	buf_adds(out, "<h1>");
	add(out, "<span>", paper->committee, "</span>");
	add(out, "<span>", paper->meeting, "</span>");
	add(out, "<span>", title, "</span></h1>\n");
}

/* "第14号提案的答复", whatever way the list printed the number. */
static void add_number(struct buf *out, const char *case_no)
{
	bool bare = case_no[0] &&
		    case_no[strspn(case_no, "0123456789")] == '\0';

	add(out, bare ? "<span>第" : "<span>", case_no,
	    bare ? "号提案的答复</span></h1>\n" : "提案的答复</span></h1>\n");
}

/* Opens the end of a sheet, which does not break: the caller closes it. */
static void add_sign(struct buf *out, const char *who, const char *date)
{
	buf_adds(out, "<div class=\"end\">");
	add(out, "<p class=\"sign\"><span>", who, "<br>");
	if (date[0])
		publish_date(out, date);
	else
		buf_adds(out, "　　年　　月　　日");
	buf_adds(out, "</span></p>\n");
}

/* Rows [from, end) are of one unit. */
static size_t end_of_unit(const struct paper *paper, size_t from)
{
	size_t end = from + 1;

	while (end < paper->n &&
	       strcmp(paper->rows[end].unit, paper->rows[from].unit) == 0)
		end++;
	return end;
}

static void add_assignment_row(struct buf *out, const struct paper_row *row)
{
	buf_adds(out, "<tr>");
	add_cell(out, row->case_no, true);
	add_cell(out, row->title, false);
	add_cell(out, row->sponsors[0] ? row->sponsors : row->sector, false);
	add_cell(out, row->role_name, true);
	add_cell(out, row->main_names, false);
	add_cell(out, row->co_names, false);
	buf_adds(out, "<td class=\"c\">");
	publish_date(out, row->due);
	buf_adds(out, "</td></tr>\n");
}

static void add_assignment(struct buf *out, struct paper *paper, size_t from,
			   size_t end)
{
	size_t main = 0;

	for (size_t i = from; i < end; i++)
		main += strcmp(paper->rows[i].role, "co") != 0;
	paper->pages++;
	buf_adds(out, "<section class=\"page\">\n");
	add_title(out, paper, "提案交办清单");
	add(out, "<p class=\"flush\">", paper->rows[from].unit_name, "：</p>");
	buf_addf(out,
		 "<p>现将下列 %zu 件提案交由你单位办理，其中主办或分办 %zu "
		 "件、会办 %zu 件。请在期限内签收、办理并答复。</p>\n",
		 end - from, main, end - from - main);
	buf_adds(out, "<table class=\"list\"><colgroup><col style=\"width:9%\">"
		      "<col style=\"width:27%\"><col style=\"width:12%\">"
		      "<col style=\"width:6%\"><col style=\"width:12%\">"
		      "<col style=\"width:20%\"><col style=\"width:14%\">"
		      "</colgroup><thead><tr><th>案号</th><th>案由</th>"
		      "<th>提案人</th><th>分工</th><th>主办单位</th>"
		      "<th>会办单位</th><th>期限</th></tr></thead><tbody>\n");
	for (size_t i = from; i < end; i++)
		add_assignment_row(out, &paper->rows[i]);
	buf_adds(out, "</tbody></table>\n");
	add_sign(out, paper->office, paper->options.date);
	buf_adds(out,
		 "<div class=\"foot\"><p>签收人：＿＿＿＿＿＿＿＿　　　"
		 "签收日期：＿＿＿＿＿＿＿＿</p></div></div>\n</section>\n");
}

/* Late, or due within two weeks; co-units are asked for their opinion. */
static bool reminds(const struct paper_row *row)
{
	bool open = !row->answered && row->due[0] != '\0';

	if (strcmp(row->role, "co") == 0 && row->text[0] != '\0')
		return false;
	return open && row->days >= -SOON_DAYS;
}

static void add_reminder_row(struct buf *out, const struct paper_row *row)
{
	buf_adds(out, "<tr>");
	add_cell(out, row->case_no, true);
	add_cell(out, row->title, false);
	add_cell(out, row->role_name, true);
	buf_adds(out, "<td class=\"c\">");
	publish_date(out, row->due);
	buf_adds(out, "</td>");
	if (row->days > 0)
		buf_addf(out, "<td class=\"c late\">逾期 %lld 天</td>",
			 (long long)row->days);
	else if (row->days == 0)
		buf_adds(out, "<td class=\"c late\">今日到期</td>");
	else
		buf_addf(out, "<td class=\"c\">还有 %lld 天</td>",
			 (long long)-row->days);
	add_cell(out, row->status, true);
	buf_adds(out, "</tr>\n");
}

static void add_reminder(struct buf *out, struct paper *paper, size_t from,
			 size_t end)
{
	size_t n = 0, late = 0;

	for (size_t i = from; i < end; i++) {
		n += reminds(&paper->rows[i]);
		late += reminds(&paper->rows[i]) && paper->rows[i].days > 0;
	}
	if (n == 0)
		return;
	paper->pages++;
	buf_adds(out, "<section class=\"page\">\n");
	add_title(out, paper, "提案催办通知");
	add(out, "<p class=\"flush\">", paper->rows[from].unit_name, "：</p>");
	buf_addf(out,
		 "<p>你单位承办的下列 %zu 件提案期限已到或将到，其中 %zu "
		 "件已逾期。请抓紧办理，按期答复；确需延期的，请说明理由并申"
		 "请延期。</p>\n",
		 n, late);
	buf_adds(out, "<table><thead><tr><th>案号</th><th>案由</th>"
		      "<th>分工</th><th>期限</th><th>时限</th><th>现状</th>"
		      "</tr></thead><tbody>\n");
	for (size_t i = from; i < end; i++) {
		if (reminds(&paper->rows[i]))
			add_reminder_row(out, &paper->rows[i]);
	}
	buf_adds(out, "</tbody></table>\n");
	add_sign(out, paper->office, paper->options.date);
	buf_adds(out, "</div></section>\n");
}

static void add_paragraphs(struct buf *out, const char *text)
{
	struct buf one = BUF_INIT;

	while (*text) {
		size_t len = strcspn(text, "\n");

		buf_clear(&one);
		buf_add(&one, text, len);
		if (len > 0)
			add(out, "<p>", buf_text(&one), "</p>\n");
		text += len + (text[len] == '\n');
	}
	out->failed = out->failed || one.failed;
	buf_release(&one);
}

static void add_letter(struct buf *out, struct paper *paper,
		       const struct paper_row *row)
{
	if (strcmp(row->role, "co") == 0 || row->text[0] == '\0')
		return;
	paper->pages++;
	buf_adds(out, "<section class=\"page letter\">\n");
	if (row->publicity[0])
		add(out, "<div class=\"mark\">", row->publicity, "</div>\n");
	if (row->class_code[0])
		add(out, "<div class=\"class\">", row->class_code, "</div>\n");
	add(out, "<h1><span>关于", paper->committee, "</span>");
	add(out, "<span>", paper->meeting, "</span>");
	add_number(out, row->case_no);
	if (row->doc_no[0])
		add(out, "<p class=\"number\">", row->doc_no, "</p>\n");
	add(out, "<p class=\"flush\">",
	    row->sponsors[0] ? row->sponsors : row->sector, "：</p>\n");
	add(out, "<p>您提出的《", row->title, "》收悉，现答复如下：</p>\n");
	add_paragraphs(out, row->text);
	add_sign(out, row->unit_name, row->signed_at);
	buf_adds(out,
		 "<div class=\"foot\"><p>联系人：＿＿＿＿＿＿　　联系电话："
		 "＿＿＿＿＿＿＿＿</p>");
	add(out, "<p>抄送：", paper->office,
	    "。</p></div></div>\n</section>\n");
}

static void add_choice(struct buf *out, const char *what)
{
	add(out, "<tr><th>", what,
	    "</th><td colspan=\"3\">□ 满意　　　□ 基本满意　　　□ "
	    "不满意</td></tr>\n");
}

static void add_feedback(struct buf *out, struct paper *paper,
			 const struct paper_row *row)
{
	if (strcmp(row->role, "co") == 0)
		return;
	paper->pages++;
	buf_adds(out, "<section class=\"page\">\n");
	add_title(out, paper, "提案办理征询意见表");
	buf_adds(out, "<table class=\"form\">\n");
	add(out, "<tr><th>案号</th><td>", row->case_no, "</td>");
	add(out, "<th>答复类别</th><td>", row->class_code, "</td></tr>\n");
	add(out, "<tr><th>案由</th><td colspan=\"3\">", row->title,
	    "</td></tr>\n");
	add(out, "<tr><th>提案人</th><td colspan=\"3\">",
	    row->sponsors[0] ? row->sponsors : row->sector, "</td></tr>\n");
	add(out, "<tr><th>承办单位</th><td colspan=\"3\">", row->unit_name,
	    "</td></tr>\n");
	buf_adds(out, "<tr><th>沟通方式</th><td colspan=\"3\">□ 走访　　□ "
		      "座谈　　□ 电话　　□ 书面　　□ 未联系</td></tr>\n");
	add_choice(out, "对办理过程");
	add_choice(out, "对办理结果");
	buf_adds(out, "<tr><th>意见和建议</th><td colspan=\"3\" "
		      "class=\"blank\">提案人签名：＿＿＿＿＿＿＿＿　　　"
		      "年　　月　　日</td></tr>\n</table>\n");
	add(out,
	    "<p class=\"flush\">此表由提案人本人填写，请于收到答复后十五日"
	    "内寄回",
	    paper->office, "。承办单位不得代填。</p>\n</section>\n");
}

static void add_results_row(struct buf *out, const struct stats *stats,
			    const struct stats_tally *tally)
{
	buf_adds(out, "<tr>");
	add_cell(out, tally->name, false);
	add_count(out, tally->total - tally->split);
	add_count(out, tally->split);
	add_count(out, tally->co);
	add_count(out, tally->replied);
	add_count(out, tally->on_time);
	for (size_t c = 0; c < stats->n_classes; c++)
		add_count(out, tally->by_class[c]);
	add_count(out, tally->contacted);
	add_count(out, tally->asked);
	add_count(out, tally->process);
	add_count(out, tally->result);
	buf_adds(out, "</tr>\n");
}

static void add_up(struct stats_tally *sum, const struct stats_tally *tally)
{
	sum->total += tally->total;
	sum->split += tally->split;
	sum->co += tally->co;
	sum->replied += tally->replied;
	sum->on_time += tally->on_time;
	sum->contacted += tally->contacted;
	sum->asked += tally->asked;
	sum->process += tally->process;
	sum->result += tally->result;
	for (size_t c = 0; c <= STATS_CLASSES_MAX; c++)
		sum->by_class[c] += tally->by_class[c];
}

static void add_results(struct buf *out, struct paper *paper,
			const struct stats *stats)
{
	char all[] = "合计";
	struct stats_tally sum = {.name = all};

	paper->pages++;
	buf_adds(out, "<section class=\"page\">\n");
	add_title(out, paper, "提案办理结果统计表");
	buf_addf(out,
		 "<table><thead><tr><th rowspan=\"2\">承办单位</th>"
		 "<th colspan=\"3\">承办件数</th>"
		 "<th rowspan=\"2\">已答复</th><th rowspan=\"2\">按期</th>"
		 "<th colspan=\"%zu\">类别</th><th rowspan=\"2\">面商</th>"
		 "<th colspan=\"3\">征询意见</th></tr>\n<tr><th>主办</th>"
		 "<th>分办</th><th>会办</th>",
		 stats->n_classes);
	for (size_t c = 0; c < stats->n_classes; c++)
		add(out, "<th>", stats->classes[c].code, "</th>");
	buf_adds(out, "<th>回收</th><th>过程满意</th><th>结果满意</th></tr>"
		      "</thead><tbody>\n");
	for (size_t i = 0; i < stats->units.n; i++) {
		const struct stats_tally *tally = &stats->units.items[i];

		if (paper->options.unit &&
		    strcmp(paper->options.unit, tally->code) != 0)
			continue;
		add_results_row(out, stats, tally);
		add_up(&sum, tally);
	}
	add_results_row(out, stats, &sum);
	buf_adds(out, "</tbody></table>\n<p class=\"flush\">注：按承办件数统计"
		      "；一件提案由几个单位分办的，各计一件。</p>\n");
	add_sign(out, paper->office, paper->options.date);
	buf_adds(out, "</div></section>\n");
}

static int results(struct buf *out, struct paper *paper,
		   struct replica *replica, struct err *err)
{
	struct stats stats;
	int rc = stats_load(&stats, replica, paper->session, err);

	if (rc == 0 && stats.units.n > 0) {
		add_head(out, paper, "提案办理结果统计表", true);
		add_results(out, paper, &stats);
	}
	stats_release(&stats);
	return rc;
}

static void by_unit(struct buf *out, struct paper *paper)
{
	bool assignment = paper->options.kind == PAPER_ASSIGNMENT;

	add_head(out, paper, assignment ? "提案交办清单" : "提案催办通知",
		 assignment);
	for (size_t from = 0, end; from < paper->n; from = end) {
		end = end_of_unit(paper, from);
		if (assignment)
			add_assignment(out, paper, from, end);
		else
			add_reminder(out, paper, from, end);
	}
}

static void by_case(struct buf *out, struct paper *paper)
{
	bool letter = paper->options.kind == PAPER_LETTER;

	add_head(out, paper, letter ? "提案答复函" : "提案办理征询意见表",
		 false);
	for (size_t i = 0; i < paper->n; i++) {
		if (letter)
			add_letter(out, paper, &paper->rows[i]);
		else
			add_feedback(out, paper, &paper->rows[i]);
	}
}

int paper_html(struct buf *out, struct paper *paper, struct replica *replica,
	       struct err *err)
{
	int rc = 0;

	paper->pages = 0;
	switch (paper->options.kind) {
	case PAPER_ASSIGNMENT:
	case PAPER_REMINDER:
		by_unit(out, paper);
		break;
	case PAPER_LETTER:
	case PAPER_FEEDBACK:
		by_case(out, paper);
		break;
	case PAPER_RESULTS:
	case N_PAPERS:
		rc = results(out, paper, replica, err);
		break;
	}
	buf_adds(out, "</body>\n</html>\n");
	if (rc == 0 && paper->pages == 0 && paper->unsubmitted > 0)
		return err_set(err, ERR_INPUT, "%s",
			       _("no reply is submitted as it stands (tian "
				 "submit)"));
	if (rc == 0 && paper->pages == 0)
		return err_set(err, ERR_INPUT, "%s",
			       _("there is nothing to print on that paper"));
	return rc < 0 ? rc : buf_check(out, err);
}
