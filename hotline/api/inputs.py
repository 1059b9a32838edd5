"""What may be sent: the shapes of bodies and query strings. Values are the workflow's business.

Bodies are strict: a number is no text, a text no number, and a field nobody knows is refused.
"""

import re
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from hotline.models.calendars import CITY_CALENDAR
from hotline.models.incoming_calls import CallState
from hotline.models.reveals import Purpose
from workflows.choices import StatementKind
from workflows.data import CONTENT_LIMIT, TITLE_LIMIT
from workflows.vocabulary import (
    IntakeChannel,
    Light,
    RequestKind,
    TicketState,
    TicketType,
    Urgency,
    Word,
)

_FIRST_YEAR, _LAST_YEAR = 1900, 9000
MOST_ROWS = 200
_RFC_3339 = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}.*")


def _words(words: type[Word]) -> Any:
    """Name the choices in the document; the workflow refuses any other in the reader's language."""
    return Field(json_schema_extra={"enum": [word.value for word in words]})


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Query(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _without_blanks(value: Any) -> Any:
    """An empty text or list says as little as null, whatever kind of data it stands for."""
    if not isinstance(value, dict):
        return value
    return {name: None if each in ("", []) else each for name, each in value.items()}


Data = Annotated[dict[str, Any], BeforeValidator(_without_blanks)]
Version = Annotated[int | str | None, Field(description="the ticket's version as you saw it; or If-Match")]


class Place(_Body):
    """Where it happened."""

    district: str | None = None
    street: str | None = None
    address: str | None = None
    lat: Annotated[float, Field(ge=-90, le=90)] | None = None
    lng: Annotated[float, Field(ge=-180, le=180)] | None = None


class Caller(_Body):
    """Who asks. Unless anonymous, a phone number or an e-mail address is needed."""

    name: str | None = None
    phone: str | None = None
    email: str | None = None
    id_number: Annotated[
        str | None,
        Field(description="of an identity document, only where the matter cannot be handled without it"),
    ] = None
    anonymous: bool = False
    confidential: bool = False
    minor: bool = False
    guardian_phone: Annotated[
        str | None,
        Field(description="told in the place of a minor"),
    ] = None


class NewTicket(_Body):
    """One citizen's request. `submit` false keeps it as a draft."""

    type: Annotated[str, _words(TicketType)]
    content: Annotated[str, Field(description=f"at most {CONTENT_LIMIT} characters")]
    title: Annotated[str | None, Field(description=f"at most {TITLE_LIMIT} characters")] = None
    channel: Annotated[str, _words(IntakeChannel)]
    urgency: Annotated[str | None, Field(json_schema_extra={"enum": [*Urgency, None]})] = None
    category: Annotated[str | None, Field(description="id, code or path of a leaf")] = None
    place: Place | None = None
    caller: Caller
    accused: str | None = None
    callback_wanted: bool | None = None
    statement: Annotated[
        str | None,
        Field(
            description="how the caller was told what becomes of their data",
            json_schema_extra={"enum": [*StatementKind, None]},
        ),
    ] = None
    statement_number: Annotated[int | None, Field(description="which version of it they were told")] = None
    submit: bool = True


class CallerLook(_Body):
    """What somebody needs to know for who asked; the purpose `other`, and a minor, need words."""

    purpose: Annotated[str | None, Field(json_schema_extra={"enum": [*Purpose, None]})] = None
    words: str | None = None


class ActionBody(_Body):
    """What an action takes; GET …/actions says which data each needs."""

    version: Version = None
    data: Data = Field(default_factory=dict)


class NewRequest(_Body):
    """Something to be decided by somebody else; `data` holds what the kind needs."""

    version: Version = None
    kind: Annotated[str, _words(RequestKind)]
    assignment: Annotated[
        str | None, Field(description="the assignment's id; reopening and disclosure are about the ticket")
    ] = None
    data: Data = Field(default_factory=dict)


class PageQuery(_Query):
    """One page of a list."""

    limit: Annotated[int, Field(ge=1, le=MOST_ROWS)] = 50
    after: Annotated[str | None, Field(max_length=200, description="`next` of the page before")] = None
    count: Annotated[int, Field(ge=0, le=1, description="1 asks for `total` as well")] = 0


class CalendarQuery(_Query):
    """Which calendar, the city's if not told, and which year's days."""

    calendar: Annotated[str, Field(max_length=32)] = CITY_CALENDAR
    year: Annotated[int | None, Field(ge=_FIRST_YEAR, le=_LAST_YEAR)] = None


def _listed(value: Any) -> Any:
    return [part for item in value for part in item.split(",")] if isinstance(value, list) else value


def _plus_again(value: Any) -> Any:
    """An unescaped + of an offset arrives as a space."""
    return value.replace(" ", "+") if isinstance(value, str) and "T" in value else value


def _written_out(value: Any) -> Any:
    """Left to itself a number would be taken for the seconds since 1970."""
    if not isinstance(value, str) or not _RFC_3339.fullmatch(value):
        kind = "datetime_parsing"
        raise PydanticCustomError(kind, "an instant is written as RFC 3339 says")
    return value


def is_near(value: datetime) -> bool:
    """Instants at the ends of time cannot be moved to another zone."""
    return _FIRST_YEAR <= value.year <= _LAST_YEAR


def _near(value: datetime) -> datetime:
    if not is_near(value):
        message = "the year is out of range"
        raise ValueError(message)
    return value


# The validators before run from the last to the first.
Instant = Annotated[
    AwareDatetime, BeforeValidator(_written_out), BeforeValidator(_plus_again), AfterValidator(_near)
]
_Many = BeforeValidator(_listed)


class TicketQuery(PageQuery):
    """Which tickets, in what order. Filters of several words take commas or repeats."""

    state: Annotated[list[TicketState], _Many] = []
    type: Annotated[list[TicketType], _Many] = []
    urgency: Annotated[list[Urgency], _Many] = []
    category: Annotated[list[str], _Many] = []
    unit: Annotated[list[str], _Many] = []
    light: Annotated[list[Light], _Many] = []
    overdue: Annotated[int, Field(ge=0, le=1)] = 0
    q: Annotated[str, Field(max_length=100, description="words of texts, place and answers")] = ""
    number: Annotated[str, Field(max_length=24)] = ""
    phone: Annotated[str, Field(max_length=40)] = ""
    created_from: Annotated[Instant | None, Field(description="RFC 3339")] = None
    created_to: Annotated[Instant | None, Field(description="RFC 3339, not included")] = None
    assigned_to_me: Annotated[int, Field(ge=0, le=1)] = 0
    sort: Annotated[str, Field(pattern=r"^-?(due_at|created_at)$")] = "due_at"


class AnnouncedCall(_Body):
    """What a telephone system tells of one call at one agent."""

    call: Annotated[str, Field(min_length=1, max_length=64, description="its name in the telephone system")]
    caller: Annotated[str | None, Field(max_length=40, description="null when hidden")] = None
    agent: Annotated[str, Field(min_length=1, max_length=64, description="user name or staff number")]
    state: Annotated[str, _words(CallState)]
    at: Annotated[
        AwareDatetime,
        Field(strict=False, description="RFC 3339"),
        BeforeValidator(_written_out),
        AfterValidator(_near),
    ]
