"""What do all pages of one calendar share: which it is, how it stands, how a change is carried out?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Response, abort, flash, request, url_for
from sqlalchemy.orm import Session

from database import db
from hotline.models.calendars import Calendar, Origin
from hotline.queries.calendar_pages import EditionLine, count_running, find_calendar, list_editions
from hotline.queries.calendar_states import CalendarState, read_state
from hotline.queries.typed import id_in
from hotline.services.calendar_editing import day_changes, week_changes
from hotline.services.calendars import (
    Amendment,
    Author,
    DayChange,
    amend,
    city_date,
    last_number,
    load_calendar,
)
from hotline.web.auth import current_actor
from hotline.web.complaints import complaints_of
from hotline.web.errors import problem_of_refusal
from hotline.web.once import perform
from hotline.web.pages import render
from workflows.errors import Code, Refused

_SAVE, _BACK = "save", "back"
_NOT_TYPED = frozenset({"csrf_token", "request_key", "step", "edition"})


@dataclass(frozen=True, slots=True)
class Opened:
    """A calendar and its newest edition."""

    calendar: Calendar
    state: CalendarState

    @property
    def code(self) -> str:
        return self.calendar.code


@dataclass(frozen=True, slots=True)
class Form:
    """A form that changes a calendar: its page, what is on it, the labels of its fields, where it leads."""

    template: str
    context: Mapping[str, Any]
    labels: Mapping[str, str]
    url: str
    leads_to: str
    origin: Origin = Origin.CORRECTED


def open_calendar(code: str) -> Opened:
    """Read a calendar as it stands, or answer 404."""
    calendar = find_calendar(db.session(), code) or abort(404)
    return Opened(calendar, read_state(db.session(), calendar.id, last_number(db.session(), calendar.id)))


def form_page(opened: Opened, form: Form, refusal: Refused | None = None) -> Response:
    """Show a form, with what is wrong with it; what was typed is in the form's context."""
    problem = None if refusal is None else problem_of_refusal(refusal)
    is_stale = refusal is not None and refusal.code == Code.STALE_EDITION
    return render(
        form.template,
        status=problem.status if problem else 200,
        opened=opened,
        form=form,
        problem=problem,
        newest=_newest(opened) if is_stale else None,
        has_errors=problem is not None,
        **complaints_of(problem, form.labels),
        **form.context,
    )


def carry_out(
    opened: Opened, form: Form, build: Callable[[CalendarState], Amendment], reason: str
) -> Response:
    """Show what a change would do, and do it once that was seen; a refusal shows the form as it was typed."""
    if request.form.get("step") == _BACK:
        return form_page(opened, form)
    try:
        if request.form.get("step") == _SAVE:
            return _save(opened, form, build, reason)
        return _confirm_page(opened, form, _based(opened, build))
    except Refused as refusal:
        return form_page(open_calendar(opened.code), form, refusal)


def author_of(reason: str, origin: Origin = Origin.CORRECTED) -> Author:
    """Name whoever is signed in as the author of a change."""
    return Author(datetime.now(UTC), reason, current_actor().user_id, origin)


def kept_sentence(running: int) -> str:
    """Say what becomes of the clocks that run."""
    return (
        f"跨过这些日子的 {running} 项在计时时限保持原到期时间。" if running else "没有正在计时的时限受影响。"
    )


def running_over(opened: Opened, days: list[DayChange]) -> int:
    """Count the running clocks that pass over changed days, or over all days to come."""
    if days:
        return count_running(db.session(), opened.calendar, days[0].on, days[-1].on)
    today = city_date(load_calendar(db.session(), opened.code), datetime.now(UTC))
    return count_running(db.session(), opened.calendar, today)


def _confirm_page(opened: Opened, form: Form, amendment: Amendment) -> Response:
    days = day_changes(opened.state, amendment)
    week = week_changes(opened.state, amendment)
    return render(
        "admin/calendars/confirm.html",
        opened=opened,
        form=form,
        days=days,
        week=week,
        effect=kept_sentence(running_over(opened, days)),
        typed=[
            (name, text) for name in request.form for text in [request.form[name]] if name not in _NOT_TYPED
        ],
    )


def _save(opened: Opened, form: Form, build: Callable[[CalendarState], Amendment], reason: str) -> Response:
    calendar_id, author, told = opened.calendar.id, author_of(reason, form.origin), list[str]()

    def act(session: Session) -> None:
        amendment = _based(opened, build)
        running = running_over(opened, day_changes(opened.state, amendment))
        edition = amend(session, calendar_id, amendment, author)
        told.append(f"已保存为第 {edition.number} 版。{kept_sentence(running)}")

    response = perform(act, request.form.get("request_key", ""), form.leads_to)
    for sentence in told:  # nothing, when this press was answered before
        flash(sentence, "success")
    return response


def _based(opened: Opened, build: Callable[[CalendarState], Amendment]) -> Amendment:
    """Write the change, unless somebody saved another edition since the form was opened."""
    if request.form.get("edition", type=id_in) != opened.state.number:
        raise Refused(Code.STALE_EDITION)
    return build(opened.state)


def _newest(opened: Opened) -> EditionLine | None:
    editions = list_editions(db.session(), opened.calendar.id)
    return editions[0] if editions else None


def year_url(code: str, year: int | None = None) -> str:
    """The address of a calendar's page."""
    return url_for("calendars.show", code=code, year=year)
