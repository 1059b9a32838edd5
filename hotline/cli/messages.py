"""What does an operator do about messages: stop them, let them go, look at them, send the dead ones again?"""

import getpass
from datetime import datetime

import click
from flask.cli import AppGroup

from hotline.cli.composition import Instant, bounce_box, session_factory, utc_now
from notifications import switch, upkeep
from notifications.bounces import collect
from notifications.upkeep import Dead

messages_group = AppGroup("messages", help="Stop, release and send again what the hotline tells people.")
_LONGEST_NOTE = 200
_WHY = {
    switch.Reason.OPERATOR: "an operator said so",
    switch.Reason.RESTORED: "this database is a copy or an older state; what waits may have gone out",
}


@messages_group.command("pause")
@click.option("--why", "note", default="", help="What for, as the board of messages shows it.")
def pause(*, note: str) -> None:
    """Stop sending: every worker stops at its next message, until `resume`."""
    with session_factory().begin() as session:
        switch.pause(session, getpass.getuser(), utc_now(), note=note[:_LONGEST_NOTE])
    click.echo("sending is paused")


@messages_group.command("resume")
def resume() -> None:
    """Let messages go out again; after a restore first see what `status` says is waiting."""
    with session_factory().begin() as session:
        switch.resume(session, getpass.getuser(), utc_now())
    click.echo("sending goes on")


@messages_group.command("status")
def status() -> None:
    """Tell whether messages go out, how many are in each state, and since when the oldest is due."""
    now = utc_now()
    with session_factory().begin() as session:
        stands, states = switch.read(session), upkeep.count_by_state(session)
        backlog = upkeep.measure_backlog(session, now)
    if stands.is_paused and stands.changed_at is not None:
        why = _WHY.get(switch.Reason(stands.reason or switch.Reason.OPERATOR))
        said = f"{why}: {stands.note}" if stands.note else why
        click.echo(f"sending is paused since {stands.changed_at:%Y-%m-%d %H:%M} UTC: {said}")
    else:
        click.echo("sending goes on")
    click.echo(", ".join(f"{count} {state}" for state, count in sorted(states.items())) or "no messages")
    if backlog.oldest_due_at is not None:
        age = round((now - backlog.oldest_due_at).total_seconds())
        click.echo(f"{backlog.waiting} are due, the oldest for {age} seconds")


@messages_group.command("redrive")
@click.option("--id", "message_id", help="Only this message.")
@click.option("--error", help="Only what died of this, such as twilio_21606.")
@click.option("--provider", help="Only what this provider was asked last.")
@click.option("--kind", help="Only messages of this kind.")
@click.option("--since", type=Instant(), help="Only what was written from this instant on.")
@click.option("--all", "is_all", is_flag=True, help="Without any of these: really all.")
@click.option("--dry-run", "is_dry", is_flag=True, help="Only tell which would go out.")
def redrive(*, is_all: bool, is_dry: bool, since: datetime | None, **which: str | None) -> None:
    """Send dead messages again, once what they died of is mended."""
    dead = Dead(since=since, **which)
    if dead == Dead() and not (is_all or is_dry):
        message = "say which messages (--error, --provider, --kind, --since, --id), or --all"
        raise click.UsageError(message)
    with session_factory().begin() as session:
        for kind, error, count in upkeep.list_dead(session, dead):
            click.echo(f"{count:>6}  {kind}  {error or ''}")
        sent = 0 if is_dry else upkeep.redrive(session, dead, utc_now())
    click.echo("nothing was changed" if is_dry else f"{sent} messages wait to be sent again")


@messages_group.command("bounces")
def bounces() -> None:
    """Read the mailbox of bounces once."""
    box = bounce_box()
    if box is None:
        message = "BOUNCE_HOST is not set"
        raise click.ClickException(message)
    click.echo(f"{collect(box, session_factory(), utc_now())} mails came back")
