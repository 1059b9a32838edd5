"""What in a reply deserves a second look: empty phrases, and numbers that identify a person."""

import re

_SHORT_ANSWER = 15
_EMPTY_PHRASES = ("已阅", "按规定办理", "按有关规定处理", "正在研究", "请耐心等待", "情况已知悉")
# Bounded quantifiers only: a pattern that can backtrack without limit is an attack surface.
_LEAKS = (
    ("手机号", re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])")),
    ("身份证号", re.compile(r"(?<![0-9])[1-9][0-9]{16}[0-9Xx](?![0-9])")),
)


def find_weak_spots(answer: str) -> list[str]:
    """List what makes an answer to a citizen look empty or careless, in words for the handler."""
    spots = [f"套话「{phrase}」" for phrase in _EMPTY_PHRASES if phrase in answer]
    if len(answer.strip()) < _SHORT_ANSWER:
        spots.append(f"答复少于 {_SHORT_ANSWER} 字")
    return spots


def find_leaks(text: str) -> list[str]:
    """List the kinds of identifying numbers in a text that others may read."""
    return [name for name, pattern in _LEAKS if pattern.search(text)]
