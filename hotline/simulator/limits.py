"""By which limits is a stream played: those of a small table, or those its own due dates show?"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from hotline.services.table_files import UnreadableFileError, read_table
from hotline.simulator.arrivals import Recorded
from workflows.counting import DayEndRule, StartRule, TimeUnit
from workflows.policy import Policy, PolicyEntry, Scope
from workflows.sla import Limit
from workflows.vocabulary import ClockName

_COLUMNS = ("class", "amount", "unit")
_NO_VERSION = 0


@dataclass(frozen=True, slots=True)
class Mirrored:
    """The limits that recorded due dates show, and the classes that show several lengths."""

    policy: Policy
    torn: Mapping[str, Counter[str]]

    @property
    def count(self) -> int:
        return sum(len(rows) for rows in self.policy.rows.values())


def mirror(tickets: Iterable[Recorded], zone: ZoneInfo) -> Mirrored:
    """Find each class's limit in whole days of the wall calendar, else in minutes, from created to due.

    Where a class shows several lengths, the most frequent one is its limit.
    """
    seen: dict[str, Counter[Limit]] = {}
    for ticket in tickets:
        if ticket.due_at is not None:
            length = _length(ticket.arrival.at, ticket.due_at, zone)
            seen.setdefault(ticket.arrival.limit_class, Counter())[length] += 1
    torn = {
        name: Counter({f"{limit.amount} {limit.unit}": count for limit, count in lengths.items()})
        for name, lengths in seen.items()
        if len(lengths) > 1
    }
    return Mirrored(_policy({name: lengths.most_common(1)[0][0] for name, lengths in seen.items()}), torn)


def read_limits(path: Path) -> Policy:
    """Read a table of class, amount, unit and, if wanted, start_rule and day_end_rule.

    Raises UnreadableFileError that names the line and the column.
    """
    table = read_table(path)
    missing = [name for name in _COLUMNS if name not in table.header]
    if missing:
        message = f"{path.name} has no column {', '.join(missing)}"
        raise UnreadableFileError(message)
    limits: dict[str, Limit] = {}
    for row in table.rows:
        cells = table.values(row)
        try:
            limits[cells["class"].strip()] = _limit(cells)
        except (KeyError, ValueError) as error:
            message = f"{path.name}, line {row.line}: {error}"
            raise UnreadableFileError(message) from error
    return _policy(limits)


def _limit(cells: Mapping[str, str]) -> Limit:
    amount = int(cells["amount"])
    if amount < 0:
        message = "amount: a limit cannot be negative"
        raise ValueError(message)
    return Limit(
        amount,
        TimeUnit(cells["unit"].strip()),
        StartRule(cells.get("start_rule", "").strip() or StartRule.AT_ONCE),
        DayEndRule(cells.get("day_end_rule", "").strip() or DayEndRule.SAME_TIME),
    )


def _length(began: datetime, due: datetime, zone: ZoneInfo) -> Limit:
    """Tell a length in days where both moments show the same time of day, which summer time may blur."""
    first, last = began.astimezone(zone), due.astimezone(zone)
    if first.time() == last.time():
        return Limit((last.date() - first.date()).days, TimeUnit.DAYS)
    return Limit(round((due - began).total_seconds() / 60), TimeUnit.MINUTES)


def _policy(limits: Mapping[str, Limit]) -> Policy:
    rows = [
        PolicyEntry(row_id, limit, scope=Scope(name))
        for row_id, (name, limit) in enumerate(limits.items(), 1)
    ]
    return Policy(_NO_VERSION, _NO_VERSION, {(str(ClockName.HANDLE), False): rows})
