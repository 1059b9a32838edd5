"""Which mails came back: reads delivery reports (RFC 3464) from the mailbox that bounces go to, by POP3.

A report is deleted once what it says is written down. Answers of out-of-office programs are deleted too;
anything else is left for a person.
"""

import poplib
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, message_from_string, policy
from email.message import EmailMessage, Message

from sqlalchemy.orm import Session

from notifications import receipts
from notifications.providers.smtp import SmtpMail
from notifications.receipts import Receipt

_TIMEOUT_SECONDS = 15.0
_AT_ONCE = 200
_LONGEST = 256 * 1024
_LONGEST_REFERENCE = 128
_STATUS_PARTS = 3


@dataclass(frozen=True, slots=True)
class BounceBox:
    """Where bounces are read; `tls` demands an encrypted connection from the first byte."""

    host: str
    port: int
    user: str
    password: str
    tls: bool


def collect(
    box: BounceBox, session_factory: Callable[[], Session], now: datetime, tls: ssl.SSLContext | None = None
) -> int:
    """Read the mailbox once and tell how many mails came back; commits each before it is deleted.

    Raises poplib.error_proto or OSError when the mailbox cannot be read.
    """
    with closing(_open(box, tls)) as connection:
        lines = [line.split() for line in connection.list()[1]]
        numbers = [int(number) for number, size in lines if int(size) <= _LONGEST]
        found = sum([_take_in(connection, number, session_factory, now) for number in numbers[:_AT_ONCE]])
        # Without this farewell nothing is deleted, and the same reports come again: harmless.
        connection.quit()
    return found


def _take_in(
    connection: poplib.POP3, number: int, session_factory: Callable[[], Session], now: datetime
) -> bool:
    """Write down what one mail reports and have it deleted; tells whether it was a report."""
    mail = _read(connection, number)
    reports = list(read_report(mail, now))
    with session_factory() as session, session.begin():
        for report in reports:
            receipts.apply(session, report)
    if reports or _is_automatic(mail):
        connection.dele(number)
    return bool(reports)


def read_report(mail: EmailMessage, now: datetime) -> Iterator[Receipt]:
    """Read which of our mails a report speaks of, and what became of it; nothing from any other mail."""
    if mail.get_content_type() != "multipart/report":
        return
    reference = _original_id(mail)
    if not reference:
        return
    for part in mail.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for fields in _inner(part):
            action = _field(fields, "Action").lower()
            if action == "failed":
                error = f"smtp_{_enhanced(_field(fields, 'Status'))}"
                yield Receipt(SmtpMail.name, reference, "failed", now, error_code=error)
            elif action == "delivered":
                yield Receipt(SmtpMail.name, reference, "delivered", now)


def _open(box: BounceBox, tls: ssl.SSLContext | None) -> poplib.POP3:
    if box.tls:
        context = tls or ssl.create_default_context()
        connection: poplib.POP3 = poplib.POP3_SSL(
            box.host, box.port, timeout=_TIMEOUT_SECONDS, context=context
        )
    else:
        connection = poplib.POP3(box.host, box.port, timeout=_TIMEOUT_SECONDS)
    try:
        connection.user(box.user)
        connection.pass_(box.password)
    except (OSError, poplib.error_proto):
        connection.close()
        raise
    return connection


def _read(connection: poplib.POP3, number: int) -> EmailMessage:
    return message_from_bytes(b"\r\n".join(connection.retr(number)[1]), policy=policy.default)


def _original_id(mail: EmailMessage) -> str:
    """The Message-ID of the mail that came back, from the copy of it or of its headers in the report."""
    for part in mail.walk():
        kind = part.get_content_type()
        if kind == "text/rfc822-headers":
            headers = message_from_string(part.get_content(), policy=policy.default)
            return _field(headers, "Message-ID")[:_LONGEST_REFERENCE]
        if kind == "message/rfc822":
            return next((_field(inner, "Message-ID") for inner in _inner(part)), "")[:_LONGEST_REFERENCE]
    return ""


def _inner(part: Message) -> Sequence[Message]:
    payload = part.get_payload()
    return [each for each in payload if isinstance(each, Message)] if isinstance(payload, list) else []


def _field(headers: Message, name: str) -> str:
    return str(headers.get(name, "")).strip()


def _enhanced(status: str) -> str:
    """Keep the three numbers of RFC 3463 and nothing else, since a stranger wrote it."""
    numbers = status.partition(" ")[0].split(".")
    is_good = len(numbers) == _STATUS_PARTS and all(part.isascii() and part.isdigit() for part in numbers)
    return ".".join(numbers)[:16] if is_good else "failed"


def _is_automatic(mail: EmailMessage) -> bool:
    return _field(mail, "Auto-Submitted").lower().startswith("auto-replied")
