"""`clocks verify`: do the events of every ticket give the clocks it has?"""

from collections.abc import Iterator

import click
from flask.cli import with_appcontext
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from hotline.cli.composition import session_factory
from hotline.models.ticket import Ticket
from hotline.services.clock_verify import differences

_AT_ONCE = 200
_SHOWN = 50


@click.group("clocks")
def clocks_group() -> None:
    """Look after the clocks."""


@clocks_group.command("verify")
@click.option("--ticket", "number", default="", help="One ticket by its number; all of them without it.")
@with_appcontext
def verify(number: str) -> None:
    """Rebuild every clock from its ticket's events and tell what differs; exits with 1 if anything does."""
    tickets, found = 0, list[str]()
    for told in _told(session_factory(), number):
        tickets += 1
        found += told
    if number and not tickets:
        message = f"there is no ticket {number}"
        raise click.ClickException(message)
    for line in found[:_SHOWN]:
        click.echo(line)
    click.echo(f"{tickets} tickets rebuilt from their events, {len(found)} differences")
    if found:
        raise SystemExit(1)


def _told(sessions: sessionmaker[Session], number: str) -> Iterator[list[str]]:
    """Give the differences of one ticket after the other, a short reading transaction for some of them."""
    last = 0
    while True:
        with sessions() as session, session.begin():
            session.connection(execution_options={"reads_only": True})
            wanted = select(Ticket).where(Ticket.id > last).order_by(Ticket.id).limit(_AT_ONCE)
            tickets = session.scalars(wanted.where(Ticket.number == number) if number else wanted).all()
            for ticket in tickets:
                yield [f"{ticket.number}: {each}" for each in differences(session, ticket)]
        if not tickets:
            return
        last = tickets[-1].id
