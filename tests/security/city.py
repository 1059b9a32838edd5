"""A city in which everybody of every role meets a row of every kind: their own, another's, a unit's below theirs."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from hotline.models.access import Attachment
from hotline.models.exports import Export
from hotline.models.incoming_calls import IncomingCall
from hotline.models.knowledge import KnowledgeCorrection, KnowledgeEntry, KnowledgeVersion
from hotline.models.orders import OrderUnit, SupervisionOrder
from hotline.models.organisation import Unit
from hotline.models.people import ApiToken, User, UserRole, UserSession
from hotline.models.prints import PrintedCopy
from hotline.models.rosters import DutyShift
from hotline.models.search import SavedView
from hotline.models.ticket import Assignment, Request, Ticket
from hotline.services import accounts, api_tokens
from hotline.services.accounts import Client
from hotline.web.access_reach import Whose
from tests.security.rows import phrase, stood_in
from tests.stories.tale import Tale
from tests.stories.town import Town, found_wide_town
from workflows.vocabulary import UNIT_ROLES, Role

PEOPLE = tuple(role for role in Role if role not in {Role.CITIZEN, Role.SYSTEM})
_LATER = timedelta(days=300)


@dataclass(frozen=True, slots=True)
class Person:
    """An account with one role: its browser's token, and the one it has for the API."""

    user_id: int
    session: str
    bearer: str


@dataclass(frozen=True, slots=True)
class City:
    """The tickets by how they stand to the unit of the role's people, and every other row by whose it is."""

    people: Mapping[Role, Person]
    tickets: Mapping[Whose, str]
    # Of each ticket: a share, a file, an order, a request; 0 where it has none.
    parts: Mapping[str, Mapping[str, int]]
    units: Mapping[str, str]
    # A shift of each unit, and an entry of the knowledge base with a correction.
    shifts: Mapping[str, int]
    entries: Mapping[str, Mapping[str, Any]]
    mine: Mapping[str, Mapping[Role, Any]]
    others: Mapping[str, Any]


def found_city(make: sessionmaker[Session]) -> City:
    """Found it with real commits; the caller empties the tables afterwards."""
    with make.begin() as session:
        town = found_wide_town(session)
        bureau = Unit(code="BUREAU", name="云江市建设委员会", parent_id=None)
        session.add(bureau)
        session.flush()
        session.get_one(Unit, town.units["HOUSING"]).parent_id = bureau.id
        town = Town(town.people, {**town.units, "BUREAU": bureau.id})
        people = {role: _hire(session, role, town.units["HOUSING"]) for role in PEOPLE}
        tickets = {whose: _ticket(Tale(session, town), whose) for whose in Whose}
        mine, others = _kept_rows(session, people, town, tickets[Whose.OWN])
        parts = {number: _parts(session, number) for number in tickets.values()}
        units = {"own": "HOUSING", "child": "STREET", "other": "WATER"}
        shifts = {code: _shift(session, town.units[code]) for code in units.values()}
        entries = {whose: _entry(session, town.units[units[whose]]) for whose in ("own", "other")}
        return City(people, tickets, parts, units, shifts, entries, mine, others)


def _hire(session: Session, role: Role, unit_id: int) -> Person:
    now = datetime.now(UTC)
    user = User(
        username=f"one_{role.value}",
        display_name=role.label_zh,
        unit_id=unit_id if role in UNIT_ROLES else None,
        created_at=now,
        password_hash="x",
    )
    session.add(user)
    session.flush()
    session.add(UserRole(user_id=user.id, role=role.value))
    token = accounts.open_session(session, user.id, Client(), now)
    bearer = api_tokens.issue_token(session, user.id, api_tokens.Grant("matrix"), now)
    # A session or token that is touched would write, and no answer here may write.
    soon = now + timedelta(hours=1)
    session.execute(update(UserSession).where(UserSession.user_id == user.id).values(last_seen_at=soon))
    session.execute(update(ApiToken).where(ApiToken.user_id == user.id).values(last_used_at=soon))
    return Person(user.id, token, bearer)


def canary(whose: Whose) -> str:
    """A word that stands in one ticket's record and nowhere else."""
    return f"zqx{whose.name.lower().replace('_', '')}"


def _ticket(tale: Tale, whose: Whose) -> str:
    units = {Whose.CHILD: "STREET", Whose.PARENT: "BUREAU", Whose.OTHER: "WATER", Whose.ACCUSED: "WATER"}
    words = {"content": f"小区电梯停运三天，老人无法下楼。{canary(whose)}"}
    match whose:
        case Whose.DRAFT:
            tale.register(**words)
        case Whose.UNASSIGNED:
            tale.to_dispatch(**words)
        case Whose.OTHER_CLOSED:
            tale.to_dispatch(**words).dispatched("WATER").replied("WATER")
            tale.act("auditor", "approve_reply").closed()
        case Whose.CLOSED | Whose.ARCHIVED:
            tale.to_call_back(**words).closed()
        case Whose.RETURNED:
            tale.to_dispatch(**words).dispatched().ask_return("handler_housing", "HOUSING")
            tale.on_request("dispatcher", "approve")
        case Whose.MERGED:
            master = tale.to_dispatch().dispatched("WATER").number
            tale.to_dispatch(phone="13800138002", **words).dispatched()
            tale.act("dispatcher", "merge", {"master": master})
        case Whose.CONFIDENTIAL:
            tale.to_dispatch(is_confidential=True, **words).dispatched()
        case _:
            tale.to_dispatch(**words).dispatched(units.get(whose, "HOUSING"))
    _settle(tale, whose)
    return tale.number


def _settle(tale: Tale, whose: Whose) -> None:
    """What takes a year or another's leave is written as it then stands; every ticket gets a file."""
    session, ticket = tale.session, tale.ticket
    if whose is Whose.ARCHIVED:
        ticket.state = "archived"
    if whose is Whose.RECALLED:
        tale.share("HOUSING").state = "recalled"
    if whose is Whose.ACCUSED:
        ticket.accused = "云江市住房和城乡建设局"
    if whose in {Whose.OWN, Whose.OTHER}:
        unit = "HOUSING" if whose is Whose.OWN else "WATER"
        tale.issued(unit)
        tale.ask_return(f"handler_{unit.lower()}", unit)
    session.add(
        Attachment(
            ticket_id=ticket.id,
            name="现场.txt",
            content_type="text/plain",
            size=3,
            digest="0" * 64,
            storage_name=secrets.token_hex(8),
            uploaded_at=tale.now,
        )
    )
    session.flush()


def _parts(session: Session, number: str) -> dict[str, int]:
    ticket = session.scalars(select(Ticket).where(Ticket.number == number)).one()
    found = {
        "share": select(Assignment.id).where(Assignment.ticket_id == ticket.id),
        "file": select(Attachment.id).where(Attachment.ticket_id == ticket.id),
        "request": select(Request.id).where(Request.ticket_id == ticket.id),
        "order": select(SupervisionOrder.id).where(SupervisionOrder.ticket_id == ticket.id),
    }
    return {name: session.scalars(query).first() or 0 for name, query in found.items()}


def _kept_rows(
    session: Session, people: Mapping[Role, Person], town: Town, number: str
) -> tuple[dict[str, dict[Role, Any]], dict[str, Any]]:
    """Rows that belong to one person, or to one unit: each role's own, and one of somebody else's of each kind.

    What was printed is the ticket of that number, which every role may see.
    """
    somebody = town["second_agent"].user_id
    assert somebody is not None
    away = {role: "handler_housing" if role in UNIT_ROLES else "agent" for role in people}
    ticket = session.scalars(select(Ticket.id).where(Ticket.number == number)).one()
    owners: dict[Role | None, int] = {role: person.user_id for role, person in people.items()}
    owners[None] = somebody
    made = {
        role: {
            "view_id": _view(session, user_id),
            "call_id": _call(session, user_id),
            "session_id": _session(session, user_id),
            **_export(session, user_id),
            "substitution_id": stood_in(session, town[away.get(role, "agent")].user_id, user_id),
            "batch": _copy(session, user_id, ticket, at),
        }
        for at, (role, user_id) in enumerate(owners.items(), 1)
    }
    kinds = tuple(made[None])
    mine = {kind: {role: rows[kind] for role, rows in made.items() if role is not None} for kind in kinds}
    own, other = town.units["HOUSING"], town.units["WATER"]
    units = {kind: make(session, own) for kind, make in _OF_UNITS.items()}
    mine |= {kind: dict.fromkeys(people, row) for kind, row in units.items()}
    others = {**made[None], **{kind: make(session, other) for kind, make in _OF_UNITS.items()}}
    of_water = (town[f"{name}_water"].user_id for name in ("handler", "leader"))
    others["substitution_id"] = stood_in(session, *of_water)
    return mine, others


def _view(session: Session, user_id: int) -> int:
    now = datetime.now(UTC)
    row = SavedView(owner_id=user_id, name="我的", conditions="", created_at=now, changed_at=now)
    return _add(session, row)


def _session(session: Session, user_id: int) -> int:
    accounts.open_session(session, user_id, Client(), datetime.now(UTC))
    newest = select(UserSession.id).where(UserSession.user_id == user_id).order_by(UserSession.id.desc())
    return session.scalars(newest).first() or 0


def _call(session: Session, user_id: int) -> int:
    now = datetime.now(UTC)
    row = IncomingCall(
        agent_id=user_id, reference=secrets.token_hex(8), began_at=now, typed={}, kept_until=now + _LATER
    )
    return _add(session, row)


def _export(session: Session, user_id: int) -> dict[str, int]:
    now = datetime.now(UTC)
    ids = []
    for state in ("approved", "requested"):
        request = Request(
            kind="bulk_export",
            state=state,
            basis="统计",
            asked_by_id=user_id,
            asked_at=now,
            details={"words": "全部", "count": 1, "filter": {}},
        )
        ids.append(_add(session, request))
    export = Export(
        request_id=ids[0],
        filter={},
        storage_name=secrets.token_hex(8),
        created_at=now,
        expires_at=now + _LATER,
    )
    return {"export_id": _add(session, export), "request_id": ids[1]}


def _copy(session: Session, user_id: int, ticket_id: int, at: int) -> str:
    row = PrintedCopy(
        batch=secrets.token_hex(16),
        ticket_id=ticket_id,
        copy=at,
        has_notes=False,
        has_caller=False,
        printed_by_id=user_id,
        printed_at=datetime.now(UTC),
    )
    _add(session, row)
    return row.batch


def _order(session: Session, unit_id: int) -> int:
    return session.scalars(select(OrderUnit.order_id).where(OrderUnit.unit_id == unit_id)).one()


def _shift(session: Session, unit_id: int) -> int:
    now = datetime.now(UTC)
    user_id = session.scalars(select(User.id).where(User.unit_id == unit_id)).first()
    row = DutyShift(unit_id=unit_id, user_id=user_id, starts_at=now, ends_at=now + _LATER)
    return _add(session, row)


def _entry(session: Session, unit_id: int) -> dict[str, Any]:
    """An entry with nothing but a draft, which the unit alone may read."""
    now = datetime.now(UTC)
    entry_id = _add(session, KnowledgeEntry(unit_id=unit_id, created_at=now))
    version = KnowledgeVersion(entry_id=entry_id, number=1, state="draft", title="电梯", drafted_at=now)
    doubt = KnowledgeCorrection(
        version_id=_add(session, version), doubt="不对", state="open", raised_at=now, due_at=now
    )
    return {"number": f"ZS{entry_id:05d}", "correction_id": _add(session, doubt)}


_OF_UNITS = {"phrase_id": phrase, "order_id": _order}


def _add(session: Session, row: Any) -> int:
    session.add(row)
    session.flush()
    return int(row.id)
