"""How are waiting messages sent without the rest of the worker."""

import time

import click
from flask.cli import AppGroup

from hotline.cli.composition import providers, session_factory, utc_now
from hotline.scheduler import send_all_due

_REST_SECONDS = 1.0

outbox_group = AppGroup("outbox", help="Messages that wait to be sent.")


@outbox_group.command("send")
@click.option("--once", is_flag=True, help="Stop when nothing more is due.")
def send(*, once: bool) -> None:
    """Send due messages until interrupted."""
    factory, carriers = session_factory(), providers()
    while True:
        sent = send_all_due(factory, carriers, utc_now)
        if sent or once:
            click.echo(f"{sent} messages handed to their providers")
        if once:
            return
        time.sleep(_REST_SECONDS)
