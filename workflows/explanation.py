"""Why does a clock fall due then: what moved it, and which stretches of working time were counted?

The arithmetic is done again from what is kept of the clock, so an explanation that does not come out at the
stored moment says so itself.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from workflows.counting import COUNT_WHOLE_DAYS, TimeUnit
from workflows.policy import PolicyEntry
from workflows.sla import held_for, later, plan
from workflows.vocabulary import LAYS_OUT, ChangeReason, Word
from workflows.worktime import WorkCalendar

_ONE_DAY = timedelta(days=1)
_NOTHING = timedelta()
_ROUNDING = timedelta(seconds=3)  # each pause is kept in whole seconds


class Basis(Word):
    """How the moment a clock falls due followed from what befell it."""

    LIMIT = "limit", "按时限规则从起算时刻计算"
    CHOSEN = "chosen", "由经办人指定日期"
    STANDS_STILL = "stands_still", "暂停期间不计时"
    HELD_TIME = "held_time", "按暂停时长顺延"
    GRANTED_DAYS = "granted_days", "按批准的天数顺延"
    FROM_START = "from_start", "按新时限从起算时刻重新计算，已用时间照计"
    FROM_CHANGE = "from_change", "新时限已经用完，从变更时刻起算"
    CARRIED_OVER = "carried_over", "升级前已变更，经过没有留存"
    PROMISE_KEPT = "promise_kept", "不因变更而超期，原承诺时间不变"
    UNDONE = "undone", "停止计时的操作已撤销，期限不变"
    UNEXPLAINED = "unexplained", "与留存的记录对不上"


class DayKind(Word):
    """What a date was for the calendar."""

    WORKING = "working", "工作日"
    MAKE_UP = "make_up", "调休上班"
    SPECIAL = "special", "特殊时间"
    WEEKEND = "weekend", "休息日"
    HOLIDAY = "holiday", "放假"


@dataclass(frozen=True, slots=True)
class Change:
    """One kept change of a clock, with the row and the calendar it was counted by from then on."""

    reason: ChangeReason
    at: datetime
    due_at: datetime
    entry: PolicyEntry | None
    calendar: WorkCalendar
    held: timedelta | None = None
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """A change and what it did: from which due moment, if there was one, to which, and why.

    `unit` is what granted days were counted in.
    """

    change: Change
    before: datetime | None
    basis: Basis
    unit: TimeUnit | None = None

    @property
    def has_moved(self) -> bool:
        return self.before is not None and self.before != self.change.due_at


@dataclass(frozen=True, slots=True)
class Stretch:
    """One date, or several in a row on which nothing is counted; `total` is what is used by its end."""

    on: date
    until: date
    kind: DayKind
    spans: tuple[tuple[datetime, datetime], ...]
    counted: timedelta
    total: timedelta


@dataclass(frozen=True, slots=True)
class Explanation:
    """A clock's whole story; `stretches` are empty where time runs round the clock."""

    counted_from: datetime
    due_at: datetime
    turns: tuple[Turn, ...]
    stretches: tuple[Stretch, ...]
    pauses: tuple[tuple[datetime, datetime | None], ...]

    @property
    def is_whole(self) -> bool:
        return all(turn.basis is not Basis.UNEXPLAINED for turn in self.turns)


def explain(changes: Sequence[Change], *, is_chosen: bool = False) -> Explanation:
    """Explain a clock from its changes, oldest first; `is_chosen` says that somebody set its end.

    Raises ValueError without changes.
    """
    if not changes:
        message = "a clock without changes cannot be explained"
        raise ValueError(message)
    turns = tuple(_turns(changes, is_chosen=is_chosen))
    laid_out = [change for change in changes if change.reason in LAYS_OUT][-1]
    pauses = tuple(_pauses(changes))
    begins = _begins(turns, laid_out)
    is_working = laid_out.entry is not None and laid_out.entry.limit.unit.is_working
    runs = (begins, changes[-1].due_at)
    stretches = _stretches(laid_out.calendar, runs, pauses) if is_working else ()
    return Explanation(begins, changes[-1].due_at, turns, tuple(stretches), pauses)


def _turns(changes: Sequence[Change], *, is_chosen: bool) -> Iterator[Turn]:
    for n, change in enumerate(changes):
        if n == 0:
            basis = _given(Basis.LIMIT, _planned(change, change.at), change)
            chosen = basis is Basis.UNEXPLAINED and is_chosen
            yield Turn(change, None, Basis.CHOSEN if chosen else basis)
        else:
            basis, unit = _basis(changes[:n], change)
            yield Turn(change, changes[n - 1].due_at, basis, unit)


def _basis(earlier: Sequence[Change], change: Change) -> tuple[Basis, TimeUnit | None]:
    before = earlier[-1]
    if change.reason is ChangeReason.PAUSED:
        return _given(Basis.STANDS_STILL, before.due_at, change), None
    if change.reason is ChangeReason.RESUMED:
        return _given(Basis.HELD_TIME, _after(before.due_at, change, change.held or _NOTHING), change), None
    if change.reason is ChangeReason.EXTENDED:
        unit = _unit_of_grant(before.due_at, change)
        return (Basis.UNEXPLAINED if unit is None else Basis.GRANTED_DAYS), unit
    if change.reason is ChangeReason.RESTORED:
        return _given(Basis.UNDONE, before.due_at, change), None
    if change.reason is ChangeReason.CARRIED_OVER:
        return Basis.CARRIED_OVER, None
    return _replanned(earlier, change), None


def _after(due: datetime, change: Change, held: timedelta) -> datetime:
    """Move a moment by a length of the clock's own kind of time; a chosen day is moved round the clock."""
    return due + held if change.entry is None else later(due, change.entry.limit.unit, change.calendar, held)


def _unit_of_grant(due: datetime, change: Change) -> TimeUnit | None:
    """Find the unit in which the days that were granted give the moment that is kept."""
    units = (TimeUnit.WORKING_DAYS, TimeUnit.DAYS, TimeUnit.WORKING_HOURS, TimeUnit.HOURS)
    ends = {unit: change.calendar.add(due, change.days or 0, unit, COUNT_WHOLE_DAYS) for unit in units}
    return next((unit for unit, end in ends.items() if end == change.due_at), None)


def _replanned(earlier: Sequence[Change], change: Change) -> Basis:
    if any(abs(end - change.due_at) <= _ROUNDING for end in _from_start(earlier, change)):
        return Basis.FROM_START
    if _planned(change, change.at) == change.due_at:
        return Basis.FROM_CHANGE
    return _given(Basis.PROMISE_KEPT, earlier[-1].due_at, change)


def _from_start(earlier: Sequence[Change], change: Change) -> Iterator[datetime]:
    """Give the ends of a limit from the start with what was held; granted days are of one unit or another."""
    if change.entry is None:
        return
    limit, calendar, started_at = change.entry.limit, change.calendar, earlier[0].at
    begins = calendar.counted_from(started_at, limit.start)
    spans = [(max(began, begins), ended) for began, ended in _pauses(earlier) if ended is not None]
    held = sum((held_for(limit.unit, calendar, *span) for span in spans), _NOTHING)
    due = _after(plan(limit, calendar, started_at).due_at, change, held)
    days = sum(each.days or 0 for each in earlier if each.reason is ChangeReason.EXTENDED)
    yield due
    for unit in (TimeUnit.WORKING_DAYS, TimeUnit.DAYS) if days else ():
        yield calendar.add(due, days, unit, COUNT_WHOLE_DAYS)


def _given(basis: Basis, reckoned: datetime | None, change: Change) -> Basis:
    is_it = reckoned is not None and abs(reckoned - change.due_at) <= _ROUNDING
    return basis if is_it else Basis.UNEXPLAINED


def _planned(change: Change, at: datetime) -> datetime | None:
    return None if change.entry is None else plan(change.entry.limit, change.calendar, at).due_at


def _begins(turns: Sequence[Turn], laid_out: Change) -> datetime:
    """Tell where the time that counts began: at the start, or at a change that counts from itself."""
    anew = [turn.change.at for turn in turns if turn.basis is Basis.FROM_CHANGE]
    began = anew[-1] if anew else turns[0].change.at
    if laid_out.entry is None:
        return began
    return laid_out.calendar.counted_from(began, laid_out.entry.limit.start)


def _pauses(changes: Sequence[Change]) -> Iterator[tuple[datetime, datetime | None]]:
    began: datetime | None = None
    for change in changes:
        if change.reason is ChangeReason.PAUSED:
            began = change.at
        elif change.reason is ChangeReason.RESUMED and began is not None:
            yield began, change.at
            began = None
    if began is not None:
        yield began, None


def _stretches(
    calendar: WorkCalendar,
    runs: tuple[datetime, datetime],
    pauses: Sequence[tuple[datetime, datetime | None]],
) -> Iterator[Stretch]:
    """Walk the city's dates from the start to the end; dates without working time are taken together."""
    zone = ZoneInfo(calendar.zone)
    first, last = (moment.astimezone(zone).date() for moment in runs)
    dates = [first + n * _ONE_DAY for n in range((last - first).days + 1)]
    days = [(on, _kind(calendar, on), tuple(_counted(calendar, on, runs, pauses))) for on in dates]
    total = _NOTHING
    for (kind, is_counted), group in groupby(days, key=lambda day: (day[1], bool(day[2]))):
        found = list(group)
        for part in ([day] for day in found) if is_counted else (found,):
            spans = part[0][2]
            counted = sum((closes - opens for opens, closes in spans), _NOTHING)
            total += counted
            yield Stretch(part[0][0], part[-1][0], kind, spans, counted, total)


def _counted(
    calendar: WorkCalendar,
    on: date,
    runs: tuple[datetime, datetime],
    pauses: Sequence[tuple[datetime, datetime | None]],
) -> Iterator[tuple[datetime, datetime]]:
    """Cut a date's office hours to what the clock ran of them."""
    for opens, closes in calendar.open_on(on):
        pieces = [(max(opens, runs[0]), min(closes, runs[1]))]
        for began, ended in pauses:
            pieces = [part for piece in pieces for part in _without(piece, began, ended)]
        yield from (piece for piece in pieces if piece[0] < piece[1])


def _without(
    piece: tuple[datetime, datetime], began: datetime, ended: datetime | None
) -> Iterator[tuple[datetime, datetime]]:
    yield piece[0], min(piece[1], began)
    if ended is not None:
        yield max(piece[0], ended), piece[1]


def _kind(calendar: WorkCalendar, on: date) -> DayKind:
    if on in calendar.special_hours:
        return DayKind.SPECIAL
    if on in calendar.holidays:
        return DayKind.HOLIDAY
    if on in calendar.workdays_in_lieu:
        return DayKind.MAKE_UP
    return DayKind.WORKING if calendar.is_workday(on) else DayKind.WEEKEND
