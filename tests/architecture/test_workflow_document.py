"""Does docs/workflow.md show the tables as they are."""

from tests.architecture.source import ROOT
from workflows.diagram import render_markdown


def test_the_drawn_workflow_is_the_one_that_runs() -> None:
    page = (ROOT / "docs" / "workflow.md").read_text(encoding="utf-8")
    assert page == render_markdown(), "run: .venv/bin/flask --app wsgi check-workflow --write"
