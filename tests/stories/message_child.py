"""The processes of the message campaign: workers that are killed somewhere, and the web that hears receipts."""

import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Event

from sqlalchemy import create_engine, event, select
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.serving import make_server

from config import Settings
from database import engine_options
from hotline.app import create_app
from notifications.catalog import Channel
from notifications.models import OPEN_STATES, OutboxMessage
from notifications.providers.base import Accepted, Outgoing, Provider
from notifications.providers.routing import Route
from notifications.providers.smtp import MailServer, SmtpMail
from notifications.providers.twilio_sms import TwilioAccount, TwilioSms
from notifications.worker import Options, send_due
from tests.conftest import TEST_ENVIRONMENT
from tests.notifications.twilio_server import SENDER, SID, TOKEN

# A minute passes in five seconds: retries, leases and breakers need not be waited for.
SPEED = 12.0
NOON = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
_LANES, _BATCH = 4, 20
_IDLE = 0.02
# Where a process may die, and the greatest number of times it gets there first.
POINTS = {
    "after_claim": 8,
    "before_send": 60,
    "before_call": 60,
    "after_call": 60,
    "after_send": 60,
    "before_commit": 40,
    "after_commit": 40,
}


@dataclass(frozen=True, slots=True)
class Places:
    """Where everything is: the database, the servers and the moment the campaign began, of this machine."""

    url: str
    twilio: tuple[str, ...]
    smtp_port: int
    web: str
    began: float

    def now(self) -> datetime:
        return NOON + timedelta(seconds=SPEED * (time.time() - self.began))


@dataclass(slots=True)
class Mortal:
    """Dies at one of the points, by the serial of its process; `serial` None lives for ever."""

    serial: int | None
    left: int = 0
    point: str = ""

    def __post_init__(self) -> None:
        if self.serial is not None:
            chance = random.Random(self.serial)  # noqa: S311 - repeatable on purpose
            self.point = sorted(POINTS)[self.serial % len(POINTS)]
            self.left = chance.randint(1, POINTS[self.point])

    def at(self, point: str) -> None:
        # Lanes come here at once; that one of them is not counted does not matter.
        self.left -= point == self.point
        if self.point == point and self.left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)


class Deadly:
    """A provider around whose calls a process may die."""

    def __init__(self, provider: Provider, mortal: Mortal, name: str) -> None:
        self._provider = provider
        self._mortal = mortal
        self.name = name

    def send(self, outgoing: Outgoing) -> Accepted:
        self._mortal.at("before_call")
        accepted = self._provider.send(outgoing)
        self._mortal.at("after_call")
        return accepted


def work(places: Places, serial: int | None) -> None:
    """Send until nothing is open, or die."""
    mortal = Mortal(serial)
    engine = create_engine(places.url, **engine_options(places.url))
    factory = sessionmaker(engine, expire_on_commit=False)
    event.listen(factory, "before_commit", lambda _session: mortal.at("before_commit"))
    event.listen(factory, "after_commit", lambda _session: mortal.at("after_commit"))
    carriers = _carriers(places, mortal)
    options = Options(parallel=_LANES, fault=mortal.at)
    while _owes(factory):
        if not send_due(factory, carriers, places.now, _BATCH, options):
            Event().wait(_IDLE)
    engine.dispose()


def _carriers(places: Places, mortal: Mortal) -> dict[Channel, Route]:
    sms = []
    for number, base in enumerate(places.twilio):
        account = TwilioAccount(SID, TOKEN, SENDER, base, places.web, timeout_seconds=0.15)
        sms.append((Deadly(TwilioSms(account), mortal, "twilio" if number == 0 else f"twilio{number}"), 1.0))
    server = MailServer("127.0.0.1", places.smtp_port, "", "", tls=False, sender="noreply@hotline.example")
    mail = Deadly(SmtpMail(server), mortal, SmtpMail.name)
    return {Channel.SMS: Route(sms), Channel.EMAIL: Route.over(mail)}


def _owes(factory: Callable[[], Session]) -> bool:
    with factory() as session:
        session.connection(execution_options={"reads_only": True})
        return (
            session.scalars(select(OutboxMessage.id).where(OutboxMessage.state.in_(OPEN_STATES))).first()
            is not None
        )


def hear(places: Places) -> None:
    """Serve the real application, to which the provider sends its signed receipts."""
    port = int(places.web.rpartition(":")[2])
    settings = Settings.from_env(
        {
            **TEST_ENVIRONMENT,
            "DATABASE_URL": places.url,
            "HOTLINE_BASE_URL": places.web,
            "TWILIO_ACCOUNT_SID": SID,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_FROM": SENDER,
        }
    )
    make_server("127.0.0.1", port, create_app(settings), threaded=False).serve_forever()
