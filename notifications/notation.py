"""In what notation does a city write its messages: plain text with gaps, and parts that may be left out.

`{number}` is a gap for a fact. `[[…]]` is left out unless every fact in it is given; what stands after `||`
is said instead. Full-width brackets and bars mean the same, since that is what a Chinese keyboard gives.
Nothing is ever evaluated, and what fills a gap is never read as notation.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

_MARK = re.compile(r"[{｛]([^{}｛｝\n]*)[}｝]|[{｛}｝]|\[\[|【【|\]\]|】】|\|\||｜｜")
_GAP = re.compile(r"[{｛]([^{}｛｝\n]*)[}｝]")
_BEGINS, _OTHERWISE, _ENDS = frozenset({"[[", "【【"}), frozenset({"||", "｜｜"}), frozenset({"]]", "】】"})
_BLANK_LINES = re.compile(r"[ \t]*\n(?:[ \t]*\n){2,}")


class Fault(StrEnum):
    """What is wrong with a text in this notation."""

    UNPAIRED = "unpaired_mark"
    NESTED = "nested_part"
    NO_GAP_IN_PART = "no_gap_in_part"


@dataclass(frozen=True, slots=True)
class Gap:
    """A place that a fact fills."""

    name: str


@dataclass(frozen=True, slots=True)
class Part:
    """What is said when every fact in it is given, and what is said instead."""

    said: tuple[str | Gap, ...]
    instead: tuple[str | Gap, ...] = ()


Piece = str | Gap | Part


class NotationError(ValueError):
    """A text that is not in the notation; `spot` is where, in the writer's own words."""

    def __init__(self, fault: Fault, spot: str) -> None:
        super().__init__(f"{fault}: {spot}")
        self.fault = fault
        self.spot = spot


@lru_cache(maxsize=1024)
def parse(text: str) -> tuple[Piece, ...]:
    """Take a text apart; raises NotationError."""
    reader = _Reader(text)
    return tuple(reader.read())


def fill(pieces: Iterable[Piece], facts: Mapping[str, str]) -> str:
    """Write a text out; a fact that is empty is not given. Raises KeyError for one that nobody names."""
    said = "".join(_said(piece, facts) for piece in pieces)
    return _BLANK_LINES.sub("\n\n", said).strip()


def write(pieces: Iterable[Piece]) -> str:
    """Put a text together again, as somebody would type it."""
    return "".join(_written(piece) for piece in pieces)


def list_gaps(pieces: Iterable[Piece]) -> list[str]:
    """Name the facts of a text, in order."""
    return list(dict.fromkeys(gap.name for piece in pieces for gap in _gaps(piece)))


def list_bare_gaps(pieces: Iterable[Piece]) -> list[str]:
    """Name the facts that are said whether or not they are given."""
    bare = [(piece,) if isinstance(piece, Gap) else _instead(piece) for piece in pieces]
    return list(dict.fromkeys(piece.name for each in bare for piece in each if isinstance(piece, Gap)))


def rename(text: str, names: Mapping[str, str]) -> str:
    """Call the gaps of a text by other names; one that is not in `names` keeps its own."""
    return _GAP.sub(lambda match: f"{{{_renamed(match[1].strip(), names)}}}", text)


def _renamed(name: str, names: Mapping[str, str]) -> str:
    return names.get(name, name)


class _Reader:
    """Reads one text from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._said: list[str | Gap] = []
        self._instead: list[str | Gap] | None = None
        self._begun_at: int | None = None

    def read(self) -> Iterator[Piece]:
        at = 0
        for match in _MARK.finditer(self._text):
            yield from self._take(self._text[at : match.start()])
            at = match.end()
            yield from self._mark(match)
        yield from self._take(self._text[at:])
        if self._begun_at is not None:
            raise NotationError(Fault.UNPAIRED, self._near(self._begun_at))

    def _mark(self, match: re.Match[str]) -> Iterator[Piece]:
        mark = match[0]
        if match[1] is not None:
            yield from self._take(Gap(match[1].strip()))
        elif mark in _BEGINS:
            self._begin(match)
        elif self._begun_at is None and mark in _OTHERWISE:
            yield mark
        elif mark in _OTHERWISE and self._instead is None:
            self._instead = []
        elif mark in _ENDS and self._begun_at is not None:
            yield self._end(self._begun_at)
        else:
            raise NotationError(Fault.UNPAIRED, self._near(match.start()))

    def _take(self, piece: str | Gap) -> Iterator[Piece]:
        if not piece:
            return
        if self._begun_at is None:
            yield piece
        else:
            (self._said if self._instead is None else self._instead).append(piece)

    def _begin(self, match: re.Match[str]) -> None:
        if self._begun_at is not None:
            raise NotationError(Fault.NESTED, self._near(match.start()))
        self._begun_at = match.start()

    def _end(self, begun_at: int) -> Part:
        part = Part(tuple(self._said), tuple(self._instead or ()))
        if not any(isinstance(piece, Gap) for piece in part.said):
            raise NotationError(Fault.NO_GAP_IN_PART, self._near(begun_at))
        self._said, self._instead, self._begun_at = [], None, None
        return part

    def _near(self, at: int) -> str:
        return self._text[at : at + 12].replace("\n", " ")


def _said(piece: Piece, facts: Mapping[str, str]) -> str:
    match piece:
        case Gap(name):
            return facts[name]
        case Part(said, instead):
            is_whole = all(facts[each.name] for each in said if isinstance(each, Gap))
            return "".join(_said(each, facts) for each in (said if is_whole else instead))
        case _:
            return piece


def _written(piece: Piece) -> str:
    match piece:
        case Gap(name):
            return f"{{{name}}}"
        case Part(said, instead):
            return f"[[{write(said)}{'||' if instead else ''}{write(instead)}]]"
        case _:
            return piece


def _gaps(piece: Piece) -> Iterator[Gap]:
    if isinstance(piece, Gap):
        yield piece
    elif isinstance(piece, Part):
        yield from (each for each in (*piece.said, *piece.instead) if isinstance(each, Gap))


def _instead(piece: Piece) -> Sequence[str | Gap]:
    return piece.instead if isinstance(piece, Part) else ()
