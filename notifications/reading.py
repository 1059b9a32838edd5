"""What does an SMS from a citizen mean? Pure: read from its words alone, whoever sent it."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Meaning(StrEnum):
    """What an inbound SMS asks for."""

    SATISFIED = "satisfied"
    FAIRLY_SATISFIED = "fairly_satisfied"
    DISSATISFIED = "dissatisfied"
    STOP = "stop"
    RESUME = "resume"
    REQUEST = "request"  # a new ticket; with no parts when something is missing
    STATUS = "status"  # a number and a query code
    CHOICE = "choice"  # which of several tickets an earlier SMS was about
    SUPPLEMENT = "supplement"  # words for a ticket: the ticket named, or nothing, and the words
    COURTESY = "courtesy"  # thanks and the like, which ask for nothing
    AUTOMATIC = "automatic"  # a machine's answer to one of ours
    UNCLEAR = "unclear"

    @property
    def rating(self) -> int | None:
        """1 satisfied, 2 fairly, 3 not; None when the message is no rating."""
        return _RATINGS.get(self)


@dataclass(frozen=True, slots=True)
class Reading:
    """What one SMS means, and what it names: of a rating the ticket, of a request name, address and text."""

    meaning: Meaning
    parts: tuple[str, ...] = ()


_RATINGS = {Meaning.SATISFIED: 1, Meaning.FAIRLY_SATISFIED: 2, Meaning.DISSATISFIED: 3}
# Whole messages only: "1 楼漏水" is a supplement, not praise.
_RATING_WORDS: Mapping[str, Meaning] = {
    **dict.fromkeys(("1", "一", "满意", "很满意", "非常满意", "satisfied"), Meaning.SATISFIED),
    **dict.fromkeys(("2", "二", "基本满意", "一般", "fair", "fairly"), Meaning.FAIRLY_SATISFIED),
    **dict.fromkeys(("3", "三", "不满意", "很不满意", "非常不满意", "dissatisfied"), Meaning.DISSATISFIED),
}
# Besides the carriers' own words of the mainland those that Twilio knows: people have learnt them elsewhere.
_PHRASES: Mapping[str, Meaning] = {
    **_RATING_WORDS,
    **dict.fromkeys(
        ("stop", "stopall", "td", "t", "n", "退订", "取消订阅", "unsubscribe", "end", "quit", "optout"),
        Meaning.STOP,
    ),
    **dict.fromkeys(("start", "unstop", "恢复", "恢复订阅"), Meaning.RESUME),
    **dict.fromkeys(
        ("谢谢", "谢谢您", "感谢", "多谢", "好", "好的", "收到", "知道了", "嗯", "ok", "thanks", "thank you"),
        Meaning.COURTESY,
    ),
}
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")
_AUTOMATIC = re.compile(
    r"自动回复|自动应答|不在服务区|正在开车|auto-?\s?reply|automatic reply|out of office", re.IGNORECASE
)
_REQUEST = re.compile(r"\s*12345\s*[#＃]")
_HASH = re.compile(r"[#＃]")
_STATUS = re.compile(r"(?:cx|查询)[\s:,]*(?:(\S+)[\s,#]+(\S+))?", re.IGNORECASE)
_NUMBER = r"(?:[Yy][Jj])?[0-9]{8}-?[0-9]{5,6}"
_NAMED = re.compile(rf"({_NUMBER}|[0-9]{{5,6}})[\s,，:：#]+(.+)", re.DOTALL)
_ALONE = re.compile(rf"{_NUMBER}|[0-9]{{5,6}}")
_LETTER = re.compile(r"[^\W\d_]")
_REQUEST_PARTS = 3
_SHORTEST_REQUEST = 5
_LONGEST_NAME, _LONGEST_ADDRESS = 100, 200
# Less than this says nothing that anybody could act on.
_FEWEST_LETTERS = 2


def understand(text: str) -> Reading:
    """Read one message; full-width digits, blanks, brackets and closing marks do not matter."""
    plain = unicodedata.normalize("NFKC", text).strip()
    words = _EDGES.sub("", plain)
    meaning = _PHRASES.get(" ".join(words.lower().split()))
    if meaning is not None:
        return Reading(meaning, ("",)) if meaning.rating else Reading(meaning)
    if _REQUEST.match(plain):
        return _request(text)
    if _AUTOMATIC.search(plain):
        return Reading(Meaning.AUTOMATIC)
    asked = _STATUS.fullmatch(words)
    if asked:
        return Reading(Meaning.STATUS, (asked[1] or "", asked[2] or ""))
    if _ALONE.fullmatch(words):
        return Reading(Meaning.CHOICE, (words,))
    return _words(text.strip(), words)


def _request(text: str) -> Reading:
    """Cut the text as it was written, since the plain form of rare characters may be another character."""
    parts = tuple(part.strip() for part in _HASH.split(text, _REQUEST_PARTS)[1:])
    is_whole = len(parts) == _REQUEST_PARTS and len(parts[2]) >= _SHORTEST_REQUEST
    if not is_whole or len(parts[0]) > _LONGEST_NAME or len(parts[1]) > _LONGEST_ADDRESS:
        return Reading(Meaning.REQUEST)
    return Reading(Meaning.REQUEST, parts)


def _words(text: str, plain: str) -> Reading:
    named = _NAMED.fullmatch(plain)
    if named:
        rating = _RATING_WORDS.get(_EDGES.sub("", named[2]).lower())
        if rating is not None:
            return Reading(rating, (named[1],))
        return Reading(Meaning.SUPPLEMENT, (named[1], text))
    if len(_LETTER.findall(plain)) < _FEWEST_LETTERS:
        return Reading(Meaning.UNCLEAR)
    return Reading(Meaning.SUPPLEMENT, ("", text))
