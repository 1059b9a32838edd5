"""Nobody gets further by standing in than whom they stand in for, nor a step longer than it lasts."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker

from hotline.models.substitutions import Substitution
from hotline.services import substitutions
from hotline.web.access_reach import Whose
from hotline.web.security import limiter
from tests.security.asking import Came, Doors, open_doors
from tests.security.city import City, found_city
from tests.security.rows import stood_in
from tests.security.test_matrix import asked, at_the_door, own_values
from workflows.vocabulary import Role

# Who stands in for whom; the last one watches over the installation, and does not while standing in.
PAIRS = (
    (Role.HANDLER, Role.UNIT_LEADER),
    (Role.AGENT, Role.DISPATCHER),
    (Role.ADMINISTRATOR, Role.AUDITOR),
)


@pytest.fixture
def city(session_factory) -> City:
    return found_city(session_factory)


@pytest.fixture
def app(make_app, settings, monkeypatch):
    monkeypatch.setattr(limiter, "enabled", False)
    return make_app(settings)


@pytest.fixture
def doors(app, city) -> Doors:
    return open_doors(app, city)


def begin(make: sessionmaker[Session], city: City, substitute: Role, principal: Role) -> int:
    """Let the one act for the other in their browser."""
    acting, away = city.people[substitute], city.people[principal]
    with make.begin() as session:
        row_id = stood_in(session, away.user_id, acting.user_id)
        now = datetime.now(UTC)
        substitutions.act_for(session, acting.session, row_id, acting.user_id, now)
    return row_id


def change(make: sessionmaker[Session], row_id: int, **values: object) -> None:
    with make.begin() as session:
        session.execute(update(Substitution).where(Substitution.id == row_id).values(values))


@pytest.mark.parametrize(("substitute", "principal"), PAIRS)
def test_every_address_lets_a_substitute_in_exactly_where_it_lets_in_whom_they_stand_in_for(
    doors, session_factory, substitute, principal
):
    begin(session_factory, doors.city, substitute, principal)
    wrong = []
    for address, method in asked(doors):
        # A token of the API is its owner's alone.
        who = substitute if address.rule.startswith("/api/") else principal
        path = doors.path(address, own_values(doors.city, address, principal))
        came = doors.knock(substitute, method, path, at_door=True)
        if came is not at_the_door(address.endpoint, who):
            wrong.append((method, path, came))
    assert not wrong, "\n".join(map(str, wrong))


def test_a_substitute_sees_the_tickets_of_whom_they_stand_in_for_and_no_other(doors, session_factory):
    begin(session_factory, doors.city, Role.HANDLER, Role.UNIT_LEADER)
    came = {
        whose: doors.knock(Role.HANDLER, "GET", f"/tickets/{doors.city.tickets[whose]}") for whose in Whose
    }
    assert {whose for whose, each in came.items() if each is Came.REACHED} == {
        whose for whose in Whose if whose.is_shown
    }


ENDS = {
    "it is revoked": {"ended_at": datetime(2026, 1, 1, tzinfo=UTC), "ending": "revoked"},
    "its time is over": {
        "starts_at": datetime(2026, 1, 1, tzinfo=UTC),
        "ends_at": datetime(2026, 1, 2, tzinfo=UTC),
    },
    "its unit is another": {"unit_id": None},
}


@pytest.mark.parametrize("why", ENDS)
def test_at_the_very_next_request_it_is_over_when(doors, session_factory, why):
    row_id = begin(session_factory, doors.city, Role.HANDLER, Role.UNIT_LEADER)
    assert doors.knock(Role.HANDLER, "GET", "/inbox/review") is Came.REACHED
    change(session_factory, row_id, **ENDS[why])
    assert doors.knock(Role.HANDLER, "GET", "/inbox/review") is Came.FORBIDDEN
