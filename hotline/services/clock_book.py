"""What becomes of the clocks of a ticket while a decision is carried out: planned, stopped, held, resumed."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.clocks import Clock
from hotline.models.ticket import Request, Ticket
from hotline.services import timer_rows
from hotline.services.calendars import city_date, load_calendar
from hotline.services.policies import current_policy, get_policy
from workflows import sla
from workflows.definition import LimitKind
from workflows.sla import ClockReading, PlannedClock, Policy, PolicyEntry
from workflows.timer_actions import LADDER
from workflows.vocabulary import ClockName, RequestKind, RequestState
from workflows.worktime import COUNT_WHOLE_DAYS, TimeUnit, WorkCalendar

# Ids of the assignment, the request and the order; the ticket's own clocks have none of them.
Owner = tuple[int | None, int | None, int | None]
NOBODY: Owner = (None, None, None)
EXTENSION = "extension"


def extension_name(count: int) -> str:
    """Name the policy row of the next extension after `count` of them; there is no third."""
    return {0: EXTENSION, 1: "second_extension"}.get(count, "no_extension")


def owner_of(clock: Clock) -> Owner:
    """Tell whose promise a clock is."""
    return (clock.assignment_id, clock.request_id, clock.order_id)


@dataclass(slots=True)
class ClockBook:
    """The clocks of one ticket while orders are carried out; settle() writes what they ask of the timers."""

    session: Session
    ticket: Ticket
    now: datetime
    running: list[Clock]
    silenced: list[int] = field(default_factory=list)
    started: list[Clock] = field(default_factory=list)
    moved: list[Clock] = field(default_factory=list)
    _calendar: WorkCalendar | None = None
    _policy: Policy | None = None

    @property
    def calendar(self) -> WorkCalendar:
        if self._calendar is None:
            self._calendar = load_calendar(self.session)
        return self._calendar

    @property
    def policy(self) -> Policy:
        if self._policy is None:
            frozen = self.ticket.policy_version_id
            today = city_date(self.calendar, self.now)
            self._policy = (
                current_policy(self.session, today) if frozen is None else get_policy(self.session, frozen)
            )
        return self._policy

    def find(self, name: ClockName | None, owner: Owner) -> list[Clock]:
        """Choose the running clocks of an owner, all of them without a name."""
        return [clock for clock in self.running if owner_of(clock) == owner and name in (None, clock.name)]

    def entry(self, name: str, *, is_rework: bool = False) -> PolicyEntry | None:
        """Find the limit of a clock for this ticket; a class without a rework limit takes its first one."""
        ticket = self.ticket
        wanted = sla.limit_class(ticket.type, ticket.urgency, is_hard=ticket.is_hard)
        found = self.policy.find(name, wanted, is_rework=is_rework)
        return self.policy.find(name, wanted) if found is None and is_rework else found

    def start(self, name: ClockName, owner: Owner, limit: LimitKind, kind: str = "") -> Clock | None:
        """Start a clock under the policy's limit; `kind` is the request's, for its decision clock."""
        is_rework = limit is LimitKind.REWORK
        entry = self.entry(_policy_name(name, kind), is_rework=is_rework)
        if entry is None:
            return None
        planned = sla.plan(entry.limit, self.calendar, self.now)
        return self._keep(name, owner, entry, planned, is_rework=is_rework)

    def start_until(
        self, name: ClockName, owner: Owner, last_day: date, bound: datetime | None = None
    ) -> Clock:
        """Start a clock that runs to the end of a chosen day, or to `bound`, with its policy's warnings."""
        entry = self.entry(name)
        end = self.calendar.end_of_day(last_day)
        due = end if bound is None else min(end, bound)
        planned = sla.plan_until(None if entry is None else entry.limit, self.calendar, (self.now, due))
        return self._keep(name, owner, entry, planned)

    def extend(self, clock: Clock, days: int) -> None:
        """Move a clock's due moment by days of its class's extension; what was due first stays readable."""
        entry = self.entry(EXTENSION)
        unit = TimeUnit.WORKING_DAYS if entry is None else entry.limit.unit
        due = self.calendar.add(clock.due_at, days, unit, COUNT_WHOLE_DAYS)
        own = self.entry(clock.name, is_rework=clock.is_rework)
        planned = sla.plan_until(None if own is None else own.limit, self.calendar, (clock.started_at, due))
        clock.due_at, clock.yellow_at, clock.orange_at = due, planned.yellow_at, planned.orange_at
        self._silence(clock)
        self.moved.append(clock)

    def climb(self, clock: Clock) -> None:
        """Set the timers of the ladder for a clock that is overdue, counted from its due moment."""
        steps = {
            kind: self.calendar.add(clock.due_at, days, TimeUnit.WORKING_DAYS, COUNT_WHOLE_DAYS)
            for kind, days in LADDER.items()
        }
        timer_rows.set_ladder(self.session, clock, steps)

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
        clock.policy_row_id = None if entry is None else entry.row_id
        clock.unit = str(TimeUnit.DAYS if entry is None else entry.limit.unit)
        self.session.add(clock)
        self.running.append(clock)
        self.started.append(clock)
        return clock

    def stop(self, clock: Clock, *, is_cancelled: bool = False) -> None:
        self.resume(clock)
        clock.stopped_at = self.now
        clock.is_cancelled = is_cancelled
        self.running.remove(clock)
        self._silence(clock)

    def pause(self, clock: Clock) -> None:
        if clock.paused_at is None:
            clock.paused_at = self.now
            self._silence(clock)

    def resume(self, clock: Clock) -> None:
        if clock.paused_at is None:
            return
        unit, calendar = TimeUnit(clock.unit), self.calendar
        moved = sla.resume(_reading(clock), unit, calendar, self.now)
        held = sla.held_for(unit, calendar, clock.paused_at, self.now)
        clock.paused_seconds += round(held.total_seconds())
        clock.due_at, clock.yellow_at, clock.orange_at = moved.due_at, moved.yellow_at, moved.orange_at
        clock.paused_at = None
        self.moved.append(clock)

    def replan(self, clock: Clock, entry: PolicyEntry) -> None:
        """Lay a clock out under another limit; for one that is held, time stands still."""
        at = clock.paused_at or self.now
        full = self._full(clock, entry)
        planned = sla.replan(_reading(clock), entry.limit, self.calendar, at, full)
        clock.due_at, clock.yellow_at, clock.orange_at = planned.due_at, planned.yellow_at, planned.orange_at
        clock.policy_row_id, clock.unit = entry.row_id, str(entry.limit.unit)
        self._silence(clock)
        self.moved.append(clock)

    def entry_of(self, clock: Clock) -> PolicyEntry | None:
        """Find the limit a running clock has under the ticket's present class; None for a chosen day."""
        if clock.assignment_id is not None and clock.name == ClockName.HANDLE:
            return None
        asked = None if clock.request_id is None else self.session.get_one(Request, clock.request_id)
        name = _policy_name(ClockName(clock.name), "" if asked is None else asked.kind)
        return self.entry(name, is_rework=clock.is_rework)

    def _full(self, clock: Clock, entry: PolicyEntry) -> datetime:
        """Reckon the end of a limit with the time the clock was held and the days that were granted."""
        limit, calendar = entry.limit, self.calendar
        due = sla.plan(limit, calendar, clock.started_at).due_at
        due = sla.later(due, limit.unit, calendar, timedelta(seconds=clock.paused_seconds))
        extension = self.entry(EXTENSION)
        if clock.name != ClockName.HANDLE or extension is None:
            return due
        days = sum(min(each, extension.limit.amount) for each in self._granted(clock))
        return calendar.add(due, days, extension.limit.unit, COUNT_WHOLE_DAYS) if days else due

    def _granted(self, clock: Clock) -> list[int]:
        approved = (Request.kind == RequestKind.EXTENSION, Request.state == RequestState.APPROVED)
        of_ticket = select(Request).where(Request.ticket_id == clock.ticket_id, *approved)
        since = of_ticket.where(Request.decided_at >= clock.started_at)
        return [int(request.details["days"]) for request in self.session.scalars(since)]

    def settle(self) -> None:
        """Silence the clocks that no longer run and set timers for those that do."""
        self.session.flush()
        timer_rows.silence(self.session, self.silenced)
        timer_rows.set_first_timers(self.session, [clock for clock in self.started if clock in self.running])
        moved = [clock for clock in self.moved if clock in self.running and clock.paused_at is None]
        timer_rows.set_next_timers(self.session, moved, self.now)
        for clock in moved:
            is_tickets = clock.name == ClockName.HANDLE and owner_of(clock) == NOBODY
            if is_tickets and clock.due_at <= self.now and timer_rows.was_overdue(self.session, clock):
                self.climb(clock)

    def _silence(self, clock: Clock) -> None:
        if clock in self.started:
            return
        self.silenced.append(clock.id)


def _new_clock(ticket: Ticket, owner: Owner, planned: PlannedClock) -> Clock:
    return Clock(
        ticket_id=ticket.id,
        assignment_id=owner[0],
        request_id=owner[1],
        order_id=owner[2],
        round=ticket.round,
        started_at=planned.started_at,
        due_at=planned.due_at,
        original_due_at=planned.due_at,
        yellow_at=planned.yellow_at,
        orange_at=planned.orange_at,
        paused_seconds=0,
    )


def _policy_name(name: ClockName, kind: str) -> str:
    """Name the policy row of a clock; decisions of most kinds have rows of their own."""
    if name is not ClockName.DECISION or kind == RequestKind.RETURN:
        return name
    has_own = kind in {RequestKind.EXTENSION, RequestKind.SUSPENSION}
    return f"decision_{kind}" if has_own else "decision_other"


def _reading(clock: Clock) -> ClockReading:
    return ClockReading(
        clock.started_at, clock.due_at, clock.yellow_at, clock.orange_at, clock.paused_at, clock.stopped_at
    )
