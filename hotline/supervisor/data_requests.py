"""What did citizens ask about their own data, and what is answered? Names and numbers are masked at first."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import structlog
from flask import Blueprint, Response, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from database import db
from hotline.models.audit import AuditKind
from hotline.models.ticket import Ticket
from hotline.queries.data_requests import Line, find_line, list_decided_lines, list_open_lines
from hotline.queries.reveals import may_reveal
from hotline.queries.ticket_parts import dialled
from hotline.services import data_requests
from hotline.services.audit import Deed
from hotline.services.data_request_terms import answer_due_at
from hotline.services.data_requests import LONGEST_REASON, Verdict, proofs_of
from hotline.services.revealing import SHOWN_FOR
from hotline.supervisor.ledger_tabs import tabs_of
from hotline.web.audit import note, tell_ticket
from hotline.web.auth import current_actor
from hotline.web.complaints import frame_of
from hotline.web.filters import mask_email, mask_name, mask_phone
from hotline.web.forms import has_forbidden_character
from hotline.web.once import perform
from hotline.web.pages import render
from hotline.web.revealing import hand_out_asked
from hotline.web.shelf import shelf
from hotline.web.transaction import transaction
from workflows.choices import PersonalField
from workflows.definition import Actor
from workflows.errors import Code, FieldCode, FieldError, Refused, invalid
from workflows.vocabulary import TicketState

By = tuple[Actor, datetime]
_LABELS: Mapping[str, str] = {"proof": "怎样核实是本人", "answer": "给诉求人的答复"}
_OVER = frozenset({TicketState.CLOSED.value, TicketState.ARCHIVED.value})
_LOG = structlog.get_logger(__name__)


_MASKS: Mapping[PersonalField, Callable[[str], str]] = {
    PersonalField.NAME: mask_name,
    PersonalField.PHONE: lambda phone: mask_phone(dialled(phone)),
    PersonalField.EMAIL: mask_email,
}


def register_data_requests(blueprint: Blueprint) -> None:
    """Give the blueprint the list, a page for each wish, and what may be done with it."""
    root = "/data-requests"
    one = f"{root}/<int:request_id>"
    blueprint.add_url_rule(root, "data_requests", index)
    blueprint.add_url_rule(one, "data_request", show)
    blueprint.add_url_rule(f"{one}/reveal", "reveal_data_request", reveal, methods=["POST"])
    blueprint.add_url_rule(f"{one}/accept", "accept_data_request", accept, methods=["POST"])
    blueprint.add_url_rule(f"{one}/refuse", "refuse_data_request", refuse, methods=["POST"])


def index() -> Response:
    """What waits for an answer, and what was decided last."""
    session = db.session()
    waiting = list_open_lines(session)
    return render(
        "supervisor/data_requests.html",
        tabs=tabs_of("supervisor.data_requests"),
        waiting=[(each, answer_due_at(session, each.wished.asked_at)) for each in waiting],
        decided=list_decided_lines(session),
    )


def show(request_id: int) -> Response:
    """One wish, masked; that its ticket was looked at is on record."""
    line = _line(request_id)
    note(Deed(AuditKind.SEE_TICKET, ticket_number=line.number))
    return _page(line)


def reveal(request_id: int) -> Response:
    """The same with everything to be read, on this one answer; the look is counted and on record."""
    line = _line(request_id)
    tell_ticket(line.number)
    try:
        with transaction() as session:
            hand_out_asked(session, request_id, line.number, datetime.now(UTC))
    except Refused as refused:
        if refused.code == Code.NOT_YOURS_TO_REVEAL:
            raise
        return _page(_line(request_id), refused)
    response = _page(_line(request_id), is_revealed=True)
    response.headers["Cache-Control"] = "no-store"
    return response


def accept(request_id: int) -> Response:
    """Do what was asked."""
    verdict, files = _verdict(), shelf()
    return _decide(
        request_id,
        "已同意，结果已告知诉求人：",
        lambda session, by: data_requests.accept(session, files, request_id, verdict, by),
    )


def refuse(request_id: int) -> Response:
    """Leave everything as it is, for a reason."""
    verdict = _verdict()
    return _decide(
        request_id,
        "已答复不同意，原因已告知诉求人：",
        lambda session, by: data_requests.refuse(session, request_id, verdict, by),
    )


def _decide(request_id: int, said: str, act: Callable[[Session, By], str]) -> Response:
    line, by = _line(request_id), (current_actor(), datetime.now(UTC))
    tell_ticket(line.number)
    key, back = request.form.get("request_key", ""), url_for("supervisor.data_requests")
    try:
        if has_forbidden_character(request.form.get("answer", "")):
            raise invalid(FieldError("answer", FieldCode.BAD_CHARACTER))
        answer = perform(lambda session: act(session, by), key, back, f"{said}{line.number}")
    except Refused as refused:
        return _page(_line(request_id), refused)
    _LOG.info("data_request_decided", number=line.number, user_id=by[0].user_id)
    return answer


def _verdict() -> Verdict:
    answer = request.form.get("answer", "").replace("\r\n", "\n")
    return Verdict(answer, request.form.get("proof", ""))


def _line(request_id: int) -> Line:
    line = find_line(db.session(), request_id)
    if line is None:
        raise Refused(Code.NOT_FOUND)
    return line


def _page(line: Line, refused: Refused | None = None, *, is_revealed: bool = False) -> Response:
    session = db.session()
    ticket = session.scalars(select(Ticket).where(Ticket.number == line.number)).one()
    return render(
        "supervisor/data_request.html",
        line=line,
        due_at=answer_due_at(session, line.wished.asked_at) if line.is_open else None,
        is_handled=ticket.state in _OVER,
        old=line.old if is_revealed else _masked(line, line.old),
        new=line.wished.value if is_revealed else _masked(line, line.wished.value),
        phone=dialled(line.phone) if is_revealed else mask_phone(dialled(line.phone)),
        is_revealed=is_revealed,
        may_reveal=may_reveal(session, ticket, current_actor()),
        seconds=int(SHOWN_FOR.total_seconds()),
        has_secrets=bool(line.phone) or line.wished.wanted in _MASKS,
        proofs=[
            (each.value, each.label_zh)
            for each in proofs_of(line.wished.kind, line.wished.wanted or "", line.phone)
        ],
        typed=_verdict(),
        longest_reason=LONGEST_REASON,
        **frame_of(refused, _LABELS),
    )


def _masked(line: Line, value: str) -> str:
    mask = _MASKS.get(line.wished.wanted) if line.wished.wanted else None
    return value if mask is None else mask(value)
