"""What is every answer made of: frozen documents, instants with offset, pages of a list."""

from datetime import datetime
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, PlainSerializer, WithJsonSchema

from hotline.services.site import current_site


def rfc3339(value: datetime) -> str:
    """Write an instant with the city's offset."""
    return value.astimezone(current_site().zone).isoformat(timespec="seconds")


Moment = Annotated[
    datetime,
    PlainSerializer(rfc3339, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
Row = TypeVar("Row", bound=BaseModel)


class Document(BaseModel):
    """What every answer is."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Listing(Document, Generic[Row]):
    """One page; `next` is the mark of the page after it. `total` only when asked for."""

    items: list[Row]
    next: str | None = None
    total: int | None = None


class FieldProblem(Document):
    """One field to mend."""

    field: str
    code: str
    message: str
