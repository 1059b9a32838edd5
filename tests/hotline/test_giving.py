"""A unit's share in the hand of one of its people: given by name, kept, and back with the unit when they leave."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from hotline.models.barred_units import BarredUnit
from hotline.models.organisation import Unit
from hotline.models.people import User, UserRole
from hotline.services import people
from hotline.services.directory_changes import Signed
from hotline.services.lifecycle import Command, advance
from hotline.services.people import PersonInput
from tests.hotline.test_undo import soon
from tests.stories.tale import Tale
from tests.stories.town import REPLY, Town, found_wide_town
from workflows.errors import Refused
from workflows.vocabulary import Machine, Role

LATER = datetime(2026, 11, 24, tzinfo=UTC)


def with_the_housing_office(session: Session) -> Tale:
    """A ticket with the housing office, where a second handler works."""
    town = found_wide_town(session)
    li = User(
        username="li",
        display_name="李敏",
        unit_id=town.units["HOUSING"],
        phone="+8613900001111",
        created_at=LATER,
    )
    session.add(li)
    session.flush()
    session.add(UserRole(user_id=li.id, role=Role.HANDLER.value))
    colleague = replace(town["handler_housing"], user_id=li.id, name="李敏")
    both = Town({**town.people, "li": colleague}, town.units)
    return Tale(session, both).to_dispatch().dispatched("HOUSING", "ROADS")


@pytest.fixture
def tale(session: Session) -> Tale:
    return with_the_housing_office(session)


def given(tale: Tale, to: str | int = "li", by: str = "leader_housing", unit: str = "HOUSING") -> Tale:
    return tale.on_share(by, "give", unit, {"person": to})


def holder(tale: Tale, unit: str = "HOUSING") -> str | None:
    share = tale.share(unit)
    return tale.session.scalar(select(User.username).where(User.id == share.handler_id))


def person(tale: Tale, username: str = "li") -> User:
    return tale.session.scalars(select(User).where(User.username == username)).one()


def refusal_of(tale: Tale, **asked: Any) -> tuple[str, str]:
    with pytest.raises(Refused) as refusal, tale.session.begin_nested():
        given(tale, **asked)
    blamed = next(iter(refusal.value.errors), refusal.value)
    return str(blamed.field), str(blamed.code)


def by_administrator(tale: Tale) -> Signed:
    return Signed(tale.town["administrator"], LATER, "工作调整")


def test_whoever_is_given_a_share_is_told_by_sms_and_the_trail_says_by_whom(tale):
    given(tale)
    event = tale.events()[-1]
    assert holder(tale) == "li"
    assert (event.action, event.actor_name) == ("give", "leader_housing")
    assert event.data == {"person": person(tale).id}
    assert ("share_given", f"user:{person(tale).id}", "sms") in tale.told("give")


def test_a_share_goes_from_hand_to_hand_and_back_to_the_unit_with_each_step_on_record(tale):
    given(tale, by="handler_housing")
    given(tale, to="handler_housing", by="li")
    tale.on_share("handler_housing", "give_back", "HOUSING")
    assert holder(tale) is None
    assert [event.action for event in tale.events()][-3:] == ["give", "give", "give_back"]


@pytest.mark.parametrize(
    ("by", "action", "data"),
    [
        ("leader_housing", "give", {"person": "li"}),
        ("li", "give", {"person": "li"}),
        ("li", "give_back", {}),
        ("handler_housing", "give", {"person": "li"}),
    ],
)
def test_who_a_share_is_taken_from_is_told_unless_it_was_their_own_act(tale, by, action, data):
    given(tale, to="handler_housing")
    tale.on_share(by, action, "HOUSING", data)
    lost = [each for each in tale.told(action) if each[0] == "share_taken"]
    mailbox = ("share_taken", tale.town.user("handler_housing"), "mailbox")
    assert lost == ([] if by == "handler_housing" else [mailbox])


def test_who_takes_a_share_themself_is_told_nothing(tale):
    given(tale, to="handler_housing", by="handler_housing")
    assert holder(tale) == "handler_housing"
    assert tale.told("give") == []


@pytest.mark.parametrize(
    "to", ["handler_roads", "handler_street", "leader_housing", "dispatcher", "nobody", 0]
)
def test_only_an_active_handler_of_the_very_unit_is_given_a_share(tale, to):
    assert refusal_of(tale, to=to) == ("person", "not_a_colleague")
    assert holder(tale) is None


def test_a_closed_account_is_given_nothing(tale):
    people.deactivate(tale.session, person(tale).id, None, by_administrator(tale))
    assert refusal_of(tale) == ("person", "not_a_colleague")


def test_an_account_of_another_system_is_given_nothing(tale):
    person(tale).kind = "system"
    tale.session.flush()
    assert refusal_of(tale) == ("person", "not_a_colleague")


def test_nobody_of_a_unit_the_ticket_is_kept_from_is_given_it(tale):
    bar = {"ticket_id": tale.ticket.id, "unit_id": tale.town.units["HOUSING"]}
    tale.session.execute(insert(BarredUnit), [bar])
    assert refusal_of(tale) == ("person", "not_a_colleague")


def test_nobody_is_given_what_they_hold(tale):
    given(tale)
    assert refusal_of(tale) == ("person", "holds_it_already")


def test_another_unit_gives_nothing_of_ours_away(tale):
    with pytest.raises(Refused) as refusal:
        given(tale, by="leader_roads")
    assert refusal.value.code == "not_your_unit"


def test_the_second_of_two_leaders_who_give_at_once_is_asked_to_look_again(tale):
    seen, share = tale.ticket.version, tale.share("HOUSING").id
    given(tale)
    late = Command(tale.number, "give", {"person": "handler_housing"}, seen, Machine.ASSIGNMENT, share)
    with pytest.raises(Refused) as refusal:
        advance(tale.session, late, tale.town["leader_housing"], tale.now)
    assert (refusal.value.code, holder(tale)) == ("stale_version", "li")


def test_a_colleague_signs_and_takes_it_back_and_the_share_stays_where_it_was_given(tale):
    given(tale).on_share("handler_housing", "sign", "HOUSING")
    assert holder(tale) == "li"
    soon(tale).on_share("handler_housing", "undo_sign", "HOUSING")
    assert holder(tale) == "li"


def test_who_answers_for_a_colleague_holds_the_answer_and_does_not_approve_it(tale):
    given(tale).on_share("li", "sign", "HOUSING")
    tale.on_share("handler_housing", "submit_reply", "HOUSING", REPLY)
    assert holder(tale) == "handler_housing"
    with pytest.raises(Refused) as refusal:
        given(tale)
    assert refusal.value.code == "not_in_this_state"


@pytest.mark.parametrize("is_signed", [False, True])
def test_what_somebody_held_lies_with_the_unit_again_when_their_account_is_closed(tale, is_signed):
    given(tale)
    if is_signed:
        tale.on_share("handler_housing", "sign", "HOUSING")
    people.deactivate(tale.session, person(tale).id, None, by_administrator(tale))
    assert holder(tale) is None
    assert tale.events()[-1].action == "release_handler"


LEAVES: Mapping[str, Mapping[str, Any]] = {
    "for another unit": {"unit": "ROADS", "roles": frozenset({Role.HANDLER})},
    "handling": {"unit": "HOUSING", "roles": frozenset({Role.UNIT_LEADER})},
}


@pytest.mark.parametrize("leaves", LEAVES)
def test_who_leaves_gives_back_what_they_held(tale, leaves):
    given(tale)
    then = LEAVES[leaves]
    written = PersonInput("李敏", then["roles"], tale.town.units[then["unit"]])
    people.edit_person(tale.session, person(tale).id, written, None, by_administrator(tale))
    assert holder(tale) is None


def test_who_changes_their_number_keeps_what_they_hold(tale):
    given(tale)
    written = PersonInput("李敏", frozenset({Role.HANDLER}), tale.town.units["HOUSING"], phone="13900002222")
    people.edit_person(tale.session, person(tale).id, written, None, by_administrator(tale))
    assert holder(tale) == "li"


def test_an_answer_of_somebody_who_left_comes_back_to_the_unit_to_be_mended(tale):
    tale.on_share("handler_housing", "sign", "HOUSING")
    tale.on_share("handler_housing", "submit_reply", "HOUSING", REPLY)
    author = tale.town["handler_housing"].user_id
    tale.session.get_one(Unit, tale.town.units["HOUSING"]).liaison_email = "zjj@example.gov.cn"
    people.deactivate(tale.session, author, None, by_administrator(tale))
    tale.on_share("leader_housing", "refuse_unit_reply", "HOUSING", {"reason": "请写明修复日期"})
    assert holder(tale) is None
    assert {who for _, who, _ in tale.told("refuse_unit_reply")} == {tale.town.unit("HOUSING")}


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_while_an_account_is_being_closed_its_owner_is_given_nothing_and_nobody_waits(session_factory):
    with session_factory.begin() as session:
        tale = with_the_housing_office(session)
        leaver = person(tale).id
    with session_factory() as closing, session_factory() as giving:
        people.deactivate(closing, leaver, None, by_administrator(tale))
        tale.session = giving
        assert refusal_of(tale) == ("person", "being_changed")
        giving.rollback()
        closing.commit()
        assert refusal_of(tale) == ("person", "not_a_colleague")
