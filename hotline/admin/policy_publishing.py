"""The draft of the limits is published by a second person, after a look at what changes, or discarded."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask import Response, abort, flash, request, url_for

from database import db
from hotline.admin.calendar_forms import as_date
from hotline.admin.policies import base_of, changes_of
from hotline.admin.policy_frame import Frame, read_frame
from hotline.admin.policy_trials import Found, run_trial, span_of
from hotline.models.policies import PolicyVersion
from hotline.services import policy_drafts
from hotline.services.calendars import load_calendar
from hotline.services.policy_drafts import Publication
from hotline.services.policy_faults import list_faults
from hotline.web.audit import naming
from hotline.web.auth import current_actor
from hotline.web.complaints import complaints_of
from hotline.web.errors import Problem, problem_of_refusal
from hotline.web.once import lead_to, perform
from hotline.web.pages import render
from workflows.errors import Code, Refused

_LABELS = {"valid_from": "生效日期", "note": "说明"}


def confirm() -> Response:
    """What publishing the draft would change, and the form to do it."""
    return _page()


def publish() -> Response:
    """Publish the draft from a date on."""
    actor, now = current_actor(), datetime.now(UTC)
    publication = Publication(
        as_date(request.form.get("valid_from", "")),
        request.form.get("note", ""),
        request.form.get("version", ""),
    )
    try:
        return perform(
            naming(
                "version",
                lambda session: policy_drafts.publish(session, publication, actor, now),
                lambda version: version.number,
            ),
            request.form.get("request_key", ""),
            url_for("policies.versions"),
            "已发布，到生效日期起用于新派的工单。",
        )
    except Refused as refusal:
        if not refusal.errors and refusal.code not in {Code.DRAFT_CHANGED, Code.DRAFT_HAS_FAULTS}:
            raise
        return _page(problem_of_refusal(refusal))


def confirm_discard() -> Response:
    """What would be lost with the draft, and the button to discard it."""
    frame = _frame_of_draft()
    base = base_of(frame)
    return render("policies/discard.html", frame=frame, base=base, **changes_of(base, frame.edition))


def discard() -> Response:
    """Give the draft up."""
    actor, seen = current_actor(), request.form.get("version", "")
    try:
        return perform(
            lambda session: policy_drafts.discard(session, seen, actor),
            request.form.get("request_key", ""),
            url_for("policies.versions"),
            "草稿已作废，内容仍可查看。",
        )
    except Refused as refusal:
        if refusal.code != Code.DRAFT_CHANGED:
            raise
        flash("没有作废：草稿刚被改动，请核对后再决定。", "warning")
        return lead_to(url_for("policies.versions"))


def _page(problem: Problem | None = None) -> Response:
    frame = _frame_of_draft()
    base, draft = base_of(frame), frame.edition
    return render(
        "policies/publish.html",
        status=problem.status if problem else 200,
        frame=frame,
        base=base,
        found=_trial(frame),
        faults=list_faults(db.session(), db.session().get_one(PolicyVersion, draft.id)),
        is_maker=policy_drafts.made_draft(db.session(), current_actor()),
        valid_from=request.form.get("valid_from", frame.today.isoformat()),
        note=request.form.get("note", ""),
        longest=policy_drafts.LONGEST_NOTE,
        problem=problem,
        has_errors=problem is not None,
        **complaints_of(problem, _LABELS),
        **changes_of(base, draft),
    )


def _frame_of_draft() -> Frame:
    frame = read_frame(datetime.now(UTC), prefers_draft=True)
    return frame if frame.edition.is_draft else abort(404)


def _trial(frame: Frame) -> Found:
    now = datetime.now(UTC)
    zone = ZoneInfo(load_calendar(db.session()).zone)
    return run_trial(db.session(), frame.valid, frame.edition, span_of("", now, zone))
