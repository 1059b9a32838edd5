"""Do instants, lengths, names and words read as people expect?"""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from hotline.queries.wording import say_date
from hotline.web import filters, moments
from workflows.vocabulary import AssignmentState, Light, RequestState, TicketState

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(("day", "year"), [(NOW, ""), (datetime(2027, 1, 14, 9, 30, tzinfo=UTC), "2027")])
def test_a_day_of_another_year_than_todays_says_its_year(day, year):
    midnight = day.replace(hour=16, minute=0)
    with time_machine.travel(NOW, tick=False):
        said = (
            moments.city_short(day),
            moments.city_short_day(day),
            moments.city_until_short(midnight),
            moments.city_day(day),
            moments.city_long(day),
            say_date(day.date()),
        )
    chinese = f"{year} 年 " if year else ""
    dashed = f"{year}-" if year else ""
    assert [text.startswith(dashed + f"{day:%m-%d}") for text in said[:3]] == [True] * 3
    assert [text.startswith(f"{chinese}{day.month} 月 {day.day} 日") for text in said[3:]] == [True] * 3


def test_the_year_is_the_citys_own_at_its_turn():
    with time_machine.travel(datetime(2026, 12, 31, 17, tzinfo=UTC), tick=False):
        assert moments.city_short(datetime(2026, 12, 31, 16, tzinfo=UTC)) == "01-01 00:00"
        assert moments.city_short(NOW) == "2026-11-23 17:30"


@time_machine.travel(NOW, tick=False)
def test_an_instant_is_shown_in_the_city_and_in_its_language():
    assert moments.city_time(NOW) == "2026-11-23 17:30"
    assert moments.city_time(NOW, "en") == "23 Nov 2026, 17:30"
    assert moments.city_long(NOW) == "11 月 23 日（周一）17:30"
    assert moments.city_date(date(2026, 1, 5), "en") == "5 Jan 2026"


def test_the_day_of_an_instant_is_the_citys_day():
    assert moments.city_date(datetime(2026, 11, 22, 16, 0, tzinfo=UTC)) == "2026-11-23"


@pytest.mark.parametrize(
    ("left", "text"),
    [
        (timedelta(hours=6, minutes=10), "剩 6 时 10 分"),
        (timedelta(days=2), "剩 2 天"),
        (timedelta(days=2, hours=3, minutes=59), "剩 2 天 3 时"),
        (timedelta(minutes=55, seconds=59), "剩 55 分"),
        (timedelta(seconds=30), "剩 不足 1 分"),
        (timedelta(0), "剩 不足 1 分"),
        (-timedelta(days=1, hours=2), "超期 1 天 2 时"),
        (-timedelta(seconds=1), "超期 不足 1 分"),
    ],
)
def test_what_is_left_is_said_in_two_units(left, text):
    assert moments.remaining(NOW + left, NOW) == text


def test_rare_characters_count_once_and_line_ends_count_once():
    assert filters.char_count("𠮷𬭊㛃") == 3
    assert filters.char_count("a\r\nb") == 3
    assert filters.char_count(None) == 0


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13812341234", "138****1234"),
        ("+8613812341234", "+86138****1234"),
        ("12345", "***45"),
        ("", ""),
        (None, ""),
    ],
)
def test_a_phone_keeps_its_head_and_tail_only(phone, masked):
    assert filters.mask_phone(phone) == masked


@pytest.mark.parametrize(
    ("name", "masked"),
    [("张三丰", "张**"), ("李四", "李*"), ("王", "王*"), ("欧阳一二三", "欧**"), (None, "")],
)
def test_a_name_keeps_its_first_character_only(name, masked):
    assert filters.mask_name(name) == masked


@pytest.mark.parametrize("state", [*TicketState, *AssignmentState, *RequestState])
def test_every_state_has_a_chinese_label_and_a_chosen_colour(state):
    assert filters.state_label(state) == filters.state_label(state.value) == state.label_zh
    assert state.value in filters._STATE_KINDS


@pytest.mark.parametrize("light", [light for light in Light if light is not Light.NONE])
def test_every_light_has_a_shape(light):
    assert filters.light_kind(light) != "none"


def test_an_unknown_stored_word_shows_as_it_is():
    assert filters.state_label("from_an_old_version") == "from_an_old_version"


@pytest.mark.parametrize(
    ("address", "masked"), [("chen@example.cn", "c***@example.cn"), ("", ""), (None, "")]
)
def test_a_mail_address_keeps_its_first_letter_and_its_server_only(address, masked):
    assert filters.mask_email(address) == masked
