"""By which limits are clocks counted: read the version that holds, or the one a ticket keeps."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import RowMapping, select
from sqlalchemy.orm import Session

from hotline.models.calendars import CITY_CALENDAR
from hotline.models.catalog import Category
from hotline.models.policies import PolicyRow, PolicyStep, PolicyVersion
from hotline.queries.policy_versions import version_on
from hotline.queries.trees import with_those_above
from hotline.services.calendars import load_calendar
from hotline.services.editions import keep_edition
from workflows.counting import DayEndRule, StartRule, TimeUnit
from workflows.policy import Policy, PolicyEntry, Scope, Step
from workflows.sla import Limit, Span, SpanUnit
from workflows.worktime import WorkCalendar

_SEEN = "policies"  # where a session remembers what it read
_VERSION = (PolicyVersion.id, PolicyVersion.number, PolicyVersion.revision)

_policies: dict[str, Policy] = {}


def current_policy(session: Session, on: date) -> Policy:
    """Read the policy that holds on that date of the city; raises NoResultFound without one."""
    holding = version_on(on).with_only_columns(*_VERSION)
    return _load_policy(session, session.execute(holding).mappings().one())


def get_policy(session: Session, version_id: int) -> Policy:
    """Read the policy version a ticket was dispatched under; raises NoResultFound if there is none."""
    seen = session.info.setdefault(_SEEN, {})
    if version_id in seen:
        known: Policy = seen[version_id]
        return known
    wanted = select(*_VERSION).where(PolicyVersion.id == version_id)
    policy: Policy = _load_policy(session, session.execute(wanted).mappings().one())
    seen[version_id] = policy
    return policy


def read_policy(session: Session, version: PolicyVersion) -> Policy:
    """Read a version as it stands now, a draft too; nothing is remembered."""
    return _read(session, {"id": version.id, "number": version.number})


def calendars_of(session: Session, *policies: Policy) -> dict[str, WorkCalendar]:
    """Load the newest edition of every calendar that rows of the policies are counted by."""
    named = {entry.calendar for policy in policies for entry in policy.entries}
    return {code: load_calendar(session, code) for code in {CITY_CALENDAR, *named}}


def read_row(session: Session, row: PolicyRow) -> PolicyEntry:
    """Read one row, be it kept or only wished for."""
    return _entry(row, _depths(session, () if row.category_id is None else (row.category_id,)))


def paths_of(session: Session, entries: Iterable[PolicyEntry]) -> dict[int, frozenset[int]]:
    """Find each category that rows are narrowed to, with those above it."""
    named = (entry.scope.category_id for entry in entries)
    nodes = with_those_above({each for each in named if each is not None})
    found: dict[int, frozenset[int]] = {}
    for category_id, above_id in session.execute(select(nodes.c.leaf_id, nodes.c.id)):
        found[category_id] = found.get(category_id, frozenset()) | {above_id}
    return found


def _load_policy(session: Session, version: RowMapping) -> Policy:
    revision: str = version["revision"]
    if revision not in _policies:
        keep_edition(_policies, revision, _read(session, version))
    return _policies[revision]


def _read(session: Session, version: Mapping[str, int] | RowMapping) -> Policy:
    rows = session.scalars(
        select(PolicyRow).where(PolicyRow.version_id == version["id"]).order_by(PolicyRow.id)
    ).all()
    steps = session.scalars(
        select(PolicyStep).where(PolicyStep.version_id == version["id"]).order_by(PolicyStep.level)
    ).all()
    depths = _depths(session, {row.category_id for row in rows if row.category_id is not None})
    return Policy(version["id"], version["number"], _entries(rows, depths), _ladder(steps))


def _depths(session: Session, category_ids: Iterable[int]) -> Mapping[int, int]:
    rows = session.execute(select(Category.id, Category.level).where(Category.id.in_(list(category_ids))))
    return {category_id: level for category_id, level in rows}  # noqa: C416 - a Row is no pair to mypy


def _entries(
    rows: Iterable[PolicyRow], depths: Mapping[int, int]
) -> Mapping[tuple[str, bool], Sequence[PolicyEntry]]:
    found: dict[tuple[str, bool], list[PolicyEntry]] = {}
    for row in rows:
        found.setdefault((row.clock, row.is_rework), []).append(_entry(row, depths))
    return found


def _entry(row: PolicyRow, depths: Mapping[int, int]) -> PolicyEntry:
    return PolicyEntry(
        row.id,
        Limit(
            row.amount,
            TimeUnit(row.unit),
            StartRule(row.start_rule),
            DayEndRule(row.day_end_rule),
            _span(row.yellow_amount, row.yellow_unit),
            _span(row.orange_amount, row.orange_unit),
        ),
        row.calendar,
        frozenset(row.pauses_in.split()),
        Scope(
            row.limit_class,
            row.ticket_type or "",
            row.category_id,
            0 if row.category_id is None else depths[row.category_id],
            row.unit_tier,
        ),
    )


def _ladder(steps: Iterable[PolicyStep]) -> Mapping[str, Sequence[Step]]:
    found: dict[str, list[Step]] = {}
    for step in steps:
        found.setdefault(step.limit_class, []).append(Step(step.level, step.amount, TimeUnit(step.unit)))
    return found


def _span(amount: int | None, unit: str | None) -> Span | None:
    return None if amount is None or unit is None else Span(amount, SpanUnit(unit))
