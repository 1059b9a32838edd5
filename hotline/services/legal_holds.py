"""How is kept from being erased what a court, an audit or a dispute still needs: by a hold on the ticket."""

from datetime import date, datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from hotline.models.retention import LegalHold
from hotline.services.lifecycle import lock_ticket
from hotline.services.retention_rules import check_reason
from workflows.definition import Actor
from workflows.errors import Code, FieldCode, FieldError, Refused, invalid


def is_live(today: date) -> ColumnElement[bool]:
    """The condition under which a hold still keeps its ticket from being erased."""
    return LegalHold.lifted_at.is_(None) & or_(LegalHold.until_on.is_(None), LegalHold.until_on >= today)


def place_hold(
    session: Session, number: str, typed: tuple[str, str], actor: Actor, now: datetime
) -> LegalHold:
    """Hold a ticket for a reason, until a day (ISO 8601) or until lifted. Raises Refused; never commits."""
    reason = typed[0].strip()
    errors = check_reason(reason)
    until_on = None
    try:
        until_on = date.fromisoformat(typed[1]) if typed[1] else None
    except ValueError:
        errors.append(FieldError("until_on", FieldCode.NOT_A_DATE))
    if until_on is not None and until_on < now.date():
        errors.append(FieldError("until_on", FieldCode.IN_THE_PAST))
    if errors:
        raise invalid(*errors)
    try:
        ticket = lock_ticket(session, number)
    except Refused as refused:
        raise invalid(FieldError("number", FieldCode.UNKNOWN_TICKET)) from refused
    hold = LegalHold(
        ticket_id=ticket.id, reason=reason, until_on=until_on, placed_by_id=actor.user_id, placed_at=now
    )
    session.add(hold)
    session.flush()
    return hold


def lift_hold(session: Session, hold_id: int, reason: str, actor: Actor, now: datetime) -> LegalHold:
    """End a hold; one that was lifted before stays as it was. Raises Refused; never commits."""
    errors = check_reason(reason.strip())
    if errors:
        raise invalid(*errors)
    wanted = select(LegalHold).where(LegalHold.id == hold_id).with_for_update()
    hold = session.scalar(wanted.execution_options(populate_existing=True))
    if hold is None:
        raise Refused(Code.NOT_FOUND)
    if hold.lifted_at is None:
        hold.lifted_at, hold.lifted_by_id, hold.lift_reason = now, actor.user_id, reason.strip()
        session.flush()
    return hold
