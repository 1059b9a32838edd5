"""What has this citizen pressed for besides, and until when may they: urging, asking to reopen?"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.clocks import Clock
from hotline.models.ticket import Request, Ticket
from hotline.services.offering import ask_offers, offers, request_offers
from workflows.definition import Actor
from workflows.guards.intake_side import URGE_APART
from workflows.vocabulary import ClockName, RequestKind, RequestState


@dataclass(frozen=True, slots=True)
class Reopening:
    """The last wish of this citizen to have the closed ticket reopened."""

    id: int
    state: RequestState
    asked_at: datetime
    may_cancel: bool

    @property
    def is_open(self) -> bool:
        return self.state is RequestState.REQUESTED

    @property
    def is_refused(self) -> bool:
        return self.state is RequestState.REFUSED


@dataclass(frozen=True, slots=True)
class Standing:
    """What is said beside the buttons; `urge_again_at` only while it is too early to urge again.

    `passed_on_by` is when a unit shall have the matter, while none has it and the moment is still to come.
    """

    urged_at: datetime | None
    urge_again_at: datetime | None
    reopening: Reopening | None
    reopen_until: datetime | None
    passed_on_by: datetime | None


def offered_to(session: Session, ticket: Ticket, citizen: Actor, now: datetime) -> frozenset[str]:
    """Name what the tables offer this citizen: acts on the ticket, and what may be asked for it."""
    found = [*offers(session, ticket, citizen, now), *ask_offers(session, ticket, citizen, now)]
    return frozenset(offer.action for offer in found)


def standing_of(session: Session, ticket: Ticket, citizen: Actor, now: datetime) -> Standing:
    """Read what this citizen has pressed for on their ticket."""
    urged_at = ticket.last_urged_at
    again_at = None if urged_at is None else urged_at + URGE_APART
    return Standing(
        urged_at=urged_at,
        urge_again_at=again_at if again_at is not None and again_at > now else None,
        reopening=_reopening(session, ticket, citizen, now),
        reopen_until=_last_day(session, ticket),
        passed_on_by=_passed_on_by(ticket, now),
    )


def _passed_on_by(ticket: Ticket, now: datetime) -> datetime | None:
    is_ahead = ticket.due_at is not None and ticket.due_at > now
    return ticket.due_at if is_ahead and ticket.leading_clock == ClockName.DISPATCH.value else None


def _reopening(session: Session, ticket: Ticket, citizen: Actor, now: datetime) -> Reopening | None:
    """Of several wishes the last; those of agents and of people of the centre are not the citizen's."""
    own = select(Request).where(
        Request.ticket_id == ticket.id,
        Request.kind == RequestKind.REOPENING.value,
        Request.asked_by_id.is_(None),
    )
    row = session.scalar(own.order_by(Request.id.desc()).limit(1))
    if row is None:
        return None
    offered = request_offers(session, ticket, row, citizen, now)
    may_cancel = any(offer.action == "cancel" for offer in offered)
    return Reopening(row.id, RequestState(row.state), row.asked_at, may_cancel)


def _last_day(session: Session, ticket: Ticket) -> datetime | None:
    """A closed ticket may be reopened until it goes to the archive."""
    running = select(Clock.due_at).where(
        Clock.ticket_id == ticket.id,
        Clock.name == ClockName.ARCHIVE.value,
        Clock.stopped_at.is_(None),
    )
    return session.scalar(running.order_by(Clock.id.desc()).limit(1))
