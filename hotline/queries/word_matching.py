"""Where do watch words turn up in a text, however they are spaced out or written?

Full-width and half-width, upper and lower case are one; blanks and marks between two characters do not hide a
word, but the end of a sentence or line does part two words. Of two words one inside the other only the longer
counts. A text is gone through once, whatever the number of words.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

_ENDS = frozenset("。!?;\n")
_END = "\n"


@dataclass(frozen=True, slots=True)
class Watched:
    """What is watched for under one key; `realm` is shared by those of which only the longest word counts."""

    key: int
    realm: str
    words: tuple[str, ...]
    exceptions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A word as it is listed, and the characters of the text it covers."""

    key: int
    realm: str
    word: str
    begin: int
    end: int

    def covers(self, other: "Hit") -> bool:
        return self.begin <= other.begin and other.end <= self.end


@dataclass(slots=True)
class _Node:
    following: dict[str, "_Node"] = field(default_factory=dict)
    ending: list[tuple[int, str, str, bool]] = field(default_factory=list)


class Matcher:
    """All words of all groups as one tree of characters, read-only once it is made."""

    def __init__(self, groups: Iterable[Watched]) -> None:
        self._root = _Node()
        for group in groups:
            for words, is_exception in ((group.words, False), (group.exceptions, True)):
                for word in words:
                    self._plant(group, word, is_exception=is_exception)

    def find(self, text: str) -> tuple[Hit, ...]:
        """Find every word, in the order of the text, without what an exception or a longer word covers."""
        folded = _fold(text)
        found: list[Hit] = []
        excused: list[Hit] = []
        for start in range(len(folded)):
            for hit, is_exception in self._from(folded, start):
                (excused if is_exception else found).append(hit)
        good = [hit for hit in found if not any(e.key == hit.key and e.covers(hit) for e in excused)]
        return tuple(hit for hit in good if not any(_is_longer(other, hit) for other in good))

    def _plant(self, group: Watched, word: str, *, is_exception: bool) -> None:
        node = self._root
        for character, _ in _fold(word):
            node = node.following.setdefault(character, _Node())
        if node is not self._root:
            node.ending.append((group.key, group.realm, word, is_exception))

    def _from(self, folded: Sequence[tuple[str, int]], start: int) -> Iterable[tuple[Hit, bool]]:
        node, at = self._root, start
        while at < len(folded) and (following := node.following.get(folded[at][0])) is not None:
            node, at = following, at + 1
            if node.ending and _stands_alone(folded, start, at):
                begin, end = folded[start][1], folded[at - 1][1] + 1
                for key, realm, word, is_exception in node.ending:
                    yield Hit(key, realm, word, begin, end), is_exception


@lru_cache(maxsize=16)
def matcher_of(groups: tuple[Watched, ...]) -> Matcher:
    """Make the tree of these words, or take the one made of them before."""
    return Matcher(groups)


def plain(word: str) -> str:
    """What of a word counts: two words with the same are one."""
    return "".join(character for character, _ in _fold(word))


def _is_longer(other: Hit, hit: Hit) -> bool:
    is_wider = other.end - other.begin > hit.end - hit.begin
    return other.realm == hit.realm and is_wider and other.covers(hit)


def _stands_alone(folded: Sequence[tuple[str, int]], start: int, end: int) -> bool:
    """Latin letters and digits count as a word only where no more of them touch it."""
    return not (_runs_on(folded, start) or _runs_on(folded, end))


def _runs_on(folded: Sequence[tuple[str, int]], at: int) -> bool:
    if at in {0, len(folded)}:
        return False
    (before, left), (after, right) = folded[at - 1], folded[at]
    return before.isascii() and after.isascii() and _END not in {before, after} and right - left <= 1


def _fold(text: str) -> list[tuple[str, int]]:
    return [(each, at) for at, character in enumerate(text) for each in _folded(character)]


@lru_cache(maxsize=8192)
def _folded(character: str) -> str:
    plain_ones = unicodedata.normalize("NFKC", character).casefold()
    return "".join(_END if each in _ENDS else each for each in plain_ones if each.isalnum() or each in _ENDS)
