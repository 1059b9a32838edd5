"""The draft of a kind's words is published by a second person, after a look at what changes, or discarded."""

from datetime import UTC, datetime

from flask import Response, flash, request, url_for

from database import db
from hotline.admin.template_forms import filled_from, labels_of
from hotline.admin.template_frame import Frame, draft_of, read_frame, try_out
from hotline.queries.template_pages import Version
from hotline.services import template_drafts
from hotline.services.template_drafts import Publication
from hotline.web.auth import current_actor
from hotline.web.complaints import complaints_of
from hotline.web.errors import Problem, problem_of_refusal
from hotline.web.once import lead_to, perform
from hotline.web.pages import render
from notifications.words import Words
from workflows.errors import Code, Refused

_LABELS = {"note": "说明"}


def confirm(kind: str) -> Response:
    """What publishing the draft would change, and the form to do it."""
    return _page(kind)


def publish(kind: str) -> Response:
    """Put the draft in force."""
    actor, now = current_actor(), datetime.now(UTC)
    publication = Publication(kind, request.form.get("note", ""), request.form.get("version", ""))
    try:
        return perform(
            lambda session: template_drafts.publish(session, publication, actor, now),
            request.form.get("request_key", ""),
            url_for("message_templates.show", kind=kind),
            "已发布，此后发出的消息用这一版文字。",
        )
    except Refused as refusal:
        if not refusal.errors and refusal.code not in {Code.DRAFT_CHANGED, Code.DRAFT_HAS_FAULTS}:
            raise
        return _page(kind, problem_of_refusal(refusal))


def confirm_discard(kind: str) -> Response:
    """What would be lost with the draft, and the button to discard it."""
    frame = read_frame(kind)
    draft = draft_of(frame)
    changes = _list_changes(frame, _words(frame, draft))
    return render("message_templates/discard.html", frame=frame, draft=draft, changes=changes)


def discard(kind: str) -> Response:
    """Give the draft up."""
    actor, seen = current_actor(), request.form.get("version", "")
    try:
        return perform(
            lambda session: template_drafts.discard(session, kind, seen, actor),
            request.form.get("request_key", ""),
            url_for("message_templates.show", kind=kind),
            "草稿已作废，内容仍可查看。",
        )
    except Refused as refusal:
        if refusal.code != Code.DRAFT_CHANGED:
            raise
        flash("没有作废：草稿刚被改动，请核对后再决定。", "warning")
        return lead_to(url_for("message_templates.show", kind=kind))


def _page(kind: str, problem: Problem | None = None) -> Response:
    frame = read_frame(kind)
    draft = draft_of(frame)
    words = _words(frame, draft)
    return render(
        "message_templates/publish.html",
        status=problem.status if problem else 200,
        frame=frame,
        draft=draft,
        changes=_list_changes(frame, words),
        tried=try_out(frame.kind, words.texts),
        is_maker=template_drafts.made_draft(db.session(), kind, current_actor()),
        note=request.form.get("note", ""),
        longest=template_drafts.LONGEST_NOTE,
        problem=problem,
        has_errors=problem is not None,
        **complaints_of(problem, _LABELS),
    )


def _words(frame: Frame, version: Version) -> Words:
    return template_drafts.words_of(db.session(), frame.kind.name, version.number)


def _list_changes(frame: Frame, words: Words) -> list[tuple[str, str, str]]:
    """List the fields in which these words differ from those in force, with both."""
    before = filled_from(frame.kind, _words(frame, frame.in_force))
    after = filled_from(frame.kind, words)
    return [
        (label, before[name], after[name])
        for name, label in labels_of(frame.kind).items()
        if before[name] != after[name]
    ]
