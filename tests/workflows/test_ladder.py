"""When does an overdue ticket climb, by which steps, and which of them does the system take by itself?"""

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from workflows.choices import SYSTEM_ACTS, OrderLevel, SystemAct
from workflows.counting import TimeUnit
from workflows.policy import Policy, Step
from workflows.timer_actions import LADDER, timer_action
from workflows.vocabulary import ClockName
from workflows.worktime import WorkCalendar, office_week

CITY = ZoneInfo("Asia/Shanghai")
CALENDAR = WorkCalendar("Asia/Shanghai", office_week((time(8, 30), time(12)), (time(13, 30), time(17, 30))))
FRIDAY_CLOSING = datetime(2026, 11, 27, 17, 30, tzinfo=CITY)


@pytest.mark.parametrize(
    ("amount", "unit", "reached"),
    [
        (15, TimeUnit.MINUTES, "2026-11-27 17:45"),
        (12, TimeUnit.HOURS, "2026-11-28 05:30"),
        (2, TimeUnit.DAYS, "2026-11-29 17:30"),
        (4, TimeUnit.WORKING_HOURS, "2026-11-30 14:00"),
        (1, TimeUnit.WORKING_DAYS, "2026-11-30 17:30"),
        (5, TimeUnit.WORKING_DAYS, "2026-12-04 17:30"),
        (0, TimeUnit.WORKING_DAYS, "2026-11-27 17:30"),
    ],
)
def test_a_step_is_counted_from_the_due_moment_in_its_own_unit(amount, unit, reached):
    expected = datetime.fromisoformat(reached).replace(tzinfo=CITY)
    assert Step(3, amount, unit).reached_at(FRIDAY_CLOSING, CALENDAR) == expected


def test_a_class_without_steps_of_its_own_climbs_those_of_any():
    slow, fast = Step(3, 1, TimeUnit.WORKING_DAYS), Step(2, 15, TimeUnit.MINUTES)
    policy = Policy(1, 1, {}, {"any": (slow,), "critical": (fast,)})
    assert policy.steps_of("critical") == (fast,)
    assert policy.steps_of("ordinary") == (slow,)
    assert Policy(1, 1, {}).steps_of("ordinary") == ()


def test_every_level_has_a_timer_that_asks_for_it():
    asked = {level: timer_action(ClockName.HANDLE, kind, is_of_share=False) for level, kind in LADDER.items()}
    assert {level: each.data["level"] for level, each in asked.items() if each} == {
        int(word): word.value for word in OrderLevel
    }


def test_interviews_and_discipline_are_left_to_people():
    assert {level for level, act in SYSTEM_ACTS.items() if act is SystemAct.PROPOSE} == {
        OrderLevel.INTERVIEW,
        OrderLevel.DISCIPLINE,
    }
    assert set(SYSTEM_ACTS) == set(OrderLevel)
