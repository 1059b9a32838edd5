"""How are many tickets signed for at once, and how is told what became of each of them?"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from flask import Blueprint, Response, flash, request, url_for
from sqlalchemy.orm import Session

from database import db
from hotline.department.worklist import own_shares
from hotline.models.ticket import Ticket
from hotline.queries.scope import find_visible, visible_tickets
from hotline.services.lifecycle import Command, advance
from hotline.web.auth import current_actor
from hotline.web.bulk import Pressed, press_each, read_pressed, write_pressed
from hotline.web.once import lead_to
from hotline.web.pages import render
from hotline.web.security import safe_next
from workflows.definition import Actor
from workflows.errors import Code, Refused
from workflows.grace import GRACE, SHOWN
from workflows.vocabulary import Machine, RequestKind

_ACTS: Mapping[str, str] = {"sign": "签收", "undo_sign": "撤销签收", "sub_dispatch": "下派", "give": "指派"}


def register_pressed(blueprint: Blueprint) -> None:
    """Give the blueprint the page of what became of many tickets."""
    blueprint.add_url_rule("/inbox/pressed", "pressed", show_pressed)


def sign_all(
    numbers: Sequence[str], versions: Mapping[str, int | None], actor: Actor, now: datetime, key: str = ""
) -> Pressed:
    """Sign for each ticket but those asked to be returned.

    `versions` are those the person saw, `key` that of the form they pressed.
    """

    def sign(session: Session, number: str) -> None:
        # Another unit's ticket looks absent here as everywhere.
        share = own_shares(session, actor, [number], now).get(number)
        if share is None or find_visible(session, number, actor) is None:
            raise Refused(Code.NOT_FOUND)
        if share.asked == RequestKind.RETURN.label_zh:  # by itself it may be signed for; nobody means it here
            raise Refused(Code.RETURN_WAITS)
        command = Command(number, "sign", {}, versions.get(number), Machine.ASSIGNMENT, share.id)
        advance(session, command, actor, now)

    return press_each(numbers, sign, now, key)


def unsign_all(numbers: Sequence[str], actor: Actor, now: datetime, key: str = "") -> Pressed:
    """Take back the signatures of one press; each is told by itself if its grace is over."""

    def unsign(session: Session, number: str) -> None:
        share = own_shares(session, actor, [number], now).get(number)
        if share is None or find_visible(session, number, actor) is None:
            raise Refused(Code.NOT_FOUND)
        advance(session, Command(number, "undo_sign", {}, None, Machine.ASSIGNMENT, share.id), actor, now)

    return press_each(numbers, unsign, now, key)


def answer_signed(pressed: Pressed, back: str) -> Response:
    """Offer to take the signatures back; lead back, or to the page that tells what would not be signed."""
    if not pressed.numbers:
        return answer_pressed("sign", pressed, back)
    offer = {
        "text": f"已签收 {len(pressed.numbers)} 件。",
        "undo_url": url_for("department.unsign"),
        "version": None,
        "numbers": list(pressed.numbers),
        "next": back,
        "seconds": SHOWN.seconds,
        "grace": GRACE.seconds,
    }
    flash(offer, "success")  # type: ignore[arg-type]  # anything that the session's JSON holds
    return lead_to(_told_at("sign", pressed, back) if pressed.refused else back)


def answer_pressed(act: str, pressed: Pressed, back: str, to: str = "") -> Response:
    """Lead back where all went well; else to a page with every ticket that stayed as it was, and why.

    `to` names who has them now.
    """
    if not pressed.numbers and not pressed.refused:
        flash("还没有勾选工单。", "warning")
        return lead_to(back)
    if not pressed.refused:
        flash(f"已{_ACTS[act]}{f'给{to}' if to else ''} {len(pressed.numbers)} 件。", "success")
        return lead_to(back)
    return lead_to(_told_at(act, pressed, back))


def _told_at(act: str, pressed: Pressed, back: str) -> str:
    told = write_pressed(pressed)
    return url_for("department.pressed", act=act, done=told["done"], kept=told["kept"], next=back)


def show_pressed() -> Response:
    """What became of them; where nothing stayed as it was there is nothing to tell."""
    pressed, act = read_pressed(request.args), _ACTS.get(request.args.get("act", ""))
    back = safe_next(request.args.get("next"), url_for("department.inbox"))
    if act is None or not pressed.refused:
        return lead_to(back)
    kept = visible_tickets(current_actor()).where(
        Ticket.number.in_([number for number, _ in pressed.refused])
    )
    titles = {ticket.number: ticket.title for ticket in db.session().scalars(kept)}
    return render("department/pressed.html", act=act, pressed=pressed, titles=titles, back_url=back)
