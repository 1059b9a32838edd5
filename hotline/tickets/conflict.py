"""What does somebody see whose form is out of date: what changed, their own words, what is possible?"""

from collections.abc import Iterable, Mapping, Sequence

from flask import Response, make_response, render_template, request, url_for

from hotline.queries.ticket_page import TicketPage, load_page
from hotline.services.lifecycle import ENGINES
from hotline.web.action_forms import make_fields
from hotline.web.filters import city_short
from hotline.web.security import safe_next
from hotline.web.ticket_moves import Look, Move, Target, list_moves, url_of

_MOST_CHANGES = 5
_CONFLICT = 409


def answer_conflict(
    look: Look, target: Target, move: Move | None, typed: Mapping[str, Sequence[str]]
) -> Response:
    """Answer 409 with the typed text kept; it can be sent again when the action is still offered."""
    page = load_page(look.session, look.ticket, look.viewer, look.now)
    seen = request.form.get("version", 0, int)
    changes = [entry for entry in page.entries if entry.number > seen]
    latest = next((entry for entry in changes if not entry.is_system), changes[0] if changes else None)
    show = url_for("tickets.show", number=page.number)
    conflict = {
        "changed_by": latest.actor if latest else "",
        "changed_at": latest.at if latest else None,
        "state": page.state,
        "version": page.version,
        "resend_url": url_of(page.number, target) if move else "",
        "kept": list(_kept(typed)),
        "shown": list(_shown(look, target, typed)),
        "possible": [(other.label, other.url) for other in list_moves(look)],
        "back_url": safe_next(request.form.get("next"), show),
    }
    html = render_template("tickets/conflict.html", conflict=conflict, problem=_changes(page, seen))
    response = make_response(html, _CONFLICT)
    if request.headers.get("HX-Request") == "true":
        response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "body", "innerHTML"
    return response


def _kept(typed: Mapping[str, Sequence[str]]) -> Iterable[tuple[str, str]]:
    for name, values in typed.items():
        yield from ((name, value) for value in values)
    if "next" in request.form:
        yield "next", request.form["next"]


def _shown(look: Look, target: Target, typed: Mapping[str, Sequence[str]]) -> Iterable[tuple[str, str]]:
    """What was typed, in words; what was left empty is not shown."""
    needs = ENGINES[target.machine].row(target.action).needs
    for each in make_fields(look.session, target.action, needs, typed, {}):
        labels = dict(each.options)
        text = "、".join(labels.get(value, value) for value in each.values if value)
        if each.widget == "checkbox":
            text = "是" if text else ""
        if text and each.widget != "hidden":
            yield each.label, text


def _changes(page: TicketPage, seen: int) -> str:
    changes = [entry for entry in page.entries if entry.number > seen][:_MOST_CHANGES]
    told = (f"{city_short(entry.at)} {entry.actor} {entry.act or '内部备注'}" for entry in changes)
    return f"您打开页面之后的变化：{'；'.join(told)}。" if changes else ""
