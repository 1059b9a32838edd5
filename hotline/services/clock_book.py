"""What becomes of the clocks of a ticket while a decision is carried out: planned, stopped, held, resumed."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.calendars import CITY_CALENDAR
from hotline.models.clocks import Clock, ClockChange
from hotline.models.ticket import Ticket
from hotline.services import clock_changes, timer_rows
from hotline.services.calendars import load_edition
from hotline.services.clock_rules import EXTENSION, NOBODY, ClockRules, Owner, owner_of, policy_name
from workflows import sla
from workflows.counting import COUNT_WHOLE_DAYS, TimeUnit
from workflows.definition import LimitKind
from workflows.policy import PolicyEntry
from workflows.sla import ClockReading, PlannedClock
from workflows.timer_actions import LADDER
from workflows.vocabulary import ChangeReason, ClockName
from workflows.worktime import WorkCalendar

_ROUNDING = timedelta(seconds=1)  # a pause is kept in whole seconds


@dataclass(slots=True)
class ClockBook:
    """The clocks of one ticket while orders are carried out; settle() writes what they ask of the timers."""

    rules: ClockRules
    running: list[Clock]
    silenced: list[int] = field(default_factory=list)
    started: list[Clock] = field(default_factory=list)
    moved: list[Clock] = field(default_factory=list)
    noted: list[clock_changes.Noted] = field(default_factory=list)

    @property
    def session(self) -> Session:
        return self.rules.session

    @property
    def ticket(self) -> Ticket:
        return self.rules.ticket

    @property
    def now(self) -> datetime:
        return self.rules.now

    def find(self, name: ClockName | None, owner: Owner) -> list[Clock]:
        """Choose the running clocks of an owner, all of them without a name."""
        return [clock for clock in self.running if owner_of(clock) == owner and name in (None, clock.name)]

    def start(self, name: ClockName, owner: Owner, limit: LimitKind, kind: str = "") -> Clock | None:
        """Start a clock under the policy's limit; `kind` is the request's, for its decision clock."""
        is_rework = limit is LimitKind.REWORK
        entry = self.rules.entry(policy_name(name, kind), owner, is_rework=is_rework)
        if entry is None:
            return None
        planned = sla.plan(entry.limit, self.rules.calendar_of(entry.calendar), self.now)
        return self._keep(name, owner, entry, planned, is_rework=is_rework)

    def start_until(
        self, name: ClockName, owner: Owner, last_day: date, bound: datetime | None = None
    ) -> Clock:
        """Start a clock that runs to the end of a chosen day, or to `bound`, with its policy's warnings."""
        entry = self.rules.entry(name, owner)
        end = self.rules.calendar.end_of_day(last_day)
        due = end if bound is None else min(end, bound)
        calendar = self.rules.calendar if entry is None else self.rules.calendar_of(entry.calendar)
        planned = sla.plan_until(None if entry is None else entry.limit, calendar, (self.now, due))
        return self._keep(name, owner, entry, planned)

    def extend(self, clock: Clock, days: int) -> None:
        """Move a clock's due moment by days of its class's extension; what was due first stays readable."""
        entry = self.rules.entry(EXTENSION)
        unit = TimeUnit.WORKING_DAYS if entry is None else entry.limit.unit
        due = self._calendar(clock).add(clock.due_at, days, unit, COUNT_WHOLE_DAYS)
        own = self.rules.entry(clock.name, owner_of(clock), is_rework=clock.is_rework)
        limit = None if own is None else own.limit
        self._lay_out(clock, sla.plan_until(limit, self._calendar(clock), (clock.started_at, due)))
        self._note(clock, ChangeReason.EXTENDED, days=days)
        self._silence(clock)
        self.moved.append(clock)

    def climb(self, clock: Clock) -> None:
        """Set the timers of the ladder for a clock that is overdue, counted from its due moment."""
        calendar = self._calendar(clock)
        steps = {
            kind: calendar.add(clock.due_at, days, TimeUnit.WORKING_DAYS, COUNT_WHOLE_DAYS)
            for kind, days in LADDER.items()
        }
        timer_rows.set_ladder(self.session, clock, steps)

    def stop(self, clock: Clock, *, is_cancelled: bool = False) -> None:
        self.resume(clock)
        clock.stopped_at = self.now
        clock.is_cancelled = is_cancelled
        self.running.remove(clock)
        self._silence(clock)

    def pause(self, clock: Clock) -> None:
        """Hold a clock, unless its policy lets it run on in the ticket's new state."""
        if clock.paused_at is None and self.rules.is_held_in(clock, self.ticket.state):
            clock.paused_at = self.now
            self._note(clock, ChangeReason.PAUSED)
            self._silence(clock)

    def resume(self, clock: Clock) -> None:
        if clock.paused_at is None:
            return
        unit, calendar = TimeUnit(clock.unit), self._calendar(clock)
        moved = sla.resume(reading_of(clock), unit, calendar, self.now)
        held = round(sla.held_for(unit, calendar, clock.paused_at, self.now).total_seconds())
        clock.paused_seconds += held
        clock.due_at, clock.yellow_at, clock.orange_at = moved.due_at, moved.yellow_at, moved.orange_at
        clock.paused_at = None
        self._note(clock, ChangeReason.RESUMED, held=held)
        self.moved.append(clock)

    def replan(
        self, clock: Clock, entry: PolicyEntry, reason: ChangeReason = ChangeReason.RECLASSIFIED
    ) -> None:
        """Lay a clock out under another limit; for one that is held, time stands still."""
        at = clock.paused_at or self.now
        calendar = self.rules.calendar_of(entry.calendar)
        planned = sla.replan(reading_of(clock), entry.limit, calendar, at, self._full(clock, entry, calendar))
        self._lay_out(clock, planned)
        clock.policy_row_id, clock.unit = entry.row_id, str(entry.limit.unit)
        clock.calendar = entry.calendar
        self._note(clock, reason)
        self._silence(clock)
        self.moved.append(clock)

    def to_recount(self, clocks: Iterable[Clock]) -> list[Clock]:
        """Choose the clocks that a newer edition of their calendar would have fall due at another moment.

        Only those that fall due where their limit, the time they were held and the days granted put them:
        what somebody chose or promised otherwise stays.
        """
        return [clock for clock in clocks if self._is_moved_by_edition(clock)]

    def recount(self, clock: Clock) -> None:
        """Lay a clock out by the newest edition of its calendar; the change alone makes nothing late."""
        entry = self.rules.entry_of(clock)
        if entry is not None:
            self.replan(clock, entry, ChangeReason.RECOUNTED)

    def counted_by(self, clock: Clock) -> WorkCalendar | None:
        """Read the edition a clock was last counted by; None where no change of it was kept."""
        last = select(ClockChange.calendar_edition_id).where(ClockChange.clock_id == clock.id)
        edition_id = self.session.scalar(last.order_by(ClockChange.number.desc()).limit(1))
        return None if edition_id is None else load_edition(self.session, edition_id)

    def settle(self) -> None:
        """Keep what befell the clocks, silence those that no longer run, set timers for those that do."""
        self.session.flush()
        stamp = {"at": self.now, "event_number": self.ticket.version}
        clock_changes.keep(self.session, self.noted, stamp)
        timer_rows.silence(self.session, self.silenced)
        timer_rows.set_first_timers(self.session, [clock for clock in self.started if clock in self.running])
        moved = [clock for clock in self.moved if clock in self.running and clock.paused_at is None]
        timer_rows.set_next_timers(self.session, moved, self.now)
        for clock in moved:
            is_tickets = clock.name == ClockName.HANDLE and owner_of(clock) == NOBODY
            if is_tickets and clock.due_at <= self.now and timer_rows.was_overdue(self.session, clock):
                self.climb(clock)

    def _keep(
        self,
        name: ClockName,
        owner: Owner,
        entry: PolicyEntry | None,
        planned: PlannedClock,
        *,
        is_rework: bool = False,
    ) -> Clock:
        for clock in self.find(name, owner):
            self.stop(clock, is_cancelled=True)
        clock = _new_clock(self.ticket, owner, planned)
        clock.name, clock.is_rework = str(name), is_rework
        if entry is None:
            clock.unit = str(TimeUnit.DAYS)
        else:
            clock.policy_row_id, clock.unit = entry.row_id, str(entry.limit.unit)
            clock.calendar = entry.calendar
        self._add(clock)
        self.running.append(clock)
        self.started.append(clock)
        self._note(clock, ChangeReason.STARTED)
        return clock

    def _add(self, clock: Clock) -> None:
        self.session.add(clock)

    def _is_moved_by_edition(self, clock: Clock) -> bool:
        entry, before = self.rules.entry_of(clock), self.counted_by(clock)
        if entry is None or before is None or entry.row_id != clock.policy_row_id:
            return False
        now = self._calendar(clock)
        if now.edition_id == before.edition_id or clock.due_at <= (clock.paused_at or self.now):
            return False
        then = self._full(clock, entry, before)
        is_as_counted = abs(then - clock.due_at) <= _ROUNDING
        return is_as_counted and self._full(clock, entry, now) != then

    def _full(self, clock: Clock, entry: PolicyEntry, calendar: WorkCalendar) -> datetime:
        """Reckon the end of a limit with the time the clock was held and the days that were granted."""
        limit = entry.limit
        due = sla.plan(limit, calendar, clock.started_at).due_at
        due = sla.later(due, limit.unit, calendar, timedelta(seconds=clock.paused_seconds))
        extension = self.rules.entry(EXTENSION)
        if clock.name != ClockName.HANDLE or extension is None:
            return due
        days = sum(min(each, extension.limit.amount) for each in self.rules.granted(clock.started_at))
        return calendar.add(due, days, extension.limit.unit, COUNT_WHOLE_DAYS) if days else due

    def _calendar(self, clock: Clock) -> WorkCalendar:
        return self.rules.calendar_of(clock.calendar)

    def _lay_out(self, clock: Clock, planned: PlannedClock) -> None:
        clock.due_at, clock.yellow_at, clock.orange_at = planned.due_at, planned.yellow_at, planned.orange_at

    def _note(
        self, clock: Clock, reason: ChangeReason, held: int | None = None, days: int | None = None
    ) -> None:
        edition_id = self._calendar(clock).edition_id
        self.noted.append(clock_changes.note(clock, reason, edition_id, held, days))

    def _silence(self, clock: Clock) -> None:
        if clock in self.started:
            return
        self.silenced.append(clock.id)


def reading_of(clock: Clock) -> ClockReading:
    """Say what a clock's row says."""
    return ClockReading(
        clock.started_at, clock.due_at, clock.yellow_at, clock.orange_at, clock.paused_at, clock.stopped_at
    )


def _new_clock(ticket: Ticket, owner: Owner, planned: PlannedClock) -> Clock:
    return Clock(
        ticket_id=ticket.id,
        assignment_id=owner[0],
        request_id=owner[1],
        order_id=owner[2],
        round=ticket.round,
        calendar=CITY_CALENDAR,
        started_at=planned.started_at,
        due_at=planned.due_at,
        original_due_at=planned.due_at,
        yellow_at=planned.yellow_at,
        orange_at=planned.orange_at,
        paused_seconds=0,
    )
