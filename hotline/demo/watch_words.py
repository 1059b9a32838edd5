"""Which words does the invented city watch for: those the product brings along."""

from datetime import datetime

from sqlalchemy.orm import Session

from hotline.demo.people import Staff
from hotline.services.watch_words import plant_shipped


def seed_watch_words(session: Session, now: datetime) -> None:
    """Publish them in the name of the city's administrator."""
    plant_shipped(session, Staff(session)["admin"], now, "热线开通时采用")
