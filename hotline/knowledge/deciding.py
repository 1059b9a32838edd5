"""The knowledge base as it is looked after: what waits, moves through review, doubts and their replies."""

from datetime import UTC, datetime

from flask import Response, abort, request, url_for

from database import db
from hotline.knowledge.frame import CORRECTIONS, TAGS, Frame, carry_out, read_frame, tabs
from hotline.knowledge.reading import entry_page, rights
from hotline.queries import knowledge_doubts, knowledge_pages
from hotline.queries.typed import id_in
from hotline.services import knowledge, knowledge_corrections
from hotline.services.knowledge import Asked
from hotline.services.knowledge_corrections import Reply
from hotline.services.knowledge_moves import MOVES
from hotline.web.auth import current_actor
from hotline.web.errors import problem_of_refusal
from hotline.web.forms import has_forbidden_character
from hotline.web.pages import render
from workflows.errors import FieldCode, FieldError, Refused, invalid

_SAID = {
    "submit": "已提交审核。",
    "discard": "草稿已作废。",
    "approve": "单位审核通过，等待中心审核。",
    "send_back": "已退回修改。",
    "publish": "已发布，话务员现在可以查到。",
    "renew": "已确认无误，复核日期顺延半年。",
    "withdraw": "已下架，话务员不能再引用。",
}


def queue() -> Response:
    """One list of what waits, with the counts of all."""
    views = tabs()
    here = next(each for each in views if each["is_current"])
    is_of_doubts = here["name"] == CORRECTIONS
    session, viewer = db.session(), current_actor()
    return render(
        "knowledge/queue.html",
        views=views,
        here=here,
        tags=TAGS,
        doubts=knowledge_doubts.list_open(session, viewer) if is_of_doubts else None,
        rows=[] if is_of_doubts else knowledge_pages.list_waiting(session, viewer, here["name"]),
        **rights(),
    )


def move(number: str, name: str) -> Response:
    """Make a move with the version the form was made for."""
    if name not in {each.name for each in MOVES}:
        abort(404)
    frame = _frame(number)
    asked = Asked(frame.shown.entry.id, name, request.form.get("version", ""), request.form.get("reason", ""))
    actor, now = current_actor(), datetime.now(UTC)
    leads_to = url_for("knowledge.show", number=frame.number, version=frame.shown.version.number)
    try:
        return carry_out(
            lambda session: knowledge.move(session, asked, actor, now), leads_to, _SAID[name], frame.number
        )
    except Refused as refusal:
        if not refusal.errors:
            raise
        return entry_page(_frame(number), problem_of_refusal(refusal), name)


def doubt(number: str) -> Response:
    """Say what is wrong with the version that was read."""
    frame, actor, now = _frame(number), current_actor(), datetime.now(UTC)
    version_id = frame.shown.version.id
    try:
        said = _text("doubt")
        return carry_out(
            lambda session: knowledge_corrections.raise_doubt(session, version_id, said, actor, now),
            url_for("knowledge.show", number=frame.number, version=frame.shown.version.number),
            "纠错已提交，责任单位会在两个工作日内答复。",
            frame.number,
        )
    except Refused as refusal:
        if not refusal.errors:
            raise
        return entry_page(_frame(number), problem_of_refusal(refusal), "doubt")


def reply(number: str, correction_id: int) -> Response:
    """Reply to what somebody said was wrong."""
    frame, actor, now = _frame(number), current_actor(), datetime.now(UTC)
    try:
        said = Reply(request.form.get("state", ""), _text("answer"))
        return carry_out(
            lambda session: knowledge_corrections.answer(session, correction_id, said, actor, now),
            url_for("knowledge.show", number=frame.number, version=frame.shown.version.number),
            "已答复纠错。",
            frame.number,
        )
    except Refused as refusal:
        if not refusal.errors:
            raise
        return entry_page(_frame(number), problem_of_refusal(refusal), f"doubt-{correction_id}")


def _text(name: str) -> str:
    """Take a text that was typed; raises Refused when it hides a character."""
    text = request.form.get(name, "").replace("\r\n", "\n")
    if has_forbidden_character(text):
        raise invalid(FieldError(name, FieldCode.BAD_CHARACTER))
    return text


def _frame(number: str) -> Frame:
    return read_frame(number, request.form.get("about", type=id_in))
