"""By which limits are clocks counted: seed them, read them."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import RowMapping, insert, select
from sqlalchemy.orm import Session

from hotline.models.clocks import PolicyRow, PolicyVersion
from hotline.services.editions import keep_edition
from hotline.services.seed_files import read_seed
from workflows.sla import Limit, Policy, PolicyEntry, Span, SpanUnit
from workflows.worktime import DayEndRule, StartRule, TimeUnit

_SEEN = "policies"  # where a session remembers what it read

_policies: dict[str, Policy] = {}


def current_policy(session: Session, on: date) -> Policy:
    """Read the latest policy that is valid on that date of the city; raises NoResultFound without one."""
    newest = (
        select(PolicyVersion.id, PolicyVersion.number, PolicyVersion.revision)
        .where(PolicyVersion.valid_from_on <= on)
        .order_by(PolicyVersion.number.desc())
        .limit(1)
    )
    return _load_policy(session, session.execute(newest).mappings().one())


def get_policy(session: Session, version_id: int) -> Policy:
    """Read the policy version a ticket was dispatched under; raises NoResultFound if there is none."""
    seen = session.info.setdefault(_SEEN, {})
    if version_id in seen:
        known: Policy = seen[version_id]
        return known
    wanted = select(PolicyVersion.id, PolicyVersion.number, PolicyVersion.revision).where(
        PolicyVersion.id == version_id
    )
    policy: Policy = _load_policy(session, session.execute(wanted).mappings().one())
    seen[version_id] = policy
    return policy


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
    session.execute(insert(PolicyRow), [_policy_row(version.id, row) for row in read_seed("policy.csv")])
    return version


def _load_policy(session: Session, version: RowMapping) -> Policy:
    revision: str = version["revision"]
    if revision not in _policies:
        rows = session.scalars(select(PolicyRow).where(PolicyRow.version_id == version["id"]))
        keep_edition(_policies, revision, Policy(version["id"], version["number"], _entries(rows)))
    return _policies[revision]


def _entries(rows: Iterable[PolicyRow]) -> Mapping[tuple[str, str, bool], PolicyEntry]:
    return {
        (row.clock, row.limit_class, row.is_rework): PolicyEntry(
            row.id,
            Limit(
                row.amount,
                TimeUnit(row.unit),
                StartRule(row.start_rule),
                DayEndRule(row.day_end_rule),
                _span(row.yellow_amount, row.yellow_unit),
                _span(row.orange_amount, row.orange_unit),
            ),
        )
        for row in rows
    }


def _span(amount: int | None, unit: str | None) -> Span | None:
    return None if amount is None or unit is None else Span(amount, SpanUnit(unit))


def _policy_row(version_id: int, row: Mapping[str, str]) -> dict[str, Any]:
    return {
        **row,
        "version_id": version_id,
        "is_rework": row["is_rework"] == "1",
        "amount": int(row["amount"]),
        **{name: int(row[name]) if row[name] else None for name in ("yellow_amount", "orange_amount")},
        **{name: row[name] or None for name in ("yellow_unit", "orange_unit")},
    }
