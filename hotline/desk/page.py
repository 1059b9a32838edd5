"""What does the desk's page show: the form as it stands, and everything beside it?"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import structlog
from flask import Response, request

from database import db
from hotline.desk.drafts import Draft, get_draft
from hotline.desk.forms import CallForm
from hotline.desk.surroundings import Surroundings, look_around
from hotline.desk.tabs import find_in_hand, read_strip, wanted_call
from hotline.models.audit import AuditKind
from hotline.queries.categories import grouped, list_leaves
from hotline.queries.directory import list_areas
from hotline.queries.saved_forms import list_usable
from hotline.queries.statements import newest_statement
from hotline.services.accounts import TRUSTED_INTAKE
from hotline.services.audit import Deed
from hotline.services.site import current_site
from hotline.web.audit import note
from hotline.web.auth import current_actor
from hotline.web.pages import render
from workflows.choices import StatementKind
from workflows.vocabulary import Role

NOTHING_TOLD: Mapping[str, Any] = {
    "done": None,
    "done_master": "",
    "is_worth_keeping": False,
    "urged": None,
    "preview": None,
}
_INVALID = 422
_log = structlog.get_logger(__name__)


def show_call(form: CallForm, now: datetime) -> Response:
    """The desk with the call as it stands; nothing was written down yet."""
    return show_again(form, now, draft_in_hand(), status=200)


def show_again(form: CallForm, now: datetime, draft: Draft | None = None, status: int = _INVALID) -> Response:
    number = "" if draft is None else draft.ticket.number
    around = look_around(db.session(), form, current_actor(), now, number)
    return show_page(form, around, status=status, draft=draft)


def show_page(
    form: CallForm,
    around: Surroundings,
    *,
    status: int = 200,
    draft: Draft | None = None,
    told: Mapping[str, Any] = NOTHING_TOLD,
) -> Response:
    form.say_kept({} if draft is None else draft.masked)
    form.offer_categories(leaves := list_leaves(db.session()))
    form.offer_districts(areas := list_areas(db.session()))
    actor, call = current_actor(), wanted_call(form.call.data or "")
    agent_id = actor.user_id or 0
    return render(
        "desk/index.html",
        status=status,
        form=form,
        around=around,
        draft=draft,
        strip=read_strip(db.session(), agent_id, call, datetime.now(UTC)),
        in_hand=find_in_hand(db.session(), form, agent_id),
        **told,
        groups=grouped(leaves),
        areas=areas,
        **_said_beside(),
        may_register=Role.AGENT in actor.roles,
        is_trusted=TRUSTED_INTAKE in actor.rights,
        statement=newest_statement(db.session(), StatementKind.SPOKEN),
        has_errors=form.has_faults,
    )


def _said_beside() -> dict[str, Any]:
    today = datetime.now(UTC).astimezone(current_site().zone).date()
    return {
        "saved_forms": list_usable(db.session(), today),
        "saved_form": request.form.get("saved_form", ""),
        "last_done": last_done(),
    }


def last_done() -> dict[str, Any]:
    """What the address or the form names as done last; the next call's page tells it too."""
    return {name: request.values[name] for name in ("done", "urged") if request.values.get(name)}


def draft_in_hand() -> Draft | None:
    number = request.form.get("draft_number", "")
    return get_draft(db.session(), number, current_actor()) if number else None


def greet(form: CallForm, around: Surroundings) -> None:
    """Fill in who is calling; that the number was looked up is on record."""
    if form.phone.data:
        log_lookup(around)
    if around.caller is not None and not form.citizen_name.data:
        form.citizen_name.data = around.caller.name


def log_lookup(around: Surroundings) -> None:
    """Every look-up of a number is on record; the number itself is not."""
    found = 0 if around.caller is None else around.caller.total
    _log.info("phone_looked_up", user_id=current_actor().user_id, found=found, place="desk")
    note(Deed(AuditKind.FIND_PHONE, facts={"found": found, "place": "desk"}))
