"""What does an SMS from a citizen mean, whatever width, case and marks it was typed with."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.reading import Meaning, Reading, understand

REQUEST = ("李四", "梧桐路 3 号", "电梯停了三天没人修")


@pytest.mark.parametrize(
    ("words", "meaning", "rating"),
    [
        ("1", Meaning.SATISFIED, 1),
        ("１", Meaning.SATISFIED, 1),
        (" 【1】。", Meaning.SATISFIED, 1),
        ("1 ", Meaning.SATISFIED, 1),
        ("满意！", Meaning.SATISFIED, 1),
        ("2", Meaning.FAIRLY_SATISFIED, 2),
        ("基本满意", Meaning.FAIRLY_SATISFIED, 2),
        ("一般", Meaning.FAIRLY_SATISFIED, 2),
        ("3", Meaning.DISSATISFIED, 3),
        ("三", Meaning.DISSATISFIED, 3),
        ("不满意", Meaning.DISSATISFIED, 3),
        ("TD", Meaning.STOP, None),
        ("td", Meaning.STOP, None),
        ("ＴＤ", Meaning.STOP, None),
        ("Stop", Meaning.STOP, None),
        ("退订", Meaning.STOP, None),
        ("START", Meaning.RESUME, None),
        ("恢复。", Meaning.RESUME, None),
        ("1 楼还在漏水", Meaning.SUPPLEMENT, None),
        ("不太满意", Meaning.SUPPLEMENT, None),
        ("谢谢！", Meaning.COURTESY, None),
        ("Thank  you", Meaning.COURTESY, None),
        ("13", Meaning.UNCLEAR, None),
        ("4", Meaning.UNCLEAR, None),
        ("?", Meaning.UNCLEAR, None),
        ("", Meaning.UNCLEAR, None),
        ("。。。", Meaning.UNCLEAR, None),
        ("😀😀", Meaning.UNCLEAR, None),
        ("【自动回复】您好，我现在不方便接听", Meaning.AUTOMATIC, None),
        ("Auto-reply: I am driving", Meaning.AUTOMATIC, None),
        ("12345#只有名字", Meaning.REQUEST, None),
        ("查询", Meaning.STATUS, None),
    ],
)
def test_a_message_is_understood(words, meaning, rating):
    assert understand(words).meaning is meaning
    assert understand(words).meaning.rating == rating


@pytest.mark.parametrize(
    ("words", "reading"),
    [
        ("12345#李四#梧桐路 3 号#电梯停了三天没人修", Reading(Meaning.REQUEST, REQUEST)),
        ("１２３４５＃李四＃梧桐路 3 号＃电梯停了三天没人修", Reading(Meaning.REQUEST, REQUEST)),
        (" 12345 # 李四 # 梧桐路 3 号 # 电梯停了三天没人修 ", Reading(Meaning.REQUEST, REQUEST)),
        ("12345###井盖没了，很危险#3", Reading(Meaning.REQUEST, ("", "", "井盖没了，很危险#3"))),
        (
            "12345#𠮷田#㛃路#自动回复也要能投诉",
            Reading(Meaning.REQUEST, ("𠮷田", "㛃路", "自动回复也要能投诉")),
        ),
        ("12345#李四#梧桐路#太吵", Reading(Meaning.REQUEST)),
        (f"12345#{'名' * 101}#路#电梯停了三天", Reading(Meaning.REQUEST)),
        ("CX YJ20261123-00012 482913", Reading(Meaning.STATUS, ("YJ20261123-00012", "482913"))),
        ("cx：20261123-00012，482913。", Reading(Meaning.STATUS, ("20261123-00012", "482913"))),
        ("查询 YJ20261123-00012 ４８２９１３", Reading(Meaning.STATUS, ("YJ20261123-00012", "482913"))),
        ("CX", Reading(Meaning.STATUS, ("", ""))),
        ("00012", Reading(Meaning.CHOICE, ("00012",))),
        ("YJ20261123-00012", Reading(Meaning.CHOICE, ("YJ20261123-00012",))),
        ("00012 3", Reading(Meaning.DISSATISFIED, ("00012",))),
        ("YJ20261123-00012 满意", Reading(Meaning.SATISFIED, ("YJ20261123-00012",))),
        ("00012 在三单元", Reading(Meaning.SUPPLEMENT, ("00012", "00012 在三单元"))),
        ("在三单元\n四楼", Reading(Meaning.SUPPLEMENT, ("", "在三单元\n四楼"))),
    ],
)
def test_what_a_message_names_is_taken_out_of_it(words, reading):
    assert understand(words) == reading


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=400))
def test_any_text_is_read_and_no_words_meant_for_a_ticket_are_lost(text):
    reading = understand(text)
    if reading.meaning is Meaning.SUPPLEMENT:
        assert reading.parts[1] == text.strip()
    if reading.meaning.rating:
        assert len(reading.parts) == 1


@pytest.mark.parametrize(
    "hostile", ["12345#" * 20_000, "CX " * 30_000, "1" * 100_000, "00012 " * 20_000, "#" * 99_999]
)
def test_a_hostile_text_is_read_as_any_other(hostile):
    assert understand(hostile).meaning in Meaning
