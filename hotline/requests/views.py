"""What waits for somebody's decision, what did they ask for themselves, and what may they take out?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, Response, request, url_for
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from database import db
from hotline.queries.requests import (
    RequestLine,
    count_by_kind,
    find_line,
    ids_to_decide,
    list_own,
    list_to_decide,
)
from hotline.queries.typed import id_in
from hotline.requests.exporting import register_exporting
from hotline.requests.matter import Matter, is_blind, load_matter
from hotline.services import exports, lifecycle
from hotline.services.lifecycle import Command
from hotline.web.auth import current_actor
from hotline.web.language import current_language
from hotline.web.menu_counts import waits_at
from hotline.web.once import perform
from hotline.web.pages import render
from hotline.web.refusals import field_sentence, sentence
from hotline.web.split_list import query_of
from hotline.web.ticket_moves import Target, url_of
from hotline.web.workplaces import SentBack, comes_back_to
from workflows.definition import Ask
from workflows.errors import Code, Refused
from workflows.vocabulary import Machine, RequestKind, RequestState

blueprint = Blueprint("requests", __name__)
register_exporting(blueprint)
waits_at("requests.queue", lambda _session, viewer, _now: ids_to_decide(viewer))

_SAID = {"approve": "已同意申请", "refuse": "已驳回申请"}
_ALL = ("", "全部")


@dataclass(frozen=True, slots=True)
class Back:
    """A decision that was refused: its reason as typed, what is wrong with that, and with the whole.

    `action` is the decision itself: the key that submits goes on with it.
    """

    action: str = ""
    reason: str = ""
    faults: tuple[str, ...] = ()
    summary: tuple[tuple[str, str], ...] = ()
    status: int = 200
    request_key: str = ""


@blueprint.get("/requests")
def queue() -> Response:
    """The requests somebody may decide, with one of them open."""
    return _queue(request.args, request.args.get("id", type=id_in), Back())


@comes_back_to("requests.queue")
def show_again(sent: SentBack, here: str) -> Response:
    """The same request with the decision that was refused."""
    faults, summary = sent.errors("reason"), tuple(sent.summary())
    back = Back(sent.action, sent.value("reason"), faults, summary, sent.status, sent.request_key)
    return _queue(query_of(here), sent.subject_id, back)


@blueprint.post("/requests/<int:request_id>/<any(approve, refuse):action>")
def decide(request_id: int, action: str) -> Response:
    """Decide about a ticket one may not see, or about no ticket at all: the request alone tells enough."""
    now, session = datetime.now(UTC), db.session()
    line = find_line(session, request_id, now)
    if line is None or not is_blind(line):
        raise Refused(Code.NOT_FOUND)
    key, back = request.form.get("request_key", ""), url_for("requests.queue")
    said = f"{_SAID[action]}：{line.number or RequestKind(line.kind).label_zh}"
    try:
        return perform(lambda session: _decide(session, line, action, now), key, back, said)
    except Refused as refused:
        return _queue(query_of(request.form.get("here", "")), request_id, _back(action, refused))


@blueprint.get("/requests/mine")
def mine() -> Response:
    """What somebody asked for, with the outcomes; what is still open may be taken back."""
    now, viewer = datetime.now(UTC), current_actor()
    state = _known(request.args.get("state", ""))
    states = (_ALL, *((word.value, word.label_zh) for word in RequestState))
    tabs = [
        {"label": label, "url": url_for("requests.mine", state=value or None), "is_current": value == state}
        for value, label in states
    ]
    rows = list_own(db.session(), viewer, state, now)
    cancels = {row.id: _cancel_url(row) for row in rows if row.is_open and row.asked_by_id == viewer.user_id}
    return render("requests/mine.html", rows=rows, tabs=tabs, cancels=cancels, here=request.full_path)


def _queue(place: MultiDict[str, str], wanted: int | None, back: Back) -> Response:
    session, viewer, now = db.session(), current_actor(), datetime.now(UTC)
    counts = count_by_kind(session, viewer)
    kind = place.get("kind", "")
    rows = list_to_decide(session, viewer, kind if kind in counts else "", now)
    current = next((row for row in rows if row.id == wanted), rows[0] if rows else None)
    return render(
        "requests/queue.html",
        status=back.status,
        tabs=_tabs(counts, kind),
        rows=rows,
        kind=kind,
        current=current,
        is_detail_wanted=wanted is not None,
        matter=_matter(current, kind, now),
        back=back,
        has_errors=bool(back.summary),
    )


def _matter(line: RequestLine | None, kind: str, now: datetime) -> Matter | None:
    if line is None or is_blind(line):
        return None
    return load_matter(line, url_for("requests.queue", kind=kind or None), now)


def _tabs(counts: Mapping[str, int], current: str) -> list[dict[str, object]]:
    kinds = [("", "全部", sum(counts.values()))]
    kinds += [(kind.value, kind.label_zh, counts[kind]) for kind in RequestKind if kind in counts]
    return [
        {
            "label": label,
            "url": url_for("requests.queue", kind=value or None),
            "count": count,
            "is_current": value == (current if current in counts else ""),
        }
        for value, label, count in kinds
    ]


def _back(action: str, refused: Refused) -> Back:
    language, said = current_language(), sentence(refused.code)
    faults = tuple(field_sentence(error, language) for error in refused.errors)
    named = tuple(("f-reason", f"审批意见：{fault}") for fault in faults)
    whole = (("", said.in_language(language)),)
    return Back(action, request.form.get("reason", ""), faults, named or whole, said.status)


def _decide(session: Session, line: RequestLine, action: str, now: datetime) -> None:
    actor, data = current_actor(), {"reason": request.form.get("reason") or None}
    if line.is_export:
        exports.decide(session, line.id, Ask(action, actor, data, now))
        return
    lifecycle.advance(session, Command(line.number, action, data, None, Machine.REQUEST, line.id), actor, now)


def _cancel_url(row: RequestLine) -> str:
    return url_of(row.number, Target(Machine.REQUEST, "cancel", row.id))


def _known(state: str) -> str:
    return state if state in {word.value for word in RequestState} else ""
