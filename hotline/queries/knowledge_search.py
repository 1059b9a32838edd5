"""Which knowledge answers a question: found by words, pinyin or number, or by what somebody is telling?"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from math import log
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Subquery, func, literal, select, union_all
from sqlalchemy.orm import Session

from hotline.models.catalog import Category
from hotline.models.knowledge import LIVE, KnowledgeEntry, KnowledgeTerm, KnowledgeVersion
from hotline.models.organisation import Unit
from hotline.queries.knowledge_scope import holds_on, number_of, read_number
from hotline.queries.search_words import Piece, pairs_of, pieces_of, runs_of

MOST_FOUND = 30
_MOST_LOOKED_AT = 60
# What a quarter of the entries say tells nothing apart; and few terms already tell most.
_TOO_COMMON = 4
_MOST_TERMS, _MOST_PAIRS = 16, 200
_ENOUGH_SHARED = 2
_SAME_CATEGORY = 12.0
_WHOLE_TITLE, _IN_TITLE = 60, 30


@dataclass(frozen=True, slots=True)
class Found:
    """An entry as a list shows it, in the version that holds."""

    entry_id: int
    version_id: int
    version_number: int
    state: str
    title: str
    talking_point: str
    answer: str
    unit: str
    category: str
    category_code: str
    is_pinned: bool
    valid_until_on: date | None
    review_on: date | None
    hits: int

    @property
    def number(self) -> str:
        return number_of(self.entry_id)

    @property
    def spoken(self) -> str:
        """What an agent may say."""
        return self.talking_point or self.answer

    @property
    def citation(self) -> str:
        """How a direct answer names it."""
        return f"知识库 {self.number} 第 {self.version_number} 版《{self.title}》"


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What else an entry has to be: of a category or below it, of a unit, shown from one version on."""

    category_path: str = ""
    unit_id: int | None = None
    before: int | None = None
    limit: int = MOST_FOUND


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of a call: its words, and its category as a row id."""

    content: str = ""
    category_id: int | None = None


def search(session: Session, query: str, narrowed: Narrowed, today: date) -> list[Found]:
    """Find what holds today and has every piece of the query, the best first; all without a query.

    A number finds its entry whatever else is asked. Without a query the newest come first, and `before` goes
    on from the last version shown.
    """
    by_number = read_number(query)
    if by_number is not None:
        found = _read(session, _holding(today).where(KnowledgeEntry.id == by_number))
        if found:
            return found
    pieces = pieces_of(query)
    if query.strip() and not pieces:
        return []
    rows = _narrow(_holding(today), narrowed)
    if not pieces:
        if narrowed.before is not None:
            rows = rows.where(KnowledgeVersion.id < narrowed.before)
        return _read(session, rows.order_by(KnowledgeVersion.id.desc()).limit(narrowed.limit))
    hits = _having_all(pieces)
    rows = rows.join(hits, hits.c.version_id == KnowledgeVersion.id).add_columns(hits.c.weight)
    best = rows.order_by(hits.c.weight.desc(), KnowledgeEntry.hits.desc(), KnowledgeVersion.id.desc())
    return _ranked(session, best.limit(_MOST_LOOKED_AT), query)[: narrowed.limit]


def suggest(session: Session, told: Told, today: date, limit: int = 3) -> list[Found]:
    """Find what may answer a caller: by the rare words they share, and by the category.

    Nothing is asked of the caller's words, they only have to share some with the entry.
    """
    scores = _alike(session, told.content)
    if told.category_id is not None:
        of_category = (
            select(KnowledgeVersion.id)
            .where(holds_on(today), KnowledgeVersion.category_id == told.category_id)
            .limit(_MOST_LOOKED_AT)
        )
        for version_id in session.scalars(of_category):
            scores[version_id] = scores.get(version_id, 0) + _SAME_CATEGORY
    if not scores:
        return []
    best = sorted(scores, key=lambda version_id: (-scores[version_id], -version_id))[:_MOST_LOOKED_AT]
    found = _read(session, _holding(today).where(KnowledgeVersion.id.in_(best)))
    return sorted(found, key=lambda each: best.index(each.version_id))[:limit]


def list_pinned(session: Session, today: date, limit: int = 5) -> list[Found]:
    """List what everybody should have before them: the one wording for what is going on."""
    rows = _holding(today).where(KnowledgeVersion.is_pinned)
    return _read(session, rows.order_by(KnowledgeVersion.id.desc()).limit(limit))


def find_holding(session: Session, entry_id: int, today: date) -> Found | None:
    """Find an entry that may be told to citizens today."""
    return next(iter(_read(session, _holding(today).where(KnowledgeEntry.id == entry_id))), None)


def _holding(today: date) -> Select[*tuple[Any, ...]]:
    return _found_rows().where(holds_on(today))


def _found_rows() -> Select[*tuple[Any, ...]]:
    return (
        select(
            KnowledgeEntry.id.label("entry_id"),
            KnowledgeVersion.id.label("version_id"),
            KnowledgeVersion.number.label("version_number"),
            KnowledgeVersion.state,
            KnowledgeVersion.title,
            KnowledgeVersion.talking_point,
            KnowledgeVersion.answer,
            Unit.name.label("unit"),
            func.coalesce(Category.path, "").label("category"),
            func.coalesce(Category.code, "").label("category_code"),
            KnowledgeVersion.is_pinned,
            KnowledgeVersion.valid_until_on,
            KnowledgeVersion.review_on,
            KnowledgeEntry.hits,
        )
        .join(KnowledgeEntry, KnowledgeEntry.id == KnowledgeVersion.entry_id)
        .join(Unit, Unit.id == KnowledgeEntry.unit_id)
        .outerjoin(Category, Category.id == KnowledgeVersion.category_id)
    )


def _narrow(rows: Select[*tuple[Any, ...]], narrowed: Narrowed) -> Select[*tuple[Any, ...]]:
    if narrowed.unit_id is not None:
        rows = rows.where(KnowledgeEntry.unit_id == narrowed.unit_id)
    if narrowed.category_path:
        path = narrowed.category_path
        rows = rows.where((Category.path == path) | Category.path.startswith(f"{path}/", autoescape=True))
    return rows


def _having_all(pieces: Sequence[Piece]) -> Subquery:
    each = [
        select(
            literal(place).label("piece"),
            KnowledgeTerm.version_id,
            func.max(KnowledgeTerm.weight).label("weight"),
        )
        .where(_matches(piece))
        .group_by(KnowledgeTerm.version_id)
        for place, piece in enumerate(pieces)
    ]
    found = union_all(*each).subquery("found")
    return (
        select(found.c.version_id, func.sum(found.c.weight).label("weight"))
        .group_by(found.c.version_id)
        .having(func.count() == len(pieces))
        .subquery("hits")
    )


def _matches(piece: Piece) -> ColumnElement[bool]:
    if not piece.is_beginning:
        return KnowledgeTerm.term == piece.text
    return (KnowledgeTerm.term >= piece.text) & (KnowledgeTerm.term < piece.end)


def _ranked(session: Session, rows: Select[*tuple[Any, ...]], query: str) -> list[Found]:
    """The weight, and more for whoever has the query as one piece in its title."""
    words = "".join(runs_of(query))
    found = [(row.weight, _found(row)) for row in session.execute(rows)]
    return [each for _, each in sorted(found, key=lambda pair: -pair[0] - _bonus(words, pair[1].title))]


def _bonus(words: str, title: str) -> int:
    plain = "".join(runs_of(title))
    return _WHOLE_TITLE if words == plain else _IN_TITLE if words in plain else 0


def _alike(session: Session, content: str) -> dict[int, float]:
    """Weigh the versions that share rare words with a text; the rarer a word, the more it says."""
    pairs = sorted(pairs_of(content))[:_MOST_PAIRS]
    if not pairs:
        return {}
    total = session.scalar(select(func.count()).where(KnowledgeVersion.state.in_(LIVE))) or 1
    counts = select(KnowledgeTerm.term, func.count().label("entries")).where(KnowledgeTerm.term.in_(pairs))
    found = session.execute(counts.group_by(KnowledgeTerm.term)).all()
    rare = {row.term: row.entries for row in found if row.entries <= max(total // _TOO_COMMON, 3)}
    telling = sorted(rare, key=lambda term: (rare[term], term))[:_MOST_TERMS]
    return _scores(session, telling, {term: log(1 + total / rare[term]) for term in telling})


def _scores(session: Session, terms: Collection[str], worth: dict[str, float]) -> dict[int, float]:
    scores: dict[int, float] = {}
    shared: dict[int, int] = {}
    rows = select(KnowledgeTerm.term, KnowledgeTerm.version_id, KnowledgeTerm.weight)
    for row in session.execute(rows.where(KnowledgeTerm.term.in_(terms))):
        scores[row.version_id] = scores.get(row.version_id, 0) + row.weight * worth[row.term]
        shared[row.version_id] = shared.get(row.version_id, 0) + 1
    return {each: score for each, score in scores.items() if shared[each] >= _ENOUGH_SHARED}


def _read(session: Session, rows: Select[*tuple[Any, ...]]) -> list[Found]:
    return [_found(row) for row in session.execute(rows)]


def _found(row: Row[*tuple[Any, ...]]) -> Found:
    return Found(*row[: len(Found.__slots__)])
