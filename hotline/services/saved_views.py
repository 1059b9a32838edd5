"""The door of saved views: a search gets a name, is shared, is given another name, and goes."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from hotline.models.people import User
from hotline.models.search import SavedView, Sharing
from hotline.queries.saved_views import sharings_of
from workflows.definition import Actor
from workflows.errors import Code, FieldCode, FieldError, Refused, invalid

MOST_VIEWS = 20
LONGEST_NAME = 40
_LONGEST_CONDITIONS = 1000


@dataclass(frozen=True, slots=True)
class Named:
    """What a view is called and with whom it is shared."""

    name: str
    sharing: str


def save_view(session: Session, named: Named, conditions: str, actor: Actor, now: datetime) -> SavedView:
    """Keep conditions under a name. Raises Refused, naming the field; never commits."""
    _hold_owner(session, actor)
    _check(session, named, actor)
    count = session.scalar(select(func.count(SavedView.id)).where(SavedView.owner_id == actor.user_id)) or 0
    if count >= MOST_VIEWS:
        raise invalid(FieldError("name", FieldCode.TOO_MANY, str(MOST_VIEWS)))
    if not 0 < len(conditions) <= _LONGEST_CONDITIONS:
        raise invalid(FieldError("name", FieldCode.NOTHING_TO_KEEP))
    view = SavedView(
        owner_id=actor.user_id,
        unit_id=_unit(named, actor),
        name=named.name,
        conditions=conditions,
        sharing=named.sharing,
        created_at=now,
        changed_at=now,
    )
    session.add(view)
    session.flush()
    return view


def change_view(session: Session, view_id: int, named: Named, actor: Actor, now: datetime) -> None:
    """Give one's own view another name or other readers. Raises Refused; never commits."""
    _hold_owner(session, actor)
    view = session.get(SavedView, view_id)
    if view is None or view.owner_id != actor.user_id:
        raise Refused(Code.NOT_FOUND)
    _check(session, named, actor, view_id)
    view.name, view.sharing, view.changed_at = named.name, named.sharing, now
    view.unit_id = _unit(named, actor)


def delete_view(session: Session, view_id: int, actor: Actor) -> None:
    """Drop one's own view; one that is gone already stays gone. Raises Refused for somebody else's."""
    view = session.get(SavedView, view_id)
    if view is not None and view.owner_id != actor.user_id:
        raise Refused(Code.NOT_FOUND)
    session.execute(delete(SavedView).where(SavedView.id == view_id))


def _hold_owner(session: Session, actor: Actor) -> None:
    """Let one person's views change one after the other, so that two tabs overrun neither limit nor name."""
    session.execute(select(User.id).where(User.id == actor.user_id).with_for_update())


def _check(session: Session, named: Named, actor: Actor, besides: int | None = None) -> None:
    if not named.name:
        raise invalid(FieldError("name", FieldCode.REQUIRED))
    if len(named.name) > LONGEST_NAME:
        raise invalid(FieldError("name", FieldCode.TOO_LONG, str(LONGEST_NAME)))
    if named.sharing not in [each.value for each in sharings_of(actor)]:
        raise invalid(FieldError("sharing", FieldCode.NOT_A_CHOICE))
    same = select(SavedView.id).where(SavedView.owner_id == actor.user_id, SavedView.name == named.name)
    if session.scalar(same) not in {None, besides}:
        raise invalid(FieldError("name", FieldCode.TAKEN))


def _unit(named: Named, actor: Actor) -> int | None:
    return actor.unit_id if named.sharing == Sharing.UNIT else None
