"""What has arrived in the demo city: every message people would hold in their hands, newest first?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from hotline.models.organisation import Unit
from hotline.models.people import User
from notifications.models import MailboxMessage
from workflows.vocabulary import Word

PAGE_SIZE = 30
# An SMS is answered to the telephone it came from, whoever's that is.
_SORTS = {"citizen": ("citizen", "phone")}


class RecipientKind(Word):
    """Whose hands a message is in; the value is how the recipient's reference begins."""

    CITIZEN = "citizen", "诉求人手机", "Citizens"
    UNIT = "unit", "承办单位", "Units"
    USER = "user", "工作人员", "Staff"


@dataclass(frozen=True, slots=True)
class Filters:
    """What is shown; empty means all. `before` and `after` are ids of the neighbouring page."""

    recipient: str = ""
    number: str = ""
    channel: str = ""
    before: int | None = None
    after: int | None = None


@dataclass(frozen=True, slots=True)
class Arrived:
    """One message as it arrived; `to` says where, `kind` is the catalogue's name."""

    id: int
    channel: str
    kind: str
    to: str
    subject: str
    body: str
    number: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Page:
    """One page and whether there is more on either side."""

    rows: list[Arrived]
    has_newer: bool
    has_older: bool


def list_arrived(session: Session, filters: Filters) -> Page:
    """Read one page of the mailbox, newest first."""
    query = select(MailboxMessage).where(*_conditions(filters))
    is_backward = filters.after is not None
    if filters.after is not None:
        query = query.where(MailboxMessage.id > filters.after).order_by(MailboxMessage.id)
    else:
        query = query.order_by(MailboxMessage.id.desc())
        if filters.before is not None:
            query = query.where(MailboxMessage.id < filters.before)
    found = list(session.scalars(query.limit(PAGE_SIZE + 1)))
    has_more, shown = len(found) > PAGE_SIZE, found[:PAGE_SIZE]
    if is_backward:
        shown.reverse()
    names = _names(session, {message.recipient for message in shown})
    return Page(
        [_arrived(message, names) for message in shown],
        has_newer=has_more if is_backward else filters.before is not None,
        has_older=is_backward or has_more,
    )


def find_phone(session: Session, row_id: int) -> str | None:
    """Find the telephone that an SMS in the mailbox went to."""
    of_row = select(MailboxMessage.address).where(
        MailboxMessage.id == row_id, MailboxMessage.channel == "sms"
    )
    return session.scalar(of_row)


def list_kept(session: Session, number: str) -> list[MailboxMessage]:
    """List what neither telephone nor mail brought to a ticket's citizen, newest first."""
    kept = select(MailboxMessage).where(
        MailboxMessage.subject == number,
        MailboxMessage.channel == "mailbox",
        MailboxMessage.recipient.startswith("citizen:"),
    )
    return list(session.scalars(kept.order_by(MailboxMessage.id.desc()).limit(PAGE_SIZE)))


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.recipient:
        sorts = _SORTS.get(filters.recipient, (filters.recipient,))
        begins = (MailboxMessage.recipient.startswith(f"{sort}:", autoescape=True) for sort in sorts)
        conditions.append(or_(*begins))
    if filters.number:
        conditions.append(MailboxMessage.subject == filters.number)
    if filters.channel:
        conditions.append(MailboxMessage.channel == filters.channel)
    return conditions


def _arrived(message: MailboxMessage, names: dict[str, str]) -> Arrived:
    name = names.get(message.recipient, "")
    return Arrived(
        id=message.id,
        channel=message.channel,
        kind=message.kind,
        to=f"{name} {message.address}".strip(),
        subject=message.title if message.channel != "sms" else "",
        body=message.body,
        number=message.subject,
        at=message.at,
    )


def _names(session: Session, references: Iterable[str]) -> dict[str, str]:
    """Name units and staff; a citizen is only ever a telephone or an address here."""
    ids: dict[str, set[int]] = {"unit": set(), "user": set()}
    named = {}
    for reference in references:
        kind, _, row_id = reference.partition(":")
        if kind in ids and row_id.isdigit():
            ids[kind].add(int(row_id))
        if kind in _SORTS[RecipientKind.CITIZEN]:
            named[reference] = RecipientKind.CITIZEN.label_zh[:3]
    for unit_id, name in session.execute(select(Unit.id, Unit.name).where(Unit.id.in_(ids["unit"]))):
        named[f"unit:{unit_id}"] = name
    for user_id, name in session.execute(select(User.id, User.display_name).where(User.id.in_(ids["user"]))):
        named[f"user:{user_id}"] = name
    return named
