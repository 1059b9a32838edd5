"""The callback desk: who is to be asked next, beside the unit's reply and the three questions."""

from dataclasses import replace
from datetime import UTC, datetime

from flask import Blueprint, Response, request

from database import db
from hotline.callback.matter import load_matter
from hotline.callback.worklist import dress, views
from hotline.services.site import current_site
from hotline.tickets.preview import answer_preview
from hotline.web.auth import current_actor
from hotline.web.claims import claim_opened
from hotline.web.menu_counts import tickets_wait_at
from hotline.web.pages import render
from hotline.web.split_list import Frame, Place, Reading, load_list, place_in, read_place
from hotline.web.ticket_moves import Target, look_at
from hotline.web.workplaces import SentBack, comes_back_to
from workflows.choices import CallResult, Satisfaction, Solved
from workflows.vocabulary import Machine

blueprint = Blueprint("callback", __name__)
tickets_wait_at("callback.queue", lambda _viewer, now: views(now, current_site().zone)[0].filters)

_UNHAPPY = (Satisfaction.DISSATISFIED, Satisfaction.VERY_DISSATISFIED)


@blueprint.get("/callback")
def queue() -> Response:
    """Tickets by the callback clock, with one of them open; its forms lead on to the next row."""
    now = datetime.now(UTC)
    frame = _frame(now)
    return _page(frame, read_place(frame), SentBack(), now)


@comes_back_to("callback.queue")
def show_again(sent: SentBack, here: str) -> Response:
    """The same ticket with the form that was refused."""
    now = datetime.now(UTC)
    frame = _frame(now)
    return _page(frame, replace(place_in(frame, here), ticket=sent.number), sent, now)


def _frame(now: datetime) -> Frame:
    return Frame("callback.queue", views(now, current_site().zone), is_pool=True)


def _page(frame: Frame, place: Place, sent: SentBack, now: datetime) -> Response:
    reading = Reading(db.session(), current_actor(), now)
    split = load_list(frame, place, reading, lambda rows: dress(rows, now))
    look = look_at(split.current, now) if split.current else None
    matter = None if look is None else load_matter(look, split.next_url, split.here_url)
    words = {"solved": Solved, "satisfaction": Satisfaction, "results": CallResult}
    return render(
        "callback/queue.html",
        status=sent.status,
        split=split,
        sent=sent,
        summary=sent.summary("{}"),
        has_errors=sent.form is not None,
        matter=matter,
        holder=None if look is None else claim_opened(look.ticket, look.viewer, now),
        options={name: [(word.value, word.label_zh) for word in kind] for name, kind in words.items()},
    )


@blueprint.post("/callback/<number>/preview")
def preview(number: str) -> Response:
    """What closing would do, or the rework that the answers ask for."""
    answers = request.form
    is_negative = answers.get("solved") == Solved.NO or answers.get("satisfaction") in _UNHAPPY
    is_rework = is_negative and "is_explained" not in answers
    target = Target(Machine.TICKET, "rework" if is_rework else "close")
    return answer_preview(look_at(number, datetime.now(UTC)), target)
