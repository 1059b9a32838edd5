"""The in-app mailbox: keeps each message as a row that a screen shows. The demo sends every channel here."""

from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from notifications.models import MailboxMessage
from notifications.once import insert_once
from notifications.providers.base import Accepted, Outgoing


class MailboxProvider:
    """Writes in a transaction of its own; a repeat of the same message is recognised and kept once."""

    name = "mailbox"

    def __init__(
        self, session_factory: Callable[[], Session], now: Callable[[], datetime] | None = None
    ) -> None:
        self._session_factory = session_factory
        self._now = now or (lambda: datetime.now(UTC))

    def send(self, outgoing: Outgoing) -> Accepted:
        values = {
            "message_id": outgoing.id,
            "kind": outgoing.kind,
            "channel": str(outgoing.channel),
            "recipient": outgoing.recipient,
            "address": outgoing.address,
            "title": outgoing.title,
            "body": outgoing.text,
            "subject": outgoing.subject,
            "at": self._now(),
        }
        with self._session_factory() as session, session.begin():
            insert_once(session, MailboxMessage, values)
        return Accepted(reference=outgoing.id)
