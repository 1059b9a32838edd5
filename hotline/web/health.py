"""Is this process alive, is it ready to serve, and what does a monitor want to count?"""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, Flask, Response, abort, make_response, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, generate_latest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from database import db
from hotline.models.clocks import Timer, TimerState
from hotline.services.calendar_outlook import list_known_until
from hotline.web.auth import signed_in
from notifications.models import OutboxMessage
from workflows.vocabulary import Role

_MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
_LOOPBACK = frozenset({"127.0.0.1", "::1"})
_FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-IP")

blueprint = Blueprint("health", __name__)
registry = CollectorRegistry()
_requests = Counter("hotline_requests", "Answered requests", ("endpoint", "status"), registry=registry)
_outbox = Gauge("hotline_outbox_messages", "Messages of the outbox by state", ("state",), registry=registry)
_overdue = Gauge("hotline_timers_overdue", "Timers that are due and have not fired", registry=registry)
_known_until = Gauge(
    "hotline_calendar_known_until",
    "When the last year with official days off ends, in seconds of Unix time",
    ("calendar",),
    registry=registry,
)


@blueprint.get("/healthz")
def healthz() -> Response:
    """Say that the process lives; asks nothing of the database."""
    return _plain("ok", 200)


@blueprint.get("/readyz")
def readyz() -> Response:
    """Say whether the database answers and has the newest schema; when it does not answer, 503 follows."""
    is_current = set(_applied_heads(db.session())) == set(_known_heads())
    return _plain("ready", 200) if is_current else _plain("migrations pending", 503)


@blueprint.get("/metrics")
def metrics() -> Response:
    """Give Prometheus its numbers, on this machine or to an administrator."""
    if not _is_local() and not _is_administrator():
        abort(404)
    _measure(db.session(), datetime.now(UTC))
    response = make_response(generate_latest(registry))
    response.headers["Content-Type"] = CONTENT_TYPE_LATEST
    return response


def register_counting(app: Flask) -> None:
    """Count every answer by endpoint and status."""

    @app.after_request
    def count(response: Response) -> Response:
        _requests.labels(request.endpoint or "none", response.status_code).inc()
        return response


def _measure(session: Session, now: datetime) -> None:
    _outbox.clear()
    states = select(OutboxMessage.state, func.count()).group_by(OutboxMessage.state)
    for state, count in session.execute(states):
        _outbox.labels(state).set(count)
    due = select(func.count()).where(Timer.state == TimerState.PENDING.value, Timer.due_at < now)
    _overdue.set(session.scalar(due) or 0)
    _known_until.clear()
    for code, until in list_known_until(session, now):
        _known_until.labels(code).set(until.timestamp())


def _is_local() -> bool:
    # A proxy on this machine also calls from here; then the header tells that somebody else is asking.
    return request.remote_addr in _LOOPBACK and not any(name in request.headers for name in _FORWARDED)


def _is_administrator() -> bool:
    user = signed_in()
    return user is not None and Role.ADMINISTRATOR in user.roles


def _applied_heads(session: Session) -> tuple[str, ...]:
    return MigrationContext.configure(session.connection()).get_current_heads()


@cache
def _known_heads() -> tuple[str, ...]:
    return tuple(ScriptDirectory(str(_MIGRATIONS)).get_heads())


def _plain(text: str, status: int) -> Response:
    response = make_response(text, status)
    response.mimetype = "text/plain"
    return response
