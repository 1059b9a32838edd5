"""What people are told of what becomes of their data: read, written and published, with every version."""

from datetime import UTC, datetime

from flask import Blueprint, Response, abort, request, url_for

from database import db
from hotline.queries.statements import list_statements, newest_statement
from hotline.services.category_edits import Edit
from hotline.services.statements import LONGEST, StatementInput, publish_statement
from hotline.web.auth import current_actor
from hotline.web.complaints import frame_of
from hotline.web.forms import has_forbidden_character
from hotline.web.once import perform
from hotline.web.pages import render
from workflows.choices import StatementKind
from workflows.errors import Code, FieldCode, FieldError, Refused, invalid

blueprint = Blueprint("statements", __name__, url_prefix="/admin/statements")

_LABELS = {"text": "中文", "text_en": "英文", "reason": "修改原因"}


@blueprint.get("")
def index() -> Response:
    """Both as they stand."""
    newest = [newest_statement(db.session(), kind) for kind in StatementKind]
    return render("statements/index.html", newest=newest)


@blueprint.get("/<kind>")
def edit(kind: str) -> Response:
    """One of them with its versions."""
    chosen = _kind(kind)
    newest = newest_statement(db.session(), chosen)
    typed = {"text": newest.text, "text_en": newest.text_en, "reason": ""}
    return _page(chosen, typed, newest.number)


@blueprint.post("/<kind>/preview")
def preview(kind: str) -> Response:
    """The words as people will meet them; nothing is published."""
    return _page(_kind(kind), _typed(), request.form.get("version", 0, int), is_tried=True)


@blueprint.post("/<kind>")
def publish(kind: str) -> Response:
    """Publish the next version; a refusal keeps what was typed."""
    chosen, typed = _kind(kind), _typed()
    change = Edit(current_actor(), datetime.now(UTC), typed["reason"], request.form.get("version", 0, int))
    try:
        bad = [name for name in _LABELS if has_forbidden_character(typed[name])]
        if bad:
            raise invalid(*(FieldError(name, FieldCode.BAD_CHARACTER) for name in bad))
        given = StatementInput(typed["text"], typed["text_en"])
        return perform(
            lambda session: publish_statement(session, chosen, given, change),
            request.form.get("request_key", ""),
            url_for("statements.edit", kind=kind),
            f"已发布{chosen.label_zh}的新版本，以后登记的诉求按新版本告知。",
        )
    except Refused as refused:
        if not refused.errors and refused.code not in {Code.STALE_EDITION, Code.NOTHING_CHANGED}:
            raise
        return _page(chosen, typed, change.seen, refused=refused)


def _kind(kind: str) -> StatementKind:
    return StatementKind(kind) if kind in list(StatementKind) else abort(404)


def _typed() -> dict[str, str]:
    return {name: request.form.get(name, "").replace("\r\n", "\n") for name in _LABELS}


def _page(
    kind: StatementKind,
    typed: dict[str, str],
    seen: int,
    *,
    is_tried: bool = False,
    refused: Refused | None = None,
) -> Response:
    versions = list_statements(db.session(), kind)
    is_stale = refused is not None and refused.code == Code.STALE_EDITION
    return render(
        "statements/edit.html",
        kind=kind,
        typed=typed,
        seen=versions[0].number if is_stale else seen,
        is_stale=is_stale,
        versions=versions,
        is_tried=is_tried,
        longest=LONGEST,
        **frame_of(refused, _LABELS),
    )
