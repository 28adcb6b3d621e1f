/* session_generator.c - a made-up session as a CSV table, from a seed.
 * Usage: session_generator [--proposals N] [--units N] [--seed N]
 *                          [--copies N] [--dirty] [--without-replies]
 *
 * Sized by a real one of 2017: 357 proposals, 45 main units, 88 % with
 * co-units, 2.5 on average, 11 at most. All words are ours; the district and
 * its figures do not exist. --copies puts a passage of one reply into
 * another unit's, N times, and says on stderr which: "017 203". --dirty
 * writes numbers, classes, units and dates in all the ways lists do. The same
 * seed gives the same bytes for ever. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/utf8.h"

enum { UNITS_MAX = 200, CO_MAX = 11 };

struct session {
	size_t proposals, units, copies;
	size_t copy_every; /* a passage is kept at each so manyeth */
	uint64_t state;
	bool dirty, replies;
	struct buf passage; /* of an earlier reply, to be copied */
	size_t passage_of;  /* its proposal */
	size_t passage_unit;
};

static uint64_t next(struct session *session)
{
	uint64_t z = session->state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static size_t below(struct session *session, size_t n)
{
	return (size_t)(next(session) % n);
}

#define PICK(session, words) \
	(words)[below(session, sizeof(words) / sizeof((words)[0]))]

static const char *const bodies[] = {
	"教育", "卫健", "民政", "人社", "住建", "交通",	  "水务", "农业",
	"文旅", "体育", "商务", "经信", "科技", "财政",	  "审计", "统计",
	"司法", "公安", "应急", "消防", "城管", "规划",	  "资源", "环保",
	"园林", "气象", "市监", "医保", "税务", "金融",	  "投促", "大数据",
	"信访", "残联", "妇联", "团委", "红会", "总工会", "档案", "退役",
	"粮储", "能源", "港航", "地铁", "供销", "邮政",	  "电力", "水利",
	"林业", "渔业"};

static const char *const sectors[] = {
	"教育界", "医卫界",	"经济界",     "科技界",	    "农业界",
	"工商联", "妇联界",	"工会界",     "共青团界",   "社科界",
	"文艺界", "新闻界",	"体育界",     "少数民族界", "宗教界",
	"台侨界", "特邀界一组", "特邀界二组", "特邀界三组", "环境资源界"};

static const char *const surnames[] = {"赵", "钱", "孙", "李", "周", "吴",
				       "郑", "王", "冯", "陈", "褚", "卫",
				       "蒋", "沈", "韩", "杨", "朱", "秦"};
static const char *const given[] = {"文", "静", "建", "丽", "强", "敏",
				    "磊", "芳", "军", "洁", "涛", "娟",
				    "明", "霞", "勇", "琳", "杰", "燕"};

/* A place is two of these and what it is: some 18,000 of them, so that no run
 * of characters is in every tenth text of a large session. */
static const char *const heads[] = {
	"澄", "柳", "石", "松", "南", "鹤", "青", "白", "东", "云", "桐", "麦",
	"渔", "栗", "长", "古", "莲", "西", "梅", "枫", "竹", "沙", "月", "金",
	"银", "翠", "安", "宁", "泰", "康", "永", "兴", "嘉", "和", "文", "义",
	"芦", "荷", "桂", "樟", "榆", "槐", "兰", "溪", "虹", "霞", "龙", "雁"};
static const char *const tails[] = {
	"湖", "塘", "桥", "岭", "埠", "鸣", "屿", "沙", "坞", "溪", "花", "浦",
	"滩", "园", "汀", "井", "渡", "泠", "墟", "湾", "里", "洲", "河", "坪",
	"岗", "墩", "畈", "浜", "港", "荡", "川", "原", "谷", "峰", "崖", "泉",
	"亭", "阁", "门", "城", "堡", "营", "铺", "驿", "市", "田", "圩", "堤"};
static const char *const sites[] = {"村",   "社区", "街", "路",
				    "小区", "一带", "片", "园区"};
static const char *const matters[] = {
	"托育点",   "老年食堂", "校车线路", "停车泊位",	  "河道清淤",
	"口袋公园", "社区医生", "公交接驳", "电梯加装",	  "农贸市场",
	"夜间照明", "危房修缮", "人才公寓", "技工培训",	  "直播基地",
	"冷链仓库", "果蔬大棚", "排涝泵站", "垃圾转运",	  "充电桩",
	"骑行道",   "图书角",	"急救箱",   "心理热线",	  "非遗工坊",
	"民宿集群", "用工平台", "小微贷款", "专利导航",	  "河长制",
	"消防水源", "老旧管网", "护学岗",   "残疾人坡道", "婴儿车通道",
	"中试车间", "检测平台", "渡口改造", "候鸟栖地",	  "反诈宣讲"};
static const char *const verbs[] = {"优化", "扩建", "规范", "增设",
				    "整治", "扶持", "统筹", "改造",
				    "推广", "盘活", "完善", "提升"};
static const char *const who[] = {"我局",   "专班",   "街道",	"施工方",
				  "工作组", "值班员", "网格员", "两个科室",
				  "第三方", "业主",   "志愿者", "镇里"};
static const char *const when[] = {"三月起",   "入春后",     "汛期前",
				   "上半年",   "开学前",     "节前",
				   "五月中旬", "会后第二周", "接到提案后",
				   "摸底之后", "周末",	     "夏收后"};
static const char *const did[] = {"走访了", "测量了", "改建了", "清点了",
				  "约谈了", "试点了", "补上了", "关停了",
				  "迁走了", "培训了", "发放了", "更换了",
				  "登记了", "打通了", "验收了", "回访了"};
static const char *const will[] = {"计划增设", "将改建",   "拟补齐",
				   "准备试点", "打算扩容", "预备招标"};
static const char *const things[] = {"住户", "摊位", "路口", "泵房", "班次",
				     "床位", "学位", "井盖", "灯杆", "企业",
				     "课堂", "车位", "大棚", "岗位", "合同",
				     "工单", "台账", "老人", "学员", "涵洞",
				     "树池", "站牌", "线路", "机位"};
static const char *const kinds[] = {"老旧", "临街", "新建", "困难",
				    "沿河", "空置", "重点", "临时",
				    "公共", "集体", "低保", "高龄",
				    "特色", "示范", "备用", "偏远"};
static const char *const by[] = {"如今",     "眼下",	 "由此",     "几处试点",
				 "据回访",   "大体上",	 "一个月来", "按台账看",
				 "照此推算", "多数时候", "镇街反映", "当月"};
static const char *const units_of[] = {"户", "处", "个", "批", "项",
				       "家", "条", "座", "份", "人次"};
static const char *const so[] = {
	"群众少跑一趟", "高峰不再排队", "雨天没有积水",	  "投诉少了一半",
	"费用降了两成", "早晚都有人管", "孩子放学有去处", "账目当月公开",
	"车辆各行其道", "夜里路面亮了", "空置房有了租客", "订单接到年尾"};

static void add_place(struct buf *out, struct session *session)
{
	buf_adds(out, PICK(session, heads));
	buf_adds(out, PICK(session, tails));
	buf_adds(out, PICK(session, sites));
}

/* A sentence of what was or will be done; figures make each its own. */
static void add_sentence(struct buf *out, struct session *session, bool future)
{
	buf_adds(out, PICK(session, when));
	buf_adds(out, PICK(session, who));
	buf_adds(out, below(session, 2) ? "在" : "到");
	add_place(out, session);
	buf_adds(out, future ? PICK(session, will) : PICK(session, did));
	buf_addf(out, "%zu%s", 2 + below(session, 989),
		 PICK(session, units_of));
	buf_adds(out, PICK(session, kinds));
	buf_adds(out, PICK(session, things));
	if (below(session, 3) == 0) {
		buf_adds(out, "，其中");
		add_place(out, session);
		buf_addf(out, "%zu%s", 1 + below(session, 97),
			 PICK(session, units_of));
	}
	buf_adds(out, "，");
	buf_adds(out, PICK(session, by));
	buf_adds(out, PICK(session, so));
	buf_addf(out, "，比上次多%zu%%。", 1 + below(session, 40));
}

static void add_text(struct buf *out, struct session *session, size_t sentences,
		     bool future)
{
	for (size_t i = 0; i < sentences; i++) {
		if (i > 0 && i % 5 == 0)
			buf_addc(out, '\n');
		add_sentence(out, session, future && i % 2 == 1);
	}
}

static void add_unit(struct buf *out, size_t unit)
{
	size_t n = sizeof(bodies) / sizeof(bodies[0]);

	buf_addf(out, "区%s局", bodies[unit % n]);
	if (unit >= n)
		buf_addf(out, "%zu分局", unit / n + 1);
}

/* None for 12 of 100; else 1 and more, halving, 11 at most: 2.5 on average
 * over all. */
static size_t co_units(struct session *session)
{
	size_t n = 1;

	if (below(session, 100) < 12)
		return 0;
	while (n < CO_MAX && below(session, 100) < 65)
		n++;
	return n;
}

static void add_co_units(struct buf *out, struct session *session,
			 size_t main_unit)
{
	static const char *const between[] = {"、", "，", ",", "；", " "};
	const char *separator = session->dirty ? PICK(session, between) : "、";
	size_t n = co_units(session);
	size_t unit = main_unit;

	if (n >= session->units)
		n = session->units - 1;
	for (size_t i = 0; i < n; i++) {
		/* Steps that never come back before all were met. */
		unit = (unit + 1 + below(session, session->units / (n + 1))) %
		       session->units;
		if (unit == main_unit)
			unit = (unit + 1) % session->units;
		if (i > 0)
			buf_adds(out, separator);
		add_unit(out, unit);
	}
}

/* A quoted cell. */
static void add_cell(const struct buf *text, bool last)
{
	const char *at = buf_text(text);

	putchar('"');
	for (; *at; at++) {
		if (*at == '"')
			putchar('"');
		putchar(*at);
	}
	fputs(last ? "\"\n" : "\",", stdout);
}

static void add_number(struct buf *out, struct session *session, size_t number)
{
	if (!session->dirty) {
		buf_addf(out, "第%03zu号", number);
		return;
	}
	switch (below(session, 3)) {
	case 0:
		buf_addf(out, "第%03zu号", number);
		break;
	case 1:
		buf_addf(out, "%zu", number);
		break;
	default:
		buf_addf(out, "%03zu", number);
		break;
	}
}

static void add_class(struct buf *out, struct session *session, size_t class)
{
	static const char *const letters[] = {"A", "B", "C"};
	static const char *const words[] = {"解决或采纳", "列入计划拟解决",
					    "留作参考"};

	switch (session->dirty ? below(session, 8) : 0) {
	case 0:
	case 1:
		buf_adds(out, letters[class]);
		break;
	case 2:
	case 3:
		buf_addf(out, "%s类", letters[class]);
		break;
	case 4:
	case 5:
	case 6:
		buf_adds(out, words[class]);
		break;
	default: /* missing */
		break;
	}
}

static void add_doc_no(struct buf *out, struct session *session, size_t unit,
		       size_t number)
{
	static const char *const brackets[][2] = {{"〔", "〕"},
						  {"（", "）"},
						  {"﹝", "﹞"},
						  {"[", "]"},
						  {"【", "】"}};
	size_t kind = session->dirty ? below(session, 6) : 0;

	if (kind == 5) {
		buf_addf(out, "%zu", number);
		return;
	}
	buf_addf(out, "%s%s2022%s%zu号",
		 bodies[unit % (sizeof(bodies) / sizeof(bodies[0]))],
		 brackets[kind][0], brackets[kind][1], number);
}

static void add_date(struct buf *out, struct session *session)
{
	static const int days[] = {31, 28, 31, 30, 31, 30,
				   31, 31, 30, 31, 30, 31};
	size_t month = 4 + below(session, 5);
	size_t day = 1 + below(session, (size_t)days[month - 1]);

	switch (session->dirty ? below(session, 5) : 0) {
	case 0:
		buf_addf(out, "2022-%02zu-%02zu", month, day);
		break;
	case 1:
		buf_addf(out, "2022年%zu月%zu日", month, day);
		break;
	case 2:
		buf_addf(out, "2022.%zu.%zu", month, day);
		break;
	case 3:
		buf_addf(out, "2022/%zu/%zu", month, day);
		break;
	default:
		buf_adds(out, below(session, 3) ? "2022年6月30日" : "9月31日");
		break;
	}
}

static void add_sponsors(struct buf *out, struct session *session)
{
	size_t n = below(session, 10) < 6 ? 1 : 2 + below(session, 4);

	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_adds(out, "、");
		buf_adds(out, PICK(session, surnames));
		buf_adds(out, PICK(session, given));
		if (below(session, 2))
			buf_adds(out, PICK(session, given));
	}
}

/* The reply; where copies are still owed, with the passage kept before. */
static void add_reply(struct buf *out, struct session *session, size_t number,
		      size_t unit, size_t class)
{
	size_t sentences = 4 + below(session, 14);

	add_text(out, session, sentences, class > 0);
	if (class == 1)
		buf_addf(out, "其余部分2023年%zu月底前完成。",
			 1 + below(session, 12));
	if (class == 2)
		buf_adds(out, "其余部分因用地条件限制，暂不具备实施条件。");
	if (session->copies == 0)
		return;
	if (session->passage.len > 0 && unit != session->passage_unit) {
		buf_adds(out, buf_text(&session->passage));
		fprintf(stderr, "%03zu %03zu\n", session->passage_of, number);
		buf_clear(&session->passage);
		session->copies--;
	} else if (session->passage.len == 0 &&
		   number % session->copy_every == 0) {
		buf_add(&session->passage, out->data,
			utf8_fit(out->data, out->len, 400));
		session->passage_of = number;
		session->passage_unit = unit;
	}
}

static void add_row(struct session *session, size_t number)
{
	struct buf cells[12];
	size_t unit = below(session, session->units);
	size_t mark = below(session, 100);
	size_t class = mark < 70 ? 0 : mark < 92 ? 1 : 2;
	size_t n = 0;

	/* Every unit has something, as long as there is enough. */
	if (number <= session->units)
		unit = number - 1;
	memset(cells, 0, sizeof(cells));
	add_number(&cells[n++], session, number);
	buf_addf(&cells[n], session->dirty && below(session, 2) ? "《" : "");
	buf_addf(&cells[n], "关于%s", PICK(session, verbs));
	add_place(&cells[n], session);
	buf_addf(&cells[n], "%s%s%s的建议", below(session, 2) ? "片区" : "沿线",
		 PICK(session, matters), below(session, 3) ? "" : "、方便出行");
	if (strncmp(buf_text(&cells[n]), "《", 3) == 0)
		buf_adds(&cells[n], "》");
	n++;
	add_sponsors(&cells[n++], session);
	buf_adds(&cells[n++], PICK(session, sectors));
	add_text(&cells[n++], session, 6 + below(session, 8), false);
	add_unit(&cells[n++], unit);
	add_co_units(&cells[n++], session, unit);
	buf_adds(&cells[n++], below(session, 18) == 0 ? "是" : "");
	if (session->replies) {
		add_class(&cells[n++], session, class);
		add_doc_no(&cells[n++], session, unit, number);
		add_date(&cells[n++], session);
		add_reply(&cells[n++], session, number, unit, class);
	}
	for (size_t i = 0; i < n; i++) {
		add_cell(&cells[i], i + 1 == n);
		buf_release(&cells[i]);
	}
}

static bool take(size_t *out, const char *name, const char *value, size_t most)
{
	char *end = NULL;
	unsigned long long number = value ? strtoull(value, &end, 10) : 0;

	if (!value || *end || end == value || number > most) {
		fprintf(stderr, "%s needs a number up to %zu\n", name, most);
		return false;
	}
	*out = (size_t)number;
	return true;
}

static bool read_options(struct session *session, int argc, char **argv)
{
	size_t seed = 2017;
	bool fine = true;

	for (int i = 1; fine && i < argc; i++) {
		const char *name = argv[i];

		if (strcmp(name, "--dirty") == 0)
			session->dirty = true;
		else if (strcmp(name, "--without-replies") == 0)
			session->replies = false;
		else if (strcmp(name, "--proposals") == 0)
			fine = take(&session->proposals, name, argv[++i],
				    10000000);
		else if (strcmp(name, "--units") == 0)
			fine = take(&session->units, name, argv[++i],
				    UNITS_MAX);
		else if (strcmp(name, "--copies") == 0)
			fine = take(&session->copies, name, argv[++i], 1000000);
		else if (strcmp(name, "--seed") == 0)
			fine = take(&seed, name, argv[++i], SIZE_MAX);
		else {
			fprintf(stderr, "%s: no such option\n", name);
			fine = false;
		}
	}
	session->state = seed;
	session->copy_every =
		1 + session->proposals / (2 * (session->copies + 1));
	return fine && session->units > 1;
}

int main(int argc, char **argv)
{
	struct session session = {
		.proposals = 357, .units = 45, .replies = true};

	if (!read_options(&session, argc, argv))
		return 2;
	fputs("案号,案由,提案人,界别,提案内容,主办单位,会办单位,重点提案",
	      stdout);
	fputs(session.replies ? ",办理结果,文号,答复日期,答复正文\n" : "\n",
	      stdout);
	for (size_t i = 0; i < session.proposals; i++)
		add_row(&session, i + 1);
	buf_release(&session.passage);
	return ferror(stdout) || fflush(stdout) != 0 ? 1 : 0;
}
