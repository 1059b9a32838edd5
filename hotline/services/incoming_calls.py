"""How does a call reach an agent's desk, and how is kept what the agent types before it is a ticket?

Nothing here commits. A call is its agent's alone: to anybody else it looks absent.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session

from hotline.models.incoming_calls import CallState, IncomingCall
from hotline.models.people import User
from hotline.queries.ticket_parts import dialled
from workflows.errors import Code, Refused

# What nobody took, or what became a ticket: long enough for the telephone system to repeat itself.
KEPT_FOR = timedelta(days=1)
# What was typed and is no ticket yet.
UNFINISHED_KEPT_FOR = timedelta(days=7)


class KeptElsewhere(Refused):
    """Another window has kept the call meanwhile, or made a ticket of it."""

    def __init__(self, call_id: int) -> None:
        super().__init__(Code.STALE_VERSION)
        self.call_id = call_id


@dataclass(frozen=True, slots=True)
class Announcement:
    """What a telephone system says of a call. `phone` is None when the caller hides it."""

    announced_by_id: int
    reference: str
    agent_id: int
    phone: str | None
    state: CallState
    at: datetime


def announce(session: Session, told: Announcement, now: datetime) -> IncomingCall:
    """Write down what is told of a call; repeats and any order do no harm.

    Once an agent has answered, the call is over for whoever had it before.
    """
    # The agent's row is the lock: of two words about one call, the second finds the first.
    session.execute(select(User.id).where(User.id == told.agent_id).with_for_update())
    at = min(told.at, now)
    call = _find_announced(session, told)
    if call is None:
        call = _new(told.agent_id, told.reference, at, now + KEPT_FOR)
        call.announced_by_id = told.announced_by_id
        session.add(call)
    call.phone = call.phone or told.phone
    call.began_at = min(call.began_at, at)
    if told.state is CallState.ANSWERED and call.answered_at is None:
        call.answered_at = at
        _end_elsewhere(session, told, at)
    if told.state is CallState.ENDED and call.ended_at is None:
        call.ended_at = at
    session.flush()
    return call


def open_by_hand(session: Session, agent_id: int, form_key: str, now: datetime) -> IncomingCall:
    """Open a call that no telephone system announced; the same form opens one only."""
    call = find_by_form(session, agent_id, form_key)
    if call is None:
        reference = _digest(form_key)
        call = _new(agent_id, reference, now, now + UNFINISHED_KEPT_FOR)
        call.answered_at = call.taken_at = now
        call.kept_by = reference
        session.add(call)
        session.flush()
    return call


def find_by_form(session: Session, agent_id: int, form_key: str) -> IncomingCall | None:
    """Find the call that was opened by typing into this form."""
    by_hand = (IncomingCall.announced_by_id.is_(None), IncomingCall.reference == _digest(form_key))
    return session.scalar(_own(agent_id).where(*by_hand).with_for_update())


def get_own_call(session: Session, call_id: int, agent_id: int) -> IncomingCall:
    """Get one of the agent's calls, locked. Raises Refused for any other."""
    call = find_own_call(session, call_id, agent_id)
    if call is None:
        raise Refused(Code.NOT_FOUND)
    return call


def find_own_call(session: Session, call_id: int, agent_id: int) -> IncomingCall | None:
    """Find one of the agent's calls, locked, as it stands now."""
    wanted = _own(agent_id).where(IncomingCall.id == call_id).with_for_update()
    return session.scalar(wanted.execution_options(populate_existing=True))


def take(call: IncomingCall, now: datetime) -> None:
    """Let a call stand as a tab at the desk, also one put aside. Raises Refused for a finished one."""
    if call.ticket_number:
        raise Refused(Code.NOT_IN_THIS_STATE)
    call.taken_at = call.taken_at or now
    call.closed_at = None
    call.kept_until = now + UNFINISHED_KEPT_FOR


def keep_typed(
    call: IncomingCall, typed: Mapping[str, Any], version: int, kept: tuple[str, datetime]
) -> None:
    """Keep what is typed of a call so far; `kept` is in which form and when.

    Raises KeptElsewhere for a form that came too late, Refused for a call that was put aside.
    """
    form_key, now = kept
    require_latest(call, version, form_key)
    if not call.is_open:
        raise Refused(Code.NOT_IN_THIS_STATE)
    call.typed, call.typed_at, call.version = dict(typed), now, call.version + 1
    call.kept_by = _digest(form_key)
    call.kept_until = now + UNFINISHED_KEPT_FOR


def bring_words(call: IncomingCall, written: IncomingCall, now: datetime) -> bool:
    """Move what was written by hand before the call came into it, and let no older form of that be sent.

    False where the call has words already, where there are none, or where they are of another call.
    """
    is_loose = written.announced_by_id is None and written.typed_at is not None
    if call.typed_at is not None or not is_loose or written.id == call.id:
        return False
    phone = written.typed.get("phone") or dialled(call.phone or "")
    call.typed, call.typed_at = {**written.typed, "phone": phone}, now
    call.version, call.kept_until = call.version + 1, now + UNFINISHED_KEPT_FOR
    written.typed, written.typed_at, written.kept_by = {}, None, ""
    written.version, written.closed_at, written.kept_until = written.version + 1, now, now + KEPT_FOR
    return True


def require_latest(call: IncomingCall, version: int, form_key: str) -> None:
    """Raise KeptElsewhere for a form that does not know what became of its call.

    A form whose last answer was lost may go on.
    """
    is_last = version == call.version or (form_key and _digest(form_key) == call.kept_by)
    if call.ticket_number or not is_last:
        raise KeptElsewhere(call.id)


def put_aside(call: IncomingCall, now: datetime) -> bool:
    """Take a call from the desk; tells whether anything typed is left to go on with."""
    call.closed_at = call.closed_at or now
    if call.typed_at is None:
        call.kept_until = now + KEPT_FOR
    return call.typed_at is not None


def finish(call: IncomingCall, number: str, now: datetime) -> None:
    """The call is written down in a ticket: nothing typed stays here."""
    call.ticket_number, call.typed, call.typed_at = number, {}, None
    call.taken_at, call.closed_at = call.taken_at or now, now
    call.kept_until = now + KEPT_FOR


def forget_old_calls(session: Session, now: datetime) -> int:
    """Delete the calls whose time is over; tells how many."""
    gone = session.execute(
        delete(IncomingCall).where(IncomingCall.kept_until <= now).returning(IncomingCall.id)
    )
    return len(gone.all())


def _new(agent_id: int, reference: str, at: datetime, kept_until: datetime) -> IncomingCall:
    return IncomingCall(
        agent_id=agent_id,
        reference=reference,
        began_at=at,
        typed={},
        version=0,
        kept_by="",
        ticket_number="",
        kept_until=kept_until,
    )


def _digest(form_key: str) -> str:
    return hashlib.sha256(form_key.encode()).hexdigest()


def _own(agent_id: int) -> Select[IncomingCall]:
    return select(IncomingCall).where(IncomingCall.agent_id == agent_id)


def _find_announced(session: Session, told: Announcement) -> IncomingCall | None:
    return session.scalar(
        _own(told.agent_id).where(
            IncomingCall.announced_by_id == told.announced_by_id, IncomingCall.reference == told.reference
        )
    )


def _end_elsewhere(session: Session, told: Announcement, at: datetime) -> None:
    session.execute(
        update(IncomingCall)
        .where(
            IncomingCall.announced_by_id == told.announced_by_id,
            IncomingCall.reference == told.reference,
            IncomingCall.agent_id != told.agent_id,
            IncomingCall.ended_at.is_(None),
        )
        .values(ended_at=at)
    )
