-- domain.sql - entities and fields of proposal handling (提案办理).
--
-- Data, not code: the engine makes the tables, the capture triggers and the
-- register from these rows. Adding a field is one row here.
--
-- The versions of the schema stand below each other: version n is what the
-- parts up to `--@ version n` make. A released part is never touched again; a
-- later one INSERTs, or UPDATEs a label, a rule, a policy. So an old merge is
-- recomputed with the rules of its day (sync/README.md).
--
-- _entity: id, name, zh, en, scope, keys, owner, creators
--   scope    case: travels with its proposal · all: every site · office
--   keys     key columns; the row key is their values joined by '/'
--   owner    the key column that names the site owning the row
--   creators who may add a row: office, owner
-- _field: entity, id, name, type, list, zh, en, writers, policy, publish
--   id       stable for ever, never used again; 1 and 2 are void, void_reason;
--            1024 and above belong to fields added at run time
--   type     text long int bool date time code set unit
--   writers  office, owner (the row's own unit)
--   policy   office owner newest text set strictest append review
--   publish  1: may leave in a publication

INSERT INTO _entity(id, name, zh, en, scope, keys, owner, creators) VALUES
 (1,  'session',    '届次',     'session',      'all',    'key',                NULL,   'office'),
 (2,  'unit',       '单位',     'unit',         'all',    'code',               NULL,   'office'),
 (3,  'signer',     '签名密钥', 'signing key',  'office', 'site fingerprint',   NULL,   'office'),
 (4,  'code',       '代码',     'code',         'all',    'list code',          NULL,   'office'),
 (9,  'mailbox',    '信箱',     'mailbox',      'office', 'site',               NULL,   'office'),
 (10, 'proposal',   '提案',     'proposal',     'case',   'key',                NULL,   'office'),
 (11, 'handling',   '承办',     'handling',     'case',   'proposal unit',      'unit', 'office'),
 (12, 'leader',     '领导',     'leader',       'case',   'proposal name',      NULL,   'office'),
 (13, 'contact',    '沟通',     'contact',      'case',   'proposal unit id',   'unit', 'office owner'),
 (14, 'measure',    '办理措施', 'measure',      'case',   'proposal unit id',   'unit', 'owner'),
 (15, 'feedback',   '征询意见', 'feedback',     'case',   'proposal sponsor round', NULL, 'office'),
 (16, 'tracking',   '跟踪',     'tracking',     'case',   'proposal unit id',   'unit', 'owner'),
 (17, 'attachment', '附件',     'attachment',   'case',   'proposal unit id',   'unit', 'office owner'),
 (18, 'event',      '流程',     'event',        'case',   'proposal unit id',   'unit', 'office owner');

INSERT INTO _field(entity, id, name, type, list, zh, en, writers, policy, publish) VALUES
 (1, 3,  'committee',    'text', NULL, '委员会',   'committee',        'office', 'office', 1),
 (1, 4,  'name',         'text', NULL, '会议',     'session',          'office', 'office', 1),
 (1, 5,  'received',     'int',  NULL, '收到件数', 'received',         'office', 'office', 1),
 (1, 6,  'filed',        'int',  NULL, '立案件数', 'filed',            'office', 'office', 1),
 (1, 7,  'led',          'int',  NULL, '领办件数', 'led',              'office', 'office', 1),
 (1, 8,  'supervised',   'int',  NULL, '督办件数', 'supervised',       'office', 'office', 1),
 (1, 9,  'due_months',   'int',  NULL, '办理期限（月）', 'months to reply', 'office', 'office', 0),
 (1, 10, 'holidays',     'set',  NULL, '节假日',   'holidays',         'office', 'office', 0),
 (1, 11, 'opened',       'date', NULL, '开幕日期', 'opened',           'office', 'office', 1),
 (1, 12, 'headline',     'text', NULL, '标题',     'headline',         'office', 'office', 1),
 (1, 13, 'due_days',     'int',  NULL, '办理期限（工作日）', 'working days to reply', 'office', 'office', 0),
 (1, 14, 'receipt_days', 'int',  NULL, '签收期限（工作日）', 'working days to receive', 'office', 'office', 0),
 (1, 15, 'return_days',  'int',  NULL, '申退期限（工作日）', 'working days to ask for release', 'office', 'office', 0),
 (1, 16, 'co_days',      'int',  NULL, '会办期限（工作日）', 'working days for opinions', 'office', 'office', 0),
 (1, 17, 'redo_days',    'int',  NULL, '重办期限（工作日）', 'working days of a further round', 'office', 'office', 0),
 (1, 18, 'workdays',     'set',  NULL, '调休上班日', 'weekend days worked', 'office', 'office', 0),

 (2, 3,  'name',         'text', NULL, '名称',     'name',             'office', 'office', 1),
 (2, 4,  'kind',         'text', NULL, '类型',     'kind',             'office', 'office', 0),
 (2, 5,  'aliases',      'set',  NULL, '别名',     'aliases',          'office', 'office', 0),

 (3, 3,  'public_key',   'text', NULL, '公钥',     'public key',       'office', 'office', 0),
 (3, 4,  'valid_from',   'time', NULL, '启用',     'valid from',       'office', 'office', 0),
 (3, 5,  'valid_until',  'time', NULL, '停用',     'valid until',      'office', 'office', 0),
 (3, 6,  'note',         'text', NULL, '备注',     'note',             'office', 'office', 0),

 (4, 3,  'zh',           'text', NULL, '中文',     'Chinese',          'office', 'office', 1),
 (4, 4,  'en',           'text', NULL, '英文',     'English',          'office', 'office', 1),
 (4, 5,  'rank',         'int',  NULL, '次序',     'rank',             'office', 'office', 0),
 (4, 6,  'aliases',      'set',  NULL, '别名',     'aliases',          'office', 'office', 1),

 (9, 3,  'url',          'text', NULL, '地址',     'address',          'office', 'office', 0),
 (9, 4,  'note',         'text', NULL, '备注',     'note',             'office', 'office', 0),

 (10, 3,  'case_no',        'text', NULL,        '案号',     'case number',      'office', 'office', 1),
 (10, 4,  'title',          'text', NULL,        '案由',     'title',            'office', 'office', 1),
 (10, 5,  'body',           'long', NULL,        '正文',     'body',             'office', 'office', 0),
 (10, 6,  'sponsors',       'set',  NULL,        '提案人',   'sponsors',         'office', 'set',    1),
 (10, 7,  'sector',         'text', NULL,        '界别',     'sector',           'office', 'office', 1),
 (10, 8,  'sector_raw',     'text', NULL,        '界别原文', 'sector as printed','office', 'office', 1),
 (10, 9,  'kind',           'code', 'kind',      '类型',     'kind',             'office', 'office', 1),
 (10, 10, 'category',       'text', NULL,        '类别',     'category',         'office', 'office', 1),
 (10, 11, 'in_session',     'bool', NULL,        '会间',     'in session',       'office', 'office', 1),
 (10, 12, 'review',         'code', 'review',    '审查结果', 'review',           'office', 'review', 1),
 (10, 13, 'review_reason',  'text', NULL,        '审查理由', 'review reason',    'office', 'office', 0),
 (10, 14, 'merged_into',    'text', NULL,        '并入',     'merged into',      'office', 'review', 1),
 (10, 15, 'is_key',         'bool', NULL,        '重点',     'key proposal',     'office', 'office', 1),
 (10, 16, 'due',            'date', NULL,        '办结期限', 'due',              'office', 'office', 1),
 (10, 17, 'due_rule',       'text', NULL,        '期限依据', 'rule of the date', 'office', 'office', 0),
 (10, 18, 'class_confirmed','code', 'class',     '核定类别', 'confirmed class',  'office', 'office', 1),
 (10, 19, 'publicity',      'code', 'publicity', '公开属性', 'publicity',        'office', 'strictest', 1),
 (10, 20, 'public_text',    'long', NULL,        '公开稿',   'public text',      'office', 'office', 1),
 (10, 21, 'received_on',    'date', NULL,        '收到日期', 'received on',      'office', 'office', 1),
 (10, 22, 'filed_on',       'date', NULL,        '立案日期', 'filed on',         'office', 'office', 1),
 (10, 23, 'position',       'int',  NULL,        '刊登次序', 'printed position', 'office', 'office', 0),
 (10, 24, 'withdrawn',      'bool', NULL,        '撤案',     'withdrawn',        'office', 'review', 1),

 (11, 3,  'role',           'code', 'role',      '分工',     'role',             'office', 'review', 1),
 (11, 4,  'assigned_on',    'date', NULL,        '交办日期', 'assigned on',      'office', 'office', 1),
 (11, 5,  'due',            'date', NULL,        '答复期限', 'reply due',        'office', 'office', 1),
 (11, 6,  'contact_name',   'text', NULL,        '承办人',   'contact',          'owner',  'owner',  0),
 (11, 7,  'phone',          'text', NULL,        '电话',     'phone',            'owner',  'owner',  0),
 (11, 8,  'draft',          'long', NULL,        '答复正文', 'reply',            'office owner', 'text', 1),
 (11, 9,  'class_proposed', 'code', 'class',     '拟定类别', 'proposed class',   'office owner', 'owner', 1),
 (11, 10, 'doc_no',         'text', NULL,        '文号',     'document number',  'owner',  'owner',  1),
 (11, 11, 'signer',         'text', NULL,        '签发人',   'signed by',        'owner',  'owner',  0),
 (11, 12, 'signed_at',      'date', NULL,        '签发日期', 'signed on',        'owner',  'owner',  1),
 (11, 13, 'signed_hash',    'text', NULL,        '签发稿',   'text signed',      'owner',  'owner',  0),
 (11, 14, 'countersigned_hash', 'text', NULL,    '会签稿',   'text countersigned', 'owner', 'owner', 0),
 (11, 15, 'publicity_proposed', 'code', 'publicity', '拟公开属性', 'proposed publicity', 'owner', 'strictest', 0),
 -- What a list or a letter on paper says, entered by the office; the unit's
 -- own stands before it, and only that is a signature.
 (11, 16, 'doc_no_entered', 'text', NULL,        '登记文号', 'number as entered', 'office', 'office', 1),
 (11, 17, 'signed_entered', 'date', NULL,        '登记日期', 'date as entered',  'office', 'office', 1),

 (12, 3,  'post',           'text', NULL,        '职务',     'post',             'office', 'office', 1),
 (12, 4,  'mode',           'code', 'leading',   '方式',     'mode',             'office', 'office', 1),

 (13, 3,  'at',             'date', NULL,        '时间',     'date',             'office owner', 'append', 0),
 (13, 4,  'mode',           'code', 'contact',   '方式',     'mode',             'office owner', 'append', 0),
 (13, 5,  'people',         'text', NULL,        '参加人',   'people',           'office owner', 'append', 0),
 (13, 6,  'result',         'text', NULL,        '结果',     'result',           'office owner', 'append', 0),

 (14, 3,  'suggestion',     'text', NULL,        '建议',     'suggestion',       'owner',  'owner',  1),
 (14, 4,  'state',          'code', 'measure',   '落实情况', 'state',            'owner',  'owner',  1),
 (14, 5,  'deadline',       'date', NULL,        '完成时限', 'deadline',         'owner',  'owner',  1),
 (14, 6,  'reason',         'text', NULL,        '说明',     'reason',           'owner',  'owner',  1),

 (15, 3,  'process',        'code', 'satisfaction', '办理过程', 'process',       'office', 'append', 1),
 (15, 4,  'result',         'code', 'satisfaction', '办理结果', 'result',        'office', 'append', 1),
 (15, 5,  'opinion',        'long', NULL,        '意见',     'opinion',          'office', 'append', 0),
 (15, 6,  'at',             'date', NULL,        '日期',     'date',             'office', 'append', 1),

 (16, 3,  'at',             'date', NULL,        '日期',     'date',             'owner',  'append', 0),
 (16, 4,  'note',           'long', NULL,        '进展',     'progress',         'owner',  'append', 1),
 (16, 5,  'confirmed',      'bool', NULL,        '确认',     'confirmed',        'office', 'office', 0),

 (17, 3,  'name',           'text', NULL,        '文件名',   'name',             'office owner', 'append', 1),
 (17, 4,  'sha256',         'text', NULL,        '校验值',   'SHA-256',          'office owner', 'append', 1),
 (17, 5,  'size',           'int',  NULL,        '字节数',   'size',             'office owner', 'append', 1),

 (18, 3,  'kind',           'code', 'event',     '事项',     'event',            'office owner', 'append', 0),
 (18, 4,  'at',             'time', NULL,        '时间',     'time',             'office owner', 'append', 0),
 (18, 5,  'detail',         'text', NULL,        '说明',     'detail',           'office owner', 'append', 0),
 (18, 6,  'text_hash',      'text', NULL,        '文本校验', 'hash of the text', 'office owner', 'append', 0),
 (18, 7,  'until',          'date', NULL,        '期限',     'until',            'office owner', 'append', 0),
 (18, 8,  'target',         'unit', NULL,        '对象',     'unit meant',       'office owner', 'append', 0);

-- Every row of every entity can be voided with a reason, never deleted.
INSERT INTO _field(entity, id, name, type, list, zh, en, writers, policy, publish)
SELECT id, 1, 'void', 'bool', NULL, '作废', 'void', creators, 'review', 0
  FROM _entity;
INSERT INTO _field(entity, id, name, type, list, zh, en, writers, policy, publish)
SELECT id, 2, 'void_reason', 'text', NULL, '作废理由', 'reason of voiding', creators, 'newest', 0
  FROM _entity;

--@ version 2
-- Fields that the office adds while everything runs: rows of an entity like
-- any other, so they are logged, signed, merged and carried to every unit
-- (core/schema/definition.h).
INSERT INTO _entity(id, name, zh, en, scope, keys, owner, creators) VALUES
 (5,  'field',      '字段',     'field',        'all',    'entity name',        NULL,   'office');

INSERT INTO _field(entity, id, name, type, list, zh, en, writers, policy, publish) VALUES
 (5, 1,  'void',         'bool', NULL, '作废',     'void',             'office', 'review', 0),
 (5, 2,  'void_reason',  'text', NULL, '作废理由', 'reason of voiding', 'office', 'newest', 0),
 (5, 3,  'type',         'code', 'field_type', '类型', 'type',         'office', 'office', 0),
 (5, 4,  'list',         'text', NULL, '代码表',   'code list',        'office', 'office', 0),
 (5, 5,  'zh',           'text', NULL, '中文',     'Chinese',          'office', 'office', 0),
 (5, 6,  'en',           'text', NULL, '英文',     'English',          'office', 'office', 0),
 (5, 7,  'writers',      'code', 'field_writers', '填写', 'writers',   'office', 'office', 0),
 (5, 8,  'policy',       'code', 'field_policy', '合并规则', 'policy', 'office', 'office', 0),
 (5, 9,  'publish',      'bool', NULL, '可公开',   'may be published', 'office', 'office', 0);
