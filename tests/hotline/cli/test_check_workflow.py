"""Does the command notice a page that shows other tables than those that run."""

import importlib
from pathlib import Path

import pytest
from flask import Flask

# The package gives the command's name to the command, so the module is asked for by its path.
module = importlib.import_module("hotline.cli.check_workflow")


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(module, "_PAGE", tmp_path / "workflow.md")
    return tmp_path / "workflow.md"


def test_a_page_just_written_is_current(shared_app: Flask, page: Path) -> None:
    runner = shared_app.test_cli_runner()
    assert runner.invoke(module.check_workflow, ["--write"]).exit_code == 0
    assert runner.invoke(module.check_workflow, []).exit_code == 0


def test_a_stale_page_is_noticed(shared_app: Flask, page: Path) -> None:
    page.write_text("# The workflow of last year\n", encoding="utf-8")
    done = shared_app.test_cli_runner().invoke(module.check_workflow, [])
    assert (done.exit_code, "--write" in done.output) == (1, True)


def test_a_missing_page_is_noticed(shared_app: Flask, page: Path) -> None:
    assert shared_app.test_cli_runner().invoke(module.check_workflow, []).exit_code == 1
