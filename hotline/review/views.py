"""The auditor's page: replies that wait for review, the open one beside what the citizen asked."""

from datetime import UTC, datetime

from flask import Blueprint, Response

from database import db
from hotline.review.matter import load_matter
from hotline.review.worklist import dress, views
from hotline.web.auth import current_actor
from hotline.web.claims import claim_opened
from hotline.web.menu_counts import tickets_wait_at
from hotline.web.pages import render
from hotline.web.split_list import Frame, Reading, load_list, read_place
from hotline.web.ticket_moves import look_at

blueprint = Blueprint("review", __name__)
tickets_wait_at("review.queue", lambda _viewer, _now: views()[0].filters)


@blueprint.get("/review")
def queue() -> Response:
    """Replies by the review clock, with one of them open."""
    now = datetime.now(UTC)
    frame = Frame("review.queue", views(), is_pool=True)
    split = load_list(frame, read_place(frame), Reading(db.session(), current_actor(), now), dress)
    look = look_at(split.current, now) if split.current else None
    return render(
        "review/queue.html",
        split=split,
        matter=None if look is None else load_matter(look, split.next_url),
        holder=None if look is None else claim_opened(look.ticket, look.viewer, now),
    )
