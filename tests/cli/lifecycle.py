"""lifecycle.py OFFICE.db - plays every move of _lifecycle against the view.

For each state a few ways to come there (one main unit, two separate ones,
with or without a co-unit); for each step and writer a few ways to take it.
Every way must end in a state that the table names for it, and every state
that the table names must be reached by some way. Plain SQL at the office,
which may write every site's rows, so each case is what a merge would hold.
"""
import sqlite3
import sys

db = sqlite3.connect(sys.argv[1], isolation_level=None)
failed = 0
clock = 0
number = 0


def not_ok(text):
    global failed
    failed += 1
    print('not ok -', text)


def run(sql, **words):
    db.execute(sql, words)


class Case:
    def __init__(self):
        global number
        number += 1
        self.key = '9-9-%03d' % number
        run('INSERT INTO proposal(key, title) VALUES (:k, :t)', k=self.key,
            t='第%d件' % number)

    def set(self, field, value):
        run('UPDATE proposal SET "%s" = :v WHERE key = :k' % field,
            v=value, k=self.key)

    def handling(self, unit, role):
        run('INSERT INTO handling(proposal, unit, role, assigned_on)'
            " VALUES (:k, :u, :r, '2022-05-01')", k=self.key, u=unit, r=role)

    def release(self, unit):
        run("UPDATE handling SET void_reason = '退办', void = 1 WHERE"
            ' proposal = :k AND unit = :u', k=self.key, u=unit)

    def draft(self, unit):
        run("UPDATE handling SET draft = coalesce(draft, '') || '答。' WHERE"
            ' proposal = :k AND unit = :u', k=self.key, u=unit)

    def event(self, kind, unit='office', target=None):
        """Ids as tian makes them: each after the last."""
        global clock
        clock += 1
        run('INSERT INTO event(proposal, unit, id, kind, at, target) VALUES'
            " (:k, :u, :i, :e, '2022-06-30T01:00:00Z', :t)", k=self.key,
            u=unit, i='20220630T0100%02d.%03d-00' % divmod(clock, 1000),
            e=kind, t=target)

    def contact(self, unit):
        run("INSERT INTO contact(proposal, unit, id, mode) VALUES (:k, :u,"
            " 'c', 'visit')", k=self.key, u=unit)

    def feedback(self, result, sponsor='甲'):
        """Of the last round whose reply was sent."""
        kinds = [kind for (kind,) in db.execute(
            'SELECT kind FROM flow WHERE proposal = ? AND kind IN'
            " ('redo', 'sent') ORDER BY seq", (self.key,))]
        rounds = kinds.count('redo') + (kinds[-1:] == ['sent'])
        run('INSERT INTO feedback(proposal, sponsor, round, process, result)'
            " VALUES (:k, :s, :n, 'satisfied', :r)", k=self.key, s=sponsor,
            n=str(rounds), r=result)

    def status(self):
        return db.execute('SELECT status FROM proposal_status WHERE key = ?',
                          (self.key,)).fetchone()[0]


# Ways to a state ------------------------------------------------------------

def received(c):
    c.set('received_on', '2022-04-01')


def outcome(review):
    def way(c):
        received(c)
        c.set('review', review)
    return way


def merged(c):
    outcome('merged')(c)
    c.set('merged_into', '9-9-001')


def withdrawn(c):
    outcome('filed')(c)
    c.set('withdrawn', 1)


def assigned(c):
    outcome('filed')(c)
    c.handling('edu', 'main')
    c.handling('hr', 'co')
    c.event('assigned')


def split(c):
    outcome('filed')(c)
    c.handling('edu', 'split')
    c.handling('law', 'split')
    c.handling('hr', 'co')
    c.event('assigned')


def then(way, *events):
    """A way, and further events: (kind, unit, target)."""
    def longer(c):
        way(c)
        for event in events:
            c.event(*event)
    return longer


begun = then(assigned, ('receipt', 'edu'))
begun_split = then(split, ('receipt', 'edu'), ('receipt', 'law'))
half = then(begun_split, ('submitted', 'law'))
handed = then(begun, ('submitted', 'edu'))
handed_split = then(half, ('submitted', 'edu'))
rejected = then(handed, ('failed', 'office', 'edu'))
rejected_both = then(handed_split, ('failed', 'office', 'edu'),
                     ('failed', 'office', 'law'))
passed = then(handed, ('passed', 'office', 'edu'))
sent = then(passed, ('sent',))


def answered(result):
    def way(c):
        sent(c)
        c.feedback(result)
    return way


def again(c):
    answered('dissatisfied')(c)
    c.event('redo')


def again_split(c):
    then(handed_split, ('passed',), ('sent',), ('redo',))(c)


ways = {
    '草稿': [lambda c: None],
    '已提交': [received],
    '立案': [outcome('filed')],
    '并案': [merged],
    '不立案': [outcome('rejected')],
    '转意见建议': [outcome('forwarded')],
    '撤案': [withdrawn],
    '交办': [assigned, split],
    '办理中': [begun, begun_split, half],
    '答复待审': [handed, handed_split],
    '审核驳回': [rejected, rejected_both],
    '审核通过': [passed],
    '已答复': [sent],
    '办结': [answered('satisfied'), answered('basically')],
    '重新办理': [answered('dissatisfied'), again, again_split],
    '归档': [then(answered('satisfied'), ('archived',))],
}


# Ways to take a step ---------------------------------------------------------

def review(field):
    def step(c):
        c.set('merged_into', '9-9-001' if field == 'merged' else None)
        c.set('review', field)
    return step


def by(kind, unit='office', target=None):
    return lambda c: c.event(kind, unit, target)


def granted(unit, to=None):
    def step(c):
        role = db.execute('SELECT role FROM handling WHERE proposal = ? AND'
                          ' unit = ?', (c.key, unit)).fetchone()[0]
        c.event('return_asked', unit)
        c.event('return_granted', 'office', unit)
        c.release(unit)
        if to:
            c.handling(to, role)
    return step


def reassigned(c):
    for (unit,) in db.execute("SELECT unit FROM handling WHERE proposal = ?"
                              " AND role <> 'co'", (c.key,)).fetchall():
        c.release(unit)
    c.handling('plan', 'main')
    c.event('assigned')


def one_more(c):
    c.handling('plan', 'co')
    c.event('assigned')


def first(c):
    c.handling('edu', 'main')
    c.event('assigned')


def typed_in(c):
    c.draft('edu')
    c.event('submitted', 'office', 'edu')


def nothing(c):
    """What the flow and the handling's own fields do not show."""


def form(result, sponsor='甲'):
    def step(c):
        c.feedback(result, sponsor)
        c.event('feedback')
    return step


steps = {
    ('received', 'office'): [lambda c: c.set('received_on', '2022-04-01')],
    ('filed', 'office'): [review('filed')],
    ('merged', 'office'): [review('merged')],
    ('rejected', 'office'): [review('rejected')],
    ('forwarded', 'office'): [review('forwarded')],
    ('withdrawn', 'office'): [by('withdrawn'),
                              lambda c: c.set('withdrawn', 1)],
    ('receipt', 'main'): [by('receipt', 'edu')],
    ('receipt', 'co'): [by('receipt', 'hr')],
    ('contact', 'main'): [lambda c: c.contact('edu')],
    ('contact', 'co'): [lambda c: c.contact('hr')],
    ('contact', 'office'): [lambda c: c.contact('office')],
    ('measure', 'main'): [nothing],
    ('reply', 'main'): [lambda c: c.draft('edu')],
    ('reply', 'office'): [lambda c: c.draft('edu')],
    ('reply', 'co'): [lambda c: c.draft('hr')],
    ('signed', 'main'): [nothing],
    ('countersigned', 'co'): [by('countersigned', 'hr', 'edu')],
    ('submitted', 'main'): [by('submitted', 'edu')],
    ('submitted', 'office'): [typed_in],
    ('submitted', 'co'): [by('submitted', 'hr')],
    ('return_asked', 'main'): [by('return_asked', 'edu')],
    ('return_asked', 'co'): [by('return_asked', 'hr')],
    ('return_granted', 'office'): [granted('edu'), granted('edu', 'plan'),
                                   granted('hr')],
    ('return_refused', 'office'): [by('return_refused', 'office', 'edu')],
    ('extension_asked', 'main'): [by('extension_asked', 'edu')],
    ('extension_asked', 'co'): [by('extension_asked', 'hr')],
    ('extension_granted', 'office'): [by('extension_granted', 'office',
                                         'edu')],
    ('extension_refused', 'office'): [by('extension_refused', 'office',
                                         'edu')],
    ('passed', 'office'): [by('passed'), by('passed', 'office', 'edu')],
    ('failed', 'office'): [by('failed'), by('failed', 'office', 'edu')],
    ('sent', 'office'): [by('sent')],
    ('feedback', 'office'): [form('satisfied', '乙'), form('basically', '乙'),
                             form('dissatisfied', '乙')],
    ('redo', 'office'): [by('redo')],
    ('tracking', 'main'): [by('tracking', 'edu')],
    ('tracking', 'office'): [nothing],
    ('archived', 'office'): [by('archived')],
}


def assigning(state):
    return [first] if state == '立案' else [reassigned, one_more]


moves = {}
for state, step, writer, after in db.execute(
        'SELECT state, step, writer, next FROM _lifecycle'):
    moves.setdefault((state, step, writer), set()).add(after)

db.execute('BEGIN')
run("INSERT INTO session(key) VALUES ('9-9')")
Case()  # the one that others are merged into
for state, how in ways.items():
    for way in how:
        c = Case()
        way(c)
        if c.status() != state:
            not_ok('a way to %s ends in %s' % (state, c.status()))

played = 0
for (state, step, writer), nexts in sorted(moves.items()):
    takes = assigning(state) if step == 'assigned' else \
        steps.get((step, writer))
    if not takes or state not in ways:
        not_ok('%s, %s by %s: this test knows no such step' %
               (state, step, writer))
        continue
    seen = set()
    for way in ways[state]:
        for take in takes:
            c = Case()
            way(c)
            # A round that was not begun yet is none to work in.
            if state == '重新办理' and way is ways[state][0] and \
                    step not in ('redo', 'feedback'):
                continue
            take(c)
            seen.add(c.status())
            played += 1
    if seen != nexts:
        not_ok('%s, %s by %s: the table says %s, the view %s' %
               (state, step, writer, sorted(nexts), sorted(seen)))

# What no move leads to or from is no state.
states = {row[0] for row in db.execute(
    'SELECT state FROM _lifecycle UNION SELECT next FROM _lifecycle')}
if states - set(ways):
    not_ok('states unknown here: %s' % sorted(states - set(ways)))
if set(ways) - states:
    not_ok('states that the table has not: %s' % sorted(set(ways) - states))

# What only the office may do counts only where the office did it.
for way, kind in ((handed, 'passed'), (passed, 'sent'), (sent, 'redo'),
                  (answered('satisfied'), 'archived'), (begun, 'withdrawn')):
    c = Case()
    way(c)
    before = c.status()
    c.event(kind, 'edu')
    if c.status() != before:
        not_ok('%s by a unit moved %s to %s' % (kind, before, c.status()))
    stray = db.execute('SELECT kind FROM stray_event WHERE proposal = ?',
                       (c.key,)).fetchall()
    if stray != [(kind,)]:
        not_ok('%s by a unit is not told as stray: %s' % (kind, stray))

# Cause before effect, whatever the clocks: `at` does not matter here.
c = Case()
rejected(c)
run("UPDATE event SET at = '2030-01-01T00:00:00Z' WHERE proposal = :k AND"
    " kind = 'failed'", k=c.key)
c.event('submitted', 'edu')
if c.status() != '答复待审':
    not_ok('a clock that is ahead keeps a case at %s' % c.status())

db.execute('ROLLBACK')
print('%sok - %d plays of %d moves' %
      ('not ' if failed else '', played, len(moves)))
sys.exit(failed > 0)
