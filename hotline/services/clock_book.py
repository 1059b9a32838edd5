"""What becomes of the clocks of a ticket while a decision is carried out: planned, stopped, held, resumed."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from hotline.models.clocks import Clock
from hotline.models.ticket import Ticket
from hotline.services import timer_rows
from hotline.services.policies import city_date, current_policy, get_policy, load_calendar
from workflows import sla
from workflows.definition import LimitKind
from workflows.sla import ClockReading, Policy, PolicyEntry
from workflows.vocabulary import ClockName
from workflows.worktime import TimeUnit, WorkCalendar

Owner = tuple[int | None, int | None]  # ids of the assignment and the request; the ticket's own has neither
NOBODY: Owner = (None, None)


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
        return [
            clock
            for clock in self.running
            if (clock.assignment_id, clock.request_id) == owner and name in (None, clock.name)
        ]

    def entry(self, name: str, *, is_rework: bool = False) -> PolicyEntry | None:
        """Find the limit of a clock for this ticket; a class without a rework limit takes its first one."""
        ticket = self.ticket
        wanted = sla.limit_class(ticket.type, ticket.urgency, is_hard=ticket.is_hard)
        found = self.policy.find(name, wanted, is_rework=is_rework)
        return self.policy.find(name, wanted) if found is None and is_rework else found

    def start(self, name: ClockName, owner: Owner, limit: LimitKind) -> Clock | None:
        is_rework = limit is LimitKind.REWORK
        entry = self.entry(name, is_rework=is_rework)
        if entry is None:
            return None
        for clock in self.find(name, owner):
            self.stop(clock, is_cancelled=True)
        planned = sla.plan(entry.limit, self.calendar, self.now)
        clock = Clock(
            ticket_id=self.ticket.id,
            assignment_id=owner[0],
            request_id=owner[1],
            name=str(name),
            round=self.ticket.round,
            is_rework=is_rework,
            policy_row_id=entry.row_id,
            unit=str(entry.limit.unit),
            started_at=planned.started_at,
            due_at=planned.due_at,
            original_due_at=planned.due_at,
            yellow_at=planned.yellow_at,
            orange_at=planned.orange_at,
            paused_seconds=0,
        )
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
        planned = sla.replan(_reading(clock), entry.limit, self.calendar, self.now)
        clock.due_at, clock.yellow_at, clock.orange_at = planned.due_at, planned.yellow_at, planned.orange_at
        clock.policy_row_id, clock.unit = entry.row_id, str(entry.limit.unit)
        self._silence(clock)
        self.moved.append(clock)

    def settle(self) -> None:
        """Silence the clocks that no longer run and set timers for those that do."""
        self.session.flush()
        timer_rows.silence(self.session, self.silenced)
        timer_rows.set_first_timers(self.session, [clock for clock in self.started if clock in self.running])
        moved = [clock for clock in self.moved if clock in self.running]
        timer_rows.set_next_timers(self.session, moved, self.now)

    def _silence(self, clock: Clock) -> None:
        if clock in self.started:
            return
        self.silenced.append(clock.id)


def _reading(clock: Clock) -> ClockReading:
    return ClockReading(
        clock.started_at, clock.due_at, clock.yellow_at, clock.orange_at, clock.paused_at, clock.stopped_at
    )
