"""What does a simulation tell, and does it agree with what the file recorded?"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from hotline.simulator.arrivals import Recorded
from workflows.simulation import Outcome, Simulation, Tally

_SHOWN = 20
_WHOLE = 100
_COLUMNS = (("tickets", 8), ("late", 6), ("late %", 7), ("open", 6), ("yellow", 7), ("orange", 7))
_LOAD = (("most open", 10), ("days open", 10))
_HEAD = " ".join(f"{title:>{width}}" for title, width in (*_COLUMNS, *_LOAD))


def lines(found: Simulation) -> Iterator[str]:
    """Write the figures: the whole, then the twenty classes and units with the most late tickets."""
    total = found.total
    yield f"tickets  {total.tickets}: {total.closed} closed, {total.still_open} open at the end"
    yield f"late     {total.late}: {total.late_closed} closed late, {total.late_open} open and over"
    yield f"warned   yellow {total.yellow}, orange {total.orange}; without a limit {total.without_limit}"
    for title, tallies in (("class", found.by_class), ("unit", found.by_unit)):
        yield ""
        yield f"{title[:36]:<36} {_HEAD}"
        worst = sorted(tallies.items(), key=lambda each: (-each[1].late, -each[1].tickets, each[0]))
        yield from (_line(name, tally) for name, tally in worst[:_SHOWN])
        if len(worst) > _SHOWN:
            yield f"and {len(worst) - _SHOWN} more"


def compare(outcomes: Sequence[Outcome], tickets: Sequence[Recorded]) -> Iterator[str]:
    """Hold the simulation against the due dates of the file, over the tickets that ended."""
    recorded = {each.arrival.line: each for each in tickets}
    pairs = [(each, recorded[each.arrival.line]) for each in outcomes]
    judged = [
        (ours, theirs)
        for ours, theirs in pairs
        if ours.clock is not None and theirs.due_at is not None and ours.arrival.closed_at is not None
    ]
    moved = sum(1 for ours, theirs in pairs if ours.clock and theirs.due_at not in (None, ours.clock.due_at))
    late = [(ours.is_late, _is_late(ours.arrival.closed_at, theirs.due_at)) for ours, theirs in judged]
    yield f"record   {len(judged)} tickets with a due and an end; {moved} due dates differ from ours"
    yield (
        f"         late by both {sum(a and b for a, b in late)}, by the record alone "
        f"{sum(b and not a for a, b in late)}, by us alone {sum(a and not b for a, b in late)}"
    )


def _is_late(closed_at: datetime | None, due_at: datetime | None) -> bool:
    return closed_at is not None and due_at is not None and closed_at > due_at


def _line(name: str, tally: Tally) -> str:
    share = tally.late / tally.tickets * _WHOLE if tally.tickets else 0
    days = tally.open_time / timedelta(days=1) / tally.tickets if tally.tickets else 0
    return (
        f"{name[:36]:<36} {tally.tickets:>8} {tally.late:>6} {share:>6.1f}% {tally.still_open:>6} "
        f"{tally.yellow:>7} {tally.orange:>7} {tally.most_open:>10} {days:>10.1f}"
    )
