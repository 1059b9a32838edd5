"""By what does a citizen get their messages: seen, stopped and changed on the page of their own ticket."""

from datetime import UTC, datetime

import structlog
from flask import Response, flash, request, url_for
from flask_babel import gettext as _

from database import db
from hotline.citizen.forms import EmailForm
from hotline.citizen.reading import problems, status_of
from hotline.queries.scope import get_visible
from hotline.queries.ticket_parts import dialled
from hotline.services.contact_wishes import Way, give_email, read_ways, wish
from hotline.web.errors import problem_of_refusal
from hotline.web.filters import mask_email, mask_phone
from hotline.web.forms import ActionForm
from hotline.web.once import lead_to, perform
from hotline.web.pages import render
from notifications.catalog import Channel
from workflows.definition import Actor
from workflows.errors import Refused

_LOG = structlog.get_logger(__name__)


def show_contact(number: str, citizen: Actor) -> Response:
    """Say what comes and by what, with a button for each wish."""
    return _page(number, citizen, EmailForm(formdata=None))


def answer_wish(number: str, citizen: Actor) -> Response:
    """Stop the messages of one channel, or let them come again."""
    channel, wants = request.form.get("channel", ""), request.form.get("wants") == "yes"
    now, form = datetime.now(UTC), ActionForm()
    stopped = _("已退订，不再给您发邮件") if channel == Channel.EMAIL else _("已退订，不再给您发短信")
    said = _("已恢复，以后的通知照常发送") if wants else stopped
    try:
        answer = perform(
            lambda session: wish(session, number, channel, wants=wants, now=now),
            form.request_key.data or "",
            _to_contact(number),
            said,
            citizen,
        )
    except Refused as refused:
        flash(problem_of_refusal(refused).text, "error")
        return lead_to(_to_contact(number))
    _LOG.info("contact_wish", number=number, channel=channel[:16], wants=wants)
    return answer


def answer_email(number: str, citizen: Actor) -> Response:
    """Note another mail address; what was typed comes back when it is none."""
    form = EmailForm()
    if not form.is_submitted() or not form.validate():
        return _page(number, citizen, form)
    try:
        answer = perform(
            lambda session: give_email(session, number, form.email.data),
            form.request_key.data or "",
            _to_contact(number),
            _("邮箱已保存"),
            citizen,
        )
    except Refused as refused:
        form.email.errors = [problem_of_refusal(refused).errors[0]["message"]] if refused.errors else []
        return _page(number, citizen, form, refused)
    _LOG.info("contact_email_given", number=number)
    return answer


def _page(number: str, citizen: Actor, form: EmailForm, refused: Refused | None = None) -> Response:
    session = db.session()
    ticket = get_visible(session, number, citizen)
    ways = read_ways(session, number)
    return render(
        "citizen/contact.html",
        status=status_of(form, refused),
        ticket=ticket,
        sms=ways.find(Channel.SMS),
        mail=ways.find(Channel.EMAIL),
        masked={str(way.channel): _masked(way) for way in ways.ways},
        first=ways.first,
        may_give_email=ways.may_give_email,
        form=form,
        problems=problems(form, refused if not form.errors else None),
        has_errors=bool(form.errors or refused),
    )


def _masked(way: Way) -> str:
    if way.channel is Channel.EMAIL:
        return mask_email(way.address)
    return mask_phone(dialled(way.address))


def _to_contact(number: str) -> str:
    return url_for("citizen.contact", number=number)
