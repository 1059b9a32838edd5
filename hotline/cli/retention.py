"""`retention`: what would be erased now, erase it, and hold a ticket from it."""

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from hotline.cli.composition import session_factory, utc_now
from hotline.models.audit import AuditKind
from hotline.scheduler import erase_what_is_over
from hotline.services import audit
from hotline.services.audit import Asked, Deed
from hotline.services.legal_holds import lift_hold, place_hold
from hotline.services.retention import foresee
from hotline.web.shelf import shelf
from workflows.definition import SYSTEM
from workflows.errors import Refused

retention_group = AppGroup("retention", help="Erase what was kept long enough.")


@retention_group.command("plan")
def plan() -> None:
    """Count what the next run would erase; nothing is changed."""
    with session_factory()() as session, session.begin():
        session.connection(execution_options={"reads_only": True})
        for each in foresee(session, utc_now()):
            click.echo(f"{each.rule.kind}: {each.rule.days} days, {each.due} tickets due, {each.held} held")


@retention_group.command("run")
def run() -> None:
    """Erase it, in small batches; safe to stop and to run again."""
    for kind, count in erase_what_is_over(session_factory(), shelf(), utc_now()).items():
        click.echo(f"{kind}: {count} tickets")


@retention_group.command("hold")
@click.argument("number")
@click.option("--reason", required=True)
@click.option("--until", default="", help="Day in ISO 8601; until lifted when left out.")
def hold(number: str, reason: str, until: str) -> None:
    """Keep a ticket from being erased."""
    with session_factory().begin() as session:
        try:
            made = place_hold(session, number, (reason, until), SYSTEM, utc_now())
        except Refused as refused:
            raise click.ClickException(str(refused)) from refused
        _note(session, "hold", number, made.id)
    click.echo(f"hold {made.id}")


@retention_group.command("lift")
@click.argument("hold_id", type=int)
@click.option("--reason", required=True)
def lift(hold_id: int, reason: str) -> None:
    """End a hold."""
    with session_factory().begin() as session:
        try:
            lift_hold(session, hold_id, reason, SYSTEM, utc_now())
        except Refused as refused:
            raise click.ClickException(str(refused)) from refused
        _note(session, "lift", "", hold_id)
    click.echo("lifted")


def _note(session: Session, act: str, number: str, hold_id: int) -> None:
    deed = Deed(AuditKind.ACT, ticket_number=number, facts={"act": act, "hold": hold_id})
    audit.record(session, deed, SYSTEM, Asked("retention"), utc_now())
