"""How does somebody keep a ticket in sight: one press puts it on their list, another takes it off."""

from datetime import UTC, datetime

from flask import Blueprint, Response, flash, request, url_for

from hotline.services import watches
from hotline.web.once import lead_to
from hotline.web.security import safe_next
from hotline.web.ticket_moves import Look, look_at
from hotline.web.transaction import transaction
from workflows.errors import Code, Refused


def register_watching(blueprint: Blueprint) -> None:
    """Give a ticket's pages the two presses."""
    blueprint.add_url_rule("/<number>/watch", "watch", watch, methods=["POST"])
    blueprint.add_url_rule("/<number>/unwatch", "unwatch", unwatch, methods=["POST"])


def watch(number: str) -> Response:
    """Put the ticket on one's list, and go back to where it was open."""
    look = look_at(number, datetime.now(UTC))
    with transaction() as session:
        watches.watch(session, look.ticket, _user_id(look), look.now)
    flash(f"已关注：{number}", "success")
    return _back(number)


def unwatch(number: str) -> Response:
    """Take the ticket off one's list."""
    look = look_at(number, datetime.now(UTC))
    with transaction() as session:
        watches.unwatch(session, look.ticket, _user_id(look))
    flash(f"已取消关注：{number}", "success")
    return _back(number)


def _user_id(look: Look) -> int:
    if look.viewer.user_id is None:
        raise Refused(Code.NOT_YOUR_ROLE)
    return look.viewer.user_id


def _back(number: str) -> Response:
    return lead_to(safe_next(request.form.get("next"), url_for("tickets.show", number=number)))
