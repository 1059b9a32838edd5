"""How watch words are found in what people write, and how they are not."""

import pytest

from hotline.queries.word_matching import Matcher, Watched

DANGER = Watched(1, "emergency", ("跳楼", "燃气泄漏", "泄漏", "ktv"), ("跳楼价", "跳楼大甩卖"))
OTHER = Watched(2, "attention", ("泄漏", "跳楼"))


def words(text: str, *groups: Watched) -> list[str]:
    return [hit.word for hit in Matcher(groups or (DANGER,)).find(text)]


@pytest.mark.parametrize(
    "text", ["他要跳楼", "他要跳 楼", "他要跳，楼", "跳*·楼", "跳\t楼", "去ＫＴＶ唱歌", "去 k.t.v 唱歌"]
)
def test_spacing_marks_width_and_case_hide_no_word(text):
    assert len(words(text)) == 1


@pytest.mark.parametrize("text", ["他往下跳。楼下有人", "先跳\n楼上再说", "跳绳上楼", "look tv", "ktvs", ""])
def test_the_end_of_a_sentence_and_the_rest_of_a_latin_word_part_it(text):
    assert words(text) == []


def test_an_exception_excuses_only_what_it_covers_and_only_in_its_own_group():
    assert words("商场跳楼价，跳 楼 大 甩卖") == []
    assert words("跳楼价骗人，他要跳楼") == ["跳楼"]
    found = Matcher((DANGER, OTHER)).find("跳楼价")
    assert [(hit.key, hit.word) for hit in found] == [(2, "跳楼")]


def test_of_two_words_one_inside_the_other_the_longer_counts_within_one_kind():
    found = Matcher((DANGER, OTHER)).find("楼道燃气泄漏")
    assert [(hit.key, hit.word) for hit in found] == [(1, "燃气泄漏"), (2, "泄漏")]


def test_a_hit_tells_where_in_the_text_it_stands():
    text = "😀他要跳 楼了"
    (hit,) = Matcher((DANGER,)).find(text)
    assert text[hit.begin : hit.end] == "跳 楼"
