PRAGMA application_id = 0x5449414e; PRAGMA user_version = 1;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE _meta(
  name  TEXT PRIMARY KEY NOT NULL,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO _meta VALUES('author','李明');
INSERT INTO _meta VALUES('clock','117671390122868741');
INSERT INTO _meta VALUES('hub','/tmp/wt/sp/hub');
INSERT INTO _meta VALUES('inbox','c7848cfb5c80b9e738ddc30a7f531487f4e9ae0d');
INSERT INTO _meta VALUES('office_key','ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILY594sb2Oi9W0Pbu/W9mo2I/BXuMwG4X6poB/p3RiSC');
INSERT INTO _meta VALUES('origin','43f4b771a7b05fc7');
INSERT INTO _meta VALUES('site','edu');
CREATE TABLE _entity(
  id       INTEGER PRIMARY KEY,
  name     TEXT NOT NULL UNIQUE,
  zh       TEXT NOT NULL,
  en       TEXT NOT NULL,
  scope    TEXT NOT NULL,
  keys     TEXT NOT NULL,
  owner    TEXT,
  creators TEXT NOT NULL
) STRICT;
INSERT INTO _entity VALUES(1,'session','届次','session','all','key',NULL,'office');
INSERT INTO _entity VALUES(2,'unit','单位','unit','all','code',NULL,'office');
INSERT INTO _entity VALUES(3,'signer','签名密钥','signing key','office','site fingerprint',NULL,'office');
INSERT INTO _entity VALUES(4,'code','代码','code','all','list code',NULL,'office');
INSERT INTO _entity VALUES(10,'proposal','提案','proposal','case','key',NULL,'office');
INSERT INTO _entity VALUES(11,'handling','承办','handling','case','proposal unit','unit','office');
INSERT INTO _entity VALUES(12,'leader','领导','leader','case','proposal name',NULL,'office');
INSERT INTO _entity VALUES(13,'contact','沟通','contact','case','proposal unit id','unit','office owner');
INSERT INTO _entity VALUES(14,'measure','办理措施','measure','case','proposal unit id','unit','owner');
INSERT INTO _entity VALUES(15,'feedback','征询意见','feedback','case','proposal sponsor round',NULL,'office');
INSERT INTO _entity VALUES(16,'tracking','跟踪','tracking','case','proposal unit id','unit','owner');
INSERT INTO _entity VALUES(17,'attachment','附件','attachment','case','proposal unit id','unit','office owner');
INSERT INTO _entity VALUES(18,'event','流程','event','case','proposal unit id','unit','office owner');
CREATE TABLE _field(
  entity  INTEGER NOT NULL,
  id      INTEGER NOT NULL,
  name    TEXT NOT NULL,
  type    TEXT NOT NULL,
  list    TEXT,
  zh      TEXT NOT NULL,
  en      TEXT NOT NULL,
  writers TEXT NOT NULL,
  policy  TEXT NOT NULL,
  publish INTEGER NOT NULL,
  PRIMARY KEY(entity, id)
) STRICT, WITHOUT ROWID;
INSERT INTO _field VALUES(1,1,'void','bool',NULL,'作废','void','office','review',0);
INSERT INTO _field VALUES(1,2,'void_reason','text',NULL,'作废理由','reason of voiding','office','newest',0);
INSERT INTO _field VALUES(1,3,'committee','text',NULL,'委员会','committee','office','office',1);
INSERT INTO _field VALUES(1,4,'name','text',NULL,'会议','session','office','office',1);
INSERT INTO _field VALUES(1,5,'received','int',NULL,'收到件数','received','office','office',1);
INSERT INTO _field VALUES(1,6,'filed','int',NULL,'立案件数','filed','office','office',1);
INSERT INTO _field VALUES(1,7,'led','int',NULL,'领办件数','led','office','office',1);
INSERT INTO _field VALUES(1,8,'supervised','int',NULL,'督办件数','supervised','office','office',1);
INSERT INTO _field VALUES(1,9,'due_months','int',NULL,'办理期限（月）','months to reply','office','office',0);
INSERT INTO _field VALUES(1,10,'holidays','set',NULL,'节假日','holidays','office','office',0);
INSERT INTO _field VALUES(1,11,'opened','date',NULL,'开幕日期','opened','office','office',1);
INSERT INTO _field VALUES(1,12,'headline','text',NULL,'标题','headline','office','office',1);
INSERT INTO _field VALUES(2,1,'void','bool',NULL,'作废','void','office','review',0);
INSERT INTO _field VALUES(2,2,'void_reason','text',NULL,'作废理由','reason of voiding','office','newest',0);
INSERT INTO _field VALUES(2,3,'name','text',NULL,'名称','name','office','office',1);
INSERT INTO _field VALUES(2,4,'kind','text',NULL,'类型','kind','office','office',0);
INSERT INTO _field VALUES(2,5,'aliases','set',NULL,'别名','aliases','office','office',0);
INSERT INTO _field VALUES(3,1,'void','bool',NULL,'作废','void','office','review',0);
INSERT INTO _field VALUES(3,2,'void_reason','text',NULL,'作废理由','reason of voiding','office','newest',0);
INSERT INTO _field VALUES(3,3,'public_key','text',NULL,'公钥','public key','office','office',0);
INSERT INTO _field VALUES(3,4,'valid_from','time',NULL,'启用','valid from','office','office',0);
INSERT INTO _field VALUES(3,5,'valid_until','time',NULL,'停用','valid until','office','office',0);
INSERT INTO _field VALUES(3,6,'note','text',NULL,'备注','note','office','office',0);
INSERT INTO _field VALUES(4,1,'void','bool',NULL,'作废','void','office','review',0);
INSERT INTO _field VALUES(4,2,'void_reason','text',NULL,'作废理由','reason of voiding','office','newest',0);
INSERT INTO _field VALUES(4,3,'zh','text',NULL,'中文','Chinese','office','office',1);
INSERT INTO _field VALUES(4,4,'en','text',NULL,'英文','English','office','office',1);
INSERT INTO _field VALUES(4,5,'rank','int',NULL,'次序','rank','office','office',0);
INSERT INTO _field VALUES(4,6,'aliases','set',NULL,'别名','aliases','office','office',0);
INSERT INTO _field VALUES(10,1,'void','bool',NULL,'作废','void','office','review',0);
INSERT INTO _field VALUES(10,2,'void_reason','text',NULL,'作废理由','reason of voiding','office','newest',0);
INSERT INTO _field VALUES(10,3,'case_no','text',NULL,'案号','case number','office','office',1);
INSERT INTO _field VALUES(10,4,'title','text',NULL,'案由','title','office','office',1);
INSERT INTO _field VALUES(10,5,'body','long',NULL,'正文','body','office','office',0);
INSERT INTO _field VALUES(10,6,'sponsors','set',NULL,'提案人','sponsors','office','set',1);
INSERT INTO _field VALUES(10,7,'sector','text',NULL,'界别','sector','office','office',1);
INSERT INTO _field VALUES(10,8,'sector_raw','text',NULL,'界别原文','sector as printed','office','office',0);
INSERT INTO _field VALUES(10,9,'kind','code','kind','类型','kind','office','office',1);
INSERT INTO _field VALUES(10,10,'category','text',NULL,'类别','category','office','office',1);
INSERT INTO _field VALUES(10,11,'in_session','bool',NULL,'会间','in session','office','office',1);
INSERT INTO _field VALUES(10,12,'review','code','review','审查结果','review','office','review',1);
INSERT INTO _field VALUES(10,13,'review_reason','text',NULL,'审查理由','review reason','office','office',0);
INSERT INTO _field VALUES(10,14,'merged_into','text',NULL,'并入','merged into','office','review',1);
INSERT INTO _field VALUES(10,15,'is_key','bool',NULL,'重点','key proposal','office','office',1);
INSERT INTO _field VALUES(10,16,'due','date',NULL,'办结期限','due','office','office',1);
INSERT INTO _field VALUES(10,17,'due_rule','text',NULL,'期限依据','rule of the date','office','office',0);
INSERT INTO _field VALUES(10,18,'class_confirmed','code','class','核定类别','confirmed class','office','office',1);
INSERT INTO _field VALUES(10,19,'publicity','code','publicity','公开属性','publicity','office','strictest',1);
INSERT INTO _field VALUES(10,20,'public_text','long',NULL,'公开稿','public text','office','office',1);
INSERT INTO _field VALUES(10,21,'received_on','date',NULL,'收到日期','received on','office','office',1);
INSERT INTO _field VALUES(10,22,'filed_on','date',NULL,'立案日期','filed on','office','office',1);
INSERT INTO _field VALUES(10,23,'position','int',NULL,'刊登次序','printed position','office','office',0);
INSERT INTO _field VALUES(10,24,'withdrawn','bool',NULL,'撤案','withdrawn','office','review',1);
INSERT INTO _field VALUES(11,1,'void','bool',NULL,'作废','void','office','review',0);
INSERT INTO _field VALUES(11,2,'void_reason','text',NULL,'作废理由','reason of voiding','office','newest',0);
INSERT INTO _field VALUES(11,3,'role','code','role','分工','role','office','review',1);
INSERT INTO _field VALUES(11,4,'assigned_on','date',NULL,'交办日期','assigned on','office','office',1);
INSERT INTO _field VALUES(11,5,'due','date',NULL,'答复期限','reply due','office','office',1);
INSERT INTO _field VALUES(11,6,'contact_name','text',NULL,'承办人','contact','owner','owner',0);
INSERT INTO _field VALUES(11,7,'phone','text',NULL,'电话','phone','owner','owner',0);
INSERT INTO _field VALUES(11,8,'draft','long',NULL,'答复正文','reply','office owner','text',1);
INSERT INTO _field VALUES(11,9,'class_proposed','code','class','拟定类别','proposed class','office owner','owner',1);
INSERT INTO _field VALUES(11,10,'doc_no','text',NULL,'文号','document number','owner','owner',1);
INSERT INTO _field VALUES(11,11,'signer','text',NULL,'签发人','signed by','owner','owner',0);
INSERT INTO _field VALUES(11,12,'signed_at','date',NULL,'签发日期','signed on','owner','owner',1);
INSERT INTO _field VALUES(11,13,'signed_hash','text',NULL,'签发稿','text signed','owner','owner',0);
INSERT INTO _field VALUES(11,14,'countersigned_hash','text',NULL,'会签稿','text countersigned','owner','owner',0);
INSERT INTO _field VALUES(11,15,'publicity_proposed','code','publicity','拟公开属性','proposed publicity','owner','strictest',0);
INSERT INTO _field VALUES(12,1,'void','bool',NULL,'作废','void','office','review',0);
INSERT INTO _field VALUES(12,2,'void_reason','text',NULL,'作废理由','reason of voiding','office','newest',0);
INSERT INTO _field VALUES(12,3,'post','text',NULL,'职务','post','office','office',1);
INSERT INTO _field VALUES(12,4,'mode','code','leading','方式','mode','office','office',1);
INSERT INTO _field VALUES(13,1,'void','bool',NULL,'作废','void','office owner','review',0);
INSERT INTO _field VALUES(13,2,'void_reason','text',NULL,'作废理由','reason of voiding','office owner','newest',0);
INSERT INTO _field VALUES(13,3,'at','date',NULL,'时间','date','office owner','append',0);
INSERT INTO _field VALUES(13,4,'mode','code','contact','方式','mode','office owner','append',0);
INSERT INTO _field VALUES(13,5,'people','text',NULL,'参加人','people','office owner','append',0);
INSERT INTO _field VALUES(13,6,'result','text',NULL,'结果','result','office owner','append',0);
INSERT INTO _field VALUES(14,1,'void','bool',NULL,'作废','void','owner','review',0);
INSERT INTO _field VALUES(14,2,'void_reason','text',NULL,'作废理由','reason of voiding','owner','newest',0);
INSERT INTO _field VALUES(14,3,'suggestion','text',NULL,'建议','suggestion','owner','owner',1);
INSERT INTO _field VALUES(14,4,'state','code','measure','落实情况','state','owner','owner',1);
INSERT INTO _field VALUES(14,5,'deadline','date',NULL,'完成时限','deadline','owner','owner',1);
INSERT INTO _field VALUES(14,6,'reason','text',NULL,'说明','reason','owner','owner',1);
INSERT INTO _field VALUES(15,1,'void','bool',NULL,'作废','void','office','review',0);
INSERT INTO _field VALUES(15,2,'void_reason','text',NULL,'作废理由','reason of voiding','office','newest',0);
INSERT INTO _field VALUES(15,3,'process','code','satisfaction','办理过程','process','office','append',1);
INSERT INTO _field VALUES(15,4,'result','code','satisfaction','办理结果','result','office','append',1);
INSERT INTO _field VALUES(15,5,'opinion','long',NULL,'意见','opinion','office','append',0);
INSERT INTO _field VALUES(15,6,'at','date',NULL,'日期','date','office','append',1);
INSERT INTO _field VALUES(16,1,'void','bool',NULL,'作废','void','owner','review',0);
INSERT INTO _field VALUES(16,2,'void_reason','text',NULL,'作废理由','reason of voiding','owner','newest',0);
INSERT INTO _field VALUES(16,3,'at','date',NULL,'日期','date','owner','append',0);
INSERT INTO _field VALUES(16,4,'note','long',NULL,'进展','progress','owner','append',1);
INSERT INTO _field VALUES(16,5,'confirmed','bool',NULL,'确认','confirmed','office','office',0);
INSERT INTO _field VALUES(17,1,'void','bool',NULL,'作废','void','office owner','review',0);
INSERT INTO _field VALUES(17,2,'void_reason','text',NULL,'作废理由','reason of voiding','office owner','newest',0);
INSERT INTO _field VALUES(17,3,'name','text',NULL,'文件名','name','office owner','append',1);
INSERT INTO _field VALUES(17,4,'sha256','text',NULL,'校验值','SHA-256','office owner','append',1);
INSERT INTO _field VALUES(17,5,'size','int',NULL,'字节数','size','office owner','append',1);
INSERT INTO _field VALUES(18,1,'void','bool',NULL,'作废','void','office owner','review',0);
INSERT INTO _field VALUES(18,2,'void_reason','text',NULL,'作废理由','reason of voiding','office owner','newest',0);
INSERT INTO _field VALUES(18,3,'kind','code','event','事项','event','office owner','append',0);
INSERT INTO _field VALUES(18,4,'at','time',NULL,'时间','time','office owner','append',0);
INSERT INTO _field VALUES(18,5,'detail','text',NULL,'说明','detail','office owner','append',0);
INSERT INTO _field VALUES(18,6,'text_hash','text',NULL,'文本校验','hash of the text','office owner','append',0);
INSERT INTO _field VALUES(18,7,'until','date',NULL,'期限','until','office owner','append',0);
CREATE TABLE _pending(
  id     INTEGER PRIMARY KEY,
  entity INTEGER NOT NULL,
  field  INTEGER NOT NULL,
  row    TEXT NOT NULL,
  value  ANY,
  at     INTEGER NOT NULL,            -- milliseconds since 1970, UTC
  author TEXT,
  reason TEXT,
  decides INTEGER NOT NULL DEFAULT 0  -- 1: names all heads as bases
) STRICT;
INSERT INTO _pending VALUES(1,11,7,'1-1-014/edu','8888',1795522920994,NULL,NULL,0);
CREATE TABLE _origin(
  id     INTEGER PRIMARY KEY,
  origin INTEGER NOT NULL UNIQUE,
  site   TEXT,
  last   INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO _origin VALUES(1,7332728348676625037,'office',1);
INSERT INTO _origin VALUES(2,4896740393631113159,'edu',6);
CREATE TABLE _author(
  id   INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;
INSERT INTO _author VALUES(1,'王芳');
INSERT INTO _author VALUES(2,'李明');
CREATE TABLE _row(
  id     INTEGER PRIMARY KEY,
  entity INTEGER NOT NULL,
  key    TEXT NOT NULL,
  scope  TEXT NOT NULL,
  UNIQUE(entity, key)
) STRICT;
INSERT INTO _row VALUES(1,2,'office','');
INSERT INTO _row VALUES(2,2,'edu','');
INSERT INTO _row VALUES(3,1,'1-1','');
INSERT INTO _row VALUES(4,10,'1-1-014','1-1-014');
INSERT INTO _row VALUES(5,11,'1-1-014/edu','1-1-014');
INSERT INTO _row VALUES(6,18,'1-1-014/office/20261124T122200.238-65c31595294e928d','1-1-014');
INSERT INTO _row VALUES(7,18,'1-1-014/edu/20261124T122200.576-43f4b771a7b05fc7','1-1-014');
CREATE TABLE _change(
  id     INTEGER PRIMARY KEY,
  cell   INTEGER NOT NULL,
  clock  INTEGER NOT NULL,
  author INTEGER NOT NULL,
  flags  INTEGER NOT NULL,            -- 1 refused, 2 clock ahead, 4 deflated
  value  ANY,
  bases  BLOB,
  reason TEXT,
  extra  BLOB
) STRICT;
INSERT INTO _change VALUES(1099511627777,4099,117671390077911040,1,0,'区政协提案委',NULL,NULL,NULL);
INSERT INTO _change VALUES(1099511627779,8192,117671390092460032,1,0,1,NULL,NULL,NULL);
INSERT INTO _change VALUES(1099511627780,8195,117671390092525568,1,0,'区教育局',NULL,NULL,NULL);
INSERT INTO _change VALUES(1099511627783,12291,117671390095605760,1,0,'区政协',NULL,NULL,NULL);
INSERT INTO _change VALUES(1099511627784,12292,117671390095605761,1,0,'一届一次',NULL,NULL,NULL);
INSERT INTO _change VALUES(1099511627785,16387,117671390096195584,1,0,'14',NULL,NULL,NULL);
INSERT INTO _change VALUES(1099511627786,16388,117671390096195585,1,0,'关于加大投入的建议',NULL,NULL,NULL);
INSERT INTO _change VALUES(1099511627789,20480,117671390100652032,1,0,1,NULL,NULL,NULL);
INSERT INTO _change VALUES(1099511627790,20483,117671390100652033,1,0,'main',NULL,NULL,NULL);
INSERT INTO _change VALUES(1099511627791,20484,117671390100652034,1,0,'2026-11-24',NULL,NULL,NULL);
INSERT INTO _change VALUES(1099511627792,20485,117671390100652035,1,0,'2022-06-30',NULL,NULL,NULL);
INSERT INTO _change VALUES(1099511627793,24576,117671390100652036,1,0,1,NULL,NULL,NULL);
INSERT INTO _change VALUES(1099511627794,24579,117671390100652037,1,0,'assigned',NULL,NULL,NULL);
INSERT INTO _change VALUES(1099511627795,24580,117671390100652038,1,0,'2026-11-24T12:22:00Z',NULL,NULL,NULL);
INSERT INTO _change VALUES(1099511627796,24581,117671390100717568,1,0,'主办 区教育局，期限 2022-06-30',NULL,NULL,NULL);
INSERT INTO _change VALUES(1099511627797,24583,117671390100717569,1,0,'2022-06-30',NULL,NULL,NULL);
INSERT INTO _change VALUES(2199023255553,20488,117671390122868736,2,0,'投入上,今年教育预算增加。',NULL,NULL,NULL);
INSERT INTO _change VALUES(2199023255554,20489,117671390122868737,2,0,'A',NULL,NULL,NULL);
INSERT INTO _change VALUES(2199023255555,28672,117671390122868738,2,0,1,NULL,NULL,NULL);
INSERT INTO _change VALUES(2199023255556,28675,117671390122868739,2,0,'submitted',NULL,NULL,NULL);
INSERT INTO _change VALUES(2199023255557,28676,117671390122868740,2,0,'2026-11-24T12:22:00Z',NULL,NULL,NULL);
INSERT INTO _change VALUES(2199023255558,28678,117671390122868741,2,0,'867ea520d2f6389453ec52030998ae4d3f712288d12ce5eaa64bd2c50b5603e4',NULL,NULL,NULL);
CREATE TABLE _head(
  cell   INTEGER NOT NULL,
  change INTEGER NOT NULL,
  shown  INTEGER NOT NULL,
  PRIMARY KEY(cell, change)
) STRICT, WITHOUT ROWID;
INSERT INTO _head VALUES(4099,1099511627777,1);
INSERT INTO _head VALUES(8192,1099511627779,1);
INSERT INTO _head VALUES(8195,1099511627780,1);
INSERT INTO _head VALUES(12291,1099511627783,1);
INSERT INTO _head VALUES(12292,1099511627784,1);
INSERT INTO _head VALUES(16387,1099511627785,1);
INSERT INTO _head VALUES(16388,1099511627786,1);
INSERT INTO _head VALUES(20480,1099511627789,1);
INSERT INTO _head VALUES(20483,1099511627790,1);
INSERT INTO _head VALUES(20484,1099511627791,1);
INSERT INTO _head VALUES(20485,1099511627792,1);
INSERT INTO _head VALUES(20488,2199023255553,1);
INSERT INTO _head VALUES(20489,2199023255554,1);
INSERT INTO _head VALUES(24576,1099511627793,1);
INSERT INTO _head VALUES(24579,1099511627794,1);
INSERT INTO _head VALUES(24580,1099511627795,1);
INSERT INTO _head VALUES(24581,1099511627796,1);
INSERT INTO _head VALUES(24583,1099511627797,1);
INSERT INTO _head VALUES(28672,2199023255555,1);
INSERT INTO _head VALUES(28675,2199023255556,1);
INSERT INTO _head VALUES(28676,2199023255557,1);
INSERT INTO _head VALUES(28678,2199023255558,1);
CREATE TABLE _named(
  change INTEGER NOT NULL,
  cell   INTEGER NOT NULL,             -- of the change that names it
  PRIMARY KEY(change, cell)
) STRICT, WITHOUT ROWID;
CREATE TABLE _conflict(
  cell     INTEGER PRIMARY KEY,
  severity INTEGER NOT NULL,
  confirm  INTEGER NOT NULL
) STRICT;
CREATE TABLE _verdict(
  change INTEGER PRIMARY KEY,
  kind   INTEGER NOT NULL,
  reason TEXT NOT NULL
) STRICT;
CREATE TABLE _scope(
  site TEXT NOT NULL,
  key  TEXT NOT NULL,
  PRIMARY KEY(site, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE _taken(
  ref       TEXT PRIMARY KEY NOT NULL,
  commit_id TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE _commit(
  origin    INTEGER NOT NULL,
  first     INTEGER NOT NULL,
  last      INTEGER NOT NULL,
  commit_id TEXT NOT NULL,
  PRIMARY KEY(origin, first)
) STRICT, WITHOUT ROWID;
INSERT INTO _commit VALUES(4896740393631113159,1,6,'0de174bfeb5f7e9973274372a97ecffe4a1691e4');
INSERT INTO _commit VALUES(7332728348676625037,1,1,'8baabd5229e129a74aaf79fffbe8daf4253c5399');
INSERT INTO _commit VALUES(7332728348676625037,3,4,'8baabd5229e129a74aaf79fffbe8daf4253c5399');
INSERT INTO _commit VALUES(7332728348676625037,7,8,'8baabd5229e129a74aaf79fffbe8daf4253c5399');
INSERT INTO _commit VALUES(7332728348676625037,9,10,'8baabd5229e129a74aaf79fffbe8daf4253c5399');
INSERT INTO _commit VALUES(7332728348676625037,13,21,'8baabd5229e129a74aaf79fffbe8daf4253c5399');
CREATE TABLE IF NOT EXISTS "session"(
  "key" TEXT NOT NULL,
  "committee" TEXT,
  "name" TEXT,
  "received" INTEGER,
  "filed" INTEGER,
  "led" INTEGER,
  "supervised" INTEGER,
  "due_months" INTEGER,
  "holidays" TEXT,
  "opened" TEXT,
  "headline" TEXT,
  "void" INTEGER,
  "void_reason" TEXT,
  PRIMARY KEY("key")
) STRICT;
INSERT INTO session VALUES('1-1','区政协','一届一次',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE IF NOT EXISTS "unit"(
  "code" TEXT NOT NULL,
  "name" TEXT,
  "kind" TEXT,
  "aliases" TEXT,
  "void" INTEGER,
  "void_reason" TEXT,
  PRIMARY KEY("code")
) STRICT;
INSERT INTO unit VALUES('office','区政协提案委',NULL,NULL,NULL,NULL);
INSERT INTO unit VALUES('edu','区教育局',NULL,NULL,NULL,NULL);
CREATE TABLE IF NOT EXISTS "signer"(
  "site" TEXT NOT NULL,
  "fingerprint" TEXT NOT NULL,
  "public_key" TEXT,
  "valid_from" TEXT,
  "valid_until" TEXT,
  "note" TEXT,
  "void" INTEGER,
  "void_reason" TEXT,
  PRIMARY KEY("site", "fingerprint")
) STRICT;
CREATE TABLE IF NOT EXISTS "code"(
  "list" TEXT NOT NULL,
  "code" TEXT NOT NULL,
  "zh" TEXT,
  "en" TEXT,
  "rank" INTEGER,
  "aliases" TEXT,
  "void" INTEGER,
  "void_reason" TEXT,
  PRIMARY KEY("list", "code")
) STRICT;
INSERT INTO code VALUES('class','A','A类','A',1,'解决或采纳、已经解决、基本解决、采纳',NULL,NULL);
INSERT INTO code VALUES('class','B','B类','B',2,'列入计划拟解决、部分解决、列入计划',NULL,NULL);
INSERT INTO code VALUES('class','C','C类','C',3,'留作参考、不可行',NULL,NULL);
INSERT INTO code VALUES('role','main','主办','main unit',1,'承办、主办单位',NULL,NULL);
INSERT INTO code VALUES('role','co','会办','co-unit',2,'协办、会办单位',NULL,NULL);
INSERT INTO code VALUES('role','split','分办','separate unit',3,'分别办理',NULL,NULL);
INSERT INTO code VALUES('review','filed','立案','filed',1,NULL,NULL,NULL);
INSERT INTO code VALUES('review','merged','并案','merged',2,NULL,NULL,NULL);
INSERT INTO code VALUES('review','rejected','不立案','not filed',3,NULL,NULL,NULL);
INSERT INTO code VALUES('review','forwarded','转意见建议','forwarded',4,NULL,NULL,NULL);
INSERT INTO code VALUES('kind','person','个人','personal',1,NULL,NULL,NULL);
INSERT INTO code VALUES('kind','joint','联名','joint',2,NULL,NULL,NULL);
INSERT INTO code VALUES('kind','party','党派团体','party or body',3,NULL,NULL,NULL);
INSERT INTO code VALUES('kind','sector','界别','sector',4,NULL,NULL,NULL);
INSERT INTO code VALUES('publicity','public','公开','public',1,'主动公开、全文公开',NULL,NULL);
INSERT INTO code VALUES('publicity','extract','摘要公开','extract',2,'部分公开',NULL,NULL);
INSERT INTO code VALUES('publicity','request','依申请公开','on request',3,NULL,NULL,NULL);
INSERT INTO code VALUES('publicity','withheld','不公开','withheld',4,'不予公开',NULL,NULL);
INSERT INTO code VALUES('leading','lead','领办','led',1,NULL,NULL,NULL);
INSERT INTO code VALUES('leading','supervise','督办','supervised',2,NULL,NULL,NULL);
INSERT INTO code VALUES('contact','visit','上门走访','visit',1,'面商、走访',NULL,NULL);
INSERT INTO code VALUES('contact','meeting','座谈','meeting',2,NULL,NULL,NULL);
INSERT INTO code VALUES('contact','phone','电话','phone',3,NULL,NULL,NULL);
INSERT INTO code VALUES('contact','letter','书面','letter',4,NULL,NULL,NULL);
INSERT INTO code VALUES('measure','done','已落实','done',1,NULL,NULL,NULL);
INSERT INTO code VALUES('measure','planned','计划落实','planned',2,NULL,NULL,NULL);
INSERT INTO code VALUES('measure','not','未采纳','not adopted',3,NULL,NULL,NULL);
INSERT INTO code VALUES('satisfaction','satisfied','满意','satisfied',1,NULL,NULL,NULL);
INSERT INTO code VALUES('satisfaction','basically','基本满意','basically satisfied',2,NULL,NULL,NULL);
INSERT INTO code VALUES('satisfaction','dissatisfied','不满意','dissatisfied',3,NULL,NULL,NULL);
INSERT INTO code VALUES('event','assigned','交办','assigned',1,NULL,NULL,NULL);
INSERT INTO code VALUES('event','receipt','签收','received',2,NULL,NULL,NULL);
INSERT INTO code VALUES('event','return_asked','申请退办','release asked',3,NULL,NULL,NULL);
INSERT INTO code VALUES('event','return_granted','同意退办','release granted',4,NULL,NULL,NULL);
INSERT INTO code VALUES('event','return_refused','不同意退办','release refused',5,NULL,NULL,NULL);
INSERT INTO code VALUES('event','extension_asked','申请延期','extension asked',6,NULL,NULL,NULL);
INSERT INTO code VALUES('event','extension_granted','同意延期','extension granted',7,NULL,NULL,NULL);
INSERT INTO code VALUES('event','extension_refused','不同意延期','extension refused',8,NULL,NULL,NULL);
INSERT INTO code VALUES('event','countersigned','会签','countersigned',9,NULL,NULL,NULL);
INSERT INTO code VALUES('event','submitted','提交答复','reply submitted',10,NULL,NULL,NULL);
INSERT INTO code VALUES('event','passed','审核通过','review passed',11,NULL,NULL,NULL);
INSERT INTO code VALUES('event','failed','审核驳回','review failed',12,NULL,NULL,NULL);
INSERT INTO code VALUES('event','sent','答复寄送','reply sent',13,NULL,NULL,NULL);
INSERT INTO code VALUES('event','feedback','征询意见','feedback',14,NULL,NULL,NULL);
INSERT INTO code VALUES('event','redo','重新办理','redo',15,NULL,NULL,NULL);
INSERT INTO code VALUES('event','tracking','跟踪','tracking',16,NULL,NULL,NULL);
INSERT INTO code VALUES('event','archived','归档','archived',17,NULL,NULL,NULL);
INSERT INTO code VALUES('event','published','公开','published',18,NULL,NULL,NULL);
INSERT INTO code VALUES('event','withdrawn','撤案','withdrawn',19,NULL,NULL,NULL);
CREATE TABLE IF NOT EXISTS "proposal"(
  "key" TEXT NOT NULL,
  "case_no" TEXT,
  "title" TEXT,
  "body" TEXT,
  "sponsors" TEXT,
  "sector" TEXT,
  "sector_raw" TEXT,
  "kind" TEXT,
  "category" TEXT,
  "in_session" INTEGER,
  "review" TEXT,
  "review_reason" TEXT,
  "merged_into" TEXT,
  "is_key" INTEGER,
  "due" TEXT,
  "due_rule" TEXT,
  "class_confirmed" TEXT,
  "publicity" TEXT,
  "public_text" TEXT,
  "received_on" TEXT,
  "filed_on" TEXT,
  "position" INTEGER,
  "withdrawn" INTEGER,
  "void" INTEGER,
  "void_reason" TEXT,
  PRIMARY KEY("key")
) STRICT;
INSERT INTO proposal VALUES('1-1-014','14','关于加大投入的建议',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE IF NOT EXISTS "handling"(
  "proposal" TEXT NOT NULL,
  "unit" TEXT NOT NULL,
  "role" TEXT,
  "assigned_on" TEXT,
  "due" TEXT,
  "contact_name" TEXT,
  "phone" TEXT,
  "draft" TEXT,
  "class_proposed" TEXT,
  "doc_no" TEXT,
  "signer" TEXT,
  "signed_at" TEXT,
  "signed_hash" TEXT,
  "countersigned_hash" TEXT,
  "publicity_proposed" TEXT,
  "void" INTEGER,
  "void_reason" TEXT,
  PRIMARY KEY("proposal", "unit")
) STRICT;
INSERT INTO handling VALUES('1-1-014','edu','main','2026-11-24','2022-06-30',NULL,'8888','投入上,今年教育预算增加。','A',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE IF NOT EXISTS "leader"(
  "proposal" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "post" TEXT,
  "mode" TEXT,
  "void" INTEGER,
  "void_reason" TEXT,
  PRIMARY KEY("proposal", "name")
) STRICT;
CREATE TABLE IF NOT EXISTS "contact"(
  "proposal" TEXT NOT NULL,
  "unit" TEXT NOT NULL DEFAULT 'edu',
  "id" TEXT NOT NULL DEFAULT (lower(hex(randomblob(8)))),
  "at" TEXT,
  "mode" TEXT,
  "people" TEXT,
  "result" TEXT,
  "void" INTEGER,
  "void_reason" TEXT,
  PRIMARY KEY("proposal", "unit", "id")
) STRICT;
CREATE TABLE IF NOT EXISTS "measure"(
  "proposal" TEXT NOT NULL,
  "unit" TEXT NOT NULL DEFAULT 'edu',
  "id" TEXT NOT NULL DEFAULT (lower(hex(randomblob(8)))),
  "suggestion" TEXT,
  "state" TEXT,
  "deadline" TEXT,
  "reason" TEXT,
  "void" INTEGER,
  "void_reason" TEXT,
  PRIMARY KEY("proposal", "unit", "id")
) STRICT;
CREATE TABLE IF NOT EXISTS "feedback"(
  "proposal" TEXT NOT NULL,
  "sponsor" TEXT NOT NULL,
  "round" TEXT NOT NULL DEFAULT '1',
  "process" TEXT,
  "result" TEXT,
  "opinion" TEXT,
  "at" TEXT,
  "void" INTEGER,
  "void_reason" TEXT,
  PRIMARY KEY("proposal", "sponsor", "round")
) STRICT;
CREATE TABLE IF NOT EXISTS "tracking"(
  "proposal" TEXT NOT NULL,
  "unit" TEXT NOT NULL DEFAULT 'edu',
  "id" TEXT NOT NULL DEFAULT (lower(hex(randomblob(8)))),
  "at" TEXT,
  "note" TEXT,
  "confirmed" INTEGER,
  "void" INTEGER,
  "void_reason" TEXT,
  PRIMARY KEY("proposal", "unit", "id")
) STRICT;
CREATE TABLE IF NOT EXISTS "attachment"(
  "proposal" TEXT NOT NULL,
  "unit" TEXT NOT NULL DEFAULT 'edu',
  "id" TEXT NOT NULL DEFAULT (lower(hex(randomblob(8)))),
  "name" TEXT,
  "sha256" TEXT,
  "size" INTEGER,
  "void" INTEGER,
  "void_reason" TEXT,
  PRIMARY KEY("proposal", "unit", "id")
) STRICT;
CREATE TABLE IF NOT EXISTS "event"(
  "proposal" TEXT NOT NULL,
  "unit" TEXT NOT NULL DEFAULT 'edu',
  "id" TEXT NOT NULL DEFAULT (lower(hex(randomblob(8)))),
  "kind" TEXT,
  "at" TEXT,
  "detail" TEXT,
  "text_hash" TEXT,
  "until" TEXT,
  "void" INTEGER,
  "void_reason" TEXT,
  PRIMARY KEY("proposal", "unit", "id")
) STRICT;
INSERT INTO event VALUES('1-1-014','office','20261124T122200.238-65c31595294e928d','assigned','2026-11-24T12:22:00Z','主办 区教育局，期限 2022-06-30',NULL,'2022-06-30',NULL,NULL);
INSERT INTO event VALUES('1-1-014','edu','20261124T122200.576-43f4b771a7b05fc7','submitted','2026-11-24T12:22:00Z',NULL,'867ea520d2f6389453ec52030998ae4d3f712288d12ce5eaa64bd2c50b5603e4',NULL,NULL,NULL);
CREATE INDEX _row_scope ON _row(scope);
CREATE INDEX _change_cell ON _change(cell);
CREATE TRIGGER "_session_insert" BEFORE INSERT ON "session"
BEGIN
  SELECT CASE
    WHEN EXISTS (SELECT 1 FROM "session" WHERE "key" = NEW."key") OR EXISTS (SELECT 1 FROM "session" WHERE rowid = NEW.rowid)
      THEN RAISE(ABORT, 'session: this row exists; change it with UPDATE (REPLACE and upsert would lose what it holds)')

    WHEN 1
      THEN RAISE(ABORT, 'session: only the office may add a row')

    WHEN NEW."key" = '' OR instr(NEW."key", '/') OR length(NEW."key") > 100 OR length(CAST(NEW."key" AS BLOB)) > 300 OR instr(NEW."key", char(0)) OR NEW."key" GLOB '*[' || char(1) || '-' || char(31) || char(127) || char(768) || '-' || char(879) || ']*' OR NEW."key" <> trim(NEW."key", ' ' || char(160, 12288)) OR (NEW."key" GLOB '*[^ -~]*' AND EXISTS (SELECT 1 FROM (SELECT substr(NEW."key", a.column1 * 10 + b.column1 + 1, 1) AS c FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS a, (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS b) WHERE c <> '' AND c IS NOT char(unicode(c))))
      THEN RAISE(ABORT, 'session: key cannot be used as a key')

    WHEN length(CAST(NEW."key" AS BLOB)) > 512
      THEN RAISE(ABORT, 'session: the key is longer than 512 bytes')

    WHEN NEW."committee" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'session.committee (委员会): only the office may write it')

    WHEN length(CAST(NEW."committee" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'session.committee (委员会): is larger than 4 MiB')

    WHEN NEW."name" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'session.name (会议): only the office may write it')

    WHEN length(CAST(NEW."name" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'session.name (会议): is larger than 4 MiB')

    WHEN NEW."received" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'session.received (收到件数): only the office may write it')

    WHEN NEW."filed" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'session.filed (立案件数): only the office may write it')

    WHEN NEW."led" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'session.led (领办件数): only the office may write it')

    WHEN NEW."supervised" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'session.supervised (督办件数): only the office may write it')

    WHEN NEW."due_months" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'session.due_months (办理期限（月）): only the office may write it')

    WHEN NEW."holidays" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'session.holidays (节假日): only the office may write it')

    WHEN length(CAST(NEW."holidays" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'session.holidays (节假日): is larger than 4 MiB')

    WHEN NEW."opened" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'session.opened (开幕日期): only the office may write it')

    WHEN NEW."opened" IS NOT date(NEW."opened", '+0 days')
      THEN RAISE(ABORT, 'session.opened (开幕日期): is not a date like 2022-06-30')

    WHEN NEW."headline" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'session.headline (标题): only the office may write it')

    WHEN length(CAST(NEW."headline" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'session.headline (标题): is larger than 4 MiB')

    WHEN NEW."void" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'session.void (作废): only the office may write it')

    WHEN NEW."void" NOT IN (0, 1)
      THEN RAISE(ABORT, 'session.void (作废): is not 0 or 1')

    WHEN NEW."void_reason" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'session.void_reason (作废理由): only the office may write it')

    WHEN length(CAST(NEW."void_reason" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'session.void_reason (作废理由): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_session_inserted" AFTER INSERT ON "session"
BEGIN
  SELECT RAISE(ABORT, 'session: a rowid below 1 cannot be used')
   WHERE NEW.rowid < 1;
  INSERT INTO _pending(entity, field, row, value, at)
  SELECT 1, f, NEW."key", v, CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER)
    FROM (SELECT 3 AS f, NEW."committee" AS v UNION ALL SELECT 4, NEW."name" UNION ALL SELECT 5, NEW."received" UNION ALL SELECT 6, NEW."filed" UNION ALL SELECT 7, NEW."led" UNION ALL SELECT 8, NEW."supervised" UNION ALL SELECT 9, NEW."due_months" UNION ALL SELECT 10, NEW."holidays" UNION ALL SELECT 11, NEW."opened" UNION ALL SELECT 12, NEW."headline" UNION ALL SELECT 1, NEW."void" UNION ALL SELECT 2, NEW."void_reason" UNION ALL SELECT 0, 1 WHERE coalesce(NEW."committee", NEW."name", NEW."received", NEW."filed", NEW."led", NEW."supervised", NEW."due_months", NEW."holidays", NEW."opened", NEW."headline", NEW."void", NEW."void_reason") IS NULL)
   WHERE v IS NOT NULL;
END;
CREATE TRIGGER "_session_committee_check" BEFORE UPDATE OF "committee" ON "session"
WHEN OLD."committee" IS NOT NEW."committee"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'session.committee (委员会): only the office may write it')

    WHEN length(CAST(NEW."committee" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'session.committee (委员会): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_session_committee" AFTER UPDATE OF "committee" ON "session"
WHEN OLD."committee" IS NOT NEW."committee"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (1, 3, NEW."key", NEW."committee", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_session_name_check" BEFORE UPDATE OF "name" ON "session"
WHEN OLD."name" IS NOT NEW."name"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'session.name (会议): only the office may write it')

    WHEN length(CAST(NEW."name" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'session.name (会议): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_session_name" AFTER UPDATE OF "name" ON "session"
WHEN OLD."name" IS NOT NEW."name"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (1, 4, NEW."key", NEW."name", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_session_received_check" BEFORE UPDATE OF "received" ON "session"
WHEN OLD."received" IS NOT NEW."received"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'session.received (收到件数): only the office may write it')

  END;
END;
CREATE TRIGGER "_session_received" AFTER UPDATE OF "received" ON "session"
WHEN OLD."received" IS NOT NEW."received"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (1, 5, NEW."key", NEW."received", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_session_filed_check" BEFORE UPDATE OF "filed" ON "session"
WHEN OLD."filed" IS NOT NEW."filed"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'session.filed (立案件数): only the office may write it')

  END;
END;
CREATE TRIGGER "_session_filed" AFTER UPDATE OF "filed" ON "session"
WHEN OLD."filed" IS NOT NEW."filed"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (1, 6, NEW."key", NEW."filed", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_session_led_check" BEFORE UPDATE OF "led" ON "session"
WHEN OLD."led" IS NOT NEW."led"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'session.led (领办件数): only the office may write it')

  END;
END;
CREATE TRIGGER "_session_led" AFTER UPDATE OF "led" ON "session"
WHEN OLD."led" IS NOT NEW."led"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (1, 7, NEW."key", NEW."led", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_session_supervised_check" BEFORE UPDATE OF "supervised" ON "session"
WHEN OLD."supervised" IS NOT NEW."supervised"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'session.supervised (督办件数): only the office may write it')

  END;
END;
CREATE TRIGGER "_session_supervised" AFTER UPDATE OF "supervised" ON "session"
WHEN OLD."supervised" IS NOT NEW."supervised"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (1, 8, NEW."key", NEW."supervised", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_session_due_months_check" BEFORE UPDATE OF "due_months" ON "session"
WHEN OLD."due_months" IS NOT NEW."due_months"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'session.due_months (办理期限（月）): only the office may write it')

  END;
END;
CREATE TRIGGER "_session_due_months" AFTER UPDATE OF "due_months" ON "session"
WHEN OLD."due_months" IS NOT NEW."due_months"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (1, 9, NEW."key", NEW."due_months", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_session_holidays_check" BEFORE UPDATE OF "holidays" ON "session"
WHEN OLD."holidays" IS NOT NEW."holidays"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'session.holidays (节假日): only the office may write it')

    WHEN length(CAST(NEW."holidays" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'session.holidays (节假日): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_session_holidays" AFTER UPDATE OF "holidays" ON "session"
WHEN OLD."holidays" IS NOT NEW."holidays"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (1, 10, NEW."key", NEW."holidays", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_session_opened_check" BEFORE UPDATE OF "opened" ON "session"
WHEN OLD."opened" IS NOT NEW."opened"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'session.opened (开幕日期): only the office may write it')

    WHEN NEW."opened" IS NOT date(NEW."opened", '+0 days')
      THEN RAISE(ABORT, 'session.opened (开幕日期): is not a date like 2022-06-30')

  END;
END;
CREATE TRIGGER "_session_opened" AFTER UPDATE OF "opened" ON "session"
WHEN OLD."opened" IS NOT NEW."opened"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (1, 11, NEW."key", NEW."opened", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_session_headline_check" BEFORE UPDATE OF "headline" ON "session"
WHEN OLD."headline" IS NOT NEW."headline"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'session.headline (标题): only the office may write it')

    WHEN length(CAST(NEW."headline" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'session.headline (标题): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_session_headline" AFTER UPDATE OF "headline" ON "session"
WHEN OLD."headline" IS NOT NEW."headline"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (1, 12, NEW."key", NEW."headline", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_session_void_check" BEFORE UPDATE OF "void" ON "session"
WHEN OLD."void" IS NOT NEW."void"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'session.void (作废): only the office may write it')

    WHEN NEW."void" NOT IN (0, 1)
      THEN RAISE(ABORT, 'session.void (作废): is not 0 or 1')

  END;
END;
CREATE TRIGGER "_session_void" AFTER UPDATE OF "void" ON "session"
WHEN OLD."void" IS NOT NEW."void"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (1, 1, NEW."key", NEW."void", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_session_void_reason_check" BEFORE UPDATE OF "void_reason" ON "session"
WHEN OLD."void_reason" IS NOT NEW."void_reason"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'session.void_reason (作废理由): only the office may write it')

    WHEN length(CAST(NEW."void_reason" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'session.void_reason (作废理由): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_session_void_reason" AFTER UPDATE OF "void_reason" ON "session"
WHEN OLD."void_reason" IS NOT NEW."void_reason"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (1, 2, NEW."key", NEW."void_reason", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_session_key" BEFORE UPDATE ON "session"
WHEN OLD.rowid IS NOT NEW.rowid OR OLD."key" IS NOT NEW."key"
BEGIN
  SELECT RAISE(ABORT, 'session: a row''s key cannot be changed');
END;
CREATE TRIGGER "_session_delete" BEFORE DELETE ON "session"
BEGIN
  SELECT RAISE(ABORT, 'session: rows are not deleted; set void = 1 and void_reason');
END;
CREATE TRIGGER "_unit_insert" BEFORE INSERT ON "unit"
BEGIN
  SELECT CASE
    WHEN EXISTS (SELECT 1 FROM "unit" WHERE "code" = NEW."code") OR EXISTS (SELECT 1 FROM "unit" WHERE rowid = NEW.rowid)
      THEN RAISE(ABORT, 'unit: this row exists; change it with UPDATE (REPLACE and upsert would lose what it holds)')

    WHEN 1
      THEN RAISE(ABORT, 'unit: only the office may add a row')

    WHEN NEW."code" = '' OR instr(NEW."code", '/') OR length(NEW."code") > 100 OR length(CAST(NEW."code" AS BLOB)) > 300 OR instr(NEW."code", char(0)) OR NEW."code" GLOB '*[' || char(1) || '-' || char(31) || char(127) || char(768) || '-' || char(879) || ']*' OR NEW."code" <> trim(NEW."code", ' ' || char(160, 12288)) OR (NEW."code" GLOB '*[^ -~]*' AND EXISTS (SELECT 1 FROM (SELECT substr(NEW."code", a.column1 * 10 + b.column1 + 1, 1) AS c FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS a, (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS b) WHERE c <> '' AND c IS NOT char(unicode(c))))
      THEN RAISE(ABORT, 'unit: code cannot be used as a key')

    WHEN length(CAST(NEW."code" AS BLOB)) > 512
      THEN RAISE(ABORT, 'unit: the key is longer than 512 bytes')

    WHEN NEW."name" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'unit.name (名称): only the office may write it')

    WHEN length(CAST(NEW."name" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'unit.name (名称): is larger than 4 MiB')

    WHEN NEW."kind" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'unit.kind (类型): only the office may write it')

    WHEN length(CAST(NEW."kind" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'unit.kind (类型): is larger than 4 MiB')

    WHEN NEW."aliases" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'unit.aliases (别名): only the office may write it')

    WHEN length(CAST(NEW."aliases" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'unit.aliases (别名): is larger than 4 MiB')

    WHEN NEW."void" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'unit.void (作废): only the office may write it')

    WHEN NEW."void" NOT IN (0, 1)
      THEN RAISE(ABORT, 'unit.void (作废): is not 0 or 1')

    WHEN NEW."void_reason" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'unit.void_reason (作废理由): only the office may write it')

    WHEN length(CAST(NEW."void_reason" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'unit.void_reason (作废理由): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_unit_inserted" AFTER INSERT ON "unit"
BEGIN
  SELECT RAISE(ABORT, 'unit: a rowid below 1 cannot be used')
   WHERE NEW.rowid < 1;
  INSERT INTO _pending(entity, field, row, value, at)
  SELECT 2, f, NEW."code", v, CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER)
    FROM (SELECT 3 AS f, NEW."name" AS v UNION ALL SELECT 4, NEW."kind" UNION ALL SELECT 5, NEW."aliases" UNION ALL SELECT 1, NEW."void" UNION ALL SELECT 2, NEW."void_reason" UNION ALL SELECT 0, 1 WHERE coalesce(NEW."name", NEW."kind", NEW."aliases", NEW."void", NEW."void_reason") IS NULL)
   WHERE v IS NOT NULL;
END;
CREATE TRIGGER "_unit_name_check" BEFORE UPDATE OF "name" ON "unit"
WHEN OLD."name" IS NOT NEW."name"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'unit.name (名称): only the office may write it')

    WHEN length(CAST(NEW."name" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'unit.name (名称): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_unit_name" AFTER UPDATE OF "name" ON "unit"
WHEN OLD."name" IS NOT NEW."name"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (2, 3, NEW."code", NEW."name", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_unit_kind_check" BEFORE UPDATE OF "kind" ON "unit"
WHEN OLD."kind" IS NOT NEW."kind"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'unit.kind (类型): only the office may write it')

    WHEN length(CAST(NEW."kind" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'unit.kind (类型): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_unit_kind" AFTER UPDATE OF "kind" ON "unit"
WHEN OLD."kind" IS NOT NEW."kind"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (2, 4, NEW."code", NEW."kind", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_unit_aliases_check" BEFORE UPDATE OF "aliases" ON "unit"
WHEN OLD."aliases" IS NOT NEW."aliases"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'unit.aliases (别名): only the office may write it')

    WHEN length(CAST(NEW."aliases" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'unit.aliases (别名): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_unit_aliases" AFTER UPDATE OF "aliases" ON "unit"
WHEN OLD."aliases" IS NOT NEW."aliases"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (2, 5, NEW."code", NEW."aliases", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_unit_void_check" BEFORE UPDATE OF "void" ON "unit"
WHEN OLD."void" IS NOT NEW."void"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'unit.void (作废): only the office may write it')

    WHEN NEW."void" NOT IN (0, 1)
      THEN RAISE(ABORT, 'unit.void (作废): is not 0 or 1')

  END;
END;
CREATE TRIGGER "_unit_void" AFTER UPDATE OF "void" ON "unit"
WHEN OLD."void" IS NOT NEW."void"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (2, 1, NEW."code", NEW."void", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_unit_void_reason_check" BEFORE UPDATE OF "void_reason" ON "unit"
WHEN OLD."void_reason" IS NOT NEW."void_reason"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'unit.void_reason (作废理由): only the office may write it')

    WHEN length(CAST(NEW."void_reason" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'unit.void_reason (作废理由): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_unit_void_reason" AFTER UPDATE OF "void_reason" ON "unit"
WHEN OLD."void_reason" IS NOT NEW."void_reason"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (2, 2, NEW."code", NEW."void_reason", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_unit_key" BEFORE UPDATE ON "unit"
WHEN OLD.rowid IS NOT NEW.rowid OR OLD."code" IS NOT NEW."code"
BEGIN
  SELECT RAISE(ABORT, 'unit: a row''s key cannot be changed');
END;
CREATE TRIGGER "_unit_delete" BEFORE DELETE ON "unit"
BEGIN
  SELECT RAISE(ABORT, 'unit: rows are not deleted; set void = 1 and void_reason');
END;
CREATE TRIGGER "_signer_insert" BEFORE INSERT ON "signer"
BEGIN
  SELECT CASE
    WHEN EXISTS (SELECT 1 FROM "signer" WHERE "site" = NEW."site" AND "fingerprint" = NEW."fingerprint") OR EXISTS (SELECT 1 FROM "signer" WHERE rowid = NEW.rowid)
      THEN RAISE(ABORT, 'signer: this row exists; change it with UPDATE (REPLACE and upsert would lose what it holds)')

    WHEN 1
      THEN RAISE(ABORT, 'signer: only the office may add a row')

    WHEN NEW."site" = '' OR instr(NEW."site", '/') OR length(NEW."site") > 100 OR length(CAST(NEW."site" AS BLOB)) > 300 OR instr(NEW."site", char(0)) OR NEW."site" GLOB '*[' || char(1) || '-' || char(31) || char(127) || char(768) || '-' || char(879) || ']*' OR NEW."site" <> trim(NEW."site", ' ' || char(160, 12288)) OR (NEW."site" GLOB '*[^ -~]*' AND EXISTS (SELECT 1 FROM (SELECT substr(NEW."site", a.column1 * 10 + b.column1 + 1, 1) AS c FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS a, (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS b) WHERE c <> '' AND c IS NOT char(unicode(c))))
      THEN RAISE(ABORT, 'signer: site cannot be used as a key')

    WHEN NEW."fingerprint" = '' OR instr(NEW."fingerprint", '/') OR length(NEW."fingerprint") > 100 OR length(CAST(NEW."fingerprint" AS BLOB)) > 300 OR instr(NEW."fingerprint", char(0)) OR NEW."fingerprint" GLOB '*[' || char(1) || '-' || char(31) || char(127) || char(768) || '-' || char(879) || ']*' OR NEW."fingerprint" <> trim(NEW."fingerprint", ' ' || char(160, 12288)) OR (NEW."fingerprint" GLOB '*[^ -~]*' AND EXISTS (SELECT 1 FROM (SELECT substr(NEW."fingerprint", a.column1 * 10 + b.column1 + 1, 1) AS c FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS a, (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS b) WHERE c <> '' AND c IS NOT char(unicode(c))))
      THEN RAISE(ABORT, 'signer: fingerprint cannot be used as a key')

    WHEN length(CAST(NEW."site" || '/' || NEW."fingerprint" AS BLOB)) > 512
      THEN RAISE(ABORT, 'signer: the key is longer than 512 bytes')

    WHEN NEW."public_key" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'signer.public_key (公钥): only the office may write it')

    WHEN length(CAST(NEW."public_key" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'signer.public_key (公钥): is larger than 4 MiB')

    WHEN NEW."valid_from" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'signer.valid_from (启用): only the office may write it')

    WHEN NEW."valid_from" IS NOT strftime('%Y-%m-%dT%H:%M:%SZ', NEW."valid_from", '+0 days')
      THEN RAISE(ABORT, 'signer.valid_from (启用): is not a time like 2022-06-30T09:15:00Z')

    WHEN NEW."valid_until" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'signer.valid_until (停用): only the office may write it')

    WHEN NEW."valid_until" IS NOT strftime('%Y-%m-%dT%H:%M:%SZ', NEW."valid_until", '+0 days')
      THEN RAISE(ABORT, 'signer.valid_until (停用): is not a time like 2022-06-30T09:15:00Z')

    WHEN NEW."note" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'signer.note (备注): only the office may write it')

    WHEN length(CAST(NEW."note" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'signer.note (备注): is larger than 4 MiB')

    WHEN NEW."void" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'signer.void (作废): only the office may write it')

    WHEN NEW."void" NOT IN (0, 1)
      THEN RAISE(ABORT, 'signer.void (作废): is not 0 or 1')

    WHEN NEW."void_reason" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'signer.void_reason (作废理由): only the office may write it')

    WHEN length(CAST(NEW."void_reason" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'signer.void_reason (作废理由): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_signer_inserted" AFTER INSERT ON "signer"
BEGIN
  SELECT RAISE(ABORT, 'signer: a rowid below 1 cannot be used')
   WHERE NEW.rowid < 1;
  INSERT INTO _pending(entity, field, row, value, at)
  SELECT 3, f, NEW."site" || '/' || NEW."fingerprint", v, CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER)
    FROM (SELECT 3 AS f, NEW."public_key" AS v UNION ALL SELECT 4, NEW."valid_from" UNION ALL SELECT 5, NEW."valid_until" UNION ALL SELECT 6, NEW."note" UNION ALL SELECT 1, NEW."void" UNION ALL SELECT 2, NEW."void_reason" UNION ALL SELECT 0, 1 WHERE coalesce(NEW."public_key", NEW."valid_from", NEW."valid_until", NEW."note", NEW."void", NEW."void_reason") IS NULL)
   WHERE v IS NOT NULL;
END;
CREATE TRIGGER "_signer_public_key_check" BEFORE UPDATE OF "public_key" ON "signer"
WHEN OLD."public_key" IS NOT NEW."public_key"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'signer.public_key (公钥): only the office may write it')

    WHEN length(CAST(NEW."public_key" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'signer.public_key (公钥): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_signer_public_key" AFTER UPDATE OF "public_key" ON "signer"
WHEN OLD."public_key" IS NOT NEW."public_key"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (3, 3, NEW."site" || '/' || NEW."fingerprint", NEW."public_key", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_signer_valid_from_check" BEFORE UPDATE OF "valid_from" ON "signer"
WHEN OLD."valid_from" IS NOT NEW."valid_from"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'signer.valid_from (启用): only the office may write it')

    WHEN NEW."valid_from" IS NOT strftime('%Y-%m-%dT%H:%M:%SZ', NEW."valid_from", '+0 days')
      THEN RAISE(ABORT, 'signer.valid_from (启用): is not a time like 2022-06-30T09:15:00Z')

  END;
END;
CREATE TRIGGER "_signer_valid_from" AFTER UPDATE OF "valid_from" ON "signer"
WHEN OLD."valid_from" IS NOT NEW."valid_from"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (3, 4, NEW."site" || '/' || NEW."fingerprint", NEW."valid_from", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_signer_valid_until_check" BEFORE UPDATE OF "valid_until" ON "signer"
WHEN OLD."valid_until" IS NOT NEW."valid_until"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'signer.valid_until (停用): only the office may write it')

    WHEN NEW."valid_until" IS NOT strftime('%Y-%m-%dT%H:%M:%SZ', NEW."valid_until", '+0 days')
      THEN RAISE(ABORT, 'signer.valid_until (停用): is not a time like 2022-06-30T09:15:00Z')

  END;
END;
CREATE TRIGGER "_signer_valid_until" AFTER UPDATE OF "valid_until" ON "signer"
WHEN OLD."valid_until" IS NOT NEW."valid_until"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (3, 5, NEW."site" || '/' || NEW."fingerprint", NEW."valid_until", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_signer_note_check" BEFORE UPDATE OF "note" ON "signer"
WHEN OLD."note" IS NOT NEW."note"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'signer.note (备注): only the office may write it')

    WHEN length(CAST(NEW."note" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'signer.note (备注): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_signer_note" AFTER UPDATE OF "note" ON "signer"
WHEN OLD."note" IS NOT NEW."note"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (3, 6, NEW."site" || '/' || NEW."fingerprint", NEW."note", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_signer_void_check" BEFORE UPDATE OF "void" ON "signer"
WHEN OLD."void" IS NOT NEW."void"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'signer.void (作废): only the office may write it')

    WHEN NEW."void" NOT IN (0, 1)
      THEN RAISE(ABORT, 'signer.void (作废): is not 0 or 1')

  END;
END;
CREATE TRIGGER "_signer_void" AFTER UPDATE OF "void" ON "signer"
WHEN OLD."void" IS NOT NEW."void"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (3, 1, NEW."site" || '/' || NEW."fingerprint", NEW."void", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_signer_void_reason_check" BEFORE UPDATE OF "void_reason" ON "signer"
WHEN OLD."void_reason" IS NOT NEW."void_reason"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'signer.void_reason (作废理由): only the office may write it')

    WHEN length(CAST(NEW."void_reason" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'signer.void_reason (作废理由): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_signer_void_reason" AFTER UPDATE OF "void_reason" ON "signer"
WHEN OLD."void_reason" IS NOT NEW."void_reason"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (3, 2, NEW."site" || '/' || NEW."fingerprint", NEW."void_reason", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_signer_key" BEFORE UPDATE ON "signer"
WHEN OLD.rowid IS NOT NEW.rowid OR OLD."site" IS NOT NEW."site" OR OLD."fingerprint" IS NOT NEW."fingerprint"
BEGIN
  SELECT RAISE(ABORT, 'signer: a row''s key cannot be changed');
END;
CREATE TRIGGER "_signer_delete" BEFORE DELETE ON "signer"
BEGIN
  SELECT RAISE(ABORT, 'signer: rows are not deleted; set void = 1 and void_reason');
END;
CREATE TRIGGER "_code_insert" BEFORE INSERT ON "code"
BEGIN
  SELECT CASE
    WHEN EXISTS (SELECT 1 FROM "code" WHERE "list" = NEW."list" AND "code" = NEW."code") OR EXISTS (SELECT 1 FROM "code" WHERE rowid = NEW.rowid)
      THEN RAISE(ABORT, 'code: this row exists; change it with UPDATE (REPLACE and upsert would lose what it holds)')

    WHEN 1
      THEN RAISE(ABORT, 'code: only the office may add a row')

    WHEN NEW."list" = '' OR instr(NEW."list", '/') OR length(NEW."list") > 100 OR length(CAST(NEW."list" AS BLOB)) > 300 OR instr(NEW."list", char(0)) OR NEW."list" GLOB '*[' || char(1) || '-' || char(31) || char(127) || char(768) || '-' || char(879) || ']*' OR NEW."list" <> trim(NEW."list", ' ' || char(160, 12288)) OR (NEW."list" GLOB '*[^ -~]*' AND EXISTS (SELECT 1 FROM (SELECT substr(NEW."list", a.column1 * 10 + b.column1 + 1, 1) AS c FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS a, (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS b) WHERE c <> '' AND c IS NOT char(unicode(c))))
      THEN RAISE(ABORT, 'code: list cannot be used as a key')

    WHEN NEW."code" = '' OR instr(NEW."code", '/') OR length(NEW."code") > 100 OR length(CAST(NEW."code" AS BLOB)) > 300 OR instr(NEW."code", char(0)) OR NEW."code" GLOB '*[' || char(1) || '-' || char(31) || char(127) || char(768) || '-' || char(879) || ']*' OR NEW."code" <> trim(NEW."code", ' ' || char(160, 12288)) OR (NEW."code" GLOB '*[^ -~]*' AND EXISTS (SELECT 1 FROM (SELECT substr(NEW."code", a.column1 * 10 + b.column1 + 1, 1) AS c FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS a, (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS b) WHERE c <> '' AND c IS NOT char(unicode(c))))
      THEN RAISE(ABORT, 'code: code cannot be used as a key')

    WHEN length(CAST(NEW."list" || '/' || NEW."code" AS BLOB)) > 512
      THEN RAISE(ABORT, 'code: the key is longer than 512 bytes')

    WHEN NEW."zh" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'code.zh (中文): only the office may write it')

    WHEN length(CAST(NEW."zh" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'code.zh (中文): is larger than 4 MiB')

    WHEN NEW."en" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'code.en (英文): only the office may write it')

    WHEN length(CAST(NEW."en" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'code.en (英文): is larger than 4 MiB')

    WHEN NEW."rank" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'code.rank (次序): only the office may write it')

    WHEN NEW."aliases" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'code.aliases (别名): only the office may write it')

    WHEN length(CAST(NEW."aliases" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'code.aliases (别名): is larger than 4 MiB')

    WHEN NEW."void" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'code.void (作废): only the office may write it')

    WHEN NEW."void" NOT IN (0, 1)
      THEN RAISE(ABORT, 'code.void (作废): is not 0 or 1')

    WHEN NEW."void_reason" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'code.void_reason (作废理由): only the office may write it')

    WHEN length(CAST(NEW."void_reason" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'code.void_reason (作废理由): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_code_inserted" AFTER INSERT ON "code"
BEGIN
  SELECT RAISE(ABORT, 'code: a rowid below 1 cannot be used')
   WHERE NEW.rowid < 1;
  INSERT INTO _pending(entity, field, row, value, at)
  SELECT 4, f, NEW."list" || '/' || NEW."code", v, CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER)
    FROM (SELECT 3 AS f, NEW."zh" AS v UNION ALL SELECT 4, NEW."en" UNION ALL SELECT 5, NEW."rank" UNION ALL SELECT 6, NEW."aliases" UNION ALL SELECT 1, NEW."void" UNION ALL SELECT 2, NEW."void_reason" UNION ALL SELECT 0, 1 WHERE coalesce(NEW."zh", NEW."en", NEW."rank", NEW."aliases", NEW."void", NEW."void_reason") IS NULL)
   WHERE v IS NOT NULL;
END;
CREATE TRIGGER "_code_zh_check" BEFORE UPDATE OF "zh" ON "code"
WHEN OLD."zh" IS NOT NEW."zh"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'code.zh (中文): only the office may write it')

    WHEN length(CAST(NEW."zh" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'code.zh (中文): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_code_zh" AFTER UPDATE OF "zh" ON "code"
WHEN OLD."zh" IS NOT NEW."zh"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (4, 3, NEW."list" || '/' || NEW."code", NEW."zh", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_code_en_check" BEFORE UPDATE OF "en" ON "code"
WHEN OLD."en" IS NOT NEW."en"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'code.en (英文): only the office may write it')

    WHEN length(CAST(NEW."en" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'code.en (英文): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_code_en" AFTER UPDATE OF "en" ON "code"
WHEN OLD."en" IS NOT NEW."en"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (4, 4, NEW."list" || '/' || NEW."code", NEW."en", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_code_rank_check" BEFORE UPDATE OF "rank" ON "code"
WHEN OLD."rank" IS NOT NEW."rank"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'code.rank (次序): only the office may write it')

  END;
END;
CREATE TRIGGER "_code_rank" AFTER UPDATE OF "rank" ON "code"
WHEN OLD."rank" IS NOT NEW."rank"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (4, 5, NEW."list" || '/' || NEW."code", NEW."rank", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_code_aliases_check" BEFORE UPDATE OF "aliases" ON "code"
WHEN OLD."aliases" IS NOT NEW."aliases"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'code.aliases (别名): only the office may write it')

    WHEN length(CAST(NEW."aliases" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'code.aliases (别名): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_code_aliases" AFTER UPDATE OF "aliases" ON "code"
WHEN OLD."aliases" IS NOT NEW."aliases"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (4, 6, NEW."list" || '/' || NEW."code", NEW."aliases", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_code_void_check" BEFORE UPDATE OF "void" ON "code"
WHEN OLD."void" IS NOT NEW."void"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'code.void (作废): only the office may write it')

    WHEN NEW."void" NOT IN (0, 1)
      THEN RAISE(ABORT, 'code.void (作废): is not 0 or 1')

  END;
END;
CREATE TRIGGER "_code_void" AFTER UPDATE OF "void" ON "code"
WHEN OLD."void" IS NOT NEW."void"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (4, 1, NEW."list" || '/' || NEW."code", NEW."void", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_code_void_reason_check" BEFORE UPDATE OF "void_reason" ON "code"
WHEN OLD."void_reason" IS NOT NEW."void_reason"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'code.void_reason (作废理由): only the office may write it')

    WHEN length(CAST(NEW."void_reason" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'code.void_reason (作废理由): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_code_void_reason" AFTER UPDATE OF "void_reason" ON "code"
WHEN OLD."void_reason" IS NOT NEW."void_reason"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (4, 2, NEW."list" || '/' || NEW."code", NEW."void_reason", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_code_key" BEFORE UPDATE ON "code"
WHEN OLD.rowid IS NOT NEW.rowid OR OLD."list" IS NOT NEW."list" OR OLD."code" IS NOT NEW."code"
BEGIN
  SELECT RAISE(ABORT, 'code: a row''s key cannot be changed');
END;
CREATE TRIGGER "_code_delete" BEFORE DELETE ON "code"
BEGIN
  SELECT RAISE(ABORT, 'code: rows are not deleted; set void = 1 and void_reason');
END;
CREATE TRIGGER "_proposal_insert" BEFORE INSERT ON "proposal"
BEGIN
  SELECT CASE
    WHEN EXISTS (SELECT 1 FROM "proposal" WHERE "key" = NEW."key") OR EXISTS (SELECT 1 FROM "proposal" WHERE rowid = NEW.rowid)
      THEN RAISE(ABORT, 'proposal: this row exists; change it with UPDATE (REPLACE and upsert would lose what it holds)')

    WHEN 1
      THEN RAISE(ABORT, 'proposal: only the office may add a row')

    WHEN NEW."key" = '' OR instr(NEW."key", '/') OR length(NEW."key") > 100 OR length(CAST(NEW."key" AS BLOB)) > 300 OR instr(NEW."key", char(0)) OR NEW."key" GLOB '*[' || char(1) || '-' || char(31) || char(127) || char(768) || '-' || char(879) || ']*' OR NEW."key" <> trim(NEW."key", ' ' || char(160, 12288)) OR (NEW."key" GLOB '*[^ -~]*' AND EXISTS (SELECT 1 FROM (SELECT substr(NEW."key", a.column1 * 10 + b.column1 + 1, 1) AS c FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS a, (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS b) WHERE c <> '' AND c IS NOT char(unicode(c)))) OR NEW."key" GLOB '*[^0-9A-Za-z.-]*' OR NEW."key" NOT GLOB '[0-9]*-[0-9]*-[0-9]*' OR '-' || NEW."key" || '-' GLOB '*[.-][.-]*' OR length(NEW."key") > 128
      THEN RAISE(ABORT, 'proposal: key cannot be used as a key')

    WHEN length(CAST(NEW."key" AS BLOB)) > 512
      THEN RAISE(ABORT, 'proposal: the key is longer than 512 bytes')

    WHEN NEW."case_no" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'proposal.case_no (案号): only the office may write it')

    WHEN length(CAST(NEW."case_no" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'proposal.case_no (案号): is larger than 4 MiB')

    WHEN NEW."title" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'proposal.title (案由): only the office may write it')

    WHEN length(CAST(NEW."title" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'proposal.title (案由): is larger than 4 MiB')

    WHEN NEW."body" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'proposal.body (正文): only the office may write it')

    WHEN length(CAST(NEW."body" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'proposal.body (正文): is larger than 4 MiB')

    WHEN NEW."sponsors" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'proposal.sponsors (提案人): only the office may write it')

    WHEN length(CAST(NEW."sponsors" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'proposal.sponsors (提案人): is larger than 4 MiB')

    WHEN NEW."sector" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'proposal.sector (界别): only the office may write it')

    WHEN length(CAST(NEW."sector" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'proposal.sector (界别): is larger than 4 MiB')

    WHEN NEW."sector_raw" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'proposal.sector_raw (界别原文): only the office may write it')

    WHEN length(CAST(NEW."sector_raw" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'proposal.sector_raw (界别原文): is larger than 4 MiB')

    WHEN NEW."kind" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'proposal.kind (类型): only the office may write it')

    WHEN NEW."kind" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM code WHERE list = 'kind' AND code = NEW."kind")
      THEN RAISE(ABORT, 'proposal.kind (类型): is not a code of its list (table code)')

    WHEN NEW."category" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'proposal.category (类别): only the office may write it')

    WHEN length(CAST(NEW."category" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'proposal.category (类别): is larger than 4 MiB')

    WHEN NEW."in_session" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'proposal.in_session (会间): only the office may write it')

    WHEN NEW."in_session" NOT IN (0, 1)
      THEN RAISE(ABORT, 'proposal.in_session (会间): is not 0 or 1')

    WHEN NEW."review" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'proposal.review (审查结果): only the office may write it')

    WHEN NEW."review" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM code WHERE list = 'review' AND code = NEW."review")
      THEN RAISE(ABORT, 'proposal.review (审查结果): is not a code of its list (table code)')

    WHEN NEW."review_reason" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'proposal.review_reason (审查理由): only the office may write it')

    WHEN length(CAST(NEW."review_reason" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'proposal.review_reason (审查理由): is larger than 4 MiB')

    WHEN NEW."merged_into" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'proposal.merged_into (并入): only the office may write it')

    WHEN length(CAST(NEW."merged_into" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'proposal.merged_into (并入): is larger than 4 MiB')

    WHEN NEW."is_key" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'proposal.is_key (重点): only the office may write it')

    WHEN NEW."is_key" NOT IN (0, 1)
      THEN RAISE(ABORT, 'proposal.is_key (重点): is not 0 or 1')

    WHEN NEW."due" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'proposal.due (办结期限): only the office may write it')

    WHEN NEW."due" IS NOT date(NEW."due", '+0 days')
      THEN RAISE(ABORT, 'proposal.due (办结期限): is not a date like 2022-06-30')

    WHEN NEW."due_rule" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'proposal.due_rule (期限依据): only the office may write it')

    WHEN length(CAST(NEW."due_rule" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'proposal.due_rule (期限依据): is larger than 4 MiB')

    WHEN NEW."class_confirmed" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'proposal.class_confirmed (核定类别): only the office may write it')

    WHEN NEW."class_confirmed" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM code WHERE list = 'class' AND code = NEW."class_confirmed")
      THEN RAISE(ABORT, 'proposal.class_confirmed (核定类别): is not a code of its list (table code)')

    WHEN NEW."publicity" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'proposal.publicity (公开属性): only the office may write it')

    WHEN NEW."publicity" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM code WHERE list = 'publicity' AND code = NEW."publicity")
      THEN RAISE(ABORT, 'proposal.publicity (公开属性): is not a code of its list (table code)')

    WHEN NEW."public_text" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'proposal.public_text (公开稿): only the office may write it')

    WHEN length(CAST(NEW."public_text" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'proposal.public_text (公开稿): is larger than 4 MiB')

    WHEN NEW."received_on" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'proposal.received_on (收到日期): only the office may write it')

    WHEN NEW."received_on" IS NOT date(NEW."received_on", '+0 days')
      THEN RAISE(ABORT, 'proposal.received_on (收到日期): is not a date like 2022-06-30')

    WHEN NEW."filed_on" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'proposal.filed_on (立案日期): only the office may write it')

    WHEN NEW."filed_on" IS NOT date(NEW."filed_on", '+0 days')
      THEN RAISE(ABORT, 'proposal.filed_on (立案日期): is not a date like 2022-06-30')

    WHEN NEW."position" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'proposal.position (刊登次序): only the office may write it')

    WHEN NEW."withdrawn" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'proposal.withdrawn (撤案): only the office may write it')

    WHEN NEW."withdrawn" NOT IN (0, 1)
      THEN RAISE(ABORT, 'proposal.withdrawn (撤案): is not 0 or 1')

    WHEN NEW."void" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'proposal.void (作废): only the office may write it')

    WHEN NEW."void" NOT IN (0, 1)
      THEN RAISE(ABORT, 'proposal.void (作废): is not 0 or 1')

    WHEN NEW."void_reason" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'proposal.void_reason (作废理由): only the office may write it')

    WHEN length(CAST(NEW."void_reason" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'proposal.void_reason (作废理由): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_proposal_inserted" AFTER INSERT ON "proposal"
BEGIN
  SELECT RAISE(ABORT, 'proposal: a rowid below 1 cannot be used')
   WHERE NEW.rowid < 1;
  INSERT INTO _pending(entity, field, row, value, at)
  SELECT 10, f, NEW."key", v, CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER)
    FROM (SELECT 3 AS f, NEW."case_no" AS v UNION ALL SELECT 4, NEW."title" UNION ALL SELECT 5, NEW."body" UNION ALL SELECT 6, NEW."sponsors" UNION ALL SELECT 7, NEW."sector" UNION ALL SELECT 8, NEW."sector_raw" UNION ALL SELECT 9, NEW."kind" UNION ALL SELECT 10, NEW."category" UNION ALL SELECT 11, NEW."in_session" UNION ALL SELECT 12, NEW."review" UNION ALL SELECT 13, NEW."review_reason" UNION ALL SELECT 14, NEW."merged_into" UNION ALL SELECT 15, NEW."is_key" UNION ALL SELECT 16, NEW."due" UNION ALL SELECT 17, NEW."due_rule" UNION ALL SELECT 18, NEW."class_confirmed" UNION ALL SELECT 19, NEW."publicity" UNION ALL SELECT 20, NEW."public_text" UNION ALL SELECT 21, NEW."received_on" UNION ALL SELECT 22, NEW."filed_on" UNION ALL SELECT 23, NEW."position" UNION ALL SELECT 24, NEW."withdrawn" UNION ALL SELECT 1, NEW."void" UNION ALL SELECT 2, NEW."void_reason" UNION ALL SELECT 0, 1 WHERE coalesce(NEW."case_no", NEW."title", NEW."body", NEW."sponsors", NEW."sector", NEW."sector_raw", NEW."kind", NEW."category", NEW."in_session", NEW."review", NEW."review_reason", NEW."merged_into", NEW."is_key", NEW."due", NEW."due_rule", NEW."class_confirmed", NEW."publicity", NEW."public_text", NEW."received_on", NEW."filed_on", NEW."position", NEW."withdrawn", NEW."void", NEW."void_reason") IS NULL)
   WHERE v IS NOT NULL;
END;
CREATE TRIGGER "_proposal_case_no_check" BEFORE UPDATE OF "case_no" ON "proposal"
WHEN OLD."case_no" IS NOT NEW."case_no"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'proposal.case_no (案号): only the office may write it')

    WHEN length(CAST(NEW."case_no" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'proposal.case_no (案号): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_proposal_case_no" AFTER UPDATE OF "case_no" ON "proposal"
WHEN OLD."case_no" IS NOT NEW."case_no"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (10, 3, NEW."key", NEW."case_no", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_proposal_title_check" BEFORE UPDATE OF "title" ON "proposal"
WHEN OLD."title" IS NOT NEW."title"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'proposal.title (案由): only the office may write it')

    WHEN length(CAST(NEW."title" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'proposal.title (案由): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_proposal_title" AFTER UPDATE OF "title" ON "proposal"
WHEN OLD."title" IS NOT NEW."title"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (10, 4, NEW."key", NEW."title", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_proposal_body_check" BEFORE UPDATE OF "body" ON "proposal"
WHEN OLD."body" IS NOT NEW."body"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'proposal.body (正文): only the office may write it')

    WHEN length(CAST(NEW."body" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'proposal.body (正文): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_proposal_body" AFTER UPDATE OF "body" ON "proposal"
WHEN OLD."body" IS NOT NEW."body"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (10, 5, NEW."key", NEW."body", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_proposal_sponsors_check" BEFORE UPDATE OF "sponsors" ON "proposal"
WHEN OLD."sponsors" IS NOT NEW."sponsors"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'proposal.sponsors (提案人): only the office may write it')

    WHEN length(CAST(NEW."sponsors" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'proposal.sponsors (提案人): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_proposal_sponsors" AFTER UPDATE OF "sponsors" ON "proposal"
WHEN OLD."sponsors" IS NOT NEW."sponsors"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (10, 6, NEW."key", NEW."sponsors", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_proposal_sector_check" BEFORE UPDATE OF "sector" ON "proposal"
WHEN OLD."sector" IS NOT NEW."sector"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'proposal.sector (界别): only the office may write it')

    WHEN length(CAST(NEW."sector" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'proposal.sector (界别): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_proposal_sector" AFTER UPDATE OF "sector" ON "proposal"
WHEN OLD."sector" IS NOT NEW."sector"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (10, 7, NEW."key", NEW."sector", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_proposal_sector_raw_check" BEFORE UPDATE OF "sector_raw" ON "proposal"
WHEN OLD."sector_raw" IS NOT NEW."sector_raw"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'proposal.sector_raw (界别原文): only the office may write it')

    WHEN length(CAST(NEW."sector_raw" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'proposal.sector_raw (界别原文): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_proposal_sector_raw" AFTER UPDATE OF "sector_raw" ON "proposal"
WHEN OLD."sector_raw" IS NOT NEW."sector_raw"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (10, 8, NEW."key", NEW."sector_raw", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_proposal_kind_check" BEFORE UPDATE OF "kind" ON "proposal"
WHEN OLD."kind" IS NOT NEW."kind"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'proposal.kind (类型): only the office may write it')

    WHEN NEW."kind" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM code WHERE list = 'kind' AND code = NEW."kind")
      THEN RAISE(ABORT, 'proposal.kind (类型): is not a code of its list (table code)')

  END;
END;
CREATE TRIGGER "_proposal_kind" AFTER UPDATE OF "kind" ON "proposal"
WHEN OLD."kind" IS NOT NEW."kind"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (10, 9, NEW."key", NEW."kind", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_proposal_category_check" BEFORE UPDATE OF "category" ON "proposal"
WHEN OLD."category" IS NOT NEW."category"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'proposal.category (类别): only the office may write it')

    WHEN length(CAST(NEW."category" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'proposal.category (类别): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_proposal_category" AFTER UPDATE OF "category" ON "proposal"
WHEN OLD."category" IS NOT NEW."category"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (10, 10, NEW."key", NEW."category", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_proposal_in_session_check" BEFORE UPDATE OF "in_session" ON "proposal"
WHEN OLD."in_session" IS NOT NEW."in_session"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'proposal.in_session (会间): only the office may write it')

    WHEN NEW."in_session" NOT IN (0, 1)
      THEN RAISE(ABORT, 'proposal.in_session (会间): is not 0 or 1')

  END;
END;
CREATE TRIGGER "_proposal_in_session" AFTER UPDATE OF "in_session" ON "proposal"
WHEN OLD."in_session" IS NOT NEW."in_session"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (10, 11, NEW."key", NEW."in_session", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_proposal_review_check" BEFORE UPDATE OF "review" ON "proposal"
WHEN OLD."review" IS NOT NEW."review"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'proposal.review (审查结果): only the office may write it')

    WHEN NEW."review" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM code WHERE list = 'review' AND code = NEW."review")
      THEN RAISE(ABORT, 'proposal.review (审查结果): is not a code of its list (table code)')

  END;
END;
CREATE TRIGGER "_proposal_review" AFTER UPDATE OF "review" ON "proposal"
WHEN OLD."review" IS NOT NEW."review"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (10, 12, NEW."key", NEW."review", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_proposal_review_reason_check" BEFORE UPDATE OF "review_reason" ON "proposal"
WHEN OLD."review_reason" IS NOT NEW."review_reason"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'proposal.review_reason (审查理由): only the office may write it')

    WHEN length(CAST(NEW."review_reason" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'proposal.review_reason (审查理由): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_proposal_review_reason" AFTER UPDATE OF "review_reason" ON "proposal"
WHEN OLD."review_reason" IS NOT NEW."review_reason"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (10, 13, NEW."key", NEW."review_reason", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_proposal_merged_into_check" BEFORE UPDATE OF "merged_into" ON "proposal"
WHEN OLD."merged_into" IS NOT NEW."merged_into"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'proposal.merged_into (并入): only the office may write it')

    WHEN length(CAST(NEW."merged_into" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'proposal.merged_into (并入): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_proposal_merged_into" AFTER UPDATE OF "merged_into" ON "proposal"
WHEN OLD."merged_into" IS NOT NEW."merged_into"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (10, 14, NEW."key", NEW."merged_into", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_proposal_is_key_check" BEFORE UPDATE OF "is_key" ON "proposal"
WHEN OLD."is_key" IS NOT NEW."is_key"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'proposal.is_key (重点): only the office may write it')

    WHEN NEW."is_key" NOT IN (0, 1)
      THEN RAISE(ABORT, 'proposal.is_key (重点): is not 0 or 1')

  END;
END;
CREATE TRIGGER "_proposal_is_key" AFTER UPDATE OF "is_key" ON "proposal"
WHEN OLD."is_key" IS NOT NEW."is_key"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (10, 15, NEW."key", NEW."is_key", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_proposal_due_check" BEFORE UPDATE OF "due" ON "proposal"
WHEN OLD."due" IS NOT NEW."due"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'proposal.due (办结期限): only the office may write it')

    WHEN NEW."due" IS NOT date(NEW."due", '+0 days')
      THEN RAISE(ABORT, 'proposal.due (办结期限): is not a date like 2022-06-30')

  END;
END;
CREATE TRIGGER "_proposal_due" AFTER UPDATE OF "due" ON "proposal"
WHEN OLD."due" IS NOT NEW."due"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (10, 16, NEW."key", NEW."due", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_proposal_due_rule_check" BEFORE UPDATE OF "due_rule" ON "proposal"
WHEN OLD."due_rule" IS NOT NEW."due_rule"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'proposal.due_rule (期限依据): only the office may write it')

    WHEN length(CAST(NEW."due_rule" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'proposal.due_rule (期限依据): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_proposal_due_rule" AFTER UPDATE OF "due_rule" ON "proposal"
WHEN OLD."due_rule" IS NOT NEW."due_rule"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (10, 17, NEW."key", NEW."due_rule", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_proposal_class_confirmed_check" BEFORE UPDATE OF "class_confirmed" ON "proposal"
WHEN OLD."class_confirmed" IS NOT NEW."class_confirmed"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'proposal.class_confirmed (核定类别): only the office may write it')

    WHEN NEW."class_confirmed" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM code WHERE list = 'class' AND code = NEW."class_confirmed")
      THEN RAISE(ABORT, 'proposal.class_confirmed (核定类别): is not a code of its list (table code)')

  END;
END;
CREATE TRIGGER "_proposal_class_confirmed" AFTER UPDATE OF "class_confirmed" ON "proposal"
WHEN OLD."class_confirmed" IS NOT NEW."class_confirmed"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (10, 18, NEW."key", NEW."class_confirmed", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_proposal_publicity_check" BEFORE UPDATE OF "publicity" ON "proposal"
WHEN OLD."publicity" IS NOT NEW."publicity"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'proposal.publicity (公开属性): only the office may write it')

    WHEN NEW."publicity" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM code WHERE list = 'publicity' AND code = NEW."publicity")
      THEN RAISE(ABORT, 'proposal.publicity (公开属性): is not a code of its list (table code)')

  END;
END;
CREATE TRIGGER "_proposal_publicity" AFTER UPDATE OF "publicity" ON "proposal"
WHEN OLD."publicity" IS NOT NEW."publicity"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (10, 19, NEW."key", NEW."publicity", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_proposal_public_text_check" BEFORE UPDATE OF "public_text" ON "proposal"
WHEN OLD."public_text" IS NOT NEW."public_text"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'proposal.public_text (公开稿): only the office may write it')

    WHEN length(CAST(NEW."public_text" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'proposal.public_text (公开稿): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_proposal_public_text" AFTER UPDATE OF "public_text" ON "proposal"
WHEN OLD."public_text" IS NOT NEW."public_text"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (10, 20, NEW."key", NEW."public_text", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_proposal_received_on_check" BEFORE UPDATE OF "received_on" ON "proposal"
WHEN OLD."received_on" IS NOT NEW."received_on"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'proposal.received_on (收到日期): only the office may write it')

    WHEN NEW."received_on" IS NOT date(NEW."received_on", '+0 days')
      THEN RAISE(ABORT, 'proposal.received_on (收到日期): is not a date like 2022-06-30')

  END;
END;
CREATE TRIGGER "_proposal_received_on" AFTER UPDATE OF "received_on" ON "proposal"
WHEN OLD."received_on" IS NOT NEW."received_on"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (10, 21, NEW."key", NEW."received_on", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_proposal_filed_on_check" BEFORE UPDATE OF "filed_on" ON "proposal"
WHEN OLD."filed_on" IS NOT NEW."filed_on"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'proposal.filed_on (立案日期): only the office may write it')

    WHEN NEW."filed_on" IS NOT date(NEW."filed_on", '+0 days')
      THEN RAISE(ABORT, 'proposal.filed_on (立案日期): is not a date like 2022-06-30')

  END;
END;
CREATE TRIGGER "_proposal_filed_on" AFTER UPDATE OF "filed_on" ON "proposal"
WHEN OLD."filed_on" IS NOT NEW."filed_on"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (10, 22, NEW."key", NEW."filed_on", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_proposal_position_check" BEFORE UPDATE OF "position" ON "proposal"
WHEN OLD."position" IS NOT NEW."position"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'proposal.position (刊登次序): only the office may write it')

  END;
END;
CREATE TRIGGER "_proposal_position" AFTER UPDATE OF "position" ON "proposal"
WHEN OLD."position" IS NOT NEW."position"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (10, 23, NEW."key", NEW."position", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_proposal_withdrawn_check" BEFORE UPDATE OF "withdrawn" ON "proposal"
WHEN OLD."withdrawn" IS NOT NEW."withdrawn"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'proposal.withdrawn (撤案): only the office may write it')

    WHEN NEW."withdrawn" NOT IN (0, 1)
      THEN RAISE(ABORT, 'proposal.withdrawn (撤案): is not 0 or 1')

  END;
END;
CREATE TRIGGER "_proposal_withdrawn" AFTER UPDATE OF "withdrawn" ON "proposal"
WHEN OLD."withdrawn" IS NOT NEW."withdrawn"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (10, 24, NEW."key", NEW."withdrawn", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_proposal_void_check" BEFORE UPDATE OF "void" ON "proposal"
WHEN OLD."void" IS NOT NEW."void"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'proposal.void (作废): only the office may write it')

    WHEN NEW."void" NOT IN (0, 1)
      THEN RAISE(ABORT, 'proposal.void (作废): is not 0 or 1')

  END;
END;
CREATE TRIGGER "_proposal_void" AFTER UPDATE OF "void" ON "proposal"
WHEN OLD."void" IS NOT NEW."void"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (10, 1, NEW."key", NEW."void", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_proposal_void_reason_check" BEFORE UPDATE OF "void_reason" ON "proposal"
WHEN OLD."void_reason" IS NOT NEW."void_reason"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'proposal.void_reason (作废理由): only the office may write it')

    WHEN length(CAST(NEW."void_reason" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'proposal.void_reason (作废理由): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_proposal_void_reason" AFTER UPDATE OF "void_reason" ON "proposal"
WHEN OLD."void_reason" IS NOT NEW."void_reason"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (10, 2, NEW."key", NEW."void_reason", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_proposal_key" BEFORE UPDATE ON "proposal"
WHEN OLD.rowid IS NOT NEW.rowid OR OLD."key" IS NOT NEW."key"
BEGIN
  SELECT RAISE(ABORT, 'proposal: a row''s key cannot be changed');
END;
CREATE TRIGGER "_proposal_delete" BEFORE DELETE ON "proposal"
BEGIN
  SELECT RAISE(ABORT, 'proposal: rows are not deleted; set void = 1 and void_reason');
END;
CREATE TRIGGER "_handling_insert" BEFORE INSERT ON "handling"
BEGIN
  SELECT CASE
    WHEN EXISTS (SELECT 1 FROM "handling" WHERE "proposal" = NEW."proposal" AND "unit" = NEW."unit") OR EXISTS (SELECT 1 FROM "handling" WHERE rowid = NEW.rowid)
      THEN RAISE(ABORT, 'handling: this row exists; change it with UPDATE (REPLACE and upsert would lose what it holds)')

    WHEN 1
      THEN RAISE(ABORT, 'handling: only the office may add a row')

    WHEN NEW."proposal" = '' OR instr(NEW."proposal", '/') OR length(NEW."proposal") > 100 OR length(CAST(NEW."proposal" AS BLOB)) > 300 OR instr(NEW."proposal", char(0)) OR NEW."proposal" GLOB '*[' || char(1) || '-' || char(31) || char(127) || char(768) || '-' || char(879) || ']*' OR NEW."proposal" <> trim(NEW."proposal", ' ' || char(160, 12288)) OR (NEW."proposal" GLOB '*[^ -~]*' AND EXISTS (SELECT 1 FROM (SELECT substr(NEW."proposal", a.column1 * 10 + b.column1 + 1, 1) AS c FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS a, (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS b) WHERE c <> '' AND c IS NOT char(unicode(c))))
      THEN RAISE(ABORT, 'handling: proposal cannot be used as a key')

    WHEN NEW."unit" = '' OR instr(NEW."unit", '/') OR length(NEW."unit") > 100 OR length(CAST(NEW."unit" AS BLOB)) > 300 OR instr(NEW."unit", char(0)) OR NEW."unit" GLOB '*[' || char(1) || '-' || char(31) || char(127) || char(768) || '-' || char(879) || ']*' OR NEW."unit" <> trim(NEW."unit", ' ' || char(160, 12288)) OR (NEW."unit" GLOB '*[^ -~]*' AND EXISTS (SELECT 1 FROM (SELECT substr(NEW."unit", a.column1 * 10 + b.column1 + 1, 1) AS c FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS a, (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS b) WHERE c <> '' AND c IS NOT char(unicode(c))))
      THEN RAISE(ABORT, 'handling: unit cannot be used as a key')

    WHEN length(CAST(NEW."proposal" || '/' || NEW."unit" AS BLOB)) > 512
      THEN RAISE(ABORT, 'handling: the key is longer than 512 bytes')

    WHEN NOT EXISTS (SELECT 1 FROM "proposal" WHERE "key" = NEW."proposal")
      THEN RAISE(ABORT, 'handling: no such proposal here')

    WHEN NEW."role" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'handling.role (分工): only the office may write it')

    WHEN NEW."role" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM code WHERE list = 'role' AND code = NEW."role")
      THEN RAISE(ABORT, 'handling.role (分工): is not a code of its list (table code)')

    WHEN NEW."assigned_on" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'handling.assigned_on (交办日期): only the office may write it')

    WHEN NEW."assigned_on" IS NOT date(NEW."assigned_on", '+0 days')
      THEN RAISE(ABORT, 'handling.assigned_on (交办日期): is not a date like 2022-06-30')

    WHEN NEW."due" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'handling.due (答复期限): only the office may write it')

    WHEN NEW."due" IS NOT date(NEW."due", '+0 days')
      THEN RAISE(ABORT, 'handling.due (答复期限): is not a date like 2022-06-30')

    WHEN NEW."contact_name" IS NOT NULL AND NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'handling.contact_name (承办人): only the row''s own unit may write it')

    WHEN length(CAST(NEW."contact_name" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'handling.contact_name (承办人): is larger than 4 MiB')

    WHEN NEW."phone" IS NOT NULL AND NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'handling.phone (电话): only the row''s own unit may write it')

    WHEN length(CAST(NEW."phone" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'handling.phone (电话): is larger than 4 MiB')

    WHEN NEW."draft" IS NOT NULL AND NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'handling.draft (答复正文): only the office and the row''s own unit may write it')

    WHEN length(CAST(NEW."draft" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'handling.draft (答复正文): is larger than 4 MiB')

    WHEN NEW."class_proposed" IS NOT NULL AND NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'handling.class_proposed (拟定类别): only the office and the row''s own unit may write it')

    WHEN NEW."class_proposed" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM code WHERE list = 'class' AND code = NEW."class_proposed")
      THEN RAISE(ABORT, 'handling.class_proposed (拟定类别): is not a code of its list (table code)')

    WHEN NEW."doc_no" IS NOT NULL AND NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'handling.doc_no (文号): only the row''s own unit may write it')

    WHEN length(CAST(NEW."doc_no" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'handling.doc_no (文号): is larger than 4 MiB')

    WHEN NEW."signer" IS NOT NULL AND NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'handling.signer (签发人): only the row''s own unit may write it')

    WHEN length(CAST(NEW."signer" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'handling.signer (签发人): is larger than 4 MiB')

    WHEN NEW."signed_at" IS NOT NULL AND NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'handling.signed_at (签发日期): only the row''s own unit may write it')

    WHEN NEW."signed_at" IS NOT date(NEW."signed_at", '+0 days')
      THEN RAISE(ABORT, 'handling.signed_at (签发日期): is not a date like 2022-06-30')

    WHEN NEW."signed_hash" IS NOT NULL AND NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'handling.signed_hash (签发稿): only the row''s own unit may write it')

    WHEN length(CAST(NEW."signed_hash" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'handling.signed_hash (签发稿): is larger than 4 MiB')

    WHEN NEW."countersigned_hash" IS NOT NULL AND NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'handling.countersigned_hash (会签稿): only the row''s own unit may write it')

    WHEN length(CAST(NEW."countersigned_hash" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'handling.countersigned_hash (会签稿): is larger than 4 MiB')

    WHEN NEW."publicity_proposed" IS NOT NULL AND NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'handling.publicity_proposed (拟公开属性): only the row''s own unit may write it')

    WHEN NEW."publicity_proposed" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM code WHERE list = 'publicity' AND code = NEW."publicity_proposed")
      THEN RAISE(ABORT, 'handling.publicity_proposed (拟公开属性): is not a code of its list (table code)')

    WHEN NEW."void" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'handling.void (作废): only the office may write it')

    WHEN NEW."void" NOT IN (0, 1)
      THEN RAISE(ABORT, 'handling.void (作废): is not 0 or 1')

    WHEN NEW."void_reason" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'handling.void_reason (作废理由): only the office may write it')

    WHEN length(CAST(NEW."void_reason" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'handling.void_reason (作废理由): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_handling_inserted" AFTER INSERT ON "handling"
BEGIN
  SELECT RAISE(ABORT, 'handling: a rowid below 1 cannot be used')
   WHERE NEW.rowid < 1;
  INSERT INTO _pending(entity, field, row, value, at)
  SELECT 11, f, NEW."proposal" || '/' || NEW."unit", v, CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER)
    FROM (SELECT 3 AS f, NEW."role" AS v UNION ALL SELECT 4, NEW."assigned_on" UNION ALL SELECT 5, NEW."due" UNION ALL SELECT 6, NEW."contact_name" UNION ALL SELECT 7, NEW."phone" UNION ALL SELECT 8, NEW."draft" UNION ALL SELECT 9, NEW."class_proposed" UNION ALL SELECT 10, NEW."doc_no" UNION ALL SELECT 11, NEW."signer" UNION ALL SELECT 12, NEW."signed_at" UNION ALL SELECT 13, NEW."signed_hash" UNION ALL SELECT 14, NEW."countersigned_hash" UNION ALL SELECT 15, NEW."publicity_proposed" UNION ALL SELECT 1, NEW."void" UNION ALL SELECT 2, NEW."void_reason" UNION ALL SELECT 0, 1 WHERE coalesce(NEW."role", NEW."assigned_on", NEW."due", NEW."contact_name", NEW."phone", NEW."draft", NEW."class_proposed", NEW."doc_no", NEW."signer", NEW."signed_at", NEW."signed_hash", NEW."countersigned_hash", NEW."publicity_proposed", NEW."void", NEW."void_reason") IS NULL)
   WHERE v IS NOT NULL;
END;
CREATE TRIGGER "_handling_role_check" BEFORE UPDATE OF "role" ON "handling"
WHEN OLD."role" IS NOT NEW."role"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'handling.role (分工): only the office may write it')

    WHEN NEW."role" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM code WHERE list = 'role' AND code = NEW."role")
      THEN RAISE(ABORT, 'handling.role (分工): is not a code of its list (table code)')

  END;
END;
CREATE TRIGGER "_handling_role" AFTER UPDATE OF "role" ON "handling"
WHEN OLD."role" IS NOT NEW."role"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (11, 3, NEW."proposal" || '/' || NEW."unit", NEW."role", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_handling_assigned_on_check" BEFORE UPDATE OF "assigned_on" ON "handling"
WHEN OLD."assigned_on" IS NOT NEW."assigned_on"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'handling.assigned_on (交办日期): only the office may write it')

    WHEN NEW."assigned_on" IS NOT date(NEW."assigned_on", '+0 days')
      THEN RAISE(ABORT, 'handling.assigned_on (交办日期): is not a date like 2022-06-30')

  END;
END;
CREATE TRIGGER "_handling_assigned_on" AFTER UPDATE OF "assigned_on" ON "handling"
WHEN OLD."assigned_on" IS NOT NEW."assigned_on"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (11, 4, NEW."proposal" || '/' || NEW."unit", NEW."assigned_on", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_handling_due_check" BEFORE UPDATE OF "due" ON "handling"
WHEN OLD."due" IS NOT NEW."due"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'handling.due (答复期限): only the office may write it')

    WHEN NEW."due" IS NOT date(NEW."due", '+0 days')
      THEN RAISE(ABORT, 'handling.due (答复期限): is not a date like 2022-06-30')

  END;
END;
CREATE TRIGGER "_handling_due" AFTER UPDATE OF "due" ON "handling"
WHEN OLD."due" IS NOT NEW."due"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (11, 5, NEW."proposal" || '/' || NEW."unit", NEW."due", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_handling_contact_name_check" BEFORE UPDATE OF "contact_name" ON "handling"
WHEN OLD."contact_name" IS NOT NEW."contact_name"
BEGIN
  SELECT CASE
    WHEN NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'handling.contact_name (承办人): only the row''s own unit may write it')

    WHEN length(CAST(NEW."contact_name" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'handling.contact_name (承办人): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_handling_contact_name" AFTER UPDATE OF "contact_name" ON "handling"
WHEN OLD."contact_name" IS NOT NEW."contact_name"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (11, 6, NEW."proposal" || '/' || NEW."unit", NEW."contact_name", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_handling_phone_check" BEFORE UPDATE OF "phone" ON "handling"
WHEN OLD."phone" IS NOT NEW."phone"
BEGIN
  SELECT CASE
    WHEN NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'handling.phone (电话): only the row''s own unit may write it')

    WHEN length(CAST(NEW."phone" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'handling.phone (电话): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_handling_phone" AFTER UPDATE OF "phone" ON "handling"
WHEN OLD."phone" IS NOT NEW."phone"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (11, 7, NEW."proposal" || '/' || NEW."unit", NEW."phone", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_handling_draft_check" BEFORE UPDATE OF "draft" ON "handling"
WHEN OLD."draft" IS NOT NEW."draft"
BEGIN
  SELECT CASE
    WHEN NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'handling.draft (答复正文): only the office and the row''s own unit may write it')

    WHEN length(CAST(NEW."draft" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'handling.draft (答复正文): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_handling_draft" AFTER UPDATE OF "draft" ON "handling"
WHEN OLD."draft" IS NOT NEW."draft"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (11, 8, NEW."proposal" || '/' || NEW."unit", NEW."draft", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_handling_class_proposed_check" BEFORE UPDATE OF "class_proposed" ON "handling"
WHEN OLD."class_proposed" IS NOT NEW."class_proposed"
BEGIN
  SELECT CASE
    WHEN NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'handling.class_proposed (拟定类别): only the office and the row''s own unit may write it')

    WHEN NEW."class_proposed" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM code WHERE list = 'class' AND code = NEW."class_proposed")
      THEN RAISE(ABORT, 'handling.class_proposed (拟定类别): is not a code of its list (table code)')

  END;
END;
CREATE TRIGGER "_handling_class_proposed" AFTER UPDATE OF "class_proposed" ON "handling"
WHEN OLD."class_proposed" IS NOT NEW."class_proposed"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (11, 9, NEW."proposal" || '/' || NEW."unit", NEW."class_proposed", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_handling_doc_no_check" BEFORE UPDATE OF "doc_no" ON "handling"
WHEN OLD."doc_no" IS NOT NEW."doc_no"
BEGIN
  SELECT CASE
    WHEN NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'handling.doc_no (文号): only the row''s own unit may write it')

    WHEN length(CAST(NEW."doc_no" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'handling.doc_no (文号): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_handling_doc_no" AFTER UPDATE OF "doc_no" ON "handling"
WHEN OLD."doc_no" IS NOT NEW."doc_no"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (11, 10, NEW."proposal" || '/' || NEW."unit", NEW."doc_no", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_handling_signer_check" BEFORE UPDATE OF "signer" ON "handling"
WHEN OLD."signer" IS NOT NEW."signer"
BEGIN
  SELECT CASE
    WHEN NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'handling.signer (签发人): only the row''s own unit may write it')

    WHEN length(CAST(NEW."signer" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'handling.signer (签发人): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_handling_signer" AFTER UPDATE OF "signer" ON "handling"
WHEN OLD."signer" IS NOT NEW."signer"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (11, 11, NEW."proposal" || '/' || NEW."unit", NEW."signer", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_handling_signed_at_check" BEFORE UPDATE OF "signed_at" ON "handling"
WHEN OLD."signed_at" IS NOT NEW."signed_at"
BEGIN
  SELECT CASE
    WHEN NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'handling.signed_at (签发日期): only the row''s own unit may write it')

    WHEN NEW."signed_at" IS NOT date(NEW."signed_at", '+0 days')
      THEN RAISE(ABORT, 'handling.signed_at (签发日期): is not a date like 2022-06-30')

  END;
END;
CREATE TRIGGER "_handling_signed_at" AFTER UPDATE OF "signed_at" ON "handling"
WHEN OLD."signed_at" IS NOT NEW."signed_at"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (11, 12, NEW."proposal" || '/' || NEW."unit", NEW."signed_at", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_handling_signed_hash_check" BEFORE UPDATE OF "signed_hash" ON "handling"
WHEN OLD."signed_hash" IS NOT NEW."signed_hash"
BEGIN
  SELECT CASE
    WHEN NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'handling.signed_hash (签发稿): only the row''s own unit may write it')

    WHEN length(CAST(NEW."signed_hash" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'handling.signed_hash (签发稿): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_handling_signed_hash" AFTER UPDATE OF "signed_hash" ON "handling"
WHEN OLD."signed_hash" IS NOT NEW."signed_hash"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (11, 13, NEW."proposal" || '/' || NEW."unit", NEW."signed_hash", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_handling_countersigned_hash_check" BEFORE UPDATE OF "countersigned_hash" ON "handling"
WHEN OLD."countersigned_hash" IS NOT NEW."countersigned_hash"
BEGIN
  SELECT CASE
    WHEN NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'handling.countersigned_hash (会签稿): only the row''s own unit may write it')

    WHEN length(CAST(NEW."countersigned_hash" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'handling.countersigned_hash (会签稿): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_handling_countersigned_hash" AFTER UPDATE OF "countersigned_hash" ON "handling"
WHEN OLD."countersigned_hash" IS NOT NEW."countersigned_hash"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (11, 14, NEW."proposal" || '/' || NEW."unit", NEW."countersigned_hash", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_handling_publicity_proposed_check" BEFORE UPDATE OF "publicity_proposed" ON "handling"
WHEN OLD."publicity_proposed" IS NOT NEW."publicity_proposed"
BEGIN
  SELECT CASE
    WHEN NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'handling.publicity_proposed (拟公开属性): only the row''s own unit may write it')

    WHEN NEW."publicity_proposed" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM code WHERE list = 'publicity' AND code = NEW."publicity_proposed")
      THEN RAISE(ABORT, 'handling.publicity_proposed (拟公开属性): is not a code of its list (table code)')

  END;
END;
CREATE TRIGGER "_handling_publicity_proposed" AFTER UPDATE OF "publicity_proposed" ON "handling"
WHEN OLD."publicity_proposed" IS NOT NEW."publicity_proposed"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (11, 15, NEW."proposal" || '/' || NEW."unit", NEW."publicity_proposed", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_handling_void_check" BEFORE UPDATE OF "void" ON "handling"
WHEN OLD."void" IS NOT NEW."void"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'handling.void (作废): only the office may write it')

    WHEN NEW."void" NOT IN (0, 1)
      THEN RAISE(ABORT, 'handling.void (作废): is not 0 or 1')

  END;
END;
CREATE TRIGGER "_handling_void" AFTER UPDATE OF "void" ON "handling"
WHEN OLD."void" IS NOT NEW."void"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (11, 1, NEW."proposal" || '/' || NEW."unit", NEW."void", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_handling_void_reason_check" BEFORE UPDATE OF "void_reason" ON "handling"
WHEN OLD."void_reason" IS NOT NEW."void_reason"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'handling.void_reason (作废理由): only the office may write it')

    WHEN length(CAST(NEW."void_reason" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'handling.void_reason (作废理由): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_handling_void_reason" AFTER UPDATE OF "void_reason" ON "handling"
WHEN OLD."void_reason" IS NOT NEW."void_reason"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (11, 2, NEW."proposal" || '/' || NEW."unit", NEW."void_reason", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_handling_key" BEFORE UPDATE ON "handling"
WHEN OLD.rowid IS NOT NEW.rowid OR OLD."proposal" IS NOT NEW."proposal" OR OLD."unit" IS NOT NEW."unit"
BEGIN
  SELECT RAISE(ABORT, 'handling: a row''s key cannot be changed');
END;
CREATE TRIGGER "_handling_delete" BEFORE DELETE ON "handling"
BEGIN
  SELECT RAISE(ABORT, 'handling: rows are not deleted; set void = 1 and void_reason');
END;
CREATE TRIGGER "_leader_insert" BEFORE INSERT ON "leader"
BEGIN
  SELECT CASE
    WHEN EXISTS (SELECT 1 FROM "leader" WHERE "proposal" = NEW."proposal" AND "name" = NEW."name") OR EXISTS (SELECT 1 FROM "leader" WHERE rowid = NEW.rowid)
      THEN RAISE(ABORT, 'leader: this row exists; change it with UPDATE (REPLACE and upsert would lose what it holds)')

    WHEN 1
      THEN RAISE(ABORT, 'leader: only the office may add a row')

    WHEN NEW."proposal" = '' OR instr(NEW."proposal", '/') OR length(NEW."proposal") > 100 OR length(CAST(NEW."proposal" AS BLOB)) > 300 OR instr(NEW."proposal", char(0)) OR NEW."proposal" GLOB '*[' || char(1) || '-' || char(31) || char(127) || char(768) || '-' || char(879) || ']*' OR NEW."proposal" <> trim(NEW."proposal", ' ' || char(160, 12288)) OR (NEW."proposal" GLOB '*[^ -~]*' AND EXISTS (SELECT 1 FROM (SELECT substr(NEW."proposal", a.column1 * 10 + b.column1 + 1, 1) AS c FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS a, (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS b) WHERE c <> '' AND c IS NOT char(unicode(c))))
      THEN RAISE(ABORT, 'leader: proposal cannot be used as a key')

    WHEN NEW."name" = '' OR instr(NEW."name", '/') OR length(NEW."name") > 100 OR length(CAST(NEW."name" AS BLOB)) > 300 OR instr(NEW."name", char(0)) OR NEW."name" GLOB '*[' || char(1) || '-' || char(31) || char(127) || char(768) || '-' || char(879) || ']*' OR NEW."name" <> trim(NEW."name", ' ' || char(160, 12288)) OR (NEW."name" GLOB '*[^ -~]*' AND EXISTS (SELECT 1 FROM (SELECT substr(NEW."name", a.column1 * 10 + b.column1 + 1, 1) AS c FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS a, (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS b) WHERE c <> '' AND c IS NOT char(unicode(c))))
      THEN RAISE(ABORT, 'leader: name cannot be used as a key')

    WHEN length(CAST(NEW."proposal" || '/' || NEW."name" AS BLOB)) > 512
      THEN RAISE(ABORT, 'leader: the key is longer than 512 bytes')

    WHEN NOT EXISTS (SELECT 1 FROM "proposal" WHERE "key" = NEW."proposal")
      THEN RAISE(ABORT, 'leader: no such proposal here')

    WHEN NEW."post" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'leader.post (职务): only the office may write it')

    WHEN length(CAST(NEW."post" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'leader.post (职务): is larger than 4 MiB')

    WHEN NEW."mode" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'leader.mode (方式): only the office may write it')

    WHEN NEW."mode" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM code WHERE list = 'leading' AND code = NEW."mode")
      THEN RAISE(ABORT, 'leader.mode (方式): is not a code of its list (table code)')

    WHEN NEW."void" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'leader.void (作废): only the office may write it')

    WHEN NEW."void" NOT IN (0, 1)
      THEN RAISE(ABORT, 'leader.void (作废): is not 0 or 1')

    WHEN NEW."void_reason" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'leader.void_reason (作废理由): only the office may write it')

    WHEN length(CAST(NEW."void_reason" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'leader.void_reason (作废理由): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_leader_inserted" AFTER INSERT ON "leader"
BEGIN
  SELECT RAISE(ABORT, 'leader: a rowid below 1 cannot be used')
   WHERE NEW.rowid < 1;
  INSERT INTO _pending(entity, field, row, value, at)
  SELECT 12, f, NEW."proposal" || '/' || NEW."name", v, CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER)
    FROM (SELECT 3 AS f, NEW."post" AS v UNION ALL SELECT 4, NEW."mode" UNION ALL SELECT 1, NEW."void" UNION ALL SELECT 2, NEW."void_reason" UNION ALL SELECT 0, 1 WHERE coalesce(NEW."post", NEW."mode", NEW."void", NEW."void_reason") IS NULL)
   WHERE v IS NOT NULL;
END;
CREATE TRIGGER "_leader_post_check" BEFORE UPDATE OF "post" ON "leader"
WHEN OLD."post" IS NOT NEW."post"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'leader.post (职务): only the office may write it')

    WHEN length(CAST(NEW."post" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'leader.post (职务): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_leader_post" AFTER UPDATE OF "post" ON "leader"
WHEN OLD."post" IS NOT NEW."post"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (12, 3, NEW."proposal" || '/' || NEW."name", NEW."post", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_leader_mode_check" BEFORE UPDATE OF "mode" ON "leader"
WHEN OLD."mode" IS NOT NEW."mode"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'leader.mode (方式): only the office may write it')

    WHEN NEW."mode" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM code WHERE list = 'leading' AND code = NEW."mode")
      THEN RAISE(ABORT, 'leader.mode (方式): is not a code of its list (table code)')

  END;
END;
CREATE TRIGGER "_leader_mode" AFTER UPDATE OF "mode" ON "leader"
WHEN OLD."mode" IS NOT NEW."mode"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (12, 4, NEW."proposal" || '/' || NEW."name", NEW."mode", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_leader_void_check" BEFORE UPDATE OF "void" ON "leader"
WHEN OLD."void" IS NOT NEW."void"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'leader.void (作废): only the office may write it')

    WHEN NEW."void" NOT IN (0, 1)
      THEN RAISE(ABORT, 'leader.void (作废): is not 0 or 1')

  END;
END;
CREATE TRIGGER "_leader_void" AFTER UPDATE OF "void" ON "leader"
WHEN OLD."void" IS NOT NEW."void"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (12, 1, NEW."proposal" || '/' || NEW."name", NEW."void", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_leader_void_reason_check" BEFORE UPDATE OF "void_reason" ON "leader"
WHEN OLD."void_reason" IS NOT NEW."void_reason"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'leader.void_reason (作废理由): only the office may write it')

    WHEN length(CAST(NEW."void_reason" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'leader.void_reason (作废理由): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_leader_void_reason" AFTER UPDATE OF "void_reason" ON "leader"
WHEN OLD."void_reason" IS NOT NEW."void_reason"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (12, 2, NEW."proposal" || '/' || NEW."name", NEW."void_reason", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_leader_key" BEFORE UPDATE ON "leader"
WHEN OLD.rowid IS NOT NEW.rowid OR OLD."proposal" IS NOT NEW."proposal" OR OLD."name" IS NOT NEW."name"
BEGIN
  SELECT RAISE(ABORT, 'leader: a row''s key cannot be changed');
END;
CREATE TRIGGER "_leader_delete" BEFORE DELETE ON "leader"
BEGIN
  SELECT RAISE(ABORT, 'leader: rows are not deleted; set void = 1 and void_reason');
END;
CREATE TRIGGER "_contact_insert" BEFORE INSERT ON "contact"
BEGIN
  SELECT CASE
    WHEN EXISTS (SELECT 1 FROM "contact" WHERE "proposal" = NEW."proposal" AND "unit" = NEW."unit" AND "id" = NEW."id") OR EXISTS (SELECT 1 FROM "contact" WHERE rowid = NEW.rowid)
      THEN RAISE(ABORT, 'contact: this row exists; change it with UPDATE (REPLACE and upsert would lose what it holds)')

    WHEN NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'contact: only the row''s own unit may add it')

    WHEN NEW."proposal" = '' OR instr(NEW."proposal", '/') OR length(NEW."proposal") > 100 OR length(CAST(NEW."proposal" AS BLOB)) > 300 OR instr(NEW."proposal", char(0)) OR NEW."proposal" GLOB '*[' || char(1) || '-' || char(31) || char(127) || char(768) || '-' || char(879) || ']*' OR NEW."proposal" <> trim(NEW."proposal", ' ' || char(160, 12288)) OR (NEW."proposal" GLOB '*[^ -~]*' AND EXISTS (SELECT 1 FROM (SELECT substr(NEW."proposal", a.column1 * 10 + b.column1 + 1, 1) AS c FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS a, (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS b) WHERE c <> '' AND c IS NOT char(unicode(c))))
      THEN RAISE(ABORT, 'contact: proposal cannot be used as a key')

    WHEN NEW."unit" = '' OR instr(NEW."unit", '/') OR length(NEW."unit") > 100 OR length(CAST(NEW."unit" AS BLOB)) > 300 OR instr(NEW."unit", char(0)) OR NEW."unit" GLOB '*[' || char(1) || '-' || char(31) || char(127) || char(768) || '-' || char(879) || ']*' OR NEW."unit" <> trim(NEW."unit", ' ' || char(160, 12288)) OR (NEW."unit" GLOB '*[^ -~]*' AND EXISTS (SELECT 1 FROM (SELECT substr(NEW."unit", a.column1 * 10 + b.column1 + 1, 1) AS c FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS a, (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS b) WHERE c <> '' AND c IS NOT char(unicode(c))))
      THEN RAISE(ABORT, 'contact: unit cannot be used as a key')

    WHEN NEW."id" = '' OR instr(NEW."id", '/') OR length(NEW."id") > 100 OR length(CAST(NEW."id" AS BLOB)) > 300 OR instr(NEW."id", char(0)) OR NEW."id" GLOB '*[' || char(1) || '-' || char(31) || char(127) || char(768) || '-' || char(879) || ']*' OR NEW."id" <> trim(NEW."id", ' ' || char(160, 12288)) OR (NEW."id" GLOB '*[^ -~]*' AND EXISTS (SELECT 1 FROM (SELECT substr(NEW."id", a.column1 * 10 + b.column1 + 1, 1) AS c FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS a, (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS b) WHERE c <> '' AND c IS NOT char(unicode(c))))
      THEN RAISE(ABORT, 'contact: id cannot be used as a key')

    WHEN length(CAST(NEW."proposal" || '/' || NEW."unit" || '/' || NEW."id" AS BLOB)) > 512
      THEN RAISE(ABORT, 'contact: the key is longer than 512 bytes')

    WHEN NOT EXISTS (SELECT 1 FROM "proposal" WHERE "key" = NEW."proposal")
      THEN RAISE(ABORT, 'contact: no such proposal here')

    WHEN NEW."at" IS NOT NULL AND NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'contact.at (时间): only the office and the row''s own unit may write it')

    WHEN NEW."at" IS NOT date(NEW."at", '+0 days')
      THEN RAISE(ABORT, 'contact.at (时间): is not a date like 2022-06-30')

    WHEN NEW."mode" IS NOT NULL AND NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'contact.mode (方式): only the office and the row''s own unit may write it')

    WHEN NEW."mode" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM code WHERE list = 'contact' AND code = NEW."mode")
      THEN RAISE(ABORT, 'contact.mode (方式): is not a code of its list (table code)')

    WHEN NEW."people" IS NOT NULL AND NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'contact.people (参加人): only the office and the row''s own unit may write it')

    WHEN length(CAST(NEW."people" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'contact.people (参加人): is larger than 4 MiB')

    WHEN NEW."result" IS NOT NULL AND NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'contact.result (结果): only the office and the row''s own unit may write it')

    WHEN length(CAST(NEW."result" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'contact.result (结果): is larger than 4 MiB')

    WHEN NEW."void" IS NOT NULL AND NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'contact.void (作废): only the office and the row''s own unit may write it')

    WHEN NEW."void" NOT IN (0, 1)
      THEN RAISE(ABORT, 'contact.void (作废): is not 0 or 1')

    WHEN NEW."void_reason" IS NOT NULL AND NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'contact.void_reason (作废理由): only the office and the row''s own unit may write it')

    WHEN length(CAST(NEW."void_reason" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'contact.void_reason (作废理由): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_contact_inserted" AFTER INSERT ON "contact"
BEGIN
  SELECT RAISE(ABORT, 'contact: a rowid below 1 cannot be used')
   WHERE NEW.rowid < 1;
  INSERT INTO _pending(entity, field, row, value, at)
  SELECT 13, f, NEW."proposal" || '/' || NEW."unit" || '/' || NEW."id", v, CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER)
    FROM (SELECT 3 AS f, NEW."at" AS v UNION ALL SELECT 4, NEW."mode" UNION ALL SELECT 5, NEW."people" UNION ALL SELECT 6, NEW."result" UNION ALL SELECT 1, NEW."void" UNION ALL SELECT 2, NEW."void_reason" UNION ALL SELECT 0, 1 WHERE coalesce(NEW."at", NEW."mode", NEW."people", NEW."result", NEW."void", NEW."void_reason") IS NULL)
   WHERE v IS NOT NULL;
END;
CREATE TRIGGER "_contact_at_check" BEFORE UPDATE OF "at" ON "contact"
WHEN OLD."at" IS NOT NEW."at"
BEGIN
  SELECT CASE
    WHEN NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'contact.at (时间): only the office and the row''s own unit may write it')

    WHEN NEW."at" IS NOT date(NEW."at", '+0 days')
      THEN RAISE(ABORT, 'contact.at (时间): is not a date like 2022-06-30')

  END;
END;
CREATE TRIGGER "_contact_at" AFTER UPDATE OF "at" ON "contact"
WHEN OLD."at" IS NOT NEW."at"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (13, 3, NEW."proposal" || '/' || NEW."unit" || '/' || NEW."id", NEW."at", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_contact_mode_check" BEFORE UPDATE OF "mode" ON "contact"
WHEN OLD."mode" IS NOT NEW."mode"
BEGIN
  SELECT CASE
    WHEN NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'contact.mode (方式): only the office and the row''s own unit may write it')

    WHEN NEW."mode" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM code WHERE list = 'contact' AND code = NEW."mode")
      THEN RAISE(ABORT, 'contact.mode (方式): is not a code of its list (table code)')

  END;
END;
CREATE TRIGGER "_contact_mode" AFTER UPDATE OF "mode" ON "contact"
WHEN OLD."mode" IS NOT NEW."mode"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (13, 4, NEW."proposal" || '/' || NEW."unit" || '/' || NEW."id", NEW."mode", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_contact_people_check" BEFORE UPDATE OF "people" ON "contact"
WHEN OLD."people" IS NOT NEW."people"
BEGIN
  SELECT CASE
    WHEN NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'contact.people (参加人): only the office and the row''s own unit may write it')

    WHEN length(CAST(NEW."people" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'contact.people (参加人): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_contact_people" AFTER UPDATE OF "people" ON "contact"
WHEN OLD."people" IS NOT NEW."people"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (13, 5, NEW."proposal" || '/' || NEW."unit" || '/' || NEW."id", NEW."people", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_contact_result_check" BEFORE UPDATE OF "result" ON "contact"
WHEN OLD."result" IS NOT NEW."result"
BEGIN
  SELECT CASE
    WHEN NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'contact.result (结果): only the office and the row''s own unit may write it')

    WHEN length(CAST(NEW."result" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'contact.result (结果): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_contact_result" AFTER UPDATE OF "result" ON "contact"
WHEN OLD."result" IS NOT NEW."result"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (13, 6, NEW."proposal" || '/' || NEW."unit" || '/' || NEW."id", NEW."result", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_contact_void_check" BEFORE UPDATE OF "void" ON "contact"
WHEN OLD."void" IS NOT NEW."void"
BEGIN
  SELECT CASE
    WHEN NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'contact.void (作废): only the office and the row''s own unit may write it')

    WHEN NEW."void" NOT IN (0, 1)
      THEN RAISE(ABORT, 'contact.void (作废): is not 0 or 1')

  END;
END;
CREATE TRIGGER "_contact_void" AFTER UPDATE OF "void" ON "contact"
WHEN OLD."void" IS NOT NEW."void"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (13, 1, NEW."proposal" || '/' || NEW."unit" || '/' || NEW."id", NEW."void", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_contact_void_reason_check" BEFORE UPDATE OF "void_reason" ON "contact"
WHEN OLD."void_reason" IS NOT NEW."void_reason"
BEGIN
  SELECT CASE
    WHEN NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'contact.void_reason (作废理由): only the office and the row''s own unit may write it')

    WHEN length(CAST(NEW."void_reason" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'contact.void_reason (作废理由): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_contact_void_reason" AFTER UPDATE OF "void_reason" ON "contact"
WHEN OLD."void_reason" IS NOT NEW."void_reason"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (13, 2, NEW."proposal" || '/' || NEW."unit" || '/' || NEW."id", NEW."void_reason", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_contact_key" BEFORE UPDATE ON "contact"
WHEN OLD.rowid IS NOT NEW.rowid OR OLD."proposal" IS NOT NEW."proposal" OR OLD."unit" IS NOT NEW."unit" OR OLD."id" IS NOT NEW."id"
BEGIN
  SELECT RAISE(ABORT, 'contact: a row''s key cannot be changed');
END;
CREATE TRIGGER "_contact_delete" BEFORE DELETE ON "contact"
BEGIN
  SELECT RAISE(ABORT, 'contact: rows are not deleted; set void = 1 and void_reason');
END;
CREATE TRIGGER "_measure_insert" BEFORE INSERT ON "measure"
BEGIN
  SELECT CASE
    WHEN EXISTS (SELECT 1 FROM "measure" WHERE "proposal" = NEW."proposal" AND "unit" = NEW."unit" AND "id" = NEW."id") OR EXISTS (SELECT 1 FROM "measure" WHERE rowid = NEW.rowid)
      THEN RAISE(ABORT, 'measure: this row exists; change it with UPDATE (REPLACE and upsert would lose what it holds)')

    WHEN NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'measure: only the row''s own unit may add it')

    WHEN NEW."proposal" = '' OR instr(NEW."proposal", '/') OR length(NEW."proposal") > 100 OR length(CAST(NEW."proposal" AS BLOB)) > 300 OR instr(NEW."proposal", char(0)) OR NEW."proposal" GLOB '*[' || char(1) || '-' || char(31) || char(127) || char(768) || '-' || char(879) || ']*' OR NEW."proposal" <> trim(NEW."proposal", ' ' || char(160, 12288)) OR (NEW."proposal" GLOB '*[^ -~]*' AND EXISTS (SELECT 1 FROM (SELECT substr(NEW."proposal", a.column1 * 10 + b.column1 + 1, 1) AS c FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS a, (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS b) WHERE c <> '' AND c IS NOT char(unicode(c))))
      THEN RAISE(ABORT, 'measure: proposal cannot be used as a key')

    WHEN NEW."unit" = '' OR instr(NEW."unit", '/') OR length(NEW."unit") > 100 OR length(CAST(NEW."unit" AS BLOB)) > 300 OR instr(NEW."unit", char(0)) OR NEW."unit" GLOB '*[' || char(1) || '-' || char(31) || char(127) || char(768) || '-' || char(879) || ']*' OR NEW."unit" <> trim(NEW."unit", ' ' || char(160, 12288)) OR (NEW."unit" GLOB '*[^ -~]*' AND EXISTS (SELECT 1 FROM (SELECT substr(NEW."unit", a.column1 * 10 + b.column1 + 1, 1) AS c FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS a, (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS b) WHERE c <> '' AND c IS NOT char(unicode(c))))
      THEN RAISE(ABORT, 'measure: unit cannot be used as a key')

    WHEN NEW."id" = '' OR instr(NEW."id", '/') OR length(NEW."id") > 100 OR length(CAST(NEW."id" AS BLOB)) > 300 OR instr(NEW."id", char(0)) OR NEW."id" GLOB '*[' || char(1) || '-' || char(31) || char(127) || char(768) || '-' || char(879) || ']*' OR NEW."id" <> trim(NEW."id", ' ' || char(160, 12288)) OR (NEW."id" GLOB '*[^ -~]*' AND EXISTS (SELECT 1 FROM (SELECT substr(NEW."id", a.column1 * 10 + b.column1 + 1, 1) AS c FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS a, (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS b) WHERE c <> '' AND c IS NOT char(unicode(c))))
      THEN RAISE(ABORT, 'measure: id cannot be used as a key')

    WHEN length(CAST(NEW."proposal" || '/' || NEW."unit" || '/' || NEW."id" AS BLOB)) > 512
      THEN RAISE(ABORT, 'measure: the key is longer than 512 bytes')

    WHEN NOT EXISTS (SELECT 1 FROM "proposal" WHERE "key" = NEW."proposal")
      THEN RAISE(ABORT, 'measure: no such proposal here')

    WHEN NEW."suggestion" IS NOT NULL AND NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'measure.suggestion (建议): only the row''s own unit may write it')

    WHEN length(CAST(NEW."suggestion" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'measure.suggestion (建议): is larger than 4 MiB')

    WHEN NEW."state" IS NOT NULL AND NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'measure.state (落实情况): only the row''s own unit may write it')

    WHEN NEW."state" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM code WHERE list = 'measure' AND code = NEW."state")
      THEN RAISE(ABORT, 'measure.state (落实情况): is not a code of its list (table code)')

    WHEN NEW."deadline" IS NOT NULL AND NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'measure.deadline (完成时限): only the row''s own unit may write it')

    WHEN NEW."deadline" IS NOT date(NEW."deadline", '+0 days')
      THEN RAISE(ABORT, 'measure.deadline (完成时限): is not a date like 2022-06-30')

    WHEN NEW."reason" IS NOT NULL AND NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'measure.reason (说明): only the row''s own unit may write it')

    WHEN length(CAST(NEW."reason" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'measure.reason (说明): is larger than 4 MiB')

    WHEN NEW."void" IS NOT NULL AND NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'measure.void (作废): only the row''s own unit may write it')

    WHEN NEW."void" NOT IN (0, 1)
      THEN RAISE(ABORT, 'measure.void (作废): is not 0 or 1')

    WHEN NEW."void_reason" IS NOT NULL AND NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'measure.void_reason (作废理由): only the row''s own unit may write it')

    WHEN length(CAST(NEW."void_reason" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'measure.void_reason (作废理由): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_measure_inserted" AFTER INSERT ON "measure"
BEGIN
  SELECT RAISE(ABORT, 'measure: a rowid below 1 cannot be used')
   WHERE NEW.rowid < 1;
  INSERT INTO _pending(entity, field, row, value, at)
  SELECT 14, f, NEW."proposal" || '/' || NEW."unit" || '/' || NEW."id", v, CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER)
    FROM (SELECT 3 AS f, NEW."suggestion" AS v UNION ALL SELECT 4, NEW."state" UNION ALL SELECT 5, NEW."deadline" UNION ALL SELECT 6, NEW."reason" UNION ALL SELECT 1, NEW."void" UNION ALL SELECT 2, NEW."void_reason" UNION ALL SELECT 0, 1 WHERE coalesce(NEW."suggestion", NEW."state", NEW."deadline", NEW."reason", NEW."void", NEW."void_reason") IS NULL)
   WHERE v IS NOT NULL;
END;
CREATE TRIGGER "_measure_suggestion_check" BEFORE UPDATE OF "suggestion" ON "measure"
WHEN OLD."suggestion" IS NOT NEW."suggestion"
BEGIN
  SELECT CASE
    WHEN NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'measure.suggestion (建议): only the row''s own unit may write it')

    WHEN length(CAST(NEW."suggestion" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'measure.suggestion (建议): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_measure_suggestion" AFTER UPDATE OF "suggestion" ON "measure"
WHEN OLD."suggestion" IS NOT NEW."suggestion"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (14, 3, NEW."proposal" || '/' || NEW."unit" || '/' || NEW."id", NEW."suggestion", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_measure_state_check" BEFORE UPDATE OF "state" ON "measure"
WHEN OLD."state" IS NOT NEW."state"
BEGIN
  SELECT CASE
    WHEN NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'measure.state (落实情况): only the row''s own unit may write it')

    WHEN NEW."state" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM code WHERE list = 'measure' AND code = NEW."state")
      THEN RAISE(ABORT, 'measure.state (落实情况): is not a code of its list (table code)')

  END;
END;
CREATE TRIGGER "_measure_state" AFTER UPDATE OF "state" ON "measure"
WHEN OLD."state" IS NOT NEW."state"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (14, 4, NEW."proposal" || '/' || NEW."unit" || '/' || NEW."id", NEW."state", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_measure_deadline_check" BEFORE UPDATE OF "deadline" ON "measure"
WHEN OLD."deadline" IS NOT NEW."deadline"
BEGIN
  SELECT CASE
    WHEN NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'measure.deadline (完成时限): only the row''s own unit may write it')

    WHEN NEW."deadline" IS NOT date(NEW."deadline", '+0 days')
      THEN RAISE(ABORT, 'measure.deadline (完成时限): is not a date like 2022-06-30')

  END;
END;
CREATE TRIGGER "_measure_deadline" AFTER UPDATE OF "deadline" ON "measure"
WHEN OLD."deadline" IS NOT NEW."deadline"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (14, 5, NEW."proposal" || '/' || NEW."unit" || '/' || NEW."id", NEW."deadline", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_measure_reason_check" BEFORE UPDATE OF "reason" ON "measure"
WHEN OLD."reason" IS NOT NEW."reason"
BEGIN
  SELECT CASE
    WHEN NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'measure.reason (说明): only the row''s own unit may write it')

    WHEN length(CAST(NEW."reason" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'measure.reason (说明): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_measure_reason" AFTER UPDATE OF "reason" ON "measure"
WHEN OLD."reason" IS NOT NEW."reason"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (14, 6, NEW."proposal" || '/' || NEW."unit" || '/' || NEW."id", NEW."reason", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_measure_void_check" BEFORE UPDATE OF "void" ON "measure"
WHEN OLD."void" IS NOT NEW."void"
BEGIN
  SELECT CASE
    WHEN NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'measure.void (作废): only the row''s own unit may write it')

    WHEN NEW."void" NOT IN (0, 1)
      THEN RAISE(ABORT, 'measure.void (作废): is not 0 or 1')

  END;
END;
CREATE TRIGGER "_measure_void" AFTER UPDATE OF "void" ON "measure"
WHEN OLD."void" IS NOT NEW."void"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (14, 1, NEW."proposal" || '/' || NEW."unit" || '/' || NEW."id", NEW."void", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_measure_void_reason_check" BEFORE UPDATE OF "void_reason" ON "measure"
WHEN OLD."void_reason" IS NOT NEW."void_reason"
BEGIN
  SELECT CASE
    WHEN NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'measure.void_reason (作废理由): only the row''s own unit may write it')

    WHEN length(CAST(NEW."void_reason" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'measure.void_reason (作废理由): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_measure_void_reason" AFTER UPDATE OF "void_reason" ON "measure"
WHEN OLD."void_reason" IS NOT NEW."void_reason"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (14, 2, NEW."proposal" || '/' || NEW."unit" || '/' || NEW."id", NEW."void_reason", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_measure_key" BEFORE UPDATE ON "measure"
WHEN OLD.rowid IS NOT NEW.rowid OR OLD."proposal" IS NOT NEW."proposal" OR OLD."unit" IS NOT NEW."unit" OR OLD."id" IS NOT NEW."id"
BEGIN
  SELECT RAISE(ABORT, 'measure: a row''s key cannot be changed');
END;
CREATE TRIGGER "_measure_delete" BEFORE DELETE ON "measure"
BEGIN
  SELECT RAISE(ABORT, 'measure: rows are not deleted; set void = 1 and void_reason');
END;
CREATE TRIGGER "_feedback_insert" BEFORE INSERT ON "feedback"
BEGIN
  SELECT CASE
    WHEN EXISTS (SELECT 1 FROM "feedback" WHERE "proposal" = NEW."proposal" AND "sponsor" = NEW."sponsor" AND "round" = NEW."round") OR EXISTS (SELECT 1 FROM "feedback" WHERE rowid = NEW.rowid)
      THEN RAISE(ABORT, 'feedback: this row exists; change it with UPDATE (REPLACE and upsert would lose what it holds)')

    WHEN 1
      THEN RAISE(ABORT, 'feedback: only the office may add a row')

    WHEN NEW."proposal" = '' OR instr(NEW."proposal", '/') OR length(NEW."proposal") > 100 OR length(CAST(NEW."proposal" AS BLOB)) > 300 OR instr(NEW."proposal", char(0)) OR NEW."proposal" GLOB '*[' || char(1) || '-' || char(31) || char(127) || char(768) || '-' || char(879) || ']*' OR NEW."proposal" <> trim(NEW."proposal", ' ' || char(160, 12288)) OR (NEW."proposal" GLOB '*[^ -~]*' AND EXISTS (SELECT 1 FROM (SELECT substr(NEW."proposal", a.column1 * 10 + b.column1 + 1, 1) AS c FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS a, (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS b) WHERE c <> '' AND c IS NOT char(unicode(c))))
      THEN RAISE(ABORT, 'feedback: proposal cannot be used as a key')

    WHEN NEW."sponsor" = '' OR instr(NEW."sponsor", '/') OR length(NEW."sponsor") > 100 OR length(CAST(NEW."sponsor" AS BLOB)) > 300 OR instr(NEW."sponsor", char(0)) OR NEW."sponsor" GLOB '*[' || char(1) || '-' || char(31) || char(127) || char(768) || '-' || char(879) || ']*' OR NEW."sponsor" <> trim(NEW."sponsor", ' ' || char(160, 12288)) OR (NEW."sponsor" GLOB '*[^ -~]*' AND EXISTS (SELECT 1 FROM (SELECT substr(NEW."sponsor", a.column1 * 10 + b.column1 + 1, 1) AS c FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS a, (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS b) WHERE c <> '' AND c IS NOT char(unicode(c))))
      THEN RAISE(ABORT, 'feedback: sponsor cannot be used as a key')

    WHEN NEW."round" = '' OR instr(NEW."round", '/') OR length(NEW."round") > 100 OR length(CAST(NEW."round" AS BLOB)) > 300 OR instr(NEW."round", char(0)) OR NEW."round" GLOB '*[' || char(1) || '-' || char(31) || char(127) || char(768) || '-' || char(879) || ']*' OR NEW."round" <> trim(NEW."round", ' ' || char(160, 12288)) OR (NEW."round" GLOB '*[^ -~]*' AND EXISTS (SELECT 1 FROM (SELECT substr(NEW."round", a.column1 * 10 + b.column1 + 1, 1) AS c FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS a, (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS b) WHERE c <> '' AND c IS NOT char(unicode(c))))
      THEN RAISE(ABORT, 'feedback: round cannot be used as a key')

    WHEN length(CAST(NEW."proposal" || '/' || NEW."sponsor" || '/' || NEW."round" AS BLOB)) > 512
      THEN RAISE(ABORT, 'feedback: the key is longer than 512 bytes')

    WHEN NOT EXISTS (SELECT 1 FROM "proposal" WHERE "key" = NEW."proposal")
      THEN RAISE(ABORT, 'feedback: no such proposal here')

    WHEN NEW."process" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'feedback.process (办理过程): only the office may write it')

    WHEN NEW."process" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM code WHERE list = 'satisfaction' AND code = NEW."process")
      THEN RAISE(ABORT, 'feedback.process (办理过程): is not a code of its list (table code)')

    WHEN NEW."result" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'feedback.result (办理结果): only the office may write it')

    WHEN NEW."result" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM code WHERE list = 'satisfaction' AND code = NEW."result")
      THEN RAISE(ABORT, 'feedback.result (办理结果): is not a code of its list (table code)')

    WHEN NEW."opinion" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'feedback.opinion (意见): only the office may write it')

    WHEN length(CAST(NEW."opinion" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'feedback.opinion (意见): is larger than 4 MiB')

    WHEN NEW."at" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'feedback.at (日期): only the office may write it')

    WHEN NEW."at" IS NOT date(NEW."at", '+0 days')
      THEN RAISE(ABORT, 'feedback.at (日期): is not a date like 2022-06-30')

    WHEN NEW."void" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'feedback.void (作废): only the office may write it')

    WHEN NEW."void" NOT IN (0, 1)
      THEN RAISE(ABORT, 'feedback.void (作废): is not 0 or 1')

    WHEN NEW."void_reason" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'feedback.void_reason (作废理由): only the office may write it')

    WHEN length(CAST(NEW."void_reason" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'feedback.void_reason (作废理由): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_feedback_inserted" AFTER INSERT ON "feedback"
BEGIN
  SELECT RAISE(ABORT, 'feedback: a rowid below 1 cannot be used')
   WHERE NEW.rowid < 1;
  INSERT INTO _pending(entity, field, row, value, at)
  SELECT 15, f, NEW."proposal" || '/' || NEW."sponsor" || '/' || NEW."round", v, CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER)
    FROM (SELECT 3 AS f, NEW."process" AS v UNION ALL SELECT 4, NEW."result" UNION ALL SELECT 5, NEW."opinion" UNION ALL SELECT 6, NEW."at" UNION ALL SELECT 1, NEW."void" UNION ALL SELECT 2, NEW."void_reason" UNION ALL SELECT 0, 1 WHERE coalesce(NEW."process", NEW."result", NEW."opinion", NEW."at", NEW."void", NEW."void_reason") IS NULL)
   WHERE v IS NOT NULL;
END;
CREATE TRIGGER "_feedback_process_check" BEFORE UPDATE OF "process" ON "feedback"
WHEN OLD."process" IS NOT NEW."process"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'feedback.process (办理过程): only the office may write it')

    WHEN NEW."process" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM code WHERE list = 'satisfaction' AND code = NEW."process")
      THEN RAISE(ABORT, 'feedback.process (办理过程): is not a code of its list (table code)')

  END;
END;
CREATE TRIGGER "_feedback_process" AFTER UPDATE OF "process" ON "feedback"
WHEN OLD."process" IS NOT NEW."process"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (15, 3, NEW."proposal" || '/' || NEW."sponsor" || '/' || NEW."round", NEW."process", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_feedback_result_check" BEFORE UPDATE OF "result" ON "feedback"
WHEN OLD."result" IS NOT NEW."result"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'feedback.result (办理结果): only the office may write it')

    WHEN NEW."result" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM code WHERE list = 'satisfaction' AND code = NEW."result")
      THEN RAISE(ABORT, 'feedback.result (办理结果): is not a code of its list (table code)')

  END;
END;
CREATE TRIGGER "_feedback_result" AFTER UPDATE OF "result" ON "feedback"
WHEN OLD."result" IS NOT NEW."result"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (15, 4, NEW."proposal" || '/' || NEW."sponsor" || '/' || NEW."round", NEW."result", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_feedback_opinion_check" BEFORE UPDATE OF "opinion" ON "feedback"
WHEN OLD."opinion" IS NOT NEW."opinion"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'feedback.opinion (意见): only the office may write it')

    WHEN length(CAST(NEW."opinion" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'feedback.opinion (意见): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_feedback_opinion" AFTER UPDATE OF "opinion" ON "feedback"
WHEN OLD."opinion" IS NOT NEW."opinion"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (15, 5, NEW."proposal" || '/' || NEW."sponsor" || '/' || NEW."round", NEW."opinion", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_feedback_at_check" BEFORE UPDATE OF "at" ON "feedback"
WHEN OLD."at" IS NOT NEW."at"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'feedback.at (日期): only the office may write it')

    WHEN NEW."at" IS NOT date(NEW."at", '+0 days')
      THEN RAISE(ABORT, 'feedback.at (日期): is not a date like 2022-06-30')

  END;
END;
CREATE TRIGGER "_feedback_at" AFTER UPDATE OF "at" ON "feedback"
WHEN OLD."at" IS NOT NEW."at"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (15, 6, NEW."proposal" || '/' || NEW."sponsor" || '/' || NEW."round", NEW."at", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_feedback_void_check" BEFORE UPDATE OF "void" ON "feedback"
WHEN OLD."void" IS NOT NEW."void"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'feedback.void (作废): only the office may write it')

    WHEN NEW."void" NOT IN (0, 1)
      THEN RAISE(ABORT, 'feedback.void (作废): is not 0 or 1')

  END;
END;
CREATE TRIGGER "_feedback_void" AFTER UPDATE OF "void" ON "feedback"
WHEN OLD."void" IS NOT NEW."void"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (15, 1, NEW."proposal" || '/' || NEW."sponsor" || '/' || NEW."round", NEW."void", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_feedback_void_reason_check" BEFORE UPDATE OF "void_reason" ON "feedback"
WHEN OLD."void_reason" IS NOT NEW."void_reason"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'feedback.void_reason (作废理由): only the office may write it')

    WHEN length(CAST(NEW."void_reason" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'feedback.void_reason (作废理由): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_feedback_void_reason" AFTER UPDATE OF "void_reason" ON "feedback"
WHEN OLD."void_reason" IS NOT NEW."void_reason"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (15, 2, NEW."proposal" || '/' || NEW."sponsor" || '/' || NEW."round", NEW."void_reason", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_feedback_key" BEFORE UPDATE ON "feedback"
WHEN OLD.rowid IS NOT NEW.rowid OR OLD."proposal" IS NOT NEW."proposal" OR OLD."sponsor" IS NOT NEW."sponsor" OR OLD."round" IS NOT NEW."round"
BEGIN
  SELECT RAISE(ABORT, 'feedback: a row''s key cannot be changed');
END;
CREATE TRIGGER "_feedback_delete" BEFORE DELETE ON "feedback"
BEGIN
  SELECT RAISE(ABORT, 'feedback: rows are not deleted; set void = 1 and void_reason');
END;
CREATE TRIGGER "_tracking_insert" BEFORE INSERT ON "tracking"
BEGIN
  SELECT CASE
    WHEN EXISTS (SELECT 1 FROM "tracking" WHERE "proposal" = NEW."proposal" AND "unit" = NEW."unit" AND "id" = NEW."id") OR EXISTS (SELECT 1 FROM "tracking" WHERE rowid = NEW.rowid)
      THEN RAISE(ABORT, 'tracking: this row exists; change it with UPDATE (REPLACE and upsert would lose what it holds)')

    WHEN NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'tracking: only the row''s own unit may add it')

    WHEN NEW."proposal" = '' OR instr(NEW."proposal", '/') OR length(NEW."proposal") > 100 OR length(CAST(NEW."proposal" AS BLOB)) > 300 OR instr(NEW."proposal", char(0)) OR NEW."proposal" GLOB '*[' || char(1) || '-' || char(31) || char(127) || char(768) || '-' || char(879) || ']*' OR NEW."proposal" <> trim(NEW."proposal", ' ' || char(160, 12288)) OR (NEW."proposal" GLOB '*[^ -~]*' AND EXISTS (SELECT 1 FROM (SELECT substr(NEW."proposal", a.column1 * 10 + b.column1 + 1, 1) AS c FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS a, (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS b) WHERE c <> '' AND c IS NOT char(unicode(c))))
      THEN RAISE(ABORT, 'tracking: proposal cannot be used as a key')

    WHEN NEW."unit" = '' OR instr(NEW."unit", '/') OR length(NEW."unit") > 100 OR length(CAST(NEW."unit" AS BLOB)) > 300 OR instr(NEW."unit", char(0)) OR NEW."unit" GLOB '*[' || char(1) || '-' || char(31) || char(127) || char(768) || '-' || char(879) || ']*' OR NEW."unit" <> trim(NEW."unit", ' ' || char(160, 12288)) OR (NEW."unit" GLOB '*[^ -~]*' AND EXISTS (SELECT 1 FROM (SELECT substr(NEW."unit", a.column1 * 10 + b.column1 + 1, 1) AS c FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS a, (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS b) WHERE c <> '' AND c IS NOT char(unicode(c))))
      THEN RAISE(ABORT, 'tracking: unit cannot be used as a key')

    WHEN NEW."id" = '' OR instr(NEW."id", '/') OR length(NEW."id") > 100 OR length(CAST(NEW."id" AS BLOB)) > 300 OR instr(NEW."id", char(0)) OR NEW."id" GLOB '*[' || char(1) || '-' || char(31) || char(127) || char(768) || '-' || char(879) || ']*' OR NEW."id" <> trim(NEW."id", ' ' || char(160, 12288)) OR (NEW."id" GLOB '*[^ -~]*' AND EXISTS (SELECT 1 FROM (SELECT substr(NEW."id", a.column1 * 10 + b.column1 + 1, 1) AS c FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS a, (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS b) WHERE c <> '' AND c IS NOT char(unicode(c))))
      THEN RAISE(ABORT, 'tracking: id cannot be used as a key')

    WHEN length(CAST(NEW."proposal" || '/' || NEW."unit" || '/' || NEW."id" AS BLOB)) > 512
      THEN RAISE(ABORT, 'tracking: the key is longer than 512 bytes')

    WHEN NOT EXISTS (SELECT 1 FROM "proposal" WHERE "key" = NEW."proposal")
      THEN RAISE(ABORT, 'tracking: no such proposal here')

    WHEN NEW."at" IS NOT NULL AND NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'tracking.at (日期): only the row''s own unit may write it')

    WHEN NEW."at" IS NOT date(NEW."at", '+0 days')
      THEN RAISE(ABORT, 'tracking.at (日期): is not a date like 2022-06-30')

    WHEN NEW."note" IS NOT NULL AND NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'tracking.note (进展): only the row''s own unit may write it')

    WHEN length(CAST(NEW."note" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'tracking.note (进展): is larger than 4 MiB')

    WHEN NEW."confirmed" IS NOT NULL AND 1
      THEN RAISE(ABORT, 'tracking.confirmed (确认): only the office may write it')

    WHEN NEW."confirmed" NOT IN (0, 1)
      THEN RAISE(ABORT, 'tracking.confirmed (确认): is not 0 or 1')

    WHEN NEW."void" IS NOT NULL AND NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'tracking.void (作废): only the row''s own unit may write it')

    WHEN NEW."void" NOT IN (0, 1)
      THEN RAISE(ABORT, 'tracking.void (作废): is not 0 or 1')

    WHEN NEW."void_reason" IS NOT NULL AND NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'tracking.void_reason (作废理由): only the row''s own unit may write it')

    WHEN length(CAST(NEW."void_reason" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'tracking.void_reason (作废理由): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_tracking_inserted" AFTER INSERT ON "tracking"
BEGIN
  SELECT RAISE(ABORT, 'tracking: a rowid below 1 cannot be used')
   WHERE NEW.rowid < 1;
  INSERT INTO _pending(entity, field, row, value, at)
  SELECT 16, f, NEW."proposal" || '/' || NEW."unit" || '/' || NEW."id", v, CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER)
    FROM (SELECT 3 AS f, NEW."at" AS v UNION ALL SELECT 4, NEW."note" UNION ALL SELECT 5, NEW."confirmed" UNION ALL SELECT 1, NEW."void" UNION ALL SELECT 2, NEW."void_reason" UNION ALL SELECT 0, 1 WHERE coalesce(NEW."at", NEW."note", NEW."confirmed", NEW."void", NEW."void_reason") IS NULL)
   WHERE v IS NOT NULL;
END;
CREATE TRIGGER "_tracking_at_check" BEFORE UPDATE OF "at" ON "tracking"
WHEN OLD."at" IS NOT NEW."at"
BEGIN
  SELECT CASE
    WHEN NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'tracking.at (日期): only the row''s own unit may write it')

    WHEN NEW."at" IS NOT date(NEW."at", '+0 days')
      THEN RAISE(ABORT, 'tracking.at (日期): is not a date like 2022-06-30')

  END;
END;
CREATE TRIGGER "_tracking_at" AFTER UPDATE OF "at" ON "tracking"
WHEN OLD."at" IS NOT NEW."at"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (16, 3, NEW."proposal" || '/' || NEW."unit" || '/' || NEW."id", NEW."at", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_tracking_note_check" BEFORE UPDATE OF "note" ON "tracking"
WHEN OLD."note" IS NOT NEW."note"
BEGIN
  SELECT CASE
    WHEN NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'tracking.note (进展): only the row''s own unit may write it')

    WHEN length(CAST(NEW."note" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'tracking.note (进展): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_tracking_note" AFTER UPDATE OF "note" ON "tracking"
WHEN OLD."note" IS NOT NEW."note"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (16, 4, NEW."proposal" || '/' || NEW."unit" || '/' || NEW."id", NEW."note", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_tracking_confirmed_check" BEFORE UPDATE OF "confirmed" ON "tracking"
WHEN OLD."confirmed" IS NOT NEW."confirmed"
BEGIN
  SELECT CASE
    WHEN 1
      THEN RAISE(ABORT, 'tracking.confirmed (确认): only the office may write it')

    WHEN NEW."confirmed" NOT IN (0, 1)
      THEN RAISE(ABORT, 'tracking.confirmed (确认): is not 0 or 1')

  END;
END;
CREATE TRIGGER "_tracking_confirmed" AFTER UPDATE OF "confirmed" ON "tracking"
WHEN OLD."confirmed" IS NOT NEW."confirmed"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (16, 5, NEW."proposal" || '/' || NEW."unit" || '/' || NEW."id", NEW."confirmed", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_tracking_void_check" BEFORE UPDATE OF "void" ON "tracking"
WHEN OLD."void" IS NOT NEW."void"
BEGIN
  SELECT CASE
    WHEN NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'tracking.void (作废): only the row''s own unit may write it')

    WHEN NEW."void" NOT IN (0, 1)
      THEN RAISE(ABORT, 'tracking.void (作废): is not 0 or 1')

  END;
END;
CREATE TRIGGER "_tracking_void" AFTER UPDATE OF "void" ON "tracking"
WHEN OLD."void" IS NOT NEW."void"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (16, 1, NEW."proposal" || '/' || NEW."unit" || '/' || NEW."id", NEW."void", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_tracking_void_reason_check" BEFORE UPDATE OF "void_reason" ON "tracking"
WHEN OLD."void_reason" IS NOT NEW."void_reason"
BEGIN
  SELECT CASE
    WHEN NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'tracking.void_reason (作废理由): only the row''s own unit may write it')

    WHEN length(CAST(NEW."void_reason" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'tracking.void_reason (作废理由): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_tracking_void_reason" AFTER UPDATE OF "void_reason" ON "tracking"
WHEN OLD."void_reason" IS NOT NEW."void_reason"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (16, 2, NEW."proposal" || '/' || NEW."unit" || '/' || NEW."id", NEW."void_reason", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_tracking_key" BEFORE UPDATE ON "tracking"
WHEN OLD.rowid IS NOT NEW.rowid OR OLD."proposal" IS NOT NEW."proposal" OR OLD."unit" IS NOT NEW."unit" OR OLD."id" IS NOT NEW."id"
BEGIN
  SELECT RAISE(ABORT, 'tracking: a row''s key cannot be changed');
END;
CREATE TRIGGER "_tracking_delete" BEFORE DELETE ON "tracking"
BEGIN
  SELECT RAISE(ABORT, 'tracking: rows are not deleted; set void = 1 and void_reason');
END;
CREATE TRIGGER "_attachment_insert" BEFORE INSERT ON "attachment"
BEGIN
  SELECT CASE
    WHEN EXISTS (SELECT 1 FROM "attachment" WHERE "proposal" = NEW."proposal" AND "unit" = NEW."unit" AND "id" = NEW."id") OR EXISTS (SELECT 1 FROM "attachment" WHERE rowid = NEW.rowid)
      THEN RAISE(ABORT, 'attachment: this row exists; change it with UPDATE (REPLACE and upsert would lose what it holds)')

    WHEN NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'attachment: only the row''s own unit may add it')

    WHEN NEW."proposal" = '' OR instr(NEW."proposal", '/') OR length(NEW."proposal") > 100 OR length(CAST(NEW."proposal" AS BLOB)) > 300 OR instr(NEW."proposal", char(0)) OR NEW."proposal" GLOB '*[' || char(1) || '-' || char(31) || char(127) || char(768) || '-' || char(879) || ']*' OR NEW."proposal" <> trim(NEW."proposal", ' ' || char(160, 12288)) OR (NEW."proposal" GLOB '*[^ -~]*' AND EXISTS (SELECT 1 FROM (SELECT substr(NEW."proposal", a.column1 * 10 + b.column1 + 1, 1) AS c FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS a, (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS b) WHERE c <> '' AND c IS NOT char(unicode(c))))
      THEN RAISE(ABORT, 'attachment: proposal cannot be used as a key')

    WHEN NEW."unit" = '' OR instr(NEW."unit", '/') OR length(NEW."unit") > 100 OR length(CAST(NEW."unit" AS BLOB)) > 300 OR instr(NEW."unit", char(0)) OR NEW."unit" GLOB '*[' || char(1) || '-' || char(31) || char(127) || char(768) || '-' || char(879) || ']*' OR NEW."unit" <> trim(NEW."unit", ' ' || char(160, 12288)) OR (NEW."unit" GLOB '*[^ -~]*' AND EXISTS (SELECT 1 FROM (SELECT substr(NEW."unit", a.column1 * 10 + b.column1 + 1, 1) AS c FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS a, (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS b) WHERE c <> '' AND c IS NOT char(unicode(c))))
      THEN RAISE(ABORT, 'attachment: unit cannot be used as a key')

    WHEN NEW."id" = '' OR instr(NEW."id", '/') OR length(NEW."id") > 100 OR length(CAST(NEW."id" AS BLOB)) > 300 OR instr(NEW."id", char(0)) OR NEW."id" GLOB '*[' || char(1) || '-' || char(31) || char(127) || char(768) || '-' || char(879) || ']*' OR NEW."id" <> trim(NEW."id", ' ' || char(160, 12288)) OR (NEW."id" GLOB '*[^ -~]*' AND EXISTS (SELECT 1 FROM (SELECT substr(NEW."id", a.column1 * 10 + b.column1 + 1, 1) AS c FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS a, (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS b) WHERE c <> '' AND c IS NOT char(unicode(c))))
      THEN RAISE(ABORT, 'attachment: id cannot be used as a key')

    WHEN length(CAST(NEW."proposal" || '/' || NEW."unit" || '/' || NEW."id" AS BLOB)) > 512
      THEN RAISE(ABORT, 'attachment: the key is longer than 512 bytes')

    WHEN NOT EXISTS (SELECT 1 FROM "proposal" WHERE "key" = NEW."proposal")
      THEN RAISE(ABORT, 'attachment: no such proposal here')

    WHEN NEW."name" IS NOT NULL AND NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'attachment.name (文件名): only the office and the row''s own unit may write it')

    WHEN length(CAST(NEW."name" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'attachment.name (文件名): is larger than 4 MiB')

    WHEN NEW."sha256" IS NOT NULL AND NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'attachment.sha256 (校验值): only the office and the row''s own unit may write it')

    WHEN length(CAST(NEW."sha256" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'attachment.sha256 (校验值): is larger than 4 MiB')

    WHEN NEW."size" IS NOT NULL AND NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'attachment.size (字节数): only the office and the row''s own unit may write it')

    WHEN NEW."void" IS NOT NULL AND NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'attachment.void (作废): only the office and the row''s own unit may write it')

    WHEN NEW."void" NOT IN (0, 1)
      THEN RAISE(ABORT, 'attachment.void (作废): is not 0 or 1')

    WHEN NEW."void_reason" IS NOT NULL AND NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'attachment.void_reason (作废理由): only the office and the row''s own unit may write it')

    WHEN length(CAST(NEW."void_reason" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'attachment.void_reason (作废理由): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_attachment_inserted" AFTER INSERT ON "attachment"
BEGIN
  SELECT RAISE(ABORT, 'attachment: a rowid below 1 cannot be used')
   WHERE NEW.rowid < 1;
  INSERT INTO _pending(entity, field, row, value, at)
  SELECT 17, f, NEW."proposal" || '/' || NEW."unit" || '/' || NEW."id", v, CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER)
    FROM (SELECT 3 AS f, NEW."name" AS v UNION ALL SELECT 4, NEW."sha256" UNION ALL SELECT 5, NEW."size" UNION ALL SELECT 1, NEW."void" UNION ALL SELECT 2, NEW."void_reason" UNION ALL SELECT 0, 1 WHERE coalesce(NEW."name", NEW."sha256", NEW."size", NEW."void", NEW."void_reason") IS NULL)
   WHERE v IS NOT NULL;
END;
CREATE TRIGGER "_attachment_name_check" BEFORE UPDATE OF "name" ON "attachment"
WHEN OLD."name" IS NOT NEW."name"
BEGIN
  SELECT CASE
    WHEN NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'attachment.name (文件名): only the office and the row''s own unit may write it')

    WHEN length(CAST(NEW."name" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'attachment.name (文件名): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_attachment_name" AFTER UPDATE OF "name" ON "attachment"
WHEN OLD."name" IS NOT NEW."name"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (17, 3, NEW."proposal" || '/' || NEW."unit" || '/' || NEW."id", NEW."name", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_attachment_sha256_check" BEFORE UPDATE OF "sha256" ON "attachment"
WHEN OLD."sha256" IS NOT NEW."sha256"
BEGIN
  SELECT CASE
    WHEN NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'attachment.sha256 (校验值): only the office and the row''s own unit may write it')

    WHEN length(CAST(NEW."sha256" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'attachment.sha256 (校验值): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_attachment_sha256" AFTER UPDATE OF "sha256" ON "attachment"
WHEN OLD."sha256" IS NOT NEW."sha256"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (17, 4, NEW."proposal" || '/' || NEW."unit" || '/' || NEW."id", NEW."sha256", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_attachment_size_check" BEFORE UPDATE OF "size" ON "attachment"
WHEN OLD."size" IS NOT NEW."size"
BEGIN
  SELECT CASE
    WHEN NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'attachment.size (字节数): only the office and the row''s own unit may write it')

  END;
END;
CREATE TRIGGER "_attachment_size" AFTER UPDATE OF "size" ON "attachment"
WHEN OLD."size" IS NOT NEW."size"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (17, 5, NEW."proposal" || '/' || NEW."unit" || '/' || NEW."id", NEW."size", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_attachment_void_check" BEFORE UPDATE OF "void" ON "attachment"
WHEN OLD."void" IS NOT NEW."void"
BEGIN
  SELECT CASE
    WHEN NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'attachment.void (作废): only the office and the row''s own unit may write it')

    WHEN NEW."void" NOT IN (0, 1)
      THEN RAISE(ABORT, 'attachment.void (作废): is not 0 or 1')

  END;
END;
CREATE TRIGGER "_attachment_void" AFTER UPDATE OF "void" ON "attachment"
WHEN OLD."void" IS NOT NEW."void"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (17, 1, NEW."proposal" || '/' || NEW."unit" || '/' || NEW."id", NEW."void", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_attachment_void_reason_check" BEFORE UPDATE OF "void_reason" ON "attachment"
WHEN OLD."void_reason" IS NOT NEW."void_reason"
BEGIN
  SELECT CASE
    WHEN NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'attachment.void_reason (作废理由): only the office and the row''s own unit may write it')

    WHEN length(CAST(NEW."void_reason" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'attachment.void_reason (作废理由): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_attachment_void_reason" AFTER UPDATE OF "void_reason" ON "attachment"
WHEN OLD."void_reason" IS NOT NEW."void_reason"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (17, 2, NEW."proposal" || '/' || NEW."unit" || '/' || NEW."id", NEW."void_reason", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_attachment_key" BEFORE UPDATE ON "attachment"
WHEN OLD.rowid IS NOT NEW.rowid OR OLD."proposal" IS NOT NEW."proposal" OR OLD."unit" IS NOT NEW."unit" OR OLD."id" IS NOT NEW."id"
BEGIN
  SELECT RAISE(ABORT, 'attachment: a row''s key cannot be changed');
END;
CREATE TRIGGER "_attachment_delete" BEFORE DELETE ON "attachment"
BEGIN
  SELECT RAISE(ABORT, 'attachment: rows are not deleted; set void = 1 and void_reason');
END;
CREATE TRIGGER "_event_insert" BEFORE INSERT ON "event"
BEGIN
  SELECT CASE
    WHEN EXISTS (SELECT 1 FROM "event" WHERE "proposal" = NEW."proposal" AND "unit" = NEW."unit" AND "id" = NEW."id") OR EXISTS (SELECT 1 FROM "event" WHERE rowid = NEW.rowid)
      THEN RAISE(ABORT, 'event: this row exists; change it with UPDATE (REPLACE and upsert would lose what it holds)')

    WHEN NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'event: only the row''s own unit may add it')

    WHEN NEW."proposal" = '' OR instr(NEW."proposal", '/') OR length(NEW."proposal") > 100 OR length(CAST(NEW."proposal" AS BLOB)) > 300 OR instr(NEW."proposal", char(0)) OR NEW."proposal" GLOB '*[' || char(1) || '-' || char(31) || char(127) || char(768) || '-' || char(879) || ']*' OR NEW."proposal" <> trim(NEW."proposal", ' ' || char(160, 12288)) OR (NEW."proposal" GLOB '*[^ -~]*' AND EXISTS (SELECT 1 FROM (SELECT substr(NEW."proposal", a.column1 * 10 + b.column1 + 1, 1) AS c FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS a, (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS b) WHERE c <> '' AND c IS NOT char(unicode(c))))
      THEN RAISE(ABORT, 'event: proposal cannot be used as a key')

    WHEN NEW."unit" = '' OR instr(NEW."unit", '/') OR length(NEW."unit") > 100 OR length(CAST(NEW."unit" AS BLOB)) > 300 OR instr(NEW."unit", char(0)) OR NEW."unit" GLOB '*[' || char(1) || '-' || char(31) || char(127) || char(768) || '-' || char(879) || ']*' OR NEW."unit" <> trim(NEW."unit", ' ' || char(160, 12288)) OR (NEW."unit" GLOB '*[^ -~]*' AND EXISTS (SELECT 1 FROM (SELECT substr(NEW."unit", a.column1 * 10 + b.column1 + 1, 1) AS c FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS a, (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS b) WHERE c <> '' AND c IS NOT char(unicode(c))))
      THEN RAISE(ABORT, 'event: unit cannot be used as a key')

    WHEN NEW."id" = '' OR instr(NEW."id", '/') OR length(NEW."id") > 100 OR length(CAST(NEW."id" AS BLOB)) > 300 OR instr(NEW."id", char(0)) OR NEW."id" GLOB '*[' || char(1) || '-' || char(31) || char(127) || char(768) || '-' || char(879) || ']*' OR NEW."id" <> trim(NEW."id", ' ' || char(160, 12288)) OR (NEW."id" GLOB '*[^ -~]*' AND EXISTS (SELECT 1 FROM (SELECT substr(NEW."id", a.column1 * 10 + b.column1 + 1, 1) AS c FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS a, (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS b) WHERE c <> '' AND c IS NOT char(unicode(c))))
      THEN RAISE(ABORT, 'event: id cannot be used as a key')

    WHEN length(CAST(NEW."proposal" || '/' || NEW."unit" || '/' || NEW."id" AS BLOB)) > 512
      THEN RAISE(ABORT, 'event: the key is longer than 512 bytes')

    WHEN NOT EXISTS (SELECT 1 FROM "proposal" WHERE "key" = NEW."proposal")
      THEN RAISE(ABORT, 'event: no such proposal here')

    WHEN NEW."kind" IS NOT NULL AND NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'event.kind (事项): only the office and the row''s own unit may write it')

    WHEN NEW."kind" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM code WHERE list = 'event' AND code = NEW."kind")
      THEN RAISE(ABORT, 'event.kind (事项): is not a code of its list (table code)')

    WHEN NEW."at" IS NOT NULL AND NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'event.at (时间): only the office and the row''s own unit may write it')

    WHEN NEW."at" IS NOT strftime('%Y-%m-%dT%H:%M:%SZ', NEW."at", '+0 days')
      THEN RAISE(ABORT, 'event.at (时间): is not a time like 2022-06-30T09:15:00Z')

    WHEN NEW."detail" IS NOT NULL AND NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'event.detail (说明): only the office and the row''s own unit may write it')

    WHEN length(CAST(NEW."detail" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'event.detail (说明): is larger than 4 MiB')

    WHEN NEW."text_hash" IS NOT NULL AND NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'event.text_hash (文本校验): only the office and the row''s own unit may write it')

    WHEN length(CAST(NEW."text_hash" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'event.text_hash (文本校验): is larger than 4 MiB')

    WHEN NEW."until" IS NOT NULL AND NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'event.until (期限): only the office and the row''s own unit may write it')

    WHEN NEW."until" IS NOT date(NEW."until", '+0 days')
      THEN RAISE(ABORT, 'event.until (期限): is not a date like 2022-06-30')

    WHEN NEW."void" IS NOT NULL AND NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'event.void (作废): only the office and the row''s own unit may write it')

    WHEN NEW."void" NOT IN (0, 1)
      THEN RAISE(ABORT, 'event.void (作废): is not 0 or 1')

    WHEN NEW."void_reason" IS NOT NULL AND NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'event.void_reason (作废理由): only the office and the row''s own unit may write it')

    WHEN length(CAST(NEW."void_reason" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'event.void_reason (作废理由): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_event_inserted" AFTER INSERT ON "event"
BEGIN
  SELECT RAISE(ABORT, 'event: a rowid below 1 cannot be used')
   WHERE NEW.rowid < 1;
  INSERT INTO _pending(entity, field, row, value, at)
  SELECT 18, f, NEW."proposal" || '/' || NEW."unit" || '/' || NEW."id", v, CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER)
    FROM (SELECT 3 AS f, NEW."kind" AS v UNION ALL SELECT 4, NEW."at" UNION ALL SELECT 5, NEW."detail" UNION ALL SELECT 6, NEW."text_hash" UNION ALL SELECT 7, NEW."until" UNION ALL SELECT 1, NEW."void" UNION ALL SELECT 2, NEW."void_reason" UNION ALL SELECT 0, 1 WHERE coalesce(NEW."kind", NEW."at", NEW."detail", NEW."text_hash", NEW."until", NEW."void", NEW."void_reason") IS NULL)
   WHERE v IS NOT NULL;
END;
CREATE TRIGGER "_event_kind_check" BEFORE UPDATE OF "kind" ON "event"
WHEN OLD."kind" IS NOT NEW."kind"
BEGIN
  SELECT CASE
    WHEN NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'event.kind (事项): only the office and the row''s own unit may write it')

    WHEN NEW."kind" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM code WHERE list = 'event' AND code = NEW."kind")
      THEN RAISE(ABORT, 'event.kind (事项): is not a code of its list (table code)')

  END;
END;
CREATE TRIGGER "_event_kind" AFTER UPDATE OF "kind" ON "event"
WHEN OLD."kind" IS NOT NEW."kind"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (18, 3, NEW."proposal" || '/' || NEW."unit" || '/' || NEW."id", NEW."kind", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_event_at_check" BEFORE UPDATE OF "at" ON "event"
WHEN OLD."at" IS NOT NEW."at"
BEGIN
  SELECT CASE
    WHEN NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'event.at (时间): only the office and the row''s own unit may write it')

    WHEN NEW."at" IS NOT strftime('%Y-%m-%dT%H:%M:%SZ', NEW."at", '+0 days')
      THEN RAISE(ABORT, 'event.at (时间): is not a time like 2022-06-30T09:15:00Z')

  END;
END;
CREATE TRIGGER "_event_at" AFTER UPDATE OF "at" ON "event"
WHEN OLD."at" IS NOT NEW."at"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (18, 4, NEW."proposal" || '/' || NEW."unit" || '/' || NEW."id", NEW."at", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_event_detail_check" BEFORE UPDATE OF "detail" ON "event"
WHEN OLD."detail" IS NOT NEW."detail"
BEGIN
  SELECT CASE
    WHEN NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'event.detail (说明): only the office and the row''s own unit may write it')

    WHEN length(CAST(NEW."detail" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'event.detail (说明): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_event_detail" AFTER UPDATE OF "detail" ON "event"
WHEN OLD."detail" IS NOT NEW."detail"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (18, 5, NEW."proposal" || '/' || NEW."unit" || '/' || NEW."id", NEW."detail", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_event_text_hash_check" BEFORE UPDATE OF "text_hash" ON "event"
WHEN OLD."text_hash" IS NOT NEW."text_hash"
BEGIN
  SELECT CASE
    WHEN NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'event.text_hash (文本校验): only the office and the row''s own unit may write it')

    WHEN length(CAST(NEW."text_hash" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'event.text_hash (文本校验): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_event_text_hash" AFTER UPDATE OF "text_hash" ON "event"
WHEN OLD."text_hash" IS NOT NEW."text_hash"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (18, 6, NEW."proposal" || '/' || NEW."unit" || '/' || NEW."id", NEW."text_hash", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_event_until_check" BEFORE UPDATE OF "until" ON "event"
WHEN OLD."until" IS NOT NEW."until"
BEGIN
  SELECT CASE
    WHEN NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'event.until (期限): only the office and the row''s own unit may write it')

    WHEN NEW."until" IS NOT date(NEW."until", '+0 days')
      THEN RAISE(ABORT, 'event.until (期限): is not a date like 2022-06-30')

  END;
END;
CREATE TRIGGER "_event_until" AFTER UPDATE OF "until" ON "event"
WHEN OLD."until" IS NOT NEW."until"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (18, 7, NEW."proposal" || '/' || NEW."unit" || '/' || NEW."id", NEW."until", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_event_void_check" BEFORE UPDATE OF "void" ON "event"
WHEN OLD."void" IS NOT NEW."void"
BEGIN
  SELECT CASE
    WHEN NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'event.void (作废): only the office and the row''s own unit may write it')

    WHEN NEW."void" NOT IN (0, 1)
      THEN RAISE(ABORT, 'event.void (作废): is not 0 or 1')

  END;
END;
CREATE TRIGGER "_event_void" AFTER UPDATE OF "void" ON "event"
WHEN OLD."void" IS NOT NEW."void"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (18, 1, NEW."proposal" || '/' || NEW."unit" || '/' || NEW."id", NEW."void", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_event_void_reason_check" BEFORE UPDATE OF "void_reason" ON "event"
WHEN OLD."void_reason" IS NOT NEW."void_reason"
BEGIN
  SELECT CASE
    WHEN NEW."unit" IS NOT 'edu'
      THEN RAISE(ABORT, 'event.void_reason (作废理由): only the office and the row''s own unit may write it')

    WHEN length(CAST(NEW."void_reason" AS BLOB)) > 4194304
      THEN RAISE(ABORT, 'event.void_reason (作废理由): is larger than 4 MiB')

  END;
END;
CREATE TRIGGER "_event_void_reason" AFTER UPDATE OF "void_reason" ON "event"
WHEN OLD."void_reason" IS NOT NEW."void_reason"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (18, 2, NEW."proposal" || '/' || NEW."unit" || '/' || NEW."id", NEW."void_reason", CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER));
END;
CREATE TRIGGER "_event_key" BEFORE UPDATE ON "event"
WHEN OLD.rowid IS NOT NEW.rowid OR OLD."proposal" IS NOT NEW."proposal" OR OLD."unit" IS NOT NEW."unit" OR OLD."id" IS NOT NEW."id"
BEGIN
  SELECT RAISE(ABORT, 'event: a row''s key cannot be changed');
END;
CREATE TRIGGER "_event_delete" BEFORE DELETE ON "event"
BEGIN
  SELECT RAISE(ABORT, 'event: rows are not deleted; set void = 1 and void_reason');
END;
CREATE VIEW proposal_status(key, status) AS
SELECT p.key, CASE
  WHEN p.void = 1 THEN '作废'
  WHEN p.withdrawn = 1 THEN '撤案'
  WHEN p.merged_into IS NOT NULL OR p.review = 'merged' THEN '并案'
  WHEN p.review = 'rejected' THEN '不立案'
  WHEN p.review = 'forwarded' THEN '转意见建议'
  WHEN EXISTS (SELECT 1 FROM event e WHERE e.proposal = p.key
                AND e.kind = 'withdrawn' AND e.void IS NOT 1) THEN '撤案'
  WHEN NOT EXISTS (SELECT 1 FROM handling h WHERE h.proposal = p.key
                    AND h.role IN ('main', 'split') AND h.void IS NOT 1
                    AND h.assigned_on IS NOT NULL)
    AND NOT EXISTS (SELECT 1 FROM event e WHERE e.proposal = p.key
                     AND e.kind = 'submitted' AND e.void IS NOT 1)
    THEN CASE
      WHEN p.review = 'filed' THEN '立案'
      WHEN p.received_on IS NOT NULL OR p.case_no IS NOT NULL THEN '已提交'
      ELSE '草稿' END
  ELSE (
    SELECT CASE
      WHEN f.archived >= f.redo THEN '归档'
      WHEN f.dissatisfied > 0 THEN '重新办理'
      WHEN f.answered > 0 THEN '办结'
      WHEN f.sent >= f.redo AND f.sent >= f.submitted THEN '已答复'
      WHEN f.passed >= f.redo AND f.passed >= f.submitted
       AND f.submitted >= f.redo AND f.submitted > '' THEN '审核通过'
      WHEN f.failed >= f.redo AND f.failed >= f.submitted
       AND f.failed > '' THEN '审核驳回'
      WHEN f.submitted >= f.redo AND f.submitted > '' AND f.waiting = 0
        THEN '答复待审'
      WHEN f.redo > ' ' AND f.begun < f.redo THEN '重新办理'
      WHEN f.begun >= f.redo AND f.begun > '' THEN '办理中'
      WHEN EXISTS (SELECT 1 FROM handling h WHERE h.proposal = p.key
                    AND h.draft IS NOT NULL AND h.void IS NOT 1)
        OR EXISTS (SELECT 1 FROM contact c WHERE c.proposal = p.key
                    AND c.void IS NOT 1) THEN '办理中'
      ELSE '交办' END
    FROM (
      SELECT e.redo, e.submitted, e.passed, e.failed, e.sent, e.archived,
        e.begun,
        -- Main or separate units that have not replied in this round.
        (SELECT count(*) FROM handling h WHERE h.proposal = p.key
            AND h.role IN ('main', 'split') AND h.void IS NOT 1
            AND NOT EXISTS (
              SELECT 1 FROM event s WHERE s.proposal = p.key
                 AND s.unit = h.unit AND s.kind = 'submitted'
                 AND s.void IS NOT 1 AND coalesce(s.at, '') >= e.redo)
            -- The office typing in a reply speaks for the unit.
            AND NOT EXISTS (
              SELECT 1 FROM event s WHERE s.proposal = p.key
                 AND s.unit = 'office' AND s.kind = 'submitted'
                 AND s.void IS NOT 1 AND coalesce(s.at, '') >= e.redo
                 AND h.draft IS NOT NULL)) AS waiting,
        -- The sponsors' forms of this round.
        (SELECT count(*) FROM feedback b WHERE b.proposal = p.key
            AND b.void IS NOT 1 AND b.round = e.rounds + 1
            AND 'dissatisfied' IN (b.process, b.result)) AS dissatisfied,
        (SELECT count(*) FROM feedback b WHERE b.proposal = p.key
            AND b.void IS NOT 1 AND b.round = e.rounds + 1
            AND b.result IS NOT NULL) AS answered
      FROM (
        -- One pass over the flow: when each thing last happened.
        SELECT
          coalesce(max(at) FILTER (WHERE kind = 'redo'), ' ') AS redo,
          count(*) FILTER (WHERE kind = 'redo') AS rounds,
          coalesce(max(at) FILTER (WHERE kind = 'submitted'), '')
            AS submitted,
          coalesce(max(at) FILTER (WHERE kind = 'passed'), '') AS passed,
          coalesce(max(at) FILTER (WHERE kind = 'failed'), '') AS failed,
          coalesce(max(at) FILTER (WHERE kind = 'sent'), '') AS sent,
          coalesce(max(at) FILTER (WHERE kind = 'archived'), '')
            AS archived,
          coalesce(max(at) FILTER (WHERE kind IN ('receipt',
            'return_asked', 'extension_asked', 'countersigned',
            'submitted')), '') AS begun
        FROM event WHERE event.proposal = p.key AND event.void IS NOT 1) AS e
    ) AS f)
  END
FROM proposal p
;
CREATE VIEW overdue(key, due, days) AS
SELECT d.key, d.due,
  CAST(julianday('now', 'localtime', 'start of day') - julianday(d.due)
    AS INTEGER)
FROM (
  SELECT p.key, coalesce(p.due, (
    SELECT min(h.due) FROM handling h WHERE h.proposal = p.key
       AND h.role IN ('main', 'split') AND h.void IS NOT 1)) AS due
  FROM proposal p) AS d
WHERE d.due < date('now', 'localtime')
  AND (SELECT s.status FROM proposal_status s WHERE s.key = d.key)
   IN ('已提交', '立案', '交办', '办理中', '审核驳回', '重新办理');
CREATE VIEW conflict(case_key, entity, row, field, label, severity, confirm,
  heads) AS
SELECT r.scope, coalesce(e.name, CAST(r.entity AS TEXT)), r.key,
  coalesce(f.name, CAST(c.cell & 4095 AS TEXT)), f.zh,
  CASE c.severity WHEN 2 THEN 'hard' ELSE 'soft' END, c.confirm,
  (SELECT count(*) FROM _head h WHERE h.cell = c.cell)
FROM _conflict c
JOIN _row r ON r.id = c.cell >> 12
LEFT JOIN _entity e ON e.id = r.entity
LEFT JOIN _field f ON f.entity = r.entity AND f.id = c.cell & 4095;
COMMIT;
