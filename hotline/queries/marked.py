"""Where in a text are the words that somebody looked for?"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from hotline.queries.search_words import is_han, runs_of

_BEFORE = 14


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a text, found or not."""

    text: str
    is_found: bool


def mark(text: str, words: str) -> tuple[Part, ...]:
    """Cut a text into what was looked for and what was not; the parts together are the text."""
    return _parts(text, _found(text, words))


def excerpt(text: str, words: str, length: int = 80) -> tuple[Part, ...]:
    """Cut out the part of a text that begins just before the first find; nothing where nothing is found."""
    flags = _found(text, words)
    if True not in flags:
        return ()
    start = max(0, flags.index(True) - _BEFORE)
    shown, flags = text[start : start + length], flags[start : start + length]
    parts = _parts(shown, flags)
    before = (Part("…", is_found=False),) if start else ()
    return (*before, *parts, *((Part("…", is_found=False),) if start + length < len(text) else ()))


def _parts(text: str, flags: list[bool]) -> tuple[Part, ...]:
    edges = [0, *(place for place in range(1, len(text)) if flags[place] != flags[place - 1]), len(text)]
    return tuple(Part(text[start:end], flags[start]) for start, end in pairwise(edges) if start < end)


def _found(text: str, words: str) -> list[bool]:
    """Tell for each character whether it was looked for. Folding may make one character several."""
    folded = [(_folded(character), place) for place, character in enumerate(text)]
    line = "".join(part for part, _ in folded)
    places = [place for part, place in folded for _ in part]
    flags = [False] * len(text)
    for run in runs_of(words):
        for start, length in _finds(line, run):
            for place in places[start : start + length]:
                flags[place] = True
    return flags


def _folded(character: str) -> str:
    return unicodedata.normalize("NFKC", character).casefold()


def _finds(line: str, run: str) -> Iterator[tuple[int, int]]:
    """Where a run stands whole, or else two neighbours of it; a Latin one where a word begins so."""
    if not is_han(run):
        yield from ((start, len(run)) for start in _places(line, run) if _begins_word(line, start))
        return
    whole = list(_places(line, run))
    if whole or len(run) < len("路灯"):
        yield from ((start, len(run)) for start in whole)
        return
    for place in range(len(run) - 1):
        yield from ((start, 2) for start in _places(line, run[place : place + 2]))


def _begins_word(line: str, start: int) -> bool:
    before = line[start - 1 : start] if start else ""
    return not (before.isascii() and before.isalnum())


def _places(line: str, part: str) -> Iterator[int]:
    start = line.find(part)
    while start >= 0:
        yield start
        start = line.find(part, start + 1)
