"""How many days is each kind kept: as the city chose, within what the law asks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hotline.models.retention import RetentionKind, RetentionRule
from hotline.queries.typed import faults_of_number
from workflows.definition import Actor
from workflows.errors import FieldCode, FieldError, invalid

# Signalen (Amsterdam) erases who reported after a year; files follow the files of the offices: three years.
SHIPPED: Mapping[RetentionKind, int] = {
    RetentionKind.REPORTER: 365,
    RetentionKind.FILES: 1095,
    RetentionKind.MESSAGES: 365,
    RetentionKind.AUDIT: 365,
}
# A citizen may ask for another round for a while; logs are kept six months at least (Cybersecurity Law, 21).
FEWEST: Mapping[RetentionKind, int] = {
    RetentionKind.REPORTER: 90,
    RetentionKind.FILES: 90,
    RetentionKind.MESSAGES: 90,
    RetentionKind.AUDIT: 180,
}
MOST = 3650
LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Rule:
    """The days that hold now, and the row they come from; None for those the product came with."""

    kind: RetentionKind
    days: int
    rule_id: int | None


def load_rules(session: Session) -> Mapping[RetentionKind, Rule]:
    """Read what holds for every kind."""
    newest = select(func.max(RetentionRule.id)).group_by(RetentionRule.kind)
    chosen = session.scalars(select(RetentionRule).where(RetentionRule.id.in_(newest)))
    found = {RetentionKind(row.kind): Rule(RetentionKind(row.kind), row.days, row.id) for row in chosen}
    return {kind: found.get(kind) or Rule(kind, SHIPPED[kind], None) for kind in RetentionKind}


def choose_days(
    session: Session, kind: RetentionKind, typed: tuple[str, str], actor: Actor, now: datetime
) -> RetentionRule:
    """Keep a kind for another number of days, for a reason. Raises Refused; never commits."""
    days, reason = read_choice(kind, typed)
    row = RetentionRule(kind=kind.value, days=days, reason=reason, made_by_id=actor.user_id, made_at=now)
    session.add(row)
    session.flush()
    return row


def read_choice(kind: RetentionKind, typed: tuple[str, str]) -> tuple[int, str]:
    """Read the days and the reason somebody typed. Raises Refused naming what is wrong with each."""
    days, reason = typed[0].strip(), typed[1].strip()
    errors = [*faults_of_number("days", days, FEWEST[kind], MOST), *check_reason(reason)]
    if errors:
        raise invalid(*errors)
    return int(days), reason


def check_reason(reason: str) -> list[FieldError]:
    """List what is wrong with the reason somebody gave."""
    if not reason:
        return [FieldError("reason", FieldCode.REQUIRED)]
    return [FieldError("reason", FieldCode.TOO_LONG)] if len(reason) > LONGEST_REASON else []
