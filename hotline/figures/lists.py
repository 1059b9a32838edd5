"""The tickets behind a figure: of one measure, unit, category, type or district in a period."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Response, abort, request, url_for
from sqlalchemy import ColumnElement, and_

from database import db
from hotline.figures.asked import AskedPeriod, one_of
from hotline.figures.beside import rate_of
from hotline.figures.definitions import MEASURE_LABELS
from hotline.figures.frame import asked_period, render_period
from hotline.models.ticket import Ticket
from hotline.queries.lateness import lateness_of
from hotline.queries.marks import BadCursorError
from hotline.queries.measures import Measure, behind
from hotline.queries.trees import category_tree, unit_tree
from hotline.queries.typed import id_in
from hotline.queries.worklists import Filters, Page, TicketRow, count, list_page
from hotline.services.taking import MOST_AT_ONCE
from hotline.web.auth import current_actor
from hotline.web.moments import city_time, span
from hotline.web.sheet import HEADING, cells_of
from hotline.web.taking import count_as_taken
from hotline.web.workbook import Cover, Table, answer_with_book
from workflows.vocabulary import IntakeChannel, TicketState, TicketType

_PAGE_SIZE = 50
_NONE = "none"
_MOST_HOURS = 7 * 24


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address narrows the list to; without a measure it is what came in.

    `hours` are the last ones of the period, of what rises: a span that ends now, not with a day.
    """

    measure: Measure | None
    unit: int | None
    category: int | None
    is_uncategorised: bool
    type: str
    district: str | None
    channel: str
    hours: int | None

    def since(self, until: datetime) -> datetime | None:
        """Tell where the last hours begin, if the address asks for those only."""
        return None if self.hours is None else until - timedelta(hours=self.hours)

    def filters(self, period: AskedPeriod, now: datetime) -> Filters:
        """Turn the address into the filters of a list, newest first."""
        only: list[ColumnElement[bool]] = [Ticket.state != TicketState.DRAFT.value]
        if self.measure is not None:
            only.append(behind(self.measure, period.period, self.unit))
        else:
            until = min(period.period.ends_at, now)
            since = self.since(until)
            only.append(
                period.period.holds(Ticket.created_at)
                if since is None
                else and_(Ticket.created_at >= since, Ticket.created_at < until)
            )
            if self.unit is not None:
                only.append(Ticket.unit_id == self.unit)
        if self.is_uncategorised:
            only.append(Ticket.category_id.is_(None))
        if self.district is not None:
            only.append(Ticket.district == self.district)
        categories = () if self.category is None else (self.category,)
        types = (self.type,) if self.type else ()
        return Filters(
            types=types,
            category_ids=categories,
            channels=(self.channel,) if self.channel else (),
            only=only,
            sort="-created_at",
            limit=_PAGE_SIZE,
        )

    @property
    def query(self) -> dict[str, Any]:
        values = {
            "measure": self.measure,
            "unit": self.unit,
            "category": _NONE if self.is_uncategorised else self.category,
            "type": self.type or None,
            "district": self.district,
            "channel": self.channel or None,
            "hours": self.hours,
        }
        return {name: value for name, value in values.items() if value is not None}


def tickets() -> Response:
    """One page of the list."""
    now = datetime.now(UTC)
    asked, period = _asked(), asked_period(now)
    filters = replace(asked.filters(period, now), after=request.args.get("after") or None)
    page = _page(filters, now)
    older = None
    if page.next is not None:
        older = url_for("figures.tickets", **period.query, **asked.query, after=page.next)
    return render_period(
        "figures/tickets.html",
        period,
        now,
        words=_words(asked, period, now),
        kept={name: value for name, value in asked.query.items() if name != "hours"},
        page=page,
        late_by=_late_by(asked, page.rows),
        beside=rate_of(asked.measure, asked.unit, period),
        total=count(db.session(), current_actor(), filters, now),
        is_first=filters.after is None,
        older=older,
        export=url_for("figures.export_tickets", **period.query, **asked.query),
    )


def export_tickets() -> Response:
    """The list as a workbook: its first rows, without callers."""
    now = datetime.now(UTC)
    asked, period = _asked(), asked_period(now)
    filters = asked.filters(period, now)
    total = count(db.session(), current_actor(), filters, now)
    found = list_page(db.session(), current_actor(), replace(filters, limit=MOST_AT_ONCE), now).rows
    count_as_taken(len(found))
    cut_at = len(found) if total > len(found) else None
    cover = Cover("工单清单", _words(asked, period, now), now, cut_at=cut_at)
    late_by = _late_by(asked, found)
    more = ("超期时长",) if late_by else ()
    rows = [
        [*cells_of(row, period.period.zone), *([late_by.get(row.number, "")] if late_by else [])]
        for row in found
    ]
    return answer_with_book("tickets", cover, [Table("工单", (*HEADING, *more), rows)])


def _late_by(asked: Asked, rows: Sequence[TicketRow]) -> dict[str, str]:
    """Say by how much each was late, where the list is of those that were."""
    if asked.measure is not Measure.LATE:
        return {}
    found = lateness_of(db.session(), [row.number for row in rows])
    return {number: span(length) for number, length in found.items()}


def _page(filters: Filters, now: datetime) -> Page:
    try:
        return list_page(db.session(), current_actor(), filters, now)
    except BadCursorError:
        abort(400)


def _asked() -> Asked:
    category = request.args.get("category", "")
    return Asked(
        measure=one_of(request.args.get("measure"), Measure, None),
        unit=id_in(request.args.get("unit", "")),
        category=id_in(category),
        is_uncategorised=category == _NONE,
        type=str(one_of(request.args.get("type"), TicketType, "")),
        district=_district(request.args.get("district")),
        channel=str(one_of(request.args.get("channel"), IntakeChannel, "")),
        hours=_hours(request.args.get("hours", "")),
    )


def _district(text: str | None) -> str | None:
    # PostgreSQL refuses to compare with what no text of ours holds, such as NUL.
    return text if text is None or text.isprintable() else None


def _hours(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and 0 < int(text) <= _MOST_HOURS else None


def _span(asked: Asked, period: AskedPeriod, now: datetime) -> str:
    until = min(period.period.ends_at, now)
    since = asked.since(until)
    return period.period.words if since is None else f"{city_time(since)} 至 {city_time(until)}"


def _words(asked: Asked, period: AskedPeriod, now: datetime) -> list[tuple[str, str]]:
    """Say the filter as people read it."""
    session = db.session()
    category = "未分类" if asked.is_uncategorised else category_tree(session).name(asked.category)
    parts = [
        ("清单", "受理的工单" if asked.measure is None else MEASURE_LABELS[asked.measure]),
        ("单位", unit_tree(session).name(asked.unit) if asked.unit is not None else ""),
        ("分类", category),
        ("诉求类型", TicketType(asked.type).label_zh if asked.type else ""),
        ("区划", "" if asked.district is None else asked.district or "未填写"),
        ("来源", IntakeChannel(asked.channel).label_zh if asked.channel else ""),
        ("统计时段", _span(asked, period, now)),
    ]
    return [(name, value) for name, value in parts if value]
