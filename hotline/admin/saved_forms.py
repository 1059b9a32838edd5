"""The agents' ready-made records: listed, written and published, with every version they had."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime
from typing import Any

from flask import Blueprint, Response, abort, request, url_for

from database import db
from hotline.queries.categories import list_leaves
from hotline.queries.knowledge_scope import number_of, read_number
from hotline.queries.saved_forms import Saved, list_saved, list_versions
from hotline.services.category_edits import Edit
from hotline.services.saved_forms import LONGEST, SavedInput, put_saved, without_blank_lines
from hotline.services.site import current_site
from hotline.web.auth import current_actor
from hotline.web.complaints import complaints_of
from hotline.web.errors import problem_of_refusal
from hotline.web.forms import has_forbidden_character
from hotline.web.once import perform
from hotline.web.pages import render
from workflows.errors import Code, FieldCode, FieldError, Refused, invalid
from workflows.vocabulary import TicketType

blueprint = Blueprint("saved_forms", __name__, url_prefix="/admin/forms")

LABELS: Mapping[str, str] = {
    "name": "名称",
    "type": "诉求类型",
    "category": "诉求分类",
    "title": "标题",
    "content": "诉求内容",
    "questions": "要问清的",
    "answer": "直接答复",
    "entry": "知识条目",
    "valid_from_on": "生效日期",
    "valid_until_on": "失效日期",
    "is_active": "使用",
    "reason": "修改原因",
}
TYPES = tuple((word.value, word.label_zh) for word in TicketType)
_DATES = ("valid_from_on", "valid_until_on")
_LONGEST_WORDS = 60


@dataclass(frozen=True, slots=True)
class TypedForm:
    """The form as it was sent; kept as typed when it comes back."""

    name: str = ""
    type: str = ""
    category: str = ""
    title: str = ""
    content: str = ""
    questions: str = ""
    answer: str = ""
    entry: str = ""
    valid_from_on: str = ""
    valid_until_on: str = ""
    is_active: str = "y"
    reason: str = ""


@blueprint.get("")
def index() -> Response:
    """Every saved form, narrowed by words."""
    words = request.args.get("q", "").strip()[:_LONGEST_WORDS]
    every = list_saved(db.session())
    shown = [each for each in every if each.says(words)]
    return render("saved_forms/index.html", words=words, rows=shown, total=len(every), today=_today())


@blueprint.get("/new", defaults={"form_id": None})
@blueprint.get("/<int:form_id>")
def edit(form_id: int | None) -> Response:
    """One saved form with its versions; empty for a new one."""
    versions = _versions(form_id)
    return _page(versions, _filled(versions[0]) if versions else TypedForm())


@blueprint.post("/new", defaults={"form_id": None})
@blueprint.post("/<int:form_id>")
def save(form_id: int | None) -> Response:
    """Publish a saved form; a refusal keeps what was typed."""
    versions = _versions(form_id)
    kept = {each.name: request.form.get(each.name, "").replace("\r\n", "\n") for each in fields(TypedForm)}
    typed = TypedForm(**kept)
    change = Edit(current_actor(), datetime.now(UTC), typed.reason, request.form.get("version", 0, int))
    try:
        given = _input(typed)
        return perform(
            lambda session: put_saved(session, form_id, given, change),
            request.form.get("request_key", ""),
            lambda version: url_for("saved_forms.edit", form_id=version.form_id),
            f"已发布“{typed.name.strip()}”，受理台立即可用。"
            if given.is_active
            else f"“{typed.name.strip()}”已停用。",
        )
    except Refused as refusal:
        if not refusal.errors and refusal.code not in {Code.STALE_EDITION, Code.NOTHING_CHANGED}:
            raise
        return _page(versions, typed, refusal)


def _input(typed: TypedForm) -> SavedInput:
    """Make the service's input; raises Refused for what is not of its shape."""
    dates: dict[str, Any] = {name: _date(getattr(typed, name)) for name in _DATES}
    entry_id = read_number(typed.entry.strip()) if typed.entry.strip() else None
    faults = [
        FieldError(each.name, FieldCode.BAD_CHARACTER)
        for each in fields(typed)
        if has_forbidden_character(getattr(typed, each.name))
    ]
    undated = [name for name in _DATES if getattr(typed, name).strip() and dates[name] is None]
    faults += [FieldError(name, FieldCode.NOT_A_DATE) for name in undated]
    if typed.entry.strip() and entry_id is None:
        faults.append(FieldError("entry", FieldCode.UNKNOWN_ENTRY, typed.entry.strip()))
    if faults:
        raise invalid(*faults)
    plain = {name: getattr(typed, name) for name in (*LONGEST, "type", "category")}
    given = SavedInput(**plain, entry_id=entry_id, is_active=bool(typed.is_active))
    begins, ends = dates["valid_from_on"], dates["valid_until_on"]
    return without_blank_lines(replace(given, valid_from_on=begins, valid_until_on=ends))


def _filled(saved: Saved) -> TypedForm:
    """Fill the form from a version; why it is changed has to be said anew."""
    plain = {
        name: getattr(saved, name) for name in ("name", "type", "category", "title", "content", "answer")
    }
    return TypedForm(
        **plain,
        questions="\n".join(saved.questions),
        entry=number_of(saved.entry_id) if saved.entry_id else "",
        valid_from_on=str(saved.valid_from_on or ""),
        valid_until_on=str(saved.valid_until_on or ""),
        is_active="y" if saved.is_active else "",
    )


def _page(versions: list[Saved], typed: TypedForm, refusal: Refused | None = None) -> Response:
    problem = None if refusal is None else problem_of_refusal(refusal)
    is_stale = refusal is not None and refusal.code == Code.STALE_EDITION
    newest = versions[0].number if versions else 0
    return render(
        "saved_forms/edit.html",
        status=problem.status if problem else 200,
        saved=versions[0] if versions else None,
        history=[
            (each, _changes(old, each)) for each, old in zip(versions, [*versions[1:], None], strict=True)
        ]
        if versions
        else [],
        typed=typed,
        seen=newest if is_stale else request.form.get("version", newest, int),
        is_stale=is_stale,
        types=TYPES,
        leaves=list_leaves(db.session()),
        longest=LONGEST,
        problem=problem,
        has_errors=problem is not None,
        **complaints_of(problem, LABELS),
    )


def _changes(old: Saved | None, new: Saved) -> list[tuple[str, str, str]]:
    """List the fields that differ, with both."""
    before, after = TypedForm(is_active="") if old is None else _filled(old), _filled(new)
    words = {"": "", "y": "使用", **dict(TYPES)}
    pairs = ((name, getattr(before, name), getattr(after, name)) for name in LABELS if name != "reason")
    return [
        (
            LABELS[name],
            words.get(was, was),
            words.get(becomes, becomes) or ("停用" if name == "is_active" else ""),
        )
        for name, was, becomes in pairs
        if was != becomes
    ]


def _versions(form_id: int | None) -> list[Saved]:
    return [] if form_id is None else list_versions(db.session(), form_id) or abort(404)


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _today() -> date:
    return datetime.now(UTC).astimezone(current_site().zone).date()
