"""How many looks at who called does a person have in a day: as the city chose."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.reveals import RevealLimit
from hotline.queries.typed import faults_of_number
from hotline.services.retention_rules import check_reason
from workflows.definition import Actor
from workflows.errors import invalid
from workflows.vocabulary import CENTRE_ROLES

FEWEST, MOST = 1, 1000
NAMES = ("in_units", "in_centre", "at_once")


@dataclass(frozen=True, slots=True)
class Limits:
    """Looks of one person in 24 hours; more than `at_once` in ten minutes stand out."""

    in_units: int = 30
    in_centre: int = 200
    at_once: int = 20

    def of(self, actor: Actor) -> int:
        """How many somebody has."""
        return self.in_centre if actor.roles & CENTRE_ROLES else self.in_units


def load_limits(session: Session) -> Limits:
    """Read what holds now."""
    newest = session.scalar(select(RevealLimit).order_by(RevealLimit.id.desc()).limit(1))
    return Limits() if newest is None else Limits(newest.in_units, newest.in_centre, newest.at_once)


def choose_limits(session: Session, typed: Mapping[str, str], actor: Actor, now: datetime) -> RevealLimit:
    """Let other limits hold from now on, for a reason. Raises Refused; never commits."""
    numbers = {name: typed.get(name, "").strip() for name in NAMES}
    reason = typed.get("reason", "").strip()
    errors = [each for name, text in numbers.items() for each in faults_of_number(name, text, FEWEST, MOST)]
    errors += check_reason(reason)
    if errors:
        raise invalid(*errors)
    chosen = {name: int(text) for name, text in numbers.items()}
    row = RevealLimit(**chosen, reason=reason, made_by_id=actor.user_id, made_at=now)
    session.add(row)
    session.flush()
    return row
