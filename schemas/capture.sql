-- capture.sql - templates of the domain tables and their triggers.
--
-- core/capture.c fills the {words} in for each entity and field. Plain SQL
-- only, no function of ours, so that any SQLite program's edits are caught.
-- A section begins with `--@ name`.
--
--   {table} {keys}   name; key columns
--   {row}            row key: NEW's key columns joined by '/'
--   {now}            milliseconds since 1970
--   {f} {fid} {eid}  field name, field id, entity id

--@ table
CREATE TABLE "{table}"(
{columns}  PRIMARY KEY({keys})
) STRICT;

-- A new row: refused where it exists (so is REPLACE, and upsert), where this
-- site may not add one, and where a value is not allowed.
--@ insert_check
CREATE TRIGGER "_{table}_insert" BEFORE INSERT ON "{table}"
BEGIN
  SELECT CASE
{checks}  END;
END;

--@ insert_check_row
    WHEN {condition}
      THEN RAISE(ABORT, '{message}')

-- What a new row holds is logged field by field; field 0 says that a row
-- exists which holds nothing yet. A rowid of -1 is what the check above sees
-- of every row that is given none; none may really have it.
--@ insert
CREATE TRIGGER "_{table}_inserted" AFTER INSERT ON "{table}"
BEGIN
  SELECT RAISE(ABORT, '{table}: a rowid below 1 cannot be used')
   WHERE NEW.rowid < 1;
  INSERT INTO _pending(entity, field, row, value, at)
  SELECT {eid}, f, {row}, v, {now}
    FROM ({values})
   WHERE v IS NOT NULL;
END;

-- A written field is logged when it differs.
--@ update
CREATE TRIGGER "_{table}_{f}" AFTER UPDATE OF "{f}" ON "{table}"
WHEN OLD."{f}" IS NOT NEW."{f}"
BEGIN
  INSERT INTO _pending(entity, field, row, value, at)
  VALUES ({eid}, {fid}, {row}, NEW."{f}", {now});
END;

-- Who may write a field, and what it may hold.
--@ update_check
CREATE TRIGGER "_{table}_{f}_check" BEFORE UPDATE OF "{f}" ON "{table}"
WHEN OLD."{f}" IS NOT NEW."{f}"
BEGIN
  SELECT CASE
{checks}  END;
END;

-- A row's key never changes.
--@ key
CREATE TRIGGER "_{table}_key" BEFORE UPDATE ON "{table}"
WHEN {key_changed}
BEGIN
  SELECT RAISE(ABORT, '{table}: a row''s key cannot be changed');
END;

-- Rows are never deleted.
--@ delete
CREATE TRIGGER "_{table}_delete" BEFORE DELETE ON "{table}"
BEGIN
  SELECT RAISE(ABORT, '{table}: rows are not deleted; set void = 1 and void_reason');
END;
