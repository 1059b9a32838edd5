"""What came of a replay: every row accounted for, and how often each thing happened."""

import csv
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker

from hotline.demo.city import read_city
from hotline.demo.founding import found_city, is_founded
from hotline.models.clocks import Clock, Timer
from hotline.models.ticket import TicketEvent
from hotline.replay.calendar_past import mark_past_holidays
from hotline.replay.driver import PlayedRow, play, repairs_of, rows_of, second_looks
from hotline.replay.messages import Message, RefusedMessage, read_messages, sound
from hotline.services.calendars import load_calendar
from hotline.services.table_files import safe_cell
from notifications.models import OutboxMessage
from workflows.vocabulary import ClockName

_WARNINGS = ("warn", "mark_overdue", "sign_overdue")
_COLUMNS = ("line", "msg_id", "number", "state", "outcome", "late", "error", "repairs")


@dataclass(frozen=True, slots=True)
class ReplayReport:
    """One run in figures. `is_late` of a row is that of its handling, in any round."""

    rows: list[PlayedRow]
    repairs: Counter[str]
    second_looks: int
    steps: Counter[str]
    events: Counter[str]
    clocks: Counter[str]
    timers: Counter[str]
    messages: Counter[str]

    @property
    def unaccounted(self) -> list[PlayedRow]:
        return [row for row in self.rows if not row.is_accounted]

    def lines(self) -> Iterator[str]:
        """Write the figures, one subject a line."""
        played = [row for row in self.rows if row.number]
        refused = [row for row in self.rows if not row.number]
        lateness = Counter(_lateness(row) for row in played)
        yield f"rows        {len(self.rows)}: {len(played)} played, {len(refused)} refused"
        yield f"states      {_counted(Counter(row.state for row in played))}"
        yield f"outcomes    {_counted(Counter(row.outcome for row in played))}"
        yield f"handling    {_counted(lateness)}"
        yield f"notices     {_counted(self.events)}"
        yield f"clocks      {_counted(self.clocks)}"
        yield f"timers      {_counted(self.timers)}"
        yield f"messages    {_counted(self.messages)}"
        yield f"repairs     {_counted(self.repairs)}"
        yield f"confirmed   {self.second_looks} replies after a second look"
        yield f"passed      {_counted(self.steps)}"
        errors = sum(1 for row in played if row.error)
        yield f"errors      {errors}; not accounted for: {len(self.unaccounted)}"
        for row in [row for row in self.rows if row.error][:20]:
            yield f"  line {row.line}: {row.error}"

    def write(self, path: Path) -> None:
        """Write one line per row of the file; raises OSError."""
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(_COLUMNS)
            for row in self.rows:
                late = "" if row.is_late is None else str(int(row.is_late))
                told = (row.number, row.state, row.outcome, late, row.error, " ".join(row.repairs))
                writer.writerow((row.line, *(safe_cell(text) for text in (row.source_id, *told))))


def run_replay(
    engine: Engine,
    path: Path,
    terms: tuple[int | None, str],
    now: datetime,
    tell: Callable[[str], None],
) -> ReplayReport:
    """Found the city without tickets, play the file and count; `terms` are the limit and the password."""
    limit, password = terms
    factory = sessionmaker(engine, expire_on_commit=False)
    with factory() as session, session.begin():
        if not is_founded(session):
            found_city(session, password, now)
        messages = read_messages(path, ZoneInfo(load_calendar(session).zone), now)[:limit]
        mark_past_holidays(session, {message.sent_at.year for message in sound(messages)}, now)
    with factory() as session, session.begin():
        city = read_city(session)
    replay = play(factory, city, messages, tell)
    with factory() as session, session.begin():
        rows = list(rows_of(session, replay, messages))
        return _report(session, rows, messages, (replay.simulation.counts, second_looks(replay)))


def _report(
    session: Session,
    rows: list[PlayedRow],
    messages: list[Message | RefusedMessage],
    counts: tuple[Counter[str], int],
) -> ReplayReport:
    steps, looks = counts
    return ReplayReport(
        rows,
        repairs_of(messages),
        looks,
        steps,
        events=_notices(session),
        clocks=_handling_clocks(session),
        timers=_pairs(session, Timer.kind, Timer.state),
        messages=_pairs(session, OutboxMessage.kind, OutboxMessage.state),
    )


def _notices(session: Session) -> Counter[str]:
    """Count warnings by clock and level, and what fell due by clock."""
    found = session.execute(
        select(TicketEvent.action, TicketEvent.data).where(TicketEvent.action.in_(_WARNINGS))
    )
    return Counter(
        " ".join(part for part in (action, data.get("clock"), data.get("level")) if part)
        for action, data in found
    )


def _handling_clocks(session: Session) -> Counter[str]:
    is_late = Clock.stopped_at > Clock.due_at
    found = session.execute(
        select(Clock.is_rework, is_late, func.count())
        .where(Clock.name == ClockName.HANDLE.value, Clock.stopped_at.is_not(None))
        .group_by(Clock.is_rework, is_late)
    )
    return Counter(
        {f"{'rework' if again else 'handle'} {'late' if late else 'on time'}": n for again, late, n in found}
    )


def _pairs(session: Session, first: object, second: object) -> Counter[str]:
    found = session.execute(
        select(first, second, func.count()).group_by(first, second)  # type: ignore[call-overload]  # columns
    )
    return Counter({f"{one} {other}": n for one, other, n in found})


def _lateness(row: PlayedRow) -> str:
    return {None: "not handled", False: "on time", True: "late"}[row.is_late]


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {n}" for name, n in sorted(counts.items())) or "none"
