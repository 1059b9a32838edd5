"""`audit`: is the trail of who saw and did what whole, and how long is it?"""

import re

import click
from flask.cli import with_appcontext

from database import db
from hotline.cli.composition import session_factory, utc_now
from hotline.scheduler import link_audit
from hotline.services.audit_chain import verify as verify_chain
from hotline.services.database_roles import UnfitRoleError, grant

_NOTED = re.compile(r"(\d+):([0-9a-f]{64})")


@click.group("audit")
def audit_group() -> None:
    """Look after the audit trail."""


@audit_group.command("link")
@with_appcontext
def link() -> None:
    """Link what was recorded since the last time; the worker does it all the time."""
    click.echo(f"{link_audit(session_factory(), utc_now())} records linked")


@audit_group.command("grant")
@click.argument("role")
@with_appcontext
def grant_role(role: str) -> None:
    """Let the PostgreSQL role ROLE run the program without changing the trail; run as the tables' owner."""
    if db.engine.dialect.name != "postgresql":
        message = "only PostgreSQL has roles"
        raise click.ClickException(message)
    try:
        with db.engine.begin() as connection:
            done = grant(connection, role)
    except UnfitRoleError as error:
        raise click.ClickException(str(error)) from error
    click.echo("\n".join(done))


@audit_group.command("verify")
@click.option("--noted", default="", help="NUMBER:HASH that an earlier run printed and somebody wrote down.")
@with_appcontext
def verify(noted: str) -> None:
    """Read the whole chain and tell where it does not hold; exits with 1 if it does not."""
    wanted = _NOTED.fullmatch(noted)
    if noted and wanted is None:
        message = "--noted is NUMBER:HASH as `audit verify` prints it"
        raise click.ClickException(message)
    with session_factory()() as session, session.begin():
        session.connection(execution_options={"reads_only": True})
        found = verify_chain(session, None if wanted is None else (int(wanted[1]), wanted[2]))
    for each in found.breaks:
        click.echo(f"link {each.number}: {each.reason}")
    click.echo(f"{found.links} links, {found.unlinked} records waiting, {len(found.breaks)} breaks")
    click.echo(f"head {found.head}")
    if found.breaks:
        raise SystemExit(1)
