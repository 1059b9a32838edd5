"""The agent's desk: a call becomes a ticket in one press, and a draft is taken up again."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Response, request, url_for
from sqlalchemy.orm import Session

from database import db
from hotline.desk.checks import Follow, list_refusals
from hotline.desk.drafts import complete, find_own, get_draft, starting_form
from hotline.desk.forms import ANSWER_FIELDS, CallForm
from hotline.desk.mine import list_beside
from hotline.desk.page import NOTHING_TOLD, draft_in_hand, greet, log_lookup, show_again, show_page
from hotline.desk.places import typed_call
from hotline.desk.rehearsing import preview_call
from hotline.desk.stale_call import answer_kept_elsewhere
from hotline.desk.surroundings import look_around
from hotline.desk.tabs import finish_in_hand, resume, wanted_call
from hotline.desk.urging import TOLD_FOR, find_urged, suggest_merging
from hotline.desk.urging import urge as urge_ticket
from hotline.models.incoming_calls import IncomingCall
from hotline.models.ticket import Ticket
from hotline.queries.incoming_calls import find_open_call
from hotline.queries.knowledge_proposals import is_worth_proposing
from hotline.queries.said_same import find_said_same
from hotline.queries.scope import get_visible
from hotline.services import intake, lifecycle
from hotline.services.accounts import TRUSTED_INTAKE
from hotline.services.incoming_calls import KeptElsewhere
from hotline.services.lifecycle import Command
from hotline.tickets.conflict import answer_conflict, is_too_late
from hotline.web.action_forms import typed_values
from hotline.web.auth import current_actor
from hotline.web.once import perform
from hotline.web.pages import is_fragment_wanted, render
from hotline.web.ticket_moves import Target, find_move, look_at
from workflows.definition import Actor
from workflows.errors import Code, Refused
from workflows.vocabulary import Machine

SAVE, SUBMIT, SUBMIT_TRUSTED, ANSWER = "save", "submit", "submit_trusted", "answer_directly"
MASTER = "master"
ACTIONS = frozenset({SAVE, SUBMIT, SUBMIT_TRUSTED, ANSWER})
# What a draft's form says besides the record: it is sent again with it.
_PRESSED = ("action", MASTER, *ANSWER_FIELDS, "is_told", "call", "call_version")
_SAID = {
    SAVE: "草稿已保存。",
    SUBMIT: "已提交审核。",
    SUBMIT_TRUSTED: "已提交派单。",
    ANSWER: "已直接答复办结。",
}


def index() -> Response:
    """An empty form, or the one of the open ?call=; ?phone= looks the caller's number up.

    ?done= and ?urged= tell what was done last.
    """
    now, actor = datetime.now(UTC), current_actor()
    call = find_open_call(db.session(), wanted_call(request.args.get("call", "")), actor.user_id or 0)
    if call is not None:
        return _resumed(call, actor, now)
    phone = request.args.get("phone", "")
    form = CallForm(formdata=None, data={"phone": phone} if phone else {})
    around = look_around(db.session(), form, actor, now)
    greet(form, around)
    return show_page(form, around, told=_last_done(actor, now))


def register() -> Response:
    """Register the call and take the pressed action, both or neither."""
    form, action, now = typed_call(db.session()), _action(), datetime.now(UTC)
    record, follow, actor = form.record(), _follow(form, action), current_actor()
    master = request.form.get(MASTER, "")
    if not _stands(form, record, follow, now):
        return show_again(form, now)

    def act(session: Session) -> Ticket:
        if follow is None:
            ticket = intake.register(session, record, actor, now)
        else:
            ticket = intake.register_and(session, record, follow, actor, now)
            suggest_merging(session, ticket, master, actor, now)
        finish_in_hand(session, form, actor.user_id or 0, ticket.number, now)
        return ticket

    try:
        # The number and the code are read from the row, not flashed: a second press must show them too.
        return perform(act, form.request_key.data or "", lambda row: url_for("desk.index", done=row.number))
    except KeptElsewhere as elsewhere:
        return answer_kept_elsewhere(form, elsewhere.call_id)
    except Refused as refusal:
        _blame_or_raise(form, refusal)
    return show_again(form, now)


def draft(number: str) -> Response:
    """A draft as it was left, with the reviewer's reason when it came back."""
    found, actor = get_draft(db.session(), number, current_actor()), current_actor()
    form = starting_form(db.session(), found)
    return show_page(form, look_around(db.session(), form, actor, datetime.now(UTC), number), draft=found)


def revise(number: str) -> Response:
    """Change the draft and take the pressed action, both or neither."""
    form, action, now = typed_call(db.session()), _action(), datetime.now(UTC)
    follow, actor = _follow(form, action), current_actor()
    record = complete(db.session(), form.record(), number, actor)
    if not _stands(form, record, follow, now):
        return show_again(form, now, get_draft(db.session(), number, actor))
    command = Command(number, "revise", record, form.version.data)
    master = request.form.get(MASTER, "")
    back_url = list_beside(get_visible(db.session(), number, actor))

    def act(session: Session) -> Ticket:
        finish_in_hand(session, form, actor.user_id or 0, number, now)
        if follow is None:
            return lifecycle.advance(session, command, actor, now)
        ticket = intake.revise_and(session, command, follow, actor, now)
        return suggest_merging(session, ticket, master, actor, now)

    try:
        said = f"{number} {_SAID[action]}{f'已建议并入 {master}。' if master else ''}"
        return perform(act, form.request_key.data or "", back_url, said)
    except KeptElsewhere as elsewhere:
        return answer_kept_elsewhere(form, elsewhere.call_id)
    except Refused as refusal:
        if is_too_late(refusal):
            return _conflict(number)
        _blame_or_raise(form, refusal)
    return show_again(form, now, get_draft(db.session(), number, actor))


def urge() -> Response:
    """Urge the chosen ticket in place of registering another; a refusal keeps all that was typed."""
    form, actor, now = CallForm(), current_actor(), datetime.now(UTC)
    number = request.form.get("same_as", "")
    if not form.validate():
        return show_again(form, now, draft_in_hand())

    def act(session: Session) -> Ticket:
        finish_in_hand(session, form, actor.user_id or 0, number, now)
        return urge_ticket(session, number, form, actor, now)

    try:
        return perform(act, form.request_key.data or "", url_for("desk.index", urged=number))
    except KeptElsewhere as elsewhere:
        return answer_kept_elsewhere(form, elsewhere.call_id)
    except Refused as refusal:
        form.blame([refusal])
    return show_again(form, now, draft_in_hand())


def assist() -> Response:
    """The hints for the form as it is being filled in; a POST, so that no address holds a number.

    Without JavaScript the whole page comes back.
    """
    form, now = CallForm(), datetime.now(UTC)
    draft_number = request.form.get("draft_number", "")
    around = look_around(db.session(), form, current_actor(), now, draft_number)
    if not is_fragment_wanted():
        return show_page(form, around, draft=draft_in_hand())
    if around.phone and request.headers.get("HX-Trigger-Name") == form.phone.name:
        log_lookup(around)
    return render("desk/assist.html", around=around, form=form, may_register=True)


def preview() -> Response:
    """What the main button would do with the form as it stands now."""
    form, actor, now = typed_call(db.session()), current_actor(), datetime.now(UTC)
    draft = draft_in_hand()
    follow: Follow = (SUBMIT_TRUSTED if TRUSTED_INTAKE in actor.rights else SUBMIT, {})
    told = preview_call(db.session(), form, follow, (actor, now), draft)
    if is_fragment_wanted():
        return render("partials/ticket_preview.html", preview=told)
    around = look_around(db.session(), form, actor, now, draft.ticket.number if draft else "")
    return show_page(form, around, draft=draft, told={**NOTHING_TOLD, "preview": told})


def _last_done(actor: Actor, now: datetime) -> dict[str, Any]:
    done = find_own(db.session(), request.args.get("done", ""), actor, now - TOLD_FOR)
    return {
        **NOTHING_TOLD,
        "done": done,
        "done_master": find_said_same(db.session(), done).suggested if done else "",
        "is_worth_keeping": done is not None and is_worth_proposing(db.session(), done),
        "urged": find_urged(db.session(), request.args.get("urged", ""), actor, now),
    }


def _resumed(call: IncomingCall, actor: Actor, now: datetime) -> Response:
    form, draft = resume(db.session(), call, actor)
    around = look_around(db.session(), form, actor, now, draft.ticket.number if draft else "")
    if call.typed_at is None:
        greet(form, around)
    return show_page(form, around, draft=draft, told=_last_done(actor, now))


def _blame_or_raise(form: CallForm, refusal: Refused) -> None:
    """What names fields goes back into the form; anything else has a page of its own."""
    if not refusal.errors:
        raise refusal
    form.blame([refusal])


def _conflict(number: str) -> Response:
    """The draft has changed meanwhile: what was written here is shown and can be kept as a revision."""
    look, target = look_at(number, datetime.now(UTC)), Target(Machine.TICKET, "revise")
    needs = lifecycle.ENGINES[Machine.TICKET].row("revise").needs
    pressed = {name: request.form.getlist(name) for name in _PRESSED if name in request.form}
    typed = {**typed_values(needs, request.form), **pressed}
    return answer_conflict(look, target, find_move(look, target), typed)


def _stands(form: CallForm, record: Mapping[str, Any], follow: Follow | None, now: datetime) -> bool:
    """Check the shape and ask the workflow; what is wrong stands beside the fields afterwards."""
    form.validate()
    form.blame(list_refusals(db.session(), record, follow, current_actor(), now))
    return not form.has_faults


def _follow(form: CallForm, action: str) -> Follow | None:
    if action == SAVE:
        return None
    data: Mapping[str, Any] = form.direct_answer() if action == ANSWER else {}
    return action, data


def _action() -> str:
    is_trusted = TRUSTED_INTAKE in current_actor().rights
    main = SUBMIT_TRUSTED if is_trusted and MASTER in request.form else SUBMIT
    action = request.form.get("action", main)
    if action not in ACTIONS:
        raise Refused(Code.UNKNOWN_ACTION)
    return action
