"""Why a clock falls due when it does, worked by hand for two weeks around a long weekend of October 2026."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from workflows.counting import DayEndRule, StartRule, TimeUnit
from workflows.explanation import Basis, Change, DayKind, explain
from workflows.policy import PolicyEntry
from workflows.sla import Limit, later, plan
from workflows.vocabulary import ChangeReason
from workflows.worktime import WorkCalendar, office_week

CITY = ZoneInfo("Asia/Shanghai")
CALENDAR = WorkCalendar(
    "Asia/Shanghai",
    office_week((time(8, 30), time(12)), (time(13, 30), time(17, 30))),
    holidays=frozenset(date(2026, 10, day) for day in range(1, 8)),
    workdays_in_lieu=frozenset({date(2026, 10, 10)}),
    special_hours={date(2026, 10, 9): ((time(8, 30), time(11)),)},
)
FIVE_DAYS = PolicyEntry(1, Limit(5, TimeUnit.WORKING_DAYS, StartRule.NEXT_WORKING_DAY, DayEndRule.CLOSING))
FOUR_HOURS = PolicyEntry(2, Limit(4, TimeUnit.WORKING_HOURS))
TWO_HOURS = PolicyEntry(3, Limit(2, TimeUnit.HOURS))


def city(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=CITY)


def change(reason: ChangeReason, at: str, due: datetime, entry: PolicyEntry | None, **more) -> Change:
    return Change(reason, city(at), due, entry, CALENDAR, **more)


def started(at: str, entry: PolicyEntry) -> Change:
    return change(ChangeReason.STARTED, at, plan(entry.limit, CALENDAR, city(at)).due_at, entry)


def told(story) -> list[tuple[str, str, DayKind, str]]:
    return [
        (f"{each.on:%m-%d}", f"{each.until:%m-%d}", each.kind, str(each.counted)) for each in story.stretches
    ]


def test_five_working_days_over_a_holiday_name_each_day_that_counts_and_each_that_does_not():
    story = explain([started("09-29 16:50", FIVE_DAYS)])
    assert story.due_at == city("10-11 17:30") + timedelta(days=1)  # Monday the 12th
    assert told(story) == [
        ("09-30", "09-30", DayKind.WORKING, "7:30:00"),
        ("10-01", "10-07", DayKind.HOLIDAY, "0:00:00"),
        ("10-08", "10-08", DayKind.WORKING, "7:30:00"),
        ("10-09", "10-09", DayKind.SPECIAL, "2:30:00"),
        ("10-10", "10-10", DayKind.MAKE_UP, "7:30:00"),
        ("10-11", "10-11", DayKind.WEEKEND, "0:00:00"),
        ("10-12", "10-12", DayKind.WORKING, "7:30:00"),
    ]
    assert story.turns[0].basis is Basis.LIMIT
    assert story.is_whole


def test_what_is_counted_adds_up_to_the_limit_in_working_hours():
    story = explain([started("09-30 16:00", FOUR_HOURS)])
    assert story.due_at == city("10-08 11:00")
    assert [str(each.total) for each in story.stretches] == ["1:30:00", "1:30:00", "4:00:00"]


def test_a_pause_takes_its_hours_out_of_the_table_and_moves_the_end_by_as_much():
    first = started("09-29 09:00", FOUR_HOURS)
    held = timedelta(hours=2)  # 10:00–12:00; the rest of the pause is the lunch break
    moved = later(first.due_at, TimeUnit.WORKING_HOURS, CALENDAR, held)
    story = explain(
        [
            first,
            change(ChangeReason.PAUSED, "09-29 10:00", first.due_at, FOUR_HOURS),
            change(ChangeReason.RESUMED, "09-29 13:00", moved, FOUR_HOURS, held=held),
        ]
    )
    assert [turn.basis for turn in story.turns] == [Basis.LIMIT, Basis.STANDS_STILL, Basis.HELD_TIME]
    assert story.due_at == city("09-29 16:30")
    assert story.stretches[-1].total == timedelta(hours=4)
    assert story.pauses == ((city("09-29 10:00"), city("09-29 13:00")),)


def test_a_clock_that_is_still_held_counts_nothing_after_the_pause_began():
    first = started("09-29 09:00", FOUR_HOURS)
    story = explain([first, change(ChangeReason.PAUSED, "09-29 10:00", first.due_at, FOUR_HOURS)])
    assert story.stretches[-1].total == timedelta(hours=1)
    assert story.pauses == ((city("09-29 10:00"), None),)


def test_an_extension_says_from_when_to_when():
    first = started("09-29 16:50", FIVE_DAYS)
    longer = CALENDAR.add(first.due_at, 3, TimeUnit.WORKING_DAYS)
    story = explain([first, change(ChangeReason.EXTENDED, "10-08 09:00", longer, FIVE_DAYS, days=3)])
    assert (story.turns[1].before, story.turns[1].change.due_at) == (first.due_at, longer)
    assert story.turns[1].basis is Basis.GRANTED_DAYS
    assert story.turns[1].has_moved


@pytest.mark.parametrize(
    ("at", "due", "basis"),
    [
        ("09-29 17:00", "09-29 18:50", Basis.FROM_START),
        ("09-30 09:00", "09-30 11:00", Basis.FROM_CHANGE),
    ],
)
def test_a_shorter_limit_counts_from_the_start_or_where_that_is_over_from_the_change(at, due, basis):
    first = started("09-29 16:50", FIVE_DAYS)
    story = explain([first, change(ChangeReason.RECLASSIFIED, at, city(due), TWO_HOURS)])
    assert story.turns[1].basis is basis
    assert story.stretches == ()


def test_a_promise_that_a_change_did_not_touch_says_so():
    first = started("09-29 16:50", TWO_HOURS)
    story = explain([first, change(ChangeReason.RECLASSIFIED, "09-29 18:00", first.due_at, FOUR_HOURS)])
    assert story.turns[1].basis is Basis.PROMISE_KEPT


def test_a_day_that_somebody_chose_is_called_chosen():
    chosen = change(ChangeReason.STARTED, "09-29 16:50", city("10-09 00:00"), None)
    assert explain([chosen], is_chosen=True).turns[0].basis is Basis.CHOSEN


def test_a_due_moment_that_the_rules_do_not_give_is_not_explained_away():
    wrong = change(ChangeReason.STARTED, "09-29 16:50", city("10-13 17:30"), FIVE_DAYS)
    story = explain([wrong])
    assert story.turns[0].basis is Basis.UNEXPLAINED
    assert not story.is_whole


def test_a_clock_without_changes_cannot_be_explained():
    with pytest.raises(ValueError, match="without changes"):
        explain([])


def test_a_clock_moved_by_hand_after_a_change_is_not_explained_away():
    first = started("09-29 16:50", FIVE_DAYS)
    moved = change(ChangeReason.RECLASSIFIED, "09-30 09:00", first.due_at + timedelta(days=30), FIVE_DAYS)
    longer = change(
        ChangeReason.EXTENDED, "09-30 09:00", first.due_at + timedelta(days=300), FIVE_DAYS, days=1
    )
    assert [explain([first, each]).is_whole for each in (moved, longer)] == [False, False]


def test_another_limit_counts_what_was_held_and_granted_before():
    first = started("09-29 09:00", FOUR_HOURS)
    held = timedelta(hours=2)
    resumed = later(first.due_at, TimeUnit.WORKING_HOURS, CALENDAR, held)
    granted = CALENDAR.add(resumed, 1, TimeUnit.WORKING_DAYS)
    eight = PolicyEntry(4, Limit(8, TimeUnit.WORKING_HOURS))
    full = later(
        plan(eight.limit, CALENDAR, city("09-29 09:00")).due_at, TimeUnit.WORKING_HOURS, CALENDAR, held
    )
    story = explain(
        [
            first,
            change(ChangeReason.PAUSED, "09-29 10:00", first.due_at, FOUR_HOURS),
            change(ChangeReason.RESUMED, "09-29 13:00", resumed, FOUR_HOURS, held=held),
            change(ChangeReason.EXTENDED, "09-29 14:00", granted, FOUR_HOURS, days=1),
            change(
                ChangeReason.RECLASSIFIED,
                "09-29 15:00",
                CALENDAR.add(full, 1, TimeUnit.WORKING_DAYS),
                eight,
            ),
        ]
    )
    assert [turn.basis for turn in story.turns[2:]] == [
        Basis.HELD_TIME, Basis.GRANTED_DAYS, Basis.FROM_START,
    ]  # fmt: skip
    assert story.turns[3].unit is TimeUnit.WORKING_DAYS


def test_time_that_counts_from_a_change_is_counted_from_there():
    first = started("09-29 16:50", FIVE_DAYS)
    one_hour = PolicyEntry(5, Limit(1, TimeUnit.WORKING_HOURS))
    story = explain([first, change(ChangeReason.RECLASSIFIED, "09-30 09:00", city("09-30 10:00"), one_hour)])
    assert story.turns[1].basis is Basis.FROM_CHANGE
    assert [str(each.counted) for each in story.stretches] == ["1:00:00"]


def test_a_chosen_day_that_was_held_moves_by_the_hours_of_the_day():
    chosen = change(ChangeReason.STARTED, "09-29 16:50", city("10-09 00:00"), None)
    held = timedelta(days=2)
    story = explain(
        [
            chosen,
            change(ChangeReason.PAUSED, "09-30 09:00", chosen.due_at, None),
            change(ChangeReason.RESUMED, "10-02 09:00", chosen.due_at + held, None, held=held),
        ],
        is_chosen=True,
    )
    assert story.is_whole


def test_days_that_were_laid_out_by_an_earlier_edition_are_told_as_they_were_counted():
    """A pause under a new edition measures itself by it; the days keep the edition they were laid out by."""
    first = started("09-29 09:00", FOUR_HOURS)
    newer = WorkCalendar(CALENDAR.zone, CALENDAR.weekly_hours, holidays=frozenset({date(2026, 9, 29)}))
    held = Change(ChangeReason.PAUSED, city("09-29 10:00"), first.due_at, FOUR_HOURS, newer)
    assert [each.kind for each in explain([first, held]).stretches] == [DayKind.WORKING]


def test_what_moved_a_clock_before_changes_were_kept_is_said_to_be_unknown():
    first = started("09-29 16:50", FIVE_DAYS)
    carried = change(ChangeReason.CARRIED_OVER, "09-29 16:50", city("10-15 17:30"), FIVE_DAYS)
    story = explain([first, carried])
    assert story.turns[1].basis is Basis.CARRIED_OVER
    assert story.due_at == city("10-15 17:30")
