"""`check-messages`: does the page of all messages list them as they are?"""

from pathlib import Path

import click
from flask.cli import with_appcontext

from hotline.cli.message_page import render_page

PAGE = Path(__file__).parents[2] / "docs" / "messages.md"


@click.command("check-messages")
@click.option("--write", is_flag=True, help="Write docs/messages.md anew before checking it.")
@with_appcontext
def check_messages(*, write: bool) -> None:
    """Say whether docs/messages.md lists every message as it is; exits with 1 otherwise."""
    page = render_page()
    if write:
        PAGE.write_text(page, encoding="utf-8")
    if not PAGE.exists() or PAGE.read_text(encoding="utf-8") != page:
        click.echo("docs/messages.md is stale: run check-messages --write", err=True)
        raise SystemExit(1)
    click.echo("messages ok: every kind is on the page with its words in both languages")
