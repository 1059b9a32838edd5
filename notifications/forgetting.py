"""What is left of messages once nobody may know any more what they said and to whom: that they were sent."""

from datetime import datetime

from sqlalchemy import ColumnElement, CursorResult, Update, or_, select, update
from sqlalchemy.orm import Session

from notifications.models import OPEN_STATES, InboundMessage, MailboxMessage, OutboxMessage, SmsUse

GONE = "—"
_Which = tuple[ColumnElement[bool], ...]
_STAFF, _PHONE = ("user:%", "unit:%"), "phone:"


def forget_messages(session: Session, subject: str) -> int:
    """Empty every message about a subject of words and addresses; tells how many there were. Never commits.

    What still waits to be sent is left alone. Members of staff keep the headings in their mailboxes.
    """
    return _forget(
        session,
        (OutboxMessage.subject == subject,),
        (MailboxMessage.subject == subject,),
        (InboundMessage.subject == subject,),
    )


def forget_loose_messages(session: Session, before: datetime) -> int:
    """Empty likewise what is about no subject at all and came or went before a moment. Never commits."""
    return _forget(
        session,
        (OutboxMessage.subject == "", OutboxMessage.created_at < before, OutboxMessage.address_hash != ""),
        (MailboxMessage.subject == "", MailboxMessage.at < before, MailboxMessage.title != GONE),
        (
            or_(InboundMessage.subject.is_(None), InboundMessage.subject == ""),
            InboundMessage.received_at < before,
            InboundMessage.address_hash != "",
        ),
    )


def _forget(session: Session, sent: _Which, shown: _Which, came: _Which) -> int:
    over = (*sent, OutboxMessage.state.not_in(OPEN_STATES))
    charged = SmsUse.message_id.in_(select(OutboxMessage.id).where(*over))
    session.execute(update(SmsUse).where(charged).values(address_hash=""))
    _forget_telephones(session, over, shown)
    emptied = update(OutboxMessage).where(*over).values(address="", address_hash="", facts={})
    bodies = update(MailboxMessage).where(*shown).values(body="", address="")
    heard = update(InboundMessage).where(*came).values(body="", address="", address_hash="")
    count = sum(_count(session, each) for each in (emptied, bodies, heard))
    to_citizens = [MailboxMessage.recipient.not_like(pattern) for pattern in _STAFF]
    session.execute(update(MailboxMessage).where(*shown, *to_citizens).values(title=GONE))
    return count


def _forget_telephones(session: Session, sent: _Which, shown: _Which) -> None:
    """Whoever has no reference but their telephone is known by its hash: that goes too."""
    to_phones = update(OutboxMessage).where(*sent, OutboxMessage.recipient.startswith(_PHONE))
    session.execute(to_phones.values(recipient=_PHONE, order_key=_PHONE))
    in_mailbox = update(MailboxMessage).where(*shown, MailboxMessage.recipient.startswith(_PHONE))
    session.execute(in_mailbox.values(recipient=_PHONE))


def _count(session: Session, change: Update) -> int:
    done: CursorResult[object] = session.execute(change)  # type: ignore[assignment]  # an UPDATE gives a cursor
    return done.rowcount
