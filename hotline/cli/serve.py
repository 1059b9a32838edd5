"""How does the server start: says where it is and, in the demo, who may sign in; then becomes gunicorn."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from config import Settings
from database import db
from hotline.cli.composition import settings
from hotline.queries.directory import list_users, roles_of
from hotline.services.start_checks import find_start_faults
from hotline.web.transaction import begin_reading

_ROOT = Path(__file__).resolve().parents[2]


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@with_appcontext
def serve(host: str) -> None:
    """Run the web server; on SQLite and in the demo it also fires timers and sends messages."""
    ours = settings()
    _refuse_unfit()
    click.echo("\n".join(_welcome(ours)))
    sys.stdout.flush()
    db.session.remove()
    db.engine.dispose()
    command = [sys.executable, "-m", "gunicorn", "--config", str(_ROOT / "gunicorn.conf.py")]
    os.chdir(_ROOT)
    os.execv(sys.executable, [*command, "--bind", f"{host}:{ours.port}", "wsgi:app"])  # noqa: S606 - our own server


def _refuse_unfit() -> None:
    """Say so before anybody is welcomed; the server asks too, for it may be started by hand."""
    session = db.session()
    begin_reading(session)
    faults = list(find_start_faults(session))
    if faults:
        raise click.ClickException("\n".join(faults))


def _welcome(ours: Settings) -> Iterator[str]:
    address = f"http://127.0.0.1:{ours.port}"
    yield f"\nHotline is at {address}/"
    if not ours.is_demo:
        return
    yield f"  citizens   {address}/   (no account: ticket number and query code)"
    yield f"  staff      {address}{_path_of('sign_in.login')}   password: {ours.demo_password}"
    session = db.session()
    begin_reading(session)
    for user in list_users(session):
        roles = "、".join(sorted(role.label_zh for role in roles_of(session, user.id)))
        yield f"    {user.username:<12} {user.display_name}  {roles}"
    yield f"  messages   {address}{_path_of('mailbox.index')}   every SMS and e-mail it would have sent\n"


def _path_of(endpoint: str) -> str:
    """The path of a page; empty when this installation has none of that name."""
    rules = current_app.url_map.iter_rules(endpoint) if endpoint in current_app.view_functions else ()
    return next((rule.rule for rule in rules), "")
