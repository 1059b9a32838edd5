"""The knowledge base as it is written: new entries, also of tickets answered at once, and drafts."""

from collections.abc import Mapping
from datetime import UTC, datetime

from flask import Response, abort, flash, request, url_for
from sqlalchemy.orm import Session

from database import db
from hotline.knowledge.forms import empty, faults_of, filled_from, read_form, written_from
from hotline.knowledge.frame import Frame, carry_out, read_frame
from hotline.models.knowledge import KnowledgeVersion
from hotline.queries.catalogue_pages import list_category_choices
from hotline.queries.directory import list_units
from hotline.queries.knowledge_pages import LABELS
from hotline.queries.knowledge_proposals import find_answered, prefill
from hotline.queries.knowledge_scope import EDITORS, may_write, number_of
from hotline.queries.typed import row_id_in
from hotline.services import knowledge
from hotline.services.knowledge import Asked, Origin
from hotline.services.knowledge_checks import LONGEST
from hotline.web.auth import current_actor
from hotline.web.complaints import complaints_of
from hotline.web.errors import Problem, problem_of_refusal
from hotline.web.once import perform
from hotline.web.pages import render
from workflows.errors import Code, Refused, invalid
from workflows.vocabulary import Role

_SUBMIT = "submit"


def new() -> Response:
    """The form of a new entry; ?ticket= fills it from a ticket that was answered at once."""
    number = request.args.get("ticket", "")
    typed = {**empty(), "unit": str(current_actor().unit_id or "")}
    if number:
        answered = find_answered(db.session(), number, current_actor())
        if answered is None:
            flash("这件工单不能转为知识条目：只有直接答复、且不保密的工单可以。", "warning")
            number = ""
        else:
            typed |= prefill(db.session(), answered)
    return _form(typed, ticket=number)


def create() -> Response:
    """Begin an entry, and submit it at once where that was pressed."""
    typed, actor, now = read_form(request.form), current_actor(), datetime.now(UTC)
    number = request.form.get("ticket", "")
    answered = find_answered(db.session(), number, actor) if number else None
    origin = Origin(row_id_in(typed["unit"]), answered.id if answered else None)

    def act(session: Session) -> KnowledgeVersion:
        _require_readable(typed)
        version = knowledge.propose(session, origin, written_from(typed), actor, now)
        return _submitted(session, version)

    try:
        return perform(act, request.form.get("request_key", ""), _page_of, _said())
    except Refused as refusal:
        if not refusal.errors:
            raise
        return _form(typed, ticket=number, problem=problem_of_refusal(refusal))


def start(number: str) -> Response:
    """Begin the next version of an entry."""
    frame, actor, now = read_frame(number), current_actor(), datetime.now(UTC)
    entry_id = frame.shown.entry.id
    return carry_out(
        lambda session: knowledge.start_version(session, entry_id, actor, now),
        url_for("knowledge.edit", number=frame.number),
        "草稿已建好，可以修改。",
        frame.number,
    )


def edit(number: str) -> Response:
    """The form of the draft of an entry."""
    frame = _draft_frame(number)
    return _form(filled_from(frame.shown), frame)


def save(number: str) -> Response:
    """Write the draft, and submit it where that was pressed."""
    frame, actor = read_frame(number), current_actor()
    typed = {**read_form(request.form), "unit": str(frame.shown.entry.unit_id)}
    seen, entry_id = request.form.get("version", ""), frame.shown.entry.id

    def act(session: Session) -> KnowledgeVersion:
        _require_readable(typed)
        version = knowledge.put_words(session, entry_id, seen, written_from(typed), actor)
        return _submitted(session, version)

    try:
        return perform(act, request.form.get("request_key", ""), _page_of, _said())
    except Refused as refusal:
        if not refusal.errors and refusal.code != Code.DRAFT_CHANGED:
            raise
        frame = read_frame(number)
        # Somebody may have submitted it meanwhile: the words come back all the same.
        shown = frame.in_the_works or frame.shown
        frame = Frame(frame.versions, shown, frame.today)
        return _form(typed, frame, problem=problem_of_refusal(refusal))


def _submitted(session: Session, version: KnowledgeVersion) -> KnowledgeVersion:
    if request.form.get("then") != _SUBMIT:
        return version
    asked = Asked(version.entry_id, _SUBMIT, version.revision)
    return knowledge.move(session, asked, current_actor(), datetime.now(UTC))


def _page_of(version: KnowledgeVersion) -> str:
    return url_for("knowledge.show", number=number_of(version.entry_id), version=version.number)


def _said() -> str:
    return "已提交审核。" if request.form.get("then") == _SUBMIT else "草稿已保存。"


def _require_readable(typed: Mapping[str, str]) -> None:
    faults = faults_of(typed)
    if faults:
        raise invalid(*faults)


def _draft_frame(number: str) -> Frame:
    frame = read_frame(number)
    draft = frame.in_the_works
    if draft is None or draft.version.state != "draft":
        abort(404)
    if not may_write(db.session(), current_actor(), draft.version, draft.entry.unit_id):
        abort(403)
    return Frame(frame.versions, draft, frame.today)


def _form(
    typed: Mapping[str, str], frame: Frame | None = None, ticket: str = "", problem: Problem | None = None
) -> Response:
    return render(
        "knowledge/edit.html",
        status=problem.status if problem else 200,
        frame=frame,
        typed=typed,
        ticket=ticket,
        units=_units(),
        categories=list_category_choices(db.session()),
        labels=LABELS,
        longest=LONGEST,
        problem=problem,
        has_errors=bool(problem),
        **complaints_of(problem, LABELS),
    )


def _units() -> list[tuple[str, str]]:
    """Units somebody may write for: the centre for all, a unit's people for it and those below."""
    viewer = current_actor()
    serves_all = bool(viewer.roles & (EDITORS | {Role.AGENT}))
    units = list_units(db.session())
    return [(str(unit.id), unit.name) for unit in units if serves_all or unit.id in viewer.subtree_unit_ids]
