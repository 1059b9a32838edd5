"""What becomes of the clocks of a ticket while a decision is carried out: planned, stopped, held, resumed."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.calendars import CITY_CALENDAR
from hotline.models.clocks import Clock, ClockChange
from hotline.models.ticket import Ticket
from hotline.services import clock_changes, reminded, timer_rows
from hotline.services.calendars import load_edition
from hotline.services.clock_reckoning import counted_from, full_end, held_in_all, held_seconds
from hotline.services.clock_rules import EXTENSION, NOBODY, ClockRules, Owner, owner_of, policy_name
from hotline.services.remembered import parts_of
from workflows import sla
from workflows.counting import COUNT_WHOLE_DAYS, TimeUnit
from workflows.definition import LimitKind
from workflows.policy import PAUSES, PolicyEntry
from workflows.sla import ClockReading, PlannedClock
from workflows.timer_actions import LADDER
from workflows.vocabulary import LAYS_OUT, ChangeReason, ClockName
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
    ended: list[Clock] = field(default_factory=list)

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
        entry, calendar = self.rules.entry(EXTENSION), self._calendar(clock)
        unit = TimeUnit.WORKING_DAYS if entry is None else entry.limit.unit
        longer = calendar if entry is None else self.rules.calendar_of(entry.calendar)
        due = longer.add(clock.due_at, days, unit, COUNT_WHOLE_DAYS)
        own = self.rules.entry(clock.name, owner_of(clock), is_rework=clock.is_rework)
        limit = None if own is None else own.limit
        self._lay_out(clock, sla.plan_until(limit, calendar, (clock.started_at, due)))
        measured = (self.now, longer.edition_id)
        self.noted.append(clock_changes.note(clock, ChangeReason.EXTENDED, measured, days=days))
        self._silence(clock)
        self._move(clock)

    def climb(self, clock: Clock) -> None:
        """Set the timers of the ladder for a clock that is overdue, counted from its due moment."""
        calendar = self._calendar(clock)
        steps = self.rules.policy.steps_of(self.rules.class_of_ticket())
        moments = {LADDER[step.level]: step.reached_at(clock.due_at, calendar) for step in steps}
        timer_rows.set_ladder(self.session, clock, moments)

    def stop(self, clock: Clock, *, is_cancelled: bool = False) -> None:
        self.resume(clock)
        clock.stopped_at = self.now
        clock.is_cancelled = is_cancelled
        self.running.remove(clock)
        self.ended.append(clock)
        self._silence(clock)

    def restore(self, clock: Clock) -> None:
        """Let a clock run on that was stopped by mistake, as if it had never been stopped."""
        clock.stopped_at, clock.is_cancelled = None, False
        self.running.append(clock)
        self._note(clock, ChangeReason.RESTORED)
        self._move(clock)

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
        begins = counted_from(clock, self.rules.row_of(clock), calendar)
        moved = sla.resume(reading_of(clock), unit, calendar, self.now, begins)
        held = held_seconds(unit, calendar, (max(clock.paused_at, begins), self.now))
        clock.paused_seconds += held
        clock.due_at, clock.yellow_at, clock.orange_at = moved.due_at, moved.yellow_at, moved.orange_at
        clock.paused_at = None
        self._note(clock, ChangeReason.RESUMED, held=held)
        self._move(clock)

    def replan(
        self, clock: Clock, entry: PolicyEntry, reason: ChangeReason = ChangeReason.RECLASSIFIED
    ) -> None:
        """Lay a clock out under another limit; for one that is held, time stands still.

        What it was held before is measured anew, in the kind of time of its new limit.
        """
        at = clock.paused_at or self.now
        calendar = self.rules.calendar_of(entry.calendar)
        held = held_in_all(clock, entry, calendar, self.pauses_of(clock))
        full = full_end(self.rules, clock, (entry, calendar), held)
        self._lay_out(clock, sla.replan(reading_of(clock), entry.limit, calendar, at, full))
        clock.policy_row_id, clock.unit = entry.row_id, str(entry.limit.unit)
        clock.calendar, clock.paused_seconds = entry.calendar, held
        self._note(clock, reason)
        self._silence(clock)
        self._move(clock)
        self._hold_or_release(clock)

    def to_recount(self, clocks: Iterable[Clock]) -> list[Clock]:
        """Choose the clocks that a newer edition of their calendar would have fall due at another moment.

        Only those that fall due where their limit, the time they were held and the days granted put them:
        what somebody chose or promised otherwise stays.
        """
        return [clock for clock in clocks if self._is_moved_by_edition(clock)]

    def recount(self, clocks: Iterable[Clock]) -> None:
        """Lay those out by the newest edition of their calendar; the change alone makes nothing late."""
        for clock in self.to_recount(clocks):
            entry = self.rules.entry_of(clock)
            if entry is not None:
                self.replan(clock, entry, ChangeReason.RECOUNTED)

    def counted_by(self, clock: Clock) -> WorkCalendar | None:
        """Read the edition a clock was last laid out by; None where no change of it was kept."""
        mine = (ClockChange.clock_id == clock.id, ClockChange.reason.in_(LAYS_OUT))
        last = select(ClockChange.calendar_edition_id).where(*mine)
        edition_id = self.session.scalar(last.order_by(ClockChange.number.desc()).limit(1))
        return None if edition_id is None else load_edition(self.session, edition_id)

    def stopped_at(self, at: datetime) -> list[Clock]:
        """List the clocks that stopped at a moment, oldest first."""
        clocks = parts_of(self.session, Clock, self.ticket.id, Clock.stopped_at == at)
        return [clock for clock in clocks if clock.stopped_at == at]

    def started_by(self, clock: Clock) -> int | None:
        """Tell the number of the event that a clock started with; None where no change of it was kept."""
        first = (ClockChange.clock_id == clock.id, ClockChange.number == 1)
        return self.session.scalar(select(ClockChange.event_number).where(*first))

    def settle(self) -> None:
        """Keep what befell the clocks, silence those that no longer run, set timers for those that do."""
        if not (self.noted or self.silenced or self.moved):
            return
        self.session.flush()
        clock_changes.keep(self.session, self.noted, self.ticket.version)
        timer_rows.silence(self.session, self.silenced)
        reminded.follow_clocks(self.session, self.silenced, self.noted, self.now)
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
        then = full_end(self.rules, clock, (entry, before), clock.paused_seconds)
        is_as_counted = abs(then - clock.due_at) <= _ROUNDING
        held = held_in_all(clock, entry, now, self.pauses_of(clock))
        return is_as_counted and full_end(self.rules, clock, (entry, now), held) != then

    def pauses_of(self, clock: Clock) -> list[tuple[datetime, datetime]]:
        """List the pauses of a clock that are over, those of this very step among them."""
        kept = select(ClockChange.reason, ClockChange.at).where(ClockChange.clock_id == clock.id)
        found = [(row.reason, row.at) for row in self.session.execute(kept.order_by(ClockChange.number))]
        return clock_changes.pauses_in([*found, *((e.reason, e.at) for e in self.noted if e.clock is clock)])

    def _hold_or_release(self, clock: Clock) -> None:
        """While its ticket waits, let a clock stand still or run as its new row has it."""
        if self.ticket.state not in PAUSES or clock.request_id is not None:
            return
        if self.rules.is_held_in(clock, self.ticket.state):
            self.pause(clock)
        else:
            self.resume(clock)

    def _calendar(self, clock: Clock) -> WorkCalendar:
        return self.rules.calendar_of(clock.calendar)

    def _lay_out(self, clock: Clock, planned: PlannedClock) -> None:
        clock.due_at, clock.yellow_at, clock.orange_at = planned.due_at, planned.yellow_at, planned.orange_at

    def _note(self, clock: Clock, reason: ChangeReason, held: int | None = None) -> None:
        measured = (self.now, self._calendar(clock).edition_id)
        self.noted.append(clock_changes.note(clock, reason, measured, held))

    def _move(self, clock: Clock) -> None:
        if clock not in self.moved:
            self.moved.append(clock)

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
