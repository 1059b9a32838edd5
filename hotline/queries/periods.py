"""Which days are counted: whole days of the city, as the instants at which they begin and end."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """From the first moment of one day to the last of another; its instants are half-open."""

    first_on: date
    last_on: date
    zone: ZoneInfo

    @property
    def starts_at(self) -> datetime:
        return midnight(self.first_on, self.zone)

    @property
    def ends_at(self) -> datetime:
        return midnight(self.last_on + _ONE_DAY, self.zone)

    @property
    def days(self) -> int:
        return (self.last_on - self.first_on).days + 1

    @property
    def words(self) -> str:
        if self.first_on == self.last_on:
            return f"{self.first_on:%Y-%m-%d}"
        return f"{self.first_on:%Y-%m-%d} 至 {self.last_on:%Y-%m-%d}"

    def holds(self, column: Any) -> ColumnElement[bool]:
        """The condition that a moment lies in the period."""
        return and_(column >= self.starts_at, column < self.ends_at)

    def list_days(self) -> list[date]:
        return [self.first_on + _ONE_DAY * number for number in range(self.days)]


def midnight(on: date, zone: ZoneInfo) -> datetime:
    """Tell the instant at which a day of the city begins."""
    return datetime.combine(on, time(), zone).astimezone(UTC)
