"""Which list does the board's address ask for: a view, a light, a unit, a type, and from which row on?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hotline.models.ticket import Ticket
from hotline.queries.board import OPEN_STATES, Days
from hotline.queries.typed import id_in
from hotline.queries.worklists import Filters
from workflows.vocabulary import Light, TicketState, TicketType

PAGE_SIZE = 50
# What the tiles link to. The first is what the board is for: late and soon late, worst first.
VIEWS: Mapping[str, str] = {
    "lights": "红灯与黄灯工单",
    "red": "红灯工单",
    "yellow": "黄灯工单（含橙灯）",
    "open": "在办工单",
    "in_process": "各单位办理中工单",
    "to_dispatch": "待派单工单",
    "today": "今日受理工单",
    "closed": "本月办结工单",
}
_LIGHTS: Mapping[str, tuple[str, ...]] = {
    "lights": (Light.RED, Light.ORANGE, Light.YELLOW),
    "red": (Light.RED,),
    "yellow": (Light.ORANGE, Light.YELLOW),
}
_STATES = (TicketState.TO_DISPATCH.value, TicketState.IN_PROCESS.value)
PICKABLE_LIGHTS = (Light.RED, Light.ORANGE, Light.YELLOW, Light.GREEN, Light.PAUSED)


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters of the address, unknown words dropped."""

    view: str = "lights"
    light: str = ""
    unit: int | None = None
    type: str = ""
    after: str | None = None

    @property
    def title(self) -> str:
        return VIEWS[self.view]

    def query(self, **changed: Any) -> dict[str, Any]:
        """Give the address' parameters, some of them changed, empty ones left out; the page is not kept."""
        values = {"view": self.view, "light": self.light, "unit": self.unit, "type": self.type, **changed}
        kept = {name: value for name, value in values.items() if value not in (None, "")}
        return {name: value for name, value in kept.items() if (name, value) != ("view", "lights")}

    def filters(self, days: Days) -> Filters:
        """Turn the address into the filters of a list."""
        is_closed = self.view == "closed"
        lights = (self.light,) if self.light else _LIGHTS.get(self.view, ())
        only = [Ticket.state != TicketState.DRAFT.value]
        if is_closed:
            only += [Ticket.closed_at >= days.month_at, Ticket.is_late.is_not(None)]
        if self.unit is not None:
            only.append(Ticket.unit_id == self.unit)
        states = (self.view,) if self.view in _STATES else OPEN_STATES
        return Filters(
            states=() if is_closed or self.view == "today" else states,
            types=(self.type,) if self.type else (),
            lights=lights,
            created_from=days.today_at if self.view == "today" else None,
            only=only,
            limit=PAGE_SIZE,
            after=self.after,
        )


def read_asked(values: Mapping[str, str]) -> Asked:
    """Read the address; words it cannot know count as not given."""
    return Asked(
        view=_known(values.get("view", ""), VIEWS) or "lights",
        light=_known(values.get("light", ""), [light.value for light in PICKABLE_LIGHTS]),
        unit=id_in(values.get("unit", "")),
        type=_known(values.get("type", ""), [word.value for word in TicketType]),
        after=values.get("after") or None,
    )


def _known(value: str, words: Any) -> str:
    return value if value in words else ""
