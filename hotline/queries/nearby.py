"""Is somebody else's request about the same matter under way, and what of it may any citizen be told?

A stranger reads neither words nor address of it: what kind of matter, in which street, and since when.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from hotline.models.catalog import Category
from hotline.models.ticket import Ticket
from hotline.queries.directory import list_areas
from hotline.queries.duplicates import ALIKE_WITHIN, PLACED, UNDER_WAY, may_be_named
from hotline.queries.likeness import Place, weigh_place, weigh_words
from hotline.queries.named_places import find_named
from workflows.vocabulary import TicketType

_SHARED = (TicketType.HELP, TicketType.COMPLAINT, TicketType.SUGGESTION)
# The same address and some of the words, or the same street and half of them.
_ENOUGH = 5
_MOST_COMPARED, _MOST_SHOWN = 200, 3


@dataclass(frozen=True, slots=True)
class Nearby:
    """A request that is under way; `kind` is its category in Chinese and, where there is one, in English."""

    number: str
    kind: str
    kind_en: str
    street: str
    since: datetime


def find_nearby(session: Session, typed: Mapping[str, Any], now: datetime) -> list[Nearby]:
    """Find what may be the same matter as what was typed, the likeliest first; nothing for a report.

    Compared are the newest of the street, not older than `ALIKE_WITHIN`; without a street there is no near.
    """
    said = Place(*(typed.get(part) or "" for part in Place._fields))
    district, street = find_named(list_areas(session), said)
    street = street or said.street
    if typed.get("type") not in _SHARED or not street:
        return []
    query = (
        select(*PLACED, Category.name.label("kind"), Category.name_en.label("kind_en"))
        .join(Category, Category.id == Ticket.category_id)
        .where(Ticket.street == street, Ticket.created_at >= now - ALIKE_WITHIN)
        .where(Ticket.state.in_(UNDER_WAY), Ticket.type.in_(_SHARED), may_be_named(Ticket))
        .order_by(Ticket.created_at.desc())
        .limit(_MOST_COMPARED)
    )
    here, content = Place(district, street, said.address), str(typed.get("content", ""))
    weighed = [(_weight(here, content, row), row) for row in session.execute(query)]
    found = sorted((each for each in weighed if each[0] >= _ENOUGH), key=lambda each: -each[0])
    return [
        Nearby(row.number, row.kind, row.kind_en, row.street, row.created_at)
        for _, row in found[:_MOST_SHOWN]
    ]


def find_chosen(session: Session, typed: Mapping[str, Any], now: datetime) -> Nearby | None:
    """Find the one its citizen takes to be the same matter, as long as it is under way and like it."""
    number = typed.get("same_as")
    found = find_nearby(session, typed, now) if number else []
    return next((each for each in found if each.number == number), None)


def _weight(here: Place, content: str, row: Row[*tuple[Any, ...]]) -> int:
    of_place, _ = weigh_place(here, Place(row.district, row.street, row.address))
    of_words = weigh_words(content, f"{row.title}{row.content}") if of_place else 0
    return of_place + of_words if of_words else 0
