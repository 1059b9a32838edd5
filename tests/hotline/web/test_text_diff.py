"""What changed in a text is told in words, not in single signs that happen to recur."""

from hypothesis import given
from hypothesis import strategies as st

from hotline.web.text_diff import Piece, compare

TEXTS = st.text(alphabet="电梯已修好。\n，a1 ", max_size=40)


def told(before: str, after: str) -> str:
    marks = {"same": "{}", "gone": "[-{}-]", "new": "[+{}+]"}
    return "".join(marks[piece.kind].format(piece.text) for piece in compare(before, after))


def test_a_changed_word_is_told_inside_its_sentence():
    before, after = "电梯今天上午修复。物业已告知。", "电梯昨天下午修复。物业已告知。"
    assert told(before, after) == "电梯[-今天上-][+昨天下+]午修复。物业已告知。"


def test_numbers_and_latin_words_are_changed_whole():
    assert told("定于 11-20 完成", "定于 11-25 完成") == "定于 [-11-20-][+11-25+] 完成"


def test_a_whole_sentence_may_come_or_go():
    assert told("已核实。", "已核实。费用由物业承担。") == "已核实。[+费用由物业承担。+]"
    assert told("", "") == ""


def test_what_is_too_long_to_compare_counts_as_written_anew():
    before, after = "甲乙" * 2_000, "乙甲" * 2_000
    assert compare(before, after) == (Piece("gone", before), Piece("new", after))


@given(TEXTS, TEXTS)
def test_either_text_can_be_read_out_of_the_pieces(before, after):
    pieces = compare(before, after)
    assert "".join(piece.text for piece in pieces if piece.kind != "gone") == after
    assert "".join(piece.text for piece in pieces if piece.kind != "new") == before
