"""Is the tree fit for any machine and any reader: no private path, package host or pointer into a tracker."""

import re

import pytest

from tests.architecture.source import ROOT, tracked_files

VENDORED = ("static/vendor/",)
TEXT = {
    ".py",
    ".md",
    ".toml",
    ".txt",
    ".in",
    ".ini",
    ".mako",
    ".html",
    ".css",
    ".js",
    ".svg",
    ".csv",
    ".sh",
    ".yml",
    "",
}
# Written in pieces so that this file does not find itself.
MACHINE_PATH = re.compile(r"""(^|["'`\s=(])/(wor[k]|hom[e]|roo[t]|far[m]|User[s])/""", re.MULTILINE)
PACKAGE_HOST = re.compile(
    r"(index[-]url|pyp[i]\.org|pythonhoste[d]\.org|registry\.npmj[s]\.org|\"resolved\": *\"http|cdn\.jsdelivr|unpk[g]\.com)"
)
TRACKER = re.compile(
    r"(?i)\b(issues?|tickets?|card|pr|gh|bug)[ -]?#[0-9]+|github\.com/[^\s)]+/(issues|pull)/[0-9]+"
)


def texts() -> list[tuple[str, str]]:
    names = [name for name in tracked_files() if not name.startswith(VENDORED)]
    return [
        (name, (ROOT / name).read_text(encoding="utf-8")) for name in names if (ROOT / name).suffix in TEXT
    ]


@pytest.mark.parametrize("pattern", [MACHINE_PATH, PACKAGE_HOST, TRACKER], ids=["path", "host", "tracker"])
def test_no_file_points_where_a_reader_cannot_go(pattern: re.Pattern[str]) -> None:
    found = [
        f"{name}:{text.count(chr(10), 0, match.start()) + 1} {match[0].strip()}"
        for name, text in texts()
        for match in pattern.finditer(text)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (MACHINE_PATH, "open('/" + "home/me/x')"),
        (PACKAGE_HOST, "--index" + "-url"),
        (TRACKER, "see issue " + "#12"),
    ],
)
def test_what_may_not_be_there_is_seen(pattern: re.Pattern[str], text: str) -> None:
    assert pattern.search(text)


def test_nothing_that_a_machine_makes_is_tracked() -> None:
    made = (".pyc", ".db", ".db-wal", ".log", ".coverage")
    assert [name for name in tracked_files() if name.endswith(made)] == []
