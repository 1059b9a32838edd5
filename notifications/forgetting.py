"""What is left of messages once nobody may know any more what they said and to whom: that they were sent."""

from sqlalchemy import CursorResult, Update, update
from sqlalchemy.orm import Session

from notifications.models import OPEN_STATES, InboundMessage, MailboxMessage, OutboxMessage

GONE = "—"
_STAFF = ("user:%", "unit:%")


def forget_messages(session: Session, subject: str) -> int:
    """Empty every message about a subject of words and addresses; tells how many there were. Never commits.

    What still waits to be sent is left alone. Members of staff keep the headings in their mailboxes.
    """
    sent = (OutboxMessage.subject == subject, OutboxMessage.state.not_in(OPEN_STATES))
    emptied = update(OutboxMessage).where(*sent).values(address="", address_hash="", facts={})
    shown = [MailboxMessage.recipient.not_like(pattern) for pattern in _STAFF]
    session.execute(
        update(MailboxMessage).where(MailboxMessage.subject == subject, *shown).values(title=GONE)
    )
    bodies = update(MailboxMessage).where(MailboxMessage.subject == subject).values(body="", address="")
    came = update(InboundMessage).where(InboundMessage.subject == subject)
    came = came.values(body="", address="", address_hash="")
    return sum(_count(session, each) for each in (emptied, bodies, came))


def _count(session: Session, change: Update) -> int:
    done: CursorResult[object] = session.execute(change)  # type: ignore[assignment]  # an UPDATE gives a cursor
    return done.rowcount
