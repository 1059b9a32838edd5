"""How much alike are two addresses, or two accounts of what happened, and how old is one? Pure comparison."""

import re
import unicodedata
from datetime import timedelta
from typing import NamedTuple, Protocol

# "电梯坏了" is said of every lift; below this many characters words prove nothing.
ENOUGH_WORDS = 10
# Somebody who asks after a matter says it in few words.
_ENOUGH_TO_ASK = 6
# Of pairs of neighbouring characters, two unrelated complaints of a real city share less in 99 of 100 cases.
_CHANCE_BELOW, _ALL_WEIGHS = 0.3, 7
_NOT_A_WORD = re.compile(r"[\W_]+")


class Place(NamedTuple):
    """Where something is, as far as somebody said."""

    district: str
    street: str
    address: str


def say_place(place: Place) -> str:
    """Say it in one line; the district or street that the address begins with as well is said once."""
    rest = place.address.removeprefix(place.district)
    if rest.lstrip().startswith(place.street):
        rest = rest.lstrip().removeprefix(place.street)
    return f"{place.district}{place.street}{rest}"


class Placed(Protocol):
    """A ticket, or a row of a list, that says where."""

    @property
    def district(self) -> str: ...
    @property
    def street(self) -> str: ...
    @property
    def address(self) -> str: ...


def place_of(ticket: Placed) -> str:
    """Say where a ticket is about, in one line."""
    return say_place(Place(ticket.district, ticket.street, ticket.address))


def plain(text: str) -> str:
    """Only letters, digits and characters, in one width and one case."""
    return _NOT_A_WORD.sub("", unicodedata.normalize("NFKC", text).casefold())


def weigh_place(one: Place, other: Place) -> tuple[int, str]:
    """Weigh the same address, or else the same street; 0 for elsewhere."""
    if _differs(one.district, other.district) or _differs(one.street, other.street):
        return 0, ""
    here = _plain_address(one)
    if here and here == _plain_address(other):
        return 3, "同地址"
    is_same_street = one.street and one.street == other.street and one.district == other.district
    return (1, "同街道") if is_same_street else (0, "")


def weigh_words(said: str, before: str) -> int:
    """Weigh how much of what is said now was said before as well; 0 for no more than chance."""
    if len(plain(said)) < _ENOUGH_TO_ASK:
        return 0
    now, then = _pairs(plain(said)), _pairs(plain(before))
    share = len(now & then) / max(1, min(len(now), len(then)))
    return round(share * _ALL_WEIGHS) if share >= _CHANCE_BELOW else 0


def say_age(length: timedelta) -> str:
    """Say `3 天前`, `2 小时前` or less."""
    minutes = int(length.total_seconds()) // 60
    if minutes < 1:
        return "刚刚"
    if minutes < 60:  # noqa: PLR2004 - minutes per hour
        return f"{minutes} 分钟前"
    return f"{minutes // 60} 小时前" if length < timedelta(days=1) else f"{length.days} 天前"


def _pairs(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)}


def _plain_address(place: Place) -> str:
    """The address without what district and street say already."""
    rest = plain(place.address)
    for part in (plain(place.district), plain(place.street)):
        rest = rest.removeprefix(part)
    return rest


def _differs(one: str, other: str) -> bool:
    """A part that one of the two leaves out does not set them apart."""
    return bool(one and other) and one != other
