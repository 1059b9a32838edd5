"""Who stands in for me, for whom do I stand in, and whom do those I look after let stand in for them?"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from database import db
from hotline.models.people import User
from hotline.queries import substitutions as queries
from hotline.queries.directory import find_user
from hotline.queries.typed import id_in
from hotline.services import substitutions as service
from hotline.services.directory_changes import Signed
from hotline.services.site import current_site
from hotline.substitutions import forms
from hotline.web.access import may_call
from hotline.web.auth import current_account, current_actor
from hotline.web.complaints import frame_of
from hotline.web.once import lead_to, perform
from hotline.web.pages import render
from hotline.web.transaction import transaction
from workflows.errors import Refused
from workflows.vocabulary import Role

_SEE_OTHER = 303
_MOST = 200
_NAMED = "代理已安排，双方都会收到通知。"

blueprint = Blueprint("substitutions", __name__)


@blueprint.get("/account/substitutions")
def index() -> Response:
    """One's own: who stands in for me, and for whom I do."""
    return _own_page()


@blueprint.post("/account/substitutions")
def name() -> Response:
    """Let a colleague stand in for oneself."""
    typed = forms.read(request.form)
    try:
        return _name(typed, current_account().user_id, url_for(".index"))
    except Refused as refusal:
        return _own_page(typed, refusal)


@blueprint.post("/account/substitutions/<int:substitution_id>/end")
def end(substitution_id: int) -> BaseResponse:
    """End a substitution one has part in, from either side."""
    return _end(service.end_own, substitution_id, url_for(".index"))


@blueprint.post("/account/substitutions/<int:substitution_id>/act")
def act(substitution_id: int) -> BaseResponse:
    """Act for the colleague in this browser from now on."""
    me = current_account()
    with transaction() as session:
        service.act_for(session, me.token, substitution_id, me.user_id, datetime.now(UTC))
    return redirect(url_for("sign_in.home"), _SEE_OTHER)


@blueprint.post("/account/substitutions/leave")
def leave() -> BaseResponse:
    """Act as oneself again."""
    me = current_account()
    with transaction() as session:
        service.act_for_oneself(session, me.token)
    flash("已恢复本人身份。", "success")
    return redirect(url_for(".index"), _SEE_OTHER)


@blueprint.get("/substitutions")
def overseen() -> Response:
    """Those of the people one looks after; with a person named, also the form for them."""
    return _overseen_page()


@blueprint.post("/substitutions")
def name_for() -> Response:
    """Let a colleague stand in for somebody one looks after."""
    typed, person = forms.read(request.form), _person()
    try:
        return _name(typed, 0 if person is None else person.id, url_for(".overseen"))
    except Refused as refusal:
        return _overseen_page(typed, refusal)


@blueprint.post("/substitutions/<int:substitution_id>/revoke")
def revoke(substitution_id: int) -> BaseResponse:
    """End one of theirs."""
    return _end(service.revoke, substitution_id, url_for(".overseen"))


def _name(typed: forms.Typed, principal_id: int, leads_to: str) -> Response:
    signed, zone = _signed(), current_site().zone
    return perform(
        lambda session: service.name_substitute(session, forms.wish_from(typed, principal_id, zone), signed),
        request.form.get("request_key", ""),
        leads_to,
        said=_NAMED,
    )


def _end(act: Callable[[Session, int, Signed], object], substitution_id: int, leads_to: str) -> BaseResponse:
    signed = _signed()
    with transaction() as session:
        act(session, substitution_id, signed)
    flash("代理已结束，双方都会收到通知。", "success")
    return lead_to(leads_to)


def _own_page(typed: forms.Typed | None = None, refusal: Refused | None = None) -> Response:
    session, now, me = db.session(), datetime.now(UTC), current_account()
    return render(
        "substitutions/own.html",
        **frame_of(refusal, forms.LABELS),
        **_form(find_user(session, me.user_id), typed, now),
        lent=queries.list_lent(session, me.user_id, now),
        lines=queries.list_of(session, me.user_id, now, _MOST),
        oversees=may_call("substitutions.overseen"),
    )


def _overseen_page(typed: forms.Typed | None = None, refusal: Refused | None = None) -> Response:
    session, now, viewer = db.session(), datetime.now(UTC), current_actor()
    people = queries.list_people(session, viewer)
    person = _person()
    return render(
        "substitutions/overseen.html",
        **frame_of(refusal, forms.LABELS),
        **_form(person if person in people else None, typed, now),
        people=[(str(user.id), f"{user.display_name}（{user.username}）") for user in people],
        lines=queries.list_overseen(session, viewer, now, _MOST),
        may_arrange=viewer.for_id is None,
    )


def _form(principal: User | None, typed: forms.Typed | None, now: datetime) -> dict[str, Any]:
    """What the form shows for somebody: which roles there are to lend, and to whom."""
    session, actor = db.session(), current_actor()
    roles = frozenset[Role]() if principal is None else service.lendable_roles(session, principal, actor)
    found = () if principal is None else queries.list_colleagues(session, principal.id, principal.unit_id)
    return {
        "principal": principal,
        "roles": [(role.value, role.label_zh) for role in Role if role in roles],
        "colleagues": [
            (str(user.id), f"{user.display_name}（{user.username}）")
            for user in found
            if user.id != actor.user_id
        ],
        "typed": typed or forms.filled(now, current_site().zone, roles),
        "most_days": service.MOST_DAYS,
    }


def _person() -> User | None:
    """Whom the address or the form names."""
    user_id = id_in(request.values.get("person", ""))
    return None if user_id is None else find_user(db.session(), user_id)


def _signed() -> Signed:
    return Signed(current_actor(), datetime.now(UTC), "")
