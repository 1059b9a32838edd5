"""What does an agent see who sends a call that another window kept or registered meanwhile? Both texts."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Response, request, url_for
from wtforms import Field

from database import db
from hotline.desk.forms import CallForm
from hotline.desk.tabs import typed_of
from hotline.models.incoming_calls import IncomingCall
from hotline.queries.categories import list_leaves
from hotline.web.pages import render

_CONFLICT = 409
# The page names these anew.
_OF_THE_PAGE = frozenset({"csrf_token", "request_key", "version", "call_version"})


def answer_kept_elsewhere(form: CallForm, call_id: int) -> Response:
    """Answer 409: a kept call is chosen from field by field and sent again; of a ticket its page is named."""
    call = db.session().get_one(IncomingCall, call_id)
    form.offer_categories(list_leaves(db.session()))
    told = {"call": call, **(_of_ticket(form, call) if call.ticket_number else _to_choose(form, call))}
    return render("desk/stale_call.html", status=_CONFLICT, conflict=told)


def _of_ticket(form: CallForm, call: IncomingCall) -> dict[str, Any]:
    texts = ((field.label.text, _in_words(field, field.data)) for field in _typed_into(form))
    shown = [(label, text) for label, text in texts if text]
    return {"shown": shown, "back_url": url_for("tickets.show", number=call.ticket_number)}


def _to_choose(form: CallForm, call: IncomingCall) -> dict[str, Any]:
    fields = [
        _choice(field, call.typed)
        for field in _typed_into(form)
        if _differs(field.data, call.typed, field.name)
    ]
    chosen = {each["name"] for each in fields} | _OF_THE_PAGE
    kept = [each for each in request.form.items(multi=True) if each[0] not in chosen]
    return {
        "shown": (),
        "fields": fields,
        "kept": [*kept, ("call_version", str(call.version))],
        "version": form.version.data,
        "resend_url": request.path,
        "back_url": url_for("desk.index", call=call.id),
    }


def _typed_into(form: CallForm) -> Iterable[Field]:
    names = typed_of(form, "").keys() - {"version", "draft_number", "statement_number"}
    return [field for field in form if field.name in names]


def _differs(mine: Any, typed: Mapping[str, Any], name: str) -> bool:
    return (mine or "") != (typed.get(name) or "")


def _choice(field: Field, typed: Mapping[str, Any]) -> dict[str, str]:
    theirs = typed.get(field.name)
    return {
        "label": field.label.text,
        "name": field.name,
        "mine": _sent(field.data),
        "mine_shown": _in_words(field, field.data),
        "theirs": _sent(theirs),
        "theirs_shown": _in_words(field, theirs),
    }


def _sent(value: Any) -> str:
    """How a form says a value; a switch that is off says nothing."""
    return "y" if value is True else str(value or "")


def _in_words(field: Field, value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else ""
    labels = {choice.value: choice.label for choice in getattr(field, "choices", None) or ()}
    return str(labels.get(value, value or ""))
