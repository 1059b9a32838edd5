"""How is what was just done offered back: a sentence that tells of it, with a button that undoes it?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import Response, flash
from sqlalchemy.orm import Session

from hotline.models.ticket import Ticket
from hotline.services.lifecycle import ENGINES
from hotline.web.once import perform
from hotline.web.ticket_moves import Target, find_move, look_at
from workflows.grace import GRACE, SHOWN

# Pages with a list beside one ticket, which the address names.
_NAMES_TICKET = "ticket"
_NOT_A_LIST = "/tickets/"


@dataclass(frozen=True, slots=True)
class Pressed:
    """One press of a form: the key that makes it count once, where it leads to, and when it came."""

    key: str
    leads_to: str
    now: datetime


def perform_undoable(
    target: Target, pressed: Pressed, act: Callable[[Session], Ticket], told: Callable[[Session, Ticket], str]
) -> Response:
    """Take a step and say so; where the tables let it be taken back, the sentence offers that.

    `told` makes the sentence in the same transaction. Raises Refused, nothing changed.
    """
    done: list[tuple[str, str]] = []

    def take(session: Session) -> None:
        ticket = act(session)
        done.append((ticket.number, told(session, ticket)))

    response = perform(take, pressed.key, pressed.leads_to)
    for number, sentence in done:
        message = _with_undo(number, sentence, target, pressed)
        flash(message, "success")  # type: ignore[arg-type]  # anything that the session's JSON holds
    return response


def _with_undo(number: str, sentence: str, target: Target, pressed: Pressed) -> str | Mapping[str, object]:
    """Add to a sentence where the step is undone; the words alone where it cannot be."""
    action = ENGINES[target.machine].row(target.action).undone_by
    look = look_at(number, pressed.now) if action else None
    move = None if look is None else find_move(look, Target(target.machine, action, target.subject_id))
    if look is None or move is None:
        return sentence
    return {
        "text": sentence,
        "undo_url": move.url,
        "version": look.ticket.version,
        "next": _opened(pressed.leads_to, number),
        "seconds": SHOWN.seconds,
        "grace": GRACE.seconds,
    }


def _opened(url: str, number: str) -> str:
    """Name the place with this ticket open: where one stands once the step is undone."""
    place = urlsplit(url)
    if place.path.startswith(_NOT_A_LIST):
        return url
    asked = {name: value for name, value in parse_qsl(place.query) if name != "led"}
    return f"{place.path}?{urlencode({**asked, _NAMES_TICKET: number})}"
