"""What did the caller send: a body, a query, a version, a key, an id; each read strictly or refused."""

import re
from http import HTTPStatus
from typing import TypeVar

from flask import abort, request
from pydantic import BaseModel, ValidationError

from hotline.api.inputs import PageQuery
from hotline.api.problems import of_shape
from hotline.api.strict_json import is_storable, read_object
from hotline.api.words import ApiCode
from hotline.queries.typed import row_id_in
from hotline.web.auth import current_actor
from workflows.errors import Code, FieldCode, FieldError, Refused, invalid
from workflows.vocabulary import Role

Shape = TypeVar("Shape", bound=BaseModel)

LARGEST_JSON = 1024 * 1024
LONGEST_KEY = 255
_KEY = re.compile(rf"[\x21-\x7e]{{1,{LONGEST_KEY}}}")
_NUMBER = re.compile(r"[A-Za-z0-9-]{1,24}")
_VERSION = re.compile(r'(?:W/)?"?([0-9]{1,9})"?')


def read_body(shape: type[Shape]) -> Shape:
    """Read the JSON body in its shape; no body at all counts as an empty object."""
    request.max_content_length = LARGEST_JSON
    raw = request.get_data()
    if raw and request.mimetype != "application/json":
        abort(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    try:
        return shape.model_validate(read_object(raw) if raw else {})
    except ValidationError as error:
        raise of_shape(error) from error


def read_query(shape: type[Shape]) -> Shape:
    """Read the query string; only fields that are lists may be repeated."""
    given: dict[str, str | list[str]] = {}
    for name, values in request.args.lists():
        if not all(is_storable(text) for text in (name, *values)):
            raise invalid(FieldError("", FieldCode.BAD_CHARACTER))
        is_list = "list" in str(getattr(shape.model_fields.get(name), "annotation", ""))
        if len(values) > 1 and not is_list:
            raise invalid(FieldError(name, ApiCode.DUPLICATE_FIELD))
        given[name] = values if is_list else values[0]
    try:
        return shape.model_validate(given)
    except ValidationError as error:
        raise of_shape(error) from error


def wanted_number(number: str) -> str:
    """Check a ticket's number. Raises Refused for what can be none."""
    if not _NUMBER.fullmatch(number):
        raise Refused(Code.NOT_FOUND)
    return number


def wanted_id(text: str) -> int:
    """Check a row's id. Raises Refused for what can be none."""
    row_id = row_id_in(text)
    if row_id == 0:
        raise Refused(Code.NOT_FOUND)
    return row_id


def wanted_version(in_body: int | str | None) -> int | None:
    """Read the version from If-Match or the body; only systems may leave it out. Raises Refused naming it."""
    given = [str(each) for each in (request.headers.get("If-Match"), in_body) if each is not None]
    found = [_VERSION.fullmatch(each.strip()) for each in given]
    if not given and current_actor().roles == frozenset({Role.IMPORTER}):
        return None
    if not given:
        raise invalid(FieldError("version", FieldCode.REQUIRED))
    versions = {int(match.group(1)) for match in found if match is not None}
    if None in found or len(versions) > 1:
        raise invalid(FieldError("version", FieldCode.NOT_A_NUMBER))
    return versions.pop()


def idempotency_key() -> str | None:
    """Read the key the caller chose for this request. Raises Refused for one that is too long or odd."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and not _KEY.fullmatch(key):
        raise invalid(FieldError("Idempotency-Key", ApiCode.BAD_KEY))
    return key


def wanted_mark(query: PageQuery) -> int:
    """Read the mark of a list that is ordered by a number; 0 is before the first."""
    if query.after is None:
        return 0
    mark = row_id_in(query.after)
    if mark == 0:
        raise invalid(FieldError("after", ApiCode.BAD_CURSOR))
    return mark
