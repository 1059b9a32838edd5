"""A unit ends or is merged into another: what hangs on it first, then day, successor and reason."""

from datetime import UTC, datetime

from flask import Response, request, url_for

from database import db
from hotline.admin import unit_forms as forms
from hotline.admin.directory_frame import Form, form_page, seen_version, signed_by_reader
from hotline.admin.units import get_unit, head_of, tickets_of
from hotline.models.directory import Listed
from hotline.models.organisation import Unit
from hotline.queries import unit_pages as pages
from hotline.queries.directory import find_unit, subtree_ids
from hotline.queries.typed import id_in
from hotline.queries.unit_effects import count_effects, list_blockers
from hotline.services import unit_endings as service
from hotline.services.unit_endings import Ending
from hotline.services.units import today_of
from hotline.web.once import perform
from workflows.errors import Code, Refused, invalid


def ending(code: str) -> Response:
    """What hangs on a unit, and the form that ends it."""
    typed = {
        "on": request.args.get("on", today_of(db.session(), datetime.now(UTC)).isoformat()),
        "successor": request.args.get("successor", ""),
        "reason": "",
    }
    unit, is_seen = get_unit(code), "successor" in request.args
    refusal = _find_refusal(unit, typed) if is_seen else None
    return _page(unit, typed, is_seen=is_seen and refusal is None, refusal=refusal)


def end(code: str) -> Response:
    """End a unit, or lay down when it ends."""
    unit, typed = get_unit(code), {name: request.form.get(name, "") for name in ("on", "successor", "reason")}
    unit_id, seen, name = unit.id, seen_version(), unit.name
    try:
        return perform(
            lambda session: service.plan_ending(session, unit_id, _read(typed), seen, signed_by_reader()),
            request.form.get("request_key", ""),
            url_for("units.show", code=code),
            said=f"已保存{name}的{'合并' if typed['successor'] else '停用'}安排。",
        )
    except Refused as refusal:
        return _page(get_unit(code), typed, is_seen=True, refusal=refusal)


def cancel(code: str) -> Response:
    """Let a unit go on that was to end."""
    unit_id, seen = get_unit(code).id, seen_version()
    try:
        return perform(
            lambda session: service.cancel_ending(session, unit_id, seen, signed_by_reader()),
            request.form.get("request_key", ""),
            url_for("units.show", code=code),
            said="已取消停用安排。",
        )
    except Refused as refusal:
        unit = get_unit(code)
        typed = {"on": "", "successor": "", "reason": request.form.get("reason", "")}
        return _page(unit, typed, is_seen=False, refusal=refusal)


def _find_refusal(unit: Unit, typed: forms.Typed) -> Refused | None:
    """Tell what is wrong with the day or the successor before anybody has written a reason."""
    if unit.ended_on is not None and typed["on"] == unit.ended_on.isoformat():
        return None  # planned already; when the day is over the page tells what still stands in the way
    try:
        faults = service.find_faults(
            db.session(), unit, _read(typed), today_of(db.session(), datetime.now(UTC))
        )
    except Refused as refusal:
        return refusal
    return invalid(*faults) if faults else None


def _read(typed: forms.Typed) -> Ending:
    return Ending(forms.day_from("on", typed["on"]), forms.id_from("successor", typed["successor"]))


def _page(unit: Unit, typed: forms.Typed, *, is_seen: bool, refusal: Refused | None = None) -> Response:
    session, now = db.session(), datetime.now(UTC)
    successor_id = id_in(typed["successor"])
    successor = None if successor_id is None else find_unit(session, successor_id)
    context = {
        **head_of(unit),
        "typed": typed,
        "is_seen": is_seen,
        "heir": successor,
        "is_today": typed["on"] <= today_of(session, now).isoformat(),
        "is_refused": refusal is not None and refusal.code == Code.UNIT_NOT_EMPTY,
        "choices_": pages.list_choices(session, leaving_out=subtree_ids(session, unit.id)),
        "effects": count_effects(session, unit.id, now),
        "blockers": list_blockers(session, unit, successor) if is_seen else (),
        **tickets_of(unit),
    }
    return form_page(Form("units/end.html", forms.LABELS, Listed.UNIT, unit.id, context), refusal)
