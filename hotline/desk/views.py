"""The agent's desk: a call becomes a ticket in one press, and a draft is taken up again."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from flask import Response, request, url_for
from sqlalchemy.orm import Session

from database import db
from hotline.desk.checks import Follow, list_refusals
from hotline.desk.drafts import Draft, find_own, get_draft, starting_form
from hotline.desk.forms import CallForm
from hotline.desk.surroundings import Surroundings, look_around
from hotline.models.ticket import Ticket
from hotline.queries.categories import grouped, list_leaves
from hotline.queries.directory import list_areas
from hotline.services import intake, lifecycle
from hotline.services.accounts import TRUSTED_INTAKE
from hotline.services.lifecycle import Command
from hotline.tickets.conflict import answer_conflict
from hotline.web.action_forms import typed_values
from hotline.web.auth import current_actor
from hotline.web.once import perform
from hotline.web.pages import render
from hotline.web.ticket_moves import Target, find_move, look_at
from workflows.definition import Actor
from workflows.errors import Code, Refused
from workflows.vocabulary import Machine, Role

SAVE, SUBMIT, SUBMIT_TRUSTED, ANSWER = "save", "submit", "submit_trusted", "answer_directly"
ACTIONS = frozenset({SAVE, SUBMIT, SUBMIT_TRUSTED, ANSWER})
_SAID = {
    SAVE: "草稿已保存。",
    SUBMIT: "已提交审核。",
    SUBMIT_TRUSTED: "已提交派单。",
    ANSWER: "已直接答复办结。",
}
# The caller is told the number and the code while still on the line.
_TOLD_FOR = timedelta(minutes=10)
_INVALID = 422
_log = structlog.get_logger(__name__)


def index() -> Response:
    """An empty form; with ?phone= the caller's number is looked up, with ?done= the last ticket is told."""
    now = datetime.now(UTC)
    phone = request.args.get("phone", "")
    form = CallForm(formdata=None, data={"phone": phone} if phone else {})
    around = look_around(db.session(), form, current_actor(), now)
    if phone:
        _log_lookup(around)
    if around.caller is not None and not form.citizen_name.data:
        form.citizen_name.data = around.caller.name
    done = find_own(db.session(), request.args.get("done", ""), current_actor(), now - _TOLD_FOR)
    return _page(form, around, done=done)


def register() -> Response:
    """Register the call and take the pressed action, both or neither."""
    form, action, now = CallForm(), _action(), datetime.now(UTC)
    record, follow, actor = form.record(), _follow(form, action), current_actor()
    if not _stands(form, follow, actor, now):
        return _again(form, now)

    def act(session: Session) -> Ticket:
        if follow is None:
            return intake.register(session, record, actor, now)
        return intake.register_and(session, record, follow, actor, now)

    try:
        # The number and the code are read from the row, not flashed: a second press must show them too.
        return perform(act, form.request_key.data or "", lambda row: url_for("desk.index", done=row.number))
    except Refused as refusal:
        _blame_or_raise(form, refusal)
    return _again(form, now)


def draft(number: str) -> Response:
    """A draft as it was left, with the reviewer's reason when it came back."""
    found = get_draft(db.session(), number, current_actor())
    form = starting_form(db.session(), found.ticket)
    around = look_around(db.session(), form, current_actor(), datetime.now(UTC), number)
    return _page(form, around, draft=found)


def revise(number: str) -> Response:
    """Change the draft and take the pressed action, both or neither."""
    form, action, now = CallForm(), _action(), datetime.now(UTC)
    follow, actor = _follow(form, action), current_actor()
    if not _stands(form, follow, actor, now):
        return _again(form, now, get_draft(db.session(), number, actor))
    command = Command(number, "revise", form.record(), form.version.data)

    def act(session: Session) -> Ticket:
        if follow is None:
            return lifecycle.advance(session, command, actor, now)
        return intake.revise_and(session, command, follow, actor, now)

    try:
        said = f"{number} {_SAID[action]}"
        return perform(act, form.request_key.data or "", url_for("desk.mine"), said)
    except Refused as refusal:
        if refusal.code == Code.STALE_VERSION:
            return _conflict(number)
        _blame_or_raise(form, refusal)
    return _again(form, now, get_draft(db.session(), number, actor))


def assist() -> Response:
    """The hints for the form as it is being filled in; a POST, so that no address holds a number."""
    form = CallForm()
    draft_number = request.form.get("draft_number", "")
    around = look_around(db.session(), form, current_actor(), datetime.now(UTC), draft_number)
    if around.phone and request.headers.get("HX-Trigger-Name") == form.phone.name:
        _log_lookup(around)
    return render("desk/assist.html", around=around, form=form)


def _blame_or_raise(form: CallForm, refusal: Refused) -> None:
    """What names fields goes back into the form; anything else has a page of its own."""
    if not refusal.errors:
        raise refusal
    form.blame([refusal])


def _conflict(number: str) -> Response:
    """The draft has changed meanwhile: what was written here is shown and can be kept as a revision."""
    look, target = look_at(number, datetime.now(UTC)), Target(Machine.TICKET, "revise")
    needs = lifecycle.ENGINES[Machine.TICKET].row("revise").needs
    return answer_conflict(look, target, find_move(look, target), typed_values(needs, request.form))


def _stands(form: CallForm, follow: Follow | None, actor: Actor, now: datetime) -> bool:
    """Check the shape and ask the workflow; what is wrong stands beside the fields afterwards."""
    form.validate()
    form.blame(list_refusals(db.session(), form.record(), follow, actor, now))
    return not form.has_faults


def _follow(form: CallForm, action: str) -> Follow | None:
    if action == SAVE:
        return None
    data: Mapping[str, Any] = form.direct_answer() if action == ANSWER else {}
    return action, data


def _action() -> str:
    action = request.form.get("action", SUBMIT)
    if action not in ACTIONS:
        raise Refused(Code.UNKNOWN_ACTION)
    return action


def _again(form: CallForm, now: datetime, draft: Draft | None = None) -> Response:
    number = "" if draft is None else draft.ticket.number
    around = look_around(db.session(), form, current_actor(), now, number)
    return _page(form, around, status=_INVALID, draft=draft)


def _page(
    form: CallForm,
    around: Surroundings,
    *,
    status: int = 200,
    draft: Draft | None = None,
    done: Ticket | None = None,
) -> Response:
    leaves = list_leaves(db.session())
    form.offer_categories(leaves)
    actor = current_actor()
    return render(
        "desk/index.html",
        status=status,
        form=form,
        around=around,
        draft=draft,
        done=done,
        groups=grouped(leaves),
        areas=list_areas(db.session()),
        may_register=Role.AGENT in actor.roles,
        is_trusted=TRUSTED_INTAKE in actor.rights,
        has_errors=form.has_faults,
    )


def _log_lookup(around: Surroundings) -> None:
    """Every look-up of a number is on record; the number itself is not."""
    found = 0 if around.caller is None else around.caller.total
    _log.info("phone_looked_up", user_id=current_actor().user_id, found=found, place="desk")
