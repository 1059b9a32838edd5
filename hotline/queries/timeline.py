"""What has happened to a ticket, as people read it: who, in what capacity, did what, when, saying what?"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from hotline.models.ticket import TicketEvent
from hotline.queries.wording import ROWS, Line, Names, read_lines
from workflows.choices import Visibility
from workflows.definition import ActorKind
from workflows.vocabulary import UNIT_ROLES, Machine, Role, Word


class Strand(Word):
    """Which part of the story an entry belongs to; the filter above the timeline."""

    FLOW = "flow", "流转"
    TALK = "talk", "沟通"
    NOTE = "note", "备注"


_STRANDS = {
    "note": Strand.NOTE,
    "record_contact": Strand.TALK,
    "record_call_attempt": Strand.TALK,
    "answer_directly": Strand.TALK,
    "close": Strand.TALK,
    "rework": Strand.TALK,
    "withdraw": Strand.TALK,
}
# Acts whose event repeats what the ticket itself shows.
_SPEAKS_FOR_ITSELF = frozenset({"revise"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One event. `actor` is whole ("派单员 赵磊"); `act` is the table's label and whom it concerns."""

    number: int
    actor: str
    act: str
    at: datetime
    strand: Strand
    lines: tuple[Line, ...] = ()
    is_internal: bool = False
    is_system: bool = False
    is_bad: bool = False

    def body(self, written: Callable[[datetime], str]) -> str:
        """Write what was said; `written` writes instants. A single saying stands without its label."""
        values = [
            (line.label, line.value if isinstance(line.value, str) else written(line.value))
            for line in self.lines
        ]
        if len(values) == 1 and self.lines[0].name in {"text", "reason", "advice", "answer"}:
            return values[0][1]
        return "\n".join(f"{label}：{value}" for label, value in values)


def read_timeline(
    events: Iterable[TicketEvent], names: Names, unit_of: Callable[[TicketEvent], str]
) -> tuple[Entry, ...]:
    """Turn events into entries in the order given; `unit_of` names the unit whose share an event concerns."""
    return tuple(_entry(event, names, unit_of(event)) for event in events)


def _entry(event: TicketEvent, names: Names, concerned: str) -> Entry:
    row = ROWS.get((event.machine, event.action))
    is_note = event.action == "note"
    is_open = is_note and event.data.get("visibility") == Visibility.CITIZEN
    lines = () if row is None or event.action in _SPEAKS_FOR_ITSELF else read_lines(row, event.data, names)
    return Entry(
        number=event.number,
        actor=_actor(event, names),
        act=_act(event, row.label_zh if row else event.action, concerned, is_open=is_open),
        at=event.at,
        strand=_STRANDS.get(event.action, Strand.FLOW),
        lines=tuple(line for line in lines if line.name not in {"visibility", "kind"}),
        is_internal=is_note and not is_open,
        is_system=event.actor_kind == ActorKind.SYSTEM,
        is_bad=event.action in {"mark_overdue", "sign_overdue"},
    )


def _actor(event: TicketEvent, names: Names) -> str:
    if event.actor_kind == ActorKind.SYSTEM:
        return "系统"
    role = Role(event.role)
    if role is Role.CITIZEN:
        return role.label_zh
    unit = names.units.get(event.unit_id or 0, "")
    place = unit if role in UNIT_ROLES and unit else ""
    return " ".join(part for part in (place, role.label_zh, event.actor_name) if part)


def _act(event: TicketEvent, label: str, concerned: str, *, is_open: bool) -> str:
    if event.action == "note":
        return "备注（诉求人可见）" if is_open else ""
    if event.action in {"close", "rework"} and event.role == Role.CITIZEN:
        return f"评价后{label}"
    is_of_unit = event.machine == Machine.ASSIGNMENT and event.role not in UNIT_ROLES
    about_return = event.machine == Machine.REQUEST and event.action != "ask"
    label = f"{label}退单申请" if about_return and event.action != "cancel" else label
    return f"{label}：{concerned}" if concerned and (is_of_unit or about_return) else label
