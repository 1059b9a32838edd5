"""How does a whole file run through the workflow: every journey at once, and what came of each row?"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.demo.city import City
from hotline.demo.journey import Act, begin
from hotline.demo.simulation import SessionFactory, Simulation
from hotline.models.ticket import Ticket
from hotline.replay.messages import Message, RefusedMessage, sound
from hotline.replay.plan import Journey, plan_journey
from workflows.errors import Refused

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class PlayedRow:
    """What became of one row of the file."""

    line: int
    source_id: str
    number: str = ""
    state: str = ""
    outcome: str = ""
    is_late: bool | None = None
    error: str = ""
    repairs: tuple[str, ...] = ()

    @property
    def is_accounted(self) -> bool:
        """Whether the row ended: its ticket is done, or the row was refused with a reason."""
        return self.state in {"closed", "archived"} if self.number else bool(self.error)


@dataclass(slots=True)
class Replay:
    """One run: its clockwork, its journeys by line and what went wrong on the way."""

    simulation: Simulation
    journeys: dict[int, Journey] = field(default_factory=dict)
    errors: dict[int, str] = field(default_factory=dict)


def play(
    session_factory: SessionFactory,
    city: City,
    messages: Sequence[Message | RefusedMessage],
    tell: Callable[[str], None],
) -> Replay:
    """Run every sound message to its end, archive included; commits step by step."""
    playable = list(sound(messages))
    start = min((message.sent_at for message in playable), default=_NEVER)
    replay = Replay(Simulation(session_factory, start))
    for message in playable:
        journey = plan_journey(message, city)
        replay.journeys[message.line] = journey
        replay.simulation.plan(begin(message.sent_at, journey.legs, _noting(replay, message.line)))
    _run(replay, sorted({message.sent_at.year for message in playable}), tell)
    return replay


def rows_of(
    session: Session, replay: Replay, messages: Sequence[Message | RefusedMessage]
) -> Iterator[PlayedRow]:
    """Tell of every row of the file, in its order."""
    tickets = {ticket.number: ticket for ticket in session.scalars(select(Ticket))}
    for message in messages:
        if isinstance(message, RefusedMessage):
            yield PlayedRow(message.line, message.source_id, error=f"refused: {message.reason}")
            continue
        number = replay.journeys[message.line].case.number
        ticket = tickets.get(number)
        yield PlayedRow(
            message.line,
            message.source_id,
            number=number,
            state=ticket.state if ticket else "",
            outcome=(ticket.outcome or "") if ticket else "",
            is_late=ticket.is_late if ticket else None,
            error=replay.errors.get(message.line, ""),
            repairs=message.repairs,
        )


def second_looks(replay: Replay) -> int:
    """Count the replies that looked weak and were confirmed."""
    return sum(journey.case.confirmed for journey in replay.journeys.values())


def repairs_of(messages: Sequence[Message | RefusedMessage]) -> Counter[str]:
    """Count what was mended on the way in."""
    return Counter(repair for message in sound(messages) for repair in message.repairs)


def _noting(replay: Replay, line: int) -> Callable[[Act, Refused], None]:
    def note(act: Act, refusal: Refused) -> None:
        fields = ", ".join(f"{error.field} {error.code}" for error in refusal.errors)
        replay.errors[line] = f"{getattr(act, '__name__', 'act')}: {refusal.code} {fields}".strip()

    return note


def _run(replay: Replay, years: Sequence[int], tell: Callable[[str], None]) -> None:
    for year in years:
        replay.simulation.run(datetime.fromisoformat(f"{year + 1}-01-01T00:00:00+00:00"))
        tell(f"{year}: {replay.simulation.counts['steps']} steps taken")
    replay.simulation.run()
