#!/bin/sh
# What a unit wrote after a proposal was taken back from it: shown at the
# office, decided with a reason, told to the unit.
. "$(dirname "$0")/harness.sh"

quiet 0 tian --as 王芳 -C office init --office --hub "$work/hub"
quiet 0 tian --as 李明 -C edu init --unit edu --hub "$work/hub"
quiet 0 tian --as 赵强 -C hr init --unit hr --hub "$work/hub"
quiet 0 tian -C office unit add edu 区教育局 --key edu/key.pub
quiet 0 tian -C office unit add hr 区人社局 --key hr/key.pub
quiet 0 tian -C office import "$tests/samples/key-proposals.txt" --only proposals
quiet 0 tian -C office assign 14 --main edu --due 2022-06-30
quiet 0 tian -C office sync
quiet 0 tian -C edu sync
quiet 0 tian -C office assign 14 --main hr --reason 改办
quiet 0 tian -C office sync
quiet 0 tian -C edu set 14 draft=迟到的答复。
quiet 0 tian -C edu sync
says_not out 'to decide'
quiet 0 tian -C edu conflicts
ok 'the unit is not told of a conflict that the office does not have'
quiet 1 tian -C office sync
ok 'the office is told that a person must decide'

quiet 1 tian -C office conflicts 14
says out 'edu.draft'
says out '迟到的答复。'
says out '--accept'
quiet 1 tian -C office --json conflicts 14
says out '"late": true'
quiet 1 tian -C office doctor
ok 'conflicts shows it beside what stands, with the command'

quiet 1 tian -C edu sync
quiet 0 tian -C edu list
says out '已移交…'
quiet 0 tian -C edu --json list
says out '"late": "waiting"'
quiet 0 tian -C edu show 14
says out 'the office has yet to decide'
quiet 0 tian -C edu doctor
says out '1 wait for the office, 0 accepted'
ok 'the unit sees that it waits'

quiet 2 tian -C office resolve 14 edu.draft --accept
quiet 2 tian -C office resolve 14 edu.draft --accept --refuse --reason x
quiet 3 tian -C office resolve 14 edu.class_proposed --accept --reason x
says err 'nothing came late'
ok 'a wrong command line says what is wrong'

quiet 0 tian -C office resolve 14 edu.draft --accept --reason 会上已用
quiet 0 tian -C office conflicts 14
quiet 0 tian -C office sync
quiet 0 tian -C edu sync
says err '1-1-014 edu.draft: what this unit wrote'
says err 'accepted by the office'
says err '会上已用'
quiet 0 tian -C office log 14 edu.draft
says out '会上已用'
ok 'accepted, it stands, and the unit is told why'

quiet 0 tian -C edu list
says out '已移交✓'
quiet 0 tian -C edu show 14
says out 'taken back; accepted: 会上已用'
quiet 0 tian -C edu --json show 14
says out '"state": "accepted"'
quiet 0 tian -C edu doctor
says out '0 wait for the office, 1 accepted'
ok 'the unit sees the answer'

quiet 3 tian -C edu set 14 draft=再写。
says err 'does not handle it any more'
ok 'the unit, which knows now, cannot write to it any more'

# The archive.
quiet 0 tian -C edu list
says out '已移交'
quiet 0 tian -C edu list --status 已移交
says out '1-1-014'
quiet 0 tian -C edu list --status 办理中
says_not out '1-1-014'
quiet 0 tian -C edu --json list
says out '"released": true'
quiet 0 tian -C edu show 14
says out 'handed over, read only (改办): 20'
says out ', to 区人社局'
quiet 0 tian -C edu --json show 14
says out '"reason": "改办"'
says out '"hr"'
quiet 0 tian -C hr sync
quiet 0 tian -C hr --json show 14
says out '"released": null'
ok 'list and show say that it is an archive, since when and who has it'

read_only='the proposal was taken back from this unit; it is a read-only archive'
for sql in "UPDATE handling SET draft = '再写。' WHERE unit = 'edu'" \
	"UPDATE handling SET class_proposed = 'A'" \
	"INSERT INTO measure(proposal, unit, id, suggestion)
	 VALUES ('1-1-014', 'edu', 'm1', '再写。')"; do
	quiet 19 sqlite3 edu/tian.db "$sql"
	says err "$read_only"
done
quiet 0 sqlite3 hr/tian.db "UPDATE handling SET draft = '我们写。'
	WHERE unit = 'hr'"
ok 'plain SQL is refused there with the reason, and nowhere else'

# Fields that only the unit may write.
quiet 0 tian -C office assign 1 --main edu --due 2022-06-30
quiet 0 tian -C office sync
quiet 0 tian -C edu sync
quiet 0 tian -C office assign 1 --main hr --reason 改办
quiet 0 tian -C office sync
quiet 0 tian -C edu set 1 edu.phone=8001 edu.contact_name=陈立
quiet 0 tian -C edu sync
quiet 1 tian -C office sync
quiet 1 tian -C office conflicts 1
says out '1-1-001 edu.phone'
quiet 3 tian -C office resolve 1 edu.phone --value 9999 --reason x
quiet 3 tian -C office set 1 edu.phone=9999
quiet 0 tian -C office resolve 1 edu.phone --take edu --reason 核对过
quiet 0 tian -C office resolve 1 edu.contact_name --refuse --reason 已换人
quiet 0 tian -C office conflicts 1
quiet 0 tian -C office sync
quiet 1 tian -C edu sync
quiet 0 tian -C edu show 1
says out 'accepted: 核对过'
says out 'not accepted: 已换人'
quiet 0 sqlite3 edu/tian.db "SELECT phone || ifnull(contact_name, '-')
	FROM handling WHERE proposal = '1-1-001' AND unit = 'edu'"
says out '8001-'
quiet 0 tian -C office verify
quiet 0 tian -C edu verify
ok 'what only the unit may write is answered, and the office adds nothing'
# Rows that only came late: a measure and a contact, each answered as a whole.
quiet 0 tian -C office assign 2 --main edu --due 2022-06-30
quiet 0 tian -C office sync
quiet 0 tian -C edu sync
quiet 0 tian -C office assign 2 --main hr --reason 改办
quiet 0 tian -C office sync
quiet 0 sqlite3 edu/tian.db "
	INSERT INTO measure(proposal, unit, id, suggestion, state)
		VALUES ('1-1-002', 'edu', 'm1', '增设学位。', 'done');
	INSERT INTO measure(proposal, unit, id, suggestion)
		VALUES ('1-1-002', 'edu', 'm2', '另建一所。')"
quiet 0 tian -C edu sync
quiet 1 tian -C office sync
quiet 1 tian -C office conflicts 2
says out '1-1-002 measure:edu/m1.suggestion'
says out '增设学位。'
says out 'tian resolve 1-1-002 measure:edu/m2.suggestion --accept'
says_not out 'm1.state'
quiet 1 tian -C office --json conflicts 2
says out '"entity": "measure"'
ok 'a row that only came late waits, and is shown once'

quiet 3 tian -C office set 2 measure:edu/m1.suggestion=我们改的
quiet 3 tian -C office resolve 2 measure:edu/m1.suggestion --value 别的 \
	--reason x
quiet 0 tian -C office resolve 2 measure:edu/m1.suggestion --accept \
	--reason 可用
says err 'for all of its fields'
quiet 0 tian -C office resolve 2 measure:edu/m2.suggestion --refuse \
	--reason 不在范围
quiet 0 tian -C office conflicts 2
quiet 0 sqlite3 office/tian.db "SELECT id, suggestion, state, void, void_reason
	FROM measure WHERE proposal = '1-1-002' ORDER BY id"
says out 'm1|增设学位。|done||'
says out 'm2|||1|不在范围'
quiet 0 tian -C office sync
quiet 1 tian -C edu sync
says err 'accepted by the office'
says err '可用'
says err 'not accepted by the office'
says err '不在范围'
quiet 0 sqlite3 edu/tian.db "SELECT id, suggestion, state, void, void_reason
	FROM measure WHERE proposal = '1-1-002' ORDER BY id"
says out 'm1|增设学位。|done||'
says out 'm2|||1|不在范围'
quiet 0 tian -C hr sync
quiet 0 tian -C office verify
quiet 0 tian -C edu verify
ok 'accepted it stands at both ends, not accepted it is void, and verify agrees'

# A row that its unit made in time is the unit's, voiding it too.
quiet 0 sqlite3 hr/tian.db "INSERT INTO measure(proposal, unit, id, suggestion)
	VALUES ('1-1-002', 'hr', 'm1', '加强培训。')"
quiet 0 tian -C hr sync
quiet 0 tian -C office sync
quiet 3 tian -C office set 2 measure:hr/m1.void=1 --reason x
quiet 3 tian -C office resolve 2 measure:hr/m1.void --value 1 --reason x
quiet 3 tian -C office resolve 2 measure:hr/m9.suggestion --accept --reason x
says err 'there is no'
ok 'the office voids no row that stands, and answers none that is not there'

# A second machine of the office judges the same, and so does a new replica.
quiet 0 tian --as 周全 -C office2 init --office --hub "$work/hub"
quiet 0 tian -C office unit add office 区政协提案委 --key office2/key.pub
quiet 0 tian -C office sync
quiet 0 tian -C office2 sync
quiet 0 sqlite3 office2/tian.db "SELECT id, suggestion, state, void
	FROM measure WHERE proposal = '1-1-002' ORDER BY id"
says out 'm1|增设学位。|done|'
says out 'm2|||1'
quiet 0 tian -C office2 verify --hub
ok 'another machine of the office comes to the same'
exit $failed
