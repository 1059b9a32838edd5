"""What in a reply deserves a second look: empty phrases, and numbers that identify a person."""

import re
from collections.abc import Iterable

_SHORT_ANSWER = 15
# Bounded quantifiers only: a pattern that can backtrack without limit is an attack surface.
_LEAKS = (
    ("手机号", re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])")),
    ("身份证号", re.compile(r"(?<![0-9])[1-9][0-9]{16}[0-9Xx](?![0-9])")),
)


def find_weak_spots(answer: str, words: Iterable[str]) -> list[str]:
    """List what makes an answer look empty or careless, for the handler; `words` of it are watched for."""
    spots = [f"用词「{word}」" for word in words]
    if len(answer.strip()) < _SHORT_ANSWER:
        spots.append(f"答复少于 {_SHORT_ANSWER} 字")
    return spots


def find_leaks(text: str) -> list[str]:
    """List the kinds of identifying numbers in a text that others may read."""
    return [name for name, pattern in _LEAKS if pattern.search(text)]
