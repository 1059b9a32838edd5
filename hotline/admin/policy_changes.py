"""The draft of the limits: begun, its rows and ladder written, tried, removed; a refusal shows the form."""

from collections.abc import Callable
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from flask import Response, abort, flash, request, url_for
from sqlalchemy.orm import Session

from database import db
from hotline.admin.policy_forms import (
    ROW_LABELS,
    STEP_LABELS,
    TypedRow,
    TypedStep,
    filled_from,
    filled_from_step,
    input_of,
    input_of_step,
    read_row,
    read_step,
)
from hotline.admin.policy_frame import Frame, class_choices, clock_choices, read_frame, words_of
from hotline.models.policies import PolicyRow, PolicyStep, PolicyVersion
from hotline.queries.catalogue_pages import list_category_choices
from hotline.queries.policy_pages import PAUSE_LABELS, TIER_LABELS, list_calendar_choices, list_rows
from hotline.queries.typed import id_in
from hotline.services import policy_drafts, policy_edits
from hotline.services.calendars import load_calendar
from hotline.web.audit import naming
from hotline.web.auth import current_actor
from hotline.web.complaints import complaints_of
from hotline.web.errors import Problem, problem_of_refusal
from hotline.web.once import lead_to, perform
from hotline.web.pages import render
from workflows.counting import DayEndRule, StartRule, TimeUnit
from workflows.errors import Code, Refused
from workflows.sla import PlannedClock, SpanUnit, plan
from workflows.vocabulary import TicketType

_USUAL_TIME = time(16, 50)


def start_draft() -> Response:
    """Begin to change the limits, from any version."""
    actor, now = current_actor(), datetime.now(UTC)
    number = request.form.get("based_on", type=id_in) or 0
    try:
        return perform(
            naming(
                "version",
                lambda session: policy_drafts.start_draft(session, number, actor, now),
                lambda draft: draft.number,
            ),
            request.form.get("request_key", ""),
            lambda draft: url_for("policies.index", version=draft.number),
            "草稿已建好，可以修改时限。",
        )
    except Refused as refusal:
        if refusal.code != Code.DRAFT_OPEN:
            raise
        draft = read_frame(now, prefers_draft=True).edition
        flash(f"{draft.drafted_by or '系统'}已建了草稿（第 {draft.number} 版），同时只能有一份。", "warning")
        return lead_to(url_for("policies.index", version=draft.number))


def row_form(row_id: int | None) -> Response:
    """The form of one row, empty for a new one."""
    if row_id is None:
        return _row_page(None, TypedRow())
    return _row_page(row_id, filled_from(_row_of_draft(row_id)))


def put_row(row_id: int | None) -> Response:
    """Write a row into the draft."""
    actor, now, typed = current_actor(), datetime.now(UTC), read_row(request.form)
    seen = request.form.get("version", "")
    try:
        return perform(
            naming(
                "row_id",
                lambda session: policy_edits.put_row(session, input_of(typed, row_id), seen, actor, now),
                lambda row: row.id,
            ),
            request.form.get("request_key", ""),
            lambda row: _address_of_draft(f"row-{row.id}"),
            "已写入草稿。",
        )
    except Refused as refusal:
        return _row_page(row_id, typed, _told(refusal))


def try_row(row_id: int | None) -> Response:
    """Show when a clock under the row as it is typed would fall due; nothing is written."""
    now, typed = datetime.now(UTC), read_row(request.form)
    draft = _draft(read_frame(now))
    try:
        policy_edits.check_row(db.session(), draft, input_of(typed, row_id), now)
    except Refused as refusal:
        return _row_page(row_id, typed, _told(refusal))
    return _row_page(row_id, typed)


def remove_row(row_id: int) -> Response:
    """Take a row out of the draft."""
    actor, seen = current_actor(), request.form.get("version", "")

    def act(session: Session) -> str:
        # Nothing is left to name the row by once it is gone.
        row = session.get(PolicyRow, row_id)
        policy_edits.remove_row(session, row_id, seen, actor)
        return row.clock if row else ""

    return _remove(naming("clock", act, str))


def step_form(step_id: int | None) -> Response:
    """The form of one step of the ladder, empty for a new one."""
    if step_id is None:
        return _step_page(None, TypedStep())
    step = db.session().get(PolicyStep, step_id)
    draft = _draft(read_frame(datetime.now(UTC)))
    if step is None or step.version_id != draft.id:
        abort(404)
    return _step_page(step_id, filled_from_step(step))


def put_step(step_id: int | None) -> Response:
    """Write a step of the ladder into the draft."""
    actor, now, typed = current_actor(), datetime.now(UTC), read_step(request.form)
    seen = request.form.get("version", "")
    try:
        return perform(
            naming(
                "step_id",
                lambda session: policy_edits.put_step(
                    session, input_of_step(typed, step_id), seen, actor, now
                ),
                lambda step: step.id,
            ),
            request.form.get("request_key", ""),
            lambda _: _address_of_draft("ladder"),
            "已写入草稿。",
        )
    except Refused as refusal:
        return _step_page(step_id, typed, _told(refusal))


def remove_step(step_id: int) -> Response:
    """Take a step out of the draft's ladder."""
    actor, seen = current_actor(), request.form.get("version", "")
    return _remove(lambda session: policy_edits.remove_step(session, step_id, seen, actor))


def _remove(act: Callable[[Session], object]) -> Response:
    address = _address_of_draft("")
    try:
        return perform(act, request.form.get("request_key", ""), address, "已从草稿删去。")
    except Refused as refusal:
        if refusal.code != Code.DRAFT_CHANGED:
            raise
        flash("没有删去：草稿刚被改动，请核对后再删。", "warning")
        return lead_to(address)


def _told(refusal: Refused) -> Problem:
    """What the form itself can say; anything else is the error page's business."""
    if refusal.errors or refusal.code == Code.DRAFT_CHANGED:
        return problem_of_refusal(refusal)
    raise refusal


def _row_page(row_id: int | None, typed: TypedRow, problem: Problem | None = None) -> Response:
    frame = read_frame(datetime.now(UTC))
    draft = _draft(frame)
    stored = next((line for line in list_rows(db.session(), draft.id) if line.id == row_id), None)
    return render(
        "policies/row.html",
        status=problem.status if problem else 200,
        frame=frame,
        row_id=row_id,
        stored=stored,
        typed=typed,
        seen=draft.revision,
        example=None if problem else _example(typed),
        clocks=clock_choices(),
        classes=class_choices(),
        types=words_of(TicketType),
        categories=list_category_choices(db.session()),
        tiers=list(TIER_LABELS.items()),
        units=words_of(TimeUnit),
        spans=words_of(SpanUnit),
        calendars=list_calendar_choices(db.session()),
        starts=words_of(StartRule),
        ends=words_of(DayEndRule),
        pauses=list(PAUSE_LABELS.items()),
        problem=problem,
        has_errors=problem is not None,
        **complaints_of(problem, ROW_LABELS),
    )


def _step_page(step_id: int | None, typed: TypedStep, problem: Problem | None = None) -> Response:
    frame = read_frame(datetime.now(UTC))
    draft = _draft(frame)
    return render(
        "policies/step.html",
        status=problem.status if problem else 200,
        frame=frame,
        step_id=step_id,
        typed=typed,
        seen=draft.revision,
        classes=class_choices(),
        levels=[(level, f"第 {level} 级") for level in policy_edits.LEVELS],
        units=words_of(TimeUnit),
        problem=problem,
        has_errors=problem is not None,
        **complaints_of(problem, STEP_LABELS),
    )


def _example(typed: TypedRow) -> tuple[datetime, PlannedClock] | None:
    """Plan the clock for today at ten to five; None while the row cannot be counted."""
    try:
        given = input_of(typed, None)
        limit = given.limit
    except ValueError:
        return None
    calendar = load_calendar(db.session(), given.calendar)
    if limit.amount < 1:
        return None
    zone = ZoneInfo(calendar.zone)
    at = datetime.combine(datetime.now(zone).date(), _USUAL_TIME, zone)
    return at, plan(limit, calendar, at)


def _row_of_draft(row_id: int) -> PolicyRow:
    row = db.session().get(PolicyRow, row_id)
    if row is None or row.version_id != _draft(read_frame(datetime.now(UTC))).id:
        abort(404)
    return row


def _draft(frame: Frame) -> PolicyVersion:
    if frame.draft is None:
        abort(404)
    return db.session().get_one(PolicyVersion, frame.draft.id)


def _address_of_draft(anchor: str) -> str:
    draft = read_frame(datetime.now(UTC)).draft
    return url_for("policies.index", version=draft.number if draft else None, _anchor=anchor or None)
