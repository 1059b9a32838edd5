"""How are waiting messages sent without the rest of the worker."""

import time

import click
from flask.cli import AppGroup

from hotline.cli.composition import providers, session_factory, utc_now
from notifications.worker import send_due

_REST_SECONDS = 1.0

outbox_group = AppGroup("outbox", help="Messages that wait to be sent.")


@outbox_group.command("send")
@click.option("--once", is_flag=True, help="Stop when nothing more is due.")
def send(*, once: bool) -> None:
    """Send due messages until interrupted."""
    total = 0
    factory, carriers = session_factory(), providers()
    while True:
        claimed = send_due(factory, carriers, utc_now)
        total += claimed
        if claimed:
            continue
        if once:
            break
        time.sleep(_REST_SECONDS)
    click.echo(f"{total} messages handed to their providers")
