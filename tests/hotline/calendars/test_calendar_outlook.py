"""Is an unannounced year warned of in time, where it is seen, and not too often?"""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from hotline.models.calendars import Calendar
from hotline.models.people import User
from hotline.scheduler import check_calendars
from hotline.services.calendar_import import Choices, import_author, import_year
from hotline.services.calendar_notices import KIND
from hotline.services.calendar_outlook import list_known_until, list_unannounced
from hotline.services.holiday_sources import offer_of
from notifications.models import OutboxMessage

SEPTEMBER = datetime(2026, 9, 30, 2, tzinfo=UTC)
OCTOBER = datetime(2026, 10, 1, 2, tzinfo=UTC)
NOW = datetime.now(UTC)


@pytest.fixture
def announce(session_factory, city):
    """Import a year as official."""

    def take(year: int) -> None:
        with session_factory.begin() as session:
            calendar_id = session.scalars(select(Calendar.id).where(Calendar.code == "city")).one()
            import_year(
                session, calendar_id, offer_of(year), Choices(is_official=True), import_author(NOW, "")
            )

    return take


def unannounced(session_factory, at: datetime) -> list[tuple[str, int]]:
    with session_factory() as session:
        return [(each.code, each.year) for each in list_unannounced(session, at)]


def told(session_factory) -> list[tuple[str, str, str]]:
    with session_factory() as session:
        found = select(OutboxMessage).where(OutboxMessage.kind == KIND).order_by(OutboxMessage.key)
        return [(each.recipient, each.channel, each.facts["years"]) for each in session.scalars(found)]


def test_the_next_year_is_warned_of_from_october_until_it_is_announced(session_factory, city, announce):
    assert unannounced(session_factory, SEPTEMBER) == []
    assert unannounced(session_factory, OCTOBER) == [("city", 2027)]
    announce(2027)
    assert unannounced(session_factory, OCTOBER) == []


def test_a_year_that_runs_unannounced_is_warned_of_in_every_month(session_factory, city):
    assert unannounced(session_factory, datetime(2027, 3, 1, tzinfo=UTC)) == [("city", 2027)]
    assert unannounced(session_factory, datetime(2027, 11, 1, tzinfo=UTC)) == [("city", 2027), ("city", 2028)]


def test_a_city_without_a_policy_is_warned_too(session_factory):
    from hotline.services.calendar_seeds import seed_calendar  # noqa: PLC0415 - this city has nothing else

    with session_factory.begin() as session:
        seed_calendar(session)
    late = datetime(2026, 10, 20, tzinfo=UTC)
    assert unannounced(session_factory, late) == [("city", 2027)]


def test_the_clocks_that_reach_into_the_year_are_counted(session_factory, city):
    city.dispatched(datetime(2026, 12, 30, 2, tzinfo=UTC))
    with session_factory() as session:
        assert list_unannounced(session, datetime(2026, 12, 30, 3, tzinfo=UTC))[0].running > 0
        assert list_unannounced(session, OCTOBER)[0].running > 0


def test_administrators_are_told_once_a_week_and_nobody_else(session_factory, city):
    with session_factory() as session:
        administrator = session.scalars(select(User.id).where(User.username == "administrator")).one()
    monday = datetime(2026, 11, 23, 1, tzinfo=UTC)
    assert not check_calendars(session_factory, SEPTEMBER)
    for days in (0, 1, 6):
        assert check_calendars(session_factory, monday + timedelta(days=days))
    assert told(session_factory) == [(f"user:{administrator}", "mailbox", "2027")]
    check_calendars(session_factory, monday + timedelta(days=7))
    assert len(told(session_factory)) == 2


def test_a_week_begins_on_the_citys_monday(session_factory, city):
    check_calendars(session_factory, datetime(2026, 11, 22, 15, 59, tzinfo=UTC))
    check_calendars(session_factory, datetime(2026, 11, 22, 16, 1, tzinfo=UTC))
    assert len(told(session_factory)) == 2


def test_a_monitor_reads_how_far_each_calendar_is_sure(session_factory, city, app, announce):
    def known() -> dict[str, datetime]:
        with session_factory() as session:
            return dict(list_known_until(session, OCTOBER))

    end_of_2026 = datetime(2026, 12, 31, 16, tzinfo=UTC)
    assert known() == {"city": end_of_2026}
    announce(2027)
    assert known() == {"city": datetime(2027, 12, 31, 16, tzinfo=UTC)}
    text = app.test_client().get("/metrics").text
    assert 'hotline_calendar_known_until{calendar="city"}' in text
    assert 'calendar="always"' not in text


def test_the_administrators_pages_and_the_board_say_what_to_do(app, city, announce, session_factory):
    missing = [year for _, year in unannounced(session_factory, NOW)]
    for username, page in (
        ("administrator", "/admin"),
        ("administrator", "/admin/calendars"),
        ("administrator", "/admin/calendars/city"),
        ("supervisor", "/board"),
    ):
        told = city.sign_in(app, username).get(page).text
        assert [f"没有 {year} 年的正式放假安排" in told for year in missing] == [True] * len(missing)
        assert ("请系统管理员在通知发布后导入" in told) == (bool(missing) and username == "supervisor")
    for year in (NOW.year, NOW.year + 1):
        announce(year)
    assert "正式放假安排" not in city.sign_in(app, "supervisor").get("/board").text
    assert date(NOW.year + 1, 1, 1)
