"""What does an SMS do that opens a ticket, or asks how one stands?"""

from typing import Any

from sqlalchemy import select

from hotline.models.hashes import phone_hash
from hotline.models.ticket import Ticket
from hotline.queries.public_status import read_status
from hotline.queries.public_words import OVER
from hotline.services.categorise import suggest_type
from hotline.services.citizen_access import find_by_code, normal_number
from hotline.services.idempotency import Answer as Kept
from hotline.services.idempotency import Asked, digest, find_answer, keep_answer
from hotline.services.intake import register
from hotline.services.lifecycle import Command, advance
from hotline.services.likely_category import likely_category
from hotline.services.numbers import is_number
from hotline.services.site import current_site
from hotline.services.texting.texter import DAY, REFUSED, Answer, Outcome, Texter
from notifications import inbound
from notifications.reading import Meaning, Reading
from workflows.definition import citizen_actor
from workflows.errors import Refused
from workflows.vocabulary import IntakeChannel, TicketState, TicketType

_OWNER = "sms"
_CREATED = 201
_REQUESTS_A_DAY = 5
# Six digits are a million codes: a telephone gets five tries a day, a ticket twenty from all telephones.
_TRIES_OF_PHONE, _TRIES_AT_TICKET = 5, 20
_INCOMPLETE = Answer(Outcome.HELPED, "answer_format")


def open_request(texter: Texter, reading: Reading) -> Answer:
    """Register and submit what `12345#name#address#text` says; the same again within a day is the same.

    The workflow tells number and code; whoever wants no SMS is answered all the same, for they asked by SMS.
    """
    if not reading.parts:
        return _INCOMPLETE
    hashed = phone_hash(texter.phone)
    asked = Asked(_OWNER, digest(hashed, *reading.parts), hashed)
    known = find_answer(texter.session, asked, texter.at)
    if known is None and _has_asked_enough(texter):
        return REFUSED
    if known is None:
        try:
            with texter.session.begin_nested():
                ticket = _open(texter, reading.parts)
                keep_answer(texter.session, asked, Kept(_CREATED, location=ticket.number), texter.at)
        except Refused:
            return REFUSED
        if not inbound.has_opted_out(texter.session, texter.phone):
            return Answer(Outcome.DONE, subject=ticket.number)
        return _registered(ticket)
    return _registered(texter.session.scalars(select(Ticket).where(Ticket.number == known.location)).one())


def tell_status(texter: Texter, reading: Reading) -> Answer:
    """Say how the ticket stands that number and code open together; whatever is wrong sounds the same."""
    name, code = reading.parts
    number, since = normal_number(name), texter.at - DAY
    tries = inbound.count_from(texter.session, texter.phone, since, (Outcome.NO_MATCH,))
    guesses = inbound.count_about(texter.session, number, since, Outcome.NO_MATCH)
    may_try = tries < _TRIES_OF_PHONE and guesses < _TRIES_AT_TICKET
    ticket = find_by_code(texter.session, number, code) if may_try else None
    if ticket is None or ticket.state == TicketState.DRAFT:
        return Answer(Outcome.NO_MATCH, "answer_no_match", subject=number if is_number(number) else "")
    return Answer(Outcome.DONE, "answer_status", _standing(texter, ticket), ticket.number)


def _has_asked_enough(texter: Texter) -> bool:
    since = texter.at - DAY
    done = inbound.count_from(texter.session, texter.phone, since, (Outcome.DONE,), Meaning.REQUEST)
    return done >= _REQUESTS_A_DAY


def _open(texter: Texter, parts: tuple[str, ...]) -> Ticket:
    ticket = register(texter.session, _record(texter, parts), citizen_actor(""), texter.at)
    return advance(texter.session, Command(ticket.number, "submit"), citizen_actor(ticket.number), texter.at)


def _record(texter: Texter, parts: tuple[str, ...]) -> dict[str, Any]:
    """Suggest type and category, for the reviewer to confirm; who reports somebody is kept in confidence."""
    name, address, content = parts
    kind = suggest_type("", content)
    is_report = kind is TicketType.REPORT
    # A report names whom it accuses and a complaint a place; in an SMS both may be anywhere in the text.
    if is_report or (kind is TicketType.COMPLAINT and not address):
        kind = TicketType.HELP
    return {
        "type": kind.value,
        "content": content,
        "channel": IntakeChannel.SMS.value,
        "category": likely_category(texter.session, content),
        "address": address,
        "citizen_name": name,
        "phone": texter.phone,
        "is_confidential": is_report,
    }


def _standing(texter: Texter, ticket: Ticket) -> dict[str, str]:
    status = read_status(texter.session, ticket, texter.at)
    is_promised = status.due_at is not None and not status.is_overdue and status.stage not in OVER
    due = current_site().local(status.due_at) if is_promised and status.due_at is not None else ""
    return {"number": ticket.number, "stage": status.stage.label_zh, "due": due}


def _registered(ticket: Ticket) -> Answer:
    facts = {"number": ticket.number, "query_code": ticket.query_code}
    return Answer(Outcome.DONE, "answer_registered", facts, ticket.number)
