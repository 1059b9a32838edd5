"""The duty roster of a unit, week by week: its people read it, its leader and administrators change it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from flask import Blueprint, Response, abort, flash, request, url_for
from sqlalchemy.orm import Session

from database import db
from hotline.models.directory import Listed
from hotline.models.organisation import Unit
from hotline.models.rosters import MOST_IN_LINE
from hotline.queries import rosters as queries
from hotline.queries.directory import find_unit, find_unit_by_code, list_users
from hotline.queries.directory_history import list_changes
from hotline.queries.typed import id_in
from hotline.rosters import forms
from hotline.services import rosters as service
from hotline.services.calendars import city_date, load_calendar
from hotline.services.directory_changes import Signed
from hotline.services.site import current_site
from hotline.web.access import may_call
from hotline.web.auth import current_actor
from hotline.web.complaints import frame_of
from hotline.web.once import lead_to, perform
from hotline.web.pages import render
from workflows.errors import Refused
from workflows.vocabulary import Role

blueprint = Blueprint("rosters", __name__, url_prefix="/rosters")

_WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_PLACES = tuple((str(place), f"第 {place} 位") for place in range(1, MOST_IN_LINE + 1))


@blueprint.get("")
def index() -> Response:
    """Lead somebody to the roster of their own unit."""
    unit_id = current_actor().unit_id
    unit = None if unit_id is None else find_unit(db.session(), unit_id)
    if unit is None:
        return abort(404)
    return lead_to(url_for(".week", code=unit.code))


@blueprint.get("/<code>")
def week(code: str) -> Response:
    """One week of a roster."""
    return _page(_unit(code))


@blueprint.post("/<code>/shifts")
def add(code: str) -> Response:
    """Put somebody on duty."""
    typed, zone = forms.read(request.form), current_site().zone

    def act(session: Session, unit_id: int) -> object:
        return service.add_shifts(session, unit_id, forms.shift_from(typed, zone), _signed())

    return _carry_out(code, act, "班次已加入。", typed)


@blueprint.post("/<code>/shifts/<int:shift_id>/remove")
def remove(code: str, shift_id: int) -> Response:
    """Take somebody off duty."""
    return _carry_out(
        code,
        lambda session, unit_id: service.remove_shift(session, unit_id, shift_id, _signed()),
        "班次已删去。",
    )


@blueprint.post("/<code>/shifts/<int:shift_id>/give")
def give(code: str, shift_id: int) -> Response:
    """Let somebody else stand a shift; two that exchange theirs are two of these."""
    user_id = id_in(request.form.get("user", "")) or 0
    return _carry_out(
        code,
        lambda session, unit_id: service.give_shift(session, unit_id, shift_id, user_id, _signed()),
        "已换人，次序和时间不变。",
    )


@blueprint.post("/<code>/copy")
def copy(code: str) -> Response:
    """Repeat the week before in this one."""
    monday = _monday(_unit(code))
    begins = datetime.combine(monday, datetime.min.time(), current_site().zone).astimezone(UTC)
    copied: list[int] = []

    def act(session: Session, unit_id: int) -> None:
        copied.append(service.copy_week(session, unit_id, begins, _signed()))

    answer = _carry_out(code, act, "")
    if copied and copied[-1]:
        flash(f"已照上周排好 {copied[-1]} 班；已离开的人和已有的班次没有重复。", "success")
    elif copied:
        flash("没有排上：上周没有班次，或都已排好、人已离开。请逐班加入。", "warning")
    return answer


def _carry_out(
    code: str, act: Callable[[Session, int], object], said: str, typed: forms.Typed | None = None
) -> Response:
    unit = _unit(code)
    unit_id, leads_to = unit.id, url_for(".week", code=code, week=_monday(unit).isoformat())
    try:
        return perform(
            lambda session: act(session, unit_id), request.form.get("request_key", ""), leads_to, said=said
        )
    except Refused as refusal:
        return _page(_unit(code), typed, refusal)


def _page(unit: Unit, typed: forms.Typed | None = None, refusal: Refused | None = None) -> Response:
    session, now = db.session(), datetime.now(UTC)
    monday, calendar = _monday(unit), load_calendar(session, unit.calendar)
    today = city_date(calendar, now)
    days = queries.read_week(session, unit, monday, calendar)
    people = [user for user in list_users(session, unit_id=unit.id) if user.is_active]
    return render(
        "rosters/week.html",
        **frame_of(refusal, forms.LABELS),
        unit=unit,
        monday=monday,
        weeks=(monday - timedelta(days=7), monday + timedelta(days=7)),
        days=tuple(zip(_WEEKDAYS, days, strict=True)),
        gaps=sum(len(day.gaps) for day in days),
        unplanned=sum(not day.gaps and not day.is_planned for day in days),
        today=today,
        on_duty=queries.list_on_duty(session, unit.id, now),
        may_edit=service.may_edit_roster(current_actor(), unit.id),
        is_administrator=may_call("units.show"),
        people=[(str(user.id), user.display_name) for user in people],
        places=_PLACES,
        typed=typed or forms.filled(max(monday, today)),
        changes=list_changes(session, Listed.ROSTER, unit.id, most=20),
    )


def _unit(code: str) -> Unit:
    """Read a unit whose roster whoever asks may see: their own, one below it, or any for administrators."""
    unit, actor = find_unit_by_code(db.session(), code), current_actor()
    if unit is None or not (Role.ADMINISTRATOR in actor.roles or unit.id in actor.subtree_unit_ids):
        abort(404)
    return unit


def _monday(unit: Unit) -> date:
    """Which week is looked at: the one of the day named, else this one."""
    today = city_date(load_calendar(db.session(), unit.calendar), datetime.now(UTC))
    try:
        on = date.fromisoformat(request.values.get("week", ""))
    except ValueError:
        on = today
    # A calendar has no days before its first nor after its last year.
    on = on if abs((on - today).days) <= 366 * 5 else today
    return on - timedelta(days=on.weekday())


def _signed() -> Signed:
    return Signed(current_actor(), datetime.now(UTC), "")
