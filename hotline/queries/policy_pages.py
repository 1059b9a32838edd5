"""What do the pages of the limits show: versions, rows and ladders in words, and how two versions differ?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from hotline.models.calendars import Calendar
from hotline.models.catalog import Category
from hotline.models.people import User
from hotline.models.policies import PolicyRow, PolicyState, PolicyStep, PolicyVersion
from hotline.queries.policy_versions import version_on
from workflows.counting import DayEndRule, StartRule, TimeUnit
from workflows.policy import EXTENSIONS, LimitClass, RowName
from workflows.sla import SpanUnit
from workflows.vocabulary import TicketState, TicketType

TIER_LABELS: Mapping[int, str] = {1: "一级单位", 2: "二级单位", 3: "三级单位"}
PAUSE_LABELS: Mapping[str, str] = {
    state.value: state.label_zh for state in (TicketState.AWAITING_SUPPLEMENT, TicketState.SUSPENDED)
}
_ROW_ORDER = {name.value: place for place, name in enumerate(RowName)}
_CLASS_ORDER = {word.value: place for place, word in enumerate(LimitClass)}
_ALL = "全部工单"
_DAY_UNITS = (TimeUnit.DAYS, TimeUnit.WORKING_DAYS)

_Line = TypeVar("_Line", "RowLine", "StepLine")


@dataclass(frozen=True, slots=True)
class Edition:
    """One version in the list of them. `is_valid` is the one that tickets are dispatched under today."""

    id: int
    number: int
    state: PolicyState
    is_valid: bool
    valid_from_on: date
    based_on_id: int | None
    drafted_by: str
    drafted_at: datetime | None
    published_by: str
    published_at: datetime | None
    note: str
    revision: str

    @property
    def is_draft(self) -> bool:
        return self.state is PolicyState.DRAFT

    @property
    def is_from_the_start(self) -> bool:
        return self.valid_from_on == date.min

    @property
    def label(self) -> str:
        about = {PolicyState.DRAFT: "（草稿）", PolicyState.DISCARDED: "（已作废）"}.get(self.state, "")
        return f"第 {self.number} 版" + ("（现行）" if self.is_valid else about)


@dataclass(frozen=True, slots=True)
class RowLine:
    """One row in words; `clock` and `selector` name its place in every version."""

    id: int
    clock: str
    selector: str
    limit_class: str
    is_rework: bool
    is_narrowed: bool
    scope: str
    limit: str
    counting: str
    warning: str
    calendar: str
    pauses: str

    @property
    def key(self) -> tuple[int, bool, int, str]:
        """Its place among the rows of a version."""
        return (_ROW_ORDER[self.clock], self.is_rework, _CLASS_ORDER[self.limit_class], self.selector)

    @property
    def label(self) -> str:
        return RowName(self.clock).label_zh + ("（重办）" if self.is_rework else "")

    @property
    def words(self) -> tuple[str, ...]:
        """What it promises, apart from whom."""
        return (self.limit, self.counting, self.warning, self.calendar, self.pauses)


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step of a ladder in words."""

    id: int
    limit_class: str
    level: int
    after: str

    @property
    def key(self) -> tuple[int, int]:
        return (_CLASS_ORDER[self.limit_class], self.level)

    @property
    def scope(self) -> str:
        return _ALL if self.limit_class == LimitClass.ANY else LimitClass(self.limit_class).label_zh

    @property
    def words(self) -> tuple[str, ...]:
        return (self.after,)


@dataclass(frozen=True, slots=True)
class Change(Generic[_Line]):
    """A row or step that two versions do not agree on; one side is None when it is new or gone."""

    before: _Line | None
    after: _Line | None

    @property
    def known(self) -> _Line:
        line = self.after or self.before
        if line is None:
            message = "a change has at least one side"
            raise ValueError(message)
        return line


def list_editions(session: Session, on: date) -> tuple[Edition, ...]:
    """List the versions, the newest first; `on` is today's date of the city."""
    valid_id = session.scalar(version_on(on).with_only_columns(PolicyVersion.id))
    drafter, publisher = aliased(User), aliased(User)
    query = (
        select(PolicyVersion, drafter.display_name, publisher.display_name)
        .outerjoin(drafter, drafter.id == PolicyVersion.drafted_by_id)
        .outerjoin(publisher, publisher.id == PolicyVersion.published_by_id)
        .order_by(PolicyVersion.number.desc())
    )
    return tuple(
        Edition(
            version.id,
            version.number,
            PolicyState(version.state),
            version.id == valid_id,
            version.valid_from_on,
            version.based_on_id,
            drafted_by or "",
            version.drafted_at,
            published_by or "",
            version.published_at,
            version.note,
            version.revision,
        )
        for version, drafted_by, published_by in session.execute(query)
    )


def list_rows(session: Session, version_id: int) -> tuple[RowLine, ...]:
    """List the rows of a version by clock and class, the wide ones before the narrow."""
    calendars = dict(list_calendar_choices(session))
    rows = session.execute(
        select(PolicyRow, Category.path)
        .outerjoin(Category, Category.id == PolicyRow.category_id)
        .where(PolicyRow.version_id == version_id)
    )
    lines = (_row_line(row, path, calendars) for row, path in rows)
    return tuple(sorted(lines, key=lambda line: line.key))


def list_steps(session: Session, version_id: int) -> tuple[StepLine, ...]:
    """List the ladders of a version, class by class."""
    steps = session.scalars(select(PolicyStep).where(PolicyStep.version_id == version_id))
    lines = (
        StepLine(step.id, step.limit_class, step.level, f"{step.amount} {TimeUnit(step.unit).label_zh}")
        for step in steps
    )
    return tuple(sorted(lines, key=lambda line: line.key))


def name_rows(session: Session, row_ids: Sequence[int]) -> Mapping[int, str]:
    """Say of some rows of any version which limit of which case each is."""
    rows = session.execute(
        select(PolicyRow, Category.path)
        .outerjoin(Category, Category.id == PolicyRow.category_id)
        .where(PolicyRow.id.in_(row_ids))
    )
    lines = (_row_line(row, path, {}) for row, path in rows)
    return {line.id: f"{line.label}（{line.scope}）" for line in lines}


def name_steps(session: Session, step_ids: Sequence[int]) -> Mapping[int, str]:
    """Say of some steps of any ladder which level of which case each is."""
    steps = session.scalars(select(PolicyStep).where(PolicyStep.id.in_(step_ids)))
    lines = (StepLine(step.id, step.limit_class, step.level, "") for step in steps)
    return {line.id: f"第 {line.level} 级（{line.scope}）" for line in lines}


def list_changes(before: Iterable[_Line], after: Iterable[_Line]) -> tuple[Change[_Line], ...]:
    """Compare what two versions promise to the same case."""
    old, new = ({line.key: line for line in lines} for lines in (before, after))
    return tuple(
        Change(old.get(key), new.get(key))
        for key in sorted(old.keys() | new.keys())
        if _words(old.get(key)) != _words(new.get(key))
    )


def list_calendar_choices(session: Session) -> Sequence[tuple[str, str]]:
    """List the calendars a row may be counted by, as (code, name)."""
    rows = session.execute(select(Calendar.code, Calendar.name).order_by(Calendar.id))
    return [(code, name) for code, name in rows]


def _words(line: RowLine | StepLine | None) -> tuple[str, ...] | None:
    return None if line is None else line.words


def _row_line(row: PolicyRow, path: str | None, calendars: Mapping[str, str]) -> RowLine:
    unit, is_cap = TimeUnit(row.unit), row.clock in EXTENSIONS
    return RowLine(
        row.id,
        row.clock,
        row.selector,
        row.limit_class,
        row.is_rework,
        is_narrowed=bool(row.ticket_type or row.category_id or row.unit_tier),
        scope=_scope(row, path),
        limit=f"{row.amount} {unit.label_zh}",
        counting="每次最多" if is_cap else _counting(row, unit),
        warning=_warning(row),
        calendar=calendars.get(row.calendar, row.calendar),
        pauses=_pauses(row.pauses_in),
    )


def _scope(row: PolicyRow, path: str | None) -> str:
    word = LimitClass(row.limit_class)
    parts = [
        "" if word is LimitClass.ANY else word.label_zh,
        f"仅{TicketType(row.ticket_type).label_zh}" if row.ticket_type else "",
        f"{path.replace('/', ' / ')}（含下级分类）" if path else "",
        TIER_LABELS[row.unit_tier] if row.unit_tier else "",
    ]
    return "，".join(part for part in parts if part) or _ALL


def _counting(row: PolicyRow, unit: TimeUnit) -> str:
    ends = f"，{DayEndRule(row.day_end_rule).label_zh}到期" if unit in _DAY_UNITS else ""
    return StartRule(row.start_rule).label_zh + ends


def _warning(row: PolicyRow) -> str:
    spans = (
        ("黄灯", row.yellow_amount, row.yellow_unit),
        ("橙灯", row.orange_amount, row.orange_unit),
    )
    return "；".join(
        f"{light}：{_span(amount, unit)}"
        for light, amount, unit in spans
        if amount is not None and unit is not None
    )


def _span(amount: int, unit: str) -> str:
    if unit == SpanUnit.PERCENT:
        return f"剩余 {amount}%"
    return f"提前 {amount} {SpanUnit(unit).label_zh}"


def _pauses(stored: str) -> str:
    held = [label for state, label in PAUSE_LABELS.items() if state in stored.split()]
    return "、".join(held) + "时暂停" if held else "不暂停"
