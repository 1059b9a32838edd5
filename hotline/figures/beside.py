"""Which rate is a list of tickets behind, and where are the other tickets that make it up?"""

from dataclasses import dataclass

from database import db
from hotline.figures.asked import AskedPeriod
from hotline.figures.comparison import link_to_list
from hotline.figures.definitions import MEASURE_LABELS, RATE_LABELS
from hotline.queries.measures import REST, Measure, count_by_unit
from hotline.queries.peers import PARTS, RANKING
from hotline.queries.rates import Rate


@dataclass(frozen=True, slots=True)
class Beside:
    """A rate in words, and its parts: label, number, and where they are listed, empty of the list itself."""

    name: str
    rate: Rate
    parts: tuple[tuple[str, int, str], ...]


def rate_of(measure: Measure | None, unit_id: int | None, asked: AskedPeriod) -> Beside | None:
    """Find the rate that a measure belongs to; None where it makes up none.

    Only of rates that count a ticket once: shares of several units would not add up to the list.
    """
    name = next((name for name in RANKING if measure in _parts(PARTS[name])), None)
    if name is None:
        return None
    counted = count_by_unit(db.session(), asked.period)
    chosen = [counted.get(unit_id, {})] if unit_id is not None else list(counted.values())
    numbers = {each: sum(unit.get(each, 0) for unit in chosen) for each in _parts(PARTS[name])}
    hits, whole = PARTS[name]
    return Beside(
        RATE_LABELS[name],
        Rate(numbers[hits], numbers[whole]),
        tuple(
            (
                MEASURE_LABELS[each],
                number,
                "" if each is measure else link_to_list(asked, each.value, unit_id),
            )
            for each, number in numbers.items()
        ),
    )


def _parts(parts: tuple[Measure, Measure]) -> tuple[Measure, ...]:
    """List what counts for a rate, what counts against it where that is listed, and the whole."""
    hits, whole = parts
    against = (rest for rest, of in REST.items() if of == (whole, hits))
    return (hits, *against, whole)
