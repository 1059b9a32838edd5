"""Intake review: each new ticket is read, corrected and approved, sent back, or not accepted.

After a decision the next one opens.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from flask import Blueprint, Response, request, url_for

from database import db
from hotline.intake.forms import ApprovalForm, DecisionForm, RejectionForm, ReturnForm
from hotline.models.catalog import Category
from hotline.models.ticket import Ticket
from hotline.queries.categories import find_leaf, grouped, list_leaves
from hotline.queries.duplicates import Candidate, find_candidates, matter_of
from hotline.queries.scope import get_visible
from hotline.queries.worklists import Filters, TicketRow
from hotline.services.lifecycle import ENGINES, Command
from hotline.tickets.conflict import answer_conflict, is_too_late
from hotline.web.action_forms import typed_values
from hotline.web.auth import current_actor
from hotline.web.claims import claim_opened
from hotline.web.menu_counts import tickets_wait_at
from hotline.web.moments import city_short
from hotline.web.once import perform
from hotline.web.pages import render
from hotline.web.security import safe_next
from hotline.web.split_list import (
    Frame,
    ListRow,
    Place,
    Reading,
    SplitList,
    View,
    load_list,
    place_in,
    plain_row,
    read_place,
)
from hotline.web.ticket_moves import Look, Target, find_move, look_at
from hotline.web.ticket_panel import Detail, detail_of
from hotline.web.workplaces import SentBack, comes_back_to
from workflows.errors import Code, Refused
from workflows.vocabulary import Machine, TicketState, TicketType

blueprint = Blueprint("intake", __name__)

_INVALID = 422
_WAITING = (str(TicketState.INTAKE_REVIEW),)
_FRAME = Frame(
    "intake.queue",
    (
        View("waiting", "待审核", Filters(states=_WAITING, sort="due_at")),
        View("overdue", "已超时", Filters(states=_WAITING, sort="due_at", is_overdue=True), is_alarming=True),
    ),
    is_pool=True,
)
tickets_wait_at("intake.queue", lambda _viewer, _now: _FRAME.views[0].filters)
_SAID = {
    "approve_intake": "已审核通过，进入派单池。",
    "return_intake": "已退回补录，话务员会收到提醒。",
    "reject": "已作不予受理，理由和途径会告知诉求人。",
}


@dataclass(slots=True)
class Forms:
    """The decisions on one ticket; the one that was refused comes back as it was filled in."""

    approval: ApprovalForm
    returning: ReturnForm
    rejection: RejectionForm

    @property
    def faulty(self) -> DecisionForm | None:
        each: Sequence[DecisionForm] = (self.approval, self.returning, self.rejection)
        return next((form for form in each if form.has_faults), None)


@blueprint.get("/intake")
def queue() -> Response:
    """The tickets that wait, the most pressing first, and the chosen one with its decisions."""
    split = _list(read_place(_FRAME))
    look = look_at(split.current, datetime.now(UTC)) if split.current else None
    return _page(split, look, None if look is None else _forms(look.ticket), SentBack())


@comes_back_to("intake.queue")
def show_again(sent: SentBack, here: str) -> Response:
    """The same ticket, with what was refused beside the decisions or was typed into the first of them."""
    look = look_at(sent.number, datetime.now(UTC))
    split = _list(replace(place_in(_FRAME, here), ticket=sent.number))
    forms = _forms(look.ticket)
    if "urgency" in sent.typed:
        forms.approval = ApprovalForm(sent.typed)
    return _page(split, look, forms, sent)


@blueprint.get("/intake/<number>/reject")
def confirm(number: str) -> Response:
    """The same form as the dialog, as a page: for browsers without JavaScript, and to come back to."""
    ticket = get_visible(db.session(), number, current_actor())
    if ticket.state not in _WAITING:
        raise Refused(Code.NOT_IN_THIS_STATE)
    form = RejectionForm(formdata=None, data={"version": ticket.version})
    return render("intake/reject.html", ticket=ticket, form=form, next_url=_next_url())


@blueprint.post("/intake/<number>/approve")
def approve_intake(number: str) -> Response:
    """Let a ticket through to the dispatch pool, with the corrections made here."""
    form = ApprovalForm()
    done = _decide(number, "approve_intake", form)
    return done or _again(number, lambda forms: replace(forms, approval=form))


@blueprint.post("/intake/<number>/return")
def return_intake(number: str) -> Response:
    """Give a ticket back to its agent."""
    form = ReturnForm()
    done = _decide(number, "return_intake", form)
    return done or _again(number, lambda forms: replace(forms, returning=form))


@blueprint.post("/intake/<number>/reject")
def reject(number: str) -> Response:
    """Close a ticket that is not the hotline's, and tell the citizen where to go."""
    form = RejectionForm()
    done = _decide(number, "reject", form)
    if done is not None:
        return done
    if "here" in request.form:
        return _again(number, lambda forms: replace(forms, rejection=form))
    ticket = get_visible(db.session(), number, current_actor())
    return render(
        "intake/reject.html",
        status=_INVALID,
        ticket=ticket,
        form=form,
        next_url=_next_url(),
        has_errors=True,
    )


def _decide(number: str, action: str, form: DecisionForm) -> Response | None:
    """Take the decision and lead on; None when the form has to be mended."""
    if not form.validate():
        return None
    command = Command(number, action, form.asked(), form.version.data)
    try:
        return perform(command, form.request_key.data or "", _next_url(), f"{number} {_SAID[action]}")
    except Refused as refusal:
        if is_too_late(refusal):
            return _conflict(number, action)
        if find_move(look_at(number, datetime.now(UTC)), Target(Machine.TICKET, action)) is None:
            raise
        form.blame(refusal)
    return None


def _conflict(number: str, action: str) -> Response:
    look, target = look_at(number, datetime.now(UTC)), Target(Machine.TICKET, action)
    typed = typed_values(ENGINES[Machine.TICKET].row(action).needs, request.form)
    if "category" in typed:  # the ticket's own form names it by its id
        typed["category"] = [_id_of(code) for code in typed["category"]]
    return answer_conflict(look, target, find_move(look, target), typed)


def _id_of(code: str) -> str:
    leaf = find_leaf(db.session(), code)
    return str(leaf.id) if leaf else code


def _next_url() -> str:
    """Where the queue stood when the form was shown, with the next ticket open."""
    return safe_next(request.values.get("next"), url_for("intake.queue"))


def _again(number: str, fill: Callable[[Forms], Forms]) -> Response:
    look = look_at(number, datetime.now(UTC))
    split = _list(replace(place_in(_FRAME, request.form.get("here")), ticket=number))
    return _page(split, look, fill(_forms(look.ticket)), SentBack())


def _page(split: SplitList, look: Look | None, forms: Forms | None, sent: SentBack) -> Response:
    faulty = None if forms is None else forms.faulty
    return render(
        "intake/queue.html",
        holder=None if look is None else claim_opened(look.ticket, look.viewer, look.now),
        status=_INVALID if faulty else sent.status,
        split=split,
        sent=sent,
        ticket=None if look is None else look.ticket,
        detail=None if look is None else _detail(look, split),
        candidates=() if look is None else _candidates(look),
        forms=forms,
        faulty=faulty,
        is_waiting=look is not None and look.ticket.state in _WAITING,
        is_own=look is not None and look.ticket.registered_by_id == look.viewer.user_id,
        groups=grouped(list_leaves(db.session())),
        has_errors=faulty is not None or sent.form is not None,
    )


def _detail(look: Look, split: SplitList) -> Detail:
    """The ticket without the buttons whose forms stand below it."""
    detail = detail_of(look, split.here_url, request.args.get("strand", ""))
    moves = tuple(move for move in detail.moves if move.target.action not in _SAID)
    return replace(detail, moves=moves)


def _candidates(look: Look) -> list[Candidate]:
    return find_candidates(look.session, look.viewer, matter_of(look.session, look.ticket), look.now)


def _forms(ticket: Ticket) -> Forms:
    category = db.session().get(Category, ticket.category_id) if ticket.category_id else None
    seen = {"version": ticket.version}
    known = {
        "category": category.code if category else "",
        "urgency": ticket.urgency,
        "is_confidential": ticket.is_confidential,
    }
    return Forms(
        ApprovalForm(formdata=None, data=seen | known),
        ReturnForm(formdata=None, data=seen),
        RejectionForm(formdata=None, data=seen),
    )


def _list(place: Place) -> SplitList:
    reading = Reading(db.session(), current_actor(), datetime.now(UTC))
    return load_list(_FRAME, place, reading, lambda rows: [_dressed(row) for row in rows])


def _dressed(row: TicketRow) -> ListRow:
    tags = [(TicketType(row.type).label_zh, "mute")]
    if row.urgency != "ordinary":
        tags.append(("紧急", "warn"))
    if row.is_confidential:
        tags.append(("保密", "line"))
    place = f"{row.district}{row.street}"
    meta = " ".join(filter(None, (city_short(row.created_at), place)))
    return replace(plain_row(row), state=None, meta=meta, tags=tuple(tags))
