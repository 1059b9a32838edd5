"""What is counted of a unit, and which tickets are behind each figure?

A figure and the list behind it come from the same condition, so they cannot differ. Excluded tickets are out
of all of them but `excluded`; docs/figures.md says what each one means.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select, true
from sqlalchemy.orm import Session

from hotline.models.clocks import Clock
from hotline.models.ticket import Assignment, Rating, Request, Ticket
from hotline.queries.on_time import counts_as_on_time, latest_main_share
from hotline.queries.periods import Period
from workflows.choices import CONTENT, AppealSubject, Solved
from workflows.vocabulary import AssignmentState, ClockName, RequestKind, RequestState

_GONE = (AssignmentState.RETURNED.value, AssignmentState.RECALLED.value)


class Measure(StrEnum):
    """One thing that is counted."""

    RECEIVED = "received"
    RETURNED = "returned"
    RETURN_REFUSED = "return_refused"
    CLOSED = "closed"
    ON_TIME = "on_time"
    LATE = "late"
    EXCLUDED = "excluded"
    ASKED = "asked"
    CONTACTED = "contacted"
    NOT_CONTACTED = "not_contacted"
    VALID = "valid"
    SOLVED = "solved"
    NOT_SOLVED = "not_solved"
    RATED = "rated"
    CONTENT = "content"
    DISCONTENT = "discontent"
    HELD = "held"
    REWORKED = "reworked"


@dataclass(frozen=True, slots=True)
class _Cohort:
    """Which shares a family of measures looks at: of the tickets of a period, joined to the ticket."""

    when: Any
    conditions: tuple[ColumnElement[bool], ...]
    has_rating: bool = False  # then it has one share of each ticket, the last


def _counts() -> ColumnElement[bool]:
    return Ticket.is_excluded.is_(False)


def _closed() -> tuple[_Cohort, Mapping[Measure, ColumnElement[bool]]]:
    """Closed tickets with a limit, for whoever held them last, with the citizen's last word."""
    is_last = (Assignment.id == latest_main_share(), Ticket.is_late.is_not(None))
    counts, on_time = _counts(), counts_as_on_time()
    rating_counts = and_(counts, ~Ticket.appeal_upheld.contains(AppealSubject.RATING.value))
    asked = and_(rating_counts, Rating.was_contacted.is_not(None))
    contacted = and_(Rating.was_contacted.is_(True), ~_contact_was_late())
    valid = and_(rating_counts, Rating.solved.is_not(None))
    rated = and_(rating_counts, Rating.satisfaction.is_not(None))
    is_content = Rating.satisfaction.in_([word.value for word in CONTENT])
    return _Cohort(Ticket.closed_at, is_last, has_rating=True), {
        Measure.CLOSED: counts,
        Measure.ON_TIME: and_(counts, on_time),
        Measure.LATE: and_(counts, ~on_time),
        Measure.EXCLUDED: ~counts,
        Measure.ASKED: asked,
        Measure.CONTACTED: and_(asked, contacted),
        Measure.NOT_CONTACTED: and_(asked, ~contacted),
        Measure.VALID: valid,
        Measure.SOLVED: and_(valid, Rating.solved == Solved.YES.value),
        Measure.NOT_SOLVED: and_(valid, Rating.solved != Solved.YES.value),
        Measure.RATED: rated,
        Measure.CONTENT: and_(rated, is_content),
        Measure.DISCONTENT: and_(rated, ~is_content),
    }


def _received() -> tuple[_Cohort, Mapping[Measure, ColumnElement[bool]]]:
    """Main shares given in the period; what the centre took back by itself was never the unit's."""
    kept = (Assignment.state != AssignmentState.RECALLED.value, _counts())
    refused = exists().where(
        Request.ticket_id == Ticket.id,
        Request.assignment_id == Assignment.id,
        Request.kind == RequestKind.RETURN.value,
        Request.state == RequestState.REFUSED.value,
    )
    return _Cohort(Assignment.created_at, kept), {
        Measure.RECEIVED: true(),
        Measure.RETURNED: Assignment.state == AssignmentState.RETURNED.value,
        Measure.RETURN_REFUSED: refused.correlate(Ticket, Assignment),
    }


def _held() -> tuple[_Cohort, Mapping[Measure, ColumnElement[bool]]]:
    """Closed tickets for everybody who held them in some round: a rework is due to the round before it."""
    kept = (Assignment.state.not_in(_GONE), Ticket.is_late.is_not(None), _counts())
    return _Cohort(Ticket.closed_at, kept), {
        Measure.HELD: true(),
        Measure.REWORKED: Assignment.round < Ticket.round,
    }


_FAMILIES = (_received, _closed, _held)
# What is left over is not counted again: it costs as much as what it is left over from.
REST: Mapping[Measure, tuple[Measure, Measure]] = {
    Measure.LATE: (Measure.CLOSED, Measure.ON_TIME),
    Measure.NOT_CONTACTED: (Measure.ASKED, Measure.CONTACTED),
    Measure.NOT_SOLVED: (Measure.VALID, Measure.SOLVED),
    Measure.DISCONTENT: (Measure.RATED, Measure.CONTENT),
}


def count_by_unit(session: Session, period: Period) -> dict[int, dict[Measure, int]]:
    """Count every measure for every unit that has anything to count."""
    counted: dict[int, dict[Measure, int]] = {}
    for family in _FAMILIES:
        cohort, conditions = family()
        measures = [measure for measure in conditions if measure not in REST]
        columns = (_number(cohort, conditions[measure]).label(measure) for measure in measures)
        counting: Select[Any] = select(Assignment.unit_id, *columns)  # type: ignore[assignment]  # typed by its many columns
        query = _of(cohort, counting, period).group_by(Assignment.unit_id)
        for unit_id, *numbers in session.execute(query):
            counted.setdefault(unit_id, dict.fromkeys(Measure, 0)).update(zip(measures, numbers, strict=True))
    for each in counted.values():
        each.update({rest: each[whole] - each[hits] for rest, (whole, hits) in REST.items()})
    return counted


def behind(measure: Measure, period: Period, unit_id: int | None) -> ColumnElement[bool]:
    """The condition that a ticket is one of those a figure counts, of one unit or of all."""
    cohort, condition = next(
        (cohort, measures[measure])
        for cohort, measures in (family() for family in _FAMILIES)
        if measure in measures
    )
    query = _of(cohort, select(Ticket.id), period).where(condition)
    if unit_id is not None:
        query = query.where(Assignment.unit_id == unit_id)
    return Ticket.id.in_(query.correlate(None))


def last_shares(period: Period) -> Select[Any]:
    """Select unit, ticket, round and both moments of the answered shares whose tickets count as closed."""
    cohort, measures = _closed()
    columns = (Assignment.unit_id, Ticket.id.label("ticket_id"), Assignment.round)
    query: Select[Any] = select(*columns, Assignment.created_at, Assignment.replied_at)  # type: ignore[assignment]  # as above
    answered = (measures[Measure.CLOSED], Assignment.replied_at.is_not(None))
    return _of(_Cohort(cohort.when, cohort.conditions), query, period).where(*answered)


def _number(cohort: _Cohort, condition: ColumnElement[bool]) -> ColumnElement[int]:
    """Count tickets, each once; closed ones have but one last share."""
    if cohort.has_rating:
        return func.count(case((condition, 1)))
    return func.count(case((condition, Ticket.id)).distinct())


def _of(cohort: _Cohort, query: Select[Any], period: Period) -> Select[Any]:
    query = query.select_from(Ticket).join(Assignment, Assignment.ticket_id == Ticket.id)
    if cohort.has_rating:
        last = select(func.max(Rating.id)).where(Rating.ticket_id == Ticket.id).correlate(Ticket)
        query = query.outerjoin(Rating, Rating.id == last.scalar_subquery())
    return query.where(Assignment.is_main.is_(True), period.holds(cohort.when), *cohort.conditions)


def _contact_was_late() -> ColumnElement[bool]:
    """The condition that the promise to speak to the citizen was broken in the round of the share."""
    late = or_(
        Clock.stopped_at > Clock.due_at,
        and_(Clock.stopped_at.is_(None), Clock.due_at < Ticket.closed_at),
    )
    return (
        exists()
        .where(
            Clock.ticket_id == Ticket.id,
            Clock.name == ClockName.CONTACT.value,
            Clock.round == Assignment.round,
            Clock.is_cancelled.is_(False),
            late,
        )
        .correlate(Ticket, Assignment)
    )
