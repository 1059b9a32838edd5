"""What would everybody's telephones and mailboxes hold now? The mailbox of the demo city, and of no other.

It shows query codes and links, so that one person can play everybody; outside the demo it does not exist.
"""

import re
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, current_app, request, url_for
from markupsafe import Markup, escape

from database import db
from hotline.queries.mailbox import Arrived, Filters, Page, RecipientKind, list_arrived
from hotline.queries.wording import MESSAGE_CHANNELS, MESSAGE_KINDS
from hotline.services.citizen_access import normal_number
from hotline.services.site import current_site
from hotline.web.access import may_call
from hotline.web.pages import render

_LINK = re.compile(r"https?://[!-~]+")
_LARGEST_ID = 2**63 - 1

blueprint = Blueprint("mailbox", __name__)


@blueprint.get("/mailbox")
def index() -> Response:
    """Everything that arrived, newest first."""
    if not current_app.config["IS_DEMO"]:
        abort(404)
    filters = _filters()
    page = list_arrived(db.session(), filters)
    return render(
        "mailbox/index.html",
        messages=[_card(message) for message in page.rows],
        filters=filters,
        recipients=[(kind.value, kind.label_zh) for kind in RecipientKind],
        channels=list(MESSAGE_CHANNELS.items()),
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
    value = request.args.get(name, type=int)
    return value if value is not None and 0 <= value <= _LARGEST_ID else None


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
    return urlsplit(url).netloc == urlsplit(current_site().base_url).netloc


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
