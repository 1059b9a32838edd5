"""The dispatch catalogue: its rows, versions, checks, trial runs, and what is proposed to change."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from operator import attrgetter
from typing import Any

from flask import Blueprint, Response, abort, flash, request, url_for
from sqlalchemy.orm import Session

from database import db
from hotline.catalogue.forms import TypedRow, filled_from, input_of, read_row
from hotline.catalogue.frame import Frame, read_frame
from hotline.models.catalogue import ProposalState
from hotline.models.organisation import AreaLevel
from hotline.queries.catalogue_faults import list_faults, list_uncovered
from hotline.queries.catalogue_pages import (
    Edition,
    RowLine,
    list_category_choices,
    list_changes,
    list_proposals,
    list_rows,
)
from hotline.queries.catalogue_returns import count_returns
from hotline.queries.catalogue_trial import try_version
from hotline.queries.directory import list_areas
from hotline.queries.typed import id_in
from hotline.queries.unit_pages import list_in_words
from hotline.services import catalogue, catalogue_proposals
from hotline.services.catalogue import Unfit, UnfitError
from hotline.services.site import current_site
from hotline.web.audit import naming
from hotline.web.auth import current_actor
from hotline.web.complaints import complaints_of
from hotline.web.errors import Problem, problem_of_refusal
from hotline.web.once import lead_to, perform
from hotline.web.pages import render
from workflows.errors import Refused
from workflows.policy import LimitClass

blueprint = Blueprint("catalogue", __name__, url_prefix="/catalogue")
_NUMBER = attrgetter("number")
_LONGEST_WORDS = 60
_SPANS = (7, 30, 90)
_MOST_SHOWN = 200
_UNFIT = {
    Unfit.HAS_FAULTS: "草稿里有冲突或失效的条目，请先在“检查”中处理。",
    Unfit.IN_THE_PAST: "生效日期不能早于今天，请更正。",
}
_LABELS = {
    "category": "分类",
    "district": "区县",
    "main_unit": "主办单位",
    "co_units": "协办单位",
    "limit_class": "时限类别",
    "basis": "依据",
}


@blueprint.get("")
def index() -> Response:
    """The rows of a version, narrowed by words and district."""
    now = datetime.now(UTC)
    frame = read_frame(now)
    words, district = request.args.get("q", "").strip()[:_LONGEST_WORDS], request.args.get("district", "")
    rows = list_rows(db.session(), frame.edition.id) if frame.edition else ()
    returns = count_returns(db.session(), catalogue_proposals.start_of_month(now), now)
    return render(
        "catalogue/index.html",
        frame=frame,
        words=words,
        district=district,
        districts=_districts(),
        rows=[row for row in rows if row.says(words) and district in {"", row.district}],
        total=len(rows),
        outlived=sum(bool(row.over) for row in rows),
        returns={number: told.count for number, told in returns.items()},
    )


@blueprint.get("/versions")
def versions() -> Response:
    """Every version, and what the draft changes."""
    frame = read_frame(datetime.now(UTC), prefers_draft=True)
    is_maker = catalogue.made_draft(db.session(), current_actor())
    return render(
        "catalogue/versions.html", frame=frame, today=_today(), is_maker=is_maker, **_changes_of(frame)
    )


@blueprint.get("/checks")
def checks() -> Response:
    """What is wrong with a version."""
    frame = read_frame(datetime.now(UTC), prefers_draft=True)
    version_id = frame.edition.id if frame.edition else 0
    return render(
        "catalogue/checks.html",
        frame=frame,
        faults=list_faults(db.session(), version_id, _today()),
        uncovered=list_uncovered(db.session(), version_id),
    )


@blueprint.get("/trial")
def trial() -> Response:
    """A version played against the tickets of the past days."""
    now = datetime.now(UTC)
    frame = read_frame(now, prefers_draft=True)
    asked = request.args.get("days", type=id_in)
    days = asked if asked in _SPANS else _SPANS[1]
    version_id = frame.edition.id if frame.edition else 0
    found = try_version(db.session(), version_id, now - timedelta(days=days), now)
    return render(
        "catalogue/trial.html", frame=frame, days=days, spans=_SPANS, trial=found, most_shown=_MOST_SHOWN
    )


@blueprint.get("/proposals")
def proposals() -> Response:
    """What is proposed, or what became of it."""
    asked = request.args.get("state", "")
    return _proposals_page(ProposalState(asked) if asked in set(ProposalState) else ProposalState.OPEN)


def _proposals_page(state: ProposalState, faulty_id: int = 0, problem: Problem | None = None) -> Response:
    """Show proposals, one of them with what is wrong about turning it down."""
    errors = [error["message"] for error in problem.errors] if problem else []
    return render(
        "catalogue/proposals.html",
        status=problem.status if problem else 200,
        frame=read_frame(datetime.now(UTC)),
        faulty_id=faulty_id,
        errors=errors,
        has_errors=bool(errors),
        typed=request.form.get("reason", ""),
        state=state,
        states=list(ProposalState),
        proposals=list_proposals(db.session(), state),
        many=catalogue_proposals.MANY_RETURNS,
    )


@blueprint.post("/proposals/gather")
def gather() -> Response:
    """Make proposals of this month's returns."""
    actor, now = current_actor(), datetime.now(UTC)
    catalogue.require_role(actor, catalogue_proposals.DECIDERS)
    return _do(
        lambda session: catalogue_proposals.propose_from_returns(session, now),
        url_for("catalogue.proposals"),
        "已按本月退单更新建议。",
    )


@blueprint.post("/proposals/<int:proposal_id>/take")
def take(proposal_id: int) -> Response:
    """Put a proposal into the draft."""
    actor, now = current_actor(), datetime.now(UTC)
    return _do(
        lambda session: catalogue_proposals.take(session, proposal_id, actor, now),
        url_for("catalogue.proposals"),
        "已纳入草稿，发布后生效。",
    )


@blueprint.post("/proposals/<int:proposal_id>/dismiss")
def dismiss(proposal_id: int) -> Response:
    """Turn a proposal down."""
    actor, now, reason = current_actor(), datetime.now(UTC), request.form.get("reason", "")
    try:
        return _do(
            lambda session: catalogue_proposals.dismiss(session, proposal_id, reason, actor, now),
            url_for("catalogue.proposals"),
            "已记录不采纳及理由。",
        )
    except Refused as refusal:
        if not refusal.errors:
            raise
        return _proposals_page(ProposalState.OPEN, proposal_id, problem_of_refusal(refusal))


@blueprint.post("/draft")
def start_draft() -> Response:
    """Begin to change the catalogue."""
    actor, now = current_actor(), datetime.now(UTC)
    return _do(
        naming("version", lambda session: catalogue.start_draft(session, actor, now), _NUMBER),
        lambda draft: url_for("catalogue.index", version=draft.number),
        "草稿已建好，可以修改条目。",
    )


@blueprint.post("/draft/publish")
def publish() -> Response:
    """Publish the draft from a day on; what stands against it is said on the page of versions."""
    actor, now = current_actor(), datetime.now(UTC)
    try:
        valid_from = date.fromisoformat(request.form.get("valid_from", ""))
    except ValueError:
        valid_from = date.min
    return _do(
        naming("version", lambda session: catalogue.publish(session, valid_from, actor, now), _NUMBER),
        url_for("catalogue.versions"),
        "已发布，到生效日期起用于派单建议。",
    )


@blueprint.get("/draft/rows/new", defaults={"row_number": None})
@blueprint.get("/draft/rows/<int:row_number>")
def row_form(row_number: int | None) -> Response:
    """The form of one row, empty for a new one."""
    if row_number is None:
        return _form_page(None, TypedRow(category=request.args.get("category", "")), None)
    return _form_page(row_number, filled_from(_row_of_draft(row_number)), None)


@blueprint.post("/draft/rows", defaults={"row_number": None})
@blueprint.post("/draft/rows/<int:row_number>")
def put_row(row_number: int | None) -> Response:
    """Write a row into the draft; a refusal shows the form again as it was typed."""
    actor, now, typed = current_actor(), datetime.now(UTC), read_row(request.form)
    try:
        given = input_of(typed, row_number)
        return _do(
            naming("row_number", lambda session: catalogue.put_row(session, given, actor, now), _NUMBER),
            lambda row: url_for("catalogue.index", version=_draft_number(), _anchor=f"row-{row.number}"),
            "已写入草稿。",
        )
    except Refused as refusal:
        return _form_page(row_number, typed, problem_of_refusal(refusal))


@blueprint.post("/draft/rows/<int:row_number>/remove")
def remove_row(row_number: int) -> Response:
    """Take a row out of the draft."""
    actor, now = current_actor(), datetime.now(UTC)
    return _do(
        lambda session: catalogue.remove_row(session, row_number, actor, now),
        lambda _: url_for("catalogue.index", version=_draft_number()),
        f"已从草稿删去第 {row_number} 条。",
    )


def _do(act: Callable[[Session], Any], leads_to: str | Callable[[Any], str], said: str) -> Response:
    try:
        return perform(act, request.form.get("request_key", ""), leads_to, said)
    except UnfitError as unfit:
        flash(_UNFIT[unfit.why], "error")
        return lead_to(url_for("catalogue.versions"))


def _form_page(number: int | None, typed: TypedRow, problem: Problem | None) -> Response:
    return render(
        "catalogue/row.html",
        status=problem.status if problem else 200,
        frame=read_frame(datetime.now(UTC), prefers_draft=True),
        number=number,
        typed=typed,
        problem=problem,
        **complaints_of(problem, _LABELS),
        categories=list_category_choices(db.session()),
        districts=_districts(),
        units=list_in_words(db.session()),
        classes=[(word.value, word.label_zh) for word in LimitClass if word is not LimitClass.ANY],
        longest=catalogue.LONGEST_BASIS,
        has_errors=problem is not None,
    )


def _changes_of(frame: Frame) -> dict[str, Any]:
    """Compare the chosen version with the one it was made of."""
    edition = frame.edition
    base = next((each for each in frame.editions if edition and each.id == edition.based_on_id), None)
    before = list_rows(db.session(), base.id) if base else ()
    after = list_rows(db.session(), edition.id) if edition else ()
    return {"base": base, "changes": list_changes(before, after) if base else ()}


def _row_of_draft(number: int) -> RowLine:
    draft = _draft()
    rows = list_rows(db.session(), draft.id) if draft else ()
    return next((row for row in rows if row.number == number), None) or abort(404)


def _draft() -> Edition | None:
    return read_frame(datetime.now(UTC)).draft


def _draft_number() -> int | None:
    draft = _draft()
    return draft.number if draft else None


def _districts() -> list[str]:
    return [area.name for area in list_areas(db.session()) if area.level == AreaLevel.DISTRICT]


def _today() -> date:
    return datetime.now(UTC).astimezone(current_site().zone).date()
