"""The shipped calendar and limits: what they say, how they are edited, which version a ticket sees."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.calendars import Calendar, DayKind
from hotline.models.policies import PolicyRow, PolicyVersion
from hotline.services.calendar_seeds import seed_calendar
from hotline.services.calendars import Author, DayMark, load_calendar, mark_day, unmark_day
from hotline.services.policies import current_policy, get_policy
from hotline.services.policy_seeds import seed_policy
from workflows.counting import TimeUnit
from workflows.policy import Case, LimitClass
from workflows.timer_actions import TIMER_ACTIONS
from workflows.vocabulary import ClockName, TimerKind

AUTHOR = Author(datetime(2026, 11, 1, tzinfo=UTC), "补登")
MONDAY = datetime(2026, 11, 23, 1, 12, tzinfo=UTC)


@pytest.fixture
def rules(session: Session) -> Session:
    seed_calendar(session)
    seed_policy(session, datetime(2026, 1, 1, tzinfo=UTC))
    return session


def test_the_shipped_policy_limits_every_class(rules):
    policy = current_policy(rules, date(2026, 11, 23))
    names = ("sign", "handle", "review", "callback", "dispute", "decision", "archive")
    classes = [each for each in LimitClass if each is not LimitClass.ANY]
    assert [(name, each) for name in names for each in classes if policy.find(name, Case(each)) is None] == []


def test_the_shipped_policy_says_what_the_design_says(rules):
    policy = current_policy(rules, date(2026, 11, 23))
    found = {
        key: (entry.limit.amount, entry.limit.unit)
        for key in (("sign", "critical", False), ("handle", "report", False), ("handle", "ordinary", True))
        if (entry := policy.find(key[0], Case(key[1]), is_rework=key[2]))
    }
    assert found == {
        ("sign", "critical", False): (15, TimeUnit.MINUTES),
        ("handle", "report", False): (15, TimeUnit.WORKING_DAYS),
        ("handle", "ordinary", True): (3, TimeUnit.WORKING_DAYS),
    }
    assert policy.find("dispatch", Case("hard")) is None


def test_every_clock_with_a_timer_has_a_limit_in_the_shipped_policy(rules):
    shipped = set(rules.scalars(select(PolicyRow.clock)))
    # How long a citizen or a suspended matter is waited for is a day that somebody chooses.
    shipped |= {ClockName.SUPPLEMENT, ClockName.SUSPENSION}
    assert {clock for clock, kind in TIMER_ACTIONS if kind is TimerKind.RED} <= shipped


def test_seeding_twice_changes_nothing(rules):
    seed_calendar(rules)
    seed_policy(rules, datetime(2026, 2, 1, tzinfo=UTC))
    assert len(rules.scalars(select(PolicyVersion)).all()) == 1
    assert set(rules.scalars(select(Calendar.code))) == {"city", "always"}


def test_a_marked_day_counts_at_once_and_an_unmarked_one_no_longer(rules):
    calendar_id = seed_calendar(rules).id
    on = date(2026, 11, 24)
    mark_day(rules, calendar_id, DayMark(on, DayKind.HOLIDAY, "防汛停工"), AUTHOR)
    assert not load_calendar(rules).is_workday(on)
    unmark_day(rules, calendar_id, on, AUTHOR)
    assert load_calendar(rules).is_workday(on)


def test_the_loaded_calendar_knows_which_years_are_official(rules):
    calendar = load_calendar(rules)
    assert calendar.known_years == {2024, 2025, 2026}
    assert not calendar.is_workday(date(2027, 2, 8))
    assert calendar.is_workday(date(2026, 10, 10))


def test_a_ticket_keeps_the_policy_it_was_dispatched_under(rules):
    first = current_policy(rules, date(2026, 11, 23))
    newer = PolicyVersion(number=2, valid_from_on=date(2026, 11, 1), published_at=MONDAY)
    rules.add(newer)
    rules.flush()
    assert current_policy(rules, date(2026, 11, 23)).number == 2
    assert current_policy(rules, date(2026, 10, 1)).number == 1
    assert get_policy(rules, first.version_id).rows == first.rows


def test_a_day_marked_by_another_session_counts_from_the_next_transaction(session_factory):
    on = date(2026, 11, 24)
    with session_factory.begin() as setup:
        calendar_id = seed_calendar(setup).id
    with session_factory() as reader:
        with reader.begin():
            assert load_calendar(reader).is_workday(on)
        with session_factory.begin() as editor:
            mark_day(editor, calendar_id, DayMark(on, DayKind.HOLIDAY), AUTHOR)
        with reader.begin():
            assert not load_calendar(reader).is_workday(on)
