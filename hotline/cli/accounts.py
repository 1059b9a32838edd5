"""How does an operator make accounts and API tokens without a screen."""

from datetime import timedelta

import click
from flask.cli import AppGroup

from database import db
from hotline.cli.composition import utc_now
from hotline.models.people import Scope, UserKind
from hotline.queries.directory import find_unit_by_code, find_user_by_username, roles_of
from hotline.queries.token_pages import list_token_lines
from hotline.services import second_factor
from hotline.services.accounts import close_sessions_of, hash_password, set_password
from hotline.services.api_tokens import Grant
from hotline.services.directory_changes import Signed
from hotline.services.people import GRANTABLE, NewPerson, PersonInput, add_person
from hotline.services.token_grants import LONGEST_DAYS, grant_token, scopes_for, withdraw_token
from hotline.web.refusals import field_sentence, sentence
from hotline.web.transaction import transaction
from workflows.definition import Actor, ActorKind
from workflows.errors import Refused
from workflows.vocabulary import Role

_ROLES = sorted(role.value for role in GRANTABLE)
_SCOPES = [scope.value for scope in Scope]
_OPERATOR = Actor(ActorKind.SYSTEM, "命令行", frozenset({Role.SYSTEM}))

user_group = AppGroup("user", help="Accounts of staff and systems.")
token_group = AppGroup("token", help="Bearer tokens for the API.")


@user_group.command("create")
@click.argument("username")
@click.option("--name", "display_name", required=True, help="The name screens show.")
@click.option("--role", "roles", multiple=True, type=click.Choice(_ROLES), help="May be given several times.")
@click.option("--unit", "unit_code", default="", help="Code of the unit the account belongs to.")
@click.password_option(help="12 to 128 characters by the rules of PASSWORD_PROFILE.")
def create(username: str, display_name: str, roles: tuple[str, ...], unit_code: str, password: str) -> None:
    """Make the account USERNAME; asks for its password. With an empty one it is a system's: tokens only."""
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
            kind = UserKind.PERSON if password else UserKind.SYSTEM
            user = add_person(session, NewPerson(username, written, password, kind), signed)
        except Refused as refusal:
            raise click.ClickException(_told(refusal)) from refusal
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
@click.password_option(help="12 to 128 characters by the rules of PASSWORD_PROFILE.")
def reset_password(username: str, password: str) -> None:
    """Set the password of USERNAME, who may have no link from an administrator; signs them out everywhere."""
    with transaction() as session:
        user = find_user_by_username(session, username)
        if user is None:
            message = f"there is no user {username}"
            raise click.ClickException(message)
        try:
            set_password(session, user.id, hash_password(username, password), utc_now())
        except Refused as refusal:
            raise click.ClickException(_told(refusal)) from refusal
    click.echo(f"{username} signs in with the new password")


@token_group.command("create")
@click.argument("username", metavar="USER")
@click.option("--name", default="command line", help="What the token is called in lists.")
@click.option("--days", type=click.IntRange(1, LONGEST_DAYS), default=90, help="Works for so many days.")
@click.option("--scope", "scopes", multiple=True, type=click.Choice(_SCOPES), help="All it may have if none.")
def create_token(username: str, name: str, days: int, scopes: tuple[str, ...]) -> None:
    """Print a new token of USER; it is shown this once."""
    with transaction() as session:
        user = find_user_by_username(session, username)
        if user is None or not user.is_active:
            message = f"there is no active user {username}"
            raise click.ClickException(message)
        signed = Signed(_OPERATOR, utc_now(), "用命令发出")
        wanted = frozenset(map(Scope, scopes)) or scopes_for(roles_of(session, user.id))
        try:
            grant = Grant(name, wanted, signed.at + timedelta(days=days))
            token = grant_token(session, user.id, grant, signed)
        except Refused as refusal:
            raise click.ClickException(_told(refusal)) from refusal
    click.echo(token)


@token_group.command("list")
def list_tokens() -> None:
    """Tell of every token whose it is, what it is for, when it ends and when it was last used."""
    for line in list_token_lines(db.session(), utc_now()):
        scopes = ",".join(scope.value for scope in line.scopes)
        used = line.last_used_at.isoformat(timespec="minutes") if line.last_used_at else "never used"
        ends = line.expires_at.isoformat(timespec="minutes") if line.expires_at else "never ends"
        click.echo("\t".join([str(line.id), line.standing, line.username, line.name, scopes, ends, used]))


@token_group.command("revoke")
@click.argument("token_id", type=int)
def revoke_token(token_id: int) -> None:
    """Stop the token with the number TOKEN_ID (`token list` tells it) for good."""
    with transaction() as session:
        try:
            withdraw_token(session, token_id, Signed(_OPERATOR, utc_now(), "用命令吊销"))
        except Refused as refusal:
            raise click.ClickException(sentence(refusal.code).in_language("en")) from refusal
    click.echo(f"token {token_id} works no longer")


def _told(refusal: Refused) -> str:
    return "; ".join(f"{error.field}: {field_sentence(error, 'en')}" for error in refusal.errors)
