"""Who may see which ticket: the centre all, a unit its own subtree, a citizen the one they opened."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.ticket import Ticket
from hotline.queries.scope import find_visible, get_visible, may_see_identity, visible_to
from hotline.queries.worklists import Filters, count, list_page
from tests.stories.tale import Tale
from tests.stories.town import MONDAY, found_town
from workflows.definition import SYSTEM, Actor, ActorKind, citizen_actor
from workflows.errors import Refused
from workflows.vocabulary import CENTRE_ROLES, UNIT_ROLES, Role

NOBODYS = frozenset(Role) - CENTRE_ROLES - UNIT_ROLES - {Role.CITIZEN, Role.SYSTEM, Role.IMPORTER}


@pytest.fixture
def tale(session: Session) -> Tale:
    return Tale(session, found_town(session)).to_dispatch().dispatched("STREET", "ROADS")


def sees(tale: Tale, who: str | Actor) -> bool:
    viewer = tale.town[who] if isinstance(who, str) else who
    found = find_visible(tale.session, tale.number, viewer) is not None
    assert count(tale.session, viewer, Filters(), MONDAY) == int(found)
    assert len(list_page(tale.session, viewer, Filters(), MONDAY).rows) == int(found)
    assert list(tale.session.scalars(select(Ticket.id).where(visible_to(viewer)))) == [tale.ticket.id] * found
    return found


def staff(role: Role, user_id: int | None = 900) -> Actor:
    return Actor(ActorKind.USER, "某人", frozenset({role}), user_id)


def test_the_centre_sees_every_ticket_and_the_system_too(tale):
    assert all(sees(tale, staff(role)) for role in CENTRE_ROLES)
    assert sees(tale, SYSTEM)


def test_a_unit_sees_its_own_and_what_lies_below_it_but_not_above_or_beside(tale):
    assert sees(tale, "handler_street")
    assert sees(tale, "leader_street")
    assert sees(tale, "handler_housing")
    assert sees(tale, "handler_roads")
    assert not sees(tale, "handler_water")


def test_a_parents_ticket_is_hidden_from_the_unit_below(session):
    tale = Tale(session, found_town(session)).to_dispatch().dispatched("HOUSING")
    assert not sees(tale, "handler_street")


def test_what_a_unit_gave_back_is_no_longer_its_business(tale):
    tale.ask_return("handler_roads", "ROADS").on_request("dispatcher", "approve")
    assert not sees(tale, "handler_roads")
    assert sees(tale, "handler_street")


def test_a_recalled_share_shows_nothing(tale):
    tale.act("agent", "withdraw", {"reason": "不再需要", "is_identity_checked": True})
    assert not sees(tale, "handler_street")
    assert sees(tale, "agent")


def test_a_citizen_sees_the_ticket_they_opened_and_no_other(tale):
    assert sees(tale, citizen_actor(tale.number))
    assert not sees(tale, citizen_actor("YJ20261123-99999"))
    assert not sees(tale, citizen_actor(""))


def test_roles_without_tickets_see_none_and_a_unit_role_without_a_unit_neither(tale):
    assert not any(sees(tale, staff(role)) for role in NOBODYS | UNIT_ROLES)
    assert not sees(tale, Actor(ActorKind.USER, "无角色", frozenset(), 900))


def test_another_system_sees_what_it_brought(tale):
    assert not sees(tale, staff(Role.IMPORTER))
    assert sees(tale, staff(Role.IMPORTER, tale.town["agent"].user_id))
    assert not sees(tale, staff(Role.IMPORTER, None))


def test_a_ticket_that_is_not_yours_looks_absent(tale):
    for number in (tale.number, "YJ20261123-99999"):
        with pytest.raises(Refused) as refusal:
            get_visible(tale.session, number, tale.town["handler_water"])
        assert refusal.value.code == "not_found"


def test_units_do_not_see_who_reported_in_confidence_and_the_centre_does(tale):
    units, centre = tale.town["handler_street"], tale.town["auditor"]
    assert may_see_identity(tale.ticket, units)
    tale.ticket.is_confidential = True
    assert not may_see_identity(tale.ticket, units)
    assert may_see_identity(tale.ticket, centre)
    assert not any(may_see_identity(tale.ticket, staff(role)) for role in NOBODYS)
