"""The door for SMS: what does a citizen's message do, and what is answered?

It goes on through the same doors as what comes by web, call or letter. An answer goes to the telephone that
wrote and to nobody else; after a wrong code, a stop or words that are not understood it is the same whether
or not the telephone is known. Machines are not answered, and nobody is helped twice in a row.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta

import structlog
from sqlalchemy.orm import Session

from hotline.models.watch_words import WordKind
from hotline.services.identity import normal_phone, takes_sms
from hotline.services.texting.requests import open_request, tell_status
from hotline.services.texting.texter import DAY, IGNORED, UNCLEAR, Answer, Outcome, Texter
from hotline.services.texting.words import add_words, choose_ticket, rate
from hotline.services.watching import read_record
from notifications import inbound
from notifications.addresses import international
from notifications.catalog import TEXTER, Channel
from notifications.inbound import Inbound
from notifications.outbox import Message, put
from notifications.reading import Meaning, Reading, understand

_LOG = structlog.get_logger(__name__)
_HOUR = timedelta(hours=1)
# A person does not write more often; a machine that answers our answers does.
_MOST_IN_AN_HOUR = 20
_HELPED_AGAIN_AFTER = timedelta(minutes=10)
_UNHELPFUL = (Outcome.HELPED, Outcome.ASKED, Outcome.NO_MATCH, Outcome.REFUSED)
_UNHELPFUL_A_DAY = 5
_WISHES = {Meaning.STOP: "answer_stopped", Meaning.RESUME: "answer_resumed"}
_SILENT = frozenset({Meaning.COURTESY, Meaning.AUTOMATIC})
_ACTS: Mapping[Meaning, Callable[[Texter, Reading], Answer]] = {
    Meaning.SATISFIED: rate,
    Meaning.FAIRLY_SATISFIED: rate,
    Meaning.DISSATISFIED: rate,
    Meaning.REQUEST: open_request,
    Meaning.STATUS: tell_status,
    Meaning.CHOICE: choose_ticket,
    Meaning.SUPPLEMENT: add_words,
    Meaning.UNCLEAR: lambda _texter, _reading: UNCLEAR,
}


def take_in(session: Session, message: Inbound, own_number: str = "") -> Outcome | None:
    """Keep an SMS and do what it asks for; None when it came before. Never commits.

    `own_number` is what we send from: what seems to come from there is our own echo. Locks the ticket it is
    about.
    """
    reading = understand(message.body)
    if not inbound.keep(session, message, reading.meaning):
        return None
    is_ours = bool(own_number) and international(message.address) == international(own_number)
    is_heard = takes_sms(message.address) and not is_ours and reading.meaning not in _SILENT
    answer = _act(session, message, reading) if is_heard else IGNORED
    may_answer = bool(answer.kind) and _may_answer(session, message, answer)
    inbound.note_outcome(session, message.reference, answer.outcome, answer.subject)
    if may_answer:
        _put(session, message, answer)
    if answer.outcome is not Outcome.IGNORED:
        _warn(session, message)
    _LOG.info("sms_taken_in", meaning=str(reading.meaning), outcome=str(answer.outcome), answered=may_answer)
    return answer.outcome


def _act(session: Session, message: Inbound, reading: Reading) -> Answer:
    if reading.meaning in _WISHES:
        inbound.follow_wish(session, message, reading.meaning)
        return Answer(Outcome.DONE, _WISHES[reading.meaning])
    if inbound.count_from(session, message.address, message.at - _HOUR) > _MOST_IN_AN_HOUR:
        return IGNORED
    phone = normal_phone(message.address)
    texter = Texter(session, phone, message.reference, message.body, message.at)
    return _ACTS[reading.meaning](texter, reading)


def _may_answer(session: Session, message: Inbound, answer: Answer) -> bool:
    """One helpful answer, and not again for a while; the same wish twice is confirmed once."""
    address, lately = message.address, message.at - _HELPED_AGAIN_AFTER
    if answer.kind in _WISHES.values():
        meaning = next(meaning for meaning, kind in _WISHES.items() if kind == answer.kind)
        return inbound.count_from(session, address, lately, (Outcome.DONE,), meaning) == 0
    if answer.outcome is Outcome.HELPED and inbound.count_from(session, address, lately, (Outcome.HELPED,)):
        return False
    if answer.outcome not in _UNHELPFUL:
        return True
    return inbound.count_from(session, address, message.at - DAY, _UNHELPFUL) < _UNHELPFUL_A_DAY


def _warn(session: Session, message: Inbound) -> None:
    """Somebody in danger must not wait for us: the line to call is named beside whatever is answered."""
    for alarm in read_record(session, "", message.body, message.at):
        if alarm.kind is WordKind.EMERGENCY:
            _put(session, message, Answer(Outcome.DONE, "answer_danger", {"line": alarm.group.line}))
            return


def _put(session: Session, message: Inbound, answer: Answer) -> None:
    hashed = inbound.hash_of(message.address)
    reply = Message(
        key=f"sms:{message.provider}:{message.reference}:{answer.kind}:{Channel.SMS}",
        kind=answer.kind,
        channel=Channel.SMS,
        recipient=f"phone:{hashed[:40]}",
        address=international(message.address),
        language="zh",
        facts=answer.facts,
        subject=answer.subject,
        order_key=f"phone:{hashed}",
        urgent=False,
        created_at=message.at,
        because=TEXTER,
    )
    put(session, reply)
