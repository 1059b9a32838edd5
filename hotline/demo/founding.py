"""How is the invented city founded: units, categories, people, calendar, limits and who gets what."""

from datetime import datetime

from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from hotline.demo.catalogue import seed_categories
from hotline.demo.dispatch_catalogue import seed_catalogue
from hotline.demo.organisation import memory_of, seed_organisation
from hotline.demo.people import PEOPLE, seed_people
from hotline.demo.watch_words import seed_watch_words
from hotline.queries.directory import find_user_by_username
from hotline.services.accounts import HASHER
from hotline.services.calendar_seeds import seed_calendar
from hotline.services.policy_seeds import seed_policy


def is_founded(session: Session) -> bool:
    """Whether the city's people are there already."""
    return find_user_by_username(session, PEOPLE[0].username) is not None


def found_city(session: Session, password: str, now: datetime, hasher: PasswordHasher = HASHER) -> None:
    """Seed everything but tickets. Never commits; raises IntegrityError when half of it is there."""
    seed_calendar(session)
    seed_policy(session, memory_of(now), memory_of(now).date())
    units = seed_organisation(session, now)
    seed_categories(session, units)
    seed_people(session, units, password, now, hasher)
    seed_catalogue(session, now)
    seed_watch_words(session, now)
