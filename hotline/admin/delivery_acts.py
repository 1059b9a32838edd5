"""What may an administrator do about messages: stop them, let them go, send dead ones again, set the caps?"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import structlog
from flask import Response, flash, request
from sqlalchemy.orm import Session

from hotline.admin.delivery import Asked, Returned, answer
from hotline.admin.delivery_forms import CapsForm, PauseForm
from hotline.web.auth import current_actor
from hotline.web.once import perform
from notifications import switch, upkeep
from notifications.spending import choose_caps
from notifications.upkeep import Dead

_LOG = structlog.get_logger(__name__)
_REFUSED = 422
_LONGEST_ID = 64


def pause() -> Response:
    """Stop the sending, with a reason; what stands paused already keeps its own."""
    form = PauseForm()
    if not form.validate():
        return answer(Returned(pause=form), _REFUSED)
    by, note = current_actor().name, form.why.data

    def act(session: Session) -> bool:
        if switch.is_paused(session):
            return False
        switch.pause(session, by, datetime.now(UTC), note=note)
        return True

    return _perform(act, form.request_key.data, lambda done: "已暂停发送" if done else "发送已经是暂停的")


def resume() -> Response:
    """Let messages go out again."""
    by = current_actor().name

    def act(session: Session) -> bool:
        if not switch.is_paused(session):
            return False
        switch.resume(session, by, datetime.now(UTC))
        return True

    return _perform(act, _key(), lambda done: "已恢复发送" if done else "发送没有暂停")


def redrive() -> Response:
    """Send dead messages again: one, those that are ticked, or all that died of one cause."""
    which = _chosen()
    if which is None:
        ids = request.form.getlist("id")
        complaint = ("rows", "请先勾选要重新发送的消息，或按原因全部重新发送")
        return answer(Returned(problems=[complaint], picked=frozenset(ids)), _REFUSED)
    now = datetime.now(UTC)
    return _perform(
        lambda session: upkeep.redrive(session, which, now),
        _key(),
        lambda number: f"{number} 条消息等待重新发送" if number else "这些消息已不在无法发送之列",
    )


def choose() -> Response:
    """Set the most SMS of a day."""
    form = CapsForm()
    if not form.validate():
        return answer(Returned(caps=form), _REFUSED)
    caps = form.caps
    return _perform(
        lambda session: choose_caps(session, caps),
        form.request_key.data,
        lambda _: "已保存短信上限，从下一批短信起按新的上限发送",
    )


def _chosen() -> Dead | None:
    """Read which letters are meant: a row's own button wins over ticks, and a cause over both."""
    sent = request.form
    if sent.get("all_of"):
        return Dead(error=sent["all_of"][:_LONGEST_ID])
    if sent.get("only"):
        return Dead(message_id=sent["only"][:_LONGEST_ID])
    ids = frozenset(each[:_LONGEST_ID] for each in sent.getlist("id"))
    return Dead(message_ids=ids) if ids else None


def _perform(act: Callable[[Session], Any], key: str | None, said: Callable[[Any], str]) -> Response:
    """Do it once and say what came of it; the same press again says nothing and leads to the same place."""
    results: list[Any] = []

    def noted(session: Session) -> None:
        results.append(act(session))

    response = perform(noted, key or "", Asked.read().url())
    for result in results:
        _LOG.info("messages_tended", act=request.endpoint, result=result, user_id=current_actor().user_id)
        flash(said(result), "success" if result is None or result else "info")
    return response


def _key() -> str:
    return request.form.get("request_key", "")
