"""The small city on a Tuesday morning, with tickets that are over, soon over, held, and far from it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from hotline.models.organisation import Unit
from hotline.models.ticket import Ticket
from tests.copies import copied_by
from tests.hotline.supervisor.small_city import SmallCity

CITY = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 24, 10, tzinfo=CITY)


def on(day: int, hour: int = 10, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=CITY)


class LateCity(SmallCity):
    """`numbers` names the tickets; the unit JT lies below CG, and on the third tier."""

    def __init__(self, factory: sessionmaker[Session]) -> None:
        super().__init__(factory)
        with self.factory.begin() as session:
            above = select(Unit.id).where(Unit.code == "CG").scalar_subquery()
            session.execute(update(Unit).where(Unit.code == "JT").values(parent_id=above, tier=3))
        self.numbers = {
            "a month": self.dispatched(NOW - timedelta(days=30)),
            "twelve days": self.dispatched(NOW - timedelta(days=12), "JT", type="help"),
            "orange": self.dispatched(NOW - timedelta(hours=21), urgency="urgent"),
            "yellow": self.dispatched(NOW - timedelta(minutes=70), "JT", urgency="critical"),
            "today": self.dispatched(on(17)),
            "tomorrow": self.dispatched(on(18)),
            "far": self.dispatched(NOW),
            "undispatched": self.accepted(NOW - timedelta(days=3)),
            "held": self.dispatched(NOW - timedelta(days=29)),
        }
        with self.factory.begin() as session:
            held = Ticket.number == self.numbers["held"]
            session.execute(update(Ticket).where(held).values(paused_at=NOW - timedelta(days=1)))

    def unit(self, code: str) -> int:
        with self.factory() as session:
            return session.scalars(select(Unit.id).where(Unit.code == code)).one()

    def tickets(self) -> list[Ticket]:
        with self.factory() as session:
            return list(session.scalars(select(Ticket)))


def late_city(factory: sessionmaker[Session]) -> LateCity:
    """Found the city, or copy it from the test before."""
    return copied_by(factory, "late city", lambda: LateCity(factory))
