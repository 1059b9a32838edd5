"""The words messages go out in: all kinds, one kind with its versions, and the draft being written."""

from collections.abc import Mapping
from datetime import UTC, datetime

from flask import Response, abort, flash, request, url_for

from database import db
from hotline.admin.template_forms import (
    chips_of,
    filled_from,
    in_words_of_the_form,
    labels_of,
    read_form,
    relabelled,
    written_from,
)
from hotline.admin.template_frame import Frame, draft_of, read_frame, try_out
from hotline.queries.template_pages import Version, list_kinds
from hotline.queries.typed import id_in
from hotline.queries.wording import MESSAGE_CHANNELS
from hotline.services import template_drafts
from hotline.services.template_faults import list_faults
from hotline.services.template_trials import Trial, send_trial
from hotline.web.access import may_call
from hotline.web.auth import current_actor
from hotline.web.complaints import complaints_of
from hotline.web.errors import Problem, problem_of_refusal
from hotline.web.once import lead_to, perform
from hotline.web.pages import is_fragment_wanted, render
from notifications.kind import LANGUAGES, Kind
from notifications.word_checks import LONGEST
from notifications.words import Words
from workflows.errors import Code, Refused


def index() -> Response:
    """Every kind of message, what its SMS costs, and which version of its words is in force."""
    words = request.args.get("q", "").strip()
    return render(
        "message_templates/index.html",
        words=words,
        kinds=list_kinds(db.session(), words),
        is_administrator=may_call("admin.index"),
    )


def show(kind: str) -> Response:
    """One version of a kind's words, filled with the facts of a ticket; and every version there is."""
    frame = read_frame(kind)
    asked = request.args.get("version", type=id_in)
    version = (frame.in_force if asked is None else frame.find(asked)) or abort(404)
    words = template_drafts.words_of(db.session(), kind, version.number)
    return render(
        "message_templates/show.html",
        frame=frame,
        version=version,
        words=words,
        shown=_shown(frame.kind, words),
        tried=try_out(frame.kind, words.texts),
        is_maker=template_drafts.made_draft(db.session(), kind, current_actor()),
        ticket=request.args.get("ticket", ""),
    )


def start(kind: str) -> Response:
    """Begin to change the words, from any version."""
    actor, now = current_actor(), datetime.now(UTC)
    number = request.form.get("based_on", type=id_in) or 0
    try:
        return perform(
            lambda session: template_drafts.start_draft(session, kind, number, actor, now),
            request.form.get("request_key", ""),
            url_for("message_templates.edit", kind=kind),
            "草稿已建好，可以修改文字。",
        )
    except Refused as refusal:
        if refusal.code != Code.DRAFT_OPEN:
            raise
        flash("这类消息已有一份草稿，同时只能有一份。", "warning")
        return lead_to(url_for("message_templates.edit", kind=kind))


def edit(kind: str) -> Response:
    """The form of the draft."""
    frame = read_frame(kind)
    draft = draft_of(frame)
    words = template_drafts.words_of(db.session(), kind, draft.number)
    return _form(frame, draft, filled_from(frame.kind, words))


def save(kind: str) -> Response:
    """Write the draft."""
    frame, actor, seen = read_frame(kind), current_actor(), request.form.get("version", "")
    typed = read_form(frame.kind, request.form)
    written = written_from(frame.kind, typed)
    try:
        return perform(
            lambda session: template_drafts.put_words(session, kind, written, seen, actor),
            request.form.get("request_key", ""),
            url_for("message_templates.edit", kind=kind),
            "草稿已保存。",
        )
    except Refused as refusal:
        if not refusal.errors and refusal.code != Code.DRAFT_CHANGED:
            raise
        return _form(frame, draft_of(frame), typed, problem_of_refusal(in_words_of_the_form(refusal)))


def preview(kind: str) -> Response:
    """Show how what is typed would come out; nothing is written."""
    frame = read_frame(kind)
    typed = read_form(frame.kind, request.form)
    written = written_from(frame.kind, typed)
    if not is_fragment_wanted():
        faults = list_faults(kind, written.texts, written.approved)
        return _form(
            frame, draft_of(frame), typed, problem_of_refusal(relabelled(faults)) if faults else None
        )
    return render("message_templates/_preview.html", frame=frame, tried=try_out(frame.kind, written.texts))


def send_test(kind: str) -> Response:
    """Send the draft, as it was last saved, to whoever asks."""
    frame, actor, now = read_frame(kind), current_actor(), datetime.now(UTC)
    draft, language = draft_of(frame), request.form.get("language", "")
    if language not in LANGUAGES:
        abort(400)
    try:
        return perform(
            lambda session: send_trial(session, Trial(kind, draft.number, language), actor, now),
            request.form.get("request_key", ""),
            lambda channels: _sent(kind, [MESSAGE_CHANNELS[each] for each in channels]),
        )
    except Refused as refusal:
        if refusal.code != Code.NO_ADDRESS:
            raise
        flash("没有发出：您的账号没有登记手机号或邮箱，请先在账号资料中补上。", "warning")
        return lead_to(url_for("message_templates.edit", kind=kind))


def _shown(kind: Kind, words: Words) -> list[tuple[str, str]]:
    filled = filled_from(kind, words)
    return [(label, filled[name]) for name, label in labels_of(kind).items()]


def _sent(kind: str, channels: list[str]) -> str:
    flash(f"已按上次保存的草稿发给您本人：{'、'.join(channels)}。", "success")
    return url_for("message_templates.edit", kind=kind)


def _form(frame: Frame, draft: Version, typed: Mapping[str, str], problem: Problem | None = None) -> Response:
    kind = frame.kind
    return render(
        "message_templates/edit.html",
        status=problem.status if problem else 200,
        frame=frame,
        draft=draft,
        typed=typed,
        chips=chips_of(kind),
        labels=labels_of(kind),
        longest=LONGEST,
        tried=try_out(kind, written_from(kind, typed).texts),
        ticket=request.values.get("ticket", ""),
        problem=problem,
        has_errors=problem is not None,
        **complaints_of(problem, labels_of(kind)),
    )
