"""To whom of a unit can a share be given, and how much does each of them hold already?"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hotline.models.people import User, UserKind
from hotline.models.ticket import Assignment
from hotline.queries.directory import list_users_with_role
from workflows.vocabulary import AssignmentState, Role

_IN_HAND = (
    AssignmentState.TO_SIGN.value,
    AssignmentState.HANDLING.value,
    AssignmentState.SUB_DISPATCHED.value,
    AssignmentState.UNIT_REVIEW.value,
)


@dataclass(frozen=True, slots=True)
class Colleague:
    """One handler of a unit and how many open shares they hold."""

    id: int
    name: str
    in_hand: int


def list_colleagues(session: Session, unit_id: int) -> Sequence[Colleague]:
    """List the active handlers of a unit in the order they came."""
    people = [
        user
        for user in list_users_with_role(session, Role.HANDLER, unit_id)
        if user.kind == UserKind.PERSON.value
    ]
    held = _held_by(session, people)
    return [Colleague(user.id, user.display_name, held.get(user.id, 0)) for user in people]


def _held_by(session: Session, people: Sequence[User]) -> dict[int, int]:
    in_hand = select(Assignment.handler_id, func.count(Assignment.id)).where(
        Assignment.handler_id.in_([user.id for user in people]), Assignment.state.in_(_IN_HAND)
    )
    rows = session.execute(in_hand.group_by(Assignment.handler_id))
    return {user_id: count for user_id, count in rows if user_id is not None}
