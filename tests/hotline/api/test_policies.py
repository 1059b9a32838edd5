"""The limits through the API: those in force, row by row, and nothing that is only planned."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select

from hotline.models.catalog import Category
from hotline.models.policies import PolicyRow, PolicyVersion, selector_of

NOW = datetime.now(UTC)


def add_version(session, number: int, state: str, valid_from_on: date) -> PolicyVersion:
    version = PolicyVersion(number=number, state=state, valid_from_on=valid_from_on, published_at=NOW)
    session.add(version)
    session.flush()
    return version


def test_a_draft_a_discarded_and_a_later_version_are_not_shown(api, session_factory):
    with session_factory.begin() as session:
        add_version(session, 2, "discarded", date(2026, 1, 1))
        add_version(session, 3, "published", NOW.date() + timedelta(days=9))
        add_version(session, 4, "draft", date(2026, 1, 1))
    shown = api.get("importer", "/policies").json
    assert (shown["version"], shown["valid_from_on"]) == (1, "0001-01-01")


def test_a_narrowed_row_says_whom_it_is_for(api, session_factory):
    with session_factory.begin() as session:
        version = add_version(session, 2, "published", date(2026, 1, 1))
        category = session.scalars(select(Category.id).order_by(Category.id)).first()
        row = PolicyRow(
            version_id=version.id,
            clock="handle",
            limit_class="urgent",
            ticket_type="help",
            category_id=category,
            unit_tier=3,
            amount=12,
            unit="hours",
            calendar="always",
            start_rule="at_once",
            day_end_rule="same_time",
            orange_amount=2,
            orange_unit="hours",
            pauses_in="suspended",
        )
        row.is_rework = False
        row.selector = selector_of(row)
        session.add(row)
    items = api.get("importer", "/policies").json["items"]
    assert [{name: value for name, value in item.items() if name != "id"} for item in items] == [
        {
            "clock": "handle",
            "limit_class": "urgent",
            "ticket_type": "help",
            "category": str(category),
            "unit_tier": 3,
            "is_rework": False,
            "amount": 12,
            "unit": "hours",
            "calendar": "always",
            "start_rule": "at_once",
            "day_end_rule": "same_time",
            "yellow_amount": None,
            "yellow_unit": None,
            "orange_amount": 2,
            "orange_unit": "hours",
            "pauses_in": ["suspended"],
        }
    ]
