"""Which words does a city write a kind of message in: a version's texts, and what carriers approved of them?

A version has every text of its kind in both languages. What it cannot say, because a later release wants
another text or dropped a fact, is said in the shipped words.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from notifications.kind import Channel, Text

# The number of the words a city begins with.
SHIPPED = 0
_NEEDED = {Channel.SMS: (Text.SMS,), Channel.EMAIL: (Text.SUBJECT, Text.BODY)}
_NEEDED[Channel.MAILBOX] = _NEEDED[Channel.EMAIL]


@dataclass(frozen=True, slots=True)
class Approved:
    """A text that a carrier approved: its number there, and the facts that fill its gaps in their order."""

    number: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """One version of a kind's words: texts by language and place, carriers' approved texts by provider."""

    number: int
    texts: Mapping[tuple[str, Text], str] = field(default_factory=dict)
    approved: Mapping[tuple[str, str], Approved] = field(default_factory=dict)

    def covers(self, language: str, channel: Channel) -> bool:
        """Tell whether it says all that a message of that channel needs."""
        return all((language, text) in self.texts for text in _NEEDED[channel])
