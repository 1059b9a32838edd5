"""A carrier of SMS in the demo: it shows them in the mailbox, and can be put out of order on purpose."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from notifications.models import DemoOutage
from notifications.once import insert_once
from notifications.providers.base import Accepted, Outgoing, TemporaryFailure
from notifications.providers.mailbox import MailboxProvider

# Two of them share the messages, so that one can stand in for the other.
DEMO_CARRIERS = ("demo-1", "demo-2")
_OUT_OF_ORDER = "demo_outage"


class DemoCarrier:
    """Hands each message to the mailbox, unless somebody put this carrier out of order."""

    def __init__(
        self, name: str, session_factory: Callable[[], Session], now: Callable[[], datetime] | None = None
    ) -> None:
        self.name = name
        self._session_factory = session_factory
        self._mailbox = MailboxProvider(session_factory, now)

    def send(self, outgoing: Outgoing) -> Accepted:
        with self._session_factory() as session:
            is_out = self.name in list_outages(session)
        if is_out:
            raise TemporaryFailure(_OUT_OF_ORDER)
        return self._mailbox.send(outgoing)


def list_outages(session: Session) -> frozenset[str]:
    """Name the carriers that are out of order."""
    return frozenset(session.scalars(select(DemoOutage.provider)))


def break_down(session: Session, provider: str) -> None:
    """Put a carrier out of order; twice is the same as once. Never commits."""
    insert_once(session, DemoOutage, {"provider": provider})


def put_right(session: Session, provider: str) -> None:
    """Let a carrier work again. Never commits."""
    session.execute(delete(DemoOutage).where(DemoOutage.provider == provider))
