-- lifecycle.sql - the life of a proposal as a table of moves.
--
-- Part of the schema, the same everywhere, never logged. Drawn in
-- lifecycle.md. The commands ask it whether a step may be taken here and
-- now; the status itself is derived by the view proposal_status, and a test
-- plays every row of this table against that view.
--
--   state, next  as proposal_status says them
--   step         a code of list `event`, or what a command writes to a row:
--                received filed merged rejected forwarded (proposal),
--                reply signed (handling), contact, measure
--   writer       office · main: the main unit, or each of several separate
--                ones · co: a co-unit
--
-- A step with several rows of one state ends in one or the other: of two
-- separate units the first one's reply changes nothing yet.
CREATE TABLE _lifecycle(
  state  TEXT NOT NULL,
  step   TEXT NOT NULL,
  writer TEXT NOT NULL,
  next   TEXT NOT NULL,
  PRIMARY KEY(state, step, writer, next)
) STRICT, WITHOUT ROWID;

INSERT INTO _lifecycle(state, step, writer, next) VALUES
 ('草稿',       'received',          'office', '已提交'),
 ('草稿',       'withdrawn',         'office', '撤案'),

 ('已提交',     'filed',             'office', '立案'),
 ('已提交',     'merged',            'office', '并案'),
 ('已提交',     'rejected',          'office', '不立案'),
 ('已提交',     'forwarded',         'office', '转意见建议'),
 ('已提交',     'withdrawn',         'office', '撤案'),

 -- Looked at once more.
 ('并案',       'filed',             'office', '立案'),
 ('不立案',     'filed',             'office', '立案'),
 ('转意见建议', 'filed',             'office', '立案'),

 ('立案',       'assigned',          'office', '交办'),
 ('立案',       'merged',            'office', '并案'),
 ('立案',       'withdrawn',         'office', '撤案'),

 ('交办',       'assigned',          'office', '交办'),
 ('交办',       'withdrawn',         'office', '撤案'),
 ('交办',       'receipt',           'main',   '办理中'),
 ('交办',       'receipt',           'co',     '交办'),
 ('交办',       'contact',           'main',   '办理中'),
 ('交办',       'contact',           'co',     '交办'),
 ('交办',       'contact',           'office', '办理中'),
 ('交办',       'reply',             'main',   '办理中'),
 ('交办',       'reply',             'co',     '交办'),
 ('交办',       'reply',             'office', '办理中'),
 ('交办',       'return_asked',      'main',   '交办'),
 ('交办',       'return_asked',      'co',     '交办'),
 ('交办',       'return_granted',    'office', '交办'),
 ('交办',       'return_granted',    'office', '立案'),
 ('交办',       'return_refused',    'office', '交办'),

 ('办理中',     'assigned',          'office', '交办'),
 ('办理中',     'assigned',          'office', '办理中'),
 ('办理中',     'withdrawn',         'office', '撤案'),
 ('办理中',     'receipt',           'main',   '办理中'),
 ('办理中',     'receipt',           'co',     '办理中'),
 ('办理中',     'contact',           'main',   '办理中'),
 ('办理中',     'contact',           'co',     '办理中'),
 ('办理中',     'contact',           'office', '办理中'),
 ('办理中',     'measure',           'main',   '办理中'),
 ('办理中',     'reply',             'main',   '办理中'),
 ('办理中',     'reply',             'co',     '办理中'),
 ('办理中',     'reply',             'office', '办理中'),
 ('办理中',     'countersigned',     'co',     '办理中'),
 ('办理中',     'signed',            'main',   '办理中'),
 ('办理中',     'submitted',         'main',   '答复待审'),
 ('办理中',     'submitted',         'main',   '办理中'),
 ('办理中',     'submitted',         'office', '答复待审'),
 ('办理中',     'submitted',         'office', '办理中'),
 ('办理中',     'submitted',         'co',     '办理中'),
 ('办理中',     'return_asked',      'main',   '办理中'),
 ('办理中',     'return_asked',      'co',     '办理中'),
 ('办理中',     'return_granted',    'office', '交办'),
 ('办理中',     'return_granted',    'office', '立案'),
 ('办理中',     'return_granted',    'office', '办理中'),
 ('办理中',     'return_granted',    'office', '答复待审'),
 ('办理中',     'return_refused',    'office', '办理中'),
 ('办理中',     'extension_asked',   'main',   '办理中'),
 ('办理中',     'extension_asked',   'co',     '办理中'),
 ('办理中',     'extension_granted', 'office', '办理中'),
 ('办理中',     'extension_refused', 'office', '办理中'),

 ('答复待审',   'passed',            'office', '审核通过'),
 ('答复待审',   'failed',            'office', '审核驳回'),
 ('答复待审',   'withdrawn',         'office', '撤案'),
 ('答复待审',   'assigned',          'office', '交办'),
 ('答复待审',   'assigned',          'office', '答复待审'),
 ('答复待审',   'receipt',           'co',     '答复待审'),
 ('答复待审',   'contact',           'main',   '答复待审'),
 ('答复待审',   'contact',           'co',     '答复待审'),
 ('答复待审',   'contact',           'office', '答复待审'),
 ('答复待审',   'measure',           'main',   '答复待审'),
 ('答复待审',   'reply',             'main',   '答复待审'),
 ('答复待审',   'reply',             'co',     '答复待审'),
 ('答复待审',   'reply',             'office', '答复待审'),
 ('答复待审',   'countersigned',     'co',     '答复待审'),
 ('答复待审',   'signed',            'main',   '答复待审'),
 ('答复待审',   'submitted',         'main',   '答复待审'),
 ('答复待审',   'submitted',         'office', '答复待审'),
 ('答复待审',   'submitted',         'co',     '答复待审'),
 ('答复待审',   'return_granted',    'office', '交办'),
 ('答复待审',   'return_granted',    'office', '立案'),
 ('答复待审',   'return_granted',    'office', '办理中'),
 ('答复待审',   'return_granted',    'office', '答复待审'),
 ('答复待审',   'return_refused',    'office', '答复待审'),
 ('答复待审',   'extension_granted', 'office', '答复待审'),
 ('答复待审',   'extension_refused', 'office', '答复待审'),

 ('审核驳回',   'assigned',          'office', '交办'),
 ('审核驳回',   'assigned',          'office', '审核驳回'),
 ('审核驳回',   'withdrawn',         'office', '撤案'),
 ('审核驳回',   'receipt',           'co',     '审核驳回'),
 ('审核驳回',   'contact',           'main',   '审核驳回'),
 ('审核驳回',   'contact',           'co',     '审核驳回'),
 ('审核驳回',   'contact',           'office', '审核驳回'),
 ('审核驳回',   'measure',           'main',   '审核驳回'),
 ('审核驳回',   'reply',             'main',   '审核驳回'),
 ('审核驳回',   'reply',             'co',     '审核驳回'),
 ('审核驳回',   'reply',             'office', '审核驳回'),
 ('审核驳回',   'countersigned',     'co',     '审核驳回'),
 ('审核驳回',   'signed',            'main',   '审核驳回'),
 ('审核驳回',   'submitted',         'main',   '答复待审'),
 ('审核驳回',   'submitted',         'main',   '审核驳回'),
 ('审核驳回',   'submitted',         'office', '答复待审'),
 ('审核驳回',   'submitted',         'office', '审核驳回'),
 ('审核驳回',   'submitted',         'co',     '审核驳回'),
 ('审核驳回',   'return_asked',      'main',   '审核驳回'),
 ('审核驳回',   'return_asked',      'co',     '审核驳回'),
 ('审核驳回',   'return_granted',    'office', '交办'),
 ('审核驳回',   'return_granted',    'office', '立案'),
 ('审核驳回',   'return_granted',    'office', '审核驳回'),
 ('审核驳回',   'return_refused',    'office', '审核驳回'),
 ('审核驳回',   'extension_asked',   'main',   '审核驳回'),
 ('审核驳回',   'extension_asked',   'co',     '审核驳回'),
 ('审核驳回',   'extension_granted', 'office', '审核驳回'),
 ('审核驳回',   'extension_refused', 'office', '审核驳回'),

 ('审核通过',   'signed',            'main',   '审核通过'),
 -- A text changed after all is reviewed again.
 ('审核通过',   'reply',             'main',   '审核通过'),
 ('审核通过',   'reply',             'office', '审核通过'),
 ('审核通过',   'submitted',         'main',   '答复待审'),
 ('审核通过',   'submitted',         'office', '答复待审'),
 ('审核通过',   'sent',              'office', '已答复'),

 ('已答复',     'feedback',          'office', '办结'),
 ('已答复',     'feedback',          'office', '重新办理'),
 ('已答复',     'redo',              'office', '重新办理'),
 ('已答复',     'archived',          'office', '归档'),

 ('办结',       'feedback',          'office', '办结'),
 ('办结',       'feedback',          'office', '重新办理'),
 ('办结',       'tracking',          'main',   '办结'),
 ('办结',       'tracking',          'office', '办结'),
 ('办结',       'redo',              'office', '重新办理'),
 ('办结',       'archived',          'office', '归档'),

 ('重新办理',   'redo',              'office', '重新办理'),
 ('重新办理',   'feedback',          'office', '重新办理'),
 ('重新办理',   'assigned',          'office', '重新办理'),
 ('重新办理',   'receipt',           'main',   '办理中'),
 ('重新办理',   'receipt',           'co',     '重新办理'),
 ('重新办理',   'contact',           'main',   '重新办理'),
 ('重新办理',   'contact',           'co',     '重新办理'),
 ('重新办理',   'contact',           'office', '重新办理'),
 ('重新办理',   'measure',           'main',   '重新办理'),
 ('重新办理',   'reply',             'main',   '重新办理'),
 ('重新办理',   'reply',             'co',     '重新办理'),
 ('重新办理',   'reply',             'office', '重新办理'),
 ('重新办理',   'countersigned',     'co',     '重新办理'),
 ('重新办理',   'signed',            'main',   '重新办理'),
 ('重新办理',   'submitted',         'main',   '答复待审'),
 ('重新办理',   'submitted',         'main',   '办理中'),
 ('重新办理',   'submitted',         'office', '答复待审'),
 ('重新办理',   'submitted',         'office', '办理中'),
 ('重新办理',   'submitted',         'co',     '重新办理'),
 ('重新办理',   'return_asked',      'main',   '重新办理'),
 ('重新办理',   'return_asked',      'co',     '重新办理'),
 ('重新办理',   'return_granted',    'office', '立案'),
 ('重新办理',   'return_granted',    'office', '重新办理'),
 ('重新办理',   'return_refused',    'office', '重新办理'),
 ('重新办理',   'extension_asked',   'main',   '重新办理'),
 ('重新办理',   'extension_asked',   'co',     '重新办理'),
 ('重新办理',   'extension_granted', 'office', '重新办理'),
 ('重新办理',   'extension_refused', 'office', '重新办理');

-- What is looked for across all proposals is rare: contradictions. Their
-- indexes hold all that is asked of a row.
CREATE INDEX _event_kind ON event(kind, proposal);
CREATE INDEX _handling_main ON handling(proposal, unit, role, void)
  WHERE role = 'main' AND void IS NOT 1;
CREATE INDEX _proposal_merged ON proposal(merged_into)
  WHERE merged_into IS NOT NULL;
CREATE INDEX _handling_reply ON handling(proposal, unit) WHERE draft <> '';
CREATE INDEX _handling_opinion ON handling(proposal)
  WHERE role = 'co' AND (draft IS NOT NULL OR countersigned_hash IS NOT NULL);
-- What one unit handles is little.
CREATE INDEX _handling_unit ON handling(unit, proposal);
CREATE INDEX _proposal_case_no ON proposal(case_no, key, void)
  WHERE case_no IS NOT NULL;
