"""Does everything that is asked for or said have a name people know, and are values read aloud as people do?"""

from datetime import date

import pytest

from hotline.queries.field_labels import FIELD_LABELS, LABELS_OF_ACTIONS
from hotline.queries.wording import MESSAGE_KINDS, ROWS, Names, field_label, read_lines, say_date
from notifications.catalog import KINDS
from workflows.choices import OrderLevel
from workflows.definition import Need, NeedKind, Transition

NAMES = Names({7: "梧桐区住建局", 8: "云江市水务集团"}, {3: "住房物业 / 电梯"}, {41: "梧桐区城管局"})
NEEDS = sorted({(row.action, need.name) for row in ROWS.values() for need in row.needs})


def said(kind: NeedKind, value: object, **more: object) -> list[tuple[str, object]]:
    need = Need("unit", kind, **more)
    row = Transition("redirect", "调单", "Redirect", ("in_process",), None, frozenset(), needs=(need,))
    return [(line.label, line.value) for line in read_lines(row, {"unit": value}, NAMES)]


@pytest.mark.parametrize(("action", "name"), NEEDS)
def test_every_piece_of_data_has_a_chinese_name(action, name):
    assert field_label(action, name) != name


def test_every_name_is_of_something_that_some_action_takes():
    taken = {(row.action, need.name) for row in ROWS.values() for need in row.needs}
    assert set(LABELS_OF_ACTIONS) <= taken
    assert set(FIELD_LABELS) <= {name for _, name in taken}


def test_every_kind_of_message_has_a_name_on_screens():
    assert set(MESSAGE_KINDS) == set(KINDS)


def test_a_date_is_read_with_its_year_since_a_record_is_read_years_later():
    assert said(NeedKind.DATE, "2026-11-27") == [("改派单位", "2026 年 11 月 27 日")]


@pytest.mark.parametrize(
    ("today", "words"),
    [
        ("2026-12-31", "2027 年 1 月 14 日"),
        ("2027-12-31", "1 月 14 日"),
        ("2028-01-01", "2027 年 1 月 14 日"),
    ],
)
def test_the_year_of_a_date_is_said_unless_it_is_this_year(today, words):
    assert say_date(date(2027, 1, 14), date.fromisoformat(today)) == words


def test_a_share_is_read_as_the_name_of_its_unit():
    assert said(NeedKind.ASSIGNMENT, 41) == [("改派单位", "梧桐区城管局")]


def test_units_are_read_by_name_and_a_unit_that_is_gone_as_a_dash():
    assert said(NeedKind.UNITS, [7, 8]) == [("改派单位", "梧桐区住建局、云江市水务集团")]
    assert said(NeedKind.UNIT, 99) == [("改派单位", "—")]


def test_a_ticket_is_read_by_its_number_and_a_level_by_its_label():
    assert said(NeedKind.TICKET, "20261123000123") == [("改派单位", "20261123000123")]
    assert said(NeedKind.CHOICE, "3", choices=OrderLevel) == [("改派单位", "三级：督办单")]


def test_what_was_left_empty_is_not_read():
    assert said(NeedKind.DATE, None) == []
    assert said(NeedKind.FLAG, False) == []


def test_a_no_to_a_question_is_read_and_a_question_that_was_not_put_is_not():
    assert said(NeedKind.ANSWER, False) == [("改派单位", "否")]
    assert said(NeedKind.ANSWER, None) == []


def test_an_event_of_an_earlier_edition_still_reads():
    assert ROWS["request", "ask"].label_zh == "申请退单"
