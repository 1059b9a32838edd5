"""What became of the calls an agent took: drafts, what came back, what waits, what runs, what is done."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from flask import Response, flash, redirect, request, url_for
from sqlalchemy import ColumnElement, Select, select, union_all
from sqlalchemy.orm import Session

from database import db
from hotline.desk.drafts import list_reasons
from hotline.desk.tabs import list_unfinished
from hotline.models.ticket import Ticket
from hotline.queries.callers import OPEN, OVER
from hotline.queries.incoming_calls import put_aside_ids
from hotline.queries.marks import BadCursorError
from hotline.queries.worklists import Filters, TicketRow, count_each, list_ids, list_page
from hotline.web.auth import current_actor
from hotline.web.menu_counts import waits_at
from hotline.web.moments import city_short
from hotline.web.pages import render
from hotline.web.paging import PAGE, current_mark, links_of
from workflows.definition import Actor
from workflows.vocabulary import TicketState, TicketType

_SHOWN = 60
_BEFORE_DISPATCH = (str(TicketState.DRAFT), str(TicketState.INTAKE_REVIEW))


@dataclass(frozen=True, slots=True)
class View:
    """One list of an agent's own tickets, and what to say while it is empty."""

    name: str
    label: str
    states: Sequence[str]
    empty: str
    only: Sequence[ColumnElement[bool]] = field(default=())
    sort: str = "-created_at"
    is_alarming: bool = False


VIEWS: Sequence[View] = (
    View(
        "drafts",
        "草稿",
        (str(TicketState.DRAFT),),
        "没有草稿。通话中没写完的，按 Ctrl+S 存为草稿。",
        (Ticket.submitted_at.is_(None),),
    ),
    View(
        "returned",
        "退回补录",
        (str(TicketState.DRAFT),),
        "没有退回补录的工单。",
        (Ticket.submitted_at.is_not(None),),
        is_alarming=True,
    ),
    View("review", "待审核", (str(TicketState.INTAKE_REVIEW),), "没有等待审核的工单。", sort="due_at"),
    View(
        "open",
        "办理中",
        tuple(state for state in OPEN if state not in _BEFORE_DISPATCH),
        "没有办理中的工单。",
        sort="due_at",
    ),
    View("done", "已办结", OVER, "还没有办结的工单。"),
)


def _lies_with(session: Session, viewer: Actor, now: datetime) -> Select[Any]:
    """What an agent has to finish: drafts, what was sent back, and calls put aside."""
    drafts = Filters(states=(str(TicketState.DRAFT),), registered_by_id=viewer.user_id)
    calls = put_aside_ids(viewer.user_id or 0, now)
    return select(union_all(list_ids(session, viewer, drafts, now), calls).subquery())


waits_at("desk.mine", _lies_with)


def list_beside(draft: Ticket) -> str:
    """Where the draft's neighbours stand: what came back from review has a view of its own."""
    return url_for("desk.mine", view="drafts" if draft.submitted_at is None else "returned")


def mine() -> Response:
    """One view of the agent's own tickets, with the counts of all of them."""
    actor, now = current_actor(), datetime.now(UTC)
    asked = request.args.get("view", VIEWS[0].name)
    view = next((each for each in VIEWS if each.name == asked), VIEWS[0])
    try:
        page = list_page(db.session(), actor, replace(_filters(view, actor), after=current_mark()), now)
    except BadCursorError:
        flash("页码已失效，已回到第一页。", "warning")
        return redirect(url_for("desk.mine", view=view.name), 303)  # type: ignore[return-value]  # also a response
    counts = count_each(db.session(), actor, [_filters(each, actor) for each in VIEWS], now)
    aside = list_unfinished(db.session(), actor.user_id or 0, now)
    held = [counts[0] + len(aside), *counts[1:]]
    return render(
        "desk/mine.html",
        view=view,
        put_aside=aside if view is VIEWS[0] and current_mark() is None else [],
        views=[_item(each, view, count) for each, count in zip(VIEWS, held, strict=True)],
        rows=_rows(page.rows, with_reasons=view.name == "returned"),
        links=links_of(page),
        total=counts[VIEWS.index(view)],
    )


def _filters(view: View, actor: Actor) -> Filters:
    return Filters(
        states=view.states, registered_by_id=actor.user_id, only=view.only, sort=view.sort, limit=PAGE
    )


def _item(each: View, current: View, held: int) -> dict[str, Any]:
    return {
        "label": each.label,
        "url": url_for("desk.mine", view=each.name),
        "count": held,
        "is_current": each is current,
        "is_alarming": each.is_alarming,
    }


def _rows(rows: Sequence[TicketRow], *, with_reasons: bool) -> list[tuple[dict[str, Any], str]]:
    reasons = list_reasons(db.session(), [row.number for row in rows]) if with_reasons else {}
    return [(_row(row, reasons.get(row.number, "")), _url(row)) for row in rows]


def _row(row: TicketRow, reason: str) -> dict[str, Any]:
    place = f"{row.district}{row.street}"
    about = TicketType(row.type).label_zh
    why = f"退回原因：{reason[:_SHOWN]}{'…' if len(reason) > _SHOWN else ''}" if reason else ""
    return {
        "number": row.number,
        "title": row.title,
        "state": row.state,
        "light": row.light if row.due_at is not None or row.closed_at is not None else None,
        "due_at": row.due_at if row.closed_at is None else None,
        "meta": " ".join(filter(None, (city_short(row.created_at), about, place, row.unit, why))),
        "tags": [("保密", "line")] if row.is_confidential else [],
    }


def _url(row: TicketRow) -> str:
    endpoint = "desk.draft" if row.state == TicketState.DRAFT else "tickets.show"
    return url_for(endpoint, number=row.number)
