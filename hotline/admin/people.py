"""The list of accounts, one account with what is in hand, and the forms that make and change one."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Response, abort, current_app, flash, request, session, url_for
from sqlalchemy.orm import Session

from database import db
from hotline.admin import people_forms as forms
from hotline.admin.directory_frame import Form, form_page, seen_version, signed_by_reader, take_over
from hotline.models.directory import Listed
from hotline.models.people import User, UserKind
from hotline.queries import people_pages as pages
from hotline.queries.directory import find_unit, find_user_by_username, roles_of
from hotline.queries.directory_history import list_changes
from hotline.queries.people_pages import Wanted
from hotline.queries.session_pages import list_open_sessions
from hotline.queries.unit_pages import list_choices
from hotline.services import people as service
from hotline.services.identity import takes_sms
from hotline.services.linked_identities import find_subject
from hotline.services.password_links import LINK_LASTS
from hotline.services.second_factor import is_confirmed
from hotline.services.separation import BY_OPERATOR
from hotline.web.auth import current_actor
from hotline.web.once import perform
from hotline.web.pages import public_url, render
from workflows.errors import Code, Refused
from workflows.vocabulary import Role

_LONGEST_WORDS = 60
_STANDINGS = (("active", "在用"), ("locked", "已锁定"), ("closed", "已停用"), ("all", "全部"))
_SHOWN_ONCE = "password_link"


def index() -> Response:
    """The accounts, filtered and in pages."""
    asked = {
        name: request.args.get(name, "").strip()[:_LONGEST_WORDS]
        for name in ("q", "unit", "role", "standing")
    }
    wanted = Wanted(asked["q"], asked["unit"], asked["role"], asked["standing"] or "active")
    after, now = request.args.get("after", ""), datetime.now(UTC)
    found = pages.list_user_lines(db.session(), wanted, after, now)
    shown = found[: pages.USERS_PER_PAGE]
    return render(
        "people/index.html",
        wanted=wanted,
        lines=shown,
        following=shown[-1].username if len(found) > len(shown) else None,
        roles=forms.ROLES,
        standings=_STANDINGS,
    )


def show(username: str) -> Response:
    """One account: who it is, what is in hand, and what befell it."""
    user = get_user(username)
    return render("people/show.html", **_page_of(user), told_link=_take_link(user))


def new() -> Response:
    """The form of a new account."""
    return form_page(_new_form(forms.empty(request.args.get("unit", ""))))


def create() -> Response:
    """Add an account, with a link by which its owner sets the password."""
    typed, made = forms.read(request.form), list[tuple[str, str]]()

    def act(rows: Any) -> User:
        signed = signed_by_reader()
        user = service.add_person(rows, forms.new_from(typed), signed)
        if user.kind == UserKind.PERSON.value:
            made.append((user.username, service.issue_link(rows, user.id, None, signed)))
        return user

    try:
        answer = perform(
            act,
            request.form.get("request_key", ""),
            lambda user: url_for("people.show", username=user.username),
            said=f"已新建账号 {typed.texts['username']}。",
        )
    except Refused as refusal:
        return form_page(_new_form(typed), refusal)
    keep_link(made)
    return answer


def edit(username: str) -> Response:
    """The form of an account as it is."""
    user = get_user(username)
    return form_page(_edit_form(user, _filled(user)))


def save(username: str) -> Response:
    """Write who somebody is and what they may do."""
    typed, user_id, seen = forms.read(request.form), get_user(username).id, seen_version()
    returned: list[int] = []

    def act(rows: Session) -> None:
        written = forms.written_from(typed, roles_of(rows, user_id) & BY_OPERATOR)
        returned.append(service.edit_person(rows, user_id, written, seen, signed_by_reader()))

    try:
        answer = perform(act, request.form.get("request_key", ""), url_for("people.show", username=username))
    except Refused as refusal:
        user = get_user(username)
        if refusal.code == Code.RECORD_CHANGED:
            typed = forms.whole(take_over(typed.parts, _filled(user).parts))
        return form_page(_edit_form(user, typed), refusal)
    say_returned("已保存，角色从下一次操作起生效", returned)
    return answer


def say_returned(said: str, returned: list[int]) -> None:
    """Say what was done and how many shares went back to the unit; nothing when it was done before."""
    for shares in returned:
        flash(f"{said}，手上的 {shares} 件已退回原单位。" if shares else f"{said}。", "success")


def get_user(username: str) -> User:
    """Read an account, or answer 404."""
    return find_user_by_username(db.session(), username) or abort(404)


def keep_link(made: list[tuple[str, str]]) -> None:
    """Keep a new link for the next page, which shows it once; nothing when this press was answered before."""
    for username, token in made:
        session[_SHOWN_ONCE] = [username, token]


def page_with(user: User, refusal: Refused) -> Response:
    """Show an account with what is wrong with what was asked of it."""
    context = {**_page_of(user), "told_link": ""}
    return form_page(Form("people/show.html", forms.LABELS, Listed.USER, user.id, context), refusal)


def _take_link(user: User) -> str:
    kept = session.get(_SHOWN_ONCE)
    if not kept or kept[0] != user.username:
        return ""
    session.pop(_SHOWN_ONCE)
    return public_url("passwords.choose", token=kept[1])


def _page_of(user: User) -> Mapping[str, Any]:
    rows, now = db.session(), datetime.now(UTC)
    issuer = current_app.config["SETTINGS"].oidc_issuer
    return {
        "user": user,
        "unit": None if user.unit_id is None else find_unit(rows, user.unit_id),
        "roles": [role for role in Role if role in roles_of(rows, user.id)],
        "in_hand": pages.list_in_hand(rows, user.id),
        "drafts": pages.count_drafts(rows, user.id),
        "tokens": pages.count_tokens(rows, user.id, now),
        "has_provider": bool(issuer),
        "subject": find_subject(rows, issuer, user.id),
        "is_out_of_reach": bool(user.phone) and not takes_sms(user.phone),
        "has_second_factor": is_confirmed(rows, user.id),
        "sessions": len(list_open_sessions(rows, user.id, now)),
        "changes": list_changes(rows, Listed.USER, user.id),
        "is_own": user.id == current_actor().user_id,
        "is_locked": user.locked_until is not None and user.locked_until > now,
        "link_hours": int(LINK_LASTS.total_seconds() // 3600),
        "reason": request.form.get("reason", ""),
    }


def _new_form(typed: forms.Typed) -> Form:
    return Form("people/new.html", forms.LABELS, Listed.USER, None, _choices(typed))


def _edit_form(user: User, typed: forms.Typed) -> Form:
    context = {
        **_choices(typed, user),
        "user": user,
        "in_hand": len(pages.list_in_hand(db.session(), user.id)),
    }
    return Form("people/edit.html", forms.LABELS, Listed.USER, user.id, context, _filled(user).parts)


def _filled(user: User) -> forms.Typed:
    return forms.filled(user, roles_of(db.session(), user.id))


def _choices(typed: forms.Typed, user: User | None = None) -> dict[str, Any]:
    units = list_choices(db.session())
    own = None if user is None or user.unit_id is None else find_unit(db.session(), user.unit_id)
    if own is not None and str(own.id) not in dict(units):
        units.insert(0, (str(own.id), f"{own.name}（已停用）"))
    held = frozenset() if user is None else roles_of(db.session(), user.id)
    return {
        "typed": typed.texts,
        "chosen_roles": typed.roles,
        "units": units,
        "roles": forms.ROLES,
        "roles_kept": [role for role in Role if role in held & BY_OPERATOR],
    }
