-- views.sql - what people ask of the tables: status, what is late, conflicts.
--
-- For reading only; may be run again at any time. Nothing here is stored, so
-- nothing here is ever merged: two replicas with the same rows read the same.
-- Every view looks up the rows of one proposal by their keys, so that asking
-- for one case costs the same with ten cases or ten thousand.

-- Status of a proposal, folded from its fields, handlings and flow.
--
--   草稿 → 已提交 → 立案 / 并案 / 不立案 / 转意见建议 / 撤案
--   立案 → 交办 → 办理中 → 答复待审 → 审核通过 → 已答复 → 办结 → 归档
--                    ↑ 审核驳回 ←┘                └ 重新办理 → 办理中 …
--
-- A round begins with the last `redo` (重新办理), the first at assignment;
-- events before it no longer count. A reply is due from the main unit, or
-- from each of several separate ones (分办); co-units do not hold it up. Of
-- two events in the same second the one further along the road counts.
DROP VIEW IF EXISTS overdue;
DROP VIEW IF EXISTS proposal_status;
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
FROM proposal p;

-- Proposals whose reply is late: by the case's own date, else the earliest
-- date given to a main or separate unit. Days are those of this machine's
-- calendar.
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

-- Cells that hold more than one value; tian resolve settles them.
DROP VIEW IF EXISTS conflict;
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
