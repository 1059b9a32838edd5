"""Does docs/messages.md list every message with its words as they are, and does the command notice when not."""

import importlib
from pathlib import Path

import pytest
from flask import Flask

from hotline.cli.message_page import render_page
from notifications.catalog import KINDS

# The package gives the command's name to the command, so the module is asked for by its path.
module = importlib.import_module("hotline.cli.check_messages")
ROOT = Path(__file__).parents[3]


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(module, "PAGE", tmp_path / "messages.md")
    return tmp_path / "messages.md"


def test_the_page_of_all_messages_is_current() -> None:
    page = (ROOT / "docs" / "messages.md").read_text(encoding="utf-8")
    assert page == render_page(), "run: .venv/bin/flask --app wsgi check-messages --write"


def test_every_kind_is_on_it_once() -> None:
    headings = [line for line in render_page().splitlines() if line.startswith("### ")]
    assert sorted(line.split("`")[1] for line in headings) == sorted(KINDS)


def test_a_page_just_written_is_current(shared_app: Flask, page: Path) -> None:
    runner = shared_app.test_cli_runner()
    assert runner.invoke(module.check_messages, ["--write"]).exit_code == 0
    assert runner.invoke(module.check_messages, []).exit_code == 0


@pytest.mark.parametrize("old", ["# The messages of last year\n", None])
def test_a_stale_or_missing_page_is_noticed(shared_app: Flask, page: Path, old: str | None) -> None:
    if old is not None:
        page.write_text(old, encoding="utf-8")
    done = shared_app.test_cli_runner().invoke(module.check_messages, [])
    assert (done.exit_code, "--write" in done.output) == (1, True)
