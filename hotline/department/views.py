"""The unit's pages: what lies with it, and the replies its leader has to approve."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, request

from database import db
from hotline.department.bulk import answer_pressed, answer_signed, register_pressed, sign_all, unsign_all
from hotline.department.orders import register_orders
from hotline.department.phrases import register_phrases
from hotline.department.reply_review import find_back, load_reply
from hotline.department.together import register_together
from hotline.department.urging import find_unanswered
from hotline.department.waiting import waiting_of
from hotline.department.worklist import SORTS, dress, inbox_views, narrow, own_shares, review_views, to_do
from hotline.queries.typed import id_in
from hotline.queries.worklists import TicketRow
from hotline.web.auth import current_actor
from hotline.web.below import list_below
from hotline.web.menu_counts import tickets_wait_at
from hotline.web.pages import render
from hotline.web.security import safe_next
from hotline.web.split_list import (
    Frame,
    ListRow,
    Place,
    Reading,
    SplitList,
    load_list,
    place_in,
    query_of,
    read_place,
)
from hotline.web.ticket_moves import look_at
from hotline.web.ticket_panel import detail_of
from hotline.web.workplaces import SentBack, comes_back_to
from workflows.definition import Actor
from workflows.errors import Code, Refused
from workflows.vocabulary import Role

_GONE = 404

blueprint = Blueprint("department", __name__)
register_orders(blueprint)
register_phrases(blueprint)
register_together(blueprint)
register_pressed(blueprint)
tickets_wait_at("department.inbox", lambda viewer, _: to_do(viewer))
tickets_wait_at("department.review", lambda viewer, _: review_views(viewer)[0].filters)


@blueprint.get("/inbox")
def inbox() -> Response:
    """What lies with the unit and those below it, with one ticket open."""
    frame = _frame_of_inbox()
    return _inbox(frame, read_place(frame), SentBack())


@comes_back_to("department.inbox")
def show_inbox_again(sent: SentBack, here: str) -> Response:
    """The same ticket with the form that was refused."""
    frame = _frame_of_inbox()
    return _inbox(frame, replace(place_in(frame, here), ticket=sent.number), sent)


@blueprint.post("/inbox/sign")
def sign() -> Response:
    """Sign for every ticket that was ticked, and say which of them would not."""
    numbers = request.form.getlist("number")
    versions = {number: request.form.get(f"version-{number}", type=id_in) for number in numbers}
    key = request.form.get("request_key", "")
    signed = sign_all(numbers, versions, current_actor(), datetime.now(UTC), key)
    return answer_signed(signed, safe_next(request.form.get("next"), "/inbox"))


@blueprint.post("/inbox/unsign")
def unsign() -> Response:
    """Take back what was signed for by one press."""
    numbers, key = request.form.getlist("number"), request.form.get("request_key", "")
    undone = unsign_all(numbers, current_actor(), datetime.now(UTC), key)
    return answer_pressed("undo_sign", undone, safe_next(request.form.get("next"), "/inbox"))


@blueprint.get("/inbox/review")
def review() -> Response:
    """Replies that wait for the unit's leader, with one of them open in full."""
    frame = _frame_of_review()
    return _review(frame, read_place(frame), request.args.get("against", type=id_in), SentBack())


@comes_back_to("department.review")
def show_review_again(sent: SentBack, here: str) -> Response:
    """The same reply, with the reason that was refused."""
    frame, asked = _frame_of_review(), query_of(here)
    place = replace(place_in(frame, here), ticket=sent.number)
    return _review(frame, place, asked.get("against", type=id_in), sent)


def _frame_of_inbox() -> Frame:
    return Frame("department.inbox", inbox_views(current_actor()), {"sort": tuple(SORTS)})


def _frame_of_review() -> Frame:
    return Frame("department.review", review_views(current_actor()))


def _inbox(frame: Frame, place: Place, sent: SentBack) -> Response:
    now = datetime.now(UTC)
    split = _list(frame, place, now)
    opened = _opened(split, sent, now)
    return render(
        "department/inbox.html",
        status=_GONE if opened["detail"] is None and split.current else sent.status,
        split=split,
        sent=sent,
        has_errors=sent.form is not None,
        sorts=tuple(SORTS.items()),
        picks=frozenset(row.number for row in split.rows),
        may_sign=Role.HANDLER in current_actor().roles,
        may_pass_down=_may_pass_down(current_actor()),
        **opened,
    )


def _opened(split: SplitList, sent: SentBack, now: datetime) -> dict[str, Any]:
    """Read what the right half shows of the open ticket; it may have left the unit since it was listed."""
    if not split.current:
        return {"detail": None}
    try:
        look = look_at(split.current, now)
    except Refused as refused:
        if refused.code != Code.NOT_FOUND:
            raise
        return {"detail": None}
    detail = detail_of(look, split.next_url, request.args.get("strand", ""), stay_url=split.here_url)
    return {
        "detail": replace(detail, reply=sent.in_place_of(detail.reply)),
        "below": list_below(look, detail),
        "sent_back": find_back(look, detail.page),
        "urged": find_unanswered(look, detail.page),
        "waiting": waiting_of(look.session, [look.ticket]).get(look.ticket.id),
    }


def _review(frame: Frame, place: Place, against: int | None, sent: SentBack) -> Response:
    now = datetime.now(UTC)
    split = _list(frame, place, now)
    reply = load_reply(look_at(split.current, now), split.next_url, against) if split.current else None
    is_reason = sent.action == "refuse_unit_reply"
    return render(
        "department/review.html",
        status=sent.status,
        split=split,
        reply=reply,
        sent=sent.of("refuse_unit_reply"),
        faults=sent.summary("{}" if is_reason else ""),
        has_errors=sent.form is not None,
    )


def _list(frame: Frame, place: Place, now: datetime) -> SplitList:
    session, viewer = db.session(), current_actor()

    def dressed(rows: Sequence[TicketRow]) -> list[ListRow]:
        return dress(rows, own_shares(session, viewer, [row.number for row in rows], now), now)

    return load_list(frame, place, Reading(session, viewer, now, narrow), dressed)


def _may_pass_down(viewer: Actor) -> bool:
    return Role.HANDLER in viewer.roles and len(viewer.subtree_unit_ids) > 1
