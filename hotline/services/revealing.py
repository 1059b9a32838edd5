"""The one door to who called: for a purpose, by whom it is open to, counted against their day, and kept.

Page, paper, API, the sealed identity and what a citizen asks about their own data all come through here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hotline.models.data_requests import DataRequest
from hotline.models.people import User
from hotline.models.reveals import IdentityReveal, Purpose, Way
from hotline.models.ticket import Citizen, Request, Ticket
from hotline.queries.reveals import caller_of, fields_of, may_reveal
from hotline.queries.ticket_parts import Caller
from hotline.services.reveal_limits import Limits, load_limits
from hotline.services.reveal_marks import marks_of, tell_of_unusual
from workflows.choices import PersonalField
from workflows.definition import Actor
from workflows.errors import Code, FieldCode, FieldError, Refused, invalid

SHOWN_FOR = timedelta(seconds=30)
LONGEST_WORDS = 200
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Wish:
    """What the identity is needed for, in a word of ours and in their own, and by which way it goes out."""

    purpose: str
    words: str = ""
    way: Way = Way.SCREEN


FOR_OWN_WISH = Wish(Purpose.OTHER.value, "核对诉求人的个人信息申请")


def reveal(
    session: Session, tickets: Sequence[Ticket], wish: Wish, actor: Actor, now: datetime
) -> list[Caller]:
    """Hand out who called, of each ticket the actor was found to see, and keep the looks. Never commits.

    Raises Refused, naming the field without a purpose, and past the day's measure. Locks the actor's account:
    two presses at once are counted one after the other.
    """
    callers = [_known(session, ticket) for ticket in tickets]
    _check(wish, needs_words=any(citizen.is_minor for citizen in callers))
    if not all(may_reveal(session, ticket, actor) for ticket in tickets):
        raise Refused(Code.NOT_YOURS_TO_REVEAL)
    limits = _count(session, len(tickets), actor, now)
    made = [caller_of(citizen) for citizen in callers]
    for ticket, caller in zip(tickets, made, strict=True):
        _keep(session, _row(ticket, caller, wish, now), actor, limits)
    return made


def reveal_asked(session: Session, asked: DataRequest, actor: Actor, now: datetime) -> Caller:
    """Hand out what the page of a citizen's own wish shows of them, and keep the look. Never commits.

    The decision is the purpose; the sealed identity of a confidential ticket stays shut, for two people stand
    for its disclosure. Raises Refused as reveal() does, and locks the actor's account alike.
    """
    ticket = session.get_one(Ticket, asked.ticket_id)
    known = caller_of(_known(session, ticket))
    if not may_reveal(session, ticket, actor):
        raise Refused(Code.NOT_YOURS_TO_REVEAL)
    limits = _count(session, 1, actor, now)
    caller = Caller(
        name=known.name if asked.field == PersonalField.NAME else "",
        phone=known.phone,
        email=known.email if asked.field == PersonalField.EMAIL else "",
    )
    _keep(session, _row(ticket, caller, FOR_OWN_WISH, now), actor, limits)
    return caller


def reveal_sealed(session: Session, request: Request, actor: Actor, now: datetime) -> Caller | None:
    """Hand out the sealed identity whose disclosure was asked for and allowed, and keep the look.

    Two people stand for it, so that the day's measure does not; it counts all the same. Never commits.
    """
    ticket = session.get_one(Ticket, request.ticket_id)
    if ticket.citizen_id is None:
        return None
    caller = caller_of(session.get_one(Citizen, ticket.citizen_id))
    row = _row(ticket, caller, Wish(Purpose.OTHER.value, request.basis, Way.SEALED), now)
    row.request_id = request.id
    _keep(session, row, actor, load_limits(session))
    return caller


def check_purpose(purpose: str, words: str) -> list[FieldError]:
    """List what is wrong with what somebody says they need an identity for."""
    if purpose not in list(Purpose):
        return [FieldError("purpose", FieldCode.NOT_A_CHOICE if purpose else FieldCode.NOTHING_CHOSEN)]
    if len(words) > LONGEST_WORDS:
        return [FieldError("words", FieldCode.TOO_LONG, str(LONGEST_WORDS))]
    return [FieldError("words", FieldCode.REQUIRED)] if purpose == Purpose.OTHER and not words.strip() else []


def _count(session: Session, more: int, actor: Actor, now: datetime) -> Limits:
    """Hold the actor's account and refuse what is past their day's measure."""
    session.execute(select(User.id).where(User.id == actor.user_id).with_for_update())
    mine = IdentityReveal.user_id == actor.user_id
    seen = session.scalar(select(func.count()).where(mine, IdentityReveal.at > now - _DAY)) or 0
    limits = load_limits(session)
    if seen + more > limits.of(actor):
        raise Refused(Code.TOO_MANY_REVEALS)
    return limits


def _check(wish: Wish, *, needs_words: bool) -> None:
    """Of somebody under age the purpose is written out (PIPL 28 and 31)."""
    errors = check_purpose(wish.purpose, wish.words)
    if not errors and needs_words and not wish.words.strip():
        errors = [FieldError("words", FieldCode.REQUIRED)]
    if errors:
        raise invalid(*errors)


def _known(session: Session, ticket: Ticket) -> Citizen:
    if ticket.citizen_id is None:
        raise Refused(Code.NOT_YOURS_TO_REVEAL)
    return session.get_one(Citizen, ticket.citizen_id)


def _row(ticket: Ticket, caller: Caller, wish: Wish, now: datetime) -> IdentityReveal:
    return IdentityReveal(
        ticket_id=ticket.id,
        purpose=wish.purpose,
        words=wish.words.strip(),
        way=wish.way.value,
        shown=fields_of(caller),
        at=now,
    )


def _keep(session: Session, row: IdentityReveal, actor: Actor, limits: Limits) -> None:
    if actor.user_id is None:
        raise Refused(Code.NOT_YOURS_TO_REVEAL)
    row.user_id = actor.user_id
    session.add(row)
    session.flush()
    row.marks = ",".join(marks_of(session, row, actor, limits))
    session.flush()
    tell_of_unusual(session, row, actor)
