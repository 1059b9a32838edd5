"""How does an operator make accounts and API tokens without a screen."""

from datetime import timedelta

import click
from flask.cli import AppGroup

from hotline.cli.composition import utc_now
from hotline.queries.directory import find_unit_by_code, find_user_by_username
from hotline.services import second_factor
from hotline.services.accounts import WeakPasswordError, close_sessions_of, hash_password, set_password
from hotline.services.api_tokens import issue_token
from hotline.services.directory_changes import Signed
from hotline.services.people import GRANTABLE, NewPerson, PersonInput, add_person
from hotline.web.transaction import transaction
from workflows.definition import Actor, ActorKind
from workflows.errors import Refused
from workflows.vocabulary import Role

_ROLES = sorted(role.value for role in GRANTABLE)
_OPERATOR = Actor(ActorKind.SYSTEM, "命令行", frozenset({Role.SYSTEM}))

user_group = AppGroup("user", help="Accounts of staff and systems.")
token_group = AppGroup("token", help="Bearer tokens for the API.")


@user_group.command("create")
@click.argument("username")
@click.option("--name", "display_name", required=True, help="The name screens show.")
@click.option("--role", "roles", multiple=True, type=click.Choice(_ROLES), help="May be given several times.")
@click.option("--unit", "unit_code", default="", help="Code of the unit the account belongs to.")
@click.password_option(help="At least 10 characters, without the user name.")
def create(username: str, display_name: str, roles: tuple[str, ...], unit_code: str, password: str) -> None:
    """Make the account USERNAME; asks for its password."""
    with transaction() as session:
        if find_user_by_username(session, username) is not None:
            message = f"{username} exists already"
            raise click.ClickException(message)
        unit = find_unit_by_code(session, unit_code) if unit_code else None
        if unit_code and unit is None:
            message = f"there is no unit with the code {unit_code}"
            raise click.ClickException(message)
        written = PersonInput(display_name, frozenset(map(Role, roles)), unit.id if unit else None)
        signed = Signed(_OPERATOR, utc_now(), "用命令建立")
        try:
            user = add_person(session, NewPerson(username, written, password), signed)
        except Refused as refusal:
            message = "; ".join(f"{error.field}: {error.code}" for error in refusal.errors)
            raise click.ClickException(message) from refusal
        except WeakPasswordError as error:
            message = "the password needs 10 characters or more and must not contain the user name"
            raise click.ClickException(message) from error
        click.echo(f"{user.username} created with {', '.join(roles) or 'no role'}")


@user_group.command("reset-second-factor")
@click.argument("username")
def reset_second_factor(username: str) -> None:
    """Take the authenticator off USERNAME, whose telephone is lost; the next sign-in asks for a new one."""
    with transaction() as session:
        user = find_user_by_username(session, username)
        if user is None:
            message = f"there is no user {username}"
            raise click.ClickException(message)
        second_factor.remove(session, user.id)
        close_sessions_of(session, user.id, utc_now())
    click.echo(f"{username} sets up a second factor at the next sign-in")


@user_group.command("reset-password")
@click.argument("username")
@click.password_option(help="At least 10 characters, without the user name.")
def reset_password(username: str, password: str) -> None:
    """Set the password of USERNAME, who may have no link from an administrator; signs them out everywhere."""
    with transaction() as session:
        user = find_user_by_username(session, username)
        if user is None:
            message = f"there is no user {username}"
            raise click.ClickException(message)
        try:
            set_password(session, user.id, hash_password(username, password), utc_now())
        except WeakPasswordError as error:
            message = "the password needs 10 characters or more and must not contain the user name"
            raise click.ClickException(message) from error
    click.echo(f"{username} signs in with the new password")


@token_group.command("create")
@click.argument("username", metavar="USER")
@click.option("--name", default="", help="What the token is for; shown in lists.")
@click.option("--days", type=click.IntRange(1, 3650), default=None, help="Stops working after so many days.")
def create_token(username: str, name: str, days: int | None) -> None:
    """Print a new token of USER; it is shown this once."""
    with transaction() as session:
        user = find_user_by_username(session, username)
        if user is None or not user.is_active:
            message = f"there is no active user {username}"
            raise click.ClickException(message)
        now = utc_now()
        expires_at = now + timedelta(days=days) if days else None
        token = issue_token(session, user.id, name or "command line", now, expires_at)
    click.echo(token)
