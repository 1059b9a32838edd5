"""When does each act of a simulated ticket happen: legs of a journey, one after the other."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from hotline.demo.simulation import Planned, Step

Act = Callable[[Session, datetime], None]


@dataclass(frozen=True, slots=True)
class Leg:
    """An act, and when it is taken: told from the moment the leg before it ended."""

    when: Callable[[datetime], datetime]
    act: Act


def at(moment: datetime, act: Act) -> Leg:
    """Plan an act for a moment of its own."""
    return Leg(lambda _before: moment, act)


def after(wait: timedelta, act: Act) -> Leg:
    """Plan an act some time after the one before it."""
    return Leg(lambda before: before + wait, act)


def begin(start: datetime, legs: Sequence[Leg]) -> Planned:
    """Plan a whole journey whose first leg counts from `start`."""
    return Planned(legs[0].when(start), _step(legs))


def _step(legs: Sequence[Leg]) -> Step:
    def step(session: Session, now: datetime) -> Iterator[Planned]:
        legs[0].act(session, now)
        rest = legs[1:]
        if rest:
            yield Planned(rest[0].when(now), _step(rest))

    return step
