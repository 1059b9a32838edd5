"""Where does a unit keep its phrases: written by its own people, put in order, retired and taken up again."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from flask import Blueprint, Response, request, url_for
from sqlalchemy.orm import Session

from database import db
from hotline.models.phrases import Phrase, PhraseUse
from hotline.queries.phrases import PhraseLine, find_phrase, list_lines
from hotline.services import phrases as service
from hotline.services.phrases import Written
from hotline.web.auth import current_actor
from hotline.web.errors import Problem, problem_of_refusal
from hotline.web.forms import has_forbidden_character, trimmed
from hotline.web.once import perform
from hotline.web.pages import render
from workflows.errors import Code, FieldCode, FieldError, Refused, invalid

_LABELS: Mapping[str, str] = {"use": "用途", "title": "标题", "text": "内容"}
_NAMES = tuple(_LABELS)


def register_phrases(blueprint: Blueprint) -> None:
    """Give the blueprint the unit's list, its form and the buttons of each line."""
    rule = blueprint.add_url_rule
    rule("/inbox/phrases", "phrases", phrases)
    rule("/inbox/phrases/new", "new_phrase", new_phrase)
    rule("/inbox/phrases", "add_phrase", add_phrase, methods=["POST"])
    rule("/inbox/phrases/<int:phrase_id>", "edit_phrase", edit_phrase)
    rule("/inbox/phrases/<int:phrase_id>", "save_phrase", save_phrase, methods=["POST"])
    rule("/inbox/phrases/<int:phrase_id>/up", "move_phrase", move_phrase, methods=["POST"])
    rule("/inbox/phrases/<int:phrase_id>/retire", "retire_phrase", retire_phrase, methods=["POST"])
    rule("/inbox/phrases/<int:phrase_id>/take-up", "take_up_phrase", take_up_phrase, methods=["POST"])


def phrases() -> Response:
    """Everything the unit keeps, by use, and what it retired."""
    lines = list_lines(db.session(), current_actor().unit_id)
    live = [line for line in lines if line.retired_at is None]
    return render(
        "department/phrases.html",
        groups=[(use.label_zh, [line for line in live if line.use == use]) for use in PhraseUse],
        retired=[line for line in lines if line.retired_at is not None],
        uses={use.value: use.label_zh for use in PhraseUse},
    )


def new_phrase() -> Response:
    """The empty form."""
    return _form(dict.fromkeys(_NAMES, "") | {"use": request.args.get("use", "")})


def add_phrase() -> Response:
    """Keep what was written."""
    actor, now = current_actor(), datetime.now(UTC)

    def act(session: Session) -> Phrase:
        return service.add_phrase(session, _written(), actor, now)

    return _answer(act, "已保存常用语。")


def edit_phrase(phrase_id: int) -> Response:
    """The form filled with a phrase."""
    phrase = _get(phrase_id)
    return _form({name: getattr(phrase, name) for name in _NAMES}, phrase)


def save_phrase(phrase_id: int) -> Response:
    """Change a phrase, unless a colleague did so meanwhile."""
    actor, now, seen = current_actor(), datetime.now(UTC), _seen(phrase_id)
    _get(phrase_id)
    return _answer(
        lambda session: service.rewrite(session, seen, _written(), actor, now), "已保存常用语。", phrase_id
    )


def move_phrase(phrase_id: int) -> Response:
    """One place up."""
    actor = current_actor()
    return _press(lambda session: service.move_up(session, phrase_id, actor), "已上移。")


def retire_phrase(phrase_id: int) -> Response:
    """Offer it no longer."""
    actor, now, seen = current_actor(), datetime.now(UTC), _seen(phrase_id)
    return _press(lambda session: service.retire(session, seen, actor, now), "已停用，可以随时恢复。")


def take_up_phrase(phrase_id: int) -> Response:
    """Offer it again; where its like is kept meanwhile, its own form says what to change."""
    actor, now, seen = current_actor(), datetime.now(UTC), _seen(phrase_id)
    phrase = _get(phrase_id)
    try:
        return _press(lambda session: service.take_up(session, seen, actor, now), "已恢复。")
    except Refused as refusal:
        if not refusal.errors:
            raise
        typed = {name: getattr(phrase, name) for name in _NAMES}
        return _form(typed, _get(phrase_id), problem_of_refusal(refusal))


def _press(act: Callable[[Session], object], said: str) -> Response:
    return perform(act, request.form.get("request_key", ""), url_for("department.phrases"), said)


def _answer(act: Callable[[Session], object], said: str, phrase_id: int | None = None) -> Response:
    try:
        return _press(act, said)
    except Refused as refusal:
        if not refusal.errors and refusal.code != Code.PHRASE_CHANGED:
            raise
        phrase = None if phrase_id is None else _get(phrase_id)
        return _form(_typed(), phrase, problem_of_refusal(refusal))


def _form(typed: Mapping[str, str], phrase: Phrase | None = None, problem: Problem | None = None) -> Response:
    complaints: dict[str, list[str]] = {}
    for error in problem.errors if problem else ():
        complaints.setdefault(error["field"], []).append(error["message"])
    is_changed = problem is not None and problem.code == Code.PHRASE_CHANGED
    return render(
        "department/phrase.html",
        status=problem.status if problem else 200,
        typed=typed,
        phrase=phrase,
        stands=_line(phrase) if phrase and is_changed else None,
        problem=problem.text if problem else "",
        complaints=complaints,
        summary=[
            (name, f"{_LABELS[name]}：{text}") for name, all_of in complaints.items() for text in all_of
        ],
        labels=_LABELS,
        uses=[(use.value, use.label_zh) for use in PhraseUse],
        longest={"title": service.LONGEST_TITLE, "text": service.LONGEST_TEXT},
        has_errors=problem is not None,
    )


def _line(phrase: Phrase) -> PhraseLine:
    lines = list_lines(db.session(), phrase.unit_id)
    return next(line for line in lines if line.id == phrase.id)


def _get(phrase_id: int) -> Phrase:
    phrase = find_phrase(db.session(), current_actor().unit_id, phrase_id)
    if phrase is None:
        raise Refused(Code.NOT_FOUND)
    return phrase


def _seen(phrase_id: int) -> tuple[int, str]:
    return phrase_id, request.form.get("version", "")


def _typed() -> dict[str, str]:
    return {name: trimmed(request.form.get(name, "").replace("\r\n", "\n")) for name in _NAMES}


def _written() -> Written:
    typed = _typed()
    hidden = [name for name, text in typed.items() if has_forbidden_character(text)]
    if hidden:
        raise invalid(*(FieldError(name, FieldCode.BAD_CHARACTER) for name in hidden))
    return Written(**typed)
