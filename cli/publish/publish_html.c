/* publish_html.c - the publication as one self-contained page: filters,
 * figures, a table to find one's way, the replies; prints on A4.
 * Knows HTML; reads no replica. Everything from the replica goes through
 * publish_escape. The page fetches nothing from anywhere. */
#include "cli/publish/publish.h"

#include <string.h>

static const char style[] =
	":root{--ink:#1d2129;--soft:#5b6472;--line:#d9dde3;--wash:#f6f7f9;"
	"--mark:#a61b1b;--k0:#2f6f4f;--k1:#c8862b;--k2:#7a7f87;--k3:#4a6fa5;"
	"--kx:#c3c8cf}\n"
	"*{box-sizing:border-box}\n"
	"body{margin:0;color:var(--ink);background:#fff;line-height:1.8;"
	"font-size:17px;font-family:\"Source Han Sans SC\",\"Noto Sans CJK "
	"SC\",\"PingFang SC\",\"Microsoft YaHei\",\"WenQuanYi Micro Hei\","
	"sans-serif}\n"
	"main,header>div,footer{max-width:980px;margin:0 auto;padding:0 24px}"
	"\n"
	"header{border-top:6px solid var(--mark);padding:32px 0 8px}\n"
	"h1,h2,h3{font-family:\"Source Han Serif SC\",\"Noto Serif CJK SC\","
	"\"Songti SC\",SimSun,serif;line-height:1.45}\n"
	"h1{font-size:32px;margin:0}h1 span{display:inline-block}\n"
	"h2{font-size:22px;margin:40px 0 12px;padding-left:12px;"
	"border-left:5px solid var(--mark)}\n"
	"h3{font-size:20px;margin:0 0 6px}\n"
	".sub{color:var(--soft);margin:6px 0 0}\n"
	".figures{display:flex;flex-wrap:wrap;gap:12px;margin:24px 0 0;"
	"padding:0;list-style:none}\n"
	".figures li{flex:1 1 110px;max-width:230px;background:var(--wash);border-radius:6px;"
	"padding:10px 14px}\n"
	".figures b{display:block;font-size:28px;line-height:1.3;"
	"color:var(--mark);font-variant-numeric:tabular-nums}\n"
	".figures span{color:var(--soft);font-size:14px}\n"
	".charts{display:grid;grid-template-columns:repeat(auto-fit,"
	"minmax(400px,1fr));gap:8px 32px}\n"
	"figure{margin:0}\n"
	"figcaption{font-weight:600;margin-bottom:4px}\n"
	"svg{width:100%;height:auto;font-size:14px}\n"
	"svg .l{text-anchor:end;fill:var(--ink)}\n"
	"svg .n{fill:var(--soft)}\n"
	".k0{fill:var(--k0);background:var(--k0)}\n"
	".k1{fill:var(--k1);background:var(--k1)}\n"
	".k2{fill:var(--k2);background:var(--k2)}\n"
	".k3{fill:var(--k3);background:var(--k3)}\n"
	".k4,.k5,.k6,.k7,.k8,.kx{fill:var(--kx);background:var(--kx)}\n"
	".class{color:#fff;border-radius:4px;padding:1px 9px;font-size:14px;"
	"white-space:nowrap}\n"
	".legend{list-style:none;padding:0;margin:8px 0;display:flex;"
	"flex-wrap:wrap;gap:6px 20px;color:var(--soft);font-size:15px}\n"
	"table{border-collapse:collapse;width:100%;font-size:15px;"
	"line-height:1.5}\n"
	"th,td{border-bottom:1px solid var(--line);padding:7px 8px;"
	"text-align:left;vertical-align:top}\n"
	"th{background:var(--wash);font-weight:600;white-space:nowrap}\n"
	"td:first-child{white-space:nowrap;color:var(--soft);"
	"font-variant-numeric:tabular-nums}\n"
	".unit{min-width:8.5em}\n"
	"a{color:inherit;text-decoration-color:var(--line);"
	"text-underline-offset:3px}\n"
	"a:hover{color:var(--mark)}\n"
	".find{display:none;flex-wrap:wrap;gap:10px;align-items:center;"
	"position:sticky;top:0;background:#fff;padding:12px 0;"
	"border-bottom:1px solid var(--line);z-index:1}\n"
	".js .find{display:flex}\n"
	".find input,.find select{font:inherit;font-size:15px;padding:6px 10px;"
	"border:1px solid var(--line);border-radius:5px;background:#fff;"
	"color:inherit}\n"
	".find input{flex:1 1 220px}\n"
	".find output{color:var(--soft);font-size:14px}\n"
	"article{padding:24px 0;border-bottom:1px solid var(--line);"
	"scroll-margin-top:72px}\n"
	"article .no{color:var(--mark);margin-right:.5em;"
	"font-variant-numeric:tabular-nums}\n"
	".meta{color:var(--soft);font-size:15px;margin:0 0 10px;display:flex;"
	"flex-wrap:wrap;gap:4px 18px;align-items:center}\n"
	".reply h4{margin:12px 0 2px;font-size:17px}\n"
	".reply p{margin:0 0 6px;text-align:justify}\n"
	".none{color:var(--soft)}\n"
	"footer{color:var(--soft);font-size:14px;padding-top:24px;"
	"padding-bottom:48px}\n"
	"[hidden]{display:none!important}\n"
	"@media(max-width:560px){.charts{grid-template-columns:1fr}"
	"h1{font-size:26px}.wide{display:none}.unit{min-width:0}"
	".find{position:static}article{scroll-margin-top:0}"
	".figures li{max-width:none}}\n";

static const char print_style[] =
	"@page{size:A4;margin:20mm 18mm}\n"
	"@media print{body{font-size:10.5pt;line-height:1.7}"
	".find{display:none!important}header{padding-top:12px}"
	"main,header>div,footer{max-width:none;padding:0}"
	".figures{flex-wrap:nowrap;gap:6px;margin-top:14px}"
	".figures li{flex:1 1 0;padding:6px 10px}"
	".figures b{font-size:18pt}.figures span{font-size:9pt;"
	"white-space:nowrap}table{font-size:9.5pt;line-height:1.4}"
	"th,td{padding:3.5px 6px}article{padding:14px 0}"
	"h1{font-size:20pt}h2{font-size:14pt}h3{font-size:12.5pt}"
	"h2,h3,h4,.meta{break-after:avoid}tr,figure,.figures{break-inside:"
	"avoid}.charts{grid-template-columns:1fr 1fr}"
	"article p{orphans:2;widows:2}a{text-decoration:none}"
	"*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}\n";

static const char script[] =
	"(function(){\n"
	"var d=document,q=d.getElementById('q'),n=d.getElementById('n'),\n"
	"s=['class','unit','sector'].map(function(i){return "
	"d.getElementById('by-'+i)}),\n"
	"a=[].slice.call(d.querySelectorAll('article'));\n"
	"if(!q)return;\n"
	"function plain(t){return t.replace(/\\s+/g,'').toLowerCase()}\n"
	"var texts=a.map(function(e){return plain(e.textContent)});\n"
	"function show(){\n"
	"var want=plain(q.value),left=0;\n"
	"a.forEach(function(e,i){\n"
	"var ok=texts[i].indexOf(want)>=0&&\n"
	"(!s[0].value||e.dataset.class===s[0].value)&&\n"
	"(!s[1].value||e.dataset.units.split(' ').indexOf(s[1].value)>=0)&&\n"
	"(!s[2].value||e.dataset.sector===s[2].value);\n"
	"e.hidden=!ok;\n"
	"d.getElementById('r'+e.id).hidden=!ok;\n"
	"if(ok)left++;\n"
	"});\n"
	"n.textContent=left===a.length?'共 '+left+' 件':'显示 '+left+' / '+"
	"a.length+' 件';\n"
	"}\n"
	"d.documentElement.className='js';\n"
	"q.addEventListener('input',show);\n"
	"s.forEach(function(e){e.addEventListener('change',show)});\n"
	"show();\n"
	"})();\n";

/* <tag class="…">escaped</tag>; attributes are ours, the text is not. */
static void element(struct buf *out, const char *open, const char *text,
		    const char *close)
{
	buf_adds(out, open);
	publish_escape(out, text);
	buf_adds(out, close);
}

static void add_head(struct buf *out, const struct publication *publication)
{
	struct buf title = BUF_INIT;

	publish_title(&title, publication);
	buf_adds(out, "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n"
		      "<meta charset=\"utf-8\">\n"
		      "<meta name=\"viewport\" content=\"width=device-width, "
		      "initial-scale=1\">\n");
	element(out, "<title>", buf_text(&title), "</title>\n");
	buf_adds(out, "<style>\n");
	buf_adds(out, style);
	buf_adds(out, print_style);
	buf_adds(out, "</style>\n</head>\n<body>\n<header><div>\n");
	/* A line ends between its parts, not within. */
	buf_adds(out, "<h1>");
	element(out, "<span>", publication->committee, "</span>");
	element(out, "<span>", publish_meeting(publication), "</span>");
	buf_adds(out, "<span>提案办理结果</span></h1>\n");
	if (publication->headline[0] != '\0')
		element(out, "<p class=\"sub\">", publication->headline,
			"</p>\n");
	out->failed = out->failed || title.failed;
	buf_release(&title);
}

static void add_figures(struct buf *out, const struct publication *publication)
{
	struct publish_figure figures[PUBLISH_FIGURES];

	publish_figures(figures, publication);
	buf_adds(out, "<ul class=\"figures\">\n");
	for (size_t i = 0; figures[i].name != NULL; i++)
		buf_addf(out, "<li><b>%lld</b><span>%s</span></li>\n",
			 (long long)figures[i].number, figures[i].name);
	buf_adds(out, "</ul>\n</div></header>\n<main>\n");
}

static const char *class_label(const struct publication *publication, size_t at)
{
	return at < publication->n_classes ? publication->classes[at].label
					   : "未定类别";
}

static void add_badge(struct buf *out, const struct publication *publication,
		      size_t at)
{
	if (at < publication->n_classes)
		buf_addf(out, "<span class=\"class k%zu\">", at);
	else
		buf_adds(out, "<span class=\"class kx\">");
	publish_escape(out, class_label(publication, at));
	buf_adds(out, "</span>");
}

static void add_legend(struct buf *out, const struct publication *publication)
{
	size_t left = publication->n;

	buf_adds(out, "<ul class=\"legend\">\n");
	for (size_t at = 0; at < publication->n_classes; at++) {
		const struct publish_class *class = &publication->classes[at];

		buf_adds(out, "<li>");
		add_badge(out, publication, at);
		buf_addf(out, " %zu 件", class->count);
		if (class->meaning[0] != '\0')
			element(out, "：", class->meaning, "");
		buf_adds(out, "</li>\n");
		left -= class->count;
	}
	/* They have a colour in the charts, too. */
	if (left > 0) {
		buf_adds(out, "<li>");
		add_badge(out, publication, publication->n_classes);
		buf_addf(out, " %zu 件</li>\n", left);
	}
	buf_adds(out, "</ul>\n");
}

static void add_chart(struct buf *out, const struct publication *publication,
		      const char *title, const struct publish_count *counts,
		      size_t n)
{
	if (n == 0)
		return;
	element(out, "<figure><figcaption>", title, "</figcaption>\n");
	publish_chart(out, publication, title, counts, n);
	buf_adds(out, "</figure>\n");
}

static void add_charts(struct buf *out, const struct publication *publication)
{
	buf_adds(out, "<section>\n<h2>概况</h2>\n");
	add_legend(out, publication);
	buf_adds(out, "<div class=\"charts\">\n");
	add_chart(out, publication, "各承办单位（件）", publication->units,
		  publication->n_units);
	add_chart(out, publication, "各界别（件）", publication->sectors,
		  publication->n_sectors);
	buf_adds(out, "</div>\n</section>\n");
}

/* The names of those who answer, or of the co-units. */
static void add_units(struct buf *out, const struct publish_case *one,
		      bool co_units)
{
	size_t n = 0;

	for (size_t i = 0; i < one->n_units; i++) {
		if ((strcmp(one->units[i].role, "co") == 0) != co_units)
			continue;
		element(out, n++ > 0 ? "、" : "", one->units[i].name, "");
	}
}

static bool has_co_units(const struct publish_case *one)
{
	return one->n_units > 0 &&
	       strcmp(one->units[one->n_units - 1].role, "co") == 0;
}

static void add_row(struct buf *out, const struct publication *publication,
		    const struct publish_case *one)
{
	element(out, "<tr id=\"rp-", one->key, "\">");
	element(out, "<td>", one->case_no, "</td>");
	element(out, "<td><a href=\"#p-", one->key, "\">");
	element(out, "", one->title, "</a></td>");
	element(out, "<td class=\"wide\">", one->sector,
		"</td><td class=\"unit\">");
	add_units(out, one, false);
	buf_adds(out, "</td><td>");
	add_badge(out, publication, one->class_at);
	buf_adds(out, "</td></tr>\n");
}

static void add_table(struct buf *out, const struct publication *publication)
{
	buf_adds(out, "<section>\n<h2>一览</h2>\n<table>\n<thead><tr>"
		      "<th>编号</th><th>案由</th>"
		      "<th class=\"wide\">界别</th><th>承办单位</th>"
		      "<th>类别</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < publication->n; i++)
		add_row(out, publication, &publication->cases[i]);
	buf_adds(out, "</tbody>\n</table>\n</section>\n");
}

static void add_option(struct buf *out, const char *value, const char *text)
{
	element(out, "<option value=\"", value, "\">");
	element(out, "", text, "</option>");
}

static void add_filter(struct buf *out, const char *open, const char *all,
		       const struct publish_count *counts, size_t n)
{
	buf_adds(out, open);
	add_option(out, "", all);
	for (size_t i = 0; i < n; i++)
		add_option(out,
			   counts[i].code[0] != '\0' ? counts[i].code
						     : counts[i].name,
			   counts[i].name);
	buf_adds(out, "</select>\n");
}

static void add_filters(struct buf *out, const struct publication *publication)
{
	buf_adds(out, "<div class=\"find\" role=\"search\">\n"
		      "<input id=\"q\" type=\"search\" placeholder=\"搜索案由、"
		      "答复、单位\" aria-label=\"搜索\">\n"
		      "<select id=\"by-class\" aria-label=\"类别\">");
	add_option(out, "", "全部类别");
	for (size_t at = 0; at < publication->n_classes; at++)
		add_option(out, publication->classes[at].code,
			   publication->classes[at].label);
	buf_adds(out, "</select>\n");
	add_filter(out, "<select id=\"by-unit\" aria-label=\"单位\">",
		   "全部单位", publication->units, publication->n_units);
	add_filter(out, "<select id=\"by-sector\" aria-label=\"界别\">",
		   "全部界别", publication->sectors, publication->n_sectors);
	buf_adds(out, "<output id=\"n\"></output>\n</div>\n");
}

static void add_meta(struct buf *out, const struct publication *publication,
		     const struct publish_case *one)
{
	buf_adds(out, "<p class=\"meta\">");
	add_badge(out, publication, one->class_at);
	if (one->sector[0] != '\0')
		element(out, "<span>界别：", one->sector, "</span>");
	if (one->sponsors[0] != '\0')
		element(out, "<span>提案人：", one->sponsors, "</span>");
	buf_adds(out, "<span>承办：");
	add_units(out, one, false);
	buf_adds(out, "</span>");
	if (has_co_units(one)) {
		buf_adds(out, "<span>会办：");
		add_units(out, one, true);
		buf_adds(out, "</span>");
	}
	if (one->leaders[0] != '\0')
		element(out, "<span>", one->leaders, "</span>");
	buf_adds(out, "</p>\n");
}

/* Fields that the office has added and publishes. */
static void add_more(struct buf *out, const struct publish_case *one)
{
	for (size_t i = 0; i < one->n_more; i++) {
		const struct publish_more *more = &one->more[i];

		element(out, "<p class=\"meta\"><span>", more->field->label,
			"");
		if (more->unit[0] != '\0')
			element(out, "（", more->unit, "）");
		element(out, "：", more->value, "</span></p>\n");
	}
}

static void add_paragraphs(struct buf *out, const char *text)
{
	buf_adds(out, "<p>");
	for (; *text != '\0'; text++) {
		char one[2] = {*text, '\0'};

		if (*text == '\n')
			buf_adds(out, "</p>\n<p>");
		else
			publish_escape(out, one);
	}
	buf_adds(out, "</p>\n");
}

static void add_reply(struct buf *out, const struct publish_unit *unit)
{
	buf_adds(out, "<div class=\"reply\">\n");
	element(out, "<h4>", unit->name, "答复</h4>\n");
	if (unit->doc_no[0] != '\0' || unit->signed_at[0] != '\0') {
		element(out, "<p class=\"meta\">", unit->doc_no, " ");
		publish_date(out, unit->signed_at);
		buf_adds(out, "</p>\n");
	}
	add_paragraphs(out, unit->text);
	buf_adds(out, "</div>\n");
}

static void add_open_tag(struct buf *out, const struct publication *publication,
			 const struct publish_case *one)
{
	const char *class = one->class_at < publication->n_classes
				    ? publication->classes[one->class_at].code
				    : "";

	element(out, "<article id=\"p-", one->key, "\"");
	element(out, " data-class=\"", class, "\"");
	element(out, " data-sector=\"", one->sector, "\" data-units=\"");
	for (size_t i = 0; i < one->n_units; i++)
		element(out, i > 0 ? " " : "", one->units[i].code, "");
	buf_adds(out, "\">\n");
}

static void add_case(struct buf *out, const struct publication *publication,
		     const struct publish_case *one)
{
	add_open_tag(out, publication, one);
	element(out, "<h3><span class=\"no\">", one->case_no, "</span>");
	element(out, "", one->title, "</h3>\n");
	add_meta(out, publication, one);
	add_more(out, one);
	for (size_t i = 0; i < one->n_units; i++) {
		if (one->units[i].text[0] != '\0')
			add_reply(out, &one->units[i]);
	}
	if (!one->replied)
		buf_adds(out, "<p class=\"none\">正在办理，尚未答复。</p>\n");
	buf_adds(out, "</article>\n");
}

static void add_foot(struct buf *out, const struct publication *publication)
{
	buf_adds(out, "</main>\n<footer>\n");
	if (publication->withheld > 0)
		buf_addf(out, "<p>另有 %zu 件不在本页公开。</p>\n",
			 publication->withheld);
	if (publication->date[0] != '\0') {
		buf_adds(out, "<p>公布日期：");
		publish_date(out, publication->date);
		buf_adds(out, "</p>\n");
	}
	buf_adds(out, "</footer>\n<script>\n");
	buf_adds(out, script);
	buf_adds(out, "</script>\n</body>\n</html>\n");
}

static void add_cases(struct buf *out, const struct publication *publication)
{
	add_charts(out, publication);
	add_table(out, publication);
	buf_adds(out, "<section>\n<h2>答复</h2>\n");
	add_filters(out, publication);
	for (size_t i = 0; i < publication->n; i++)
		add_case(out, publication, &publication->cases[i]);
	buf_adds(out, "</section>\n");
}

int publish_html(struct buf *out, const struct publication *publication,
		 struct err *err)
{
	add_head(out, publication);
	add_figures(out, publication);
	if (publication->n > 0)
		add_cases(out, publication);
	else
		buf_adds(out, "<p class=\"none\">暂无可公布的提案。</p>\n");
	add_foot(out, publication);
	return buf_check(out, err);
}
