"""How are waiting messages sent without the rest of the worker, and how many SMS may a day have."""

import time

import click
from flask.cli import AppGroup

from hotline.cli.composition import providers, session_factory, utc_now
from hotline.scheduler import send_all_due
from hotline.services.site import current_site
from notifications.policy import Caps
from notifications.spending import choose_caps, count_segments_of_day, read_caps

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


@outbox_group.command("caps")
@click.option("--per-person", type=click.IntRange(0), help="SMS a day to one citizen; 0 lifts the cap.")
@click.option(
    "--per-day", type=click.IntRange(0), help="Parts of SMS paid for a day in all; 0 lifts the cap."
)
def caps(*, per_person: int | None, per_day: int | None) -> None:
    """Show how many SMS a day may have and has had, after changing what is given."""
    with session_factory().begin() as session:
        known = read_caps(session)
        chosen = Caps(
            known.per_person if per_person is None else per_person or None,
            known.segments_per_day if per_day is None else per_day or None,
        )
        if chosen != known:
            choose_caps(session, chosen)
        used = count_segments_of_day(session, utc_now(), current_site().zone)
    per_citizen, most = chosen.per_person or "no cap", chosen.segments_per_day or "no cap"
    click.echo(f"per citizen: {per_citizen}, parts a day: {most}, parts today: {used}")
