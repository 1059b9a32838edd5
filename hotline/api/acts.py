"""How does a POST act once: the act and its first answer commit together, and a repeat gets that answer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Response, current_app, request
from pydantic import BaseModel
from sqlalchemy.orm import Session

from database import db
from hotline.api.asking import idempotency_key
from hotline.services.idempotency import Answer, Asked, digest, find_answer, keep_answer
from hotline.web.auth import current_actor
from hotline.web.transaction import transaction
from workflows.errors import Refused


@dataclass(frozen=True, slots=True)
class Done:
    """What an act answers."""

    status: int
    document: BaseModel


Act = Callable[[Session, datetime], Done]


def act_once(act: Act, content: tuple[str | bytes, ...] | None = None) -> Response:
    """Act in one transaction and answer; with a key that was used before, answer as then and act no more.

    `content` is what tells two requests apart where the body cannot: a multipart boundary is random.
    """
    now = datetime.now(UTC)
    asked = _asked(content)
    try:
        with transaction() as session:
            first = _first_answer(session, asked, now)
            if first is not None:
                return _replayed(first)
            answer = _answer(act(session, now))
            if asked is not None:
                keep_answer(session, asked, answer, now)
    except Refused:
        # A twin may have acted while this one waited for the ticket's lock, and made its version stale.
        first = _first_answer(db.session(), asked, now)
        if first is None:
            raise
        return _replayed(first)
    return json_response(answer.body, answer.status)


def show(document: BaseModel, status: int = 200) -> Response:
    """Answer with a document."""
    return json_response(document.model_dump_json(), status)


def json_response(body: str, status: int) -> Response:
    """Answer with JSON that is written already."""
    return current_app.response_class(body, status, mimetype="application/json")


def _asked(content: tuple[str | bytes, ...] | None) -> Asked | None:
    key = idempotency_key()
    if key is None:
        return None
    version = request.headers.get("If-Match", "")
    parts = (request.get_data(),) if content is None else content
    return Asked(f"api:{current_actor().user_id}", key, digest(request.method, request.path, version, *parts))


def _first_answer(session: Session, asked: Asked | None, now: datetime) -> Answer | None:
    return None if asked is None else find_answer(session, asked, now)


def _answer(done: Done) -> Answer:
    return Answer(done.status, done.document.model_dump_json())


def _replayed(answer: Answer) -> Response:
    response = json_response(answer.body, answer.status)
    response.headers["Idempotency-Replayed"] = "true"
    return response
