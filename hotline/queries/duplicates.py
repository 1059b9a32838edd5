"""Which other tickets may be the same matter, and why? People decide; nothing here merges anything.

Confidential tickets and reports are found by their own caller's number alone, never by place or words: else
whoever types a neighbour's address would learn that somebody told.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, groupby

from rapidfuzz import fuzz, process
from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session, aliased
from sqlalchemy.orm.util import AliasedClass

from hotline.models.ticket import Citizen, Ticket, TicketEvent
from hotline.queries.callers import OPEN
from hotline.queries.scope import visible_to
from hotline.queries.worklists import Filters, TicketRow, list_page
from workflows.definition import Actor
from workflows.vocabulary import TicketState, TicketType

OF_CALLER_WITHIN = timedelta(days=30)
AT_PLACE_WITHIN = timedelta(hours=24)
ALIKE_WITHIN = timedelta(days=30)
ALIKE_FROM = 85
SUGGESTION = "疑似与 {number} 重复，建议并案。"
_SUGGESTED = re.compile(r"疑似与 (\S+) 重复，建议并案")
_MOST_SHOWN = 8
_MOST_OF_CALLER, _MOST_AT_PLACE = 50, 300
_MOST_OF_CATEGORY, _MOST_OF_DISTRICT = 200, 100
# "电梯坏了" is said of every lift; below this many characters words prove nothing.
_ENOUGH_WORDS = 10
_LONGEST_CHAIN = 5
_NOT_A_WORD = re.compile(r"[\W_]+")
_OPEN_OF_CALLER = "同来电人在办"
_MASTER = aliased(Ticket)
_UNDER_WAY = tuple(state for state in OPEN if state != TicketState.DRAFT)


@dataclass(frozen=True, slots=True)
class Matter:
    """What is known of the matter so far; empty is not known. `besides` is its own number."""

    phone_hash: str = ""
    category_id: int | None = None
    district: str = ""
    street: str = ""
    address: str = ""
    content: str = ""
    besides: str = ""
    suggested: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Why:
    """What speaks for it, how much, and how old that is."""

    weight: int
    words: str
    age: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A ticket that may be the same matter; the strongest reason comes first."""

    row: TicketRow
    whys: tuple[Why, ...]

    @property
    def reasons(self) -> str:
        """`同来电人同分类，同地址同分类 · 3 天前，内容相似 92%`: an age that several share is said once."""
        said = []
        for age, whys in groupby(self.whys, key=lambda why: why.age):
            words = "，".join(why.words for why in whys)
            said.append(f"{words} · {age}" if age else words)
        return "，".join(said)

    @property
    def is_alike(self) -> bool:
        """Whether more speaks for it than that the same person has something else under way."""
        return any(why.words != _OPEN_OF_CALLER for why in self.whys)

    @property
    def is_open(self) -> bool:
        """Whether it can be urged and merged into: under way, and more than somebody's draft."""
        return self.row.state in _UNDER_WAY


@dataclass(frozen=True, slots=True)
class _Look:
    session: Session
    viewer: Actor
    matter: Matter
    now: datetime

    @property
    def others(self) -> ColumnElement[bool]:
        return and_(visible_to(self.viewer), Ticket.number != self.matter.besides)


def find_candidates(session: Session, viewer: Actor, matter: Matter, now: datetime) -> list[Candidate]:
    """Find what may be the same matter: what is open first, then by how much speaks for it.

    Among equals what a unit already handles, as the one to merge into, then the newest. A ticket that was
    merged shows as the one it went into.
    """
    look = _Look(session, viewer, matter, now)
    found = [*chain(_suggested(look), _of_caller(look), _at_place(look), _alike(look))]
    masters = _masters(session, {number for number, _ in found})
    whys: dict[str, set[Why]] = {}
    for number, why in found:
        whys.setdefault(masters[number], set()).add(why)
    whys.pop(matter.besides, None)
    return _ranked(look, whys)


def matter_of(session: Session, ticket: Ticket) -> Matter:
    """What a registered ticket is about, with the master its agent suggested."""
    citizen = session.get(Citizen, ticket.citizen_id) if ticket.citizen_id else None
    return Matter(
        phone_hash=(citizen.phone_hash or "") if citizen else "",
        category_id=ticket.category_id,
        district=ticket.district,
        street=ticket.street,
        address=ticket.address,
        content=ticket.content,
        besides=ticket.number,
        suggested=find_suggestion(session, ticket),
    )


def find_suggestion(session: Session, ticket: Ticket) -> str:
    """Find the number its agent noted as the ticket to merge it into; empty when there is none."""
    notes = (
        select(TicketEvent.data)
        .where(TicketEvent.ticket_id == ticket.id, TicketEvent.action == "note")
        .order_by(TicketEvent.number.desc())
    )
    found = (_SUGGESTED.search(str(data.get("text", ""))) for data in session.scalars(notes))
    return next((match[1] for match in found if match), "")


def _suggested(look: _Look) -> Iterator[tuple[str, Why]]:
    if look.matter.suggested:
        query = select(Ticket.number).where(look.others, Ticket.number == look.matter.suggested)
        # More than all the rest together: somebody has spoken with the caller.
        yield from ((number, Why(20, "话务员建议并案")) for number in look.session.scalars(query))


def _of_caller(look: _Look) -> Iterator[tuple[str, Why]]:
    matter, since = look.matter, look.now - OF_CALLER_WITHIN
    if not matter.phone_hash:
        return
    is_same = false() if matter.category_id is None else Ticket.category_id == matter.category_id
    query = (
        select(Ticket.number, Ticket.category_id, Ticket.created_at)
        .join(Citizen, Citizen.id == Ticket.citizen_id)
        .where(Citizen.phone_hash == matter.phone_hash, look.others)
        .where(or_(Ticket.state.in_(OPEN), and_(is_same, Ticket.created_at >= since)))
        .order_by(Ticket.created_at.desc())
        .limit(_MOST_OF_CALLER)
    )
    for number, category_id, created_at in look.session.execute(query):
        is_alike = category_id is not None and category_id == matter.category_id and created_at >= since
        weight, words = (4, "同来电人同分类") if is_alike else (2, _OPEN_OF_CALLER)
        yield number, Why(weight, words, _ago(look.now - created_at))


def _at_place(look: _Look) -> Iterator[tuple[str, Why]]:
    matter = look.matter
    if matter.category_id is None or not (matter.address or matter.street):
        return
    query = (
        select(Ticket.number, Ticket.district, Ticket.street, Ticket.address, Ticket.created_at)
        .where(look.others, _may_be_named(Ticket), Ticket.category_id == matter.category_id)
        .where(Ticket.created_at >= look.now - AT_PLACE_WITHIN, Ticket.state != TicketState.DRAFT.value)
        .order_by(Ticket.created_at.desc())
        .limit(_MOST_AT_PLACE)
    )
    for number, district, street, address, created_at in look.session.execute(query):
        weight, words = _same_place(matter, district, street, address)
        if weight:
            yield number, Why(weight, f"{words}同分类", _ago(look.now - created_at))


def _same_place(matter: Matter, district: str, street: str, address: str) -> tuple[int, str]:
    """Weigh the same address, or else the same street; 0 for elsewhere."""
    if _differs(matter.district, district) or _differs(matter.street, street):
        return 0, ""
    here = _plain_address(matter.district, matter.street, matter.address)
    if here and here == _plain_address(district, street, address):
        return 3, "同地址"
    is_same_street = matter.street and matter.street == street and matter.district == district
    return (1, "同街道") if is_same_street else (0, "")


def _differs(one: str, other: str) -> bool:
    """A part that one of the two leaves out does not set them apart."""
    return bool(one and other) and one != other


def _alike(look: _Look) -> Iterator[tuple[str, Why]]:
    words = _plain(look.matter.content)
    if len(words) < _ENOUGH_WORDS:
        return
    texts = {number: _plain(content) for number, content in _recent_texts(look).items()}
    alike = process.extract(words, texts, scorer=fuzz.ratio, score_cutoff=ALIKE_FROM, limit=None)
    for _, score, number in alike:
        yield number, Why(3, f"内容相似 {int(score)}%")


def _recent_texts(look: _Look) -> dict[str, str]:
    """The newest open tickets of the category, and of the district: few enough to be compared one by one."""
    matter, found = look.matter, dict[str, str]()
    query = (
        select(Ticket.number, Ticket.content)
        .where(look.others, _may_be_named(Ticket), Ticket.state.in_(_UNDER_WAY))
        .where(Ticket.created_at >= look.now - ALIKE_WITHIN)
        .order_by(Ticket.created_at.desc())
    )
    if matter.category_id is not None:
        of_category = query.where(Ticket.category_id == matter.category_id).limit(_MOST_OF_CATEGORY)
        found |= {row.number: row.content for row in look.session.execute(of_category)}
    if matter.district:
        of_district = query.where(Ticket.district == matter.district).limit(_MOST_OF_DISTRICT)
        found |= {row.number: row.content for row in look.session.execute(of_district)}
    return found


def _may_be_named(ticket: type[Ticket] | AliasedClass[Ticket]) -> ColumnElement[bool]:
    return and_(ticket.is_confidential.is_(False), ticket.type != TicketType.REPORT.value)


def _masters(session: Session, numbers: Collection[str]) -> dict[str, str]:
    """Map each ticket to the one it was merged into, however often; to itself where that may not be named."""
    ends = {number: number for number in numbers}
    for _ in range(_LONGEST_CHAIN):
        query = (
            select(Ticket.number, _MASTER.number)
            .join(_MASTER, _MASTER.id == Ticket.master_id)
            .where(Ticket.number.in_(set(ends.values())), _may_be_named(_MASTER))
        )
        steps = {follower: into for follower, into in session.execute(query)}  # noqa: C416 - a Row is no pair
        if not steps:
            break
        ends = {first: steps.get(last, last) for first, last in ends.items()}
    return ends


def _ranked(look: _Look, whys: Mapping[str, Collection[Why]]) -> list[Candidate]:
    if not whys:
        return []
    filters = Filters(only=(Ticket.number.in_(whys),), sort="-created_at", limit=len(whys))
    rows = list_page(look.session, look.viewer, filters, look.now).rows
    found = [Candidate(row, tuple(sorted(whys[row.number], reverse=True))) for row in rows]
    found.sort(key=lambda each: (not each.is_open, -sum(why.weight for why in each.whys), not each.row.unit))
    return found[:_MOST_SHOWN]


def _ago(length: timedelta) -> str:
    minutes = int(length.total_seconds()) // 60
    if minutes < 1:
        return "刚刚"
    if minutes < 60:  # noqa: PLR2004 - minutes per hour
        return f"{minutes} 分钟前"
    return f"{minutes // 60} 小时前" if length < timedelta(days=1) else f"{length.days} 天前"


def _plain_address(district: str, street: str, address: str) -> str:
    """The address without what district and street say already."""
    rest = _plain(address)
    for part in (_plain(district), _plain(street)):
        rest = rest.removeprefix(part)
    return rest


def _plain(text: str) -> str:
    """Only letters, digits and characters, in one width and one case."""
    return _NOT_A_WORD.sub("", unicodedata.normalize("NFKC", text).casefold())
