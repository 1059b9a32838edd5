"""How high is the bar of each minute of the last hour?"""

from collections.abc import Sequence
from dataclasses import dataclass

_HEIGHT = 40
_STEP = 2
_WIDTH = 1.6


@dataclass(frozen=True, slots=True)
class MinuteBar:
    """One minute: how long ago it was, how much it had, and where its bar stands."""

    ago: int
    number: int
    x: float
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class MinuteBars:
    """The bars of an hour, the present minute last; they are drawn to one scale."""

    bars: Sequence[MinuteBar]
    total: int
    most: int
    viewbox: str
    width: float = _WIDTH


def draw(minutes: Sequence[int]) -> MinuteBars:
    """Draw a count per minute: the highest fills the height."""
    most = max(minutes, default=0)
    bars = [_bar(place, number, most, ago=len(minutes) - 1 - place) for place, number in enumerate(minutes)]
    return MinuteBars(bars, sum(minutes), most, f"0 0 {len(minutes) * _STEP} {_HEIGHT}")


def _bar(place: int, number: int, most: int, *, ago: int) -> MinuteBar:
    height = round(number / most * _HEIGHT, 2) if most else 0.0
    return MinuteBar(ago, number, place * _STEP, round(_HEIGHT - height, 2), height)
