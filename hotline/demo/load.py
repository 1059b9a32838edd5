"""How does the demo city come to life: founded and lived through up to now, whole or not at all."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from itertools import chain
from random import Random
from zoneinfo import ZoneInfo

from argon2 import PasswordHasher
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker

from hotline.demo.city import City, read_city
from hotline.demo.colleagues import seed_substitution
from hotline.demo.data_requests import seed_data_requests
from hotline.demo.dispatch_catalogue import seed_changes
from hotline.demo.founding import found_city, is_founded
from hotline.demo.history import whole_legs
from hotline.demo.journey import Act, begin
from hotline.demo.knowledge import seed_knowledge
from hotline.demo.limits import seed_limits
from hotline.demo.message_templates import seed_templates
from hotline.demo.phrases import seed_phrases, seed_watches
from hotline.demo.saved_forms import seed_saved_forms
from hotline.demo.scenes import scenes
from hotline.demo.side_scenes import side_scenes
from hotline.demo.simulation import Planned, Simulation
from hotline.demo.stories import Storyteller, Wish
from hotline.models.ticket import Ticket
from hotline.queries.lights import light_of
from hotline.services.accounts import HASHER
from notifications.models import MailboxMessage
from workflows.errors import Refused

SEED = 20261123
PAST_TICKETS = 140
_PAST_DAYS = 29
_LONGEST_PAST = timedelta(days=50)
_OWN_WISHES = (Wish(district="梧桐区", branch="CG"), Wish(district="滨江区", branch="ZF"), Wish())
# The bureaux with accounts get more than their share, so that their lists are worth looking at.
_WEIGHTS = (30, 18, 52)
_EARLIEST, _LATEST = 7, 21


@dataclass(frozen=True, slots=True)
class DemoPlan:
    """How much is loaded, under which password, hashed how."""

    password: str
    past_tickets: int = PAST_TICKETS
    hasher: PasswordHasher = HASHER


@dataclass(frozen=True, slots=True)
class Manifest:
    """What there is after a load; `is_new` is false when the city was there already.

    `stopped` names the refusals that ended a journey early: a long holiday can overtake a plan.
    """

    is_new: bool
    states: Counter[str]
    lights: Counter[str]
    messages: int = 0
    stopped: tuple[str, ...] = ()


def load_demo(engine: Engine, plan: DemoPlan, now: datetime) -> Manifest:
    """Found the city and let its last weeks pass, in one transaction; does nothing where it was founded.

    Every act commits into a savepoint of that transaction, so an interrupted load leaves nothing behind.
    """
    with engine.connect() as connection, connection.begin():
        factory = sessionmaker(connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
        with factory() as session, session.begin():
            if is_founded(session):
                return _manifest(session, now)
            found_city(session, plan.password, now - _LONGEST_PAST, plan.hasher)
            city = read_city(session)
        simulation = Simulation(factory, now - _LONGEST_PAST)
        stopped: list[str] = []
        simulation.plan(*_journeys(city, plan.past_tickets, now, stopped))
        simulation.run(now)
        with factory() as session, session.begin():
            seed_changes(session, now)
            seed_limits(session, now)
            seed_templates(session, now)
            seed_knowledge(session, now)
            seed_saved_forms(session, now)
            seed_phrases(session, now)
            seed_watches(session, now)
            seed_data_requests(session, now)
            seed_substitution(session, now)
            manifest = _manifest(session, now)
        return replace(manifest, is_new=True, stopped=tuple(stopped))


def _journeys(city: City, past_tickets: int, now: datetime, stopped: list[str]) -> Iterator[Planned]:
    def note(_act: Act, refusal: Refused) -> None:
        stopped.append(str(refusal.code))

    random = Random(SEED)  # noqa: S311 - seeded on purpose: every load tells the same stories
    teller = Storyteller(city, random)
    for scene in chain(scenes(), side_scenes()):
        case = teller.tell(scene.wish)
        yield begin(now - scene.ago, scene.legs(case), note)
    zone = ZoneInfo(city.calendar.zone)
    for _ in range(past_tickets):
        case = teller.tell(random.choices(_OWN_WISHES, weights=_WEIGHTS)[0])
        start = _some_moment(random, now, zone)
        yield begin(start, whole_legs(case, start, random), note)


def _some_moment(random: Random, now: datetime, zone: ZoneInfo) -> datetime:
    """Choose a moment of the past weeks at an hour when people call."""
    day = (now.astimezone(zone) - timedelta(days=random.randint(1, _PAST_DAYS))).date()
    hour = min(max(round(random.gauss(12.5, 4)), _EARLIEST), _LATEST)
    return datetime.combine(day, time(hour, random.randrange(60), random.randrange(60)), zone)


def _manifest(session: Session, now: datetime) -> Manifest:
    tickets = session.scalars(select(Ticket)).all()
    return Manifest(
        is_new=False,
        states=Counter(ticket.state for ticket in tickets),
        lights=Counter(str(light_of(ticket, now)) for ticket in tickets),
        messages=session.scalar(select(func.count(MailboxMessage.id))) or 0,
    )
