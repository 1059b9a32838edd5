"""How is the morning's digest written without waiting for the worker?"""

from datetime import datetime

import click
from flask.cli import AppGroup

from hotline.cli.composition import Instant, session_factory, settings, utc_now
from hotline.services.digests import send_due_digest

digest_group = AppGroup("digest", help="The morning's word to supervisors and leaders.")


@digest_group.command("send")
@click.option("--at", type=Instant(), help="Pretend it is this instant; not in production.")
def send(at: datetime | None) -> None:
    """Write today's digest, unless it is written already or too early."""
    if at is not None and settings().is_production:
        message = "--at would write the digest of another day; it is refused in production"
        raise click.ClickException(message)
    told = send_due_digest(session_factory(), at or utc_now())
    click.echo(f"the digest goes to {told} people")
