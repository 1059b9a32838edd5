"""What did somebody change in a text: which words went, which came, and what stayed?

Chinese sets no blanks between words, so texts are compared sentence by sentence, and inside a sentence sign
by sign. A lone sign that happens to stand in both is no word that stayed: it goes with the change around it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Literal

_SENTENCES = re.compile(r"[^。！？；\n]+[。！？；\n]*|[。！？；\n]+")
# Numbers and Latin words are one sign each.
_SIGNS = re.compile(r"[A-Za-z0-9]+(?:[.:-][A-Za-z0-9]+)*|.", re.DOTALL)
_SHORTEST_STAY = 2
# The comparison takes the product of both lengths and more; what is longer counts as written anew.
_MOST_PAIRS = 250_000


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that stayed, went or came."""

    kind: Literal["same", "gone", "new"]
    text: str


def compare(before: str, after: str) -> tuple[Piece, ...]:
    """Tell two texts apart; read without what went, the pieces are the text after."""
    old, new = _SENTENCES.findall(before), _SENTENCES.findall(after)
    return tuple(_joined(_walk(old, new)))


def _walk(old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    for tag, a, b, c, d in _steps(old, new):
        gone, came = "".join(old[a:b]), "".join(new[c:d])
        if tag == "replace":
            yield from _inside(_SIGNS.findall(gone), _SIGNS.findall(came))
        else:
            yield from _pieces(gone, came, is_same=tag == "equal")


def _inside(old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    for tag, a, b, c, d in _steps(old, new):
        gone, came = "".join(old[a:b]), "".join(new[c:d])
        yield from _pieces(gone, came, is_same=tag == "equal" and len(came) >= _SHORTEST_STAY)


def _steps(old: Sequence[str], new: Sequence[str]) -> list[tuple[str, int, int, int, int]]:
    if len(old) * len(new) > _MOST_PAIRS:
        return [("replace" if list(old) != list(new) else "equal", 0, len(old), 0, len(new))]
    return list(SequenceMatcher(None, old, new, autojunk=False).get_opcodes())


def _pieces(gone: str, came: str, *, is_same: bool) -> Iterator[Piece]:
    if is_same:
        yield Piece("same", came)
        return
    if gone:
        yield Piece("gone", gone)
    if came:
        yield Piece("new", came)


def _joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """One stretch for what went and one for what came, between two that stayed."""
    for is_same, run in groupby(pieces, key=lambda piece: piece.kind == "same"):
        found = list(run)
        gone = "".join(piece.text for piece in found if piece.kind == "gone")
        yield from _pieces(gone, "".join(p.text for p in found if p.kind != "gone"), is_same=is_same)
