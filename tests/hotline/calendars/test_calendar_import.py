"""Does importing a year change what it shows and nothing else, and does it leave people's corrections alone?"""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from hotline.models.calendars import CITY_CALENDAR, Calendar, CalendarDay, CalendarEdition, DayKind, Origin
from hotline.queries.calendar_states import read_state
from hotline.services.calendar_editing import confirm_year
from hotline.services.calendar_import import (
    Choices,
    ConflictError,
    import_author,
    import_year,
    plan_import,
)
from hotline.services.calendar_seeds import seed_calendar
from hotline.services.calendars import (
    Author,
    DayMark,
    amend,
    last_number,
    load_calendar,
    mark_day,
    unmark_day,
)
from hotline.services.holiday_sources import Offer, Source, compare, offer_of
from workflows.errors import Code, Refused

NOW = datetime(2026, 11, 5, 2, tzinfo=UTC)
AUTHOR = import_author(NOW, "导入")
FOLLOW = Choices()
CORRECTION = Author(NOW, "更正")
CONFIRMATION = Author(NOW, "已核对", origin=Origin.CONFIRMED)
NATIONAL_DAY = date(2027, 10, 1)
EVE = date(2027, 2, 5)
WORKING_SUNDAY = date(2027, 10, 10)
NOTICE = compare(
    2027,
    {NATIONAL_DAY: Offer(DayKind.HOLIDAY, "国庆节"), WORKING_SUNDAY: Offer(DayKind.WORKDAY_IN_LIEU)},
    {
        NATIONAL_DAY: Offer(DayKind.HOLIDAY, "国庆节"),
        WORKING_SUNDAY: Offer(DayKind.WORKDAY_IN_LIEU, "国庆节"),
    },
)


@pytest.fixture
def city(session) -> int:
    return seed_calendar(session).id


def editions(session) -> int:
    return session.scalar(
        select(func.count(CalendarEdition.id)).join(Calendar).where(Calendar.code == CITY_CALENDAR)
    )


@pytest.mark.parametrize("year", [2024, 2025, 2026, 2027])
def test_importing_what_is_shipped_changes_nothing_and_makes_no_edition(session, city, year):
    plan = plan_import(session, city, offer_of(year), FOLLOW)
    assert (plan.writes, plan.kept, plan.conflicts) == ((), (), ())
    assert import_year(session, city, offer_of(year), FOLLOW, AUTHOR) is None
    assert editions(session) == 1


def test_a_year_is_imported_as_one_edition_and_again_as_none(session, city):
    edition = import_year(session, city, offer_of(2023), FOLLOW, AUTHOR)
    assert (edition.number, edition.note, edition.origin) == (2, "导入", "imported")
    assert load_calendar(session).is_known(date(2023, 5, 1))
    assert not load_calendar(session).is_workday(date(2023, 1, 23))
    assert load_calendar(session).is_workday(date(2023, 1, 28))
    assert import_year(session, city, offer_of(2023), FOLLOW, AUTHOR) is None
    assert editions(session) == 2


def test_the_notice_of_a_computed_year_shows_what_is_added_removed_and_changed(session, city):
    plan = plan_import(session, city, NOTICE, FOLLOW)
    assert [change.on for change in plan.added] == [WORKING_SUNDAY]
    assert [change.on for change in plan.changed] == [NATIONAL_DAY]
    assert EVE in [change.on for change in plan.removed]
    import_year(session, city, NOTICE, FOLLOW, AUTHOR)
    calendar = load_calendar(session)
    assert calendar.is_known(NATIONAL_DAY)
    assert calendar.is_workday(WORKING_SUNDAY)
    assert calendar.is_workday(EVE)


def test_what_people_corrected_is_kept_and_named(session, city):
    closed = date(2027, 3, 8)
    mark_day(session, city, DayMark(closed, DayKind.HOLIDAY, "防汛停工"), CORRECTION)
    unmark_day(session, city, NATIONAL_DAY, CORRECTION)
    plan = plan_import(session, city, NOTICE, FOLLOW)
    assert {change.on for change in plan.kept} == {closed, NATIONAL_DAY}
    import_year(session, city, NOTICE, FOLLOW, AUTHOR)
    calendar = load_calendar(session)
    assert not calendar.is_workday(closed)
    assert calendar.is_workday(NATIONAL_DAY)


def confirmed(session, city) -> None:
    state = read_state(session, city, last_number(session, city))
    amend(session, city, confirm_year(state, 2027, "国办发明电〔2026〕7号"), CONFIRMATION)


def test_a_year_confirmed_by_mistake_is_as_its_notice_has_it_once_that_is_imported(session, city):
    confirmed(session, city)
    plan = plan_import(session, city, NOTICE, FOLLOW)
    assert EVE in [change.on for change in plan.removed]
    assert (plan.added[0].on, plan.kept) == (WORKING_SUNDAY, ())
    import_year(session, city, NOTICE, FOLLOW, AUTHOR)
    standing = read_state(session, city, last_number(session, city)).days_of(2027)
    assert {day.on: day.kind for day in standing} == {on: each.kind for on, each in NOTICE.agreed.items()}
    assert load_calendar(session).is_workday(WORKING_SUNDAY)
    assert load_calendar(session).is_workday(EVE)


def test_an_import_that_knows_no_notice_leaves_a_confirmed_year_official(session, city):
    confirmed(session, city)
    plan = plan_import(session, city, offer_of(2027), FOLLOW)
    assert (plan.is_official, plan.writes) == (False, ())
    assert NATIONAL_DAY in [change.on for change in plan.kept]


def test_what_people_corrected_before_they_confirmed_its_year_is_kept(session, city):
    closed = date(2027, 3, 8)
    mark_day(session, city, DayMark(closed, DayKind.HOLIDAY, "防汛停工", is_official=False), CORRECTION)
    confirmed(session, city)
    assert [change.on for change in plan_import(session, city, NOTICE, FOLLOW).kept] == [closed]


def test_a_year_without_a_notice_is_computed_unless_somebody_insists(session, city):
    assert not plan_import(session, city, offer_of(2028), FOLLOW).is_official
    import_year(session, city, offer_of(2028), FOLLOW, AUTHOR)
    assert not load_calendar(session).is_known(date(2028, 1, 1))
    assert not load_calendar(session).is_workday(date(2028, 1, 26))
    import_year(session, city, offer_of(2028), Choices(is_official=True), AUTHOR)
    assert load_calendar(session).is_known(date(2028, 1, 1))


def test_where_the_packages_disagree_nothing_is_written_until_somebody_chooses(session, city):
    disputed = date(2005, 12, 31)  # a Saturday that only one of the two takes for a workday
    offer = offer_of(2005)
    assert [conflict.on for conflict in offer.conflicts] == [disputed]
    with pytest.raises(ConflictError):
        import_year(session, city, offer, FOLLOW, AUTHOR)
    assert editions(session) == 1
    import_year(session, city, offer, Choices(Source.HOLIDAYS), AUTHOR)
    assert load_calendar(session).is_workday(disputed)
    import_year(session, city, offer, Choices(Source.CHINESECALENDAR), AUTHOR)
    assert not load_calendar(session).is_workday(disputed)


def test_a_date_somebody_decided_by_hand_is_no_conflict_any_more(session, city):
    mark_day(session, city, DayMark(date(2005, 12, 31), DayKind.WORKDAY_IN_LIEU), CORRECTION)
    edition = import_year(session, city, offer_of(2005), FOLLOW, AUTHOR)
    assert edition.number == 3
    assert load_calendar(session).is_workday(date(2005, 12, 31))


def test_the_two_packages_agree_on_every_day_of_the_years_of_the_notices_but_one():
    conflicts = {year: offer_of(year).conflicts for year in range(2004, 2027)}
    assert [year for year, found in conflicts.items() if found] == [2005]


def test_a_weekend_inside_a_holiday_that_only_one_names_is_no_conflict():
    saturday = date(2026, 10, 3)
    offer = compare(2026, {}, {saturday: Offer(DayKind.HOLIDAY, "国庆节")})
    assert offer.conflicts == ()
    assert offer.agreed[saturday].name == "国庆节"


def test_an_import_planned_on_an_edition_that_is_no_longer_the_newest_is_refused(session, city):
    with pytest.raises(Refused) as refused:
        import_year(session, city, NOTICE, Choices(based_on=0), AUTHOR)
    assert refused.value.code == Code.STALE_EDITION


def test_special_hours_of_a_year_survive_its_import(session, city):
    on = date(2027, 3, 9)
    hours = ((datetime(2027, 1, 1, 9).time(), datetime(2027, 1, 1, 12).time()),)  # noqa: DTZ001 - wall clock
    mark_day(session, city, DayMark(on, DayKind.SPECIAL_HOURS, "演练", hours=hours), CORRECTION)
    import_year(session, city, NOTICE, FOLLOW, AUTHOR)
    assert load_calendar(session).hours_on(on) == hours
    kept = select(CalendarDay).where(CalendarDay.on == on, CalendarDay.until_edition.is_(None))
    assert session.scalars(kept).one().from_edition == 2
