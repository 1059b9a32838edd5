"""Many tickets like one: its rows copied under new numbers, the trail of each sealed anew."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from database import Base
from hotline.models.clocks import Clock, ClockChange, Timer
from hotline.models.ticket import Assignment, Citizen, Ticket, TicketEvent
from hotline.services.trail import _SEALED, FIRST, seal
from notifications.models import OutboxMessage

# In the order of their references; for each table the columns that point at rows of an earlier one.
_COPIED: tuple[tuple[type[Base], Mapping[str, type[Base]]], ...] = (
    (Citizen, {}),
    (Ticket, {"citizen_id": Citizen}),
    (Assignment, {"ticket_id": Ticket}),
    (Clock, {"ticket_id": Ticket, "assignment_id": Assignment}),
    (ClockChange, {"clock_id": Clock}),
    (Timer, {"ticket_id": Ticket, "clock_id": Clock}),
    (TicketEvent, {"ticket_id": Ticket}),
    (OutboxMessage, {}),
)
_AT_ONCE = 200


def multiply(session: Session, number: str, copies: int) -> list[str]:
    """Add copies of a ticket that has no requests and no orders; returns their numbers."""
    press = _Press.of(session, number)
    numbers: list[str] = []
    for first in range(1, copies + 1, _AT_ONCE):
        sheets = [press.copy(n) for n in range(first, min(first + _AT_ONCE, copies + 1))]
        numbers += [sheet[Ticket][0]["number"] for sheet in sheets]
        for model, _ in _COPIED:
            rows = [row for sheet in sheets for row in sheet[model]]
            if rows:
                session.execute(insert(_table(model)), rows)
    _move_sequences(session)
    return numbers


@dataclass(slots=True)
class _Press:
    """The rows of the ticket to copy, by table, and the next free id of each."""

    rows: Mapping[type[Base], Sequence[Mapping[str, Any]]]
    free: dict[type[Base], int]
    ids: dict[tuple[type[Base], int], int] = field(default_factory=dict)

    @classmethod
    def of(cls, session: Session, number: str) -> "_Press":
        ticket = session.scalars(select(Ticket).where(Ticket.number == number)).one()
        mine = {Citizen: Citizen.id == ticket.citizen_id, Ticket: Ticket.id == ticket.id}
        of_ticket = select(Clock.id).where(Clock.ticket_id == ticket.id)
        mine[ClockChange] = ClockChange.clock_id.in_(of_ticket)
        mine[OutboxMessage] = OutboxMessage.subject == number
        rows = {}
        for model, _ in _COPIED:
            whose = mine[model] if model in mine else _table(model).c.ticket_id == ticket.id
            found = session.execute(select(_table(model)).where(whose).order_by(_table(model).c.id))
            rows[model] = [dict(row) for row in found.mappings()]
        free = {
            model: (session.scalar(select(func.max(_table(model).c.id))) or 0) + 1
            for model, _ in _COPIED
            if model is not OutboxMessage
        }
        return cls(rows, free)

    def copy(self, serial: int) -> dict[type[Base], list[dict[str, Any]]]:
        self.ids.clear()
        sheet = {
            model: [self._copied(model, points, (row, serial)) for row in self.rows[model]]
            for model, points in _COPIED
            if model is not OutboxMessage
        }
        self._seal(sheet[TicketEvent])
        ticket = sheet[Ticket][0]
        sheet[OutboxMessage] = [self._message(row, ticket, serial) for row in self.rows[OutboxMessage]]
        return sheet

    def _copied(
        self, model: type[Base], points: Mapping[str, type[Base]], how: tuple[Mapping[str, Any], int]
    ) -> dict[str, Any]:
        row, serial = how
        new = dict(row)
        new["id"] = self.ids[model, row["id"]] = self.free[model]
        self.free[model] += 1
        for column, target in points.items():
            if row[column] is not None:
                new[column] = self.ids[target, row[column]]
        if model is Ticket:
            new["number"], new["link_hash"] = _number(row, serial), f"{row['link_hash'][:50]}{serial}"
        if model is TicketEvent and row["machine"] == "assignment":
            new["subject_id"] = self.ids[Assignment, row["subject_id"]]
        return new

    def _seal(self, events: Iterable[dict[str, Any]]) -> None:
        end = FIRST
        for event in events:
            event["previous_hash"] = end
            end = event["hash"] = seal(event, _SEALED)

    def _message(self, row: Mapping[str, Any], ticket: Mapping[str, Any], serial: int) -> dict[str, Any]:
        old = self.rows[Ticket][0]
        event_id, _, rest = row["key"].partition(":")
        new = dict(row)
        new["id"] = f"{row['id'][:-8]}{serial:08}"
        new["subject"] = ticket["number"]
        new["recipient"] = _renamed(row["recipient"], old, ticket)
        new["key"] = f"{self.ids[TicketEvent, int(event_id)]}:{_renamed(rest, old, ticket)}"
        new["order_key"] = f"{ticket['number']}:{new['recipient']}"
        return new


def _table(model: type[Base]) -> Any:
    table: Any = model.__table__
    return table


def _number(ticket: Mapping[str, Any], serial: int) -> str:
    return f"{ticket['number']}{serial:06}"


def _renamed(words: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    return words.replace(f"citizen:{old['citizen_id']}", f"citizen:{new['citizen_id']}")


def _move_sequences(session: Session) -> None:
    if session.connection().dialect.name != "postgresql":
        return
    for model, _ in _COPIED:
        name = _table(model).name
        if model is not OutboxMessage:
            session.execute(
                text(f"SELECT setval('{name}_id_seq', (SELECT max(id) FROM {name}))")  # noqa: S608 - our own names
            )
