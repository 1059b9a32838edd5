"""How do accounts come about, change and close: the one door, whether a screen, a command or the demo asks?

There is always an administrator who can sign in, and nobody locks themselves out. What somebody had in hand
goes back to their unit when their account is closed, when they leave the unit or handle no longer.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from argon2 import PasswordHasher
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hotline.models.claims import TicketClaim
from hotline.models.directory import DirectoryAct, Listed
from hotline.models.organisation import Unit
from hotline.models.people import User, UserKind, UserRole
from hotline.queries.directory import find_user_by_username, roles_of
from hotline.services import accounts
from hotline.services.accounts import HASHER, NewUser
from hotline.services.directory_changes import (
    Changed,
    Noted,
    Signed,
    compare,
    faults_of_reason,
    faults_of_text,
    note,
    require_administrator,
    require_seen,
)
from hotline.services.handing_back import hand_back
from hotline.services.identity import check_contact, normal_phone
from hotline.services.known_devices import forget_devices
from hotline.services.password_links import end_links, make_link
from hotline.services.separation import BY_OPERATOR, are_together, faults_of_grant
from hotline.services.substitutions import end_broken
from workflows.definition import ActorKind
from workflows.errors import Code, FieldCode, FieldError, Refused, invalid
from workflows.vocabulary import UNIT_ROLES, Role

# Nobody signs in as the citizen or as the system.
GRANTABLE = frozenset(Role) - {Role.CITIZEN, Role.SYSTEM}
LONGEST: Mapping[str, int] = {"display_name": 80, "staff_number": 32, "email": 254}
_USERNAME = re.compile(r"[a-z][a-z0-9._-]{1,31}")


@dataclass(frozen=True, slots=True)
class PersonInput:
    """What somebody fills in for an account."""

    display_name: str
    roles: frozenset[Role] = frozenset()
    unit_id: int | None = None
    staff_number: str = ""
    phone: str = ""
    email: str = ""
    has_trusted_intake: bool = False


@dataclass(frozen=True, slots=True)
class NewPerson:
    """An account to be; without a password its owner sets one by a link."""

    username: str
    written: PersonInput
    password: str = ""
    kind: UserKind = UserKind.PERSON


def add_person(session: Session, new: NewPerson, signed: Signed, hasher: PasswordHasher = HASHER) -> User:
    """Add an account. Raises Refused naming every field that is wrong."""
    require_administrator(signed.actor)
    faults = [] if _USERNAME.fullmatch(new.username) else [FieldError("username", FieldCode.BAD_USERNAME)]
    if find_user_by_username(session, new.username) is not None:
        faults.append(FieldError("username", FieldCode.TAKEN))
    written = new.written
    faults += [*_faults_of(session, None, written), *faults_of_grant(signed.actor, None, written.roles)]
    _require_none([*faults, *faults_of_reason(signed.reason)])
    account = NewUser(
        username=new.username,
        display_name=written.display_name.strip(),
        password=new.password,
        roles=written.roles,
        unit_id=written.unit_id,
        staff_number=written.staff_number.strip(),
        phone=_phone(written),
        email=written.email.strip(),
        kind=new.kind,
        has_trusted_intake=written.has_trusted_intake,
    )
    user = accounts.create_user(session, account, signed.at, hasher)
    said = {"username": user.username, **_said(session, user)}
    _note(session, user, DirectoryAct.CREATED, compare({}, said), signed)
    return user


def edit_person(
    session: Session, user_id: int, written: PersonInput, seen: int | None, signed: Signed
) -> int:
    """Write who somebody is and what they may do; both count from their next request on.

    Who leaves their unit, or handles no longer, gives back what they had in hand; tells how many shares.
    """
    user = _lock(session, user_id, seen, signed)
    _require_none([*_faults_of(session, user, written), *faults_of_reason(signed.reason)])
    if Role.ADMINISTRATOR not in written.roles:
        _require_another_administrator(session, user, signed)
    if user.id == signed.actor.user_id and user.has_trusted_intake != written.has_trusted_intake:
        raise Refused(Code.OWN_ACCOUNT)
    changed_roles = written.roles ^ roles_of(session, user.id)
    _require_none(list(faults_of_grant(signed.actor, user.id, changed_roles)))
    before, unit_before = _said(session, user), user.unit_id
    user.display_name, user.staff_number = written.display_name.strip(), written.staff_number.strip()
    user.phone, user.email, user.unit_id = _phone(written), written.email.strip(), written.unit_id
    user.has_trusted_intake = written.has_trusted_intake
    accounts.set_roles(session, user.id, written.roles)
    changed = compare(before, _said(session, user))
    if not changed:
        raise Refused(Code.NOTHING_CHANGED)
    _note(session, user, DirectoryAct.CHANGED, changed, signed)
    end_broken(session, signed.at, user.id)
    is_staying = user.unit_id == unit_before and Role.HANDLER in written.roles
    return 0 if is_staying else hand_back(session, user, signed)


def change_unit(session: Session, user: User, unit: Unit, signed: Signed) -> None:
    """Let somebody go along with their unit."""
    before = _said(session, user)
    user.unit_id = unit.id
    _note(session, user, DirectoryAct.CHANGED, compare(before, _said(session, user)), signed)
    end_broken(session, signed.at, user.id)


def deactivate(session: Session, user_id: int, seen: int | None, signed: Signed) -> int:
    """Close an account at once and give back what its owner had in hand; tells how many shares that were."""
    user = _lock(session, user_id, seen, signed)
    _require_none(list(faults_of_reason(signed.reason)))
    if not user.is_active:
        raise Refused(Code.NOTHING_CHANGED)
    if user.id == signed.actor.user_id:
        raise Refused(Code.OWN_ACCOUNT)
    _require_another_administrator(session, user, signed)
    user.is_active = False
    accounts.close_sessions_of(session, user.id, signed.at)
    forget_devices(session, user.id)
    end_links(session, user.id, signed.at)
    session.execute(delete(TicketClaim).where(TicketClaim.user_id == user.id))
    _note(session, user, DirectoryAct.DEACTIVATED, [], signed)
    end_broken(session, signed.at, user.id)
    return hand_back(session, user, signed)


def reactivate(session: Session, user_id: int, seen: int | None, signed: Signed) -> User:
    """Open a closed account again; old sessions stay closed."""
    user = _lock(session, user_id, seen, signed)
    _require_none(list(faults_of_reason(signed.reason)))
    if user.is_active:
        raise Refused(Code.NOTHING_CHANGED)
    user.is_active = True
    _note(session, user, DirectoryAct.REACTIVATED, [], signed)
    return user


def unlock_person(session: Session, user_id: int, seen: int | None, signed: Signed) -> User:
    """Let somebody in again who mistyped their password too often."""
    user = _lock(session, user_id, seen, signed)
    if user.locked_until is None:
        raise Refused(Code.NOTHING_CHANGED)
    accounts.unlock(session, user.id)
    _note(session, user, DirectoryAct.UNLOCKED, [], signed)
    return user


def end_sessions(session: Session, user_id: int, seen: int | None, signed: Signed) -> None:
    """Sign somebody out everywhere; they may sign in again."""
    user = _lock(session, user_id, seen, signed)
    accounts.close_sessions_of(session, user.id, signed.at)
    forget_devices(session, user.id)
    _note(session, user, DirectoryAct.SESSIONS_ENDED, [], signed)


def issue_link(session: Session, user_id: int, seen: int | None, signed: Signed) -> str:
    """Make the link by which somebody sets their password; the password they have works until then.

    Not for those who guard or audit the system: whoever has the link has the account.
    """
    user = _lock(session, user_id, seen, signed)
    if signed.actor.kind is not ActorKind.SYSTEM and roles_of(session, user.id) & BY_OPERATOR:
        raise Refused(Code.NOT_YOUR_ROLE)
    if not user.is_active or user.kind != UserKind.PERSON.value:
        raise Refused(Code.NOT_FOUND)
    _note(session, user, DirectoryAct.LINK_ISSUED, [], signed)
    return make_link(session, user.id, signed.at)


def _lock(session: Session, user_id: int, seen: int | None, signed: Signed) -> User:
    require_administrator(signed.actor)
    # Not the strongest lock: rows of tickets point at people, and tickets are locked first elsewhere.
    held = select(User).where(User.id == user_id).with_for_update(key_share=True)
    user = session.scalar(held, execution_options={"populate_existing": True})
    if user is None:
        raise Refused(Code.NOT_FOUND)
    require_seen(user.version, seen)
    return user


def _note(session: Session, user: User, act: DirectoryAct, changed: Changed, signed: Signed) -> None:
    if act is not DirectoryAct.CREATED:
        user.version += 1
    note(session, Noted(Listed.USER, user.id, user.version, act, changed), signed)


def _require_another_administrator(session: Session, user: User, signed: Signed) -> None:
    """Refuse to take the role, or the account, of the last one who has it, or of whoever asks."""
    holders = (
        select(User)
        .join(UserRole, UserRole.user_id == User.id)
        .where(UserRole.role == Role.ADMINISTRATOR.value, User.is_active, User.password_hash != "")
        .order_by(User.id)
        .with_for_update(key_share=True, of=User)
    )
    # All of them are held: two that take each other's role at once would leave nobody.
    found = {holder.id for holder in session.scalars(holders)}
    if user.id not in found:
        return
    if user.id == signed.actor.user_id:
        raise Refused(Code.OWN_ACCOUNT)
    if found == {user.id}:
        raise Refused(Code.LAST_ADMINISTRATOR)


def _faults_of(session: Session, user: User | None, written: PersonInput) -> Iterator[FieldError]:
    for name, longest in LONGEST.items():
        is_required = name == "display_name"
        yield from faults_of_text(name, getattr(written, name), longest, is_required=is_required)
    yield from _faults_of_roles(written.roles)
    yield from _faults_of_place(session, user, written)
    try:
        check_contact({"phone": written.phone.strip(), "email": written.email.strip()})
    except Refused as refusal:
        yield from refusal.errors


def _faults_of_roles(roles: frozenset[Role]) -> Iterator[FieldError]:
    if roles - GRANTABLE:
        yield FieldError("roles", FieldCode.NOT_A_CHOICE)
    if are_together(roles):
        yield FieldError("roles", FieldCode.ROLES_EXCLUDE)


def _faults_of_place(session: Session, user: User | None, written: PersonInput) -> Iterator[FieldError]:
    if written.unit_id is None:
        if written.roles & UNIT_ROLES:
            yield FieldError("unit", FieldCode.NO_UNIT_ROLE)
    elif user is None or written.unit_id != user.unit_id:
        unit = session.get(Unit, written.unit_id)
        if unit is None or not unit.is_active:
            yield FieldError("unit", FieldCode.UNKNOWN_UNIT)


def _phone(written: PersonInput) -> str:
    return normal_phone(written.phone) if written.phone.strip() else ""


def _said(session: Session, user: User) -> dict[str, str]:
    unit = None if user.unit_id is None else session.get(Unit, user.unit_id)
    held = roles_of(session, user.id)
    return {
        "display_name": user.display_name,
        "staff_number": user.staff_number,
        "unit": "" if unit is None else unit.name,
        "roles": "、".join(role.label_zh for role in Role if role in held),
        "phone": user.phone,
        "email": user.email,
        "has_trusted_intake": "是" if user.has_trusted_intake else "否",
    }


def _require_none(faults: list[FieldError]) -> None:
    if faults:
        raise invalid(*faults)
