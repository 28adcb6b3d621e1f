-- engine.sql - what the engine keeps beside the domain's tables.
-- Names begin with '_': for reading, never for editing.
-- Run by every program that has not seen the replica yet (core/schema/upgrade.c), so
-- each statement leaves alone what is there.

-- Facts of this node: site, origin, author, hub, cursors.
CREATE TABLE IF NOT EXISTS _meta(
  name  TEXT PRIMARY KEY NOT NULL,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The domain as data: domain.sql, and from id 1024 on what table `field` adds
-- (core/schema/definition.c). Derived: an upgrade makes both tables anew.
CREATE TABLE IF NOT EXISTS _entity(
  id       INTEGER PRIMARY KEY,
  name     TEXT NOT NULL UNIQUE,
  zh       TEXT NOT NULL,
  en       TEXT NOT NULL,
  scope    TEXT NOT NULL,
  keys     TEXT NOT NULL,
  owner    TEXT,
  creators TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS _field(
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
  retired INTEGER NOT NULL DEFAULT 0, -- 1: shown, but written no more
  PRIMARY KEY(entity, id)
) STRICT, WITHOUT ROWID;

-- What the triggers caught and the log has not taken up yet, in order.
CREATE TABLE IF NOT EXISTS _pending(
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

-- Nodes whose changes are known here, numbered so that a change fits one
-- integer. `last` is the last seq without a gap before it.
CREATE TABLE IF NOT EXISTS _origin(
  id     INTEGER PRIMARY KEY,
  origin INTEGER NOT NULL UNIQUE,
  site   TEXT,
  last   INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Authors, numbered.
CREATE TABLE IF NOT EXISTS _author(
  id   INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

-- Rows, numbered; `scope` is the case's key, '' for rows of no case. Rows of
-- entities this schema does not know are here too.
CREATE TABLE IF NOT EXISTS _row(
  id     INTEGER PRIMARY KEY,
  entity INTEGER NOT NULL,
  key    TEXT NOT NULL,
  scope  TEXT NOT NULL,
  UNIQUE(entity, key)
) STRICT;
CREATE INDEX IF NOT EXISTS _row_scope ON _row(scope);

-- The change log. id = _origin.id << 40 | seq. cell = _row.id << 12 | field.
-- bases: 8 bytes each, big-endian ids. Superseded long values are deflated:
-- flag 4, the value then is a blob of the zlib stream of the text. What a
-- merge supersedes waits for that (flag 16) until the merge is over. Flag 32:
-- superseded by a change that a snapshot left out.
CREATE TABLE IF NOT EXISTS _change(
  id     INTEGER PRIMARY KEY,
  cell   INTEGER NOT NULL,
  clock  INTEGER NOT NULL,
  author INTEGER NOT NULL,
  flags  INTEGER NOT NULL,            -- 1 refused, 2 clock ahead, 4 deflated, 32: below
  value  ANY,
  bases  BLOB,
  reason TEXT,
  extra  BLOB
) STRICT;
CREATE INDEX IF NOT EXISTS _change_cell ON _change(cell);
CREATE INDEX IF NOT EXISTS _change_waiting ON _change(id) WHERE flags & 16;
CREATE INDEX IF NOT EXISTS _change_refused ON _change(cell) WHERE flags & 1;

-- (I2) Heads of each cell; shown: its value is in what the table shows.
CREATE TABLE IF NOT EXISTS _head(
  cell   INTEGER NOT NULL,
  change INTEGER NOT NULL,
  shown  INTEGER NOT NULL,
  PRIMARY KEY(cell, change)
) STRICT, WITHOUT ROWID;

-- Bases named by a change here, that have not come themselves yet.
CREATE TABLE IF NOT EXISTS _named(
  change INTEGER NOT NULL,
  cell   INTEGER NOT NULL,             -- of the change that names it
  PRIMARY KEY(change, cell)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS _named_cell ON _named(cell);

-- Where the history of a case begins here with a snapshot (core/replica/snapshot.h):
-- of each origin (its number), all changes of the case up to `last` are
-- accounted for, and of those only the standing ones (seqs, 8 bytes each,
-- big-endian) are not superseded. scope '': rows that all sites have.
CREATE TABLE IF NOT EXISTS _snapshot(
  origin   INTEGER NOT NULL,
  scope    TEXT NOT NULL,
  last     INTEGER NOT NULL,
  standing BLOB NOT NULL,
  PRIMARY KEY(origin, scope)
) STRICT, WITHOUT ROWID;

-- Cells whose heads differ, derived at each fold. 1 soft, 2 hard.
CREATE TABLE IF NOT EXISTS _conflict(
  cell     INTEGER PRIMARY KEY,
  severity INTEGER NOT NULL,
  confirm  INTEGER NOT NULL
) STRICT;

-- Changes that were refused or flagged, and why.
CREATE TABLE IF NOT EXISTS _verdict(
  change INTEGER PRIMARY KEY,
  kind   INTEGER NOT NULL,
  reason TEXT NOT NULL
) STRICT;

-- At the office: which case each site has been sent.
CREATE TABLE IF NOT EXISTS _scope(
  site TEXT NOT NULL,
  key  TEXT NOT NULL,
  PRIMARY KEY(site, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS _scope_key ON _scope(key);

-- At the office: the last outbox commit taken into main, per outbox ref.
CREATE TABLE IF NOT EXISTS _taken(
  ref       TEXT PRIMARY KEY NOT NULL,
  commit_id TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Which commit carries which changes: an outbox's own, or the inbox commit
-- that brought them. A row for each run of seqs without a gap; the key begins
-- with the end of a run, so that a change that no commit carries yet is known
-- by the first look.
CREATE TABLE IF NOT EXISTS _commit(
  origin    INTEGER NOT NULL,
  first     INTEGER NOT NULL,
  last      INTEGER NOT NULL,
  commit_id TEXT NOT NULL,
  PRIMARY KEY(origin, last, first)
) STRICT, WITHOUT ROWID;
