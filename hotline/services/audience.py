"""How do notices become messages: in the transition's transaction, one for each recipient and channel."""

from collections.abc import Mapping

from hotline.services.effects.change import Change
from hotline.services.message_facts import facts_for
from hotline.services.recipients import Recipient, recipients_of
from notifications.catalog import Channel, channels_for
from notifications.outbox import Message
from workflows.vocabulary import Urgency

__all__ = ["Recipient", "recipients_of", "tell"]


def tell(change: Change, event_id: int) -> None:
    """Put one message per notice, recipient and channel into the outbox; nobody hears of their own act.

    Citizens hear by the first channel that reaches them, staff and units by every channel they have.
    """
    facts = _Facts(change)
    for notice in change.decision.notices:
        for recipient in recipients_of(change, notice):
            channels = [c for c in channels_for(notice.kind) if recipient.addresses.get(c)]
            for channel in channels[:1] if recipient.is_citizen else channels:
                key = f"{event_id}:{notice.kind}:{recipient.reference}:{channel}"
                message = _message(change, key, notice.kind, (recipient, channel, facts.told(recipient)))
                change.post(change.session, message)


class _Facts:
    """What one decision tells, worked out once for each language, side of the desk and ticket."""

    def __init__(self, change: Change) -> None:
        self._change = change
        self._told: dict[tuple[str, bool, int], Mapping[str, str]] = {}

    def told(self, recipient: Recipient) -> Mapping[str, str]:
        key = (recipient.language, recipient.is_citizen, recipient.ticket.id)
        if key not in self._told:
            self._told[key] = facts_for(self._change, recipient)
        return self._told[key]


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
        facts=facts,
        subject=number,
        order_key=f"{number}:{recipient.reference}",
        urgent=change.ticket.urgency != Urgency.ORDINARY and not recipient.is_citizen,
        created_at=change.now,
    )
