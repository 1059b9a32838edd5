"""What would everybody's telephones and mailboxes hold now? The mailbox of the demo city, and of no other.

It shows query codes and links, and sends SMS from any telephone through the door that real ones come in by,
so that one person can play everybody; outside the demo it does not exist.
"""

import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, current_app, flash, redirect, request, url_for
from markupsafe import Markup, escape
from werkzeug.wrappers import Response as BaseResponse

from database import db
from hotline.mailbox.forms import LONGEST, TextForm
from hotline.queries.mailbox import Arrived, Filters, Page, RecipientKind, find_phone, list_arrived
from hotline.queries.typed import id_in
from hotline.queries.wording import MESSAGE_CHANNELS, MESSAGE_KINDS
from hotline.services.citizen_access import normal_number
from hotline.services.site import current_site
from hotline.services.texting.door import take_in
from hotline.services.texting.texter import Outcome
from hotline.web.access import may_call
from hotline.web.pages import render
from hotline.web.security import parts_of
from hotline.web.transaction import transaction
from hotline.web.ui import form_errors
from notifications.inbound import Inbound
from notifications.providers.demo_carrier import DEMO_CARRIERS, break_down, list_outages, put_right

_LINK = re.compile(r"https?://[!-~]+")
_SEE_OTHER, _UNPROCESSABLE = 303, 422
_PROVIDER = "demo"
_CARRIERS = dict(zip(DEMO_CARRIERS, ("短信通道甲", "短信通道乙"), strict=True))
_SAID = {
    Outcome.IGNORED: "短信已收到，这一条不需要回复。",
    None: "这条短信已经发过，没有重复处理。",
}

blueprint = Blueprint("mailbox", __name__)


@blueprint.get("/mailbox")
def index() -> Response:
    """Everything that arrived, newest first; `reply` names the message to answer."""
    _only_in_the_demo()
    row_id = _row_id("reply")
    phone = None if row_id is None else find_phone(db.session(), row_id)
    return _page(TextForm(formdata=None, phone=phone))


@blueprint.post("/mailbox/sms")
def send_sms() -> BaseResponse:
    """Send an SMS to the hotline as a telephone of the city would."""
    _only_in_the_demo()
    form = TextForm()
    if not form.validate():
        return _page(form, status=_UNPROCESSABLE)
    reference = f"{_PROVIDER}:{form.request_key.data or datetime.now(UTC).isoformat()}"[:128]
    message = Inbound(_PROVIDER, reference, form.phone.data, form.words.data, datetime.now(UTC))
    with transaction() as session:
        outcome = take_in(session, message)
    flash(_SAID.get(outcome, "短信已发给 12345，回复几秒后会出现在这里，请刷新本页。"), "success")
    return redirect(url_for(".index"), _SEE_OTHER)


@blueprint.post("/mailbox/carriers/<name>")
def set_carrier(name: str) -> BaseResponse:
    """Put a carrier of SMS out of order, or right again."""
    _only_in_the_demo()
    if name not in DEMO_CARRIERS:
        abort(404)
    is_out = request.form.get("state") == "out"
    with transaction() as session:
        (break_down if is_out else put_right)(session, name)
    said = "已停，发给它的短信会改由另一个通道发出。" if is_out else "已恢复，最多半分钟后重新使用。"
    flash(f"{_CARRIERS[name]}{said}", "success")
    return redirect(url_for(".index", _anchor="carriers"), _SEE_OTHER)


def _only_in_the_demo() -> None:
    if not current_app.config["IS_DEMO"]:
        abort(404)


def _page(form: TextForm, status: int = 200) -> Response:
    filters = _filters()
    page = list_arrived(db.session(), filters)
    return render(
        "mailbox/index.html",
        status=status,
        form=form,
        problems=form_errors(form),
        longest=LONGEST,
        messages=[_card(message) for message in page.rows],
        filters=filters,
        recipients=[(kind.value, kind.label_zh) for kind in RecipientKind],
        channels=list(MESSAGE_CHANNELS.items()),
        carriers=_CARRIERS,
        outages=list_outages(db.session()),
        is_filtered=bool(filters.recipient or filters.number or filters.channel),
        newer_url=_neighbour(page, "after") if page.has_newer else None,
        older_url=_neighbour(page, "before") if page.has_older else None,
    )


def _filters() -> Filters:
    asked = request.args
    return Filters(
        recipient=_one_of(asked.get("to", ""), {kind.value for kind in RecipientKind}),
        number=normal_number(asked.get("number", "").replace("\x00", "")),
        channel=_one_of(asked.get("channel", ""), set(MESSAGE_CHANNELS)),
        before=_row_id("before"),
        after=_row_id("after"),
    )


def _one_of(word: str, known: set[str]) -> str:
    return word if word in known else ""


def _row_id(name: str) -> int | None:
    return request.args.get(name, type=id_in)


def _card(message: Arrived) -> dict[str, object]:
    """Shape a message as the component takes it; the links in it lead into this installation."""
    return {
        "channel": message.channel,
        "to": message.to,
        "at": message.at,
        "subject": message.subject,
        "body": linked(message.body),
        "kind": MESSAGE_KINDS.get(message.kind, message.kind),
        "number": message.number,
        "url": _ticket_url(message.number),
        "reply_url": url_for(".index", reply=message.id, _anchor="sms") if message.channel == "sms" else None,
    }


def _ticket_url(number: str) -> str | None:
    return url_for("tickets.show", number=number) if number and may_call("tickets.show") else None


def linked(text: str) -> Markup:
    """Escape a message and make its links to this installation clickable, and only those."""
    parts, end = Markup(""), 0
    for match in _LINK.finditer(text):
        url = match[0].rstrip(".,;:!?)\"'>")
        parts += escape(text[end : match.start()])
        parts += Markup('<a href="{}">{}</a>').format(_local(url), url) if _is_ours(url) else escape(url)
        end = match.start() + len(url)
    return parts + escape(text[end:])


def _is_ours(url: str) -> bool:
    return parts_of(url).netloc == urlsplit(current_site().base_url).netloc


def _local(url: str) -> str:
    """Leave the host out: the demo may be reached by another name than the configured one."""
    parts = urlsplit(url)
    path = parts.path or "/"
    return f"/{path.lstrip('/')}" + (f"?{parts.query}" if parts.query else "")


def _neighbour(page: Page, side: str) -> str:
    kept: dict[str, Any] = {
        name: request.args[name] for name in ("to", "number", "channel") if name in request.args
    }
    if page.rows:
        kept[side] = page.rows[0 if side == "after" else -1].id
    return url_for(".index", **kept)
