"""What is one scene: a ticket brought to a row's door, whoever goes through it, and what must come of it?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tests.stories.tale import Tale

Data = Mapping[str, Any]

Bring = Callable[[Tale], object]


@dataclass(frozen=True, slots=True)
class Press:
    """One person sends one form; `part` is a unit's code, or empty for the ticket's or its latest part.

    `data` may be made of the tale, for what names rows. Blind is who decides without seeing the ticket.
    """

    who: str
    machine: str
    action: str
    data: Data | Callable[[Tale], Data] = field(default_factory=dict)
    part: str = ""
    is_blind: bool = False


@dataclass(frozen=True, slots=True)
class Tick:
    """Nobody presses anything: time passes, and due timers fire."""

    after: timedelta


@dataclass(frozen=True, slots=True)
class Scene:
    """`bring` leads a ticket to where `row` begins; the cause is the row's own act, or what triggers it.

    `row` is `machine.action`, with `@conditions` where several rows share an action. `told` lists who is told
    what, as `sort:kind`. `no` are refusals: (who, code) by the row's own form before the act. `again` is the
    code that the same press gets afterwards, empty where it may be repeated. `on` finds another ticket on
    which the row's event stands.
    """

    row: str
    bring: Bring
    cause: Press | Tick
    after: str
    told: str = ""
    no: tuple[tuple[str, str], ...] = ()
    again: str = "not_in_this_state"
    part: str = ""
    on: Callable[[Tale], str] | None = None

    @property
    def machine(self) -> str:
        return self.row.partition(".")[0]

    @property
    def action(self) -> str:
        return self.row.partition(".")[2].partition("@")[0]

    @property
    def is_pressed(self) -> bool:
        """Whether a person takes the row by its own form."""
        cause = self.cause
        return isinstance(cause, Press) and (cause.machine, cause.action) == (self.machine, self.action)


def days(count: float) -> Tick:
    return Tick(timedelta(days=count))


def minutes(count: float) -> Tick:
    return Tick(timedelta(minutes=count))


def hours(count: float) -> Tick:
    return Tick(timedelta(hours=count))
