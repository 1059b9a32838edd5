"""What may a citizen do while a matter runs or is over: add to it, urge it, ask to have it reopened?"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import Response, flash, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from hotline.citizen.forms import ReopenForm, SupplementForm
from hotline.citizen.reading import Own, problems, read_own, status_of
from hotline.models.ticket import Ticket
from hotline.services.file_checks import TYPES, Checked, Shown
from hotline.services.file_flaws import BadUploadError, Flaw
from hotline.services.lifecycle import Command, advance
from hotline.web.errors import problem_of_refusal
from hotline.web.filters import label
from hotline.web.forms import ActionForm
from hotline.web.once import lead_to, perform
from hotline.web.pages import render
from hotline.web.shelf import shelf
from hotline.web.uploads import read_uploads
from workflows.choices import Visibility
from workflows.definition import Actor
from workflows.errors import Refused
from workflows.vocabulary import Machine

# What stands in the ticket where a picture came without a word; officials read it.
_NO_WORDS = "（见照片或文件）"


def answer_supplement(number: str, citizen: Actor) -> Response:
    """Take in what is to be added, with pictures: words first, since they ask whether anything may be."""
    form = SupplementForm()
    own = read_own(number, citizen)
    action = _adding(own)
    if action is None:
        return _to_status(number)
    if not form.is_submitted() or not form.validate():
        return _supplement_page(own, form)
    try:
        uploads = read_uploads(Shown(Visibility.CITIZEN))
        command = Command(number, action, {"text": form.text.data or _NO_WORDS}, form.version.data)
        return _perform(
            _with_files(command, uploads, citizen), form, citizen, _("补充的情况已收到，会继续办理")
        )
    except BadUploadError as bad:
        form.files.errors = [_said(bad)]
        return _supplement_page(read_own(number, citizen), form)
    except Refused as refused:
        own = read_own(number, citizen)
        return _to_status(number) if _adding(own) is None else _supplement_page(own, form, refused)


def answer_urge(number: str, citizen: Actor) -> Response:
    """Urge with one press; what the ticket did meanwhile does not matter, only how long ago it was urged."""
    form = ActionForm()
    try:
        has_unit = read_own(number, citizen).ticket.unit is not None
        said = _("已催办，承办单位会收到提醒") if has_unit else _("已催办，我们会尽快核对并转给承办单位")
        return _perform(Command(number, "urge"), form, citizen, said)
    except Refused as refused:
        flash(problem_of_refusal(refused).text, "error")
        return _to_status(number)


def answer_reopening(number: str, citizen: Actor) -> Response:
    """Ask to have a closed ticket taken up again; a supervisor decides."""
    form = ReopenForm()
    own = read_own(number, citizen)
    if not own.ticket.may_ask_reopening:
        return _to_status(number)
    if not form.is_submitted() or not form.validate():
        return _reopening_page(own, form)
    command = Command(
        number, "ask_reopening", {"reason": form.reason.data}, form.version.data, Machine.REQUEST
    )
    try:
        return _perform(command, form, citizen, _("申请已提交，有结果会告诉您"))
    except Refused as refused:
        own = read_own(number, citizen)
        return _reopening_page(own, form, refused) if own.ticket.may_ask_reopening else _to_status(number)


def answer_cancelling(number: str, citizen: Actor) -> Response:
    """Take the own wish for reopening back; one that was decided meanwhile is simply shown as it is."""
    form = ActionForm()
    wish = read_own(number, citizen).standing.reopening
    if wish is None or not wish.may_cancel:
        return _to_status(number)
    command = Command(number, "cancel", {}, None, Machine.REQUEST, wish.id)
    try:
        return _perform(command, form, citizen, _("已撤回重新办理的申请"))
    except Refused as refused:
        flash(problem_of_refusal(refused).text, "error")
        return _to_status(number)


def _adding(own: Own) -> str | None:
    """What is asked for is a supplement; what is said unasked is added to the ticket all the same."""
    if own.ticket.may_supplement:
        return "supplement"
    return "add_details" if own.ticket.may_add_details else None


def _with_files(command: Command, uploads: list[Checked], citizen: Actor) -> Callable[[Session], Ticket]:
    def act(session: Session) -> Ticket:
        now = datetime.now(UTC)
        ticket = advance(session, command, citizen, now)
        for upload in uploads:
            shelf().store(session, ticket, upload, citizen, now)
        return ticket

    return act


def _perform(
    act: Command | Callable[[Session], Any], form: ActionForm, citizen: Actor, said: str
) -> Response:
    target = url_for("citizen.status", number=citizen.citizen_number)
    return perform(act, form.request_key.data or "", target, said, citizen)


def _supplement_page(own: Own, form: SupplementForm, refused: Refused | None = None) -> Response:
    return render(
        "citizen/supplement.html",
        status=status_of(form, refused),
        ticket=own.ticket,
        form=form,
        problems=problems(form, refused),
        has_errors=bool(form.errors or refused),
        accept=",".join(f".{ending}" for ending in TYPES),
    )


def _reopening_page(own: Own, form: ReopenForm, refused: Refused | None = None) -> Response:
    return render(
        "citizen/reopen.html",
        status=status_of(form, refused),
        ticket=own.ticket,
        standing=own.standing,
        form=form,
        problems=problems(form, refused),
        has_errors=bool(form.errors or refused),
    )


def _said(bad: BadUploadError) -> str:
    flaw: Flaw = bad.flaw
    return f"{bad.name}：{label(flaw)}" if bad.name else label(flaw)


def _to_status(number: str) -> Response:
    return lead_to(url_for("citizen.status", number=number))
