"""Editions: is what was counted by one readable for ever, and does the second of two authors hear of the first?"""

import threading
from datetime import UTC, date, datetime, time

import pytest
from sqlalchemy import func, select

from hotline.models.calendars import CITY_CALENDAR, Calendar, CalendarEdition, DayKind
from hotline.queries.calendar_states import compare_days, compare_weeks, read_state
from hotline.services.calendar_seeds import seed_calendar
from hotline.services.calendars import (
    Amendment,
    Author,
    DayMark,
    Span,
    amend,
    load_calendar,
    load_edition,
)
from workflows.errors import Code, Refused

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
AUTHOR = Author(NOW, "更正")
ON = date(2026, 11, 24)
LATE = (Span(0, time(9), time(12)), Span(0, time(20), time(0)))


@pytest.fixture
def city(session) -> int:
    return seed_calendar(session).id


def holiday(on: date = ON, based_on: int | None = None) -> Amendment:
    return Amendment((DayMark(on, DayKind.HOLIDAY, "停工"),), based_on=based_on)


def test_what_a_clock_was_counted_by_stays_readable_after_the_next_editions(session, city):
    then = load_calendar(session)
    amend(session, city, holiday(), AUTHOR)
    amend(session, city, Amendment(week=LATE), AUTHOR)
    amend(session, city, Amendment(cleared=(ON,)), AUTHOR)
    assert load_edition(session, then.edition_id) == then
    assert load_edition(session, then.edition_id).is_workday(ON)
    now = load_calendar(session)
    assert now.hours_on(date(2026, 11, 23)) == ((time(9), time(12)), (time(20), time(0)))
    assert not now.is_workday(ON)


def test_a_stale_amendment_is_refused_and_changes_nothing(session, city):
    amend(session, city, holiday(based_on=1), AUTHOR)
    with pytest.raises(Refused) as refused:
        amend(session, city, Amendment(cleared=(ON,), based_on=1), AUTHOR)
    assert refused.value.code == Code.STALE_EDITION
    assert not load_calendar(session).is_workday(ON)


@pytest.mark.parametrize(
    "week",
    [(), (Span(0, time(12), time(13)), Span(0, time(9), time(12)))],
    ids=["never open", "out of order"],
)
def test_hours_that_cannot_be_counted_by_never_become_an_edition(session, city, week):
    with pytest.raises(ValueError, match=r"hours"), session.begin_nested():
        amend(session, city, Amendment(week=week), AUTHOR)
    assert load_calendar(session).is_workday(ON)


def test_two_editions_are_compared_by_days_and_weekdays(session, city):
    amend(session, city, holiday(), AUTHOR)
    amend(session, city, Amendment(week=LATE), AUTHOR)
    first, third = (read_state(session, city, number) for number in (1, 3))
    assert [(pair.on, pair.before, pair.after.kind) for pair in compare_days(first, third)] == [
        (ON, None, DayKind.HOLIDAY)
    ]
    assert [pair.weekday for pair in compare_weeks(first, third)] == [0, 1, 2, 3, 4]
    assert compare_days(third, third) == []


def test_of_two_administrators_at_once_one_saves_and_the_other_is_told(session_factory):
    with session_factory.begin() as session:
        city = seed_calendar(session).id
    start, outcomes = threading.Barrier(2), []

    def save(day: int) -> None:
        start.wait()
        try:
            with session_factory.begin() as session:
                amend(session, city, holiday(date(2026, 11, day), based_on=1), AUTHOR)
            outcomes.append("saved")
        except Refused as refusal:
            outcomes.append(refusal.code)

    threads = [threading.Thread(target=save, args=(day,)) for day in (24, 25)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["saved", Code.STALE_EDITION]
    with session_factory() as session:
        of_city = select(func.count(CalendarEdition.id)).join(Calendar).where(Calendar.code == CITY_CALENDAR)
        assert session.scalar(of_city) == 2
