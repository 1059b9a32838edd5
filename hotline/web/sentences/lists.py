"""What is wrong with a list typed line by line, or with the words of a text?"""

from collections.abc import Mapping

from hotline.web.sentences.words import INVALID, Sentence
from workflows.errors import FieldCode

SENTENCES: Mapping[str, Sentence] = {
    FieldCode.FORBIDDEN_WORDS: Sentence(
        INVALID,
        "答复中不能有「{limit}」，请换一种说法。",
        "A reply may not say “{limit}”; put it another way.",
    ),
    FieldCode.TOO_MANY_LINES: Sentence(
        INVALID, "最多 {limit} 行，请分成几组。", "At most {limit} lines; make several groups of them."
    ),
    FieldCode.LINES_TOO_SHORT: Sentence(
        INVALID,
        "第 {limit} 行太短，标点和空格不算，至少要两个字。",
        "Too short, line {limit}: two characters at least, not counting marks and blanks.",
    ),
    FieldCode.LINES_TOO_LONG: Sentence(
        INVALID, "第 {limit} 行太长，最多 30 字。", "Too long, line {limit}: 30 characters at most."
    ),
    FieldCode.LINES_WITH_SEVERAL: Sentence(
        INVALID,
        "第 {limit} 行有顿号、逗号或分号，请一行写一个词。",
        "Line {limit} holds commas or semicolons; write one word to a line.",
    ),
    FieldCode.LINES_REPEATED: Sentence(
        INVALID, "第 {limit} 行与前面重复，请删去。", "Line {limit} was listed before; remove it."
    ),
    FieldCode.LINES_WITHOUT_A_WORD: Sentence(
        INVALID,
        "第 {limit} 行不含本组的任何词，起不到排除作用，请更正或删去。",
        "Line {limit} holds no word of this group and so excludes nothing; mend or remove it.",
    ),
}
