"""How do screens look and listen for one person? Kept with the account: desks are shared, eyes are not."""

from dataclasses import dataclass

from sqlalchemy import update
from sqlalchemy.orm import Session

from hotline.models.people import Density, Theme, User


@dataclass(frozen=True, slots=True)
class Preferences:
    """What somebody chose for all their screens."""

    theme: Theme
    density: Density
    has_single_keys: bool


def choose_preferences(session: Session, user_id: int, chosen: Preferences) -> None:
    """Keep the choice; it counts from the next page on."""
    session.execute(
        update(User)
        .where(User.id == user_id)
        .values(
            theme=chosen.theme.value,
            density=chosen.density.value,
            has_single_keys=chosen.has_single_keys,
        )
    )
