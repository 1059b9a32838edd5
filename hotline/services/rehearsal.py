"""What would an action do? It is carried out through the door itself, looked at, and never kept.

A rehearsal has a session of its own on the caller's connection, inside a savepoint that is always rolled
back: no row, timer or message outlives it, and nothing that the caller's session remembers changes.
"""

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import uuid_utils
from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.clocks import Clock
from hotline.models.orders import SupervisionOrder
from hotline.models.organisation import Unit
from hotline.models.ticket import Assignment, Request, Ticket, TicketEvent
from hotline.services import intake, lifecycle
from hotline.services.lifecycle import Command
from hotline.services.tellings import Telling, list_tellings
from workflows.definition import NEW, Actor
from workflows.vocabulary import Machine, RequestKind, Word

Follow = tuple[str, Mapping[str, Any]]
_Key = tuple[Machine, int]
_PARTS: Mapping[Machine, type[Assignment | Request | SupervisionOrder]] = {
    Machine.ASSIGNMENT: Assignment,
    Machine.REQUEST: Request,
    Machine.ORDER: SupervisionOrder,
}


class Turn(Word):
    """What becomes of a clock."""

    STARTS = "starts", "开始计时", "Starts"
    MOVES = "moves", "期限改为", "Falls due at another time"
    PAUSES = "pauses", "暂停计时", "Pauses"
    RESUMES = "resumes", "继续计时", "Resumes"
    STOPS = "stops", "停止计时", "Stops"


@dataclass(frozen=True, slots=True)
class StateAfter:
    """A row before and after: `name` is a share's unit or what a request asks, empty for the ticket itself.

    A row that is made only now was "new".
    """

    machine: Machine
    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ClockAfter:
    """A clock that turns, and when it falls due afterwards; `owner` names the part it belongs to, if any."""

    name: str
    owner: str
    turn: Turn
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What an action would leave behind: states and clocks that change, and the messages; tried out `at`."""

    at: datetime
    ticket: StateAfter
    parts: tuple[StateAfter, ...]
    clocks: tuple[ClockAfter, ...]
    tellings: tuple[Telling, ...]


@dataclass(frozen=True, slots=True)
class _Moments:
    due_at: datetime
    paused_at: datetime | None
    stopped_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Scene:
    """How a ticket stands at one moment, in values that do not change with its rows."""

    state: str = NEW
    version: int = 0
    parts: Mapping[_Key, str] = field(default_factory=dict)
    clocks: Mapping[int, _Moments] = field(default_factory=dict)


def rehearse(session: Session, command: Command, actor: Actor, now: datetime) -> Rehearsal:
    """Carry out one action and take it back; tells what it would do. Raises Refused as the action would."""
    with staged(session) as stage:
        before = _scene(stage, lifecycle.lock_ticket(stage, command.number))
        return _watch(stage, before, lambda: lifecycle.advance(stage, command, actor, now), now)


def rehearse_registration(
    session: Session, data: Mapping[str, Any], follow: Follow | None, actor: Actor, now: datetime
) -> Rehearsal:
    """Register a ticket, take the next action and take both back; no number of the day is used up."""

    def register(stage: Session) -> Ticket:
        ticket = intake.register(stage, data, actor, now, number=f"REHEARSAL-{secrets.token_hex(6)}")
        if follow is None:
            return ticket
        return lifecycle.advance(stage, Command(ticket.number, *follow), actor, now)

    with staged(session) as stage:
        return _watch(stage, _Scene(), lambda: register(stage), now)


def rehearse_revision(
    session: Session, command: Command, follow: Follow, actor: Actor, now: datetime
) -> Rehearsal:
    """Change a draft, take the next action and take both back."""
    with staged(session) as stage:
        before = _scene(stage, lifecycle.lock_ticket(stage, command.number))
        return _watch(stage, before, lambda: intake.revise_and(stage, command, follow, actor, now), now)


@contextmanager
def staged(session: Session) -> Iterator[Session]:
    """Open a session in which anything may be written and nothing outlives the block."""
    session.flush()
    stage = Session(session.connection(), join_transaction_mode="create_savepoint", expire_on_commit=False)
    try:
        yield stage
    finally:
        stage.rollback()
        stage.close()


def _watch(stage: Session, before: _Scene, act: Callable[[], Ticket], now: datetime) -> Rehearsal:
    mark = str(uuid_utils.uuid7())  # ids of the outbox grow with time
    ticket = act()
    stage.flush()
    after = _scene(stage, ticket)
    events = stage.scalars(
        select(TicketEvent).where(TicketEvent.ticket_id == ticket.id, TicketEvent.number > before.version)
    ).all()
    names = _names_of_parts(stage, ticket)
    return Rehearsal(
        at=now,
        ticket=StateAfter(Machine.TICKET, "", before.state, after.state),
        parts=tuple(_changed(before, after, names)),
        clocks=tuple(_turned(before, _clocks(stage, ticket), names)),
        tellings=list_tellings(stage, mark, events, now),
    )


def _scene(session: Session, ticket: Ticket) -> _Scene:
    parts = {
        (machine, row_id): state
        for machine, model in _PARTS.items()
        for row_id, state in session.execute(
            select(model.id, model.state).where(model.ticket_id == ticket.id).order_by(model.id)
        )
    }
    clocks = {
        clock.id: _Moments(clock.due_at, clock.paused_at, clock.stopped_at)
        for clock in _clocks(session, ticket)
    }
    return _Scene(ticket.state, ticket.version, parts, clocks)


def _clocks(session: Session, ticket: Ticket) -> Iterable[Clock]:
    return session.scalars(select(Clock).where(Clock.ticket_id == ticket.id).order_by(Clock.id)).all()


def _names_of_parts(session: Session, ticket: Ticket) -> Mapping[_Key, str]:
    shares = (
        select(Assignment.id, Unit.name)
        .join(Unit, Unit.id == Assignment.unit_id)
        .where(Assignment.ticket_id == ticket.id)
    )
    asked = select(Request.id, Request.kind).where(Request.ticket_id == ticket.id)
    return {(Machine.ASSIGNMENT, row_id): name for row_id, name in session.execute(shares)} | {
        (Machine.REQUEST, row_id): RequestKind(kind).label_zh for row_id, kind in session.execute(asked)
    }


def _changed(before: _Scene, after: _Scene, names: Mapping[_Key, str]) -> Iterable[StateAfter]:
    for key, state in after.parts.items():
        was = before.parts.get(key, NEW)
        if was != state:
            yield StateAfter(key[0], names.get(key, ""), was, state)


def _turned(before: _Scene, clocks: Iterable[Clock], names: Mapping[_Key, str]) -> Iterable[ClockAfter]:
    for clock in clocks:
        turn = _turn(before.clocks.get(clock.id), clock)
        if turn is not None:
            yield ClockAfter(clock.name, _owner(clock, names), turn, clock.due_at)


def _turn(was: _Moments | None, clock: Clock) -> Turn | None:
    """What one clock does; a promise that is given and kept in the same breath is not worth a word."""
    if clock.stopped_at is not None:
        return Turn.STOPS if was is not None and was.stopped_at is None else None
    if was is None:
        return Turn.STARTS
    if (was.paused_at is None) != (clock.paused_at is None):
        return Turn.RESUMES if clock.paused_at is None else Turn.PAUSES
    return Turn.MOVES if was.due_at != clock.due_at else None


def _owner(clock: Clock, names: Mapping[_Key, str]) -> str:
    for machine, row_id in (
        (Machine.ASSIGNMENT, clock.assignment_id),
        (Machine.REQUEST, clock.request_id),
    ):
        if row_id is not None:
            return names.get((machine, row_id), "")
    return ""
