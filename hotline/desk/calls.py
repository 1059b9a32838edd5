"""How does an agent take the next call without losing the one in hand?"""

from datetime import UTC, datetime

from flask import Response, flash, make_response, request, url_for
from sqlalchemy.orm import Session

from database import db
from hotline.desk.forms import CallForm
from hotline.desk.page import last_done
from hotline.desk.stale_call import answer_kept_elsewhere
from hotline.desk.tabs import read_strip, typed_of, wanted_call
from hotline.models.incoming_calls import IncomingCall
from hotline.services import incoming_calls
from hotline.services.idempotency import is_answered
from hotline.services.incoming_calls import KeptElsewhere, get_own_call, keep_typed, open_by_hand
from hotline.web.auth import current_actor
from hotline.web.moments import city_clock
from hotline.web.once import lead_to
from hotline.web.pages import is_fragment_wanted, render
from hotline.web.transaction import transaction
from workflows.definition import Actor
from workflows.errors import Code, Refused

_UNCHANGED = 204


def calls() -> Response:
    """The calls above the form, for the desk that asks every few seconds; nothing while nothing changed."""
    if not is_fragment_wanted():
        return lead_to(url_for("desk.index"))
    current = wanted_call(request.args.get("call", ""))
    strip = read_strip(db.session(), _agent_id(current_actor()), current, datetime.now(UTC))
    if strip.mark == request.args.get("seen"):
        return make_response("", _UNCHANGED)
    return render("desk/calls.html", strip=strip, last_done=last_done())


def keep() -> Response:
    """Keep what is typed so far. The first time this opens a call of its own, which later ones name.

    Without JavaScript the page comes back with everything in it.
    """
    form, now = CallForm(), datetime.now(UTC)
    typed = typed_of(form, request.form.get("draft_number", ""))
    version, kept = wanted_call(form.call_version.data or ""), (form.request_key.data or "", now)
    try:
        with transaction() as session:
            call = _in_hand(session, form, now)
            keep_typed(call, typed, version, kept)
            fields, at = {"call": str(call.id), "call_version": str(call.version)}, city_clock(now)
    except KeptElsewhere as elsewhere:
        return answer_kept_elsewhere(form, elsewhere.call_id)
    url = url_for("desk.index", call=fields["call"])
    return make_response({"fields": fields, "at": at, "url": url}) if is_fragment_wanted() else lead_to(url)


def take(call_id: int) -> Response:
    """Open a call that waits, or one that was put aside; what was done last is still told there.

    `words_of` names a call whose words go into this one while it has none of its own.
    """
    agent_id, now = _agent_id(current_actor()), datetime.now(UTC)
    words_of = wanted_call(request.form.get("words_of", ""))
    with transaction() as session:
        call = get_own_call(session, call_id, agent_id)
        incoming_calls.take(call, now)
        if words_of:
            written = get_own_call(session, words_of, agent_id)
            is_brought = incoming_calls.bring_words(call, written, now)
    if words_of and not is_brought:
        flash("这通来电已经写了内容，没有带入，两处都没有改动。", "warning")
    return lead_to(url_for("desk.index", call=call_id, **last_done()))


def put_aside(call_id: int) -> Response:
    """Take a call from the desk; what was typed of it waits under the agent's own tickets."""
    agent_id, now = _agent_id(current_actor()), datetime.now(UTC)
    with transaction() as session:
        is_unfinished = incoming_calls.put_aside(get_own_call(session, call_id, agent_id), now)
    if is_unfinished:
        flash("已收起，填写的内容保留 7 天，可在「我的工单」草稿中继续。", "success")
    others = read_strip(db.session(), agent_id, 0, now).tabs
    return lead_to(url_for("desk.index", call=others[-1].id if others else None))


def _in_hand(session: Session, form: CallForm, now: datetime) -> IncomingCall:
    agent_id = _agent_id(current_actor())
    if form.call.data:
        return get_own_call(session, wanted_call(form.call.data), agent_id)
    key = form.request_key.data or ""
    if is_answered(session, f"user:{agent_id}", key):
        # What was on its way while the form was sent must not come back as a call of its own.
        raise Refused(Code.NOT_IN_THIS_STATE)
    return open_by_hand(session, agent_id, key, now)


def _agent_id(actor: Actor) -> int:
    return actor.user_id or 0
