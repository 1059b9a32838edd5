"""Which other tickets may be the same matter, and why? People decide; nothing here merges anything.

Confidential tickets and reports are found by their own caller's number alone, never by place or words: else
whoever types a neighbour's address would learn that somebody told.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, groupby

from rapidfuzz import fuzz, process
from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session, aliased
from sqlalchemy.orm.util import AliasedClass

from hotline.models.hashes import phone_hash
from hotline.models.ticket import Citizen, Ticket
from hotline.queries.callers import OPEN
from hotline.queries.likeness import ENOUGH_WORDS, Place, plain, say_age, weigh_place, weigh_words
from hotline.queries.said_same import find_said_same
from hotline.queries.scope import visible_to
from hotline.queries.worklists import Filters, TicketRow, list_page
from workflows.definition import Actor
from workflows.vocabulary import TicketState, TicketType

OF_CALLER_WITHIN = timedelta(days=30)
AT_PLACE_WITHIN = timedelta(hours=24)
ALIKE_WITHIN = timedelta(days=30)
ALIKE_FROM = 85
_MOST_SHOWN = 8
_MOST_OF_CALLER, _MOST_AT_PLACE = 50, 300
_MOST_OF_CATEGORY, _MOST_OF_DISTRICT = 200, 100
_LONGEST_CHAIN = 5
_CLEARLY_MORE = 3  # as much as the same address, or nearly half of the words, weighs
_OPEN_OF_CALLER, _SAME_WORDS = "同来电人在办", "用词相近"
# What tells one open ticket of a caller from another makes neither of them the same matter.
_OF_ONE_CALLER = frozenset({_OPEN_OF_CALLER, _SAME_WORDS, "同地址", "同街道"})
_MASTER = aliased(Ticket)
PLACED = (
    *(Ticket.number, Ticket.district, Ticket.street, Ticket.address),
    *(Ticket.created_at, Ticket.title, Ticket.content),
)
UNDER_WAY = tuple(state for state in OPEN if state != TicketState.DRAFT)


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
    claimed: str = ""

    @property
    def place(self) -> Place:
        """Where it is, as far as it is known."""
        return Place(self.district, self.street, self.address)


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
    def weight(self) -> int:
        """How much speaks for it in all."""
        return sum(why.weight for why in self.whys)

    @property
    def is_alike(self) -> bool:
        """Whether more speaks for it than that the same person has something else under way."""
        return any(why.words not in _OF_ONE_CALLER for why in self.whys)

    @property
    def is_open(self) -> bool:
        """Whether it can be urged and merged into: under way, and more than somebody's draft."""
        return self.row.state in UNDER_WAY


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
    found = [*chain(_said_to_be(look), _of_caller(look), _at_place(look), _alike(look))]
    masters = _masters(session, {number for number, _ in found})
    whys: dict[str, set[Why]] = {}
    for number, why in found:
        whys.setdefault(masters[number], set()).add(why)
    whys.pop(matter.besides, None)
    return _ranked(look, whys)


def find_standing_out(found: Sequence[Candidate]) -> Candidate | None:
    """Find the one open ticket that must be meant: the only one, or one for which clearly more speaks."""
    choices = sorted((each for each in found if each.is_open), key=lambda each: -each.weight)
    if len(choices) > 1 and choices[0].weight - choices[1].weight < _CLEARLY_MORE:
        return None
    return choices[0] if choices else None


def matter_of(session: Session, ticket: Ticket) -> Matter:
    """What a registered ticket is about, with the masters its agent and its citizen named."""
    citizen = session.get(Citizen, ticket.citizen_id) if ticket.citizen_id else None
    said = find_said_same(session, ticket)
    return Matter(
        phone_hash=phone_hash(citizen.phone) if citizen and citizen.phone else "",
        category_id=ticket.category_id,
        district=ticket.district,
        street=ticket.street,
        address=ticket.address,
        content=ticket.content,
        besides=ticket.number,
        suggested=said.suggested,
        claimed=said.claimed,
    )


def _said_to_be(look: _Look) -> Iterator[tuple[str, Why]]:
    # More than all the rest together: somebody has spoken with the caller, or the citizen has chosen it.
    said = {
        look.matter.claimed: Why(20, "诉求人认为是同一件事"),
        look.matter.suggested: Why(20, "话务员建议并案"),
    }
    said.pop("", None)
    if said:
        query = select(Ticket.number).where(look.others, Ticket.number.in_(said))
        yield from ((number, said[number]) for number in look.session.scalars(query))


def _of_caller(look: _Look) -> Iterator[tuple[str, Why]]:
    matter, since = look.matter, look.now - OF_CALLER_WITHIN
    if not matter.phone_hash:
        return
    is_same = false() if matter.category_id is None else Ticket.category_id == matter.category_id
    query = (
        select(Ticket)
        .join(Citizen, Citizen.id == Ticket.citizen_id)
        .where(Citizen.phone_hash == matter.phone_hash, look.others)
        .where(or_(Ticket.state.in_(OPEN), and_(is_same, Ticket.created_at >= since)))
        .order_by(Ticket.created_at.desc())
        .limit(_MOST_OF_CALLER)
    )
    for ticket in look.session.scalars(query):
        is_alike = _is_same_category(matter, ticket) and ticket.created_at >= since
        weight, words = (4, "同来电人同分类") if is_alike else (2, _OPEN_OF_CALLER)
        yield ticket.number, Why(weight, words, say_age(look.now - ticket.created_at))
        if ticket.state in UNDER_WAY and not ticket.is_confidential and ticket.type != TicketType.REPORT:
            yield from ((ticket.number, why) for why in _says_the_same(look, ticket))


def _is_same_category(matter: Matter, ticket: Ticket) -> bool:
    return ticket.category_id is not None and ticket.category_id == matter.category_id


def _says_the_same(look: _Look, ticket: Ticket) -> Iterator[Why]:
    """Which of several open tickets of one caller is meant: place and words tell, however old it is."""
    matter = look.matter
    weight, words = weigh_place(matter.place, Place(ticket.district, ticket.street, ticket.address))
    is_told = _is_same_category(matter, ticket) and look.now - ticket.created_at <= AT_PLACE_WITHIN
    if weight and not is_told:
        yield Why(weight, words)
    yield from _same_words(matter.content, ticket.title, ticket.address, ticket.content)


def _same_words(said: str, title: str, address: str, content: str) -> Iterator[Why]:
    score = fuzz.ratio(plain(said), plain(content))
    if len(plain(said)) >= ENOUGH_WORDS and score >= ALIKE_FROM:
        yield _much_alike(score)
    elif weight := weigh_words(said, f"{title}{address}{content}"):
        yield Why(weight, _SAME_WORDS)


def _at_place(look: _Look) -> Iterator[tuple[str, Why]]:
    matter = look.matter
    if matter.category_id is None or not (matter.address or matter.street):
        return
    query = (
        select(*PLACED)
        .where(look.others, may_be_named(Ticket), Ticket.category_id == matter.category_id)
        .where(Ticket.created_at >= look.now - AT_PLACE_WITHIN, Ticket.state != TicketState.DRAFT.value)
        .order_by(Ticket.created_at.desc())
        .limit(_MOST_AT_PLACE)
    )
    for row in look.session.execute(query):
        weight, words = weigh_place(matter.place, Place(row.district, row.street, row.address))
        if weight:
            yield row.number, Why(weight, f"{words}同分类", say_age(look.now - row.created_at))
            yield from (
                (row.number, why) for why in _same_words(matter.content, row.title, row.address, row.content)
            )


def _alike(look: _Look) -> Iterator[tuple[str, Why]]:
    words = plain(look.matter.content)
    if len(words) < ENOUGH_WORDS:
        return
    texts = {number: plain(content) for number, content in _recent_texts(look).items()}
    alike = process.extract(words, texts, scorer=fuzz.ratio, score_cutoff=ALIKE_FROM, limit=None)
    for _, score, number in alike:
        yield number, _much_alike(score)


def _much_alike(score: float) -> Why:
    return Why(3, f"内容相似 {int(score)}%")


def _recent_texts(look: _Look) -> dict[str, str]:
    """The newest open tickets of the category, and of the district: few enough to be compared one by one."""
    matter, found = look.matter, dict[str, str]()
    query = (
        select(Ticket.number, Ticket.content)
        .where(look.others, may_be_named(Ticket), Ticket.state.in_(UNDER_WAY))
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


def may_be_named(ticket: type[Ticket] | AliasedClass[Ticket]) -> ColumnElement[bool]:
    return and_(ticket.is_confidential.is_(False), ticket.type != TicketType.REPORT.value)


def _masters(session: Session, numbers: Collection[str]) -> dict[str, str]:
    """Map each ticket to the one it was merged into, however often; to itself where that may not be named."""
    ends = {number: number for number in numbers}
    for _ in range(_LONGEST_CHAIN):
        query = (
            select(Ticket.number, _MASTER.number)
            .join(_MASTER, _MASTER.id == Ticket.master_id)
            .where(Ticket.number.in_(set(ends.values())), may_be_named(_MASTER))
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
    found.sort(key=lambda each: (not each.is_open, -each.weight, not each.row.unit))
    return found[:_MOST_SHOWN]
