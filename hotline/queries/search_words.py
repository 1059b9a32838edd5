"""By which pieces is a Chinese text found: characters in twos, whole Latin words, pinyin and its initials.

Splitting into words loses what people look for, like 路灯 in 修路灯杆. So every two neighbours are a piece,
and the last character of a run stands alone: thus each single character is the beginning of some piece.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from pypinyin import Style, lazy_pinyin

LONGEST_TERM = 40
_MOST_PIECES = 24
_AFTER_EVERY_LETTER = "\U0010ffff"
_HAN = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_RUNS = re.compile(rf"[{_HAN}]+|[a-z0-9]+")
_IS_HAN = re.compile(rf"[{_HAN}]")


@dataclass(frozen=True, slots=True)
class Weighed:
    """A text and how much a find in it weighs; `is_spoken` lets pinyin find it too."""

    text: str
    weight: int
    is_spoken: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """What a term has to be, or to begin with."""

    text: str
    is_beginning: bool = False

    @property
    def end(self) -> str:
        """Every term that begins so comes before this."""
        return self.text + _AFTER_EVERY_LETTER


def terms_of(*texts: Weighed) -> Mapping[str, int]:
    """Every piece of the texts with the most that a find by it weighs."""
    found: dict[str, int] = {}
    for weighed in texts:
        for term, weight in _terms(weighed):
            found[term] = max(weight, found.get(term, 0))
    return found


def pieces_of(query: str) -> tuple[Piece, ...]:
    """What all has to be found for a query; empty when nothing in it can be looked for."""
    pieces = [piece for run in runs_of(query) for piece in _pieces(run)]
    return tuple(dict.fromkeys(pieces))[:_MOST_PIECES]


def runs_of(text: str) -> list[str]:
    """Cut a text into runs of characters and Latin words, in one width and one case."""
    return _RUNS.findall(unicodedata.normalize("NFKC", text).casefold())


def is_han(run: str) -> bool:
    """Whether a run is of characters, not a Latin word."""
    return _IS_HAN.match(run) is not None


def has_all(terms: Collection[str], pieces: Iterable[Piece]) -> bool:
    """Whether a text of these terms has everything that was asked for."""
    return all(
        any(term.startswith(piece.text) for term in terms) if piece.is_beginning else piece.text in terms
        for piece in pieces
    )


def pairs_of(text: str) -> set[str]:
    """Every two neighbouring characters and every Latin word of a text."""
    return {part for run in runs_of(text) for part in _parts(run) if len(part) > 1}


def initials_of(name: str) -> str:
    """Spell the first letters of a name's pinyin, as people type them to find it."""
    return "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).lower()


def _terms(weighed: Weighed) -> Iterator[tuple[str, int]]:
    for run in runs_of(weighed.text):
        for part in _parts(run):
            yield part[:LONGEST_TERM], weighed.weight
        if weighed.is_spoken and _IS_HAN.match(run):
            # Words outweigh their sound: 公鸡 and 攻击 are spelt alike.
            yield from ((spelling, max(1, weighed.weight // 2)) for spelling in _spellings(run))


def _parts(run: str) -> Iterator[str]:
    if not _IS_HAN.match(run):
        yield run
        return
    yield from (run[place : place + 2] for place in range(len(run) - 1))
    yield run[-1]


def _spellings(run: str) -> Iterator[str]:
    """Pinyin from each syllable on, in full and in initials: whatever one begins to type is a beginning."""
    syllables = [syllable for syllable in lazy_pinyin(run, errors="ignore") if syllable.isascii()]
    for place in range(len(syllables)):
        rest = syllables[place:]
        yield "".join(rest)[:LONGEST_TERM]
        yield "".join(syllable[0] for syllable in rest)[:LONGEST_TERM]


def _pieces(run: str) -> Iterator[Piece]:
    if _IS_HAN.match(run) and len(run) > 1:
        yield from (Piece(run[place : place + 2]) for place in range(len(run) - 1))
    else:
        yield Piece(run[:LONGEST_TERM], is_beginning=True)


def path_initials(path: str) -> str:
    """Spell the pinyin initials of each part of a path, its last part first: what people type to find it."""
    return " ".join(initials_of(part.strip()) for part in reversed(path.split(" / ")))
