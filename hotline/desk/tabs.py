"""Which calls stand open at this desk, which wait to be taken, and what was typed of one so far?"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from hotline.desk.drafts import Draft, get_draft
from hotline.desk.forms import CallForm, starting_values
from hotline.desk.surroundings import dialled
from hotline.models.incoming_calls import CallState, IncomingCall
from hotline.queries.incoming_calls import find_open_call, list_at_desk, list_put_aside
from hotline.queries.typed import number_in
from hotline.services.incoming_calls import find_by_form, find_own_call, finish, require_latest
from workflows.definition import Actor
from workflows.errors import Refused

_LARGEST_ID = 10**15 - 1
_NOT_TYPED = frozenset({"csrf_token", "request_key", "call", "call_version"})
_HOUR = 3600


@dataclass(frozen=True, slots=True)
class Tab:
    """One call at the desk: `length` is how long it took so far, `runs_from` is None once it has ended."""

    id: int
    phone: str
    state: CallState
    runs_from: datetime | None
    length: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Strip:
    """The calls above the form. `mark` changes when anything but the time does.

    `written` is what the agent began before the call in hand came, while nothing is written of that.
    """

    offers: tuple[Tab, ...]
    tabs: tuple[Tab, ...]
    mark: str
    written: Tab | None


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A call that was put aside before it became a ticket, and until when it is kept."""

    id: int
    phone: str
    words: str
    typed_at: datetime | None
    kept_until: datetime


def read_strip(session: Session, agent_id: int, current: int, now: datetime) -> Strip:
    """Read the strip of an agent who has the call `current` in hand; 0 for none."""
    calls = list_at_desk(session, agent_id, now)
    waiting = [call for call in calls if not call.is_open]
    # Who is being spoken to stands before who still rings: one key takes the first.
    waiting.sort(key=lambda call: call.state is CallState.RINGING)
    offers = tuple(_tab(call, current, now) for call in waiting)
    tabs = tuple(_tab(call, current, now) for call in calls if call.is_open)
    written = _find_written(calls, current)
    told = repr([(tab.id, tab.phone, tab.state, tab.is_current) for tab in (*offers, *tabs)])
    mark = hashlib.sha256(f"{len(offers)}{told}{written and written.id}".encode()).hexdigest()[:16]
    return Strip(offers, tabs, mark, None if written is None else _tab(written, current, now))


def list_unfinished(session: Session, agent_id: int, now: datetime) -> list[Unfinished]:
    """List the calls an agent put aside with something typed, the newest first."""
    calls = list_put_aside(session, agent_id, now)
    return [
        Unfinished(
            call.id, _phone(call), str(call.typed.get("content") or ""), call.typed_at, call.kept_until
        )
        for call in calls
    ]


def wanted_call(text: str) -> int:
    """Read the number of a call; 0 for what can be none."""
    return number_in(text, _LARGEST_ID) or 0


def typed_of(form: CallForm, draft_number: str) -> dict[str, Any]:
    """What is kept of a form: all that the agent filled in, and which draft it is about."""
    typed = {field.name: field.data for field in form if field.name not in _NOT_TYPED}
    return {**typed, "draft_number": draft_number}


def resume(session: Session, call: IncomingCall, viewer: Actor) -> tuple[CallForm, Draft | None]:
    """Fill the form with what was typed of a call, or with its number while nothing was.

    A draft that was submitted meanwhile leaves its words in a form of their own.
    """
    typed = call.typed if call.typed_at is not None else {"phone": dialled(call.phone or "")}
    draft = None
    if number := typed.get("draft_number"):
        try:
            draft = get_draft(session, number, viewer)
        except Refused:
            draft = None
    values = {**starting_values(typed), "call": str(call.id), "call_version": str(call.version)}
    return CallForm(formdata=None, data=values), draft


def find_in_hand(session: Session, form: CallForm, agent_id: int) -> IncomingCall | None:
    """Find the open call a form belongs to."""
    number = wanted_call(form.call.data or "")
    return find_open_call(session, number, agent_id) if number else None


def finish_in_hand(session: Session, form: CallForm, agent_id: int, number: str, now: datetime) -> None:
    """The form has become a ticket, or urged one: its call leaves the desk.

    A form that was sent while it was kept for the first time does not know its call yet.
    Raises KeptElsewhere for one that came too late.
    """
    wanted, form_key = wanted_call(form.call.data or ""), form.request_key.data or ""
    call = find_own_call(session, wanted, agent_id) if wanted else None
    call = call or find_by_form(session, agent_id, form_key)
    if call is not None:
        require_latest(call, wanted_call(form.call_version.data or ""), form_key)
        finish(call, number, now)


def _find_written(calls: Sequence[IncomingCall], current: int) -> IncomingCall | None:
    """Find the newest words of no call: begun by hand, and without a number they belong to."""
    is_empty = any(call.id == current and call.phone and call.typed_at is None for call in calls)
    loose = [call for call in calls if call.announced_by_id is None and call.typed_at and not _phone(call)]
    return loose[-1] if is_empty and loose else None


def _tab(call: IncomingCall, current: int, now: datetime) -> Tab:
    began = call.answered_at or call.began_at
    length = max(int(((call.ended_at or now) - began).total_seconds()), 0)
    return Tab(
        id=call.id,
        phone=_phone(call),
        state=call.state,
        runs_from=began if call.ended_at is None else None,
        length=_clock(length),
        is_current=call.id == current,
    )


def _phone(call: IncomingCall) -> str:
    return str(call.typed.get("phone") or "") or dialled(call.phone or "")


def _clock(seconds: int) -> str:
    hours, rest = divmod(seconds, _HOUR)
    minutes = f"{rest // 60:02d}:{rest % 60:02d}"
    return f"{hours}:{minutes}" if hours else minutes
