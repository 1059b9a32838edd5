"""The lists of what the law and the standard ask for are whole, and every test they name exists."""

import re
from collections import Counter
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]
_PAGES = _ROOT / "docs" / "security"
_NAMED = re.compile(r"`(tests/[a-z_/]+\.py)::(test_\w+)`")
_STATES = {"test", "deployment", "open", "n/a"}
_LEVEL_3 = 16


def rows_of(page: str) -> list[list[str]]:
    lines = (_PAGES / page).read_text(encoding="utf-8").splitlines()
    cells = [
        [cell.strip() for cell in line.strip("|").split(" | ")] for line in lines if line.startswith("| ")
    ]
    return [row for row in cells if row[2] in _STATES]


def test_every_requirement_of_the_standard_has_one_row() -> None:
    rows = rows_of("asvs.md")
    ids = [row[0] for row in rows]
    assert [each for each, count in Counter(ids).items() if count > 1] == []
    third = [row for row in rows if row[1].endswith("(level 3)")]
    states = Counter(row[2] for row in rows if row not in third)
    assert len(third) == _LEVEL_3
    assert states.total() == 253
    assert (states.total() - states["n/a"], states["n/a"]) == (193, 60)
    assert all(re.fullmatch(r"\d{1,2}\.\d\.\d{1,2}", each) for each in ids)


@pytest.mark.parametrize("page", ["asvs.md", "djbh.md"])
def test_every_row_has_its_evidence_and_every_test_named_exists(page: str) -> None:
    rows = rows_of(page)
    assert len(rows) > 30
    assert [row[0] for row in rows if not row[3]] == []
    assert [row[0] for row in rows if (row[2] == "test") != bool(_NAMED.search(row[3]))] == []
    named = {match for row in rows for match in _NAMED.findall(row[3])}
    absent = [
        f"{path}::{name}"
        for path, name in sorted(named)
        if not (_ROOT / path).is_file() or f"def {name}(" not in (_ROOT / path).read_text(encoding="utf-8")
    ]
    assert absent == []


def test_impact_assessments_are_dated() -> None:
    page = (_PAGES / "README.md").read_text(encoding="utf-8")
    assert len(re.findall(r"^\| \d{4}-\d{2}-\d{2} \|", page, re.MULTILINE)) >= 6
