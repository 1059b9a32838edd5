"""What does somebody see whose form came too late: what changed, their own words, what is possible?"""

from collections.abc import Iterable, Mapping, Sequence

from flask import Response, make_response, render_template, request, url_for

from hotline.queries.ticket_page import TicketPage, load_page
from hotline.queries.wording import ROWS, field_label
from hotline.services.lifecycle import ENGINES
from hotline.web.action_forms import make_fields
from hotline.web.claims import find_other, is_of_pool
from hotline.web.moments import city_short
from hotline.web.security import safe_next
from hotline.web.ticket_moves import Look, Move, Target, list_moves, url_of
from workflows.definition import NeedKind
from workflows.errors import Code, Refused

TAKE_OVER = "take_over"
_MOST_CHANGES = 5
_CONFLICT, _ABSENT = 409, 404
_TOO_LATE = frozenset({Code.STALE_VERSION, Code.CLAIMED_BY_ANOTHER})

Typed = Mapping[str, Sequence[str]]


def is_too_late(refused: Refused) -> bool:
    """Whether somebody else was faster: the ticket has changed, or somebody has it in hand."""
    return refused.code in _TOO_LATE


def answer_conflict(look: Look, target: Target, move: Move | None, typed: Typed) -> Response:
    """Answer 409 with the typed text kept; one press sends it again when the action is still to be had."""
    page = load_page(look.session, look.ticket, look.viewer, look.now)
    seen = request.form.get("version", 0, int)
    changes = [entry for entry in page.entries if entry.number > seen]
    latest = next((entry for entry in changes if not entry.is_system), changes[0] if changes else None)
    holder = find_other(look.ticket, look.viewer, look.now) if is_of_pool(look.ticket, look.viewer) else None
    conflict = {
        "number": page.number,
        "title": page.title,
        "changed_by": latest.actor if latest else "",
        "changed_at": latest.at if latest else None,
        "holder": holder,
        "state": page.state,
        "clocks": [clock for clock in page.clocks if clock.stopped_at is None],
        "version": page.version,
        "resend_url": url_of(page.number, target) if move else "",
        "kept": list(_kept(typed, is_held=holder is not None)),
        "shown": list(_shown(look, target, typed)),
        "possible": [(other.label, other.url) for other in list_moves(look) if other.target != target],
        "back_url": safe_next(request.form.get("next"), url_for("tickets.show", number=page.number)),
    }
    return _answer(conflict, _changes(page, seen), _CONFLICT)


def answer_gone() -> Response | None:
    """Answer 404 for a ticket that left the writer's unit meanwhile; None when nothing was written."""
    action = (request.view_args or {}).get("action", "")
    needs = (need for row in ROWS.values() if row.action == action for need in row.needs)
    texts = dict.fromkeys(need.name for need in needs if need.kind is NeedKind.TEXT)
    shown = [(field_label(action, name), request.form[name]) for name in texts if request.form.get(name)]
    if not shown:
        return None
    return _answer({"is_gone": True, "shown": shown, "back_url": "/"}, "", _ABSENT)


def _answer(conflict: Mapping[str, object], problem: str, status: int) -> Response:
    html = render_template("tickets/conflict.html", conflict=conflict, problem=problem)
    response = make_response(html, status)
    if request.headers.get("HX-Request") == "true":
        response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "body", "innerHTML"
    return response


def _kept(typed: Typed, *, is_held: bool) -> Iterable[tuple[str, str]]:
    for name, values in typed.items():
        yield from ((name, value) for value in values)
    if "next" in request.form:
        yield "next", request.form["next"]
    if is_held:
        yield TAKE_OVER, "1"


def _shown(look: Look, target: Target, typed: Typed) -> Iterable[tuple[str, str]]:
    """What was typed, in words; what was left empty is not shown."""
    needs = ENGINES[target.machine].row(target.action).needs
    for each in make_fields(look, target, needs, typed, {}):
        labels = dict(each.options)
        text = "、".join(labels.get(value, value) for value in each.values if value)
        if each.widget == "checkbox":
            text = "是" if text else ""
        if text and each.widget != "hidden":
            yield each.label, text


def _changes(page: TicketPage, seen: int) -> str:
    changes = [entry for entry in page.entries if entry.number > seen]
    told = [f"{city_short(entry.at)} {entry.actor} {entry.act or '内部备注'}" for entry in changes]
    more = f"；另有 {len(told) - _MOST_CHANGES} 项更早的变化" if len(told) > _MOST_CHANGES else ""
    return f"您打开页面之后的变化：{'；'.join(told[:_MOST_CHANGES])}{more}。" if told else ""
