"""The demo city: there once, whole, alive at whatever hour it is loaded."""

from datetime import UTC, datetime

import phonenumbers
import pytest
from sqlalchemy import func, select

from hotline.cli.demo import describe
from hotline.demo import load
from hotline.demo.load import DemoPlan, load_demo
from hotline.models.catalog import Category
from hotline.models.orders import SupervisionOrder
from hotline.models.organisation import Unit
from hotline.models.people import User
from hotline.models.policies import PolicyVersion
from hotline.models.substitutions import Substitution
from hotline.models.ticket import Assignment, Request, Ticket, TicketEvent
from hotline.services.accounts import CHEAP_HASHER
from hotline.services.trail import find_break
from notifications.models import OutboxMessage
from tests.stories.checker import find_faults

MONDAY = datetime(2026, 11, 23, 2, 12, tzinfo=UTC)
PLAN = DemoPlan("Yunjiang-12345", past_tickets=12, hasher=CHEAP_HASHER)
STATES = {
    "draft",
    "intake_review",
    "to_dispatch",
    "in_process",
    "reply_review",
    "to_call_back",
    "awaiting_supplement",
    "in_dispute",
    "suspended",
    "closed",
    "archived",
}
LIGHTS = {"green", "yellow", "orange", "red", "paused", "done_on_time", "done_late"}
OPEN_REQUESTS = {"return", "extension", "suspension", "reopening", "exclusion", "centre_contact"}
USERS = {
    *(
        "agent",
        "agent2",
        "reviewer",
        "dispatcher",
        "handler",
        "leader",
        "handler2",
        "leader2",
        "handler3",
        "street",
    ),
    *("auditor", "callback", "supervisor", "centre", "admin", "security", "audit", "reviewer2"),
}


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_on_a_monday_the_city_is_whole_and_a_second_load_changes_nothing(clean_db, session_factory):
    """On SQLite the tests in the browser load it, at the hour they run."""
    first = load_demo(clean_db, PLAN, MONDAY)
    second = load_demo(clean_db, PLAN, MONDAY)
    assert (first.is_new, second.is_new) == (True, False)
    assert (first.states, first.lights) == (second.states, second.lights)
    assert describe(first)[0].startswith("demo city loaded")
    assert describe(second)[0].startswith("the demo city is loaded already")
    assert set(first.states) == STATES
    assert set(first.lights) >= LIGHTS
    with session_factory() as session, session.begin():
        assert set(session.scalars(select(User.username))) == USERS
        trusted = session.scalars(select(User.username).where(User.has_trusted_intake)).all()
        assert trusted == ["agent2"]
        assert session.scalar(select(func.count(Category.id)).where(Category.is_leaf)) >= 80
        assert set(session.scalars(select(Unit.tier))) == {1, 2, 3}
        reports = session.scalars(select(Ticket.is_confidential).where(Ticket.type == "report")).all()
        assert all(reports)
        assert {find_break(session, ticket) for ticket in session.scalars(select(Ticket.id))} == {None}
        assert session.scalar(select(func.max(TicketEvent.at))) <= MONDAY
        assert {"requested", "approved", "refused"} <= set(session.scalars(select(Request.state)))
        shares = set(session.scalars(select(Assignment.state)))
        assert {"to_sign", "handling", "unit_review", "replied", "returned", "recalled"} <= shares
        _check_reach(session)
        _check_side_streets(session)
        assert find_faults(session) == []


def _check_reach(session):
    """Every number is a mobile one, and no message was lost."""
    for phone in session.scalars(select(Unit.liaison_phone)):
        assert phone.startswith("+861390000")
        assert phonenumbers.is_valid_number(phonenumbers.parse(phone))
    late = OutboxMessage.state.in_(("failed", "dead"))
    assert session.scalar(select(func.count()).select_from(OutboxMessage).where(late)) == 0


def _check_side_streets(session):
    """Whatever leaves the ordinary road is there to be looked at, and no journey was refused on its way."""
    asked = select(Request.kind).where(Request.state == "requested")
    assert set(session.scalars(asked)) == OPEN_REQUESTS
    runs = (Substitution.ended_at.is_(None), Substitution.ends_at > MONDAY)
    assert session.scalar(select(func.count(Substitution.id)).where(*runs)) == 1
    orders = session.scalars(select(SupervisionOrder)).all()
    assert {(order.level, order.is_joint) for order in orders} >= {(3, False), (4, False), (4, True)}
    assert {order.state for order in orders} == {"issued", "answered", "closed"}
    assert session.scalars(select(Ticket.follower_count).where(Ticket.follower_count > 0)).all() == [5]
    assert session.scalars(select(Ticket.id).where(Ticket.is_excluded)).all()
    assert session.scalars(select(Ticket.id).where(Ticket.invalid_proposed_by_id.is_not(None))).all()
    assert "sub_dispatched" in set(session.scalars(select(Assignment.state)))
    versions = select(PolicyVersion.state).order_by(PolicyVersion.number)
    assert session.scalars(versions).all() == ["published", "published", "draft"]
    reopened = select(TicketEvent.id).where(TicketEvent.action == "reopen")
    assert session.scalars(reopened).all()


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_load_that_breaks_off_leaves_nothing_behind(clean_db, session_factory, monkeypatch):
    def break_off(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(load.Simulation, "run", break_off)
    with pytest.raises(KeyboardInterrupt):
        load_demo(clean_db, PLAN, MONDAY)
    with session_factory() as session, session.begin():
        assert session.scalar(select(func.count(User.id))) == 0
