-- capture.sql - templates of the domain tables and their triggers.
--
-- core/log/capture.c and checks.c fill the {words} in. Plain SQL only, no
-- function of ours, so that any SQLite program's edits are caught. A section
-- begins with `--@ name`.
--
-- Every program that opens a replica reads all of this first: what is the same
-- for each table stands once, behind the views _log and _new, which store
-- nothing, and what stands for each table or field is short.
--
--   {table}          name
--   {keys}           NEW's three key columns, NULL for those it has not
--   {entity}         number of the entity
--   {f} {mark}       field name; its number and what is asked of it (capture_room.h)
--   {site}           the site's code, quoted
--   {row}            row key: the key columns joined by '/'
--   {now}            milliseconds since 1970
--   {..._arms}       `WHEN number THEN RAISE(…)`, each with its own words

--@ table
CREATE TABLE "{table}"(
{columns}  PRIMARY KEY({keys})
) STRICT;

-- A table that this site may write nothing in.
--@ closed
CREATE TRIGGER "_{table}_insert" BEFORE INSERT ON "{table}"
BEGIN
  SELECT RAISE(ABORT, '{table}: only the office may add a row');
END;
CREATE TRIGGER "_{table}_write" BEFORE UPDATE ON "{table}"
BEGIN
  SELECT RAISE(ABORT, '{table}: only the office may write it');
END;

--@ open
-- Refused where it exists, before REPLACE or upsert can act.
CREATE TRIGGER "_{table}_insert" BEFORE INSERT ON "{table}"
BEGIN
  SELECT RAISE(ABORT, '{table}: this row exists; change it with UPDATE (REPLACE and upsert would lose what it holds)')
    FROM "{table}" WHERE rowid = NEW.rowid OR {same_key};
END;
-- What a new row holds is logged field by field.
CREATE TRIGGER "_{table}_inserted" AFTER INSERT ON "{table}"
BEGIN
  INSERT INTO _log SELECT m, v, NULL, {keys} FROM ({new_values}) WHERE v IS NOT NULL;
  INSERT INTO _new VALUES ({entity}, NEW.rowid, {keys});
END;
-- A row's key never changes. The names of a rowid stand here as columns do:
-- what SET names is compared with them by name.
CREATE TRIGGER "_{table}_key" BEFORE UPDATE OF rowid, _rowid_, oid, {key_names} ON "{table}"
WHEN OLD.rowid IS NOT NEW.rowid OR {key_changed}
BEGIN
  SELECT RAISE(ABORT, '{table}: a row''s key cannot be changed');
END;

-- Rows are never deleted.
--@ delete
CREATE TRIGGER "_{table}_delete" BEFORE DELETE ON "{table}"
BEGIN
  SELECT RAISE(ABORT, '{table}: rows are not deleted; set void = 1 and void_reason');
END;

-- A written field: for tables that are edited in bulk. What does not differ
-- _log leaves alone.
--@ field
CREATE TRIGGER "_{table}_{f}" AFTER UPDATE OF "{f}" ON "{table}"
BEGIN
  INSERT INTO _log VALUES ({mark}, NEW."{f}", OLD."{f}", {keys});
END;

-- The same for all fields of a table at once: shorter to read, slower to run.
--@ fields
CREATE TRIGGER "_{table}_written" AFTER UPDATE ON "{table}"
BEGIN
  INSERT INTO _log SELECT m, v, o, {keys} FROM ({both_values}) WHERE v IS NOT o;
END;

-- At a unit: what was taken back from it stays as an archive.
--@ released
  SELECT RAISE(ABORT, 'the proposal was taken back from this unit; it is a read-only archive here ({assignment}.void_reason says why)')
    FROM "{assignment}" WHERE "{case}" = NEW.a AND "{unit}" = {site} AND void = 1;

--@ checks
-- One field of one row is written: mark, value now and before, key columns.
-- Who may write it, and what it may hold; then it is logged. The bits of a
-- mark are those of core/log/capture_room.h.
DROP VIEW IF EXISTS _log;
CREATE VIEW _log(m, v, p, a, b, c) AS
SELECT NULL, NULL, NULL, NULL, NULL, NULL WHERE 0;
CREATE TRIGGER _logged INSTEAD OF INSERT ON _log WHEN NEW.v IS NOT NEW.p
BEGIN
{released}  SELECT CASE NEW.m
{denied_arms}  END
   WHERE NEW.m & 65536 AND (NEW.m & 131072 OR {owner} IS NOT {site});
  SELECT CASE NEW.m
{wrong_arms}  ELSE CASE NEW.m >> 20
{long_arms}  END END
   WHERE length(CAST(NEW.v AS BLOB)) > {most}
      OR NEW.m & 61440 AND (CASE NEW.m >> 12 & 7
        WHEN 1 THEN NEW.v NOT IN (0, 1)
        WHEN 3 THEN NEW.v IS NOT date(NEW.v, '+0 days')
        WHEN 4 THEN NEW.v IS NOT strftime('%Y-%m-%dT%H:%M:%SZ', NEW.v, '+0 days')
        WHEN 5 THEN NEW.v IS NOT NULL AND NOT EXISTS (
          SELECT 1 FROM _field f JOIN code c ON c.list = f.list AND c.code = NEW.v
           WHERE f.entity = NEW.m >> 20 AND f.id = NEW.m & 4095)
      END OR NEW.m & 32768 AND typeof(NEW.v) NOT IN ('null',
        iif(NEW.m >> 12 & 7 IN (1, 2), 'integer', 'text')));
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES (NEW.m >> 20, NEW.m & 4095, {row}, NEW.v, {now});
END;
-- A row is new: its entity, rowid, key columns. A key is compared by its bytes
-- on every machine, so white space around it, decomposed letters and
-- ill-formed UTF-8 (a console in another encoding) would make two rows of one:
-- a character must come out of its code point as it went in. A rowid of -1 is
-- what _insert sees of every row that is given none; none may really have it.
-- Field 0 says that a row exists which holds nothing: nothing of it was logged.
DROP VIEW IF EXISTS _new;
CREATE VIEW _new(e, r, a, b, c) AS
SELECT NULL, NULL, NULL, NULL, NULL WHERE 0;
CREATE TRIGGER _made INSTEAD OF INSERT ON _new
BEGIN
{released}  SELECT CASE
{creator_arms}  WHEN NEW.r < 1 THEN RAISE(ABORT, 'a rowid below 1 cannot be used')
{definition_arms}  END;
  SELECT CASE NEW.e << 2 | n
{key_arms}  END
    FROM (SELECT 0 AS n, NEW.a AS k UNION ALL VALUES (1, NEW.b), (2, NEW.c))
   WHERE k IS NOT NULL AND (k = '' OR instr(k, '/') OR instr(k, char(0))
      OR length(k) > {key_chars} OR length(CAST(k AS BLOB)) > {key_bytes}
      OR k GLOB '*[' || char(1) || '-' || char(31, 127, 768) || '-' || char(879) || ']*'
      OR k <> trim(k, char(32, 160, 12288))
      OR k GLOB '*[^ -~]*' AND EXISTS (
        WITH d(n) AS (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9))
        SELECT 1 FROM (SELECT substr(k, x.n * 10 + y.n + 1, 1) AS s FROM d x, d y)
         WHERE s <> '' AND s IS NOT char(unicode(s)))
      OR NEW.e = {cases} AND n = 0 AND (k GLOB '*[^0-9A-Za-z.-]*'
        OR k NOT GLOB '[0-9]*-?*-?*' OR '-' || k || '-' GLOB '*[.-][.-]*'
        OR length(k) > {case_most}));
  SELECT RAISE(ABORT, 'the key is longer than {row_most} bytes')
   WHERE length(CAST({row} AS BLOB)) > {row_most};
  SELECT CASE NEW.e
{case_arms}  END
   WHERE NOT EXISTS (SELECT 1 FROM "{case_table}" WHERE "{case_key}" = NEW.a);
  INSERT INTO _pending(entity, field, row, value, at)
  SELECT NEW.e, 0, {row}, 1, {now}
   WHERE NOT EXISTS (SELECT 1 FROM _pending
    WHERE id = (SELECT max(id) FROM _pending) AND entity = NEW.e AND row = {row});
END;
