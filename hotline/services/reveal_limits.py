"""How many looks at who called does a person have in a day: as the city chose."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.reveals import RevealLimit
from hotline.services.retention_rules import check_reason
from workflows.definition import Actor
from workflows.errors import FieldCode, FieldError, invalid
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
    errors = [error for name in NAMES for error in _faults(name, typed.get(name, "").strip())]
    reason = typed.get("reason", "").strip()
    errors += check_reason(reason)
    if errors:
        raise invalid(*errors)
    numbers = {name: int(typed[name].strip()) for name in NAMES}
    row = RevealLimit(**numbers, reason=reason, made_by_id=actor.user_id, made_at=now)
    session.add(row)
    session.flush()
    return row


def _faults(name: str, number: str) -> list[FieldError]:
    if not (number.isascii() and number.isdigit()):
        return [FieldError(name, FieldCode.NOT_A_NUMBER)]
    return [] if FEWEST <= int(number) <= MOST else [FieldError(name, FieldCode.NOT_IN_RANGE)]
