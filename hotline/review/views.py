"""The auditor's page: replies that wait for review, the open one beside what the citizen asked."""

from dataclasses import replace
from datetime import UTC, datetime

from flask import Blueprint, Response

from database import db
from hotline.review.matter import load_matter
from hotline.review.worklist import dress, views
from hotline.web.auth import current_actor
from hotline.web.claims import claim_opened
from hotline.web.menu_counts import tickets_wait_at
from hotline.web.pages import render
from hotline.web.split_list import Frame, Place, Reading, load_list, place_in, read_place
from hotline.web.ticket_moves import look_at
from hotline.web.workplaces import SentBack, comes_back_to

blueprint = Blueprint("review", __name__)
tickets_wait_at("review.queue", lambda _viewer, _now: views()[0].filters)

_FRAME = Frame("review.queue", views(), is_pool=True)


@blueprint.get("/review")
def queue() -> Response:
    """Replies by the review clock, with one of them open."""
    return _page(read_place(_FRAME), SentBack())


@comes_back_to("review.queue")
def show_again(sent: SentBack, here: str) -> Response:
    """The same ticket with the form that was refused."""
    return _page(replace(place_in(_FRAME, here), ticket=sent.number), sent)


def _page(place: Place, sent: SentBack) -> Response:
    now = datetime.now(UTC)
    split = load_list(_FRAME, place, Reading(db.session(), current_actor(), now), dress)
    look = look_at(split.current, now) if split.current else None
    return render(
        "review/queue.html",
        status=sent.status,
        split=split,
        faults=sent.summary(),
        has_errors=sent.form is not None,
        matter=None if look is None else load_matter(look, split.next_url, sent),
        holder=None if look is None else claim_opened(look.ticket, look.viewer, now),
    )
