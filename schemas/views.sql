-- views.sql - what people ask of the tables: status, what is late, what waits
-- for an answer, which steps and values contradict each other.
--
-- For reading only; may be run again at any time. Nothing here is stored, so
-- nothing here is ever merged: two replicas with the same rows read the same.
-- Every view looks up the rows of one proposal by their keys, so that asking
-- for one case costs the same with ten cases or ten thousand.
DROP VIEW IF EXISTS conflict;
DROP VIEW IF EXISTS contradiction_reach;
DROP VIEW IF EXISTS contradiction_of;
DROP VIEW IF EXISTS contradiction;
DROP VIEW IF EXISTS _row_conflict;
DROP VIEW IF EXISTS _step_conflict_kind;
DROP VIEW IF EXISTS _same_case_no;
DROP VIEW IF EXISTS event_conflict;
DROP VIEW IF EXISTS stray_event;
DROP VIEW IF EXISTS signature;
DROP VIEW IF EXISTS overdue;
DROP VIEW IF EXISTS _owing;
DROP VIEW IF EXISTS deadline;
DROP VIEW IF EXISTS term;
DROP VIEW IF EXISTS open_request;
DROP VIEW IF EXISTS proposal_status;
DROP VIEW IF EXISTS flow;

-- The steps of a case that count, and their order (seq).
--
-- An id that tian made begins with a time that is later than that of every
-- step its maker had seen, whatever the clocks said: so seq keeps cause
-- before effect. `at` is the maker's own clock, for people. Rows by other
-- programs are ordered by `at`.
CREATE VIEW flow(proposal, unit, id, kind, seq, at, target, text_hash, until,
  detail) AS
SELECT proposal, unit, id, kind,
  CASE WHEN id GLOB '[0-9][0-9][0-9][0-9][01][0-9][0-3][0-9]T[0-2][0-9]*'
    THEN id
    ELSE coalesce(strftime('%Y%m%dT%H%M%S', at), '') END,
  at, target, text_hash, until, detail
FROM event WHERE void IS NOT 1;

-- Status of a proposal, folded from its fields, handlings and flow. The moves
-- are drawn in lifecycle.md; a test plays each of them against this view.
--
-- A round begins with the last `redo` (重新办理), the first at assignment;
-- steps before it no longer count, nor do those of a unit before it was
-- released. A reply is due from the main unit, or from each of several
-- separate ones (分办); co-units do not hold it up. What only the office may
-- do counts only where the office did it. Of two steps in the same second,
-- by programs that know no more, the one further along the road counts.
CREATE VIEW proposal_status(key, status) AS
SELECT p.key, CASE
  WHEN p.void = 1 THEN '作废'
  WHEN p.withdrawn = 1 THEN '撤案'
  WHEN p.merged_into IS NOT NULL OR p.review = 'merged' THEN '并案'
  WHEN p.review = 'rejected' THEN '不立案'
  WHEN p.review = 'forwarded' THEN '转意见建议'
  WHEN EXISTS (SELECT 1 FROM flow e WHERE e.proposal = p.key
                AND e.unit = 'office' AND e.kind = 'withdrawn' AND e.seq > '')
    THEN '撤案'
  ELSE (
    SELECT CASE
      WHEN f.units = 0 OR (f.assigned = 0 AND f.submitted = '') THEN CASE
        WHEN p.review = 'filed' THEN '立案'
        WHEN p.received_on IS NOT NULL OR p.case_no IS NOT NULL
          THEN '已提交'
        ELSE '草稿' END
      WHEN f.archived > '' AND f.archived >= f.redo THEN '归档'
      ELSE coalesce(
        -- The sponsors' forms of this round.
        (SELECT CASE
            WHEN max('dissatisfied' IN (b.process, b.result)) = 1
              THEN '重新办理'
            WHEN count(b.result) > 0 THEN '办结' END
          FROM feedback b WHERE b.proposal = p.key AND b.void IS NOT 1
            AND b.round = f.rounds + 1),
        CASE
          WHEN f.sent > '' AND f.sent >= f.redo AND f.sent >= f.submitted
            THEN '已答复'
          WHEN f.failing > 0 THEN '审核驳回'
          WHEN f.waiting = 0 AND f.passed >= f.submitted THEN '审核通过'
          WHEN f.waiting = 0 THEN '答复待审'
          WHEN f.begun > '' THEN '办理中'
          WHEN f.redo > '' THEN '重新办理'
          WHEN f.drafts > 0
            OR EXISTS (SELECT 1 FROM contact c WHERE c.proposal = p.key
                        AND c.void IS NOT 1 AND (c.unit = 'office'
                         OR EXISTS (SELECT 1 FROM handling h
                             WHERE h.proposal = p.key AND h.unit = c.unit
                               AND h.role IN ('main', 'split')
                               AND h.void IS NOT 1)))
            THEN '办理中'
          ELSE '交办' END)
      END
    FROM (
      SELECT count(*) AS units, count(g.assigned_on) AS assigned,
        count(g.draft) AS drafts, max(g.redo) AS redo,
        max(g.archived) AS archived, max(g.sent) AS sent,
        max(g.passed) AS passed,
        coalesce(max(g.submitted) FILTER (WHERE g.submitted >= g.since), '')
          AS submitted,
        coalesce(max(g.begun) FILTER (WHERE g.begun >= g.since), '')
          AS begun,
        -- Units that owe a reply: none yet in this round, or sent back.
        total(g.submitted < g.since OR g.submitted = ''
          OR g.failed >= g.submitted) AS waiting,
        total(g.failed > '' AND g.failed >= g.since
          AND g.failed >= g.submitted) AS failing,
        max(g.rounds) AS rounds
      FROM (
        SELECT e.*, max(e.redo, e.released) AS since
        FROM (
          -- One pass over the flow for each unit that replies: when each
          -- thing last happened to it.
          SELECT h.unit, h.assigned_on, h.draft,
            count(*) FILTER (WHERE e.unit = 'office' AND e.kind = 'redo')
              AS rounds,
            coalesce(max(e.seq) FILTER (WHERE e.unit = 'office'
              AND e.kind = 'redo'), '') AS redo,
            coalesce(max(e.seq) FILTER (WHERE e.unit = 'office'
              AND e.kind = 'archived'), '') AS archived,
            coalesce(max(e.seq) FILTER (WHERE e.unit = 'office'
              AND e.kind = 'sent'), '') AS sent,
            coalesce(max(e.seq) FILTER (WHERE e.unit = 'office'
              AND e.kind = 'passed'), '') AS passed,
            coalesce(max(e.seq) FILTER (WHERE e.unit = 'office'
              AND e.kind = 'failed'
              AND coalesce(e.target, h.unit) = h.unit), '') AS failed,
            coalesce(max(e.seq) FILTER (WHERE e.unit = 'office'
              AND e.kind = 'return_granted' AND e.target = h.unit), '')
              AS released,
            -- The office typing in a reply speaks for the unit.
            coalesce(max(e.seq) FILTER (WHERE e.kind = 'submitted'
              AND (e.unit = h.unit OR e.unit = 'office'
                AND (e.target = h.unit
                  OR e.target IS NULL AND h.draft IS NOT NULL))), '')
              AS submitted,
            coalesce(max(e.seq) FILTER (WHERE e.kind IN ('receipt',
              'submitted')
              AND (e.unit = h.unit OR e.unit = 'office')), '') AS begun
          FROM handling h LEFT JOIN flow e ON e.proposal = h.proposal
          WHERE h.proposal = p.key AND h.role IN ('main', 'split')
            AND h.void IS NOT 1
          GROUP BY h.unit) AS e) AS g
    ) AS f)
  END
FROM proposal p;

-- What a unit asked for and the office has not answered: to be released
-- (return_asked), or more time (extension_asked). Nothing is open any more
-- once the reply is sent, a round begins or the unit is released.
CREATE VIEW open_request(proposal, unit, kind, seq, id, at, until, detail) AS
SELECT a.proposal, a.unit, a.kind, a.seq, a.id, a.at, a.until, a.detail
FROM flow a
WHERE a.kind IN ('return_asked', 'extension_asked')
  AND EXISTS (SELECT 1 FROM handling h WHERE h.proposal = a.proposal
               AND h.unit = a.unit AND h.void IS NOT 1)
  AND NOT EXISTS (
    SELECT 1 FROM flow d
    WHERE d.proposal = a.proposal AND d.unit = 'office' AND d.seq > a.seq
      AND (d.kind IN ('sent', 'redo', 'archived', 'withdrawn')
        OR coalesce(d.target, a.unit) = a.unit AND d.kind IN (
          'return_granted',
          CASE a.kind WHEN 'return_asked' THEN 'return_refused'
            ELSE 'extension_granted' END,
          CASE a.kind WHEN 'extension_asked' THEN 'extension_refused' END)));

-- Dates that follow from a rule of the session, by the rules of lifecycle.md:
--   1 receipt, 2 asking for release, 3 reply in months, 4 reply in working
--   days, 5 a co-unit's opinion, 6 a further round.
-- Months end on the day of the same number, or the month's last. Working
-- days are counted from the day after; weekends and the session's holidays
-- are none, its weekend days worked (调休) are.
CREATE VIEW term(proposal, unit, rule, start, amount, due) AS
SELECT t.proposal, t.unit, t.rule, t.start, t.amount,
  CASE WHEN t.rule = 3
    THEN min(date(t.start, '+' || t.amount || ' months'),
      date(t.start, 'start of month', '+' || (t.amount + 1) || ' months',
        '-1 day'))
    ELSE (
      WITH RECURSIVE d(day, n) AS (
        SELECT t.start, 0
        UNION ALL
        SELECT date(d.day, '+1 day'),
          d.n + CASE
            WHEN instr('、' || t.workdays || '、',
              '、' || date(d.day, '+1 day') || '、') THEN 1
            WHEN instr('、' || t.holidays || '、',
              '、' || date(d.day, '+1 day') || '、') THEN 0
            ELSE strftime('%w', d.day, '+1 day') NOT IN ('0', '6') END
        FROM d WHERE d.n < min(t.amount, 1000))
      SELECT max(day) FROM d)
    END
FROM (
  SELECT h.proposal, h.unit, r.rule,
    CASE r.rule WHEN 6 THEN (
      SELECT date(max(e.at), 'localtime') FROM flow e
       WHERE e.proposal = h.proposal AND e.unit = 'office'
         AND e.kind = 'redo') ELSE h.assigned_on END AS start,
    CASE r.rule WHEN 1 THEN s.receipt_days WHEN 2 THEN s.return_days
      WHEN 3 THEN s.due_months WHEN 4 THEN s.due_days
      WHEN 5 THEN s.co_days ELSE s.redo_days END AS amount,
    coalesce(s.holidays, '') AS holidays,
    coalesce(s.workdays, '') AS workdays
  FROM (SELECT 1 AS rule UNION ALL SELECT 2 UNION ALL SELECT 3
        UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6) AS r
  CROSS JOIN handling h
  JOIN session s ON s.key =
       rtrim(rtrim(h.proposal, replace(h.proposal, '-', '')), '-')
  WHERE h.void IS NOT 1 AND s.void IS NOT 1
    -- Months go before days, and a co-unit's own rule before both.
    AND CASE r.rule
      WHEN 3 THEN h.role <> 'co' OR s.co_days IS NULL
      WHEN 4 THEN s.due_months IS NULL
        AND (h.role <> 'co' OR s.co_days IS NULL)
      WHEN 5 THEN h.role = 'co' ELSE 1 END) AS t
WHERE t.start IS NOT NULL AND t.amount > 0;

-- Each unit's dates: what until when, by which rule, when it was done.
--   kind  receipt · return · reply · opinion
--   rule  of the view term, or 7 an extension granted, 8 given by the office
CREATE VIEW deadline(proposal, unit, kind, due, rule, start, amount, done) AS
SELECT t.proposal, t.unit, CASE t.rule WHEN 1 THEN 'receipt' ELSE 'return' END,
  t.due, t.rule, t.start, t.amount,
  (SELECT date(min(e.at), 'localtime') FROM flow e
    WHERE e.proposal = t.proposal AND e.unit = t.unit
      AND e.kind = CASE t.rule WHEN 1 THEN 'receipt' ELSE 'return_asked' END)
FROM term t WHERE t.rule IN (1, 2)
UNION ALL
SELECT d.proposal, d.unit, CASE d.role WHEN 'co' THEN 'opinion'
    ELSE 'reply' END,
  d.due, d.rule,
  CASE d.rule WHEN 7 THEN date(d.granted_at, 'localtime')
    WHEN 8 THEN d.assigned_on
    ELSE (SELECT t.start FROM term t WHERE t.proposal = d.proposal
      AND t.unit = d.unit AND t.rule = d.rule) END,
  (SELECT t.amount FROM term t WHERE t.proposal = d.proposal
    AND t.unit = d.unit AND t.rule = d.rule),
  (SELECT date(max(e.at), 'localtime') FROM flow e
    WHERE e.proposal = d.proposal AND e.kind = 'submitted'
      AND (e.unit = d.unit OR e.unit = 'office'
        AND coalesce(e.target, d.unit) = d.unit AND d.draft IS NOT NULL)
      AND e.seq >= coalesce((SELECT max(r.seq) FROM flow r
        WHERE r.proposal = d.proposal AND r.unit = 'office'
          AND r.kind = 'redo'), ''))
FROM (
  SELECT g.*,
    CASE WHEN g.granted_until = g.due THEN 7 ELSE coalesce(
      (SELECT max(t.rule) FROM term t WHERE t.proposal = g.proposal
        AND t.unit = g.unit AND t.rule > 2 AND t.due = g.due), 8) END
      AS rule
  FROM (
    -- The last extension granted to the unit.
    SELECT h.proposal, h.unit, h.role, h.due, h.draft, h.assigned_on,
      (SELECT e.until FROM flow e WHERE e.proposal = h.proposal
        AND e.unit = 'office' AND e.kind = 'extension_granted'
        AND coalesce(e.target, h.unit) = h.unit
        ORDER BY e.seq DESC LIMIT 1) AS granted_until,
      (SELECT e.at FROM flow e WHERE e.proposal = h.proposal
        AND e.unit = 'office' AND e.kind = 'extension_granted'
        AND coalesce(e.target, h.unit) = h.unit
        ORDER BY e.seq DESC LIMIT 1) AS granted_at
    FROM handling h WHERE h.void IS NOT 1 AND h.due IS NOT NULL) AS g
  ) AS d;

-- What a case is called while its reply is owed.
CREATE VIEW _owing(status) AS
VALUES ('已提交'), ('立案'), ('交办'), ('办理中'), ('审核驳回'),
  ('重新办理');

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
   IN (SELECT status FROM _owing);

-- What is bound to a text: the hash it was bound to, and the text as it
-- stands. Where the hash is not that of the text (SHA-256, hex), what was
-- bound is stale: tian check says so, of signed and countersigned as
-- stale_signature, of submitted and passed as text_changed.
--   kind  signed · countersigned · submitted · passed
CREATE VIEW signature(proposal, unit, kind, author, hash, text) AS
SELECT proposal, unit, 'signed', signer, signed_hash, draft
FROM handling WHERE signed_hash IS NOT NULL AND void IS NOT 1
UNION ALL
SELECT c.proposal, c.unit, 'countersigned', NULL, c.countersigned_hash,
  (SELECT h.draft FROM handling h WHERE h.proposal = c.proposal
      AND h.role IN ('main', 'split') AND h.void IS NOT 1
      ORDER BY h.role, h.unit LIMIT 1)
FROM handling c WHERE c.countersigned_hash IS NOT NULL AND c.void IS NOT 1
UNION ALL
-- The last of each kind, while it counts: not sent back, no new round.
SELECT h.proposal, h.unit, e.kind, NULL, e.text_hash, h.draft
FROM handling h JOIN flow e ON e.proposal = h.proposal
WHERE h.role IN ('main', 'split') AND h.void IS NOT 1
  AND e.kind IN ('submitted', 'passed') AND e.text_hash IS NOT NULL
  AND (e.unit = h.unit
    OR e.unit = 'office' AND coalesce(e.target, h.unit) = h.unit)
  AND NOT EXISTS (
    SELECT 1 FROM flow l WHERE l.proposal = h.proposal AND l.seq > e.seq
      AND (l.kind = e.kind AND l.text_hash IS NOT NULL
          AND coalesce(nullif(l.unit, 'office'), l.target, h.unit) = h.unit
        OR l.unit = 'office' AND (l.kind = 'redo'
          OR l.kind = 'failed' AND coalesce(l.target, h.unit) = h.unit)));

-- Steps that their writer has no say in; they count for nothing.
CREATE VIEW stray_event(proposal, unit, id, kind) AS
SELECT e.proposal, e.unit, e.id, e.kind
FROM flow e
WHERE e.unit <> 'office'
  AND NOT EXISTS (
    SELECT 1 FROM handling h JOIN _lifecycle l
      ON l.writer = CASE h.role WHEN 'co' THEN 'co' ELSE 'main' END
    WHERE h.proposal = e.proposal AND h.unit = e.unit AND l.step = e.kind);

-- Steps that contradict each other, taken by people who did not know of each
-- other's. A person voids one of them, with a reason.
--   return_and_reply     released on request, or the reply given?
--   two_reviews          the same reply passed and sent back
--   two_answers          a request granted and refused, or until two dates
--   archived_and_redone  closed for good and begun anew
CREATE VIEW event_conflict(case_key, rule, unit, one, other) AS
SELECT a.proposal, 'return_and_reply', a.unit,
  a.proposal || '/' || a.unit || '/' || a.id,
  s.proposal || '/' || s.unit || '/' || s.id
FROM open_request a
JOIN flow s ON s.proposal = a.proposal AND s.unit = a.unit
WHERE a.kind = 'return_asked' AND s.kind = 'submitted'
  AND NOT EXISTS (SELECT 1 FROM flow f WHERE f.proposal = a.proposal
    AND f.unit = 'office' AND f.seq > s.seq AND (f.kind = 'redo'
      OR f.kind = 'failed' AND coalesce(f.target, a.unit) = a.unit))
  AND NOT EXISTS (SELECT 1 FROM flow l WHERE l.proposal = s.proposal
    AND l.unit = s.unit AND l.kind = 'submitted' AND l.seq > s.seq)
UNION ALL
SELECT p.proposal, 'two_reviews', coalesce(f.target, p.target, ''),
  p.proposal || '/' || p.unit || '/' || p.id,
  f.proposal || '/' || f.unit || '/' || f.id
FROM flow f JOIN flow p ON p.proposal = f.proposal
WHERE f.kind = 'failed' AND p.kind = 'passed' AND f.unit = 'office'
  AND p.unit = 'office'
  AND (f.target IS NULL OR p.target IS NULL OR f.target = p.target)
  AND NOT EXISTS (SELECT 1 FROM flow s WHERE s.proposal = f.proposal
    AND s.kind IN ('submitted', 'redo')
    AND s.seq > min(f.seq, p.seq) AND s.seq < max(f.seq, p.seq))
UNION ALL
SELECT g.proposal, 'two_answers', coalesce(g.target, r.target, ''),
  g.proposal || '/' || g.unit || '/' || g.id,
  r.proposal || '/' || r.unit || '/' || r.id
FROM flow g JOIN flow r ON r.proposal = g.proposal AND r.unit = 'office'
WHERE g.unit = 'office'
  AND (g.kind = 'extension_granted' AND (r.kind = 'extension_refused'
      OR r.kind = 'extension_granted' AND r.id > g.id
        AND r.until IS NOT g.until)
    OR g.kind = 'return_granted' AND r.kind = 'return_refused')
  AND (g.target IS NULL OR r.target IS NULL OR g.target = r.target)
  AND NOT EXISTS (SELECT 1 FROM flow a WHERE a.proposal = g.proposal
    AND a.kind IN ('return_asked', 'extension_asked')
    AND a.seq > min(g.seq, r.seq) AND a.seq < max(g.seq, r.seq))
UNION ALL
SELECT a.proposal, 'archived_and_redone', '',
  a.proposal || '/' || a.unit || '/' || a.id,
  r.proposal || '/' || r.unit || '/' || r.id
FROM flow r JOIN flow a ON a.proposal = r.proposal
WHERE r.kind = 'redo' AND a.kind = 'archived' AND r.unit = 'office'
  AND a.unit = 'office'
  AND NOT EXISTS (SELECT 1 FROM flow s WHERE s.proposal = r.proposal
    AND s.kind = 'sent'
    AND s.seq > min(r.seq, a.seq) AND s.seq < max(r.seq, a.seq));

-- Of each rule of event_conflict, a kind of step without which it finds
-- nothing: who counts asks for these first, which costs next to nothing.
CREATE VIEW _step_conflict_kind(kind) AS
VALUES ('return_asked'), ('failed'), ('extension_granted'),
  ('return_granted'), ('redo');

-- Two proposals of a session with one number, from either side.
CREATE VIEW _same_case_no(one, other) AS
SELECT p.key, o.key
FROM proposal p JOIN proposal o ON o.case_no = p.case_no
  AND o.void IS NOT 1 AND o.key <> p.key
  AND rtrim(o.key, replace(o.key, '-', '')) =
      rtrim(p.key, replace(p.key, '-', ''))
WHERE p.case_no IS NOT NULL AND p.void IS NOT 1;

-- Rows of which only one can stand though each cell has one value. One row for
-- each pair.
--   two_mains    a case has one main unit; assign says which
--   case_no      a number is issued once in a session
--   merge_cycle  two proposals merged into each other
CREATE VIEW _row_conflict(case_key, rule, entity, field, one, other) AS
SELECT h.proposal, 'two_mains', 'handling', 'role',
  h.proposal || '/' || h.unit, o.proposal || '/' || o.unit
FROM handling h JOIN handling o ON o.proposal = h.proposal
  AND o.unit > h.unit AND o.void IS NOT 1 AND o.role = 'main'
WHERE h.role = 'main' AND h.void IS NOT 1
UNION ALL
SELECT one, 'case_no', 'proposal', 'case_no', one, other
FROM _same_case_no WHERE other > one
UNION ALL
SELECT p.key, 'merge_cycle', 'proposal', 'merged_into', p.key, o.key
FROM proposal p JOIN proposal o ON o.key = p.merged_into
WHERE p.merged_into IS NOT NULL AND o.key IN (
  WITH RECURSIVE m(key) AS (
    SELECT p.merged_into
    UNION
    SELECT q.merged_into FROM m JOIN proposal q ON q.key = m.key
     WHERE q.merged_into IS NOT NULL AND m.key <> p.key)
  SELECT key FROM m WHERE p.key IN (SELECT key FROM m));

-- Rows that contradict each other: the flow's, and what must be unique.
CREATE VIEW contradiction(case_key, rule, entity, field, one, other) AS
SELECT case_key, rule, 'event', 'kind', one, other FROM event_conflict
UNION ALL
SELECT * FROM _row_conflict;

-- The same as each case has it: a number given twice is told at both.
CREATE VIEW contradiction_of(case_key, rule, entity, field, one, other) AS
SELECT * FROM contradiction
UNION ALL
SELECT one, 'case_no', 'proposal', 'case_no', other, one
FROM _same_case_no WHERE one > other;

-- Which cases may contradict another, or no longer do, because of what was
-- ever written to this one: by number, and one step along what it was merged
-- into. Whoever writes a case's contradictions down looks at these again.
CREATE VIEW contradiction_reach(case_key, other) AS
SELECT r.key, o.key
FROM _entity e JOIN _row r ON r.entity = e.id
JOIN _field f ON f.entity = e.id AND f.name = 'case_no'
JOIN _change c ON c.cell = (r.id << 12 | f.id)
JOIN proposal o ON o.case_no = c.value AND o.key <> r.key
WHERE e.name = 'proposal'
UNION ALL
SELECT r.key, o.key
FROM _entity e JOIN _row r ON r.entity = e.id
JOIN _field f ON f.entity = e.id AND f.name = 'merged_into'
JOIN _change c ON c.cell = (r.id << 12 | f.id)
JOIN proposal o ON o.key = c.value AND o.key <> r.key
WHERE e.name = 'proposal';

-- What holds more than one value: cells, which tian resolve settles, and rows
-- that contradict each other, which tian void does.
CREATE VIEW conflict(case_key, entity, row, field, label, severity, confirm,
  heads) AS
SELECT r.scope, coalesce(e.name, CAST(r.entity AS TEXT)), r.key,
  coalesce(f.name, CAST(c.cell & 4095 AS TEXT)), f.zh,
  CASE c.severity WHEN 2 THEN 'hard' ELSE 'soft' END, c.confirm,
  (SELECT count(*) FROM _head h WHERE h.cell = c.cell)
FROM _conflict c
JOIN _row r ON r.id = c.cell >> 12
LEFT JOIN _entity e ON e.id = r.entity
LEFT JOIN _field f ON f.entity = r.entity AND f.id = c.cell & 4095
UNION ALL
SELECT t.case_key, t.entity, t.one, t.field, f.zh, 'hard', 0, 2
FROM contradiction t JOIN _entity e ON e.name = t.entity
JOIN _field f ON f.entity = e.id AND f.name = t.field;
