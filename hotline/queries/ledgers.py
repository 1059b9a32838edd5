"""What is parked, disputed, proposed as invalid or merged, and why? One list of each, for those who watch."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session

from hotline.models.clocks import Clock
from hotline.models.ticket import Request, Ticket, TicketEvent
from hotline.queries.board import OPEN_STATES
from hotline.queries.catalogue import Suggestion, suggest_for
from hotline.queries.directory import user_names
from hotline.queries.requests import RequestLine, list_of_ticket
from hotline.queries.worklists import main_unit_name
from workflows.definition import Actor
from workflows.sla import ClockReading, light
from workflows.vocabulary import ClockName, Light, RequestKind, RequestState, TicketState

MOST = 200
_IS_PROPOSED = (Ticket.invalid_proposed_by_id.is_not(None), Ticket.state.in_(OPEN_STATES))


@dataclass(frozen=True, slots=True)
class Entry:
    """What every ledger says of a ticket."""

    number: str
    title: str
    is_confidential: bool
    state: str
    unit: str
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Parked:
    """A suspended ticket: what is being done meanwhile, until what, and when it is looked at again."""

    entry: Entry
    plan: str
    condition: str
    review_on: date | None
    days_left: int | None
    light: Light


@dataclass(frozen=True, slots=True)
class Disputed:
    """A ticket whose owner is disputed: why, who gave it back on which basis, whom the catalogue names."""

    entry: Entry
    reason: str
    raised_by: str
    raised_at: datetime | None
    decide_by: datetime | None
    light: Light
    returns: tuple[RequestLine, ...]
    suggestions: tuple[Suggestion, ...]


@dataclass(frozen=True, slots=True)
class Proposed:
    """A ticket that one reviewer finds invalid; another one decides."""

    entry: Entry
    reason: str
    proposed_by_id: int | None
    proposed_by: str
    proposed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Merged:
    """A master and the tickets that follow it."""

    entry: Entry
    followers: tuple[Entry, ...]


def list_parked(session: Session, now: datetime, today: date) -> list[Parked]:
    """List suspended tickets, those to be looked at first at the top."""
    query = _entries(Clock).outerjoin(Clock, _is_running(ClockName.SUSPENSION))
    query = query.where(Ticket.state == TicketState.SUSPENDED.value)
    found = session.execute(query.order_by(Clock.due_at.asc().nulls_last(), Ticket.id).limit(MOST)).all()
    asked = _latest_requests(session, [ticket.id for ticket, *_ in found], RequestKind.SUSPENSION)
    return [_parked(each, asked.get(each[0].id), now, today) for each in found]


def list_disputes(session: Session, now: datetime) -> list[Disputed]:
    """List disputes that wait for a decision, the oldest promise first."""
    query = _entries(Clock).outerjoin(Clock, _is_running(ClockName.DISPUTE))
    query = query.where(Ticket.state == TicketState.IN_DISPUTE.value)
    found = session.execute(query.order_by(Clock.due_at.asc().nulls_last(), Ticket.id).limit(MOST)).all()
    events = _latest_events(session, [ticket.id for ticket, *_ in found], "raise_dispute")
    return [_disputed(session, each, events.get(each[0].id), now) for each in found]


def list_proposed(session: Session) -> list[Proposed]:
    """List proposals to judge a ticket invalid that no second reviewer has decided yet."""
    query = _entries().where(*_IS_PROPOSED)
    found = session.execute(query.order_by(Ticket.id).limit(MOST)).all()
    events = _latest_events(session, [ticket.id for ticket, *_ in found], "propose_invalid")
    people = user_names(session, {ticket.invalid_proposed_by_id for ticket, *_ in found})
    return [_proposed(ticket, unit, events.get(ticket.id), people) for ticket, unit in found]


def ids_to_judge(viewer: Actor) -> Select[Any]:
    """The ids of the tickets that somebody else proposed to judge invalid as a query."""
    return select(Ticket.id).where(*_IS_PROPOSED, Ticket.invalid_proposed_by_id.not_in(viewer.ids))


def list_merged(session: Session) -> list[Merged]:
    """List masters with their followers, the newest master first."""
    query = _entries().where(Ticket.follower_count > 0).order_by(Ticket.id.desc()).limit(MOST)
    masters = session.execute(query).all()
    ids = [ticket.id for ticket, _ in masters]
    followers: dict[int, list[Entry]] = {}
    for ticket, unit in session.execute(_entries().where(Ticket.master_id.in_(ids)).order_by(Ticket.id)):
        followers.setdefault(ticket.master_id, []).append(_entry(ticket, unit))
    return [Merged(_entry(each, unit), tuple(followers.get(each.id, ()))) for each, unit in masters]


def _entries(*more: Any) -> Any:
    return select(Ticket, main_unit_name().label("unit"), *more)


def _entry(ticket: Ticket, unit: str | None) -> Entry:
    return Entry(ticket.number, ticket.title, ticket.is_confidential, ticket.state, unit or "", ticket.due_at)


def _is_running(name: ClockName) -> Any:
    return and_(Clock.ticket_id == Ticket.id, Clock.name == name.value, Clock.stopped_at.is_(None))


def _latest_requests(
    session: Session, ticket_ids: Sequence[int], kind: RequestKind
) -> Mapping[int | None, Request]:
    approved = select(Request).where(Request.ticket_id.in_(ticket_ids), Request.kind == kind.value)
    approved = approved.where(Request.state == RequestState.APPROVED.value).order_by(Request.id)
    return {request.ticket_id: request for request in session.scalars(approved)}


def _latest_events(session: Session, ticket_ids: Sequence[int], action: str) -> Mapping[int, TicketEvent]:
    wanted = select(TicketEvent).where(TicketEvent.ticket_id.in_(ticket_ids), TicketEvent.action == action)
    return {event.ticket_id: event for event in session.scalars(wanted.order_by(TicketEvent.id))}


def _parked(found: Any, asked: Request | None, now: datetime, today: date) -> Parked:
    ticket, unit, clock = found
    details: Mapping[str, str] = {} if asked is None else asked.details
    review_on = date.fromisoformat(details["review_on"]) if "review_on" in details else None
    return Parked(
        entry=_entry(ticket, unit),
        plan=details.get("plan", ""),
        condition=details.get("condition", ""),
        review_on=review_on,
        days_left=None if review_on is None else (review_on - today).days,
        light=_light(clock, now),
    )


def _disputed(session: Session, found: Any, event: TicketEvent | None, now: datetime) -> Disputed:
    ticket, unit, clock = found
    asked: Iterable[RequestLine] = list_of_ticket(session, ticket.number, now)
    return Disputed(
        entry=_entry(ticket, unit),
        reason="" if event is None else event.data.get("reason", ""),
        raised_by="" if event is None else event.actor_name,
        raised_at=None if event is None else event.at,
        decide_by=None if clock is None else clock.due_at,
        light=_light(clock, now),
        returns=tuple(each for each in asked if each.kind == RequestKind.RETURN),
        suggestions=suggest_for(session, ticket, now),
    )


def _proposed(
    ticket: Ticket, unit: str | None, event: TicketEvent | None, people: Mapping[int, str]
) -> Proposed:
    return Proposed(
        entry=_entry(ticket, unit),
        reason="" if event is None else event.data.get("reason", ""),
        proposed_by_id=ticket.invalid_proposed_by_id,
        proposed_by=people.get(ticket.invalid_proposed_by_id or 0, ""),
        proposed_at=None if event is None else event.at,
    )


def _light(clock: Clock | None, now: datetime) -> Light:
    if clock is None:
        return Light.NONE
    reading = ClockReading(
        clock.started_at, clock.due_at, clock.yellow_at, clock.orange_at, clock.paused_at, clock.stopped_at
    )
    return light(reading, now)
