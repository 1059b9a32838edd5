"""Who may give out a token, to which account and for what: the one door, whether a screen or a command asks?

A token acts as its account and never does more than that may. On a screen only systems are given one: whoever
sees the token of a person could act in their name. Those who watch over others get none at all.
"""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.directory import DirectoryAct, Listed
from hotline.models.people import ApiToken, Scope, User, UserKind
from hotline.queries.directory import roles_of
from hotline.services.api_tokens import EVERYTHING, Grant, issue_token, revoke_token, scopes_of
from hotline.services.directory_changes import (
    Noted,
    Signed,
    faults_of_reason,
    faults_of_text,
    note,
    require_administrator,
)
from hotline.services.separation import APART
from workflows.definition import ActorKind
from workflows.errors import Code, FieldCode, FieldError, Refused, invalid
from workflows.vocabulary import Role

LONGEST_DAYS = 365
_LONGEST_NAME = 80
_MACHINES = frozenset({Role.TELEPHONE})


def scopes_for(roles: frozenset[Role]) -> frozenset[Scope]:
    """What a token of an account with these roles may be for: nothing its account could not do itself."""
    if roles & APART:
        return frozenset()
    calls = frozenset({Scope.CALLS}) if roles & _MACHINES else frozenset[Scope]()
    if roles - _MACHINES:
        return (EVERYTHING - {Scope.CALLS}) | calls
    return frozenset({Scope.READ}) | calls


def grant_token(session: Session, user_id: int, grant: Grant, signed: Signed) -> str:
    """Give out a token and put it on record. Raises Refused; its text is shown once."""
    require_administrator(signed.actor)
    user = session.get(User, user_id)
    if user is None or not user.is_active:
        raise Refused(Code.NOT_FOUND)
    faults = [*_faults_of(session, user, grant, signed), *faults_of_reason(signed.reason)]
    if faults:
        raise invalid(*faults)
    token = issue_token(session, user.id, grant, signed.at)
    _note(session, user, DirectoryAct.TOKEN_ISSUED, ["token", "", _said(grant.name, grant.scopes)], signed)
    return token


def withdraw_token(session: Session, token_id: int, signed: Signed) -> None:
    """Stop a token for good and put it on record. Raises Refused for one that is not there or was stopped."""
    require_administrator(signed.actor)
    row = session.scalar(select(ApiToken).where(ApiToken.id == token_id).with_for_update())
    if row is None:
        raise Refused(Code.NOT_FOUND)
    if row.revoked_at is not None:
        raise Refused(Code.NOTHING_CHANGED)
    revoke_token(session, row.id, signed.at)
    user = session.get_one(User, row.user_id)
    _note(session, user, DirectoryAct.TOKEN_REVOKED, ["token", _said(row.name, scopes_of(row)), ""], signed)


def _faults_of(session: Session, user: User, grant: Grant, signed: Signed) -> Iterator[FieldError]:
    is_operator = signed.actor.kind is ActorKind.SYSTEM
    if user.kind != UserKind.SYSTEM.value and not is_operator:
        yield FieldError("user", FieldCode.NOT_A_SYSTEM)
    allowed = scopes_for(roles_of(session, user.id))
    if not allowed:
        yield FieldError("user", FieldCode.NO_TOKEN_FOR_ROLE)
    elif not grant.scopes:
        yield FieldError("scopes", FieldCode.NOTHING_CHOSEN)
    elif grant.scopes - allowed:
        yield FieldError("scopes", FieldCode.BEYOND_ACCOUNT, _names(grant.scopes - allowed))
    yield from faults_of_text("name", grant.name, _LONGEST_NAME, is_required=True)
    last = signed.at + timedelta(days=LONGEST_DAYS)
    if grant.expires_at is None or not signed.at < grant.expires_at <= last:
        yield FieldError("days", FieldCode.NOT_IN_RANGE, f"1–{LONGEST_DAYS}")


def _names(scopes: frozenset[Scope]) -> str:
    return "、".join(scope.label_zh for scope in Scope if scope in scopes)


def _said(name: str, scopes: frozenset[Scope]) -> str:
    return f"{name}（{_names(scopes)}）"


def _note(session: Session, user: User, act: DirectoryAct, changed: list[str], signed: Signed) -> None:
    note(session, Noted(Listed.USER, user.id, user.version, act, [changed]), signed)
