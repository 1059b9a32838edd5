"""How does the web hand out who called: through the one door, on record with the look itself, or refused."""

from collections.abc import Sequence
from datetime import datetime

import structlog
from flask import request
from sqlalchemy.orm import Session

from hotline.models.audit import AuditKind, AuditResult
from hotline.models.data_requests import DataRequest
from hotline.models.reveals import Way
from hotline.models.ticket import Request, Ticket
from hotline.queries.reveals import fields_of
from hotline.queries.ticket_parts import Caller
from hotline.services.audit import Deed
from hotline.services.revealing import FOR_OWN_WISH, Wish, reveal, reveal_asked, reveal_sealed
from hotline.web.audit import note, record_with
from hotline.web.auth import current_actor
from hotline.web.errors import Problem
from workflows.errors import Refused

_LABELS = {"purpose": "查看目的", "words": "其他目的或说明"}
_log = structlog.get_logger(__name__)


def hand_out(session: Session, tickets: Sequence[Ticket], wish: Wish, now: datetime) -> list[Caller]:
    """Hand out the callers of tickets the reader was found to see; call it inside transaction().

    Raises Refused, and a purpose that is missing is on record then.
    """
    actor = current_actor()
    try:
        callers = reveal(session, tickets, wish, actor, now)
    except Refused as refused:
        _note_missing(refused, tickets)
        raise
    for ticket, caller in zip(tickets, callers, strict=True):
        record_with(session, _deed(ticket.number, wish, caller))
        _log.info("identity_revealed", number=ticket.number, user_id=actor.user_id, way=wish.way.value)
    return callers


def hand_out_sealed(session: Session, asked: Request, number: str, now: datetime) -> Caller | None:
    """Hand out the sealed identity of an allowed disclosure; call it inside transaction()."""
    actor = current_actor()
    caller = reveal_sealed(session, asked, actor, now)
    if caller is not None:
        facts = {"way": Way.SEALED.value, "shown": fields_of(caller), "request_id": asked.id}
        record_with(session, Deed(AuditKind.REVEAL, ticket_number=number, facts=facts))
    _log.info("sealed_identity_shown", number=number, user_id=actor.user_id, unit_id=actor.unit_id)
    return caller


def hand_out_asked(session: Session, request_id: int, number: str, now: datetime) -> None:
    """Put the look at a citizen's own wish on record, or refuse it; call it inside transaction()."""
    actor = current_actor()
    caller = reveal_asked(session, session.get_one(DataRequest, request_id), actor, now)
    record_with(session, _deed(number, FOR_OWN_WISH, caller))
    _log.info("identity_revealed", number=number, user_id=actor.user_id, way=FOR_OWN_WISH.way.value)


def typed_wish(way: Way) -> Wish:
    """What a form says the identity is needed for."""
    return Wish(request.form.get("purpose", ""), request.form.get("words", ""), way)


def say_missing(problem: Problem) -> str:
    """Say what is wrong with the purpose, by field, or why else it was refused."""
    wrong = [f"{_LABELS.get(each['field'], each['field'])}：{each['message']}" for each in problem.errors]
    return "".join(wrong) or problem.text


def _deed(number: str, wish: Wish, caller: Caller) -> Deed:
    facts = {"purpose": wish.purpose, "way": wish.way.value, "shown": fields_of(caller)}
    return Deed(AuditKind.REVEAL, ticket_number=number, facts=facts)


def _note_missing(refused: Refused, tickets: Sequence[Ticket]) -> None:
    """What is wrong in a form is no refusal to the trail, but looking without a purpose is one."""
    for ticket in tickets if refused.errors else ():
        facts = {"why": str(refused.errors[0].field)}
        note(Deed(AuditKind.REVEAL, AuditResult.REFUSED, ticket.number, facts))
