"""How is an action asked for, and what comes back when it is refused?"""

from collections.abc import Sequence

from flask import Response, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.orders import SupervisionOrder
from hotline.models.ticket import Assignment, Request
from hotline.queries.orders import OrderLine, list_open
from hotline.queries.ticket_page import load_page
from hotline.services.lifecycle import ENGINES, Command
from hotline.services.references import name_person
from hotline.tickets.claiming import act_of
from hotline.tickets.conflict import answer_conflict, is_too_late
from hotline.web.action_forms import Values, errors_of_fields, read_data, typed_values
from hotline.web.language import current_language
from hotline.web.once import lead_to
from hotline.web.pages import render
from hotline.web.refusals import field_sentence, sentence
from hotline.web.security import safe_next
from hotline.web.ticket_moves import Look, Target, find_move, look_at
from hotline.web.ticket_panel import Typed, make_form
from hotline.web.undoing import Pressed, perform_undoable
from hotline.web.workplaces import SentBack, answer_where_typed
from workflows.definition import Need
from workflows.errors import Code, Refused
from workflows.request.parts import ASKS_OF_SHARE
from workflows.vocabulary import Machine

_SAID = {
    "note": "已添加备注",
    "record_contact": "已记录先行联系",
    "record_call_attempt": "已记录未接通",
    "book_call": "已预约回拨",
    "refuse_unit_reply": "已退回修改",
    "approve": "已同意申请",
    "refuse": "已驳回申请",
}
_ABSENT = frozenset({Code.NOT_FOUND, Code.UNKNOWN_ACTION})


def answer_move(look: Look, target: Target) -> Response:
    """Show the form of an action, or perform it."""
    if request.method != "POST":
        return _show(look, target)
    number = look.ticket.number
    command = command_of(number, target)
    try:
        pressed = Pressed(request.form.get("request_key", ""), next_url(number), look.now)
        return perform_undoable(target, pressed, act_of(look, command), lambda rows, _: _said(rows, command))
    except Refused as refused:
        return answer_refused(refused, look_at(number, look.now), target)


def command_of(number: str, target: Target) -> Command:
    """Read what the form asks for."""
    needs = ENGINES[target.machine].row(target.action).needs
    return Command(
        number=number,
        action=target.action,
        data=read_data(needs, request.form),
        version=request.form.get("version", 0, int),
        machine=target.machine,
        subject_id=target.subject_id,
    )


def next_url(number: str) -> str:
    """Where to go after the action: a path of ours, else the ticket."""
    return safe_next(request.values.get("next"), url_for("tickets.show", number=number))


def back_url(number: str) -> str:
    """Where to go if the action is not taken after all: where the ticket was open."""
    return safe_next(request.values.get("back"), next_url(number))


def _show(look: Look, target: Target) -> Response:
    move = find_move(look, target)
    if move is None:
        raise why_not(look, target)
    if move.url == url_for("desk.draft", number=look.ticket.number):
        return lead_to(move.url)
    page = load_page(look.session, look.ticket, look.viewer, look.now)
    form = make_form(look, page, move, next_url(page.number))
    return render(
        "tickets/form.html",
        block="form",
        form=form,
        title=page.title,
        content=page.content,
        standing=standing_orders(look, target),
        back_url=back_url(page.number),
    )


def answer_refused(refused: Refused, look: Look, target: Target) -> Response:
    """Show the form again where it was filled in; what can no longer be done at all is refused as such."""
    typed = typed_values(ENGINES[target.machine].row(target.action).needs, request.form)
    move = find_move(look, target)
    if is_too_late(refused):
        return answer_conflict(look, target, move, typed)
    if move is None or refused.code in _ABSENT:
        raise refused
    page = load_page(look.session, look.ticket, look.viewer, look.now)
    form = make_form(look, page, move, next_url(page.number), _typed(refused, move.offer.needs, typed))
    status = sentence(refused.code).status
    sent = SentBack(form, request.form, status)
    return answer_where_typed(sent, request.form.get("here", "")) or render(
        "tickets/form.html",
        block="form",
        status=status,
        form=form,
        title=page.title,
        content=page.content,
        standing=standing_orders(look, target),
        back_url=back_url(page.number),
        has_errors=True,
    )


def _typed(refused: Refused, needs: Sequence[Need], values: Values) -> Typed:
    """Lay what is wrong beside what was typed; of what the form does not ask for it is said at its head."""
    language = current_language()
    said = sentence(refused.code).in_language(language)
    errors = errors_of_fields(refused.errors, lambda error: field_sentence(error, language))
    if not errors and refused.field:
        errors = {refused.field: (said,)}
    # A key that was used for something else is spent.
    is_spent = refused.code == Code.IDEMPOTENCY_MISMATCH
    key = "" if is_spent else request.form.get("request_key", "")
    asked = {need.name for need in needs}
    others = [text for name in errors.keys() - asked for text in errors[name] if text != said]
    return Typed(values, key, errors, " ".join([said, *others]), refused.details.get("spots", ""))


def standing_orders(look: Look, target: Target) -> list[OrderLine]:
    """List the orders that press about the ticket already, where another one is about to be written."""
    is_new_order = target == Target(Machine.ORDER, "issue")
    return list_open(look.session, [look.ticket.id], look.now) if is_new_order else []


def why_not(look: Look, target: Target) -> Refused:
    """Why there is no form: no such action, not theirs, or not now."""
    row = ENGINES[target.machine].row(target.action)
    if target.machine is not Machine.TICKET and not _exists(look, target):
        return Refused(Code.NOT_FOUND)
    rows = ENGINES[target.machine].workflow.transitions
    roles = frozenset().union(*(each.roles for each in rows if each.action == row.action))
    return Refused(Code.NOT_IN_THIS_STATE if roles & look.viewer.roles else Code.NOT_YOUR_ROLE)


def _exists(look: Look, target: Target) -> bool:
    if target.subject_id is None:
        return True
    is_share = target.machine is Machine.ASSIGNMENT or target.action in ASKS_OF_SHARE
    rest = SupervisionOrder if target.machine is Machine.ORDER else Request
    model: type[Assignment | Request | SupervisionOrder] = Assignment if is_share else rest
    of_ticket = select(model.id).where(model.id == target.subject_id, model.ticket_id == look.ticket.id)
    return look.session.scalar(of_ticket) is not None


def _said(session: Session, command: Command) -> str:
    row = ENGINES[command.machine].row(command.action)
    if command.action == "give":
        holder = name_person(session, row.needs, command.data)
        return f"已指派给{holder}：{command.number}。给错了的，打开这件工单再指派，或交还单位。"
    return f"{_SAID.get(command.action, f'已{row.label_zh}')}：{command.number}"
