"""fold_test.py - the oracle itself, by the examples of core/merge/policies.md.

Batches are made as schemas/changes.md says, read back in any order, and the
oracle's lines compared. Needs what fold.py needs.
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

import fold

OFFICE, OFFICE_TOO, EDU, EDU_TOO, HR = 1, 2, 3, 4, 5
SITES = {OFFICE: "office", OFFICE_TOO: "office", EDU: "edu",
         EDU_TOO: "edu", HR: "hr"}
HANDLING, PROPOSAL, LEADER, CONTACT, CODE = 11, 10, 12, 13, 4


def packed(origin):
    return origin.to_bytes(8, "big")


class Folder:
    """Changes as (origin, seq): written batch by batch into a folder."""

    def __init__(self):
        self.changes, self.verdicts = [], []

    def write(self, origin, seq, clock, cell, value, bases=()):
        entity, row, field = cell
        self.changes.append((origin, seq, clock, entity, row, field, value,
                             list(bases)))
        return origin, seq

    def verdict(self, change, kind):
        self.verdicts.append([packed(change[0]), change[1], kind, "why"])

    @staticmethod
    def batch(changes, more=()):
        own = changes[0][0]
        others = sorted({o for change in changes for o, _ in change[7]
                         if o != own})
        at = {own: 0, **{o: i + 1 for i, o in enumerate(others)}}
        rows = []
        for _, seq, clock, entity, row, field, value, bases in changes:
            flat = [number for o, s in bases for number in (at[o], s)]
            rows.append([seq, clock, entity, row, field, value, flat])
        return ["tian", 1, 1, packed(own), SITES[own], "王芳", 1,
                [packed(o) for o in others], rows, *more]

    def lines(self, each=False):
        groups = {}
        for change in sorted(self.changes):
            groups.setdefault(change[:2] if each else change[0],
                              []).append(change)
        with tempfile.TemporaryDirectory() as folder:
            for number, group in enumerate(groups.values()):
                self.put(folder, number, self.batch(group, ["later"]))
            self.put(folder, "verdicts",
                     ["tian-verdicts", 1, 1, self.verdicts])
            run = subprocess.run([sys.executable, fold.__file__, folder],
                                 stdout=subprocess.PIPE, check=True)
        return [json.loads(line) for line in run.stdout.splitlines()]

    @staticmethod
    def put(folder, name, document):
        (pathlib.Path(folder) / f"{name}.msgpack").write_bytes(
            fold.msgpack.packb(document))


def heads(cell, *written, base=None):
    """One cell: (origin, clock, value) each over the office's first change."""
    folder = Folder()
    bases = [folder.write(OFFICE, 99, 0, cell, base)]
    for number, (origin, clock, value) in enumerate(written):
        folder.write(origin, 100 + number, clock, cell, value, bases)
    return folder


DUE = (HANDLING, "1-1-014/edu", 5)
DRAFT = (HANDLING, "1-1-014/edu", 8)
CLASS = (HANDLING, "1-1-014/edu", 9)
PUBLICITY = (PROPOSAL, "1-1-014", 19)
SPONSORS = (PROPOSAL, "1-1-014", 6)
ROLE = (HANDLING, "1-1-014/edu", 3)
VOID_REASON = (PROPOSAL, "1-1-014", 2)
VOID_REASON_OURS = (HANDLING, "1-1-014/edu", 2)
MODE = (CONTACT, "1-1-014/edu/x", 4)
FIVE = "一\n二\n三\n四\n五"

EXAMPLES = [
    ("one head", ROLE, None, [(OFFICE, 1, "main")], "none", "main"),
    ("agreement", ROLE, None, [(OFFICE, 1, "co"), (EDU, 2, "co")],
     "none", "co"),
    ("office stands", DUE, None,
     [(OFFICE, 1, "2022-06-30"), (EDU, 9, "2022-09-30")],
     "soft", "2022-06-30"),
    ("two of the office", DUE, None,
     [(OFFICE, 1, "2022-09-30"), (OFFICE_TOO, 2, "2022-06-30")],
     "hard", "2022-06-30"),
    ("none of the office", DUE, None,
     [(EDU, 1, "2022-08-31"), (HR, 2, "2022-09-30")],
     "soft", "2022-09-30"),
    ("owner wins", CLASS, None, [(EDU, 1, "A"), (OFFICE, 9, "B")],
     "soft", "A"),
    ("owner against itself", CLASS, None,
     [(EDU, 1, "A"), (EDU_TOO, 2, "B")], "hard", "B"),
    ("owner silent", CLASS, None,
     [(OFFICE, 1, "A"), (OFFICE_TOO, 2, "B")], "hard", "B"),
    ("newest", VOID_REASON, None, [(EDU, 5, "一"), (HR, 6, "二")],
     "soft", "二"),
    ("cleared", VOID_REASON, "x", [(EDU, 5, "一"), (HR, 6, None)],
     "soft", None),
    ("union", SPONSORS, "张三",
     [(OFFICE, 1, "张三、李四"), (OFFICE_TOO, 2, "张三、王五")],
     "soft", "张三、李四、王五"),
    ("taken out", SPONSORS, "a、b、c",
     [(OFFICE, 1, "a、c"), (OFFICE_TOO, 2, "a、b、c、d")],
     "soft", "a、c、d"),
    ("nothing left", SPONSORS, "a、b",
     [(OFFICE, 1, "a"), (OFFICE_TOO, 2, "b")], "soft", None),
    ("strictest", PUBLICITY, None,
     [(EDU, 1, "withheld"), (OFFICE, 9, "public")], "soft", "withheld"),
    ("unknown code", PUBLICITY, None,
     [(EDU, 1, "withheld"), (OFFICE, 9, "secret")], "hard", "secret"),
    ("apart", DRAFT, FIVE,
     [(EDU, 1, FIVE.replace("一", "甲")),
      (EDU_TOO, 2, FIVE.replace("五", "乙"))],
     "soft", "甲\n二\n三\n四\n乙"),
    ("overlap", DRAFT, FIVE,
     [(EDU, 1, FIVE.replace("一", "甲")),
      (EDU_TOO, 2, FIVE.replace("一", "乙")),
      (OFFICE, 9, FIVE.replace("一", "丙"))],
     "hard", FIVE.replace("一", "乙")),
    ("neighbours", DRAFT, FIVE,
     [(EDU, 1, FIVE.replace("二", "甲")),
      (EDU_TOO, 2, FIVE.replace("三", "乙"))],
     "hard", FIVE.replace("三", "乙")),
    ("back to the base", DRAFT, "一", [(EDU, 1, "甲"), (OFFICE, 9, "一")],
     "soft", "甲"),
    ("two first drafts", DRAFT, None,
     [(EDU, 1, "甲"), (EDU_TOO, 2, "乙")], "hard", "乙"),
    ("append", MODE, None, [(EDU, 1, "visit"), (EDU_TOO, 2, "phone")],
     "hard", "phone"),
    ("review", ROLE, None, [(OFFICE, 1, "main"), (OFFICE_TOO, 2, "co")],
     "hard", "co"),
    ("unknown field", (HANDLING, "1-1-014/edu", 77), None,
     [(OFFICE, 1, 1), (OFFICE_TOO, 2, 2)], "hard", 2),
]


class Fold(unittest.TestCase):
    maxDiff = None

    def check(self, folder, severity, shown):
        line, = folder.lines()
        self.assertEqual((line["severity"], line["shown"]),
                         (severity, shown))
        self.assertEqual(folder.lines(each=True), [line])
        return line

    def test_examples_of_the_document(self):
        for name, cell, base, written, severity, shown in EXAMPLES:
            with self.subTest(name):
                self.check(heads(cell, *written, base=base),
                           severity, shown)

    def test_a_decision_names_all_heads(self):
        folder = heads(ROLE, (OFFICE, 1, "main"), (OFFICE_TOO, 2, "co"))
        folder.write(OFFICE, 200, 3, ROLE, "main",
                     [(OFFICE, 100), (OFFICE_TOO, 101)])
        line = self.check(folder, "none", "main")
        self.assertEqual(line["heads"], ["0000000000000001:200"])
        self.assertEqual((line["entity"], line["row"], line["field"]),
                         ("handling", "1-1-014/edu", "role"))

    def test_a_refused_change_is_no_head_and_replaces_nothing(self):
        folder = heads(DUE, (OFFICE, 1, "2022-06-30"))
        refused = folder.write(EDU, 1, 9, DUE, "2022-12-31",
                               [(OFFICE, 100)])
        folder.verdict(refused, fold.REFUSED)
        self.check(folder, "none", "2022-06-30")

    def test_a_cell_of_refused_changes_only_has_no_line(self):
        folder = Folder()
        folder.verdict(folder.write(EDU, 1, 9, DUE, "x"), fold.REFUSED)
        self.assertEqual(folder.lines(), [])

    def test_a_row_voided_unseen_is_hard(self):
        void, phone = (HANDLING, "1-1-014/edu", 1), \
            (HANDLING, "1-1-014/edu", 7)
        for knows, severity in ((None, "hard"), ("void", "none"),
                                ("phone", "none")):
            with self.subTest(knows):
                folder = Folder()
                edit = voiding = ()
                if knows == "void":
                    edit = [folder.write(EDU, 1, 1, phone, "1")]
                voiding = [folder.write(OFFICE, 1, 2, void, 1, edit)]
                if knows != "void":
                    folder.write(EDU, 1, 3, phone, "1",
                                 voiding if knows == "phone" else ())
                folder.write(OFFICE_TOO, 1, 9, VOID_REASON_OURS, "误")
                lines = {line["field"]: line for line in folder.lines()}
                self.assertEqual(lines["void"]["severity"], severity)
                self.assertEqual(lines["void"]["shown"], 1)
                self.assertEqual(lines["phone"]["severity"], "none")

    def test_a_refused_change_is_no_base(self):
        folder = Folder()
        first = folder.write(EDU, 1, 1, DRAFT, FIVE)
        refused = folder.write(HR, 1, 2, DRAFT, FIVE, [first])
        folder.write(EDU, 2, 3, DRAFT, "甲\n二\n三\n四\n五", [refused])
        folder.write(EDU_TOO, 1, 4, DRAFT, "一\n二\n三\n四\n乙", [refused])
        self.check(folder, "soft", "甲\n二\n三\n四\n乙")
        folder.verdict(refused, fold.REFUSED)
        line = self.check(folder, "hard", "一\n二\n三\n四\n乙")
        self.assertEqual(line["heads"], [
            "0000000000000003:1", "0000000000000003:2",
            "0000000000000004:1"])

    def test_a_flagged_clock_has_no_vote_by_time(self):
        folder = heads(CLASS, (EDU, 1, "A"), (EDU_TOO, 900, "B"))
        folder.verdict((EDU_TOO, 101), fold.CLOCK_AHEAD)
        self.check(folder, "hard", "A")

    def test_a_second_edit_does_not_undo_a_removal(self):
        folder = Folder()
        first = folder.write(OFFICE, 1, 1, SPONSORS, "a、b")
        less = folder.write(OFFICE, 2, 2, SPONSORS, "a", [first])
        folder.write(OFFICE, 3, 3, SPONSORS, "a、c", [less])
        folder.write(OFFICE_TOO, 1, 2, SPONSORS, "a、b、d", [first])
        self.check(folder, "soft", "a、c、d")

    def test_of_criss_cross_bases_the_latest_nearest_one_counts(self):
        folder = Folder()
        one = folder.write(EDU, 1, 1, DRAFT, FIVE)
        two = folder.write(EDU_TOO, 1, 2, DRAFT, "一\n二\n三\n四\n陆")
        folder.write(EDU, 2, 3, DRAFT, "甲\n二\n三\n四\n陆", [one, two])
        folder.write(EDU_TOO, 2, 4, DRAFT, "一\n二\n丙\n四\n陆", [two, one])
        self.check(folder, "soft", "甲\n二\n丙\n四\n陆")

    def test_the_office_may_rank_a_code_of_its_own(self):
        folder = heads(PUBLICITY, (EDU, 1, "withheld"),
                       (OFFICE, 9, "secret"))
        folder.write(OFFICE, 300, 10, (CODE, "publicity/secret", 5), 9)
        shown = [line["shown"] for line in folder.lines()
                 if line["field"] == "publicity"]
        self.assertEqual(shown, ["secret"])


if __name__ == "__main__":
    unittest.main()
