"""What need not be read twice while a transaction holds the rows of tickets?

Whoever changes a part of a ticket holds its row, so what was read under that lock stays true until the
transaction ends. hold() says whose rows were locked: each kind of part of theirs is then read once. A worker
that settles many timers at once reads the parts of all its tickets in a few statements with remember(), and
what does not change with the tickets once. A page that only looks reads the parts of its ticket once while
looking() at it, under no lock: what it shows may be old by the time somebody acts, and whoever acts locks and
reads anew. Anybody else reads as ever.
"""

from collections.abc import Callable, Collection, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, event, select
from sqlalchemy.orm import Session, SessionTransaction, UOWTransaction

from hotline.models.clocks import Clock
from hotline.models.orders import SupervisionOrder
from hotline.models.ticket import Assignment, Request

_T = TypeVar("_T")
_Part = TypeVar("_Part", Assignment, Request, SupervisionOrder, Clock)
_PARTS: tuple[Any, ...] = (Assignment, Request, SupervisionOrder, Clock)
_MEMORY = "remembered"


@dataclass(slots=True)
class _Memory:
    """What one transaction remembers: parts of tickets it holds, of a worker also what is no ticket's."""

    transaction: SessionTransaction | None
    held: set[int] = field(default_factory=set)
    parts: dict[tuple[type, int], list[Any]] = field(default_factory=dict)
    answers: dict[Hashable, Any] | None = None


def hold(session: Session, ticket_ids: Collection[int]) -> None:
    """Read the parts of tickets whose rows this transaction has locked, or made, only once until it ends."""
    memory = _of_transaction(session)
    if memory is None:
        memory = _begin(session)
    memory.held.update(ticket_ids)


@contextmanager
def looking(session: Session, ticket_id: int) -> Iterator[None]:
    """Read the parts of one ticket, and what does not change with it, once for all that is asked inside.

    Nothing may be written inside. In a transaction that holds tickets already it changes nothing.
    """
    if _of_transaction(session) is not None:
        yield
        return
    memory = _begin(session)
    memory.held, memory.answers = {ticket_id}, {}
    try:
        yield
    finally:
        session.info[_MEMORY] = None


def remember(session: Session, ticket_ids: Collection[int]) -> None:
    """Read the parts of tickets whose rows this transaction has locked, and remember them until it ends.

    What once() reads from then on is remembered too, so not for transactions with savepoints: what is taken
    back would still be remembered.
    """
    memory = _begin(session)
    memory.answers = {}
    memory.held.update(ticket_ids)
    for model in _PARTS:
        rows = select(model).where(model.ticket_id.in_(ticket_ids)).order_by(model.id)
        memory.parts.update({(model, ticket_id): [] for ticket_id in ticket_ids})
        for part in session.scalars(rows, execution_options={"populate_existing": True}):
            memory.parts[model, part.ticket_id].append(part)


def parts_of(
    session: Session, model: type[_Part], ticket_id: int, *wanted: ColumnElement[bool]
) -> list[_Part]:
    """List the shares, requests, orders or clocks of a ticket, oldest first.

    `wanted` only spares the reading of rows that the caller leaves out: remembered ones come all the same.
    """
    memory = _of_transaction(session)
    if memory is None or ticket_id not in memory.held:
        return list(session.scalars(_rows_of(model, ticket_id).where(*wanted)))
    if session.autoflush and session.new:
        session.flush()
    if (model, ticket_id) not in memory.parts:
        memory.parts[model, ticket_id] = list(session.scalars(_rows_of(model, ticket_id)))
    return list(memory.parts[model, ticket_id])


def once(session: Session, key: Hashable, read: Callable[[], _T]) -> _T:
    """Read what does not change with the tickets: once after remember(), each time elsewhere."""
    memory = _of_transaction(session)
    if memory is None or memory.answers is None:
        return read()
    if key not in memory.answers:
        memory.answers[key] = read()
    known: _T = memory.answers[key]
    return known


def keep(session: Session, key: Hashable, answer: object) -> None:
    """Let once() know what was just written."""
    memory = _of_transaction(session)
    if memory is not None and memory.answers is not None:
        memory.answers[key] = answer


def _rows_of(model: type[_Part], ticket_id: int) -> Select[_Part]:
    return select(model).where(model.ticket_id == ticket_id).order_by(model.id)


def _begin(session: Session) -> _Memory:
    if _MEMORY not in session.info:
        event.listen(session, "after_flush", _forget_what_grew)
        event.listen(session, "after_soft_rollback", _forget_what_was_taken_back)
    memory = session.info[_MEMORY] = _Memory(session.get_transaction())
    return memory


def _of_transaction(session: Session) -> _Memory | None:
    memory: _Memory | None = session.info.get(_MEMORY)
    return memory if memory is not None and memory.transaction is session.get_transaction() else None


def _forget_what_grew(session: Session, _context: UOWTransaction) -> None:
    memory = _of_transaction(session)
    if memory is None:
        return
    for part in (*session.new, *session.deleted):
        if isinstance(part, _PARTS):
            memory.parts.pop((type(part), part.ticket_id), None)


def _forget_what_was_taken_back(session: Session, _transaction: SessionTransaction) -> None:
    memory = _of_transaction(session)
    if memory is not None:
        memory.parts.clear()
