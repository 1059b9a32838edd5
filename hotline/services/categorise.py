"""What is a text about: a category and a type suggested by key words, for people to confirm or change.

Plain rules, read from one shipped file: each leaf has key words, a word in the title counts more than one in
the text, a longer word more than a shorter one. Nothing is learnt and nothing leaves the house.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from workflows.vocabulary import TicketType

OTHER = "QT-01"
RULES_FILE = Path(__file__).parents[1] / "seeds" / "categories.csv"

_TITLE_WEIGHT = 4
_CONTENT_READ = 600
_TYPE_WORDS: Sequence[tuple[TicketType, tuple[str, ...]]] = (
    (TicketType.REPORT, ("举报", "揭发", "检举")),
    (TicketType.PRAISE, ("表扬", "感谢", "点赞", "锦旗")),
    (TicketType.SUGGESTION, ("建议", "提议", "希望", "意见", "应该")),
    (TicketType.CONSULTATION, ("咨询", "请问", "询问", "如何", "怎么", "是否", "能否", "吗", "何时")),
    (TicketType.COMPLAINT, ("投诉", "反映", "质疑", "不合理", "扰民", "乱")),
    (TicketType.HELP, ("求助", "请求", "恳请", "求", "帮")),
)


@dataclass(frozen=True, slots=True)
class CategoryRule:
    """One line of the shipped tree: a branch has no owner and no key words."""

    code: str
    parent: str
    name: str
    name_en: str
    owner: str
    keywords: tuple[str, ...]


@cache
def category_rules() -> tuple[CategoryRule, ...]:
    """Read the shipped category tree, branches before their leaves."""
    with RULES_FILE.open(encoding="utf-8", newline="") as file:
        return tuple(
            CategoryRule(
                row["code"],
                row["parent"],
                row["name"],
                row["name_en"],
                row["owner"],
                tuple(row["keywords"].split()),
            )
            for row in csv.DictReader(file)
        )


def suggest_category(title: str, content: str) -> str:
    """Suggest the code of a leaf; the leaf for everything else when no key word occurs."""
    scores = _scores(title, content[:_CONTENT_READ])
    best = max(scores.values(), default=0)
    return next((code for code, score in scores.items() if score == best and score > 0), OTHER)


def suggest_type(title: str, content: str) -> TicketType:
    """Suggest the type from the title, else from how the text begins; else it is a request for help."""
    for text in (title, content[:_CONTENT_READ]):
        for kind, words in _TYPE_WORDS:
            if any(word in text for word in words):
                return kind
    return TicketType.HELP


def _scores(title: str, content: str) -> Mapping[str, int]:
    return {
        rule.code: sum(
            len(word) * (_TITLE_WEIGHT * (word in title) + (word in content)) for word in rule.keywords
        )
        for rule in category_rules()
        if rule.keywords
    }
