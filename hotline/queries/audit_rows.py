"""What does the audit trail say: of a person, of a ticket, of a time?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, case, cast, false, func, or_, select
from sqlalchemy.orm import Session

from hotline.models.audit import AuditKind, AuditLink, AuditRecord, AuditResult
from hotline.models.organisation import Unit
from hotline.models.people import User
from hotline.models.ticket import Ticket
from hotline.queries.marks import read_mark, write_mark


@dataclass(frozen=True, slots=True)
class Thing:
    """What a record may be about: a fact, what it keeps, and of a fact of several things the endpoints."""

    fact: str
    value: str
    endpoints: str = ""
    not_endpoints: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Conditions; an empty one does not count. Times are half-open; of no endpoint or thing is nothing."""

    who: str = ""
    kind: str = ""
    result: str = ""
    number: str = ""
    ip: str = ""
    since: datetime | None = None
    until: datetime | None = None
    endpoints: frozenset[str] | None = None
    about: tuple[Thing, ...] | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One record, with the names that belong to its ids."""

    id: int
    at: datetime
    kind: AuditKind
    result: AuditResult
    username: str
    name: str
    unit: str
    ip: str
    number: str
    endpoint: str
    request_id: str
    facts: Mapping[str, Any]
    link: int | None


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who saw a ticket: how often, first and last, and whether they saw who called."""

    username: str
    name: str
    unit: str
    times: int
    first_at: datetime
    last_at: datetime
    reveals: int


def list_lines(
    session: Session, wanted: Wanted, after: str | None, limit: int
) -> tuple[list[Line], str | None]:
    """Read a page, newest first, and the mark of the next. Raises BadCursorError for a mark never given."""
    query = _lines().where(*_conditions(wanted)).order_by(AuditRecord.at.desc(), AuditRecord.id.desc())
    if after:
        at, row_id = read_mark(after)
        earlier = and_(AuditRecord.at == at, AuditRecord.id < row_id)
        query = query.where(or_(AuditRecord.at < at, earlier))
    found = session.execute(query.limit(limit + 1)).all()
    lines = [_line(*row) for row in found[:limit]]
    return lines, write_mark(lines[-1].at, lines[-1].id) if len(found) > limit else None


def list_viewers(session: Session, number: str) -> Sequence[Viewer]:
    """Everybody of the staff who saw a ticket or took something of it, whoever looked last first."""
    reveals = func.sum(_is(AuditKind.REVEAL))
    query = (
        select(
            User.username,
            User.display_name,
            func.coalesce(Unit.name, ""),
            func.count(),
            func.min(AuditRecord.at),
            func.max(AuditRecord.at),
            reveals,
        )
        .join(User, User.id == AuditRecord.actor_id)
        .outerjoin(Unit, Unit.id == User.unit_id)
        .where(AuditRecord.ticket_number == number, AuditRecord.result == AuditResult.DONE.value)
        .group_by(User.username, User.display_name, Unit.name)
        .order_by(func.max(AuditRecord.at).desc())
    )
    return [Viewer(*row) for row in session.execute(query)]


def is_ticket(session: Session, number: str) -> bool:
    """Tell whether there is such a ticket; nothing else of it is read here."""
    return session.scalar(select(Ticket.id).where(Ticket.number == number)) is not None


def _is(kind: AuditKind) -> ColumnElement[int]:
    return case((AuditRecord.kind == kind.value, 1), else_=0)


def _lines() -> Select[AuditRecord, str, str, int]:
    return (
        select(AuditRecord, User.username, func.coalesce(Unit.name, ""), AuditLink.number)
        .outerjoin(User, User.id == AuditRecord.actor_id)
        .outerjoin(Unit, Unit.id == AuditRecord.unit_id)
        .outerjoin(AuditLink, AuditLink.record_id == AuditRecord.id)
    )


def _line(row: AuditRecord, username: str | None, unit: str, link: int | None) -> Line:
    return Line(
        row.id,
        row.at,
        AuditKind(row.kind),
        AuditResult(row.result),
        username or "",
        row.actor_name,
        unit,
        row.ip,
        row.ticket_number,
        row.endpoint,
        row.request_id,
        row.facts,
        link,
    )


def _is_about(thing: Thing) -> ColumnElement[bool]:
    # A number reads as a text in both databases only when cast: SQLite keeps its type, PostgreSQL does not.
    kept = cast(AuditRecord.facts[thing.fact].as_string(), String) == thing.value
    of_these = AuditRecord.endpoint.startswith(thing.endpoints, autoescape=True)
    others = ~AuditRecord.endpoint.startswith(thing.not_endpoints, autoescape=True)
    narrowed = ([of_these] if thing.endpoints else []) + ([others] if thing.not_endpoints else [])
    return and_(kept, *narrowed)


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    equal = {
        AuditRecord.kind: wanted.kind,
        AuditRecord.result: wanted.result,
        AuditRecord.ticket_number: wanted.number,
        AuditRecord.ip: wanted.ip,
    }
    found: list[ColumnElement[bool]] = [column == value for column, value in equal.items() if value]
    if wanted.who:
        people = select(User.id).where(or_(User.username == wanted.who, User.display_name == wanted.who))
        found.append(or_(AuditRecord.actor_id.in_(people), AuditRecord.for_id.in_(people)))
    if wanted.endpoints is not None:
        found.append(AuditRecord.endpoint.in_(wanted.endpoints))
    if wanted.about is not None:
        found.append(or_(false(), *(_is_about(thing) for thing in wanted.about)))
    if wanted.since:
        found.append(AuditRecord.at >= wanted.since)
    if wanted.until:
        found.append(AuditRecord.at < wanted.until)
    return found
