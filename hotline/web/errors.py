"""How is "no" or "not now" answered: a page for people, RFC 9457 problem+json under /api, nothing leaked."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

import structlog
from apiflask import APIFlask, HTTPError
from flask import Response, current_app, json, make_response, redirect, render_template, request
from flask_limiter import RateLimitExceeded
from jinja2 import Template, TemplateError
from markupsafe import escape
from sqlalchemy.exc import DBAPIError, OperationalError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from database import db
from hotline.web.above import page_above
from hotline.web.auth import forget_user, is_api
from hotline.web.language import current_language
from hotline.web.refusals import field_sentence, sentence
from hotline.web.request_log import request_id
from hotline.web.security import came_from
from workflows.errors import Code, Refused

_log = structlog.get_logger(__name__)
_REFUSED = "refused"
_TRY_AGAIN = 10
_STATUSES_OF_OURS = 500  # from here on the fault is ours, not the caller's

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


@dataclass(frozen=True, slots=True)
class Problem:
    """One "no" in the reader's language. `told` is what only this case can say, for people's pages."""

    status: int
    code: str
    text: str
    errors: tuple[Mapping[str, str], ...] = ()
    page: str = ""
    retry_after: int | None = None

    @property
    def told(self) -> str | None:
        """The sentence of a refusal with those of its fields; other pages have words of their own."""
        if self.page != _REFUSED:
            return None
        return " ".join(
            [self.text, *(each["message"] for each in self.errors if each["message"] != self.text)]
        )


def answer_http(error: HTTPException) -> Response:
    """Answer an HTTP error; what werkzeug would print is not shown, for it may quote the request."""
    if error.response is not None:  # a redirect, or an answer somebody made by hand
        return make_response(error.response)
    if isinstance(error, MethodNotAllowed) and (above := _above()):
        return make_response(redirect(above, HTTPStatus.SEE_OTHER))
    problem = problem_of_status(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    if isinstance(error, RateLimitExceeded):
        problem = replace(problem, retry_after=error.limit.limit.get_expiry())
    response = answer(problem)
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(error.valid_methods)
    return response


def answer_refusal(error: Refused) -> Response:
    """Answer the workflow's "no" with its sentence, the fields to mend and the status of its code."""
    return answer(problem_of_refusal(error))


def answer_api_input(error: HTTPError) -> Response:
    """Answer input that does not fit the documented schema."""
    errors = tuple(
        {"field": name, "code": "invalid", "message": "; ".join(map(str, messages))}
        for name, messages in _flat(error.extra_data.get("errors") or error.detail)
    )
    return answer(replace(problem_of_status(error.status_code), errors=errors))


def answer_lost_database(error: DBAPIError) -> Response:
    """Answer as to nobody: who is asking cannot be looked up, and the frame of every page would try to."""
    _log.error("database_unavailable", kind=type(error.orig).__name__)
    forget_user()
    db.session.remove()
    return answer(replace(problem_of_status(HTTPStatus.SERVICE_UNAVAILABLE), retry_after=_TRY_AGAIN))


def problem_of_status(status: int) -> Problem:
    """Say what an HTTP status means here; an unknown one is told like the general one of its class."""
    code, zh, en = _STATUSES.get(status) or _STATUSES[500 if status >= _STATUSES_OF_OURS else 400]
    return Problem(status, code, en if current_language() == "en" else zh, page=str(status))


def problem_of_refusal(error: Refused) -> Problem:
    """Say a refusal in the reader's language; a stale version has a page of its own."""
    language = current_language()
    row = sentence(error.code)
    text = row.in_language(language)
    errors: tuple[Mapping[str, str], ...] = tuple(
        {"field": each.field, "code": str(each.code), "message": field_sentence(each, language)}
        for each in error.errors
    )
    if error.field and not errors:
        errors = ({"field": error.field, "code": str(error.code), "message": text},)
    page = "409" if error.code == Code.STALE_VERSION else _REFUSED
    return Problem(row.status, str(error.code), text, errors, page)


def answer(problem: Problem) -> Response:
    """Answer in the caller's shape: JSON under /api, else a page, which takes the whole place under htmx."""
    if is_api():
        response = answer_json(problem)
    else:
        response = make_response(_page(problem), problem.status)
        if request.headers.get("HX-Request") == "true":
            response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "body", "innerHTML"
    if problem.retry_after is not None:
        response.headers["Retry-After"] = str(problem.retry_after)
    return response


def answer_json(problem: Problem, **more: Any) -> Response:
    """Answer as RFC 9457 says; `more` are members of this one problem, such as the current ticket."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "code": problem.code,
        "detail": problem.text,
        "errors": list(problem.errors),
        "request_id": request_id(),
        **more,
    }
    text = json.dumps(body, ensure_ascii=False)
    response = current_app.response_class(text, problem.status, mimetype="application/problem+json")
    if problem.status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Bearer realm="hotline"'
    return response


def _page(problem: Problem) -> str:
    general = "500" if problem.status >= _STATUSES_OF_OURS else "400"
    pages: list[str | Template] = [f"errors/{name}.html" for name in (problem.page, general)]
    try:
        return render_template(
            pages, problem=problem.told, retry_after=problem.retry_after, back_url=_back_url()
        )
    except (TemplateError, OperationalError):
        # The fault may lie in the frame of every page; people still need the words and the id.
        _log.exception("error_page_failed", status=problem.status)
        return f"{escape(problem.text)} ({request_id()})"


def _back_url() -> str | None:
    """Where a refused form was filled in."""
    return None if request.method == "GET" else came_from()


def _above() -> str | None:
    """Where to go on from the address of a form that somebody opened as if it were a page."""
    return page_above() if request.method == "GET" and not is_api() else None


def _flat(detail: Any, path: str = "") -> list[tuple[str, list[Any]]]:
    """APIFlask nests messages by location and field."""
    if isinstance(detail, Mapping):
        return [
            row
            for key, value in detail.items()
            for row in _flat(value, f"{path}.{key}" if path else str(key))
        ]
    return [(path, detail if isinstance(detail, list) else [detail])] if detail else []
