"""The knowledge base as it is read: found, opened, compared, and told whether it was of use."""

from datetime import UTC, datetime
from typing import Any

import structlog
from flask import Response, abort, request, url_for
from sqlalchemy.exc import OperationalError

from database import db
from hotline.knowledge.frame import TAGS, Frame, city_today, read_frame
from hotline.queries import knowledge_doubts, knowledge_pages
from hotline.queries.catalogue_pages import list_category_choices
from hotline.queries.directory import list_units
from hotline.queries.knowledge_scope import EDITORS, PROPOSERS, is_of_unit
from hotline.queries.knowledge_search import MOST_FOUND, Narrowed, list_pinned, search
from hotline.queries.typed import id_in
from hotline.services.knowledge_corrections import LONGEST
from hotline.services.knowledge_moves import list_moves
from hotline.services.knowledge_use import count_opening, mark
from hotline.web.auth import current_actor
from hotline.web.complaints import complaints_of
from hotline.web.errors import Problem
from hotline.web.once import perform
from hotline.web.pages import render
from hotline.web.transaction import aside

_LONGEST_QUERY = 100
_LABELS = {"doubt": "哪里不对", "answer": "答复", "reason": "理由", "state": "结论"}
_log = structlog.get_logger(__name__)


def index() -> Response:
    """What holds today: searched for, or the newest of a category or a unit."""
    session, today = db.session(), city_today()
    query = request.args.get("q", "").replace("\x00", "").strip()[:_LONGEST_QUERY]
    units = [(str(unit.id), unit.name) for unit in list_units(session)]
    categories = list_category_choices(session)
    chosen = request.args.get("category", "")
    narrowed = Narrowed(
        category_path=dict(categories).get(chosen, "").replace(" / ", "/"),
        unit_id=id_in(request.args.get("unit", "")) or None,
        before=id_in(request.args.get("before", "")) or None,
    )
    found = search(session, query, narrowed, today)
    is_narrowed = bool(query or narrowed.category_path or narrowed.unit_id)
    return render(
        "knowledge/index.html",
        query=query,
        found=found,
        is_narrowed=is_narrowed,
        pinned=[] if is_narrowed or narrowed.before else list_pinned(session, today),
        units=units,
        categories=categories,
        chosen={"category": chosen, "unit": request.args.get("unit", "")},
        most=MOST_FOUND,
        older_url=_older(found[-1].version_id) if len(found) == MOST_FOUND and not query else None,
        newest_url=url_for("knowledge.index", **_kept()) if narrowed.before else None,
        **rights(),
    )


def show(number: str) -> Response:
    """One version of an entry, with what was said of it and what may be done with it."""
    frame = read_frame(number, request.args.get("version", type=id_in))
    if frame.is_holding:
        _count_opening(frame.shown.entry.id)
    return entry_page(frame)


def entry_page(frame: Frame, problem: Problem | None = None, at: str = "") -> Response:
    """The page of an entry; `at` names the form that comes back with a problem."""
    session, viewer, shown = db.session(), current_actor(), frame.shown
    return render(
        "knowledge/show.html",
        status=problem.status if problem else 200,
        frame=frame,
        tags=TAGS,
        use=knowledge_pages.count_use(session, shown, viewer),
        doubts=knowledge_doubts.list_of_entry(session, shown.entry.id),
        answers_doubts=bool(viewer.roles & EDITORS) or is_of_unit(viewer, shown.entry.unit_id),
        viewer_id=viewer.user_id,
        moves=list_moves(session, shown.version, shown.entry.unit_id, viewer),
        is_maker=knowledge_pages.is_maker(session, shown, viewer),
        decides=knowledge_pages.decides(viewer),
        may_start=bool(viewer.roles & EDITORS) or is_of_unit(viewer, shown.entry.unit_id),
        longest=LONGEST,
        faulty=at,
        typed=request.form,
        problem=problem,
        has_errors=bool(problem),
        **complaints_of(problem, _LABELS, f"{{}}-{at}" if at else "{}"),
    )


def versions(number: str) -> Response:
    """All versions of an entry, and what one changed against another."""
    frame = read_frame(number)
    numbers = [each.version.number for each in frame.versions]
    after = _asked("version", numbers) or numbers[0]
    older = [each for each in numbers if each < after]
    before = _asked("base", numbers) or (older[0] if older else after)
    pair = [next(each for each in frame.versions if each.version.number == one) for one in (before, after)]
    return render(
        "knowledge/versions.html",
        frame=frame,
        tags=TAGS,
        before=pair[0],
        after=pair[1],
        changes=knowledge_pages.differences(*pair),
    )


def tell_use(number: str) -> Response:
    """Note whether the version that is shown was of use."""
    frame, actor, now = (
        read_frame(number, request.form.get("about", type=id_in)),
        current_actor(),
        datetime.now(UTC),
    )
    is_useful = request.form.get("is_useful", "")
    if is_useful not in {"yes", "no"}:
        abort(400)
    version_id = frame.shown.version.id
    return perform(
        lambda session: mark(session, version_id, actor, now, is_useful=is_useful == "yes"),
        request.form.get("request_key", ""),
        url_for("knowledge.show", number=frame.number, version=request.form.get("about")),
        "已记下，谢谢。",
    )


def rights() -> dict[str, Any]:
    """What somebody may do with the knowledge base besides reading it."""
    may_propose = bool(current_actor().roles & PROPOSERS)
    return {"may_propose": may_propose}


def _count_opening(entry_id: int) -> None:
    """The page is worth more than the count: while the database is busy nothing is counted."""
    try:
        with aside() as session:
            count_opening(session, entry_id)
            session.commit()
    except OperationalError as error:
        _log.info("opening_not_counted", kind=type(error.orig).__name__)


def _asked(name: str, numbers: list[int]) -> int | None:
    asked = request.args.get(name, type=id_in)
    if asked is not None and asked not in numbers:
        abort(404)
    return asked


def _kept() -> dict[str, Any]:
    return {name: request.args[name] for name in ("category", "unit") if request.args.get(name)}


def _older(version_id: int) -> str:
    return url_for("knowledge.index", before=version_id, **_kept())
