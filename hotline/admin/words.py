"""The words that are watched for: all groups, one group with its versions, and how one is changed."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import Blueprint, Response, abort, request, url_for

from database import db
from hotline.admin.word_forms import (
    KINDS,
    LABELS,
    LINES,
    TypedGroup,
    filled_from,
    input_of,
    list_changes,
    read_group,
)
from hotline.models.watch_words import WordKind
from hotline.queries.watch_trial import try_words
from hotline.queries.watch_words import Group, Watch, list_groups, list_versions, load_watch
from hotline.services import watch_words
from hotline.services.site import current_site
from hotline.services.watch_words import GroupInput
from hotline.web.auth import current_actor
from hotline.web.complaints import complaints_of
from hotline.web.errors import problem_of_refusal
from hotline.web.once import perform
from hotline.web.pages import is_fragment_wanted, render
from workflows.errors import Code, Refused

blueprint = Blueprint("watch_words", __name__, url_prefix="/admin/words")

_LONGEST_QUERY, _LONGEST_TEXT = 60, 2_000
_TRIED = timedelta(days=30)
_LIMITS: Mapping[str, Any] = {
    "most": watch_words.MOST_WORDS,
    "longest_procedure": watch_words.LONGEST_PROCEDURE,
    "longest_reason": watch_words.LONGEST_REASON,
}


@blueprint.get("")
def index() -> Response:
    """Every group, narrowed by kind and words, and a box to try a text in."""
    words, kind = request.args.get("q", "").strip()[:_LONGEST_QUERY], request.args.get("kind", "")
    groups = list_groups(db.session())
    return render(
        "watch_words/index.html",
        words=words,
        kind=kind,
        kinds=KINDS,
        today=_today(),
        total=len(groups),
        groups=[group for group in groups if group.says(words) and kind in {"", group.kind}],
        **_tried(""),
    )


@blueprint.post("/try")
def try_text() -> Response:
    """Say what a text would set off today; nothing is kept of it."""
    tried = _tried(request.form.get("text", "")[:_LONGEST_TEXT])
    if is_fragment_wanted():
        return render("watch_words/_tried.html", **tried)
    groups = list_groups(db.session())
    listed: dict[str, Any] = {"words": "", "kind": "", "kinds": KINDS, "groups": groups, "total": len(groups)}
    return render("watch_words/index.html", today=_today(), **listed, **tried)


@blueprint.post("/shipped")
def plant() -> Response:
    """Begin with the groups the product brings along."""
    actor, now = current_actor(), datetime.now(UTC)
    return perform(
        lambda session: watch_words.plant_shipped(session, actor, now, "采用随系统提供的词组"),
        request.form.get("request_key", ""),
        url_for("watch_words.index"),
        "已发布随系统提供的词组，请按本市情况核对。",
    )


@blueprint.get("/<int:group_id>")
def show(group_id: int) -> Response:
    """One group with every version: who changed what, when and why."""
    versions = _versions(group_id)
    pairs = zip(versions, [*versions[1:], None], strict=True)
    history = [
        (each, list_changes(None if old is None else filled_from(old), filled_from(each)))
        for each, old in pairs
    ]
    return render("watch_words/show.html", group=versions[0], history=history, today=_today())


@blueprint.get("/new", defaults={"group_id": None})
@blueprint.get("/<int:group_id>/edit")
def edit(group_id: int | None) -> Response:
    """The form of a group, empty for a new one."""
    group = None if group_id is None else _versions(group_id)[0]
    return _form(group, TypedGroup() if group is None else filled_from(group))


@blueprint.post("/new", defaults={"group_id": None})
@blueprint.post("/<int:group_id>/edit")
def save(group_id: int | None) -> Response:
    """Show what the change would do, and publish it once that was seen; a refusal keeps what was typed."""
    group = None if group_id is None else _versions(group_id)[0]
    typed, step = read_group(request.form), request.form.get("step")
    if step == "back":
        return _form(group, typed)
    try:
        given = input_of(typed)
        if step != "publish":
            return _confirm(group, typed, given)
        return _publish(group_id, given)
    except Refused as refusal:
        if not refusal.errors and refusal.code not in {Code.STALE_EDITION, Code.NOTHING_CHANGED}:
            raise
        return _form(group, typed, refusal)


def _publish(group_id: int | None, given: GroupInput) -> Response:
    actor, asked = current_actor(), (request.form.get("version", 0, int), datetime.now(UTC))
    return perform(
        lambda session: watch_words.put_group(session, group_id, given, actor, asked),
        request.form.get("request_key", ""),
        lambda version: url_for("watch_words.show", group_id=version.group_id),
        f"已发布“{given.name.strip()}”，立即生效。" if given.is_active else f"“{given.name.strip()}”已停用。",
    )


def _confirm(group: Group | None, typed: TypedGroup, given: GroupInput) -> Response:
    before = group.watched if group and group.holds(_today()) else None
    after = watch_words.watched_of(given)
    trial = try_words(
        db.session(),
        WordKind(given.kind),
        before,
        after if given.is_active else replace(after, words=()),
        datetime.now(UTC) - _TRIED,
    )
    return render(
        "watch_words/confirm.html",
        group=group,
        typed=typed,
        seen=request.form.get("version", 0, int),
        changes=list_changes(None if group is None else filled_from(group), typed),
        trial=trial,
        is_of_replies=given.kind in {WordKind.EMPTY, WordKind.FORBIDDEN},
    )


def _form(group: Group | None, typed: TypedGroup, refusal: Refused | None = None) -> Response:
    problem = None if refusal is None else problem_of_refusal(refusal)
    is_stale = refusal is not None and refusal.code == Code.STALE_EDITION
    newest = 0 if group is None else group.number
    return render(
        "watch_words/edit.html",
        status=problem.status if problem else 200,
        group=group,
        typed=typed,
        seen=newest if is_stale else request.form.get("version", newest, int),
        newest=group if is_stale else None,
        kinds=KINDS,
        lines=LINES,
        problem=problem,
        has_errors=problem is not None,
        **_LIMITS,
        **complaints_of(problem, LABELS),
    )


def _tried(text: str) -> dict[str, Any]:
    watch = load_watch(db.session(), _today()) if text else Watch(())
    return {"text": text, "alarms": watch.read(text, tuple(WordKind))}


def _versions(group_id: int) -> list[Group]:
    return list_versions(db.session(), group_id) or abort(404)


def _today() -> date:
    return datetime.now(UTC).astimezone(current_site().zone).date()
