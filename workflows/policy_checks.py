"""Does a policy make sense: does each row warn while its clock runs, is every promise made to every class?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise, product

from workflows.counting import COUNT_WHOLE_DAYS, TimeUnit
from workflows.errors import FieldCode, FieldError
from workflows.policy import EXTENSIONS, Case, LimitClass, Policy, PolicyEntry, RowName, Step
from workflows.sla import Limit, Span, SpanUnit, plan
from workflows.vocabulary import TicketType
from workflows.worktime import WorkCalendar

MOST = 9999
MOST_PERCENT = 99
DAYS = (TimeUnit.DAYS, TimeUnit.WORKING_DAYS)
# A ticket that lacks one of these would wait for ever: nobody is warned, nothing goes on by itself.
NEEDED = (
    RowName.SIGN,
    RowName.HANDLE,
    RowName.REVIEW,
    RowName.CALLBACK,
    RowName.DISPUTE,
    RowName.DECISION,
    RowName.DECISION_EXTENSION,
    RowName.DECISION_SUSPENSION,
    RowName.DECISION_OTHER,
    RowName.SUPERVISION,
    RowName.ARCHIVE,
)
_TYPES = {
    LimitClass.ORDINARY: (TicketType.HELP, TicketType.COMPLAINT),
    LimitClass.CRITICAL: tuple(TicketType),
    LimitClass.URGENT: tuple(TicketType),
    LimitClass.HARD: tuple(TicketType),
}


# Every category that a row names, with those above it.
Paths = Mapping[int, frozenset[int]]


@dataclass(frozen=True, slots=True)
class Gap:
    """A promise that is not made to a class of tickets, wherever they lie and whoever handles them."""

    name: RowName
    limit_class: LimitClass


def amount_errors(name: str, limit: Limit) -> Iterator[FieldError]:
    """Find amounts out of range, and units that a row of that name cannot be counted in."""
    if not 1 <= limit.amount <= MOST:
        yield FieldError("amount", FieldCode.NOT_IN_RANGE, f"1–{MOST}")
    if name in EXTENSIONS and limit.unit not in DAYS:
        yield FieldError("unit", FieldCode.UNIT_DOES_NOT_FIT, "天或工作日")
    for light, span in (("yellow", limit.yellow_before), ("orange", limit.orange_before)):
        most = MOST_PERCENT if span is not None and span.unit is SpanUnit.PERCENT else MOST
        if span is not None and not 1 <= span.amount <= most:
            yield FieldError(f"{light}_amount", FieldCode.NOT_IN_RANGE, f"1–{most}")


def warning_errors(limit: Limit, calendar: WorkCalendar, opening: datetime) -> Iterator[FieldError]:
    """Find warnings before the start, or in the wrong order, for a clock that starts when offices open.

    The amounts must be in range already.
    """
    planned = plan(limit, calendar, opening)
    early = [
        light
        for light, at in (("yellow", planned.yellow_at), ("orange", planned.orange_at))
        if at is not None and at < opening
    ]
    for light in early:
        yield FieldError(f"{light}_amount", FieldCode.WARNS_TOO_EARLY)
    both = planned.yellow_at, planned.orange_at
    if not early and both[0] is not None and both[1] is not None and both[1] <= both[0]:
        yield FieldError("orange_amount", FieldCode.ORANGE_BEFORE_YELLOW)


def is_rising(steps: Sequence[Step], calendar: WorkCalendar, due: datetime) -> bool:
    """Tell whether each level of a ladder comes later than the one below it."""
    moments = [
        calendar.add(due, step.amount, step.unit, COUNT_WHOLE_DAYS)
        for step in sorted(steps, key=lambda step: step.level)
    ]
    return all(later > earlier for earlier, later in pairwise(moments))


def gaps(policy: Policy) -> list[Gap]:
    """List the promises that some class of tickets is not made, in the order of the rows."""
    return [
        Gap(name, word)
        for name in NEEDED
        for word in LimitClass
        if word is not LimitClass.ANY and not _is_promised(policy, name, word)
    ]


def loose_extensions(policy: Policy, paths: Paths) -> list[LimitClass]:
    """List the classes whose second extension has no first, or is longer than it or of another unit."""
    return [word for word in LimitClass if word is not LimitClass.ANY and _is_loose(policy, word, paths)]


def misfit(policy: Policy, second: PolicyEntry, paths: Paths) -> PolicyEntry | None:
    """Find a first extension that a row for the second, put into the policy, would not fit in some case."""
    key = (str(RowName.SECOND_EXTENSION), False)
    others = [entry for entry in policy.rows.get(key, ()) if entry.row_id != second.row_id]
    wished = replace(policy, rows={**policy.rows, key: [*others, second]})
    scope = second.scope
    kinds = (scope.ticket_type,) if scope.ticket_type else types_of(LimitClass(scope.limit_class))
    for first, found in _extensions(wished, scope.limit_class, kinds or ("",), paths):
        if found is second and first is not None and not _fits(first, second):
            return first
    return None


def _is_promised(policy: Policy, name: RowName, word: LimitClass) -> bool:
    return all(policy.find(name, Case(word, kind)) is not None for kind in types_of(word))


def _is_loose(policy: Policy, word: LimitClass, paths: Paths) -> bool:
    return any(
        second is not None and (first is None or not _fits(first, second))
        for first, second in _extensions(policy, word, types_of(word), paths)
    )


def _extensions(
    policy: Policy, word: str, kinds: Sequence[str], paths: Paths
) -> Iterator[tuple[PolicyEntry | None, PolicyEntry | None]]:
    """Find both extensions of each case that their rows tell apart."""
    scopes = [entry.scope for name in EXTENSIONS for entry in policy.rows.get((name, False), ())]
    categories = dict.fromkeys((None, *(scope.category_id for scope in scopes)))
    tiers = dict.fromkeys((None, *(scope.unit_tier for scope in scopes)))
    for kind, category, tier in product(kinds, categories, tiers):
        case = Case(word, kind, frozenset() if category is None else paths[category], tier)
        first, second = (policy.find(name, case) for name in EXTENSIONS)
        yield first, second


def _fits(first: PolicyEntry, second: PolicyEntry) -> bool:
    return first.limit.unit is second.limit.unit and second.limit.amount <= first.limit.amount


def types_of(word: LimitClass) -> tuple[TicketType, ...]:
    """List the types of ticket that may fall under a class; none for any class."""
    if word is LimitClass.ANY:
        return ()
    return _TYPES.get(word) or (TicketType(word),)


def span_of(amount: int | None, unit: str) -> Span | None:
    """Put a warning's distance together; None where none is wanted."""
    return None if amount is None or not unit else Span(amount, SpanUnit(unit))
