#!/usr/bin/env python3
"""fold.py - the whole fold a second time, to test the first one by.

Usage: fold.py FOLDER [SCHEMAS]

Reads every *.msgpack of FOLDER in whatever order (batches; verdicts, whose
refused changes are as good as unknown and whose flagged ones have no vote by
time) and the domain from SCHEMAS (default: schemas/ beside tests/). Prints what every
written cell must show, one JSON object a line, lines sorted by their bytes:

    {"entity","row","field","heads":["origin:seq",…],"severity","shown"}

Entities and fields unknown to the domain are given by number. A blob is
{"hex": …}. severity is none, soft or hard.

Written from core/merge/policies.md and schemas/changes.md alone: knows no table of
the replica, and shares no line with core/. Texts are merged by stock git.
Needs Python's msgpack and git; exit status 77 where one is missing.
"""

import collections
import functools
import json
import os
import pathlib
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile

try:
    import msgpack
except ImportError:
    msgpack = None

OFFICE = "office"
VOID, FIRST_FIELD = 1, 3
HEADS_MAX = 64  # with more no common ancestor is looked for
REFUSED, CLOCK_AHEAD = 1, 2
MISSING_TOOL = 77

Change = collections.namedtuple(
    "Change", "origin seq clock site entity row field value bases")
Head = collections.namedtuple(
    "Head", "change ahead from_office from_owner replaced")
Field = collections.namedtuple("Field", "entity name policy list owner_at")
Outcome = collections.namedtuple("Outcome", "severity shown")


# -- what is read ------------------------------------------------------------

def id_of(change):
    return change.origin, change.seq


def read_changes(document):
    origin_bytes, site = document[3], document[4]
    own = int.from_bytes(origin_bytes, "big")
    origins = [own] + [int.from_bytes(o, "big") for o in document[7]]
    for raw in document[8]:
        seq, clock, entity, row, field, value, pairs = raw[:7]
        bases = [(origins[at], base_seq)
                 for at, base_seq in zip(pairs[0::2], pairs[1::2])]
        yield Change(own, seq, clock, site, entity, row, field, value,
                     tuple(bases))


def read_folder(folder):
    """All changes by id, and for each verdict kind the ids it was given."""
    changes, verdicts = {}, {REFUSED: set(), CLOCK_AHEAD: set()}
    for path in pathlib.Path(folder).glob("*.msgpack"):
        document = msgpack.unpackb(path.read_bytes(), raw=False)
        if document[0] == "tian-verdicts":
            for origin, seq, kind, *_ in document[3]:
                if kind in verdicts:
                    verdicts[kind].add((int.from_bytes(origin, "big"), seq))
        elif document[0] == "tian":
            for change in read_changes(document):
                known = changes.setdefault(id_of(change), change)
                if repr(known) != repr(change):
                    sys.exit(f"{path}: {id_of(change)} is there twice, "
                             "with different contents")
        else:
            sys.exit(f"{path}: neither a batch nor verdicts")
    return changes, verdicts


def read_domain(schemas):
    """Names of entities, fields by (entity, field), ranks by (list, code)."""
    schemas = pathlib.Path(schemas)
    db = sqlite3.connect(":memory:")
    db.executescript((schemas / "engine.sql").read_text("utf-8"))
    db.execute("CREATE TABLE code(list, code, zh, en, rank, aliases)")
    for name in ("domain.sql", "codes.sql"):
        if (schemas / name).exists():
            db.executescript((schemas / name).read_text("utf-8"))
    entities, owners = {}, {}
    for number, name, keys, owner in db.execute(
            "SELECT id, name, keys, owner FROM _entity"):
        entities[number] = name
        owners[number] = keys.split().index(owner) if owner else None
    fields = {
        (entity, number): Field(entities[entity], name, policy, codes,
                                owners[entity])
        for entity, number, name, policy, codes in db.execute(
            "SELECT entity, id, name, policy, list FROM _field")}
    ranks = {(codes, code): rank for codes, code, rank in db.execute(
        "SELECT list, code, rank FROM code")}
    return entities, fields, owners, ranks


# -- the graph of bases ------------------------------------------------------

def time_of(change):
    return change.clock, change.origin, change.seq


def bases_of(change, cell):
    return [cell[base] for base in change.bases if base in cell]


def ancestors(change, cell):
    """Ids of what can be reached through the bases, with the change's own."""
    found, todo = set(), [change]
    while todo:
        at = todo.pop()
        if id_of(at) not in found:
            found.add(id_of(at))
            todo.extend(bases_of(at, cell))
    return found


def nearest_common_ancestor(heads, cell):
    if len(heads) > HEADS_MAX:
        return None
    common = set.intersection(*(ancestors(head, cell) for head in heads))
    covered = set()
    for one in common:
        covered |= ancestors(cell[one], cell) - {one}
    nearest = [cell[one] for one in common - covered]
    return max(nearest, key=time_of).value if nearest else None


def knows(one, other):
    return id_of(other) in one.bases


def replaced_by(change, cell):
    bases = bases_of(change, cell)
    return max(bases, key=time_of).value if bases else None


# -- values ------------------------------------------------------------------

def exact(value):
    """Equal for equal values only: 1 is not 1.0, NULL is not ''."""
    if isinstance(value, float):
        return float, struct.pack(">d", value)
    return type(value), value


def distinct(heads):
    return {exact(head.change.value) for head in heads}


def is_text(value):
    return value is None or isinstance(value, str)


def newest(heads):
    return max(heads, key=lambda head: (not head.ahead,
                                        time_of(head.change)))


# -- policies ----------------------------------------------------------------

def by_newest(heads, *_):
    return Outcome("soft", newest(heads).change.value)


def by_review(heads, *_):
    return Outcome("hard", newest(heads).change.value)


def by_role(heads):
    severity = "hard" if len(distinct(heads)) > 1 else "soft"
    return Outcome(severity, newest(heads).change.value)


def by_office(heads, *_):
    office = [head for head in heads if head.from_office]
    return by_role(office) if office else by_newest(heads)


def by_owner(heads, *_):
    owner = [head for head in heads if head.from_owner]
    return by_role(owner) if owner else by_office(heads)


BLANK = " \t\n\v\f\r\u3000"


def members(value):
    if not isinstance(value, str):
        return []
    stripped = (member.strip(BLANK) for member in value.split("、"))
    return list(dict.fromkeys(member for member in stripped if member))


def by_set(heads, base, _rank):
    if not all(is_text(head.change.value) for head in heads):
        return by_review(heads)
    common = members(base)
    sides = [(set(members(head.change.value)), set(members(head.replaced)))
             for head in heads]

    def stays(member):
        taken = any(member not in has and (member in had or member in common)
                    for has, had in sides)
        added = any(member in has and member not in had
                    for has, had in sides)
        return not taken or added

    old = list(common)
    for head in heads:
        old += members(head.replaced)
    everything = set().union(*(has for has, _ in sides))
    order = list(dict.fromkeys(old)) + sorted(everything - set(old))
    union = "、".join(member for member in order
                     if member in everything and stays(member))
    return Outcome("soft", made(union, heads))


def made(text, heads):
    """A text made of several, or what the newest head saying so has."""
    for head in reversed(heads):
        if (head.change.value or "") == text:
            return head.change.value
    return text or None


def by_strictest(heads, _base, rank):
    ranks = [rank(head.change.value) for head in heads]
    if min(ranks) < 0:
        return by_review(heads)
    top = [head for head, its in zip(heads, ranks) if its == max(ranks)]
    return by_role(top)


@functools.lru_cache(maxsize=None)
def merge_texts(base, ours, theirs):
    """The merge, or None for an overlap."""
    if "\0" in base + ours + theirs:
        return None
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for name, text in (("o", ours), ("b", base), ("t", theirs)):
            paths.append(os.path.join(folder, name))
            with open(paths[-1], "w", encoding="utf-8", newline="") as file:
                file.write(text + "\n" if text else "")
        run = subprocess.run(
            ["git", "merge-file", "-p", "-q", *paths], cwd=folder,
            stdout=subprocess.PIPE, check=False,
            env={"PATH": os.environ.get("PATH", os.defpath),
                 "GIT_CONFIG_GLOBAL": "/dev/null",
                 "GIT_CONFIG_NOSYSTEM": "1",
                 "GIT_CEILING_DIRECTORIES": os.path.dirname(folder)})
    if run.returncode > 127 or run.returncode < 0:
        sys.exit(f"git merge-file: status {run.returncode}")
    return run.stdout.decode("utf-8")[:-1] if run.returncode == 0 else None


def fold_texts(heads, base):
    if not all(is_text(value) for value in
               [base] + [head.change.value for head in heads]):
        return None
    base, start, seen = base or "", None, {base or ""}
    for head in heads:
        text = head.change.value or ""
        if text in seen:
            continue
        seen.add(text)
        start = text if start is None else merge_texts(base, start, text)
        if start is None:
            return None
    return base if start is None else start


def by_text(heads, base, _rank):
    text = fold_texts(heads, base)
    if text is not None:
        return Outcome("soft", made(text, heads))
    owner = [head for head in heads if head.from_owner]
    return by_review(owner or heads)


POLICIES = {
    "office": by_office, "owner": by_owner, "newest": by_newest,
    "set": by_set, "strictest": by_strictest, "text": by_text,
    "append": by_review, "review": by_review,
}


def decide(policy, heads, base, rank):
    """heads in the order of the documents: flagged last, then by time."""
    if len(distinct(heads)) == 1:
        return Outcome("none", heads[0].change.value)
    return POLICIES.get(policy, by_review)(heads, base, rank)


# -- cells -------------------------------------------------------------------

class Oracle:
    def __init__(self, folder, schemas):
        self.changes, self.verdicts = read_folder(folder)
        self.entities, self.fields, self.owners, self.ranks = \
            read_domain(schemas)
        self.cells = collections.defaultdict(dict)
        for one, change in self.changes.items():
            if one not in self.verdicts[REFUSED]:
                key = change.entity, change.row, change.field
                self.cells[key][one] = change
        self.rows = collections.defaultdict(list)
        for key, cell in self.cells.items():
            self.rows[key[:2]].append((key, cell))
        self.read_ranks()

    def read_ranks(self):
        """The office may change code lists; those changes count too."""
        for (entity, row, field), cell in list(self.cells.items()):
            known = self.fields.get((entity, field))
            if known and (known.entity, known.name) == ("code", "rank"):
                heads, outcome = self.fold((entity, row, field), cell)
                if heads:
                    self.ranks[tuple(row.split("/"))] = outcome.shown

    def head_of(self, change, cell):
        owner_at = self.owners.get(change.entity)
        parts = change.row.split("/")
        owner = parts[owner_at] if owner_at is not None \
            and owner_at < len(parts) else None
        return Head(change, id_of(change) in self.verdicts[CLOCK_AHEAD],
                    change.site == OFFICE, change.site == owner,
                    replaced_by(change, cell))

    def heads_of(self, cell):
        named = {base for change in cell.values() for base in change.bases}
        heads = [self.head_of(change, cell) for one, change in cell.items()
                 if one not in named]
        return sorted(heads, key=lambda head: (head.ahead,
                                               time_of(head.change)))

    def fold(self, key, cell):
        heads = self.heads_of(cell)
        if not heads:  # bases in a circle
            return heads, None
        field = self.fields.get((key[0], key[2]))
        base = nearest_common_ancestor([h.change for h in heads], cell)

        def rank(value):
            found = self.ranks.get((field.list, value))
            return -1 if value is None or found is None else found

        policy = field.policy if field else None
        outcome = decide(policy, heads, base, rank)
        if key[2] == VOID and self.voided_unseen(key, heads):
            outcome = outcome._replace(severity="hard")
        return heads, outcome

    def fields_of(self, entity, row):
        return [cell for key, cell in self.rows[entity, row]
                if key[2] >= FIRST_FIELD]

    def voided_unseen(self, key, heads):
        voids = [head.change for head in heads if head.change.value == 1
                 and isinstance(head.change.value, int)]
        for cell in self.fields_of(*key[:2]):
            for head in self.heads_of(cell):
                if voids and not any(
                        knows(head.change, void) or knows(void, head.change)
                        for void in voids):
                    return True
        return False

    def lines(self):
        for key, cell in self.cells.items():
            heads, outcome = self.fold(key, cell)
            if heads:
                yield self.line(key, heads, outcome)

    def line(self, key, heads, outcome):
        entity, row, number = key
        field = self.fields.get((entity, number))
        shown = outcome.shown
        if isinstance(shown, bytes):
            shown = {"hex": shown.hex()}
        return json.dumps({
            "entity": self.entities.get(entity, entity),
            "row": row,
            "field": field.name if field else number,
            "heads": [f"{origin:016x}:{seq}" for origin, seq in
                      sorted(id_of(head.change) for head in heads)],
            "severity": outcome.severity,
            "shown": shown,
        }, ensure_ascii=False, separators=(",", ":"))


def main(arguments):
    if not 1 <= len(arguments) <= 2:
        print(__doc__, file=sys.stderr)
        return 2
    if msgpack is None or shutil.which("git") is None:
        print("fold.py: SKIPPED: needs python3-msgpack and git",
              file=sys.stderr)
        return MISSING_TOOL
    beside = pathlib.Path(__file__).resolve().parents[2] / "schemas"
    oracle = Oracle(arguments[0],
                    arguments[1] if len(arguments) > 1 else beside)
    for line in sorted(oracle.lines(), key=lambda line: line.encode()):
        sys.stdout.buffer.write(line.encode() + b"\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
