"""Which limits does a new city have: those shipped, as version 1."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.policies import PolicyRow, PolicyStep, PolicyVersion, selector_of
from hotline.services.seed_files import read_seed

_LIGHTS = ("yellow", "orange")


def seed_policy(session: Session, published_at: datetime, valid_from_on: date = date.min) -> PolicyVersion:
    """Publish the shipped limits as version 1, unless a version 1 exists."""
    existing = session.scalar(select(PolicyVersion).where(PolicyVersion.number == 1))
    if existing is not None:
        return existing
    version = PolicyVersion(
        number=1, valid_from_on=valid_from_on, published_at=published_at, note="出厂时限规则"
    )
    session.add(version)
    session.flush()
    session.add_all(_row(version.id, row) for row in read_seed("policy.csv"))
    session.add_all(_step(version.id, row) for row in read_seed("policy_steps.csv"))
    session.flush()
    return version


def _row(version_id: int, shipped: Mapping[str, str]) -> PolicyRow:
    numbers: dict[str, Any] = {f"{light}_amount": _number(shipped[f"{light}_amount"]) for light in _LIGHTS}
    words: dict[str, Any] = {f"{light}_unit": shipped[f"{light}_unit"] or None for light in _LIGHTS}
    own = {**shipped, **numbers, **words, "amount": int(shipped["amount"])}
    row = PolicyRow(**{**own, "version_id": version_id, "is_rework": shipped["is_rework"] == "1"})
    row.selector = selector_of(row)
    return row


def _step(version_id: int, shipped: Mapping[str, str]) -> PolicyStep:
    return PolicyStep(
        version_id=version_id,
        limit_class=shipped["limit_class"],
        level=int(shipped["level"]),
        amount=int(shipped["amount"]),
        unit=shipped["unit"],
    )


def _number(text: str) -> int | None:
    return int(text) if text else None
