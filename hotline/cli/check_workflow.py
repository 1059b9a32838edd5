"""`check-workflow`: are the tables sound, and is the page that draws them current?"""

from pathlib import Path

import click
from flask.cli import with_appcontext

from notifications.catalog import KINDS
from workflows.checks import find_faults
from workflows.diagram import render_markdown

_PAGE = Path(__file__).parents[2] / "docs" / "workflow.md"


@click.command("check-workflow")
@click.option("--write", is_flag=True, help="Write docs/workflow.md anew before checking it.")
@with_appcontext
def check_workflow(*, write: bool) -> None:
    """Prove the tables sound and docs/workflow.md current; exits with 1 and every fault otherwise."""
    page = render_markdown()
    if write:
        _PAGE.write_text(page, encoding="utf-8")
    faults = find_faults(kinds=KINDS)
    if not _PAGE.exists() or _PAGE.read_text(encoding="utf-8") != page:
        faults.append("docs/workflow.md is stale: run check-workflow --write")
    for fault in faults:
        click.echo(fault, err=True)
    if faults:
        raise SystemExit(1)
    click.echo("workflow ok: every state is reachable, every clock stops, every message has its kind")
