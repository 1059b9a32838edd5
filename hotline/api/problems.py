"""How does the API say no: problem documents in the language the caller accepts."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Response, g, request
from pydantic import ValidationError

from database import db
from hotline.api.ticket_document import ticket_document
from hotline.api.words import API_SENTENCES, ApiCode
from hotline.queries.scope import find_visible
from hotline.web.auth import signed_in
from hotline.web.errors import Problem, answer_json
from hotline.web.language import current_language
from hotline.web.refusals import field_sentence, sentence
from workflows.errors import Code, FieldCode, FieldError, Refused, invalid

_LANGUAGES = ("zh", "en")
# pydantic's words for what is wrong with a shape, in ours.
_SHAPES: Mapping[str, str] = {
    "missing": FieldCode.REQUIRED,
    "extra_forbidden": FieldCode.UNKNOWN_FIELD,
    "string_type": FieldCode.NOT_TEXT,
    "string_too_long": FieldCode.TOO_LONG,
    "string_too_short": FieldCode.REQUIRED,
    "bool_type": FieldCode.NOT_A_FLAG,
    "int_type": FieldCode.NOT_A_NUMBER,
    "int_parsing": FieldCode.NOT_A_NUMBER,
    "float_type": FieldCode.NOT_A_NUMBER,
    "enum": FieldCode.NOT_A_CHOICE,
    "string_pattern_mismatch": FieldCode.NOT_A_CHOICE,
    "timezone_aware": FieldCode.NOT_AN_INSTANT,
    "datetime_from_date_parsing": FieldCode.NOT_AN_INSTANT,
    "datetime_parsing": FieldCode.NOT_AN_INSTANT,
    "model_type": ApiCode.NOT_AN_OBJECT,
    "dict_type": ApiCode.NOT_AN_OBJECT,
    "greater_than_equal": ApiCode.TOO_SMALL,
}
# Where the workflow's flat names stand in the body of a new ticket.
_NESTED: Mapping[str, str] = {
    "district": "place.district",
    "street": "place.street",
    "address": "place.address",
    "citizen_name": "caller.name",
    "phone": "caller.phone",
    "email": "caller.email",
    "id_number": "caller.id_number",
    "is_anonymous": "caller.anonymous",
    "is_confidential": "caller.confidential",
    "is_minor": "caller.minor",
    "guardian_phone": "caller.guardian_phone",
}


def reader_language() -> str:
    """Give "zh" or "en": what the caller's Accept-Language prefers, else the profile's."""
    accepted = request.accept_languages
    if accepted:
        best = accepted.best_match(_LANGUAGES) or accepted.best_match(("zh-CN", "en-US", "en-GB"))
        if best:
            return best[:2]
    return current_language()


def concern(number: str) -> None:
    """Remember the ticket this request is about, for the problem that shows its present state."""
    g.api_ticket_number = number


def nested(error: Refused) -> Refused:
    """Let a refusal of a new ticket name the fields as the body does."""
    errors = tuple(
        FieldError(_NESTED.get(each.field, each.field), each.code, each.limit) for each in error.errors
    )
    field = None if error.field is None else _NESTED.get(error.field, error.field)
    return Refused(error.code, field, errors, error.details)


def of_shape(error: ValidationError) -> Refused:
    """Make a refusal that names every field whose shape is wrong."""
    found = [
        FieldError(
            ".".join(str(step) for step in each["loc"]),
            _SHAPES.get(each["type"], ApiCode.BAD_VALUE),
            _limit(each.get("ctx", {})),
        )
        for each in error.errors(include_url=False, include_input=False)
    ]
    return invalid(*found)


def answer_refusal(error: Refused) -> Response:
    """Answer any refusal; a stale version brings the ticket as it is now."""
    more: dict[str, Any] = {}
    if error.code == Code.STALE_VERSION and "api_ticket_number" in g:
        ticket = _current_ticket(g.api_ticket_number)
        if ticket is not None:
            more["ticket"] = ticket
    if error.details:
        more["details"] = dict(error.details)
    return answer_json(_problem(error), **more)


def _problem(error: Refused) -> Problem:
    language = reader_language()
    row = sentence(error.code)
    text = row.in_language(language)
    errors: tuple[Mapping[str, str], ...] = tuple(
        {"field": each.field, "code": str(each.code), "message": _field_sentence(each, language)}
        for each in error.errors
    )
    if error.field and not errors:
        errors = ({"field": error.field, "code": str(error.code), "message": text},)
    return Problem(row.status, str(error.code), text, errors)


def _field_sentence(error: FieldError, language: str) -> str:
    own = API_SENTENCES.get(error.code)
    if own is not None:
        return own.in_language(language).replace("{limit}", error.limit)
    return field_sentence(error, language)


def _limit(context: Mapping[str, Any]) -> str:
    return next((str(context[name]) for name in ("max_length", "ge", "le") if name in context), "")


def _current_ticket(number: str) -> Any:
    user = signed_in()
    if user is None:
        return None
    ticket = find_visible(db.session(), number, user.actor)
    if ticket is None:
        return None
    return ticket_document(db.session(), ticket, user.actor, datetime.now(UTC)).model_dump(mode="json")
