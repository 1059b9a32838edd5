"""Which number does a new ticket get: YJ, the city's date, and a serial that never repeats on a day."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import insert
from sqlalchemy.orm import Session

from hotline.models.ticket import TicketNumber

_PREFIX = "YJ"
_SERIALS = 1_000_000


def next_number(session: Session, now: datetime, zone: ZoneInfo) -> str:
    """Take the next serial; sessions never wait for each other and a rollback only leaves a gap."""
    serial = session.execute(insert(TicketNumber).values().returning(TicketNumber.id)).scalar_one()
    return f"{_PREFIX}{now.astimezone(zone):%Y%m%d}-{serial % _SERIALS:05d}"
