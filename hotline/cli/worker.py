"""How is the recurring work done outside the web server: for good, or one round of it."""

import logging
import signal
import threading
from datetime import datetime

import click
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask, current_app
from flask.cli import with_appcontext

from hotline.cli.composition import Instant, bounce_box, providers, session_factory, settings, utc_now
from hotline.cli.keys import refuse_wrong_keys
from hotline.scheduler import (
    bar_units,
    build_scheduler,
    check_calendars,
    erase_what_is_over,
    fire_all_due,
    forget_calls,
    forget_jottings,
    send_all_due,
)
from hotline.services.database_clock import DatabaseClock
from hotline.web.shelf import shelf


@click.command("worker")
@click.option("--once", is_flag=True, help="One round, then stop.")
@with_appcontext
def worker(*, once: bool) -> None:
    """Fire due timers and send waiting messages until told to stop."""
    refuse_wrong_keys()
    if once:
        fired = fire_all_due(session_factory(), utc_now)
        bar_units(session_factory())
        check_calendars(session_factory(), utc_now())
        forget_jottings(session_factory(), shelf(), utc_now())
        forget_calls(session_factory(), utc_now())
        erase_what_is_over(session_factory(), shelf(), utc_now())
        sent = send_all_due(session_factory(), providers(), utc_now)
        click.echo(f"{fired} timers settled, {sent} messages handed to their providers")
        return
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    scheduler = start_jobs(current_app)
    click.echo("worker started")
    stop.wait()
    scheduler.shutdown(wait=True)
    click.echo("worker stopped")


@click.command("tick")
@click.option("--at", type=Instant(), help="Pretend it is this instant; not in production.")
@with_appcontext
def tick(at: datetime | None) -> None:
    """Fire every timer that is due."""
    if at is not None and settings().is_production:
        message = "--at would fire timers before their time; it is refused in production"
        raise click.ClickException(message)
    fired = fire_all_due(session_factory(), lambda: at or utc_now())
    click.echo(f"{fired} timers settled")


def start_jobs(app: Flask) -> BackgroundScheduler:
    """Start the recurring jobs on threads of this process; the caller shuts the scheduler down."""
    logging.getLogger("apscheduler").setLevel(logging.WARNING)  # otherwise two lines every two seconds
    with app.app_context():
        factory = session_factory()
        scheduler = build_scheduler(factory, providers(), DatabaseClock(factory), bounce_box(), shelf())
        if settings().is_demo:  # its people are there to be tried out, whenever that is
            scheduler.remove_job("dormant")
    scheduler.start()
    return scheduler
