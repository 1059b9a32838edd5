"""Where am I signed in? The list of one's own sessions; one of them or all others are ended here."""

import re
from datetime import UTC, datetime

from flask import Blueprint, Response, flash, redirect, url_for
from werkzeug.wrappers import Response as BaseResponse

from database import db
from hotline.queries.session_pages import list_open_sessions
from hotline.services import accounts
from hotline.web.auth import current_account
from hotline.web.pages import render
from hotline.web.transaction import transaction

_SEE_OTHER = 303
# The first that is found names the program; others call themselves by its name too.
_PROGRAMS = (("Edg/", "Edge"), ("Firefox/", "火狐"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("Android", "安卓"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)
blueprint = Blueprint("own_sessions", __name__, url_prefix="/account/sessions")


@blueprint.get("")
def index() -> Response:
    """Every place where one is signed in, this one marked."""
    me = current_account()
    found = list_open_sessions(db.session(), me.user_id, datetime.now(UTC))
    own = accounts.token_hash(me.token)
    return render(
        "sign_in/sessions.html",
        lines=[(row, browser_of(row.user_agent), row.token_hash == own) for row in found],
    )


@blueprint.post("/<int:session_id>/end")
def end(session_id: int) -> BaseResponse:
    """End one session of one's own; somebody else's, or one that is over, is left as it is."""
    with transaction() as session:
        accounts.close_own_session(session, current_account().user_id, session_id, datetime.now(UTC))
    flash("已结束那处登录。", "success")
    return redirect(url_for(".index"), _SEE_OTHER)


@blueprint.post("/others/end")
def end_others() -> BaseResponse:
    """End all but this one."""
    me = current_account()
    with transaction() as session:
        accounts.close_sessions_of(session, me.user_id, datetime.now(UTC), but_not=me.token)
    flash("其他地方的登录已全部结束。", "success")
    return redirect(url_for(".index"), _SEE_OTHER)


def browser_of(user_agent: str) -> str:
    """Say in two words which browser on what a session is in."""
    named = [
        next((name for mark, name in marks if re.search(re.escape(mark), user_agent)), "")
        for marks in (_PROGRAMS, _SYSTEMS)
    ]
    return "，".join(filter(None, named)) or "未知浏览器"
