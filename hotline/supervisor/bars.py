"""How long is each unit's bar, and where do its colours meet?"""

from collections.abc import Sequence
from dataclasses import dataclass

from hotline.queries.board import UnitLoad

_WHOLE = 100


@dataclass(frozen=True, slots=True)
class Segment:
    """One colour of a bar, in hundredths of the longest bar."""

    kind: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Bar:
    """One unit's row of the chart."""

    load: UnitLoad
    segments: tuple[Segment, ...]


def bars_of(loads: Sequence[UnitLoad]) -> list[Bar]:
    """Draw the loads to one scale: the largest fills the width."""
    most = max((load.total for load in loads), default=0)
    return [Bar(load, _segments(load, most)) for load in loads]


def _segments(load: UnitLoad, most: int) -> tuple[Segment, ...]:
    counted = (("ok", load.green), ("hold", load.other), ("due", load.yellow), ("over", load.red))
    drawn: list[Segment] = []
    x = 0.0
    for kind, number in counted:
        width = round(number / most * _WHOLE, 2)
        if number:
            drawn.append(Segment(kind, round(x, 2), width))
        x += width
    return tuple(drawn)
