"""The door of bulk exports: they are asked for, allowed or refused, and fetched once allowed.

The table of requests decides as it does for tickets. An export belongs to no ticket, so it has a trail of its
own, and what is allowed lies ready for its asker for a day.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from hotline.models.exports import Export, ExportEvent
from hotline.models.ticket import Request
from hotline.services import trail
from hotline.services.export_notices import ExportStep, tell_of_export
from hotline.services.lifecycle import ENGINES
from workflows.definition import NEW, Actor, Ask, Decision
from workflows.errors import Code, Refused
from workflows.facts import Facts, RequestFacts
from workflows.vocabulary import Machine, RequestKind, RequestState

KEPT_FOR = timedelta(hours=24)
_ENGINE = ENGINES[Machine.REQUEST]
# In the data of an event: whom the actor stood in for.
_FOR = "for_id"


@dataclass(frozen=True, slots=True)
class Wish:
    """What to export and what for. `words` say the conditions as people read them, `filter` as lists do.

    `count` is how many tickets they met when it was asked: the measure of what would go out.
    """

    words: str
    purpose: str
    filter: Mapping[str, Any]
    count: int = 0


@dataclass(frozen=True, slots=True)
class Written:
    """What was written into a file: how many rows, and the line that says whose it is."""

    row_count: int
    watermark: str


def ask(session: Session, wish: Wish, actor: Actor, now: datetime) -> Request:
    """Ask for an export. Raises Refused when the table says no; never commits."""
    data = {"filter": wish.words, "purpose": wish.purpose}
    decision = _ENGINE.decide(_facts(None), NEW, Ask("ask_export", actor, data, now))
    request = Request(
        kind=RequestKind.BULK_EXPORT.value,
        state=decision.to_state,
        basis=decision.data["purpose"],
        details={"words": decision.data["filter"], "filter": dict(wish.filter), "count": wish.count},
        asked_by_id=actor.user_id,
        asked_at=now,
    )
    session.add(request)
    session.flush()
    _record(session, request, decision, actor, now)
    return request


def decide(session: Session, request_id: int, ask_for: Ask) -> Request:
    """Approve, refuse or cancel; what is approved is ready at once. Raises Refused; never commits."""
    request = _locked(session, request_id)
    decision = _ENGINE.decide(_facts(request, _asked_for(session, request)), request.state, ask_for)
    request.state = decision.to_state
    request.decided_by_id, request.decided_at = ask_for.actor.user_id, ask_for.now
    request.decision_reason = decision.data.get("reason", "")
    _record(session, request, decision, ask_for.actor, ask_for.now)
    if decision.to_state == RequestState.APPROVED:
        session.add(_ready(request, ask_for.now))
        session.flush()
    return request


def cancel(session: Session, request_id: int, actor: Actor, now: datetime) -> Request:
    """Take one's own open request back. Raises Refused: what is another's is not there."""
    if _locked(session, request_id).asked_by_id != actor.user_id:
        raise Refused(Code.NOT_FOUND)
    return decide(session, request_id, Ask("cancel", actor, {}, now))


def find_ready(session: Session, export_id: int, actor: Actor, now: datetime) -> Export:
    """Find an export its asker may fetch now. Raises Refused: what is another's, or over, is not there."""
    export = session.get(Export, export_id)
    asked = None if export is None else session.get(Request, export.request_id)
    if export is None or asked is None or asked.asked_by_id != actor.user_id or now >= export.expires_at:
        raise Refused(Code.NOT_FOUND)
    return export


def fetch(session: Session, export_id: int, written: Written | None, actor: Actor, now: datetime) -> None:
    """Write down that the asker fetched the export, and what is in it if it was written just now."""
    export = find_ready(session, export_id, actor, now)
    request = _locked(session, export.request_id)
    export.downloaded_at = now
    if written is not None:
        export.row_count, export.watermark = written.row_count, written.watermark
    step = _step("download", request.state, request.state, str(min(actor.roles)))
    _append(session, request.id, step, actor, now)


def list_kept(session: Session, now: datetime) -> frozenset[str]:
    """List the names of the files that somebody may still fetch."""
    return frozenset(session.scalars(select(Export.storage_name).where(Export.expires_at > now)))


def find_break(session: Session, request_id: int) -> int | None:
    """Return the number of the first event that was changed, removed or moved; None if all is whole."""
    previous, expected = trail.FIRST, 1
    events = select(ExportEvent).where(ExportEvent.request_id == request_id).order_by(ExportEvent.number)
    for event in session.scalars(events):
        row = {name: getattr(event, name) for name in _SEALED}
        is_whole = event.hash == trail.seal(row, _SEALED) and event.previous_hash == previous
        if event.number != expected or not is_whole:
            return expected
        previous, expected = event.hash, expected + 1
    return None


def _facts(request: Request | None, asked_for_id: int | None = None) -> Facts:
    if request is None:
        return Facts(number="", state=NEW)
    asked = RequestFacts(
        request.id, request.kind, request.state, request.asked_by_id, asked_for_id=asked_for_id
    )
    return Facts(number="", state=NEW, subject_request=asked)


def _asked_for(session: Session, request: Request) -> int | None:
    """Whom the asker stood in for, as the export's own trail knows."""
    first = select(ExportEvent.data).where(ExportEvent.request_id == request.id, ExportEvent.number == 1)
    found = session.scalar(first) or {}
    return found.get(_FOR)


def _locked(session: Session, request_id: int) -> Request:
    wanted = select(Request).where(Request.id == request_id, Request.kind == RequestKind.BULK_EXPORT.value)
    request = session.scalar(wanted.with_for_update().execution_options(populate_existing=True))
    if request is None:
        raise Refused(Code.NOT_FOUND)
    return request


def _ready(request: Request, now: datetime) -> Export:
    return Export(
        request_id=request.id,
        filter=dict(request.details["filter"]),
        storage_name=secrets.token_hex(16),
        created_at=now,
        expires_at=now + KEPT_FOR,
    )


def _record(session: Session, request: Request, decision: Decision, actor: Actor, now: datetime) -> None:
    step = _step(decision.transition.action, decision.from_state, decision.to_state, str(decision.role))
    number = _append(session, request.id, {**step, "data": trail.plain(decision.event_data)}, actor, now)
    tell_of_export(session, request, ExportStep(number, decision, actor.user_id, now))


def _step(action: str, before: str, after: str, role: str) -> dict[str, Any]:
    return {"action": action, "from_state": before, "to_state": after, "role": role, "data": {}}


def _append(session: Session, request_id: int, step: Mapping[str, Any], actor: Actor, now: datetime) -> int:
    of_request = ExportEvent.request_id == request_id
    count = session.scalar(select(func.count(ExportEvent.id)).where(of_request)) or 0
    last = select(ExportEvent.hash).where(of_request).order_by(ExportEvent.number.desc()).limit(1)
    if actor.for_id is not None:
        step = {**step, "data": {**step["data"], _FOR: actor.for_id}}
    row: dict[str, Any] = {
        **step,
        "request_id": request_id,
        "number": count + 1,
        "actor_kind": str(actor.kind),
        "actor_id": actor.user_id,
        "actor_name": actor.name,
        "at": now,
        "ip": actor.ip,
        "previous_hash": session.scalar(last) or trail.FIRST,
    }
    session.execute(insert(ExportEvent), {**row, "hash": trail.seal(row, _SEALED)})
    return count + 1


_SEALED = (
    "request_id",
    "number",
    "action",
    "from_state",
    "to_state",
    "actor_kind",
    "actor_id",
    "actor_name",
    "role",
    "at",
    "data",
    "ip",
    "previous_hash",
)
