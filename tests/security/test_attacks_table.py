"""Is every attack of the list tried: each has a row, each test that a row names exists, and what is pending is known."""

import re

from tests.architecture.source import ROOT

PAGE = "docs/security/attacks.md"
ATTACKS = [f"S{number}" for number in range(1, 25)] + [f"A{number}" for number in range(1, 31)]
# Tried by tests that are not in the table yet.
PENDING: set[str] = set()
_ROW = re.compile(r"^\| ([SA][0-9]+) \|(.*)\|$", re.MULTILINE)
_TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def rows() -> dict[str, str]:
    return dict(_ROW.findall((ROOT / PAGE).read_text(encoding="utf-8")))


def test_every_attack_has_a_row():
    assert list(rows()) == ATTACKS


def test_every_attack_is_tried_by_a_test_or_known_to_be_pending():
    assert {attack for attack, row in rows().items() if not _TEST.search(row)} == PENDING
    assert {attack for attack, row in rows().items() if " pending " in row} == PENDING


def test_every_test_that_is_named_exists():
    named = [found for row in rows().values() for found in _TEST.findall(row)]
    gone = [
        f"{path}::{name}"
        for path, name in named
        if not (ROOT / path).is_file() or f"def {name}(" not in (ROOT / path).read_text(encoding="utf-8")
    ]
    assert gone == []
    assert len(named) > 80


def test_nothing_got_through():
    assert {row.rpartition("|")[2].strip() for attack, row in rows().items() if attack not in PENDING} == {
        "0"
    }
