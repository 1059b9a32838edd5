"""The callback desk: who is to be asked next, beside the unit's reply and the three questions."""

from datetime import UTC, datetime

from flask import Blueprint, Response

from database import db
from hotline.callback.matter import load_matter
from hotline.callback.worklist import dress, views
from hotline.services.site import current_site
from hotline.web.auth import current_actor
from hotline.web.pages import render
from hotline.web.split_list import Frame, Reading, load_list, read_place
from hotline.web.ticket_moves import look_at
from workflows.choices import CallResult, Satisfaction, Solved

blueprint = Blueprint("callback", __name__)


@blueprint.get("/callback")
def queue() -> Response:
    """Tickets by the callback clock, with one of them open; its forms lead on to the next row."""
    now = datetime.now(UTC)
    frame = Frame("callback.queue", views(now, current_site().zone))
    split = load_list(frame, read_place(frame), Reading(db.session(), current_actor(), now), dress)
    matter = load_matter(look_at(split.current, now), split.next_url) if split.current else None
    words = {"solved": Solved, "satisfaction": Satisfaction, "results": CallResult}
    return render(
        "callback/queue.html",
        split=split,
        matter=matter,
        options={name: [(word.value, word.label_zh) for word in kind] for name, kind in words.items()},
    )
