"""The category tree: looked up, changed, ended or merged, with what names a category beside it."""

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Blueprint, Response, abort, request, url_for
from sqlalchemy.orm import Session

from database import db
from hotline.admin.category_forms import (
    KINDS,
    LABELS,
    TypedCategory,
    filled_from,
    input_of,
    read_category,
)
from hotline.admin.category_import import register_table
from hotline.models.catalog import Category
from hotline.queries.category_pages import (
    CategoryLine,
    find_category_line,
    list_category_lines,
    list_steps,
    read_use,
)
from hotline.queries.typed import row_id_in
from hotline.queries.unit_pages import list_in_words
from hotline.services.category_edits import (
    LONGEST_REASON,
    Edit,
    end_category,
    put_category,
    restore_category,
)
from hotline.web.auth import current_actor
from hotline.web.complaints import complaints_of
from hotline.web.errors import problem_of_refusal
from hotline.web.once import perform
from hotline.web.pages import render
from workflows.errors import Code, Refused

blueprint = Blueprint("categories", __name__, url_prefix="/admin/categories")
register_table(blueprint)

_LONGEST_WORDS = 60
_SHOWN_AGAIN = frozenset({Code.STALE_EDITION, Code.NOTHING_CHANGED})


@blueprint.get("")
def index() -> Response:
    """The tree, or what of it somebody looks for."""
    words, shows_ended = request.args.get("q", "").strip()[:_LONGEST_WORDS], "ended" in request.args
    lines = list_category_lines(db.session())
    return render(
        "categories/index.html",
        words=words,
        shows_ended=shows_ended,
        ended=sum(1 for line in lines if not line.is_active),
        lines=[line for line in lines if line.says(words) and (line.is_active or shows_ended or words)],
    )


@blueprint.get("/new", defaults={"category_id": None})
@blueprint.get("/<int:category_id>")
def edit(category_id: int | None) -> Response:
    """One category with its form, where it is named and its story; empty for a new one."""
    if category_id is None:
        return _form(None, TypedCategory(parent=request.args.get("parent", "")))
    line = _line(category_id)
    return _form(line, filled_from(line))


@blueprint.post("/new", defaults={"category_id": None})
@blueprint.post("/<int:category_id>")
def save(category_id: int | None) -> Response:
    """Add or change a category; a refusal shows the form again as it was typed."""
    typed, change = read_category(request.form), _edit()
    try:
        given = input_of(typed)
        return _do(
            lambda session: put_category(session, category_id, given, change),
            f"已保存“{typed.name}”，立即生效。",
        )
    except Refused as refusal:
        _raise_unless_shown(refusal)
        return _form(None if category_id is None else _line(category_id), typed, refusal)


@blueprint.get("/<int:category_id>/end")
def confirm_end(category_id: int) -> Response:
    """What ending a category would mean, and what it may be merged into."""
    return _end_page(_line(category_id))


@blueprint.post("/<int:category_id>/end")
def end(category_id: int) -> Response:
    """End a category, or merge it into another."""
    asked, change = request.form.get("into", ""), _edit()
    into_id = row_id_in(asked) if asked else None
    try:
        return _do(
            lambda session: end_category(session, category_id, into_id, change),
            "已停用，原有工单仍显示原分类。" if into_id is None else "已并入，原有工单仍显示原分类。",
        )
    except Refused as refusal:
        _raise_unless_shown(refusal)
        return _end_page(_line(category_id), refusal)


@blueprint.post("/<int:category_id>/restore")
def restore(category_id: int) -> Response:
    """Take an ended category into use again."""
    change = _edit()
    try:
        return _do(lambda session: restore_category(session, category_id, change), "已恢复使用。")
    except Refused as refusal:
        _raise_unless_shown(refusal)
        line = _line(category_id)
        return _form(line, filled_from(line), refusal)


def _do(act: Callable[[Session], Category], said: str) -> Response:
    return perform(
        act,
        request.form.get("request_key", ""),
        lambda node: url_for("categories.edit", category_id=node.id),
        said,
    )


def _edit() -> Edit:
    seen = request.form.get("version", 0, int)
    return Edit(current_actor(), datetime.now(UTC), request.form.get("reason", ""), seen)


def _raise_unless_shown(refusal: Refused) -> None:
    if not refusal.errors and refusal.code not in _SHOWN_AGAIN:
        raise refusal


def _line(category_id: int) -> CategoryLine:
    return find_category_line(db.session(), category_id) or abort(404)


def _form(line: CategoryLine | None, typed: TypedCategory, refusal: Refused | None = None) -> Response:
    problem = None if refusal is None else problem_of_refusal(refusal)
    branches = [each for each in list_category_lines(db.session()) if not each.is_leaf and each.is_active]
    return render(
        "categories/edit.html",
        status=problem.status if problem else 200,
        line=line,
        typed=typed,
        kinds=KINDS,
        parents=[(str(each.id), each.path.replace("/", " / ")) for each in branches if each != line],
        units=list_in_words(db.session()),
        use=None if line is None else read_use(db.session(), line.id),
        steps=[] if line is None else list_steps(db.session(), line.id),
        is_stale=refusal is not None and refusal.code == Code.STALE_EDITION,
        longest_reason=LONGEST_REASON,
        problem=problem,
        has_errors=problem is not None,
        **complaints_of(problem, LABELS),
    )


def _end_page(line: CategoryLine, refusal: Refused | None = None) -> Response:
    problem = None if refusal is None else problem_of_refusal(refusal)
    others = [
        each
        for each in list_category_lines(db.session())
        if each.is_active and each.is_leaf == line.is_leaf and each.id != line.id
    ]
    return render(
        "categories/end.html",
        status=problem.status if problem else 200,
        line=line,
        use=read_use(db.session(), line.id),
        others=others,
        into=request.form.get("into", ""),
        reason=request.form.get("reason", ""),
        longest_reason=LONGEST_REASON,
        problem=problem,
        has_errors=problem is not None,
        **complaints_of(problem, LABELS),
    )
