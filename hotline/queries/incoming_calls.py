"""Which calls wait for an agent, which stand open at the desk, and which were put aside unfinished?"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from hotline.models.incoming_calls import IncomingCall
from hotline.models.people import User, UserRole
from workflows.vocabulary import Role

# A telephone system that never says how a call ended must not leave it ringing for ever.
_OFFERED_FOR = timedelta(hours=2)
# Of a call the agent spoke in but did not open yet.
_OFFERED_AFTER_END = timedelta(minutes=10)
_MOST = 20


def list_at_desk(session: Session, agent_id: int, now: datetime) -> Sequence[IncomingCall]:
    """List what an agent's desk shows: the open calls and the waiting ones, the oldest first."""
    waits = and_(
        IncomingCall.taken_at.is_(None),
        IncomingCall.began_at > now - _OFFERED_FOR,
        or_(
            IncomingCall.ended_at.is_(None),
            and_(IncomingCall.answered_at.is_not(None), IncomingCall.ended_at > now - _OFFERED_AFTER_END),
        ),
    )
    shown = select(IncomingCall).where(
        IncomingCall.agent_id == agent_id,
        IncomingCall.closed_at.is_(None),
        IncomingCall.kept_until > now,
        or_(IncomingCall.taken_at.is_not(None), waits),
    )
    return session.scalars(shown.order_by(IncomingCall.id).limit(_MOST)).all()


def list_put_aside(session: Session, agent_id: int, now: datetime) -> Sequence[IncomingCall]:
    """List an agent's calls with something typed that are neither open nor a ticket, the newest first."""
    aside = select(IncomingCall).where(_is_put_aside(agent_id, now))
    return session.scalars(aside.order_by(IncomingCall.id.desc()).limit(_MOST)).all()


def put_aside_ids(agent_id: int, now: datetime) -> Select[int]:
    """The ids of an agent's put aside calls as a query, in no order."""
    return select(IncomingCall.id).where(_is_put_aside(agent_id, now))


def _is_put_aside(agent_id: int, now: datetime) -> ColumnElement[bool]:
    return and_(
        IncomingCall.agent_id == agent_id,
        IncomingCall.closed_at.is_not(None),
        IncomingCall.typed_at.is_not(None),
        IncomingCall.kept_until > now,
    )


def find_open_call(session: Session, call_id: int, agent_id: int) -> IncomingCall | None:
    """Find one of the agent's open calls."""
    call = session.get(IncomingCall, call_id)
    return call if call is not None and call.agent_id == agent_id and call.is_open else None


def list_agents(session: Session, name: str) -> Sequence[int]:
    """List the ids of the active agents with this user name or staff number."""
    is_agent = UserRole.role.in_([Role.AGENT.value, Role.EXPERT.value])
    named = or_(User.username == name, and_(User.staff_number == name, User.staff_number != ""))
    wanted = (
        select(User.id).join(UserRole, UserRole.user_id == User.id).where(is_agent, named, User.is_active)
    )
    return session.scalars(wanted.distinct()).all()
