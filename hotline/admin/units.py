"""The tree of units, one unit with all that hangs on it, and the forms that make, change and move one."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from flask import Response, abort, request, url_for

from database import db
from hotline.admin import unit_forms as forms
from hotline.admin.directory_frame import Form, form_page, seen_version, signed_by_reader, take_over
from hotline.models.directory import Listed
from hotline.models.organisation import Unit, UnitKind
from hotline.queries import unit_pages as pages
from hotline.queries.directory import find_unit, find_unit_by_code, subtree_ids
from hotline.queries.directory_history import list_changes
from hotline.queries.typed import id_in
from hotline.queries.unit_effects import count_effects, list_open_tickets
from hotline.services import units as service
from hotline.services.identity import takes_sms
from hotline.web.access import may_call
from hotline.web.complaints import frame_of
from hotline.web.once import perform
from hotline.web.pages import render
from workflows.errors import Code, Refused

_LONGEST_WORDS = 60
_MOST_TICKETS = 20
_KINDS = [(kind.value, kind.label_zh) for kind in UnitKind]


def index() -> Response:
    """The tree, today or as it stood on a day; with words, the units that are meant."""
    words = request.args.get("q", "").strip()[:_LONGEST_WORDS]
    today = service.today_of(db.session(), datetime.now(UTC))
    on, refusal = _day_asked()
    with_ended = bool(request.args.get("ended")) and on is None
    tree = pages.read_tree(db.session())
    ended = sum(node.is_ended for node in pages.flatten(tree))
    if on is not None:
        tree = pages.only_those(tree, lambda node: service.stood_on(node.unit, on, today))
    elif not with_ended and not words:
        tree = pages.without_ended(tree)
    return render(
        "units/index.html",
        words=words,
        with_ended=with_ended,
        is_expanded=bool(request.args.get("expanded")),
        ended=ended,
        tree=tree,
        found=pages.find_nodes(tree, words, with_ended=with_ended or on is not None) if words else [],
        today=today,
        on=on,
        stood=lambda unit: on is None or service.stood_on(unit, on, today),
        asked=request.args.get("on", ""),
        **frame_of(refusal, {"on": "日期"}),
    )


def _day_asked() -> tuple[date | None, Refused | None]:
    try:
        text = request.args.get("on", "").strip()
        return (forms.day_from("on", text) if text else None), None
    except Refused as refusal:
        return None, refusal


def show(code: str) -> Response:
    """One unit: what it is, what hangs on it, and what befell it."""
    unit, now = get_unit(code), datetime.now(UTC)
    today = service.today_of(db.session(), now)
    return render(
        "units/show.html",
        **head_of(unit),
        **tickets_of(unit),
        facts=service.said_of(unit),
        is_out_of_reach=bool(unit.liaison_phone) and not takes_sms(unit.liaison_phone),
        duty=dict(pages.list_calendar_names(db.session())).get(unit.calendar, unit.calendar),
        effects=count_effects(db.session(), unit.id, now),
        below=pages.list_below(db.session(), unit.id),
        merged=pages.list_merged(db.session(), unit.id),
        changes=list_changes(db.session(), Listed.UNIT, unit.id),
        is_overdue=pages.is_overdue(unit, today),
    )


def new() -> Response:
    """The form of a new unit, below one of those there are."""
    above_id = id_in(request.args.get("parent", ""))
    above = None if above_id is None else find_unit(db.session(), above_id)
    return form_page(_new_form(forms.empty() if above is None else forms.below(above)))


def create() -> Response:
    """Add a unit."""
    typed = forms.read(request.form)
    try:
        return perform(
            lambda session: service.create_unit(session, forms.new_from(typed), signed_by_reader()),
            request.form.get("request_key", ""),
            lambda unit: url_for("units.show", code=unit.code),
            said=f"已新建{typed['name']}。",
        )
    except Refused as refusal:
        return form_page(_new_form(typed), refusal)


def edit(code: str) -> Response:
    """The form of a unit as it is."""
    unit = get_unit(code)
    return form_page(_edit_form(unit, forms.filled(unit)))


def save(code: str) -> Response:
    """Write what a unit is."""
    unit, typed = get_unit(code), forms.read(request.form)
    unit_id, seen = unit.id, seen_version()
    try:
        return perform(
            lambda session: service.edit_unit(
                session, unit_id, forms.written_from(typed), seen, signed_by_reader()
            ),
            request.form.get("request_key", ""),
            url_for("units.show", code=code),
            said="已保存。",
        )
    except Refused as refusal:
        unit = get_unit(code)
        if refusal.code == Code.RECORD_CHANGED:
            typed = take_over(typed, forms.filled(unit))
        return form_page(_edit_form(unit, typed), refusal)


def moving(code: str) -> Response:
    """Choose the unit above, and see what a move would change."""
    return _moving_page(get_unit(code), request.args.get("to"))


def move(code: str) -> Response:
    """Put a unit under another one."""
    unit, chosen = get_unit(code), request.form.get("parent", "")
    unit_id, seen = unit.id, seen_version()
    try:
        return perform(
            lambda session: service.move_unit(
                session, unit_id, forms.id_from("parent", chosen), seen, signed_by_reader()
            ),
            request.form.get("request_key", ""),
            url_for("units.show", code=code),
            said="已调整上级单位。",
        )
    except Refused as refusal:
        return _moving_page(get_unit(code), chosen, refusal)


def get_unit(code: str) -> Unit:
    """Read a unit, or answer 404."""
    return find_unit_by_code(db.session(), code) or abort(404)


def head_of(unit: Unit) -> Mapping[str, Any]:
    """What the top of each page of a unit shows."""
    successor = None if unit.successor_id is None else find_unit(db.session(), unit.successor_id)
    return {
        "unit": unit,
        "above": pages.path_of(db.session(), unit),
        "successor": successor,
        "is_ended": service.has_ended(unit),
    }


def tickets_of(unit: Unit) -> Mapping[str, Any]:
    """What the list of a unit's open tickets shows, and where it leads whoever may see them."""
    return {
        "tickets": list_open_tickets(db.session(), unit.id, _MOST_TICKETS),
        "links_tickets": may_call("tickets.show"),
        "links_search": may_call("search.index") and unit.is_active,
    }


def _moving_page(unit: Unit, chosen: str | None, refusal: Refused | None = None) -> Response:
    session = db.session()
    below = subtree_ids(session, unit.id)
    above, fault = None, None
    try:
        above_id = forms.id_from("parent", chosen or "")
        above = None if above_id is None else find_unit(session, above_id)
        fault = service.find_fault_of_move(session, unit, above) if chosen is not None else None
    except Refused as unreadable:
        refusal = refusal or unreadable
    context = {
        **head_of(unit),
        "choices_": pages.list_choices(session, leaving_out=below),
        "chosen": chosen,
        "goes_under": above,
        "is_seen": chosen is not None and fault is None,
        "tier": service.tier_below(above, unit.kind),
        "below": len(below) - 1,
        "effects": count_effects(session, unit.id, datetime.now(UTC)),
        "reason": request.form.get("reason", ""),
    }
    if fault is not None and refusal is None:
        refusal = Refused("invalid_input", fault.field, (fault,))
    return form_page(Form("units/move.html", forms.LABELS, Listed.UNIT, unit.id, context), refusal)


def _new_form(typed: forms.Typed) -> Form:
    context = {**_choices(typed), "parents": pages.list_choices(db.session())}
    return Form("units/new.html", forms.LABELS, Listed.UNIT, None, context)


def _edit_form(unit: Unit, typed: forms.Typed) -> Form:
    context = {**_choices(typed), **head_of(unit)}
    return Form("units/edit.html", forms.LABELS, Listed.UNIT, unit.id, context, forms.filled(unit))


def _choices(typed: forms.Typed) -> dict[str, Any]:
    districts = pages.list_districts(db.session())
    known = typed["district"] in {"", *(value for value, _ in districts)}
    own = [] if known else [(typed["district"], typed["district"])]
    return {"typed": typed, "kinds": _KINDS, "districts": [*own, *districts]}
