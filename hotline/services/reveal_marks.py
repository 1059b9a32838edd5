"""What is unusual in a look at who called, and who is told of it?

The security and the audit administrators hear of each kind of it once a day for each person.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from hotline.models.claims import TicketClaim
from hotline.models.reveals import IdentityReveal, Mark
from hotline.models.ticket import Assignment, Ticket, TicketEvent
from hotline.queries.directory import list_users_with_role
from hotline.queries.rosters import list_on_duty
from hotline.services.duty import opening_of
from hotline.services.reveal_limits import Limits
from hotline.services.site import current_site
from hotline.services.staff_letters import Letter, write_to
from workflows.definition import Actor
from workflows.vocabulary import CENTRE_ROLES, Role

KIND = "reveals_unusual"
SHORT_TIME = timedelta(minutes=10)
# A look before the first act is common once; of so many in a day somebody is told.
_NEEDED: Mapping[Mark, int] = {Mark.NOT_WORKED_ON: 3}
_TOLD = (Role.SECURITY_OFFICER, Role.AUDIT_ADMINISTRATOR)


def marks_of(session: Session, row: IdentityReveal, actor: Actor, limits: Limits) -> list[Mark]:
    """Tell what is unusual in a look that was just kept."""
    recent = _count(session, row, row.at - SHORT_TIME)
    return [
        *([Mark.MANY] if recent > limits.at_once else []),
        *([Mark.OFF_DUTY] if _is_off_duty(session, actor, row.at) else []),
        *([] if _has_worked_on(session, row) else [Mark.NOT_WORKED_ON]),
    ]


def tell_of_unusual(session: Session, row: IdentityReveal, actor: Actor) -> None:
    """Put the letters a look gives reason for into the outbox. Never commits."""
    zone = current_site().zone
    begins = row.at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    for mark in (Mark(each) for each in row.marks.split(",") if each):
        count = _count(session, row, begins - timedelta(microseconds=1), mark)
        if count >= _NEEDED.get(mark, 1):
            occasion = f"reveals:{begins.date().isoformat()}:{row.user_id}:{mark}"
            facts = {
                "number": f"CK-{begins.date().isoformat()}-{row.user_id}",
                "person": actor.name,
                "count": str(count),
                "link": current_site().link("/reveals?unusual=1"),
            }
            _write(session, Letter(KIND, facts["number"], occasion, facts, row.at), mark)


def _write(session: Session, letter: Letter, mark: Mark) -> None:
    """Somebody who is both hears once, in the capacity that comes first."""
    told: set[int] = set()
    for role in _TOLD:
        for user in list_users_with_role(session, role):
            if user.id in told:
                continue
            told.add(user.id)
            why = mark.label_en.lower() if user.language == "en" else mark.label_zh
            facts = {**letter.facts, "why": why}
            write_to(session, user, replace(letter, facts=facts, because=role.value))


def _count(session: Session, row: IdentityReveal, since: datetime, mark: Mark | None = None) -> int:
    query = select(func.count()).where(
        IdentityReveal.user_id == row.user_id, IdentityReveal.at > since, IdentityReveal.at <= row.at
    )
    if mark is not None:
        query = query.where(IdentityReveal.marks.contains(mark.value))
    return session.scalar(query) or 0


def _is_off_duty(session: Session, actor: Actor, now: datetime) -> bool:
    """Units keep hours and rosters; the centre answers day and night."""
    if actor.unit_id is None or actor.roles & CENTRE_ROLES:
        return False
    if opening_of(session, f"unit:{actor.unit_id}", now) <= now:
        return False
    return all(user.id != actor.user_id for user in list_on_duty(session, actor.unit_id, now))


def _has_worked_on(session: Session, row: IdentityReveal) -> bool:
    """Whether they acted on the ticket, have it in hand, handle a share of it or registered it."""
    whose = (
        (TicketEvent.ticket_id, TicketEvent.actor_id),
        (TicketClaim.ticket_id, TicketClaim.user_id),
        (Assignment.ticket_id, Assignment.handler_id),
        (Ticket.id, Ticket.registered_by_id),
    )
    done = (
        exists(select(ticket).where(ticket == row.ticket_id, user == row.user_id)) for ticket, user in whose
    )
    return bool(session.scalar(select(or_(*done))))
