"""What does the log say of a request: one line with id, endpoint, status and length, never its contents."""

import logging
import time
import uuid

import structlog
from flask import Flask, Response, g, request

_log = structlog.get_logger(__name__)
_SILENT = frozenset({"static", "health.healthz", "health.readyz", "health.metrics"})


def request_id() -> str:
    """The id of this request: on the response, in the log and on error pages. A client's own is not taken."""
    if "request_id" not in g:
        g.request_id = uuid.uuid4().hex[:16]
    return str(g.request_id)


def register_request_log(app: Flask) -> None:
    """Number and time every request."""
    _configure_logging()

    @app.before_request
    def begin() -> None:
        # The application context may outlive a request in tests and commands; its id must not.
        g.pop("request_id", None)
        g.began_at = time.perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id())

    @app.after_request
    def end(response: Response) -> Response:
        response.headers["X-Request-ID"] = request_id()
        if request.endpoint not in _SILENT:
            length = time.perf_counter() - g.get("began_at", time.perf_counter())
            # The path is left out: it may hold a ticket number or a search.
            _log.info(
                "request",
                method=request.method,
                endpoint=request.endpoint,
                status=response.status_code,
                ms=round(length * 1000, 1),
            )
        return response


def _configure_logging() -> None:
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    # Werkzeug's own line holds the path with its query.
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    # It tells the dialect whenever somebody asks whether the schema is current.
    logging.getLogger("alembic.runtime.migration").setLevel(logging.WARNING)
    # It writes three lines for each move; the trail says all of it better.
    logging.getLogger("transitions").setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )
