"""How does a citizen get to their own ticket, and what may they do with it: rate the answer, withdraw it.

A number alone opens nothing. Codes and links are compared without telling how near a guess came.
"""

import hmac
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from hotline.models.hashes import link_hash
from hotline.models.ticket import Ticket
from hotline.services.idempotency import Answer, Asked, digest, find_answer, keep_answer
from hotline.services.lifecycle import Command, advance, lock_ticket
from workflows.definition import Actor
from workflows.guards.case import is_content
from workflows.vocabulary import Outcome

LINK_LASTS_AFTER_CLOSING = timedelta(days=30)
_NUMBER = re.compile(r"(?:YJ)?([0-9]{8})(?:-?(?P<whole>[0-9]{5,6})|-(?P<short>[0-9]{1,4}))")
_DASHES = re.compile(r"[‐‑‒–—―−ー]")
_NO_CODE = "------"
_DONE = 303


@dataclass(frozen=True, slots=True)
class Sent:
    """Which form was sent: the ticket, the version it showed, and the key that makes a repeat harmless."""

    number: str
    version: int | None
    key: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the citizen says of the answer."""

    solved: str
    satisfaction: str
    comment: str = ""

    @property
    def is_content(self) -> bool:
        """Whether the ticket can be closed on this; otherwise it is handled again."""
        return is_content({"solved": self.solved, "satisfaction": self.satisfaction})


def normal_number(raw: str) -> str:
    """Spell a ticket number as we do, whatever width, case, blanks, dashes and zeros it was typed with."""
    text = _plain(raw).upper()
    match = _NUMBER.fullmatch(text)
    return f"YJ{match[1]}-{match['whole'] or match['short'].zfill(5)}" if match else text


def find_by_code(session: Session, number: str, code: str) -> Ticket | None:
    """Find the ticket that this number and query code open together; None without saying which was wrong.

    The time it takes tells no more: only a code is read before it is right, and where no ticket has this
    number it is the first one's.
    """
    wanted = normal_number(number)
    of_number = Ticket.number == wanted
    first = Ticket.id == select(func.min(Ticket.id)).scalar_subquery()
    codes = select(Ticket.number, Ticket.query_code).where(or_(of_number, first))
    found, expected = session.execute(codes.order_by(of_number.desc()).limit(1)).one_or_none() or (
        "",
        _NO_CODE,
    )
    is_right = hmac.compare_digest(_plain(code).encode(), expected.encode())
    return session.scalar(select(Ticket).where(of_number)) if is_right and found == wanted else None


def find_by_link(session: Session, token: str, now: datetime) -> Ticket | None:
    """Find the ticket of the link in a citizen's messages, while the link is still good."""
    ticket = session.scalar(select(Ticket).where(Ticket.link_hash == link_hash(token)))
    if ticket is None or (ticket.closed_at and now - ticket.closed_at > LINK_LASTS_AFTER_CLOSING):
        return None
    return ticket


def rate(session: Session, sent: Sent, verdict: Verdict, actor: Actor, now: datetime) -> None:
    """Close the ticket for a content citizen, else have it handled again; twice is once. Never commits.

    Whoever follows another ticket only says what they think: the other one is not theirs to close. A direct
    answer was closed as it was given.
    """
    data = {"solved": verdict.solved, "satisfaction": verdict.satisfaction, "comment": verdict.comment}
    beside = _rated_beside(session, sent.number)
    if beside is not None:
        _act_once(session, sent, (beside, data), actor, now)
    elif verdict.is_content:
        _act_once(session, sent, ("close", data), actor, now)
    else:
        _act_once(session, sent, ("rework", {**data, "reason": verdict.comment}), actor, now)


def withdraw(session: Session, sent: Sent, reason: str, actor: Actor, now: datetime) -> None:
    """Take the request back; twice is once. Never commits; raises Refused when it may not be withdrawn."""
    _act_once(session, sent, ("withdraw", {"reason": reason}), actor, now)


def _rated_beside(session: Session, number: str) -> str | None:
    """Name the action of a rating that closes nothing: a follower's, and that of a direct answer."""
    row = session.execute(select(Ticket.master_id, Ticket.outcome).where(Ticket.number == number)).first()
    if row is None or row.master_id is not None:
        return None if row is None else "rate_merged"
    return "rate_answer" if row.outcome == Outcome.ANSWERED_DIRECTLY else None


def _act_once(
    session: Session, sent: Sent, act: tuple[str, Mapping[str, Any]], actor: Actor, now: datetime
) -> None:
    # The lock comes first: of two at once the second then finds the first one's answer.
    lock_ticket(session, sent.number)
    action, data = act
    asked = Asked(f"citizen:{sent.number}", sent.key, digest(action, *map(str, data.values())))
    if sent.key and find_answer(session, asked, now) is not None:
        return
    advance(session, Command(sent.number, action, data, sent.version), actor, now)
    if sent.key:
        keep_answer(session, asked, Answer(_DONE), now)


def _plain(raw: str) -> str:
    """Give full-width letters and digits their plain form and leave out blanks."""
    text = unicodedata.normalize("NFKC", raw[:64])
    return _DASHES.sub("-", "".join(text.split()))
