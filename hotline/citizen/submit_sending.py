"""How is a request sent that is filled in: once, however often the button is pressed, and not without end."""

from datetime import UTC, datetime

import structlog
from flask import Response, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from database import db
from hotline.citizen.jotted import Jotted, lock, look
from hotline.citizen.submit_forms import StepForm, WhatForm, WhoForm, nearby_words
from hotline.citizen.submit_pages import led_elsewhere, show
from hotline.queries.likeness import Place, say_place
from hotline.queries.nearby import find_chosen
from hotline.services.web_requests import AskedEnoughError, Sender, send
from hotline.web.auth import client_ip, open_ticket
from hotline.web.errors import problem_of_refusal
from hotline.web.language import current_language
from hotline.web.once import lead_to
from hotline.web.shelf import shelf
from hotline.web.transaction import transaction
from workflows.errors import Refused

_TOO_MANY = 429
_HOUR = "3600"

_log = structlog.get_logger(__name__)


def answer_check() -> Response:
    """Show everything once more, and send it when the button was pressed."""
    seen, form = look(), StepForm()
    elsewhere = led_elsewhere("check", seen)
    # A second press is answered like the first, whose answer the browser may have thrown away.
    if form.is_submitted() and form.validate():
        return _send(seen, form)
    return elsewhere or _show_all(seen, form)


def refuse_for_now() -> Response:
    """Say the same whichever limit was met, or one could learn what a telephone has sent."""
    seen, form = look(), StepForm(formdata=None)
    elsewhere = led_elsewhere("check", seen)
    if elsewhere is not None:
        return elsewhere
    form.form_errors.append(
        _("今天提交的诉求太多，网上暂时不再接收。您填写的内容还在，请过一小时再试；急事请拨打 12345。")
    )
    response = _show_all(seen, form, _TOO_MANY)
    response.headers["Retry-After"] = _HOUR
    return response


def _send(seen: Jotted, form: StepForm) -> Response:
    now = datetime.now(UTC)
    try:
        with transaction() as session:
            number = _send_once(session, now)
    except AskedEnoughError:
        return refuse_for_now()
    except Refused as refused:
        problem = problem_of_refusal(refused)
        form.form_errors.append(problem.told or problem.text)
        return _show_all(seen, form, problem.status)
    if number is None:
        return led_elsewhere("check", look()) or lead_to(url_for("submitting.what"))
    open_ticket(number, now)
    return lead_to(url_for("submitting.done"))


def _send_once(session: Session, now: datetime) -> str | None:
    """Give the ticket's number; None when something is not filled in yet."""
    jotting = lock(session, now)
    if jotting is None or (not jotting.ticket_number and "privacy" not in jotting.typed):
        return None
    if not jotting.ticket_number:
        ticket = send(session, shelf(), jotting, Sender(client_ip(), current_language()), now)
        _log.info("request_sent_by_web", number=ticket.number)
    return jotting.ticket_number


def _show_all(seen: Jotted, form: StepForm, status: int = 0) -> Response:
    """Show what was filled in, in the words of the choices."""
    typed = dict(seen.typed)
    what, who = WhatForm(formdata=None, data=typed), WhoForm(formdata=None, data=typed)
    who.keep_reporter_secret(typed)
    chosen = {
        "type": what.words_of("type"),
        "privacy": who.words_of("privacy"),
        "callback_wanted": who.words_of("callback_wanted"),
    }
    place = say_place(Place(*(typed.get(part, "") for part in Place._fields)))
    same = find_chosen(db.session(), typed, datetime.now(UTC))
    chosen["same_as"] = nearby_words(same) if same else ""
    return show("check", form, seen, status, typed=typed, chosen=chosen, place=place)
