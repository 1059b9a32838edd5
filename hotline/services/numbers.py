"""Which number does a new ticket get: YJ, the city's date, and a serial that never repeats on a day."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import insert
from sqlalchemy.orm import Session

from hotline.models.ticket_numbers import TicketNumber

_PREFIX = "YJ"
_SERIALS = 1_000_000
_NUMBER = re.compile(rf"{_PREFIX}[0-9]{{8}}-[0-9]{{5,6}}")


def next_number(session: Session, now: datetime, zone: ZoneInfo) -> str:
    """Take the next serial; sessions never wait for each other and a rollback only leaves a gap."""
    serial = session.execute(insert(TicketNumber).values().returning(TicketNumber.id)).scalar_one()
    return f"{_PREFIX}{now.astimezone(zone):%Y%m%d}-{serial % _SERIALS:05d}"


def is_number(text: str) -> bool:
    """Whether a text has the form of a ticket's number, there may be none of it."""
    return bool(_NUMBER.fullmatch(text))
