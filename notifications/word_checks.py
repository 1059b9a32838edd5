"""What is wrong with the words somebody wrote for a kind of message? Pure; everything is found at once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from notifications.kind import LANGUAGES, Kind, Text
from notifications.notation import NotationError, list_bare_gaps, list_gaps, parse
from notifications.shipped import texts_of

# An SMS: what mainland carriers take as one text. A title: what mail programs show of it, and then some.
LONGEST: Mapping[Text, int] = {Text.SMS: 500, Text.SUBJECT: 120, Text.BODY: 4_000}


class WordFault(StrEnum):
    """What may be wrong besides the notation."""

    MISSING = "required"
    TOO_LONG = "too_long"
    UNKNOWN_FACT = "unknown_fact"
    MAY_BE_MISSING = "may_be_missing"
    CONTROL_CHARACTER = "bad_character"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend in one text; `spot` is the writer's own word for it, or the most that is allowed."""

    language: str
    text: Text
    fault: str
    spot: str = ""


def check_words(kind: Kind, words: Mapping[tuple[str, Text], str]) -> tuple[Finding, ...]:
    """Find everything that is wrong with the words of a kind, in the order in which they are written."""
    return tuple(
        Finding(language, text, fault, spot)
        for language in LANGUAGES
        for text in texts_of(kind)
        for fault, spot in _check(kind, text, words.get((language, text), ""))
    )


def _check(kind: Kind, text: Text, words: str) -> Iterator[tuple[str, str]]:
    if words.strip():
        yield from _check_length(text, words)
        yield from _check_gaps(kind, text, words)
    else:
        yield WordFault.MISSING, ""


def _check_length(text: Text, words: str) -> Iterator[tuple[str, str]]:
    if len(words) > LONGEST[text]:
        yield WordFault.TOO_LONG, str(LONGEST[text])
    if any(not letter.isprintable() and letter not in "\n\r\t" for letter in words):
        yield WordFault.CONTROL_CHARACTER, ""


def _check_gaps(kind: Kind, text: Text, words: str) -> Iterator[tuple[str, str]]:
    try:
        pieces = parse(words)
    except NotationError as error:
        yield error.fault, error.spot
        return
    known = kind.facts_by_sms if text is Text.SMS else kind.facts
    for name in list_gaps(pieces):
        if name not in known:
            yield WordFault.UNKNOWN_FACT, name
    for name in list_bare_gaps(pieces):
        if name in kind.may_use:
            yield WordFault.MAY_BE_MISSING, name
