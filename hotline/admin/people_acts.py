"""An account is closed, opened again, let in before its lock runs out, or given a link to its password."""

from collections.abc import Callable
from typing import Any

from flask import Response, abort, current_app, request, url_for
from sqlalchemy.orm import Session

from hotline.admin.directory_frame import seen_version, signed_by_reader
from hotline.admin.people import get_user, keep_link, page_with, say_returned
from hotline.models.people import User
from hotline.services import people as service
from hotline.services.directory_changes import Signed, require_seen
from hotline.services.linked_identities import link_identity as set_identity
from hotline.web.once import perform
from workflows.errors import Refused

Act = Callable[[Session, int, int | None, Signed], Any]


def deactivate(username: str) -> Response:
    """Close the account; what its owner had in hand goes back to the unit."""
    returned: list[int] = []

    def act(rows: Session, user_id: int, seen: int | None, signed: Signed) -> None:
        returned.append(service.deactivate(rows, user_id, seen, signed))

    answer = _carry_out(username, act, "")
    say_returned("账号已停用", returned)
    return answer


def reactivate(username: str) -> Response:
    """Open the account again."""
    return _carry_out(username, service.reactivate, "账号已恢复。")


def unlock(username: str) -> Response:
    """Let somebody in again at once."""
    return _carry_out(username, service.unlock_person, "已解除锁定。", "管理员解除锁定")


def end_sessions(username: str) -> Response:
    """Sign somebody out everywhere at once."""
    return _carry_out(username, service.end_sessions, "已结束全部登录。", "管理员结束全部登录")


def link_identity(username: str) -> Response:
    """Link the account to somebody at the city's own sign-in, or to nobody."""
    issuer, subject = current_app.config["SETTINGS"].oidc_issuer, request.form.get("subject", "").strip()
    if not issuer:
        abort(404)

    def act(rows: Session, user_id: int, seen: int | None, signed: Signed) -> None:
        user = rows.get_one(User, user_id)
        require_seen(user.version, seen)
        set_identity(rows, user, issuer, subject, signed)

    return _carry_out(username, act, "统一身份已保存。", "管理员关联统一身份")


def link(username: str) -> Response:
    """Make the link that sets the password."""
    made = list[tuple[str, str]]()

    def issue(rows: Session, user_id: int, seen: int | None, signed: Signed) -> None:
        made.append((username, service.issue_link(rows, user_id, seen, signed)))

    answer = _carry_out(username, issue, "", "管理员发出设置密码的链接")
    keep_link(made)
    return answer


def _carry_out(username: str, act: Act, said: str, reason: str | None = None) -> Response:
    user_id, seen = get_user(username).id, seen_version()
    try:
        return perform(
            lambda rows: act(rows, user_id, seen, signed_by_reader(reason)),
            request.form.get("request_key", ""),
            url_for("people.show", username=username),
            said=said,
        )
    except Refused as refusal:
        return page_with(get_user(username), refusal)
