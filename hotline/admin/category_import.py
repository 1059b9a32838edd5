"""The category tree as a table: written out, tried, and taken in when every row is sound."""

from datetime import UTC, datetime

from flask import Blueprint, Response, make_response, request, url_for
from werkzeug.datastructures import FileStorage

from database import db
from hotline.admin.category_forms import LABELS
from hotline.queries.category_pages import list_category_lines
from hotline.services.category_edits import Edit
from hotline.services.category_tables import COLUMNS, TablePlan, plan_table, put_table, write_table
from hotline.services.table_files import UnreadableFileError
from hotline.web.auth import current_actor
from hotline.web.errors import problem_of_refusal
from hotline.web.language import current_language
from hotline.web.once import perform
from hotline.web.pages import render
from hotline.web.refusals import field_sentence
from hotline.web.transaction import aside
from workflows.errors import Code, FieldCode, FieldError, Refused, invalid

_LARGEST = 500_000


def register_table(blueprint: Blueprint) -> None:
    """Give the blueprint the export and the import of the tree."""
    blueprint.add_url_rule("/export.csv", "export", export)
    blueprint.add_url_rule("/import", "table", table)
    blueprint.add_url_rule("/import/try", "try_table", try_table, methods=["POST"])
    blueprint.add_url_rule("/import", "put_table", put, methods=["POST"])


def export() -> Response:
    """The categories in use as a spreadsheet that can be changed and read back."""
    lines = [line for line in list_category_lines(db.session()) if line.is_active]
    response = make_response(write_table(lines))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="categories.csv"'
    return response


def table() -> Response:
    """The form for a table."""
    return _page("")


def try_table() -> Response:
    """Say what a table would do, row by row; nothing is changed."""
    text = _text()
    try:
        plan = _plan(text)
    except Refused as refusal:
        return _page(text, refusal=refusal)
    return _page(text, plan)


def put() -> Response:
    """Take the table in as it was shown."""
    text = request.form.get("text", "")
    edit = Edit(
        current_actor(),
        datetime.now(UTC),
        request.form.get("reason", ""),
        request.form.get("version", 0, int),
    )
    try:
        if not edit.reason.strip():
            raise invalid(FieldError("reason", FieldCode.REQUIRED))
        return perform(
            lambda session: put_table(session, text.encode("utf-8", "surrogatepass"), edit),
            request.form.get("request_key", ""),
            url_for("categories.index"),
            "分类表已导入，立即生效。",
        )
    except UnreadableFileError:
        return _page(text, refusal=invalid(FieldError("table", FieldCode.NOT_A_TABLE)))
    except Refused as refusal:
        if not refusal.errors and refusal.code != Code.STALE_EDITION:
            raise
        return _page(text, _plan(text), refusal)


def _plan(text: str) -> TablePlan:
    if not text.strip():
        raise invalid(FieldError("table", FieldCode.REQUIRED))
    trial = Edit(current_actor(), datetime.now(UTC), "试算")
    try:
        with aside() as session:
            return plan_table(session, text.encode("utf-8", "surrogatepass"), trial)
    except UnreadableFileError as error:
        raise invalid(FieldError("table", FieldCode.NOT_A_TABLE)) from error


def _text() -> str:
    """Take the file, or what was pasted; a file of either usual encoding."""
    upload: FileStorage | None = request.files.get("file")
    raw = b"" if upload is None else upload.stream.read(_LARGEST)
    if not raw:
        return request.form.get("text", "")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")


def _page(text: str, plan: TablePlan | None = None, refusal: Refused | None = None) -> Response:
    problem = None if refusal is None else problem_of_refusal(refusal)
    errors = problem.errors if problem else ()
    rows = [] if plan is None else [(row, _say(row.faults)) for row in plan.rows if row.what != "same"]
    return render(
        "categories/import.html",
        status=problem.status if problem else 422 if plan and plan.has_faults else 200,
        text=text.replace("\r\n", "\n"),
        plan=plan,
        rows=rows,
        columns="、".join(COLUMNS.values()),
        reason=request.form.get("reason", ""),
        problem=problem,
        summary=[(each["field"], f"{LABELS[each['field']]}：{each['message']}") for each in errors],
        complaints={each["field"]: [each["message"]] for each in errors},
        has_errors=problem is not None,
    )


def _say(faults: tuple[FieldError, ...]) -> list[str]:
    labels = {**COLUMNS, **LABELS, "row": "整行"}
    return [f"{labels.get(each.field, '')}：{field_sentence(each, current_language())}" for each in faults]
