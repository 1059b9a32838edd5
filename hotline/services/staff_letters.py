"""How is one member of staff told something that belongs to no ticket?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from hotline.models.people import User
from hotline.services.reasons import because_words
from notifications.catalog import Channel, get_kind
from notifications.outbox import Message, put


@dataclass(frozen=True, slots=True)
class Letter:
    """What is told. `occasion` names what happened once: of one occasion a person hears once.

    `because` is the role or audience they hear of it in; the kind's own where it has one only.
    """

    kind: str
    number: str
    occasion: str
    facts: Mapping[str, str]
    at: datetime
    because: str = ""


def write_to(session: Session, user: User, letter: Letter) -> None:
    """Put a letter into the outbox for every channel of its kind the person has; never commits."""
    addresses = {Channel.MAILBOX: user.username, Channel.EMAIL: user.email}
    kind = get_kind(letter.kind)
    because = letter.because or (next(iter(kind.audience)) if len(kind.audience) == 1 else "")
    words = because_words(because, is_english=user.language == "en")
    for channel in kind.channels:
        if not addresses.get(channel):
            continue
        message = Message(
            key=f"{letter.occasion}:{letter.kind}:user:{user.id}:{channel}",
            kind=letter.kind,
            channel=channel,
            recipient=f"user:{user.id}",
            address=addresses[channel],
            language=user.language,
            facts={**letter.facts, "because": words},
            subject=letter.number,
            order_key=f"{letter.number}:user:{user.id}",
            urgent=False,
            created_at=letter.at,
            because=because,
        )
        put(session, message)
