"""What may a draft of the limits say: write or remove a row, or a step of the ladder, and what is refused?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.calendars import Calendar
from hotline.models.catalog import Category
from hotline.models.policies import PolicyRow, PolicyStep, PolicyVersion, selector_of
from hotline.services.calendars import load_calendar
from hotline.services.policies import paths_of, read_policy, read_row
from hotline.services.policy_drafts import hold_draft, mark_changed
from workflows.counting import DayEndRule, StartRule, TimeUnit
from workflows.definition import Actor
from workflows.errors import Code, FieldCode, FieldError, Refused, invalid
from workflows.policy import CITY, PAUSES, LimitClass, RowName, Step
from workflows.policy_checks import (
    MOST,
    amount_errors,
    is_rising,
    misfit,
    span_of,
    warning_errors,
)
from workflows.sla import Limit, SpanUnit
from workflows.vocabulary import TicketType
from workflows.worktime import WorkCalendar

TIERS = (1, 2, 3)
LEVELS = (1, 2, 3, 4, 5, 6)


@dataclass(frozen=True, slots=True)
class RowInput:
    """What somebody fills in for a row, words as stored; a text that is no number comes as -1."""

    clock: str
    limit_class: str
    amount: int
    unit: str
    ticket_type: str = ""
    category_id: int | None = None
    unit_tier: int | None = None
    is_rework: bool = False
    calendar: str = CITY
    start_rule: str = StartRule.AT_ONCE.value
    day_end_rule: str = DayEndRule.SAME_TIME.value
    yellow_amount: int | None = None
    yellow_unit: str = ""
    orange_amount: int | None = None
    orange_unit: str = ""
    pauses_in: tuple[str, ...] = ()
    row_id: int | None = None

    @property
    def limit(self) -> Limit:
        """The limit; raises ValueError for a word that does not exist."""
        return Limit(
            self.amount,
            TimeUnit(self.unit),
            StartRule(self.start_rule),
            DayEndRule(self.day_end_rule),
            span_of(self.yellow_amount, self.yellow_unit),
            span_of(self.orange_amount, self.orange_unit),
        )


@dataclass(frozen=True, slots=True)
class StepInput:
    """What somebody fills in for a step of the ladder."""

    limit_class: str
    level: int
    amount: int
    unit: str
    step_id: int | None = None


def put_row(session: Session, given: RowInput, seen: str, actor: Actor, now: datetime) -> PolicyRow:
    """Write a row into the draft, a new one or in place of what it said before.

    Raises Refused that names every field to mend, or that the draft is no longer the one `seen`.
    """
    draft = hold_draft(session, seen, actor)
    row = PolicyRow(version_id=draft.id) if given.row_id is None else _get_row(session, draft, given.row_id)
    check_row(session, draft, given, now)
    _fill(row, given)
    session.add(row)
    mark_changed(session, draft, actor)
    return row


def check_row(session: Session, draft: PolicyVersion, given: RowInput, now: datetime) -> None:
    """Raise Refused that names every field of a row to mend before the draft may hold it."""
    if errors := [*_word_errors(session, given), *_span_errors(given)]:
        raise invalid(*errors)
    if errors := [*amount_errors(given.clock, given.limit)]:
        raise invalid(*errors)
    calendar = load_calendar(session, given.calendar)
    opening = calendar.counted_from(now, StartRule.NEXT_WORKING_DAY)
    warnings = warning_errors(given.limit, calendar, opening)
    beside = (*_extension_errors(session, draft, given), *_twin_errors(session, draft, given))
    if errors := [*warnings, *beside]:
        raise invalid(*errors)


def remove_row(session: Session, row_id: int, seen: str, actor: Actor) -> None:
    """Take a row out of the draft."""
    draft = hold_draft(session, seen, actor)
    session.delete(_get_row(session, draft, row_id))
    mark_changed(session, draft, actor)


def put_step(session: Session, given: StepInput, seen: str, actor: Actor, now: datetime) -> PolicyStep:
    """Write a step of the ladder into the draft; a level must come later than the levels below it."""
    draft = hold_draft(session, seen, actor)
    step = (
        PolicyStep(version_id=draft.id) if given.step_id is None else _get_step(session, draft, given.step_id)
    )
    others = [each for each in _steps(session, draft, given.limit_class) if each.id != given.step_id]
    if errors := [*_step_errors(given, others)]:
        raise invalid(*errors)
    calendar = load_calendar(session)
    wanted = Step(given.level, given.amount, TimeUnit(given.unit))
    if (beside := _out_of_order(wanted, others, calendar, now)) is not None:
        raise invalid(FieldError("amount", FieldCode.NOT_RISING, f"第 {beside.level} 级"))
    step.limit_class, step.level = given.limit_class, given.level
    step.amount, step.unit = given.amount, given.unit
    session.add(step)
    mark_changed(session, draft, actor)
    return step


def remove_step(session: Session, step_id: int, seen: str, actor: Actor) -> None:
    """Take a step out of the draft's ladder."""
    draft = hold_draft(session, seen, actor)
    session.delete(_get_step(session, draft, step_id))
    mark_changed(session, draft, actor)


def _word_errors(session: Session, given: RowInput) -> Iterator[FieldError]:
    choices = (
        ("clock", given.clock, RowName),
        ("limit_class", given.limit_class, LimitClass),
        ("ticket_type", given.ticket_type, ("", *TicketType)),
        ("unit_tier", given.unit_tier, (None, *TIERS)),
        ("unit", given.unit, TimeUnit),
        ("calendar", given.calendar, list(session.scalars(select(Calendar.code)))),
        ("start_rule", given.start_rule, StartRule),
        ("day_end_rule", given.day_end_rule, DayEndRule),
        ("yellow_unit", given.yellow_unit, ("", *SpanUnit)),
        ("orange_unit", given.orange_unit, ("", *SpanUnit)),
    )
    for field, value, known in choices:
        if value not in set(known):
            yield FieldError(field, FieldCode.NOT_A_CHOICE)
    if not set(given.pauses_in) <= PAUSES:
        yield FieldError("pauses_in", FieldCode.NOT_A_CHOICE)
    if given.is_rework and given.clock != RowName.HANDLE:
        yield FieldError("is_rework", FieldCode.NO_REWORK_LIMIT)
    category = None if given.category_id is None else session.get(Category, given.category_id)
    if given.category_id is not None and (category is None or not category.is_active):
        yield FieldError("category", FieldCode.UNKNOWN_CATEGORY)


def _span_errors(given: RowInput) -> Iterator[FieldError]:
    """A distance without its unit, or a unit without its distance."""
    spans = (
        ("yellow", given.yellow_amount, given.yellow_unit),
        ("orange", given.orange_amount, given.orange_unit),
    )
    for light, amount, unit in spans:
        if amount is not None and not unit:
            yield FieldError(f"{light}_unit", FieldCode.NOTHING_CHOSEN)
        elif unit and amount is None:
            yield FieldError(f"{light}_amount", FieldCode.REQUIRED)


def _extension_errors(session: Session, draft: PolicyVersion, given: RowInput) -> Iterator[FieldError]:
    """A second extension counts in the unit of the first one of its case and is no longer than it."""
    if given.clock != RowName.SECOND_EXTENSION:
        return
    policy, second = read_policy(session, draft), read_row(session, _wished(given))
    first = misfit(policy, second, paths_of(session, (*policy.entries, second)))
    if first is not None and given.unit != first.limit.unit:
        yield FieldError("unit", FieldCode.UNIT_DOES_NOT_FIT, first.limit.unit.label_zh.removeprefix("个"))
    elif first is not None:
        yield FieldError("amount", FieldCode.TOO_LARGE, str(first.limit.amount))


def _twin_errors(session: Session, draft: PolicyVersion, given: RowInput) -> Iterator[FieldError]:
    wanted = _wished(given)
    twin = session.scalar(
        select(PolicyRow).where(
            PolicyRow.version_id == draft.id,
            PolicyRow.clock == given.clock,
            PolicyRow.selector == wanted.selector,
            PolicyRow.id != (given.row_id or 0),
        )
    )
    if twin is not None:
        said = f"{twin.amount} {TimeUnit(twin.unit).label_zh}"
        yield FieldError("limit_class", FieldCode.ROW_EXISTS, said)


def _wished(given: RowInput) -> PolicyRow:
    row = PolicyRow(id=given.row_id)
    _fill(row, given)
    return row


def _fill(row: PolicyRow, given: RowInput) -> None:
    stored = ("clock", "limit_class", "category_id", "unit_tier", "is_rework", "amount", "unit", "calendar")
    for name in (*stored, "start_rule", "day_end_rule", "yellow_amount", "orange_amount"):
        setattr(row, name, getattr(given, name))
    row.ticket_type = given.ticket_type or None
    row.yellow_unit, row.orange_unit = given.yellow_unit or None, given.orange_unit or None
    row.pauses_in = " ".join(sorted(given.pauses_in))
    row.selector = selector_of(row)


def _step_errors(given: StepInput, others: Sequence[PolicyStep]) -> Iterator[FieldError]:
    if given.limit_class not in set(LimitClass):
        yield FieldError("limit_class", FieldCode.NOT_A_CHOICE)
    if given.level not in LEVELS:
        yield FieldError("level", FieldCode.NOT_A_CHOICE)
    if given.unit not in set(TimeUnit):
        yield FieldError("unit", FieldCode.NOT_A_CHOICE)
    if not 1 <= given.amount <= MOST:
        yield FieldError("amount", FieldCode.NOT_IN_RANGE, f"1–{MOST}")
    twin = next((each for each in others if each.level == given.level), None)
    if twin is not None:
        said = f"第 {twin.level} 级，{twin.amount} {TimeUnit(twin.unit).label_zh}"
        yield FieldError("level", FieldCode.ROW_EXISTS, said)


def _out_of_order(
    wanted: Step, others: Sequence[PolicyStep], calendar: WorkCalendar, now: datetime
) -> PolicyStep | None:
    """Find the step that comes too early or too late beside the one that is wanted."""
    due = calendar.counted_from(now, StartRule.NEXT_WORKING_DAY)
    for each in others:
        pair = [wanted, Step(each.level, each.amount, TimeUnit(each.unit))]
        if not is_rising(pair, calendar, due):
            return each
    return None


def _steps(session: Session, draft: PolicyVersion, limit_class: str) -> Sequence[PolicyStep]:
    own = (PolicyStep.version_id == draft.id, PolicyStep.limit_class == limit_class)
    return session.scalars(select(PolicyStep).where(*own).order_by(PolicyStep.level)).all()


def _get_row(session: Session, draft: PolicyVersion, row_id: int) -> PolicyRow:
    row = session.get(PolicyRow, row_id)
    if row is None or row.version_id != draft.id:
        raise Refused(Code.NOT_FOUND)
    return row


def _get_step(session: Session, draft: PolicyVersion, step_id: int) -> PolicyStep:
    step = session.get(PolicyStep, step_id)
    if step is None or step.version_id != draft.id:
        raise Refused(Code.NOT_FOUND)
    return step
