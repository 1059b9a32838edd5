"""What does the reference data of the city look like as JSON."""

from datetime import date

from hotline.api.documents.base import Document, Listing


class UnitOut(Document):
    """An organisation that handles tickets."""

    id: str
    code: str
    name: str
    name_en: str
    short_name: str
    parent: str | None
    tier: int
    kind: str
    district: str


class CategoryOut(Document):
    """A node of the category tree; tickets take leaves."""

    id: str
    code: str
    name: str
    name_en: str
    path: str
    level: int
    parent: str | None
    owner_unit: str | None
    is_leaf: bool


class PolicyOut(Document):
    """How long one clock runs for one case; what is null or `any` holds for all; the narrowest wins."""

    id: str
    clock: str
    limit_class: str
    ticket_type: str | None
    category: str | None
    unit_tier: int | None
    is_rework: bool
    amount: int
    unit: str
    calendar: str
    start_rule: str
    day_end_rule: str
    yellow_amount: int | None
    yellow_unit: str | None
    orange_amount: int | None
    orange_unit: str | None
    pauses_in: list[str]


class Policies(Listing[PolicyOut]):
    """The limits that are valid today."""

    version: int
    valid_from_on: date


class HoursOut(Document):
    """A span of office hours on a weekday; 0 is Monday, and 00:00 as closing is the midnight after."""

    weekday: int
    opens: str
    closes: str


class DayOut(Document):
    """A date that differs from its weekday; `hours`, as pairs of HH:MM, only for special hours."""

    on: date
    kind: str
    name: str
    is_official: bool
    hours: list[list[str]]


class CalendarOut(Document):
    """The working time of the city or of a unit, as its newest edition has it."""

    code: str
    name: str
    edition: int
    zone: str
    hours: list[HoursOut]
    days: list[DayOut]
