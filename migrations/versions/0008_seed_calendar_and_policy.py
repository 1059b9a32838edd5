"""Seed the working calendar and the first time-limit policy.

No clock can start without them, so a new installation has them before anything else. The shipped tables are
read as they are at the time: a new installation is glad of the newest calendar.
"""

import csv
import uuid
from datetime import UTC, date, datetime, time
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_SEEDS = Path(__file__).parents[2] / "hotline" / "seeds"
_HOURS = ((time(8, 30), time(12)), (time(13, 30), time(17, 30)))
_WHOLE_NUMBERS = ("amount", "yellow_amount", "orange_amount")


def upgrade() -> None:
    tables = sa.MetaData()
    tables.reflect(
        op.get_bind(), only=["calendars", "calendar_hours", "calendar_days", "policy_versions", "policy_rows"]
    )
    _seed_calendar(tables)
    _seed_policy(tables)


def downgrade() -> None:
    for table in ("policy_rows", "policy_versions", "calendar_days", "calendar_hours", "calendars"):
        op.execute(sa.text(f"DELETE FROM {table}"))  # noqa: S608 - names from the line above


def _seed_calendar(tables: sa.MetaData) -> None:
    op.bulk_insert(
        tables.tables["calendars"],
        [{"code": "city", "name": "云江市工作日历", "zone": "Asia/Shanghai", "revision": uuid.uuid4().hex}],
    )
    calendar_id = op.get_bind().execute(sa.text("SELECT id FROM calendars")).scalar_one()
    spans = [(weekday, *span) for weekday in range(5) for span in _HOURS]
    op.bulk_insert(
        tables.tables["calendar_hours"],
        [{"calendar_id": calendar_id, "weekday": w, "opens": o, "closes": c} for w, o, c in spans],
    )
    op.bulk_insert(
        tables.tables["calendar_days"],
        [
            {
                **row,
                "calendar_id": calendar_id,
                "on": date.fromisoformat(row["on"]),
                "is_official": row["is_official"] == "1",
            }
            for row in _rows("calendar_cn.csv")
        ],
    )


def _seed_policy(tables: sa.MetaData) -> None:
    op.bulk_insert(
        tables.tables["policy_versions"],
        [
            {
                "number": 1,
                "valid_from_on": date(1, 1, 1),
                "published_at": datetime.now(UTC),
                "note": "出厂时限规则",
                "revision": uuid.uuid4().hex,
            }
        ],
    )
    version_id = op.get_bind().execute(sa.text("SELECT id FROM policy_versions")).scalar_one()
    rows = []
    for row in _rows("policy.csv"):
        values = {name: value or None for name, value in row.items()}
        numbers = {name: int(row[name]) if row[name] else None for name in _WHOLE_NUMBERS}
        rows.append({**values, **numbers, "version_id": version_id, "is_rework": row["is_rework"] == "1"})
    op.bulk_insert(tables.tables["policy_rows"], rows)


def _rows(name: str) -> list[dict[str, str]]:
    with (_SEEDS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
