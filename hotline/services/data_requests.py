"""How does a citizen have put right, or erased, what is kept of them? They ask, and somebody decides.

Whoever holds a link of theirs may ask in their name, so nothing changes by itself. The number on file hears
of every request. It is moved, and anything is erased, only when the citizen was called there or came in
person.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.data_requests import DataRequest, DataRequestKind, DataRequestState, Identified, Proof
from hotline.models.ticket import Citizen, Ticket
from hotline.services.attachments import Shelf
from hotline.services.data_request_notices import NEW_CODE, tell_citizen, tell_former_number
from hotline.services.data_request_terms import TO_DECIDE, tell_deciders
from hotline.services.identity import check_contact, normal_phone
from hotline.services.lifecycle import Command, advance, lock_ticket
from hotline.services.retention import erase_at_once
from workflows.choices import PersonalField
from workflows.definition import SYSTEM, Actor
from workflows.errors import Code, FieldCode, FieldError, Refused, invalid
from workflows.vocabulary import TicketState

LONGEST = {
    PersonalField.NAME: 100,
    PersonalField.PHONE: 40,
    PersonalField.EMAIL: 254,
    PersonalField.ADDRESS: 200,
    PersonalField.CONTENT: 10_000,
}
LONGEST_REASON = 500
_OF_PERSON = (PersonalField.NAME, PersonalField.PHONE, PersonalField.EMAIL)
_OF_MATTER = (PersonalField.ADDRESS, PersonalField.CONTENT)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a citizen wants put right; `wanted` is a PersonalField."""

    wanted: str
    value: str = field(repr=False)
    reason: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What somebody decides: the words for the citizen, and how they saw that the citizen asked."""

    answer: str
    proof: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """Who writes a wish down for its citizen, and how they saw who was speaking: an Identified."""

    actor: Actor
    identified: str


def ask_correction(
    session: Session, number: str, wish: Wish, now: datetime, taken: Taken | None = None
) -> DataRequest:
    """Keep the wish to have one thing put right, in place of an open one about the same. Never commits.

    Locks the ticket. Raises Refused naming every field to mend, and NOTHING_CHANGED.
    """
    ticket = lock_ticket(session, number)
    errors = [*_faults_of_value(session, ticket, wish), *_faults_of_words("reason", wish.reason)]
    errors += _faults_of_taken(taken)
    if errors:
        raise invalid(*errors)
    wanted = PersonalField(wish.wanted)
    value = _normal(wanted, wish.value)
    if value == value_of(session, ticket, wanted):
        raise Refused(Code.NOTHING_CHANGED)
    row = _drawn_up(DataRequestKind.CORRECTION, taken)
    row.field, row.new_value = wanted.value, value
    return _keep(session, ticket, row, wish.reason, now)


def ask_erasure(
    session: Session, number: str, reason: str, now: datetime, taken: Taken | None = None
) -> DataRequest:
    """Keep the wish to have erased who they are. Never commits; locks the ticket; raises Refused."""
    ticket = lock_ticket(session, number)
    errors = [*_faults_of_words("reason", reason), *_faults_of_taken(taken)]
    if errors:
        raise invalid(*errors)
    return _keep(session, ticket, _drawn_up(DataRequestKind.ERASURE, taken), reason, now)


def accept(
    session: Session, shelf: Shelf, request_id: int, verdict: Verdict, by: tuple[Actor, datetime]
) -> str:
    """Do what was asked, and tell the citizen; gives the ticket's number. Never commits.

    Locks the ticket. Raises Refused naming the field to mend, where the ticket goes on or is held, and where
    somebody else has decided.
    """
    ticket, row = _open(session, request_id)
    _require_proof(session, ticket, row, verdict.proof)
    _decide(row, DataRequestState.ACCEPTED, verdict, by)
    if row.kind == DataRequestKind.ERASURE:
        erase_at_once(session, shelf, ticket, f"request-{row.id}", by[1])
        return ticket.number
    wanted = PersonalField(row.field)
    row.old_value = value_of(session, ticket, wanted)
    data = {"field": wanted.value, "value": row.new_value}
    advance(session, Command(ticket.number, "correct", data), SYSTEM, by[1])
    tell_citizen(session, ticket, "neutral_data_decided", row.id, by[1])
    if wanted is PersonalField.PHONE and row.old_value:
        tell_citizen(session, ticket, NEW_CODE, row.id, by[1])
        tell_former_number(session, ticket, row.old_value, row.id, by[1])
    return ticket.number


def refuse(session: Session, request_id: int, verdict: Verdict, by: tuple[Actor, datetime]) -> str:
    """Leave everything as it is, and tell the citizen why; gives the ticket's number. Never commits.

    Locks the ticket. Raises Refused without a reason, and where somebody else has decided.
    """
    ticket, row = _open(session, request_id)
    errors = [*_faults_of_words("answer", verdict.answer), *_faults_of_proof(verdict.proof, ())]
    if errors:
        raise invalid(*errors)
    _decide(row, DataRequestState.REFUSED, verdict, by)
    tell_citizen(session, ticket, "neutral_data_decided", row.id, by[1])
    return ticket.number


def fields_of(session: Session, ticket: Ticket) -> Sequence[PersonalField]:
    """List what may be corrected: of a person who is kept, and of a record that is not in the archive."""
    citizen = _citizen(session, ticket)
    is_known = citizen is not None and any((citizen.name, citizen.phone, citizen.email))
    is_open = ticket.state != TicketState.ARCHIVED
    return (*(_OF_PERSON if is_known else ()), *(_OF_MATTER if is_open else ()))


def value_of(session: Session, ticket: Ticket, wanted: PersonalField) -> str:
    """Tell what is kept now; empty where nothing is."""
    if wanted in _OF_MATTER:
        return str(getattr(ticket, wanted.value))
    citizen = _citizen(session, ticket)
    return "" if citizen is None else getattr(citizen, wanted.value) or ""


def proofs_of(kind: str, wanted: str, phone: str) -> Sequence[Proof]:
    """List what counts as proof that the citizen asks; empty where none is needed. `phone` is on file."""
    if kind != DataRequestKind.ERASURE and wanted != PersonalField.PHONE:
        return ()
    return (*((Proof.CALLED_BACK,) if phone else ()), Proof.IN_PERSON)


def _open(session: Session, request_id: int) -> tuple[Ticket, DataRequest]:
    of_request = select(Ticket.number).join(DataRequest, DataRequest.ticket_id == Ticket.id)
    number = session.scalar(of_request.where(DataRequest.id == request_id))
    if number is None:
        raise Refused(Code.NOT_FOUND)
    ticket = lock_ticket(session, number)
    row = session.get_one(DataRequest, request_id, populate_existing=True)
    if row.state != DataRequestState.OPEN:
        raise Refused(Code.DECIDED_ALREADY)
    return ticket, row


def _drawn_up(kind: DataRequestKind, taken: Taken | None) -> DataRequest:
    row = DataRequest(kind=kind.value)
    if taken is not None:
        row.taken_by_id, row.identified = taken.actor.user_id, taken.identified
    return row


def _keep(session: Session, ticket: Ticket, row: DataRequest, reason: str, now: datetime) -> DataRequest:
    same = select(DataRequest).where(
        DataRequest.ticket_id == ticket.id,
        DataRequest.state == DataRequestState.OPEN.value,
        DataRequest.kind == row.kind,
        DataRequest.field == (row.field or ""),
    )
    for earlier in session.scalars(same).all():
        earlier.state, earlier.decided_at = DataRequestState.REPLACED.value, now
    row.ticket_id, row.state, row.asked_at = ticket.id, DataRequestState.OPEN.value, now
    row.reason = reason.strip()
    session.add(row)
    session.flush()
    tell_citizen(session, ticket, "neutral_data_asked", row.id, now)
    tell_deciders(session, ticket, row, now, TO_DECIDE)
    return row


def _decide(row: DataRequest, state: DataRequestState, verdict: Verdict, by: tuple[Actor, datetime]) -> None:
    row.state, row.answer, row.proof = state.value, verdict.answer.strip(), verdict.proof
    row.decided_by_id, row.decided_at = by[0].user_id, by[1]


def _require_proof(session: Session, ticket: Ticket, row: DataRequest, proof: str) -> None:
    proofs = proofs_of(row.kind, row.field, value_of(session, ticket, PersonalField.PHONE))
    if errors := _faults_of_proof(proof, proofs):
        raise invalid(*errors)


def _faults_of_taken(taken: Taken | None) -> list[FieldError]:
    if taken is None or taken.identified in list(Identified):
        return []
    return [
        FieldError("identified", FieldCode.NOT_A_CHOICE if taken.identified else FieldCode.NOTHING_CHOSEN)
    ]


def _faults_of_proof(proof: str, needed: Sequence[Proof]) -> list[FieldError]:
    """Where none is needed, none or any that is known."""
    is_known = proof in list(needed) if needed else not proof or proof in list(Proof)
    return [] if is_known else [FieldError("proof", FieldCode.NOT_A_CHOICE)]


def _faults_of_value(session: Session, ticket: Ticket, wish: Wish) -> list[FieldError]:
    if wish.wanted not in fields_of(session, ticket):
        return [FieldError("field", FieldCode.NOT_A_CHOICE)]
    most = LONGEST[PersonalField(wish.wanted)]
    if errors := _faults_of_words("value", wish.value, most):
        return errors
    try:
        check_contact({wish.wanted: wish.value.strip()})
    except Refused as refused:
        return [FieldError("value", error.code) for error in refused.errors]
    return []


def _faults_of_words(name: str, words: str, most: int = LONGEST_REASON) -> list[FieldError]:
    if not words.strip():
        return [FieldError(name, FieldCode.REQUIRED)]
    return [FieldError(name, FieldCode.TOO_LONG, str(most))] if len(words.strip()) > most else []


def _normal(wanted: PersonalField, value: str) -> str:
    return normal_phone(value) if wanted is PersonalField.PHONE else value.strip()


def _citizen(session: Session, ticket: Ticket) -> Citizen | None:
    return None if ticket.citizen_id is None else session.get(Citizen, ticket.citizen_id)
