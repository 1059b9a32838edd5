"""How is erased what was kept long enough: ticket by ticket, in small batches, with a tombstone for each.

The ticket itself stays, so every figure stays what it was. Events are never changed: they hold no name and no
telephone. Twice, late and in several processes at once is harmless.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from hotline.models.access import Attachment
from hotline.models.audit import AuditKind
from hotline.models.data_requests import DataRequest, DataRequestKind, DataRequestState
from hotline.models.retention import LegalHold, RetentionKind, Tombstone
from hotline.models.ticket import Citizen, Request, Ticket
from hotline.services import audit
from hotline.services.attachments import Shelf
from hotline.services.audit import Asked, Deed
from hotline.services.legal_holds import is_live
from hotline.services.retention_rules import Rule, load_rules
from hotline.services.site import current_site
from notifications.forgetting import forget_loose_messages, forget_messages
from notifications.models import InboundMessage
from notifications.reminders import call_off
from workflows.definition import SYSTEM
from workflows.errors import Code, Refused
from workflows.vocabulary import RequestState, TicketState

AT_ONCE = 50
_NO_TICKET = ""
# Audit records are no ticket's; the database refuses to delete them, whatever the rule.
ERASED = (RetentionKind.REPORTER, RetentionKind.FILES, RetentionKind.MESSAGES)
_ENDED = (TicketState.CLOSED.value, TicketState.ARCHIVED.value)
# What was written in a citizen's request about their own data.
_TYPED = ("old_value", "new_value", "reason", "answer")
# Whatever may be empty of a citizen says who it is, hashes included; the rest is figures.
_PERSON = tuple(column.name for column in Citizen.__table__.c if column.nullable)


@dataclass(frozen=True, slots=True)
class Outlook:
    """How many tickets a kind would be erased of now, and how many only a hold keeps from it."""

    rule: Rule
    due: int
    held: int


def foresee(session: Session, now: datetime) -> list[Outlook]:
    """Count what the next run would erase; changes nothing."""
    rules = load_rules(session)
    return [_outlook(session, rules[kind], now) for kind in ERASED]


def foresee_shortening(session: Session, kind: RetentionKind, days: int, now: datetime) -> Outlook | None:
    """Count what the next run would erase were a kind kept for fewer days; None if they are no fewer."""
    if kind not in ERASED or days >= load_rules(session)[kind].days:
        return None
    return _outlook(session, Rule(kind, days, None), now)


def _outlook(session: Session, rule: Rule, now: datetime) -> Outlook:
    over, held = select(func.count(Ticket.id)).where(*_is_over(rule, now)), _is_held(now)
    return Outlook(rule, session.scalar(over.where(~held)) or 0, session.scalar(over.where(held)) or 0)


def erase_some(
    session: Session, shelf: Shelf, kind: RetentionKind, batch: str, now: datetime
) -> Mapping[str, int]:
    """Erase one kind of the next tickets whose time is over; gives the rows erased by ticket number.

    Locks the tickets and passes over those somebody else has locked. Never commits.
    """
    rule = load_rules(session)[kind]
    # A hold placed while the rows were being locked is not seen by the query that locked them.
    ids = [row.id for row in session.scalars(_next(rule, now))]
    held = set(session.scalars(select(LegalHold.ticket_id).where(LegalHold.ticket_id.in_(ids), _live(now))))
    erased = {}
    for ticket in session.scalars(select(Ticket).where(Ticket.id.in_(set(ids) - held))).all():
        erased[ticket.number] = _erase(session, shelf, ticket, rule, (batch, now))
    session.flush()
    return erased


def erase_at_once(session: Session, shelf: Shelf, ticket: Ticket, batch: str, now: datetime) -> None:
    """Erase everything of one ticket before its time, as its citizen wants it. Never commits.

    What waits to be sent to them is called off. The caller has locked the ticket. Raises Refused while
    anything is to be done about it yet, and where a hold keeps it.
    """
    this = select(Ticket.id).where(Ticket.id == ticket.id)
    if session.scalar(this.where(_is_held(now))) is not None:
        raise Refused(Code.HELD)
    if session.scalar(this.where(*_is_settled(now))) is None:
        raise Refused(Code.NOT_SETTLED)
    call_off(session, ticket.number)
    for kind in ERASED:
        _erase(session, shelf, ticket, Rule(kind, 0, None), (batch, now))
    session.flush()


def erase_loose(session: Session, batch: str, now: datetime) -> int:
    """Erase messages about no ticket as old as one's may become; tells how many there were. Never commits."""
    days = load_rules(session)[RetentionKind.MESSAGES].days
    count = forget_loose_messages(session, now - timedelta(days=days))
    note_erasing(session, RetentionKind.MESSAGES, batch, {_NO_TICKET: count} if count else {}, now)
    return count


def _erase(session: Session, shelf: Shelf, ticket: Ticket, rule: Rule, when: tuple[str, datetime]) -> int:
    """Erase one kind and leave the stone that says so; `when` is the batch and the moment."""
    rows = _ERASERS[rule.kind](session, shelf, ticket)
    stone = Tombstone(ticket_id=ticket.id, kind=rule.kind.value, rows=rows, rule_id=rule.rule_id)
    stone.days, stone.batch, stone.erased_at = rule.days, *when
    session.add(stone)
    return rows


def note_erasing(
    session: Session, kind: RetentionKind, batch: str, erased: Mapping[str, int], now: datetime
) -> None:
    """Put what a batch erased into the audit trail; nothing, if it erased nothing."""
    if erased:
        tickets = len(erased.keys() - {_NO_TICKET})
        facts = {"erased": kind.value, "batch": batch, "tickets": tickets, "rows": sum(erased.values())}
        audit.record(session, Deed(AuditKind.ACT, facts=facts), SYSTEM, Asked("retention"), now)


def _next(rule: Rule, now: datetime) -> Select[Ticket]:
    due = select(Ticket).where(*_is_over(rule, now), ~_is_held(now))
    return due.order_by(Ticket.closed_at, Ticket.id).limit(AT_ONCE).with_for_update(skip_locked=True)


def _is_over(rule: Rule, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Settled long enough, nothing to be put right in it, and not erased since, or written to since."""
    is_asked = select(DataRequest.id).where(
        DataRequest.ticket_id == Ticket.id,
        DataRequest.state == DataRequestState.OPEN.value,
        DataRequest.kind == DataRequestKind.CORRECTION.value,
    )
    is_erased = select(Tombstone.id).where(
        Tombstone.ticket_id == Ticket.id,
        Tombstone.kind == rule.kind.value,
        Tombstone.erased_at >= func.coalesce(Ticket.closed_at, Ticket.created_at),
    )
    by = now - timedelta(days=rule.days)
    is_left = or_(~is_erased.exists(), Ticket.id.in_(_came_late(rule.kind, by)))
    return (*_is_settled(by), ~is_asked.exists(), is_left)


def _came_late(kind: RetentionKind, by: datetime) -> Select[int]:
    """Select the tickets of which something of a kind is there: what erasing leaves behind is none of it."""
    match kind:
        case RetentionKind.FILES:
            return select(Attachment.ticket_id).where(Attachment.uploaded_at <= by)
        case RetentionKind.MESSAGES:
            of_ticket = select(Ticket.id).join(InboundMessage, InboundMessage.subject == Ticket.number)
            return of_ticket.where(InboundMessage.received_at <= by, InboundMessage.address_hash != "")
        case _:
            is_typed = DataRequest.reason.is_not(None)
            return select(DataRequest.ticket_id).where(DataRequest.asked_at <= by, is_typed)


def _is_settled(by: datetime) -> tuple[ColumnElement[bool], ...]:
    """Closed by a moment, and nothing still open about it; or written down by then and never submitted.

    Whoever's request was merged is told of the master's fate, so their time begins when that one is closed.
    """
    master = aliased(Ticket)
    is_open = select(Request.id).where(
        Request.ticket_id == Ticket.id, Request.state == RequestState.REQUESTED.value
    )
    goes_on = select(master.id).where(
        master.id == Ticket.master_id, or_(master.state.not_in(_ENDED), master.closed_at > by)
    )
    is_ended = and_(Ticket.state.in_(_ENDED), Ticket.closed_at <= by)
    is_left_lying = and_(Ticket.state == TicketState.DRAFT.value, Ticket.created_at <= by)
    return or_(is_ended, is_left_lying), ~is_open.exists(), ~goes_on.exists()


def _is_held(now: datetime) -> ColumnElement[bool]:
    return select(LegalHold.id).where(LegalHold.ticket_id == Ticket.id, _live(now)).exists()


def _live(now: datetime) -> ColumnElement[bool]:
    return is_live(now.astimezone(current_site().zone).date())


def _erase_reporter(session: Session, _shelf: Shelf, ticket: Ticket) -> int:
    ticket.accused = None
    asked = update(DataRequest).where(DataRequest.ticket_id == ticket.id)
    session.execute(asked.values(dict.fromkeys(_TYPED)))
    citizen = None if ticket.citizen_id is None else session.get(Citizen, ticket.citizen_id)
    if citizen is None:
        return 0
    for name in _PERSON:
        setattr(citizen, name, None)
    return 1


def _erase_files(session: Session, shelf: Shelf, ticket: Ticket) -> int:
    files = session.scalars(select(Attachment).where(Attachment.ticket_id == ticket.id)).all()
    for file in files:
        shelf.drop(session, file.storage_name)
        session.delete(file)
    return len(files)


def _erase_messages(session: Session, _shelf: Shelf, ticket: Ticket) -> int:
    return forget_messages(session, ticket.number)


_ERASERS: Mapping[RetentionKind, Callable[[Session, Shelf, Ticket], int]] = {
    RetentionKind.REPORTER: _erase_reporter,
    RetentionKind.FILES: _erase_files,
    RetentionKind.MESSAGES: _erase_messages,
}
