"""What may the engine see of a ticket: one frozen snapshot, read under the ticket's lock."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.clocks import Clock
from hotline.models.orders import OrderUnit, SupervisionOrder
from hotline.models.ticket import Assignment, Rating, Request, Ticket
from hotline.queries.accused import above, accused_by, find_accused, with_those_above
from hotline.services.barring import barred_from
from hotline.services.calls import failed_calls
from hotline.services.catalogue_proposals import suggested_units
from hotline.services.claims import POOLS, other_holder
from hotline.services.clocks import list_running
from hotline.services.colleagues import person_facts
from hotline.services.horizon import horizon_of
from hotline.services.last_act import last_act_of
from hotline.services.makers import Makers, makers_of
from hotline.services.pressure import pressed_level
from hotline.services.remembered import once, parts_of
from hotline.services.watching import words_in_replies
from workflows.definition import NEW, Actor
from workflows.facts import (
    LIVE_ENDS,
    AssignmentFacts,
    Facts,
    MasterFacts,
    OrderFacts,
    PersonFacts,
    RequestFacts,
    UnitFacts,
)
from workflows.vocabulary import ClockName, Machine, Outcome, TicketState

_SECOND_TIER = 2
_AS_THEY_STAND = (
    "type",
    "urgency",
    "outcome",
    "round",
    "category_id",
    "is_anonymous",
    "is_confidential",
    "callback_wanted",
    "forbid_return",
    "is_excluded",
    "came_from",
    "created_at",
    "return_count",
    "follower_count",
    "extension_count",
    "supervised_level",
    "last_urged_at",
)


@dataclass(frozen=True, slots=True)
class Subject:
    """Which part of a ticket an action is about; none of them when it is about the ticket itself."""

    assignment: Assignment | None = None
    request: Request | None = None
    order: SupervisionOrder | None = None


WHOLE = Subject()


def facts_of_new() -> Facts:
    """Return the facts of a ticket that does not exist yet."""
    return Facts(number="", state=NEW)


def facts_of(
    session: Session, ticket: Ticket, data: Mapping[str, Any], asked: tuple[Subject, Actor, datetime]
) -> Facts:
    """Read the snapshot of a ticket; units, people and the master named in `data` are read along."""
    subject, actor, now = asked
    shares = parts_of(session, Assignment, ticket.id)
    makers = makers_of(session, ticket)
    orders = _orders(session, ticket, makers)
    units = _units(session, {share.unit_id for share in shares} | _named(data), ticket)
    clocks = list_running(session, ticket.id)
    held = {share.id: _assignment_facts(share, units, makers) for share in shares}
    return replace(
        _own_facts(ticket, clocks),
        pressed_level=pressed_level(session, ticket, clocks),
        **_called(session, ticket),
        **_made(ticket, makers),
        assignments=tuple(held.values()),
        requests=tuple(_request_facts(each, makers) for each in parts_of(session, Request, ticket.id)),
        orders=tuple(orders.values()),
        units=units,
        suggested_unit_ids=_suggested(session, ticket, now),
        subject_assignment=None if subject.assignment is None else held[subject.assignment.id],
        subject_request=None if subject.request is None else _request_facts(subject.request, makers),
        subject_order=None if subject.order is None else orders[subject.order.id],
        **_pointed_at(session, ticket, data),
        horizon=horizon_of(session, ticket, clocks, now, subject.assignment),
        claimed_by=_holder(session, ticket, actor, now),
        is_answer_rated=_is_answer_rated(session, ticket),
        last_act=last_act_of(session, ticket, shares, now),
        **words_in_replies(session, data, now),
    )


def _own_facts(ticket: Ticket, clocks: Sequence[Clock]) -> Facts:
    return replace(
        Facts(ticket.number, ticket.state, **{name: getattr(ticket, name) for name in _AS_THEY_STAND}),
        has_place=bool(ticket.address or ticket.district),
        has_category=ticket.category_id is not None,
        has_accused=bool(ticket.accused),
        upheld_appeals=frozenset(ticket.appeal_upheld.split()),
        callback_due_at=_due(clocks, ClockName.CALLBACK),
        archive_due_at=_due(clocks, ClockName.ARCHIVE),
        supplement_due_at=_due(clocks, ClockName.SUPPLEMENT),
        suspension_due_at=_due(clocks, ClockName.SUSPENSION),
        running_clocks=frozenset(clock.name for clock in clocks),
    )


def _named(data: Mapping[str, Any]) -> set[int]:
    ones = [data.get("main_unit"), data.get("unit")]
    many = [*(data.get("co_units") or ()), *(data.get("units") or ())]
    return {unit_id for unit_id in (*ones, *many) if isinstance(unit_id, int)}


def _pointed_at(session: Session, ticket: Ticket, data: Mapping[str, Any]) -> dict[str, Any]:
    return {"master": _master(session, ticket, data), "person": _person(session, ticket, data)}


def _person(session: Session, ticket: Ticket, data: Mapping[str, Any]) -> PersonFacts | None:
    named = data.get("person")
    return person_facts(session, named, barred_from(session, ticket.id)) if isinstance(named, int) else None


def _called(session: Session, ticket: Ticket) -> dict[str, Any]:
    calls = failed_calls(session, ticket)
    return {"failed_calls": len(calls.counted), "is_number_wrong": calls.is_number_wrong}


def _orders(session: Session, ticket: Ticket, makers: Makers) -> dict[int, OrderFacts]:
    orders = parts_of(session, SupervisionOrder, ticket.id)
    if not orders:
        return {}
    wanted = select(OrderUnit).where(OrderUnit.order_id.in_([order.id for order in orders]))
    rows = session.scalars(wanted).all()
    return {
        order.id: _order_facts(order, [row for row in rows if row.order_id == order.id], makers)
        for order in orders
    }


def _order_facts(order: SupervisionOrder, rows: Sequence[OrderUnit], makers: Makers) -> OrderFacts:
    answered = [row for row in rows if row.answered_at]
    answers = (makers.of(Machine.ORDER, order.id, row.answered_by_id) for row in answered)
    return OrderFacts(
        order.id,
        order.state,
        order.level,
        frozenset(row.unit_id for row in rows),
        frozenset(row.unit_id for row in answered),
        makers.of(Machine.ORDER, order.id, order.issued_by_id),
        frozenset[int]().union(*answers),
    )


def _units(session: Session, unit_ids: Iterable[int], ticket: Ticket) -> dict[int, UnitFacts]:
    wanted = frozenset(unit_ids)
    known = once(session, ("units with those above", wanted), lambda: with_those_above(session, wanted))
    accused = find_accused(session, wanted, accused_by(session, ticket))
    barred = barred_from(session, ticket.id)
    return {
        unit.id: UnitFacts(
            unit.id,
            unit.name,
            is_active=unit.is_active,
            has_reply_review=unit.has_reply_review,
            is_accused=unit.id in accused,
            above_ids=above(unit, known),
            # A unit over it that may not see the ticket is passed by: the centre decides at once.
            tier=min(unit.tier, _SECOND_TIER) if unit.parent_id in barred else unit.tier,
        )
        for unit in known.values()
        if unit.id in wanted
    }


def _made(ticket: Ticket, makers: Makers) -> Mapping[str, Any]:
    return {
        "recorded_by_ids": makers.intake | _only(ticket.registered_by_id),
        "disputed_by_ids": makers.dispute,
        "invalid_proposed_by_ids": makers.of(Machine.TICKET, None, ticket.invalid_proposed_by_id),
    }


def _only(user_id: int | None) -> frozenset[int]:
    return frozenset() if user_id is None else frozenset({user_id})


def _assignment_facts(share: Assignment, units: Mapping[int, UnitFacts], makers: Makers) -> AssignmentFacts:
    return AssignmentFacts(
        id=share.id,
        state=share.state,
        unit_id=share.unit_id,
        is_main=share.is_main,
        round=share.round,
        has_reply_review=units[share.unit_id].has_reply_review,
        handled_by_ids=makers.of(Machine.ASSIGNMENT, share.id, share.handler_id),
        approved_by_ids=makers.approvals.get(share.id, frozenset()),
        result=share.result,
        return_until=share.return_until,
        parent_id=share.parent_id,
        handler_id=share.handler_id,
    )


def _request_facts(request: Request, makers: Makers) -> RequestFacts:
    return RequestFacts(
        id=request.id,
        kind=request.kind,
        state=request.state,
        asked_by_id=request.asked_by_id,
        assignment_id=request.assignment_id,
        is_endorsed=request.endorsed_at is not None,
        endorsed_by_ids=makers.of(Machine.REQUEST, request.id, request.endorsed_by_id),
        is_viewed=request.viewed_at is not None,
        asked_for_id=makers.principal(Machine.REQUEST, request.id, request.asked_by_id),
        decided_at=request.decided_at,
    )


def _master(session: Session, ticket: Ticket, data: Mapping[str, Any]) -> MasterFacts | None:
    named = data.get("master")
    if not named and ticket.master_id is None:
        return None
    match = Ticket.number == named if named else Ticket.id == ticket.master_id
    master = session.scalars(select(Ticket).where(match)).one()
    return MasterFacts(
        master.number,
        master.state,
        is_confidential=master.is_confidential,
        is_follower=bool(master.master_id),
        accused_unit=_accused_at_work(session, master, ticket) if named else "",
        is_rated=not named and _is_rated(session, master, ticket),
    )


def _is_rated(session: Session, master: Ticket, follower: Ticket) -> bool:
    """What was said before the merging, or of an earlier answer of the master, is another matter."""
    since = max(at for at in (follower.closed_at, master.handled_at) if at is not None)
    said = select(Rating.id).where(Rating.ticket_id == follower.id, Rating.rated_at >= since)
    return session.scalar(said.limit(1)) is not None


def _is_answer_rated(session: Session, ticket: Ticket) -> bool:
    """Only an answer given at once is rated on the closed ticket."""
    if ticket.outcome != Outcome.ANSWERED_DIRECTLY:
        return False
    return session.scalar(select(Rating.id).where(Rating.ticket_id == ticket.id).limit(1)) is not None


def _accused_at_work(session: Session, master: Ticket, ticket: Ticket) -> str:
    """Name a unit that has a share of the master and is accused by the ticket to merge."""
    if not ticket.accused:
        return ""
    live = (Assignment.ticket_id == master.id, Assignment.state.not_in(LIVE_ENDS))
    units = _units(session, session.scalars(select(Assignment.unit_id).where(*live)), ticket)
    return next((unit.name for unit in units.values() if unit.is_accused), "")


def _due(clocks: Iterable[Clock], name: ClockName) -> Any:
    return next((clock.due_at for clock in clocks if clock.name == name), None)


def _suggested(session: Session, ticket: Ticket, now: datetime) -> tuple[int, ...]:
    return suggested_units(session, ticket, now) if ticket.state == TicketState.TO_DISPATCH else ()


def _holder(session: Session, ticket: Ticket, actor: Actor, now: datetime) -> str | None:
    return other_holder(session, ticket.id, actor.user_id, now) if ticket.state in POOLS else None
