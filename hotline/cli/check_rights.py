"""`check-rights`: does the access table speak of every address, and is the page that shows it current?"""

from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from hotline.web.access_page import find_gaps, render_rights
from hotline.web.access_reach import REACH
from hotline.web.access_table import ACCESS

_PAGE = Path(__file__).parents[2] / "docs" / "security" / "rights.md"


@click.command("check-rights")
@click.option("--write", is_flag=True, help="Write docs/security/rights.md anew before checking it.")
@with_appcontext
def check_rights(*, write: bool) -> None:
    """Check the access table and docs/security/rights.md; exits with 1 and every fault otherwise."""
    page = render_rights(current_app)
    if write:
        _PAGE.parent.mkdir(exist_ok=True)
        _PAGE.write_text(page, encoding="utf-8")
    faults = find_gaps(current_app.url_map, ACCESS, REACH)
    if not _PAGE.exists() or _PAGE.read_text(encoding="utf-8") != page:
        faults.append("docs/security/rights.md is stale: run check-rights --write")
    for fault in faults:
        click.echo(fault, err=True)
    if faults:
        raise SystemExit(1)
    click.echo("rights ok: every address has its line")
