"""How do notices become messages: in the transition's transaction, one for each recipient and channel."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from hotline.services.duty import opening_of
from hotline.services.effects.change import Change
from hotline.services.message_facts import facts_for, reminded_clock
from hotline.services.reasons import because_words
from hotline.services.recipients import Recipient, recipients_of
from hotline.services.reminded import topic_of
from notifications.catalog import Channel, channels_for, get_kind
from notifications.outbox import Message
from workflows.vocabulary import Urgency

__all__ = ["Recipient", "recipients_of", "tell"]


def tell(change: Change, event_id: int) -> None:
    """Put one message per notice, recipient and channel into the outbox; nobody hears of their own act.

    Citizens hear by the first channel that reaches them, staff and units by every channel they have. What
    only reminds waits until they are on duty, unless the ticket is urgent.
    """
    facts = _Facts(change)
    for notice in change.decision.notices:
        for recipient in recipients_of(change, notice):
            kind = _kind_for(notice.kind, recipient)
            channels = [channel for channel in channels_for(kind) if recipient.addresses.get(channel)]
            moment = _moment_for(change, kind, recipient)
            told = facts.told(recipient, moment)
            for channel in channels[:1] if recipient.is_citizen else channels:
                key = f"{event_id}:{kind}:{recipient.reference}:{channel}"
                message = _message(change, key, kind, (recipient, channel, told))
                topical = replace(message, topic=facts.topic(kind), not_before=moment)
                change.post(change.session, topical)


def _kind_for(kind: str, recipient: Recipient) -> str:
    """Choose words that tell nothing of the matter where somebody else may read them."""
    return get_kind(kind).neutral or kind if recipient.is_guarded else kind


class _Facts:
    """What one decision tells, worked out once for each language, side of the desk, ticket and moment."""

    def __init__(self, change: Change) -> None:
        self._change = change
        self._told: dict[tuple[str, bool, int, datetime], Mapping[str, str]] = {}
        self._topic: str | None = None

    def told(self, recipient: Recipient, moment: datetime) -> Mapping[str, str]:
        key = (recipient.language, recipient.is_citizen, recipient.ticket.id, moment)
        if key not in self._told:
            self._told[key] = facts_for(self._change, recipient, moment)
        return self._told[key]

    def topic(self, kind: str) -> str:
        """Name the clock a kind reminds of; nothing for one that reminds of none."""
        if get_kind(kind).reminds is None:
            return ""
        if self._topic is None:
            clock = reminded_clock(self._change)
            self._topic = "" if clock is None else topic_of(clock.id)
        return self._topic


def _moment_for(change: Change, kind: str, recipient: Recipient) -> datetime:
    """Tell from when a message may go to somebody."""
    is_at_once = recipient.is_citizen or get_kind(kind).reminds is None or _is_urgent(change)
    return change.now if is_at_once else opening_of(change.session, recipient.reference, change.now)


def _is_urgent(change: Change) -> bool:
    return change.ticket.urgency != Urgency.ORDINARY


def _message(
    change: Change, key: str, kind: str, target: tuple[Recipient, Channel, Mapping[str, str]]
) -> Message:
    recipient, channel, facts = target
    number = recipient.ticket.number
    return Message(
        key=key,
        kind=kind,
        channel=channel,
        recipient=recipient.reference,
        address=recipient.addresses[channel],
        language=recipient.language,
        facts={
            **facts,
            "link": "" if recipient.is_guarded else facts["link"],
            "because": because_words(recipient.because, is_english=recipient.language == "en"),
        },
        subject=number,
        because=recipient.because,
        order_key=f"{number}:{recipient.reference}",
        urgent=_is_urgent(change) and not recipient.is_citizen,
        created_at=change.now,
    )
