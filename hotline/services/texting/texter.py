"""Who wrote us an SMS, which tickets are theirs, and what may be answered?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from hotline.models.hashes import phone_hash
from hotline.models.ticket import Citizen, Ticket
from hotline.services.citizen_access import normal_number
from notifications.inbound import list_told_subjects
from workflows.vocabulary import TicketState

DAY = timedelta(days=1)
# A ticket that ended longer ago is nobody's matter any more.
_REMEMBERED = timedelta(days=60)
_OVER = (TicketState.CLOSED.value, TicketState.ARCHIVED.value)


class Outcome(StrEnum):
    """What became of an SMS."""

    DONE = "done"
    HELPED = "helped"  # not understood, and told how to write it
    ASKED = "asked"  # words for one of several tickets, kept until the citizen says for which
    NO_MATCH = "no_match"  # a number and a code that do not belong together
    REFUSED = "refused"  # understood, and not possible
    IGNORED = "ignored"  # asks for nothing, or must not be answered


@dataclass(frozen=True, slots=True)
class Texter:
    """One SMS: the telephone it came from in E.164 form, what the provider calls it, its words and time."""

    session: Session
    phone: str
    reference: str
    body: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of an SMS, of which ticket it spoke, and the kind of message to answer with, if any."""

    outcome: Outcome
    kind: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    subject: str = ""


IGNORED = Answer(Outcome.IGNORED)
UNCLEAR = Answer(Outcome.HELPED, "answer_unclear")
REFUSED = Answer(Outcome.REFUSED, "answer_refused")


def list_open(texter: Texter) -> list[Ticket]:
    """List the tickets of this telephone that are under way, newest first."""
    return [ticket for ticket in list_own(texter) if ticket.state not in _OVER]


def list_own(texter: Texter) -> Sequence[Ticket]:
    """List what this telephone brought, or hears of for a child, newest first; drafts are the agents' own."""
    told = list_told_subjects(texter.session, texter.phone)
    is_theirs = or_(
        Citizen.phone_hash == phone_hash(texter.phone), and_(Citizen.is_minor, Ticket.number.in_(told))
    )
    own = (
        select(Ticket)
        .join(Citizen, Citizen.id == Ticket.citizen_id)
        .where(
            is_theirs,
            Ticket.state != TicketState.DRAFT,
            or_(Ticket.closed_at.is_(None), Ticket.closed_at > texter.at - _REMEMBERED),
        )
    )
    return texter.session.scalars(own.order_by(Ticket.id.desc())).all()


def find_named(tickets: Sequence[Ticket], name: str) -> Ticket | None:
    """Find the one ticket that a whole number or its last digits name; None when several do."""
    number = normal_number(name)
    found = [ticket for ticket in tickets if number in (ticket.number, tail_of(ticket))]
    return found[0] if len(found) == 1 else None


def tail_of(ticket: Ticket) -> str:
    """Give the last part of a ticket's number, by which its citizen may name it."""
    return ticket.number.rpartition("-")[2]
