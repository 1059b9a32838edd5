"""What has happened to a ticket, as people read it: who, in what capacity, did what, when, saying what?"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from hotline.models.ticket import TicketEvent
from hotline.queries.due_moves import Move
from hotline.queries.public_steps import step_kind
from hotline.queries.timeline_acts import Told, act_of, actor_of, place_of
from hotline.queries.wording import ROWS, Line, read_lines
from workflows.definition import ActorKind
from workflows.vocabulary import Word


class Strand(Word):
    """Which part of the story is read; the filter above the timeline. `PUBLIC` cuts across the others."""

    FLOW = "flow", "流转"
    TALK = "talk", "沟通"
    NOTE = "note", "备注"
    PUBLIC = "public", "诉求人可见"


_STRANDS = {
    "note": Strand.NOTE,
    "record_contact": Strand.TALK,
    "record_call_attempt": Strand.TALK,
    "book_call": Strand.TALK,
    "answer_directly": Strand.TALK,
    "ask_supplement": Strand.TALK,
    "supplement": Strand.TALK,
    "urge": Strand.TALK,
    "close": Strand.TALK,
    "rework": Strand.TALK,
    "rate_merged": Strand.TALK,
    "rate_answer": Strand.TALK,
    "add_details": Strand.TALK,
    "ask_reopening": Strand.TALK,
    "withdraw": Strand.TALK,
}
# Acts whose event repeats what the ticket itself shows.
_SPEAKS_FOR_ITSELF = frozenset({"revise"})
_SAYINGS = frozenset({"text", "words", "reason", "advice", "answer", "missing", "opinion", "decision"})
# Acts whose words the citizen reads too; of other public steps only that they happened.
_READ_BY_CITIZENS = frozenset({"note", "answer_directly", "ask_supplement", "supplement", "add_details"})
_BAD = frozenset({"mark_overdue", "sign_overdue", "mark_share_overdue", "mark_order_overdue"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One event. `actor` is whole ("派单员 赵磊"); `act` says what was done and whom it concerns.

    `place` is the part of the round's story it belongs to; `tickets` are other tickets that the act names;
    `moved` tells from when to when the due date went, where that is known.
    """

    number: int
    actor: str
    act: str
    at: datetime
    strand: Strand
    lines: tuple[Line, ...] = ()
    round: int = 1
    place: str = ""
    tickets: tuple[str, ...] = ()
    moved: Move | None = None
    is_internal: bool = False
    is_public: bool = False
    is_step: bool = True
    is_system: bool = False
    is_bad: bool = False

    @property
    def heading(self) -> str:
        return f"第 {self.round} 轮 · {self.place}"

    def is_in(self, strand: str) -> bool:
        """Tell whether a filter shows it; no filter shows everything."""
        return strand in ("", self.strand) or (strand == Strand.PUBLIC and self.is_public)

    def body(self, written: Callable[[datetime], str]) -> str:
        """Write what was said; `written` writes instants. A single saying stands without its label."""
        values = [
            (line.label, line.value if isinstance(line.value, str) else written(line.value))
            for line in self.lines
        ]
        if self.moved is not None:
            values.append(("办理时限", f"由 {written(self.moved[0])} 改为 {written(self.moved[1])}"))
        if len(values) == 1 and self.lines and self.lines[0].name in _SAYINGS:
            return values[0][1]
        return "\n".join(f"{label}：{value}" for label, value in values)


@dataclass(frozen=True, slots=True)
class Chapter:
    """What one unit, or the centre, did in one round; newest first."""

    heading: str
    entries: tuple[Entry, ...]


def read_timeline(
    events: Iterable[TicketEvent],
    told: Told,
    moves: Mapping[int, Move],
    undone: frozenset[int] = frozenset(),
) -> tuple[Entry, ...]:
    """Turn events into entries in the order given.

    `moves` tells which of them moved the due date, `undone` which were taken back.
    """
    entries = (_entry(event, told, moves) for event in events)
    return tuple(_as_undone(entry) if entry.number in undone else entry for entry in entries)


def read_chapters(entries: Iterable[Entry]) -> tuple[Chapter, ...]:
    """Sort entries, newest first, by round and inside by place, each place where it was heard of last."""
    chapters = []
    for _, of_round in groupby(entries, key=lambda entry: entry.round):
        places: dict[str, list[Entry]] = {}
        for entry in of_round:
            places.setdefault(entry.heading, []).append(entry)
        chapters += [Chapter(heading, tuple(found)) for heading, found in places.items()]
    return tuple(chapters)


def _as_undone(entry: Entry) -> Entry:
    """Nobody outside hears of what was taken back."""
    return replace(entry, act=f"{entry.act}（已撤销）", moved=None, is_public=False)


def _entry(event: TicketEvent, told: Told, moves: Mapping[int, Move]) -> Entry:
    row, act = ROWS.get((event.machine, event.action)), act_of(event, told)
    is_silent = row is None or event.action in _SPEAKS_FOR_ITSELF
    lines = () if row is None or is_silent else read_lines(row, event.data, told.names)
    is_public = step_kind(event, told.request(event), told.share(event)) is not None
    return Entry(
        number=event.number,
        actor=actor_of(event, told),
        act=act.text,
        at=event.at,
        strand=_STRANDS.get(event.action, Strand.FLOW),
        lines=tuple(line for line in lines if line.name not in act.told),
        round=event.round,
        place=place_of(event, told),
        tickets=act.tickets,
        moved=moves.get(event.number),
        is_internal=event.action == "note" and not is_public,
        is_public=is_public,
        is_step=event.action not in _READ_BY_CITIZENS,
        is_system=event.actor_kind == ActorKind.SYSTEM,
        is_bad=event.action in _BAD,
    )
