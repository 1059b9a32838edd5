"""How a length of working time is said, by the length of the city's own days."""

from datetime import time, timedelta

import pytest

from hotline.queries.worktime_words import Worktime
from workflows.worktime import WorkCalendar, office_week

OFFICE = WorkCalendar("Asia/Shanghai", office_week((time(8, 30), time(12)), (time(13, 30), time(17, 30))))
ROUND_THE_CLOCK = WorkCalendar("Asia/Shanghai", ((((time(), time()),)),) * 7)


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (0, "不足 1 分"),
        (0.5, "30 分"),
        (3, "3 小时"),
        (3.25, "3 小时 15 分"),
        (7.5, "1 个工作日"),
        (18.75, "2 个工作日 3 小时"),
    ],
)
def test_a_working_day_is_as_long_as_the_offices_are_open(hours, said):
    assert Worktime.of(OFFICE).say(timedelta(hours=hours)) == said


def test_an_office_that_never_closes_has_whole_days():
    assert Worktime.of(ROUND_THE_CLOCK).say(timedelta(hours=49)) == "2 个工作日 1 小时"


def test_english_readers_read_english():
    assert Worktime.of(OFFICE).say(timedelta(hours=16), is_english=True) == "2 working days 1 h"
