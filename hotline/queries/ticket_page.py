"""What does the page of one ticket show, and to whom: read in fifteen queries, however long the story is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.access import Attachment
from hotline.models.catalog import Category
from hotline.models.clocks import Clock
from hotline.models.hashes import phone_hash
from hotline.models.ticket import Assignment, Citizen, Rating, Request, Ticket, TicketEvent
from hotline.queries import ticket_rows as rows
from hotline.queries.directory import unit_names, user_names
from hotline.queries.due_moves import Move, find_moves
from hotline.queries.knowledge_citations import Cited, list_cited
from hotline.queries.lights import light_of
from hotline.queries.merged import find_master, list_followers
from hotline.queries.reveals import caller_of
from hotline.queries.scope import find_position, may_see_identity, visible_to
from hotline.queries.statements import name_given
from hotline.queries.ticket_messages import Letters, Sent, read_letters, readers_of, show_letters
from hotline.queries.ticket_parts import Asked, Caller, File, Linked, Master, Rated, Share, Ticking
from hotline.queries.timeline import Entry, read_timeline
from hotline.queries.timeline_acts import told_of
from hotline.queries.undone import Undone, find_undone
from hotline.queries.unreached import list_unreached, list_unwanted
from hotline.queries.watch_words import Marked, list_marks
from hotline.queries.wording import Names, people_in, say_appeals, say_level, units_in
from workflows.choices import StatementKind
from workflows.definition import Actor
from workflows.vocabulary import CENTRE_ROLES, Light

_MOST_LINKED = 5


@dataclass(frozen=True, slots=True)
class TicketPage:
    """Everything a detail page shows of a ticket to one viewer. `entries` are newest first.

    `caller` is None when nobody is kept (anonymous) or the viewer may not know (`is_identity_hidden`).
    """

    number: str
    version: int
    state: str
    outcome: str | None
    round: int
    type: str
    urgency: str
    channel: str
    title: str
    content: str
    district: str
    street: str
    address: str
    accused: str | None
    category_id: int | None
    is_anonymous: bool
    is_confidential: bool
    is_public: bool
    is_hard: bool
    callback_wanted: bool
    forbid_return: bool
    return_count: int
    send_back_count: int
    urge_count: int
    call_attempts: int
    call_booked_at: datetime | None
    supervised_level: int
    is_excluded: bool
    appeal_upheld: str
    follower_count: int
    public_answer: str | None
    direct_answer: str | None
    created_at: datetime
    submitted_at: datetime | None
    dispatched_at: datetime | None
    contacted_at: datetime | None
    closed_at: datetime | None
    leading_clock: str | None
    due_at: datetime | None
    original_due_at: datetime | None
    position: tuple[float, float] | None
    light: Light
    category: str
    registered_by: str
    caller: Caller | None
    is_identity_hidden: bool
    shares: tuple[Share, ...]
    requests: tuple[Asked, ...]
    ratings: tuple[Rated, ...]
    clocks: tuple[Ticking, ...]
    files: tuple[File, ...]
    messages: tuple[Sent, ...]
    unreached: tuple[str, ...]
    unwanted: tuple[str, ...]
    cited: tuple[Cited, ...]
    linked: tuple[Linked, ...]
    master: Master | None
    followers: tuple[Linked, ...]
    entries: tuple[Entry, ...]
    marked: tuple[Marked, ...]
    told: tuple[StatementKind, int] | None

    @property
    def main(self) -> Share | None:
        """The main share of the latest round that still stands."""
        return next((share for share in reversed(self.shares) if share.is_main and share.is_live), None)

    @property
    def supervision(self) -> str:
        """How strongly the centre presses, in words; empty where nobody does."""
        return say_level(self.supervised_level) if self.supervised_level else ""

    @property
    def appeal(self) -> str:
        """About what an appeal against the assessment was upheld."""
        return say_appeals(self.appeal_upheld)

    @property
    def leading(self) -> Ticking | None:
        """The clock behind the ticket's light."""
        wanted = (clock for clock in reversed(self.clocks) if clock.name == self.leading_clock)
        return next((clock for clock in wanted if clock.due_at == self.due_at), None)


_PLAIN = tuple(name for name in TicketPage.__dataclass_fields__ if name in Ticket.__table__.columns)


def load_page(session: Session, ticket: Ticket, viewer: Actor, now: datetime) -> TicketPage:
    """Read the page of a ticket that the viewer may see (ask queries.scope first); `now` decides the lights.

    Units see what other units noted and asked only where they answer for the whole ticket.
    """
    raw = _read(session, ticket)
    names = _names(session, ticket, raw)
    sight = rows.Sight.of(viewer, raw.shares)
    hides = not may_see_identity(ticket, viewer)
    citizen = session.get(Citizen, ticket.citizen_id) if ticket.citizen_id else None
    return TicketPage(
        **{name: getattr(ticket, name) for name in _PLAIN},
        position=find_position(ticket, viewer),
        light=light_of(ticket, now),
        category=names.rows.categories.get(ticket.category_id or 0, ""),
        registered_by=names.users.get(ticket.registered_by_id or 0, ""),
        caller=None if hides or citizen is None else caller_of(citizen),
        is_identity_hidden=hides and not ticket.is_anonymous,
        shares=tuple(rows.share(row, names, sight) for row in raw.shares if _is_shown(row, raw, sight)),
        requests=tuple(rows.asked(row, names) for row in raw.requests if sight.sees_request(row)),
        ratings=tuple(rows.rated(row) for row in raw.ratings),
        clocks=tuple(rows.ticking(row, names, now) for row in raw.clocks if sight.sees_clock(row[0])),
        files=tuple(rows.file(row, names) for row in raw.files if _is_open(row, sight, hides_citizen=hides)),
        messages=show_letters(raw.letters, names, sight, hides_citizen=hides),
        unreached=list_unreached(raw.letters.rows),
        unwanted=() if hides else list_unwanted(session, citizen),
        cited=list_cited(session, ticket),
        linked=_linked(session, ticket, viewer),
        master=find_master(session, ticket, viewer),
        followers=list_followers(session, ticket, viewer),
        entries=_entries(raw, names, sight),
        marked=list_marks(session, ticket.id) if viewer.roles & CENTRE_ROLES else (),
        told=name_given(raw.events),
    )


@dataclass(frozen=True, slots=True)
class _Raw:
    shares: Sequence[Assignment]
    requests: Sequence[Request]
    ratings: Sequence[Rating]
    clocks: Sequence[Any]
    moves: Mapping[int, Move]
    files: Sequence[Attachment]
    letters: Letters
    events: Sequence[TicketEvent]
    undone: Undone


def _read(session: Session, ticket: Ticket) -> _Raw:
    def of_ticket(model: Any) -> Any:
        return session.scalars(select(model).where(model.ticket_id == ticket.id).order_by(model.id)).all()

    clocks = session.execute(rows.clocks_of(ticket.id).order_by(Clock.id)).all()
    events = of_ticket(TicketEvent)
    return _Raw(
        shares=of_ticket(Assignment),
        requests=of_ticket(Request),
        ratings=of_ticket(Rating),
        clocks=clocks,
        moves=find_moves(session, [row[0] for row in clocks]),
        files=of_ticket(Attachment),
        letters=read_letters(session, ticket.number),
        events=events,
        undone=find_undone(events),
    )


def _is_open(file: Attachment, sight: rows.Sight, *, hides_citizen: bool) -> bool:
    return sight.sees_file(file) and not (hides_citizen and file.is_personal)


def _is_shown(share: Assignment, raw: _Raw, sight: rows.Sight) -> bool:
    return sight.sees(share.unit_id) and share.id not in raw.undone.share_ids


def _names(session: Session, ticket: Ticket, raw: _Raw) -> rows.Known:
    units = {share.unit_id for share in raw.shares} | {event.unit_id for event in raw.events}
    users = {ticket.registered_by_id} | {share.handler_id for share in raw.shares}
    users |= {row for request in raw.requests for row in (request.asked_by_id, request.decided_by_id)}
    users |= {file.uploaded_by_id for file in raw.files} | readers_of(raw.letters)
    categories = {ticket.category_id} | {event.data.get("category") for event in raw.events}
    for event in raw.events:
        units |= units_in(event.machine, event.action, event.data)
        users |= people_in(event.machine, event.action, event.data)
    paths = session.execute(
        select(Category.id, Category.path).where(Category.id.in_(_some(categories)))
    ).all()
    known, of_shares = unit_names(session, _some(units)), {share.id: share.unit_id for share in raw.shares}
    people = user_names(session, _some(users))
    return rows.Known(
        Names(
            known,
            {row.id: _spaced(row.path) for row in paths},
            {share_id: known.get(unit_id, "") for share_id, unit_id in of_shares.items()},
            people,
        ),
        people,
        of_shares,
    )


def _some(ids: Iterable[int | None]) -> set[int]:
    return {row_id for row_id in ids if row_id is not None}


def _spaced(path: str) -> str:
    return " / ".join(part.strip() for part in path.split("/"))


def _linked(session: Session, ticket: Ticket, viewer: Actor) -> tuple[Linked, ...]:
    """Other tickets of the same telephone; units are not told who else is the same person."""
    if ticket.citizen_id is None or not viewer.roles & CENTRE_ROLES:
        return ()
    phone = session.get_one(Citizen, ticket.citizen_id).phone
    if phone is None:
        return ()
    others = (
        select(Ticket.number, Ticket.title, Ticket.state)
        .join(Citizen, Citizen.id == Ticket.citizen_id)
        .where(visible_to(viewer), Citizen.phone_hash == phone_hash(phone), Ticket.id != ticket.id)
        .order_by(Ticket.created_at.desc(), Ticket.id.desc())
        .limit(_MOST_LINKED)
    )
    return tuple(Linked(*row) for row in session.execute(others))


def _entries(raw: _Raw, names: rows.Known, sight: rows.Sight) -> tuple[Entry, ...]:
    told = told_of(raw.events, raw.shares, raw.requests, names.rows)
    hidden = frozenset() if sight.sees_all else raw.undone.undoings | raw.undone.steps
    seen = [e for e in raw.events if sight.sees_event(e, told) and (e.number not in hidden or sight.did(e))]
    return read_timeline(reversed(seen), told, raw.moves, raw.undone.steps)
