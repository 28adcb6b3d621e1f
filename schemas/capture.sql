-- capture.sql - templates of the domain tables and their triggers.
--
-- core/log/capture.c fills the {words} in for each entity and field. Plain SQL
-- only, no function of ours, so that any SQLite program's edits are caught.
-- A section begins with `--@ name`.
--
--   {table} {keys}   name; key columns
--   {row}            row key: NEW's key columns joined by '/'
--   {now}            milliseconds since 1970
--   {f} {fid} {eid}  field name, field id, entity id
--   {values}         each field of a new row: id f, value v
--   {..._checks}     lines of a CASE

--@ table
CREATE TABLE "{table}"(
{columns}  PRIMARY KEY({keys})
) STRICT;

-- A line of a CASE.
--@ check
    WHEN {condition}
      THEN RAISE(ABORT, '{message}')

-- At a unit: what was taken back from it stays as an archive.
--@ released
  SELECT RAISE(ABORT, '{table}: the proposal was taken back from this unit; it is a read-only archive here ({assignment}.void_reason says why)')
   WHERE EXISTS (SELECT 1 FROM "{assignment}" WHERE "{case}" = NEW."{key}"
                 AND "{unit}" = {site} AND void = 1);

-- Every program that opens a replica reads all of this first, so each rule
-- stands once: new rows and changed ones both write through the view
-- `_{table}_write`, which stores nothing.
--@ table_triggers
CREATE VIEW IF NOT EXISTS _digit(n) AS
VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9);
DROP VIEW IF EXISTS "_{table}_write";
CREATE VIEW "_{table}_write"({columns}_field, _value) AS
SELECT {nulls}NULL, NULL WHERE 0;
-- Who may write a field, and what it may hold. Field 0 is none.
CREATE TRIGGER "_{table}_written" INSTEAD OF INSERT ON "_{table}_write"
BEGIN
{released}  SELECT CASE NEW._field
{field_checks}  WHEN 0 THEN NULL END;
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES ({eid}, NEW._field, {row}, NEW._value, {now});
END;
-- A new row: refused where it exists (so is REPLACE, and upsert), where this
-- site may not add one, and where its key is none.
CREATE TRIGGER "_{table}_insert" BEFORE INSERT ON "{table}"
BEGIN
  SELECT CASE
{row_checks}  END;
  SELECT CASE ({bad_key})
{key_checks}  END;
  SELECT CASE
{whole_checks}  END;
END;
-- What a new row holds is logged field by field; field 0 says that a row
-- exists which holds nothing yet. A rowid of -1 is what the check above sees
-- of every row that is given none; none may really have it.
CREATE TRIGGER "_{table}_inserted" AFTER INSERT ON "{table}"
BEGIN
  SELECT RAISE(ABORT, '{table}: a rowid below 1 cannot be used')
   WHERE NEW.rowid < 1;
  INSERT INTO "_{table}_write"
  SELECT {keys}f, v FROM ({values}) WHERE v IS NOT NULL;
  INSERT INTO "_{table}_write" SELECT {keys}0, 1 WHERE {empty};
END;
-- A row's key never changes.
CREATE TRIGGER "_{table}_key" BEFORE UPDATE ON "{table}"
WHEN {key_changed}
BEGIN
  SELECT RAISE(ABORT, '{table}: a row''s key cannot be changed');
END;
-- Rows are never deleted.
CREATE TRIGGER "_{table}_delete" BEFORE DELETE ON "{table}"
BEGIN
  SELECT RAISE(ABORT, '{table}: rows are not deleted; set void = 1 and void_reason');
END;

-- A written field is logged when it differs.
--@ update
CREATE TRIGGER "_{table}_{f}" AFTER UPDATE OF "{f}" ON "{table}"
WHEN OLD."{f}" IS NOT NEW."{f}"
BEGIN
  INSERT INTO "_{table}_write" VALUES ({keys}{fid}, NEW."{f}");
END;
