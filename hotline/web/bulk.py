"""How is one thing done with many tickets: each by itself, so that one that will not go holds up no other?

What became of them is told on a page of its own, whose address says it: to go back there sends nothing again.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from database import db
from hotline.services import idempotency
from hotline.services.idempotency import Answer, Asked
from hotline.web.audit import tell_ticket
from hotline.web.auth import current_actor
from hotline.web.errors import problem_of_refusal
from hotline.web.transaction import transaction
from workflows.errors import Code, FieldCode, FieldError, Refused

MOST_AT_ONCE = 50
_DONE = 204
_CHANGED = "您打开列表之后，这件工单有了变化，请打开核对后再办。"
# A number and the code of its refusal; for each field that is wrong its name, code and limit.
_NUMBER = r"[A-Za-z0-9-]{1,24}"
_TOLD = re.compile(rf"({_NUMBER})~([a-z_]+)((?:~[a-z_]+\.[a-z_]+\.[^~]{{0,40}})*)")


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
    if refusal.code == Code.STALE_VERSION:  # nothing was filled in that could have been kept
        return _CHANGED
    problem = problem_of_refusal(refusal)
    return "".join(each["message"] for each in problem.errors) if refusal.errors else problem.text


def write_pressed(pressed: Pressed) -> Mapping[str, Sequence[str]]:
    """Put it into words of an address: what was done by number, what was not with the codes that say why."""
    return {
        "done": pressed.numbers,
        "kept": [_write(number, refusal) for number, refusal in pressed.refused],
    }


def read_pressed(asked: MultiDict[str, str]) -> Pressed:
    """Read what an address says; what we would not have written there is left out."""
    done = [number for number in asked.getlist("done")[:MOST_AT_ONCE] if re.fullmatch(_NUMBER, number)]
    kept = [_read(told) for told in asked.getlist("kept")[:MOST_AT_ONCE]]
    return Pressed(tuple(done), tuple(each for each in kept if each is not None))


def _write(number: str, refusal: Refused) -> str:
    fields = [f"~{each.field}.{each.code}.{each.limit}" for each in refusal.errors]
    return f"{number}~{refusal.code}{''.join(fields)}"


def _read(told: str) -> tuple[str, Refused] | None:
    found = _TOLD.fullmatch(told)
    if found is None:
        return None
    number, code, rest = found.groups()
    try:
        errors = [_read_error(*each.split(".", 2)) for each in rest.split("~")[1:]]
        return number, Refused(Code(code), errors=tuple(errors))
    except ValueError:
        return None


def _read_error(field: str, code: str, limit: str) -> FieldError:
    return FieldError(field, FieldCode(code), limit)


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
