"""Which searches does somebody find in their list: their own, and those that others share with them?"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from hotline.models.people import User
from hotline.models.search import SavedView, Sharing
from workflows.definition import Actor
from workflows.vocabulary import CENTRE_ROLES

_MOST_SHARED = 30


@dataclass(frozen=True, slots=True)
class KeptView:
    """A saved view as its readers see it."""

    id: int
    name: str
    conditions: str
    sharing: Sharing
    owner: str
    is_own: bool


def list_views(session: Session, viewer: Actor) -> Sequence[KeptView]:
    """List a person's own views and then those shared with them, by name."""
    query = select(SavedView, User.display_name).join(User, User.id == SavedView.owner_id)
    own = query.where(SavedView.owner_id == viewer.user_id).order_by(SavedView.name, SavedView.id)
    others = query.where(SavedView.owner_id != viewer.user_id, _is_shared_with(viewer))
    rows = [
        *session.execute(own),
        *session.execute(others.order_by(SavedView.name, SavedView.id).limit(_MOST_SHARED)),
    ]
    return [_kept(view, owner, viewer) for view, owner in rows]


def find_own_view(session: Session, view_id: int, viewer: Actor) -> KeptView | None:
    """Find a view of somebody's own."""
    view = session.get(SavedView, view_id)
    if view is None or view.owner_id != viewer.user_id:
        return None
    return _kept(view, viewer.name, viewer)


def sharings_of(viewer: Actor) -> list[Sharing]:
    """List with whom somebody may share: with a unit or the centre only as one of theirs."""
    may = {
        Sharing.ME: True,
        Sharing.UNIT: viewer.unit_id is not None,
        Sharing.CENTRE: bool(viewer.roles & CENTRE_ROLES),
    }
    return [sharing for sharing in Sharing if may[sharing]]


def _is_shared_with(viewer: Actor) -> ColumnElement[bool]:
    circles = []
    if viewer.unit_id is not None:
        circles.append(and_(SavedView.sharing == Sharing.UNIT.value, SavedView.unit_id == viewer.unit_id))
    if viewer.roles & CENTRE_ROLES:
        circles.append(SavedView.sharing == Sharing.CENTRE.value)
    return or_(SavedView.id.in_(()), *circles)


def _kept(view: SavedView, owner: str, viewer: Actor) -> KeptView:
    is_own = view.owner_id == viewer.user_id
    return KeptView(view.id, view.name, view.conditions, Sharing(view.sharing), owner, is_own)
