"""The notation a city writes its messages in, and the shipped words put into it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.catalog import KINDS, Channel
from notifications.kind import LANGUAGES, Text
from notifications.notation import (
    Fault,
    NotationError,
    fill,
    list_bare_gaps,
    list_gaps,
    parse,
    rename,
    write,
)
from notifications.render import render
from notifications.shipped import shipped_words, texts_of
from notifications.specimens import specimen
from notifications.word_checks import LONGEST, Finding, WordFault, check_words
from notifications.words import Words

FACTS = {"number": "YJ1", "due": "", "unit": "城管局", "reason": ""}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("编号{number}已答复", "编号YJ1已答复"),
        ("编号｛number｝已答复", "编号YJ1已答复"),
        ("编号{number}", "编号YJ1"),
        ("由[[{unit}办理]]。", "由城管局办理。"),
        ("已受理[[，{due}前答复]]。", "已受理。"),
        ("[[{unit}，{due}前答复||正在确定]]", "正在确定"),
        ("【【{due}前｜｜不久】】", "不久"),
        ("一||二", "一||二"),
        ("（{number}）(({number}))", "（YJ1）((YJ1))"),
        ("甲(乙)丙（丁）", "甲(乙)丙（丁）"),
        ("甲\n\n\n[[{due}]]\n\n\n乙", "甲\n\n乙"),
    ],
)
def test_gaps_are_filled_and_parts_without_their_facts_left_out(text, said):
    assert fill(parse(text), FACTS) == said


@pytest.mark.parametrize(
    ("text", "fault", "spot"),
    [
        ("编号{number", Fault.UNPAIRED, "{number"),
        ("编号number}", Fault.UNPAIRED, "}"),
        ("[[{unit}", Fault.UNPAIRED, "[[{unit}"),
        ("{unit}]]", Fault.UNPAIRED, "]]"),
        ("[[{unit}||甲||乙]]", Fault.UNPAIRED, "||乙]]"),
        ("[[甲[[{unit}]]]]", Fault.NESTED, "[[{unit}]]]]"),
        ("[[没有信息]]", Fault.NO_GAP_IN_PART, "[[没有信息]]"),
        ("{{ number }}", Fault.UNPAIRED, "{{ number }}"),
        ("{% if number %}{nu{mber}", Fault.UNPAIRED, "{nu{mber}"),
    ],
)
def test_a_text_out_of_the_notation_is_refused_with_the_place(text, fault, spot):
    with pytest.raises(NotationError) as refused:
        parse(text)
    assert (refused.value.fault, refused.value.spot) == (fault, spot)


@given(st.text(max_size=60), st.text(max_size=60))
def test_what_fills_a_gap_is_never_read_as_notation(value, around):
    words = f"{{number}}{around}" if _is_plain(around) else "{number}"
    said = fill(parse(words), {"number": value})
    assert said == fill(parse(words), {"number": "\ue000"}).replace("\ue000", value).strip() or "\n" in value


def _is_plain(text: str) -> bool:
    return not any(letter in text for letter in "{}｛｝[]【】|｜\n\r\t\ue000") and text == text.strip()


@given(st.lists(st.sampled_from(["甲", "{number}", "[[{due}前]]", "[[{unit}||无]]", "\n", " "]), max_size=12))
def test_a_text_that_is_taken_apart_can_be_put_together_again(parts):
    text = "".join(parts)
    assert write(parse(text)) == text


def test_the_gaps_of_a_text_are_known_and_which_are_said_in_any_case():
    pieces = parse("{number}[[{unit}||{reason}]]{number}")
    assert list_gaps(pieces) == ["number", "unit", "reason"]
    assert list_bare_gaps(pieces) == ["number", "reason"]


def test_gaps_go_by_the_names_that_people_know():
    typed = rename("编号{number}，{other}", {"number": "工单编号"})
    assert typed == "编号{工单编号}，{other}"
    assert rename(typed, {"工单编号": "number"}) == "编号{number}，{other}"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("is_full", [True, False], ids=["all-facts", "needed-facts"])
def test_the_shipped_words_say_the_same_in_the_notation(kind, language, is_full):
    words = Words(1, shipped_words(kind))
    facts = {name: specimen(language)[name] for name in (kind.facts if is_full else kind.needs)}
    for channel in kind.channels:
        shipped, own = (render(kind, channel, language, facts, each) for each in (None, words))
        assert _lines(own.text) == _lines(shipped.text)
        assert own.title == shipped.title
        assert bool(own.html) == bool(shipped.html)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_nothing_is_wrong_with_the_shipped_words(kind):
    assert check_words(kind, shipped_words(kind)) == ()


def test_everything_wrong_is_found_at_once():
    kind = KINDS["reply_sent_back"]
    words = {
        ("zh", Text.SMS): "工单{number}，{query_code}，{reason}",
        ("zh", Text.SUBJECT): "长" * (LONGEST[Text.SUBJECT] + 1),
        ("zh", Text.BODY): " ",
        ("en", Text.SMS): "[[number]]",
        ("en", Text.SUBJECT): "a\x07b",
        ("en", Text.BODY): "Ticket {number}[[: {reason}]]",
    }
    assert check_words(kind, words) == (
        Finding("zh", Text.SMS, WordFault.UNKNOWN_FACT, "query_code"),
        Finding("zh", Text.SMS, WordFault.MAY_BE_MISSING, "reason"),
        Finding("zh", Text.SUBJECT, WordFault.TOO_LONG, "120"),
        Finding("zh", Text.BODY, WordFault.MISSING),
        Finding("en", Text.SMS, Fault.NO_GAP_IN_PART, "[[number]]"),
        Finding("en", Text.SUBJECT, WordFault.CONTROL_CHARACTER),
    )


def test_a_mail_in_own_words_escapes_what_fills_its_gaps_and_keeps_what_stands_below_every_mail():
    kind = KINDS["reply_sent_back"]
    words = Words(3, shipped_words(kind) | {("zh", Text.BODY): "工单{number}\n\n[[理由<b>：{reason}]]"})
    facts = {
        "number": "YJ1",
        "due": "明天",
        "reason": "<script>",
        "link": "https://x.cn/t",
        "because": "您是联络员",
    }
    mail = render(kind, Channel.EMAIL, "zh", facts, words)
    assert "<p>工单YJ1</p>" in mail.html
    assert "<p>理由&lt;b&gt;：&lt;script&gt;</p>" in mail.html
    assert 'href="https://x.cn/t"' in mail.html
    assert mail.text.startswith("工单YJ1\n\n理由<b>：<script>\n\n查看详情：https://x.cn/t")
    assert "因为您是联络员" in mail.text


def test_a_text_the_version_does_not_have_is_said_as_shipped():
    kind = KINDS["reply_sent_back"]
    facts = {"number": "YJ1", "due": "明天"}
    words = Words(3, {("zh", Text.SMS): "自己的话{number}"})
    assert render(kind, Channel.SMS, "zh", facts, words).text == "自己的话YJ1"
    assert render(kind, Channel.SMS, "en", facts, words) == render(kind, Channel.SMS, "en", facts)
    assert render(kind, Channel.EMAIL, "zh", facts, words) == render(kind, Channel.EMAIL, "zh", facts)


def test_every_kind_has_the_texts_of_its_channels():
    assert texts_of(KINDS["answer_stopped"]) == (Text.SMS,)
    assert texts_of(KINDS["escalated"]) == (Text.SUBJECT, Text.BODY)
    assert texts_of(KINDS["accepted"]) == (Text.SMS, Text.SUBJECT, Text.BODY)
