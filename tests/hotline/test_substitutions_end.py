"""Who ends a substitution before its time, who hears of it, and what keeps it ended?"""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.audit import AuditRecord
from hotline.models.people import User
from hotline.services.directory_changes import Signed
from hotline.services.people import PersonInput, deactivate, edit_person
from hotline.services.substitutions import end_broken, end_own, revoke
from notifications.models import OutboxMessage
from tests.hotline.standing_in import DAY, NOW, House, found_house
from workflows.definition import SYSTEM
from workflows.errors import Refused
from workflows.vocabulary import Role


@pytest.fixture
def house(session: Session) -> House:
    return found_house(session)


@pytest.fixture
def leader(house: House) -> User:
    return house.hire("leader", Role.UNIT_LEADER, Role.HANDLER, unit_id=house.unit_id)


@pytest.fixture
def clerk(house: House) -> User:
    return house.hire("clerk", Role.HANDLER, unit_id=house.unit_id)


def test_either_of_the_two_and_whoever_looks_after_them_may_end_it(house, leader, clerk):
    third = house.hire("third", Role.HANDLER, unit_id=house.unit_id)
    security = house.hire("security", Role.SECURITY_OFFICER)
    for number, who in enumerate((clerk, third, leader, security)):
        span = {"starts_at": NOW + number * DAY, "ends_at": NOW + number * DAY + DAY}
        found = house.lend(clerk, third, Role.HANDLER, **span)
        end = end_own if who in {clerk, third} else revoke
        end(house.session, found.id, Signed(house.actor(who), NOW, ""))
        assert (found.ending, found.ended_by_id) == ("revoked", who.id)


def test_nobody_else_ends_it_nor_twice(house, leader, clerk):
    stranger = house.hire("stranger", Role.UNIT_LEADER, unit_id=house.other_id)
    colleague = house.hire("colleague", Role.HANDLER, unit_id=house.unit_id)
    found = house.lend(leader, clerk, Role.UNIT_LEADER)
    security = house.hire("security", Role.SECURITY_OFFICER)
    tries = [
        (end_own, stranger),
        (revoke, stranger),
        (revoke, colleague),
        (revoke, clerk),
        (end_own, security),
    ]
    for end, who in tries:
        with pytest.raises(Refused) as refusal:
            end(house.session, found.id, Signed(house.actor(who), NOW, ""))
        assert refusal.value.code == "not_found"
    end_own(house.session, found.id, Signed(house.actor(clerk), NOW, ""))
    for end in (end_own, revoke):
        with pytest.raises(Refused):
            end(house.session, found.id, Signed(house.actor(leader), NOW, ""))


def test_a_substitute_of_the_leader_ends_no_others_substitution(house, leader, clerk):
    one, two = (house.hire(name, Role.HANDLER, unit_id=house.unit_id) for name in ("one", "two"))
    found = house.lend(one, two, Role.HANDLER)
    acting = house.acting(house.lend(leader, clerk, Role.UNIT_LEADER))
    with pytest.raises(Refused):
        revoke(house.session, found.id, Signed(acting, NOW, ""))


def told(session: Session) -> list[tuple[str, str]]:
    rows = session.execute(select(OutboxMessage.kind, OutboxMessage.recipient).order_by(OutboxMessage.id))
    return [(kind, recipient) for kind, recipient in rows]


def records(session: Session) -> list[tuple[str, int | None]]:
    found = select(AuditRecord).where(AuditRecord.kind == "substitute").order_by(AuditRecord.id)
    return [(row.facts["act"], row.actor_id) for row in session.scalars(found)]


def test_both_are_told_and_the_trail_keeps_its_beginning_and_its_end(house, leader, clerk):
    found = house.lend(leader, clerk, Role.UNIT_LEADER)
    both = [f"user:{leader.id}", f"user:{clerk.id}"]
    assert told(house.session) == [("substitution_named", who) for who in both]
    assert end_broken(house.session, found.ends_at) == 1
    assert told(house.session)[2:] == [("substitution_ended", who) for who in both]
    assert records(house.session) == [("named", leader.id), ("expired", None)]
    assert end_broken(house.session, found.ends_at) == 0


def test_a_closed_account_ends_it_for_good(house, leader, clerk):
    found = house.lend(leader, clerk, Role.UNIT_LEADER)
    deactivate(house.session, leader.id, None, Signed(SYSTEM, NOW, "离职"))
    assert (found.ending, found.ended_at) == ("void", NOW)
    leader.is_active = True
    house.session.flush()
    assert house.acting(found) is None


def test_a_change_of_roles_ends_it_for_good(house, leader, clerk):
    found = house.lend(leader, clerk, Role.UNIT_LEADER)
    written = PersonInput("leader", frozenset({Role.HANDLER}), house.unit_id)
    edit_person(house.session, leader.id, written, None, Signed(SYSTEM, NOW, "轮岗"))
    assert found.ending == "void"
