"""Are messages written out completely, safely and in as few SMS as possible."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError

from notifications.catalog import KINDS, Channel
from notifications.render import count_segments, render, split_segments
from notifications.specimens import specimen
from tests.notifications.samples import FACTS

EVERY_PART = pytest.mark.parametrize(
    ("kind", "channel", "language"),
    [(kind, channel, lang) for kind in KINDS.values() for channel in kind.channels for lang in ("zh", "en")],
    ids=lambda part: getattr(part, "name", part),
)


@EVERY_PART
def test_every_kind_reads_whole_with_all_its_facts(kind, channel, language):
    words = render(kind, channel, language, {name: FACTS[name] for name in kind.facts})
    assert words.text.startswith(("【12345】", "[12345]")) or words.title.startswith(("【12345】", "[12345]"))
    assert FACTS["number"] in words.text or "number" not in kind.facts
    assert "\n\n\n\n" not in words.text
    assert bool(words.title) is (channel is not Channel.SMS)
    assert bool(words.html) is (channel is Channel.EMAIL)


@EVERY_PART
def test_every_kind_reads_whole_with_only_the_facts_it_needs(kind, channel, language):
    words = render(kind, channel, language, {name: FACTS[name] for name in kind.needs})
    assert FACTS["number"] in words.text or "number" not in kind.facts
    assert "：。" not in words.text
    assert "<p></p>" not in words.html


@pytest.mark.parametrize(
    "kind", [kind for kind in KINDS.values() if Channel.SMS in kind.channels], ids=lambda k: k.name
)
def test_a_chinese_sms_without_a_link_fits_in_one(kind):
    text = render(kind, Channel.SMS, "zh", FACTS).text
    # One message that stands for many may be as long as three.
    allowed = 3 if kind.name == "catch_up" else 2 if "https://" in text else 1
    assert count_segments(text) <= allowed


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    "kind", [kind for kind in KINDS.values() if Channel.SMS in kind.channels], ids=lambda k: k.name
)
def test_no_sms_is_paid_as_more_than_two_however_long_its_facts(kind, language):
    longest = specimen(language, is_long=True)
    text = render(kind, Channel.SMS, language, {name: longest[name] for name in kind.facts}).text
    assert count_segments(text) <= 2


@EVERY_PART
def test_specimens_fill_every_text(kind, channel, language):
    for is_long in (False, True):
        facts = specimen(language, is_long=is_long)
        assert render(kind, channel, language, {name: facts[name] for name in kind.facts}).text


def test_a_missing_fact_is_an_error_and_never_a_gap():
    with pytest.raises(UndefinedError):
        render(KINDS["accepted"], Channel.SMS, "zh", {"number": "1"})


def test_a_fact_cannot_smuggle_markup_into_a_mail():
    words = render(
        KINDS["new_ticket"], Channel.EMAIL, "zh", {**FACTS, "urgency": "<script>alert(1)</script>"}
    )
    assert "<script>" not in words.html
    assert "&lt;script&gt;" in words.html
    assert "<script>" in words.text


def test_a_fact_that_looks_like_a_template_is_only_text():
    words = render(KINDS["withdrawn"], Channel.SMS, "zh", {"number": "{{ 7 * 7 }}"})
    assert "{{ 7 * 7 }}" in words.text


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("中" * 70, 1),
        ("中" * 71, 2),
        ("中" * 134, 2),
        ("中" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        # 67 units hold 33 pairs and one unit stays empty: a pair is never cut.
        ("😀" * 66, 2),
        ("😀" * 67, 3),
        # The same for an escaped character at place 153.
        ("a" * 152 + "€" + "a" * 151, 2),
        ("a" * 152 + "€" + "a" * 152, 3),
    ],
)
def test_segments_are_counted_as_carriers_count_them(text, segments):
    assert count_segments(text) == segments


@given(st.text(min_size=1), st.characters())
def test_a_longer_text_never_costs_fewer_segments(text, more):
    assert count_segments(text + more) >= count_segments(text)


@given(st.text(alphabet=st.one_of(st.characters(codec="utf-8"), st.sampled_from("a€中😀")), max_size=400))
def test_a_text_is_cut_into_parts_that_fit_and_nothing_is_lost(text):
    parts = split_segments(text)
    assert "".join(parts) == text
    assert count_segments(text) == max(1, len(parts))
    for part in parts:
        # A part that ended in half a character could not be written in UTF-16.
        units = len(part.encode("utf-16-le")) // 2
        assert units <= 160 if len(parts) == 1 else units <= 153
        if not part.isascii() and any(ord(letter) > 0x2000 and letter != "€" for letter in part):
            assert units <= (70 if len(parts) == 1 else 67)


def test_a_pair_is_never_split_at_a_seam():
    parts = split_segments("中" * 66 + "😀" * 3)
    assert [len(part.encode("utf-16-le")) // 2 for part in parts] == [66, 6]
