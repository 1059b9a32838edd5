"""What may the engine see of a ticket: one frozen snapshot, read under the ticket's lock."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.clocks import Clock
from hotline.models.organisation import Unit
from hotline.models.ticket import Assignment, Request, Ticket
from hotline.queries.owners import find_owner_unit
from hotline.services.clocks import list_running
from workflows.definition import NEW, AssignmentFacts, Facts, RequestFacts, UnitFacts
from workflows.vocabulary import ClockName, TicketState


def facts_of_new() -> Facts:
    """Return the facts of a ticket that does not exist yet."""
    return Facts(number="", state=NEW)


def facts_of(
    session: Session,
    ticket: Ticket,
    data: Mapping[str, Any],
    assignment: Assignment | None = None,
    request: Request | None = None,
) -> Facts:
    """Read the snapshot of a ticket; units named in `data` (as row ids) are read along."""
    shares = session.scalars(
        select(Assignment).where(Assignment.ticket_id == ticket.id).order_by(Assignment.id)
    ).all()
    asked = session.scalars(select(Request).where(Request.ticket_id == ticket.id).order_by(Request.id)).all()
    asked_for = (data.get("main_unit"), *(data.get("co_units") or ()))
    named = {unit_id for unit_id in asked_for if isinstance(unit_id, int)}
    units = _units(session, {share.unit_id for share in shares} | named, ticket)
    return replace(
        _own_facts(session, ticket),
        assignments=tuple(_assignment_facts(share, units) for share in shares),
        requests=tuple(_request_facts(each) for each in asked),
        units=units,
        subject_assignment=None if assignment is None else _assignment_facts(assignment, units),
        subject_request=None if request is None else _request_facts(request),
    )


def _own_facts(session: Session, ticket: Ticket) -> Facts:
    clocks = list_running(session, ticket.id)
    return Facts(
        number=ticket.number,
        state=ticket.state,
        type=ticket.type,
        urgency=ticket.urgency,
        round=ticket.round,
        has_place=bool(ticket.address or ticket.district),
        has_category=ticket.category_id is not None,
        has_accused=bool(ticket.accused),
        is_anonymous=ticket.is_anonymous,
        callback_wanted=ticket.callback_wanted,
        forbid_return=ticket.forbid_return,
        registered_by_id=ticket.registered_by_id,
        call_attempts=ticket.call_attempts,
        last_attempt_at=ticket.last_attempt_at,
        callback_due_at=_due(clocks, ClockName.CALLBACK),
        archive_due_at=_due(clocks, ClockName.ARCHIVE),
        running_clocks=frozenset(clock.name for clock in clocks),
        suggested_unit_ids=_suggested(session, ticket),
    )


def _units(session: Session, unit_ids: Iterable[int], ticket: Ticket) -> dict[int, UnitFacts]:
    wanted = set(unit_ids)
    if not wanted:
        return {}
    accused = ticket.accused or ""
    return {
        unit.id: UnitFacts(
            unit.id,
            unit.name,
            is_active=unit.is_active,
            has_reply_review=unit.has_reply_review,
            is_accused=bool(accused) and (unit.name in accused or _is_named(unit.short_name, accused)),
        )
        for unit in session.scalars(select(Unit).where(Unit.id.in_(wanted)))
    }


def _is_named(short_name: str, accused: str) -> bool:
    return bool(short_name) and short_name in accused


def _assignment_facts(share: Assignment, units: Mapping[int, UnitFacts]) -> AssignmentFacts:
    return AssignmentFacts(
        id=share.id,
        state=share.state,
        unit_id=share.unit_id,
        is_main=share.is_main,
        round=share.round,
        has_reply_review=units[share.unit_id].has_reply_review,
        handler_id=share.handler_id,
        result=share.result,
        return_until=share.return_until,
    )


def _request_facts(request: Request) -> RequestFacts:
    return RequestFacts(request.id, request.kind, request.state, request.asked_by_id, request.assignment_id)


def _due(clocks: Iterable[Clock], name: ClockName) -> Any:
    return next((clock.due_at for clock in clocks if clock.name == name), None)


def _suggested(session: Session, ticket: Ticket) -> tuple[int, ...]:
    if ticket.category_id is None or ticket.state != TicketState.TO_DISPATCH:
        return ()  # only a dispatch asks
    owner = find_owner_unit(session, ticket.category_id, ticket.district)
    return () if owner is None else (owner.id,)
