"""How does somebody come to stand in for a colleague, and how does it end? The one door for both.

Nobody lends more than the one who is away holds, nobody lends to themselves, a substitute lends nothing, and
one role of one person is with one substitute at a time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hotline.models.audit import AuditKind
from hotline.models.people import User, UserSession
from hotline.models.substitutions import Ending, Substitution
from hotline.queries.directory import roles_of
from hotline.queries.substitutions import (
    LENDABLE,
    Lent,
    find_lent,
    list_broken,
    list_colleagues,
    overseen_by,
    roles_in,
    roles_overseen,
)
from hotline.services import audit
from hotline.services.accounts import token_hash
from hotline.services.audit import Deed
from hotline.services.directory_changes import Signed, faults_of_text
from hotline.services.site import current_site
from hotline.services.substitution_notices import tell_both
from workflows.definition import SYSTEM, Actor
from workflows.errors import Code, FieldCode, FieldError, Refused, invalid
from workflows.vocabulary import Role

MOST_DAYS = 30
LONGEST_REASON = 200
_LONGEST = timedelta(days=MOST_DAYS)
_FURTHEST = timedelta(days=366)
# A form takes its time: what began a moment ago begins now.
_FILLING_IN = timedelta(minutes=30)
_HALF_A_NAME = 48


@dataclass(frozen=True, slots=True)
class Wish:
    """Who is to stand in for whom, in which roles, from when to when, and why."""

    principal_id: int
    substitute_id: int | None
    roles: frozenset[Role]
    starts_at: datetime
    ends_at: datetime
    reason: str


def lendable_roles(session: Session, principal: User, actor: Actor) -> frozenset[Role]:
    """Which roles somebody may let a substitute of this person have: never more than the person holds."""
    if actor.for_id is not None:
        return frozenset()
    held = roles_of(session, principal.id) & LENDABLE
    return held if principal.id == actor.user_id else held & roles_overseen(actor, principal.unit_id)


def name_substitute(session: Session, wish: Wish, signed: Signed) -> Substitution:
    """Let somebody stand in. Raises Refused naming every field that is wrong."""
    # Held, so that two namings of one person follow one another.
    held = select(User).where(User.id == wish.principal_id).with_for_update(key_share=True)
    principal, maker_id = session.scalar(held), signed.actor.user_id
    if signed.actor.for_id is not None:
        raise Refused(Code.STANDS_IN)
    if principal is None or maker_id is None or not principal.is_active:
        raise Refused(Code.NOT_FOUND)
    may_lend = lendable_roles(session, principal, signed.actor)
    if not may_lend:
        raise Refused(Code.NOTHING_TO_LEND if principal.id == maker_id else Code.NOT_YOUR_ROLE)
    faults = list(_faults_of(session, wish, principal, (may_lend, signed)))
    if faults or wish.substitute_id is None:
        raise invalid(*faults)
    made = Substitution(
        principal_id=principal.id,
        substitute_id=wish.substitute_id,
        unit_id=principal.unit_id,
        roles=" ".join(role.value for role in Role if role in wish.roles),
        starts_at=max(wish.starts_at, signed.at),
        ends_at=wish.ends_at,
        reason=wish.reason.strip(),
        made_by_id=maker_id,
        made_at=signed.at,
    )
    session.add(made)
    session.flush()
    _record(session, made, "named", signed)
    tell_both(session, made, signed.at)
    return made


def end_own(session: Session, substitution_id: int, signed: Signed) -> Substitution:
    """End a substitution before its time; either of the two may. Raises Refused for anybody else's."""
    found = _hold(session, substitution_id)
    if found is None or signed.actor.user_id not in {found.principal_id, found.substitute_id}:
        raise Refused(Code.NOT_FOUND)
    _end(session, found, Ending.REVOKED, signed)
    return found


def revoke(session: Session, substitution_id: int, signed: Signed) -> Substitution:
    """End one of the people somebody looks after. Raises Refused for others', and to whoever stands in."""
    found = _hold(session, substitution_id)
    overseen = select(Substitution.id).where(Substitution.id == substitution_id, overseen_by(signed.actor))
    if found is None or signed.actor.for_id is not None or session.scalar(overseen) is None:
        raise Refused(Code.NOT_FOUND)
    _end(session, found, Ending.REVOKED, signed)
    return found


def act_for(session: Session, token: str, substitution_id: int, user_id: int, now: datetime) -> None:
    """Let a browser act for the one its owner stands in for. Raises Refused when they do not right now."""
    if find_lent(session, substitution_id, user_id, now) is None:
        raise Refused(Code.NOT_FOUND)
    _choose(session, token, substitution_id)


def act_for_oneself(session: Session, token: str) -> None:
    """Let a browser act in its owner's own right again."""
    _choose(session, token, None)


def end_broken(session: Session, now: datetime, user_id: int | None = None) -> int:
    """Mark what is over or void, of one person or of all, and tell how many that were.

    It has given nothing since it was over or void; this writes it down and tells both.
    """
    held = (_hold(session, each.id) for each in list_broken(session, now, user_id))
    broken = [each for each in held if each is not None]
    for each in broken:
        over = Ending.EXPIRED if each.ends_at <= now else Ending.VOID
        _end(session, each, over, Signed(SYSTEM, now, ""))
    return len(broken)


def acting_for(substitute: Actor, lent: Lent) -> Actor:
    """Say who acts when somebody stands in for a colleague: with the roles lent and nothing of their own.

    Both belong to one place, so the rows are the same; the name says both and fits every trail's column.
    """
    name = f"{substitute.name[:_HALF_A_NAME]}（代{lent.principal[:_HALF_A_NAME]}）"
    return replace(substitute, name=name, roles=lent.roles, rights=frozenset(), for_id=lent.principal_id)


def _hold(session: Session, substitution_id: int) -> Substitution | None:
    """Lock one that has not ended; somebody else may be ending it."""
    held = select(Substitution).where(Substitution.id == substitution_id).with_for_update()
    found = session.scalar(held, execution_options={"populate_existing": True})
    return None if found is None or found.ended_at is not None else found


def _choose(session: Session, token: str, substitution_id: int | None) -> None:
    ours = UserSession.token_hash == token_hash(token)
    session.execute(update(UserSession).where(ours).values(substitution_id=substitution_id))


def _end(session: Session, found: Substitution, ending: Ending, signed: Signed) -> None:
    found.ended_at, found.ended_by_id, found.ending = signed.at, signed.actor.user_id, ending.value
    session.flush()
    _record(session, found, ending.value, signed)
    tell_both(session, found, signed.at)


def _faults_of(
    session: Session, wish: Wish, principal: User, by: tuple[frozenset[Role], Signed]
) -> Iterator[FieldError]:
    may_lend, signed = by
    colleagues = {user.id for user in list_colleagues(session, principal.id, principal.unit_id)}
    if wish.substitute_id is None:
        yield FieldError("substitute", FieldCode.NOTHING_CHOSEN)
    elif wish.substitute_id not in colleagues:
        yield FieldError("substitute", FieldCode.NOT_A_SUBSTITUTE)
    elif wish.substitute_id == signed.actor.user_id:
        yield FieldError("substitute", FieldCode.NOT_FOR_ONESELF)
    if not wish.roles:
        yield FieldError("roles", FieldCode.NOTHING_CHOSEN)
    elif wish.roles - may_lend:
        yield FieldError("roles", FieldCode.NOT_LENDABLE)
    times = list(_faults_of_times(wish, signed.at))
    yield from times
    if not times:
        yield from _faults_of_others(session, wish, signed.at)
    yield from faults_of_text("reason", wish.reason, LONGEST_REASON, is_required=True)


def _faults_of_times(wish: Wish, now: datetime) -> Iterator[FieldError]:
    if wish.starts_at < now - _FILLING_IN:
        yield FieldError("starts_at", FieldCode.PAST_MOMENT)
    elif wish.starts_at > now + _FURTHEST:
        yield FieldError("starts_at", FieldCode.TOO_LATE, "一年以内")
    if wish.ends_at <= wish.starts_at:
        yield FieldError("ends_at", FieldCode.ENDS_BEFORE_BEGINNING)
    elif wish.ends_at <= now:
        yield FieldError("ends_at", FieldCode.PAST_MOMENT)
    elif wish.ends_at - wish.starts_at > _LONGEST:
        yield FieldError("ends_at", FieldCode.STANDS_IN_TOO_LONG, str(MOST_DAYS))


def _faults_of_others(session: Session, wish: Wish, now: datetime) -> Iterator[FieldError]:
    """Name the first one in the way: the same two at the same time, or a role that somebody else has then."""
    for each in _overlapping(session, wish, now):
        span = f"{_moment(each.starts_at)} 至 {_moment(each.ends_at)}"
        if each.substitute_id == wish.substitute_id:
            yield FieldError("starts_at", FieldCode.STANDS_IN_ALREADY, span)
            return
        if roles_in(each.roles) & wish.roles:
            other = session.get_one(User, each.substitute_id).display_name
            yield FieldError("starts_at", FieldCode.SOMEBODY_ELSE_STANDS_IN, f"{other}，{span}")
            return


def _overlapping(session: Session, wish: Wish, now: datetime) -> Sequence[Substitution]:
    broken = [each.id for each in list_broken(session, now, wish.principal_id)]
    wanted = select(Substitution).where(
        Substitution.principal_id == wish.principal_id,
        Substitution.id.not_in(broken),
        Substitution.ended_at.is_(None),
        Substitution.starts_at < wish.ends_at,
        Substitution.ends_at > wish.starts_at,
    )
    return session.scalars(wanted.order_by(Substitution.starts_at, Substitution.id)).all()


def _moment(at: datetime) -> str:
    return f"{at.astimezone(current_site().zone):%Y-%m-%d %H:%M}"


def _record(session: Session, found: Substitution, act: str, signed: Signed) -> None:
    facts = {
        "act": act,
        "substitution_id": found.id,
        "principal": session.get_one(User, found.principal_id).username,
        "substitute": session.get_one(User, found.substitute_id).username,
        "roles": found.roles,
        "until": found.ends_at.isoformat(timespec="minutes"),
    }
    deed = Deed(AuditKind.SUBSTITUTE, facts=facts)
    audit.record(session, deed, signed.actor, audit.Asked(ip=signed.actor.ip or ""), signed.at)
