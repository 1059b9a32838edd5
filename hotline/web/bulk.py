"""How is one thing done with many tickets: each by itself, so that one that will not go holds up no other?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from database import db
from hotline.services import idempotency
from hotline.services.idempotency import Answer, Asked
from hotline.web.audit import tell_ticket
from hotline.web.auth import current_actor
from hotline.web.errors import problem_of_refusal
from hotline.web.transaction import transaction
from workflows.errors import Refused

MOST_AT_ONCE = 50
_DONE = 204


@dataclass(frozen=True, slots=True)
class Pressed:
    """What became of the tickets; `refused` are (number, refusal) pairs."""

    numbers: tuple[str, ...]
    refused: tuple[tuple[str, Refused], ...]

    @property
    def failures(self) -> tuple[tuple[str, str], ...]:
        """Numbers with the sentence that tells why."""
        return tuple((number, _say(refusal)) for number, refusal in self.refused)


def _say(refusal: Refused) -> str:
    problem = problem_of_refusal(refusal)
    return "".join(each["message"] for each in problem.errors) if refusal.errors else problem.text


def press_each(
    numbers: Sequence[str], act: Callable[[Session, str], object], now: datetime, key: str = ""
) -> Pressed:
    """Do `act` with each ticket in a transaction of its own.

    With the key of a form, what a first press of it did is told again and not done again.
    """
    done, refused = [], []
    for number in dict.fromkeys(numbers[:MOST_AT_ONCE]):
        asked = _asked(number, key) if key else None
        try:
            _press(number, act, asked, now)
        except Refused as refusal:
            if asked is None or idempotency.find_answer(db.session(), asked, now) is None:
                refused.append((number, refusal))
                continue
        done.append(number)
    return Pressed(tuple(done), tuple(refused))


def _press(number: str, act: Callable[[Session, str], object], asked: Asked | None, now: datetime) -> None:
    tell_ticket(number)
    with transaction() as session:
        if asked is not None and idempotency.find_answer(session, asked, now) is not None:
            return
        act(session, number)
        if asked is not None:
            idempotency.keep_answer(session, asked, Answer(_DONE), now)


def _asked(number: str, key: str) -> Asked:
    """One key for each ticket of a form; a number is short, and so is a key that we gave out."""
    return Asked(f"user:{current_actor().user_id}", f"{key[:200]}:{number[:24]}", idempotency.digest(number))
