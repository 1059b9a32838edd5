"""How is a half-written reply kept: by the page while somebody types, or by a button without scripts?"""

from datetime import UTC, datetime

from flask import Blueprint, Response, flash, make_response, request, url_for
from sqlalchemy.orm import Session

from hotline.models.ticket import Assignment
from hotline.services.idempotency import is_answered
from hotline.services.reply_drafts import ReplyDraft, Writer
from hotline.services.reply_drafts import keep_draft as keep
from hotline.tickets.moves import back_url, why_not
from hotline.web.moments import city_clock
from hotline.web.once import lead_to
from hotline.web.pages import is_fragment_wanted
from hotline.web.reply_draft import VERSION, typed_version, typed_words, writer_of
from hotline.web.ticket_moves import Target, find_move, look_at
from hotline.web.transaction import transaction
from workflows.errors import Code, Refused
from workflows.vocabulary import AssignmentState, Machine

# The button that goes on to the attachments, for which the page is left.
FILES = "files"


def register_drafts(blueprint: Blueprint) -> None:
    """Give a ticket's pages the address that keeps drafts of replies."""
    rule = "/<number>/assignments/<int:subject_id>/draft"
    blueprint.add_url_rule(rule, "keep_draft", keep_draft, methods=["POST"])


def keep_draft(number: str, subject_id: int) -> Response:
    """Keep what is typed so far, for whoever may give this reply now."""
    look, target = look_at(number, datetime.now(UTC)), Target(Machine.ASSIGNMENT, "submit_reply", subject_id)
    writer = writer_of(look, target)
    if writer is None or find_move(look, target) is None:
        raise why_not(look, target)
    typed = ReplyDraft(typed_words(), typed_version(), request.form.get("request_key", ""), look.now)
    with transaction() as session:
        _hold(session, writer, typed.form)
        kept = keep(session, writer, typed)
    if is_fragment_wanted():
        return make_response({"fields": {VERSION: str(kept.version)}, "at": city_clock(kept.kept_at)})
    if FILES in request.form:
        return lead_to(url_for("tickets.upload", number=number, next=back_url(number)))
    flash("草稿已保存。", "success")
    return lead_to(back_url(number))


def _hold(session: Session, writer: Writer, key: str) -> None:
    """Lock the share. What was on its way while the reply was given must not come back as a draft of it."""
    share = session.get(Assignment, writer.share_id, with_for_update=True, populate_existing=True)
    is_given = is_answered(session, f"user:{writer.user_id}", key)
    if share is None or share.state != AssignmentState.HANDLING or is_given:
        raise Refused(Code.NOT_IN_THIS_STATE)
