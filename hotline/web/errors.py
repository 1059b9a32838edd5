"""How is "no" or "not now" answered: a page for people, RFC 9457 problem+json under /api, nothing leaked."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import structlog
from apiflask import APIFlask, HTTPError
from flask import Response, current_app, json, make_response, render_template, request
from flask_limiter import RateLimitExceeded
from jinja2 import TemplateError
from markupsafe import escape
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from database import db
from hotline.web.auth import is_api
from hotline.web.language import current_language
from hotline.web.refusals import field_sentence, sentence
from hotline.web.request_log import request_id
from workflows.errors import Refused

_log = structlog.get_logger(__name__)
_PROBLEM = "application/problem+json"
_SERVER_ERROR = 500

# code, Chinese, English: what happened and what to do.
_STATUSES: Mapping[int, tuple[str, str, str]] = {
    400: (
        "bad_request",
        "页面已过期或请求有误，请返回上一页刷新后再试。",
        "The page is out of date or the request is wrong; go back, reload and try again.",
    ),
    401: ("no_token", "请先登录，或提供有效的令牌。", "Sign in, or send a valid token."),
    403: (
        "forbidden",
        "您没有权限打开此页，如需使用请联系管理员。",
        "You may not open this; ask an administrator.",
    ),
    404: (
        "not_found",
        "没有找到此页，请核对地址或编号。",
        "Nothing found here; check the address or the number.",
    ),
    405: ("method_not_allowed", "此地址不支持这种操作。", "This address does not take that method."),
    409: ("conflict", "内容已被更新，请刷新后再试。", "It has been changed meanwhile; reload and try again."),
    413: ("too_large", "提交的内容过大，请减少附件后再试。", "Too large; send fewer or smaller files."),
    415: ("unsupported_media_type", "请使用 JSON 格式提交。", "Send JSON."),
    422: (
        "invalid_input",
        "有内容需要修改，请更正后再提交。",
        "Some input needs mending; correct it and send it again.",
    ),
    429: ("too_many_requests", "操作过于频繁，请稍后再试。", "Too many attempts; try again later."),
    500: (
        "server_error",
        "系统出了问题，我们已记录。请稍后再试，或把请求编号告诉管理员。",
        "Something went wrong and was recorded. Try again later, or tell us the request id.",
    ),
    503: (
        "unavailable",
        "系统暂时无法使用，请稍后再试。",
        "The service is unavailable for now; try again later.",
    ),
}


def register_errors(app: APIFlask) -> None:
    """Answer every refusal and every fault in the shape its caller reads."""
    app.register_error_handler(HTTPException, answer_http)
    app.register_error_handler(Refused, answer_refusal)
    app.register_error_handler(OperationalError, answer_lost_database)
    # Not by error_processor(), which would take over every HTTP error, pages included.
    app.error_callback = answer_api_input


def answer_http(error: HTTPException) -> Response:
    """Answer an HTTP error; what werkzeug would print is not shown, for it may quote the request."""
    if error.response is not None:  # a redirect, or an answer somebody made by hand
        return make_response(error.response)
    status = error.code or _SERVER_ERROR
    response = _answer(status, *_told(status))
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(error.valid_methods)
    if isinstance(error, RateLimitExceeded):
        response.headers["Retry-After"] = str(error.limit.limit.get_expiry())
    return response


def answer_refusal(error: Refused) -> Response:
    """Answer the workflow's "no" with its sentence, the fields to mend and the status of its code."""
    language = current_language()
    row = sentence(error.code)
    errors = [
        {"field": each.field, "code": str(each.code), "message": field_sentence(each, language)}
        for each in error.errors
    ]
    return _answer(row.status, str(error.code), row.in_language(language), errors, error.field)


def answer_api_input(error: HTTPError) -> Response:
    """Answer input that does not fit the documented schema."""
    errors = [
        {"field": name, "code": "invalid", "message": "; ".join(map(str, messages))}
        for name, messages in _flat(error.extra_data.get("errors") or error.detail)
    ]
    return _answer(error.status_code, *_told(error.status_code), errors)


def answer_lost_database(error: OperationalError) -> Response:
    """Answer without templates, for those may want the database too."""
    _log.error("database_unavailable", kind=type(error.orig).__name__)
    db.session.remove()
    code, text = _told(503)
    if is_api():
        response = _problem(503, code, text)
    else:
        response = make_response(f"{text} ({request_id()})", 503)
        response.mimetype = "text/plain"
    response.headers["Retry-After"] = "10"
    return response


def _told(status: int) -> tuple[str, str]:
    code, zh, en = _STATUSES.get(status) or _STATUSES[400 if status < _SERVER_ERROR else 500]
    return code, en if current_language() == "en" else zh


def _answer(
    status: int, code: str, text: str, errors: list[dict[str, str]] | None = None, field: str | None = None
) -> Response:
    if is_api():
        blamed = [{"field": field, "code": code, "message": text}] if field and not errors else errors
        return _problem(status, code, text, blamed)
    problem = {"code": code, "message": text, "errors": errors or [], "field": field}
    response = make_response(_page(status, problem), status)
    if request.headers.get("HX-Request") == "true":
        # The page of the error takes the place of the page that asked, not of a part of it.
        response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "body", "innerHTML"
    return response


def _page(status: int, problem: Mapping[str, Any]) -> str:
    general = 400 if status < _SERVER_ERROR else 500
    try:
        return render_template(
            [f"errors/{status}.html", f"errors/{general}.html"], problem=problem, status=status
        )
    except TemplateError:
        # The fault may lie in the frame of every page; people still need the words and the id.
        _log.exception("error_page_failed", status=status)
        return f"{escape(problem['message'])} ({request_id()})"


def _problem(status: int, code: str, text: str, errors: list[dict[str, str]] | None = None) -> Response:
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": text,
        "errors": errors or [],
        "request_id": request_id(),
    }
    response = current_app.response_class(json.dumps(body, ensure_ascii=False), status, mimetype=_PROBLEM)
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Bearer realm="hotline"'
    return response


def _flat(detail: Any, path: str = "") -> list[tuple[str, list[Any]]]:
    """APIFlask nests messages by location and field."""
    if isinstance(detail, Mapping):
        return [
            row
            for key, value in detail.items()
            for row in _flat(value, f"{path}.{key}" if path else str(key))
        ]
    return [(path, detail if isinstance(detail, list) else [detail])] if detail else []
