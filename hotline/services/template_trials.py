"""How do words that are not in force yet read on a telephone: sent to their writer, with invented facts."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from hotline.models.people import User
from hotline.services.address_book import of_user
from hotline.services.catalogue import require_role
from hotline.services.template_drafts import DRAFTERS
from notifications.catalog import KINDS, Channel
from notifications.outbox import Message, put_all
from notifications.specimens import specimen
from workflows.definition import Actor
from workflows.errors import Code, Refused

# Tests belong to no ticket, and to no ticket's page.
_NO_TICKET = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """Which version of a kind's words is sent, in which language."""

    kind: str
    number: int
    language: str


def send_trial(session: Session, trial: Trial, actor: Actor, now: datetime) -> tuple[Channel, ...]:
    """Put a message of a kind for the actor on every channel they have; tells which those were.

    It goes out at any hour, since somebody waits for it. Raises Refused where none of the kind's channels
    reaches them.
    """
    require_role(actor, DRAFTERS)
    user = session.get_one(User, actor.user_id)
    addresses = {channel: address for channel, address in of_user(user).items() if address}
    channels = tuple(channel for channel in KINDS[trial.kind].channels if channel in addresses)
    if not channels:
        raise Refused(Code.NO_ADDRESS)
    put_all(session, [_message(trial, user, (channel, addresses[channel]), now) for channel in channels])
    return channels


def _message(trial: Trial, user: User, at: tuple[Channel, str], now: datetime) -> Message:
    channel, address = at
    name = f"template-test:{trial.kind}:{trial.number}:{trial.language}"
    return Message(
        key=f"{name}:{user.id}:{channel}:{now.isoformat()}",
        kind=trial.kind,
        channel=channel,
        recipient=f"user:{user.id}",
        address=address,
        language=trial.language,
        facts={**specimen(trial.language), "because": _because(trial.language)},
        subject=_NO_TICKET,
        order_key=f"template-test:{user.id}",
        urgent=True,
        created_at=now,
        template_number=trial.number,
    )


def _because(language: str) -> str:
    return "you asked for a test" if language == "en" else "您发出了测试"
