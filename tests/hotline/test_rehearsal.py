"""A rehearsal: it tells exactly what would happen, and nothing of it has happened."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from database import Base
from hotline.models.clocks import Clock
from hotline.models.ticket import Ticket
from hotline.models.ticket_numbers import TicketNumber
from hotline.services import lifecycle
from hotline.services.lifecycle import Command
from hotline.services.rehearsal import Rehearsal, Turn, rehearse, rehearse_registration, rehearse_revision
from notifications.models import OutboxMessage
from tests.hotline.ticket_story import (
    LONG_ANSWER,
    RECORD,
    City,
    dispatched,
    found_city,
    registered,
    share_of,
    share_step,
    step,
)
from workflows.errors import Code, Refused
from workflows.vocabulary import Machine

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
REPLY = {"contact": "contacted", "result": "resolved", "answer": LONG_ANSWER}


@pytest.fixture
def city(session: Session) -> City:
    return found_city(session)


def everything(session: Session) -> Mapping[str, list[tuple]]:
    """Every row of every table, as the database has it."""
    return {
        table.name: [tuple(row) for row in session.execute(select(table).order_by(*table.primary_key))]
        for table in Base.metadata.sorted_tables
    }


def to_dispatch(session, city) -> Command:
    ticket = registered(session, city, NOW)
    data = {"main_unit": city.units["housing"], "co_units": [city.units["water"]], "advice": "请三日内办理"}
    return Command(ticket.number, "dispatch", data, ticket.version)


def to_sign(session, city) -> Command:
    ticket = dispatched(session, city, NOW)
    share = share_of(session, ticket.number)
    return Command(ticket.number, "sign", {}, ticket.version, Machine.ASSIGNMENT, share.id)


def to_reply(session, city) -> Command:
    ticket = dispatched(session, city, NOW)
    share_step(session, city, ticket.number, "wang", "sign", NOW)
    share = share_of(session, ticket.number)
    return Command(ticket.number, "submit_reply", REPLY, ticket.version, Machine.ASSIGNMENT, share.id)


def replied(session, city) -> Ticket:
    command = to_reply(session, city)
    share_step(session, city, command.number, "wang", "submit_reply", NOW, REPLY)
    return share_step(session, city, command.number, "liu", "approve_unit_reply", NOW)


def to_approve(session, city) -> Command:
    ticket = replied(session, city)
    return Command(ticket.number, "approve_reply", {}, ticket.version)


def to_rework(session, city) -> Command:
    ticket = replied(session, city)
    step(session, city, ticket.number, "sun", "approve_reply", NOW)
    data = {"solved": "no", "satisfaction": "dissatisfied", "reason": "电梯又停了", "was_contacted": True}
    return Command(ticket.number, "rework", data, ticket.version)


def to_withdraw(session, city) -> Command:
    ticket = dispatched(session, city, NOW)
    data = {"reason": "已自行解决", "is_identity_checked": True}
    return Command(ticket.number, "withdraw", data, ticket.version)


ACTS = {
    "zhao": to_dispatch,
    "wang": to_reply,
    "sun": to_approve,
    "he": to_rework,
    "li": to_withdraw,
}
SIGNING = {"wang": to_sign}
PAIRS = [*ACTS.items(), *SIGNING.items()]


def test_a_rehearsal_of_any_action_leaves_no_row_behind(session, city):
    for who, prepare in PAIRS:
        command = prepare(session, city)
        before = everything(session)
        rehearse(session, command, city.actors[who], LATER)
        assert everything(session) == before, command.action


def test_a_rehearsal_leaves_the_callers_session_as_it_was(session, city):
    command = to_dispatch(session, city)
    ticket = session.scalars(select(Ticket)).one()
    known, version, rows = dict(session.info), ticket.version, len(session.identity_map)
    rehearse(session, command, city.actors["zhao"], LATER)
    assert (dict(session.info), ticket.version, ticket.state) == (known, version, "to_dispatch")
    assert len(session.identity_map) == rows
    assert not session.dirty
    assert not session.new


def test_a_refused_rehearsal_refuses_as_the_action_would_and_leaves_nothing(session, city):
    command = to_dispatch(session, city)
    before = everything(session)
    without = Command(command.number, "dispatch", {"advice": "没有单位"}, command.version)
    with pytest.raises(Refused) as refused:
        rehearse(session, without, city.actors["zhao"], LATER)
    assert {error.field for error in refused.value.errors} == {"main_unit"}
    assert everything(session) == before


def test_a_stale_version_is_refused_in_a_rehearsal_too(session, city):
    command = to_sign(session, city)
    stale = Command(command.number, "sign", {}, 1, Machine.ASSIGNMENT, command.subject_id)
    with pytest.raises(Refused) as refused:
        rehearse(session, stale, city.actors["wang"], LATER)
    assert refused.value.code == Code.STALE_VERSION


@pytest.mark.parametrize(("who", "prepare"), PAIRS)
def test_what_is_rehearsed_is_what_then_happens(session, city, who, prepare):
    command = prepare(session, city)
    told = rehearse(session, command, city.actors[who], LATER)
    sent_before = set(session.scalars(select(OutboxMessage.id)))
    ticket = lifecycle.advance(session, command, city.actors[who], LATER)

    assert told.ticket.after == ticket.state
    for part in told.parts:
        assert part.after in {share_of(session, ticket.number).state, "requested", "to_sign", "recalled"}
    assert running_as_told(told) <= running(session, ticket)
    sent = session.execute(
        select(OutboxMessage.kind, OutboxMessage.recipient, OutboxMessage.channel, OutboxMessage.address)
        .where(OutboxMessage.id.not_in(sent_before))
        .order_by(OutboxMessage.id)
    )
    assert [(each.kind, each.recipient, each.channel, each.address) for each in told.tellings] == [
        tuple(row) for row in sent
    ]


def running_as_told(told: Rehearsal) -> set[tuple[str, datetime]]:
    return {(clock.name, clock.due_at) for clock in told.clocks if clock.turn is not Turn.STOPS}


def running(session: Session, ticket: Ticket) -> set[tuple[str, datetime]]:
    found = select(Clock.name, Clock.due_at).where(Clock.ticket_id == ticket.id, Clock.stopped_at.is_(None))
    return {(name, due_at) for name, due_at in session.execute(found)}


def test_a_dispatch_is_told_with_its_clocks_shares_and_recipients(session, city):
    told = rehearse(session, to_dispatch(session, city), city.actors["zhao"], LATER)
    assert (told.ticket.before, told.ticket.after) == ("to_dispatch", "in_process")
    assert [(part.name, part.before, part.after) for part in told.parts] == [
        ("梧桐区住建局", "new", "to_sign"),
        ("云江市水务集团", "new", "to_sign"),
    ]
    turns = {(clock.name, clock.owner): clock.turn for clock in told.clocks}
    assert turns["dispatch", ""] is Turn.STOPS
    assert turns["sign", "梧桐区住建局"] is Turn.STARTS
    assert turns["handle", ""] is Turn.STARTS
    assert {(each.name, each.kind) for each in told.tellings if each.sort == "unit"} == {
        ("梧桐区住建局", "new_ticket"),
        ("云江市水务集团", "new_ticket"),
    }


def test_a_rehearsed_registration_uses_up_no_number_of_the_day(session, city):
    numbers, before = session.scalar(select(func.count(TicketNumber.id))), everything(session)
    data = {**RECORD, "category": city.category}
    told = rehearse_registration(session, data, ("submit_trusted", {}), city.actors["li"], NOW)
    assert (told.ticket.before, told.ticket.after) == ("new", "to_dispatch")
    assert [(each.kind, each.sort) for each in told.tellings] == [("accepted", "citizen")]
    assert session.scalar(select(func.count(TicketNumber.id))) == numbers
    assert everything(session) == before
    first, second = registered(session, city, NOW), registered(session, city, NOW)
    assert int(second.number[-5:]) == int(first.number[-5:]) + 1


def test_a_draft_is_rehearsed_with_its_changes(session, city):
    ticket = registered(session, city, NOW)
    with pytest.raises(Refused):
        rehearse_revision(
            session,
            Command(ticket.number, "revise", {**RECORD, "category": city.category}, ticket.version),
            ("submit", {}),
            city.actors["li"],
            NOW,
        )
