"""Do the pages lead anywhere: every link to a file of ours arrives, every make target named exists."""

import re

from tests.architecture.source import ROOT, tracked_files

LINK = re.compile(r"\]\((?!https?://|#|mailto:)([^)#]+)(?:#[^)]*)?\)")
TARGET = re.compile(r"\bmake ([a-z]+)\b(?=[`\n ]*(?:`|$|  ))", re.MULTILINE)


def pages() -> list[str]:
    return [name for name in tracked_files() if name.endswith(".md")]


def test_every_link_to_a_file_arrives() -> None:
    dead = [
        f"{page}: {link}"
        for page in pages()
        for link in LINK.findall((ROOT / page).read_text(encoding="utf-8"))
        if not (ROOT / page).parent.joinpath(link).exists()
    ]
    assert dead == []


def test_every_make_target_that_is_named_exists() -> None:
    known = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {
        target for page in pages() for target in TARGET.findall((ROOT / page).read_text(encoding="utf-8"))
    }
    assert named - known == set()
    assert {"run", "test", "check", "install"} <= named
