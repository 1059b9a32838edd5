"""Which tickets match what somebody knows of them, and how are they shown?"""

from dataclasses import replace
from datetime import UTC, datetime

import structlog
from flask import Response, redirect, request, url_for

from database import db
from hotline.models.audit import AuditKind
from hotline.queries.categories import grouped
from hotline.queries.marks import BadCursorError
from hotline.queries.search_page import show_finds
from hotline.queries.worklists import Filters, Page, count_up_to, list_page, with_words_found
from hotline.search.conditions import (
    Choices,
    SearchForm,
    category_search,
    conditions_in_address,
    name_search_url,
    phone_search_url,
    say_conditions,
)
from hotline.search.listed import list_items
from hotline.services.audit import Deed
from hotline.web.access import may_call
from hotline.web.audit import note
from hotline.web.auth import current_actor
from hotline.web.pages import render
from hotline.web.paging import current_mark, links_of, without

MOST_COUNTED = 1000
_INVALID = 422
# What fewer people ask for, folded away until it is asked.
_NARROWING = ("id_number", "unit", "category", "district", "type", "light", "watched", "since", "until")
_log = structlog.get_logger(__name__)


def search() -> Response:
    """The tickets that match the conditions in the address, newest first."""
    form = SearchForm(request.args, Choices.of(db.session(), current_actor()))
    if not form.validate():
        return _page(form, Page([], None), 0, _INVALID)
    now = datetime.now(UTC)
    session, actor = db.session(), current_actor()
    filters = with_words_found(session, replace(form.filters(), after=current_mark()))
    try:
        found = list_page(session, actor, filters, now)
    except BadCursorError:
        return redirect(without("after"), 303)  # type: ignore[return-value]  # also a response
    _log_lookup(filters, len(found.rows))
    return _page(form, found, count_up_to(session, actor, filters, now, MOST_COUNTED))


def _log_lookup(filters: Filters, found: int) -> None:
    """Every look-up of a caller is on record; the number or name itself is not."""
    looks = (
        (filters.phone_hash, "phone_looked_up", AuditKind.FIND_PHONE),
        (filters.name_hash, "name_looked_up", AuditKind.FIND_NAME),
        (filters.id_number_hash, "id_number_looked_up", AuditKind.FIND_ID_NUMBER),
    )
    for _, event, kind in (look for look in looks if look[0]):
        _log.info(event, user_id=current_actor().user_id, found=found, place="search")
        note(Deed(kind, facts={"found": found, "place": "search"}))


def _page(form: SearchForm, page: Page, total: int, status: int = 200) -> Response:
    conditions = conditions_in_address()
    return render(
        "search/index.html",
        status=status,
        form=form,
        groups=grouped(form.known.categories),
        finds=show_finds(db.session(), page.rows, form.q.data or ""),
        links=links_of(page),
        total=total if total <= MOST_COUNTED else None,
        most=MOST_COUNTED,
        chips=_chips(form),
        is_narrowed=any(form[name].data or form[name].errors for name in _NARROWING),
        views=list_items(conditions),
        views_url=url_for("search.views", **conditions),
        save_url=url_for("search.name_view", **conditions) if conditions and not form.errors else None,
        clear_url=url_for("search.index"),
        export_url=url_for("search.ask_export", **conditions) if may_call("search.ask_export") else None,
        by_category=category_search(form),
        phone_url=phone_search_url(form.q.data or ""),
        name_url=None if page.rows or form.errors else name_search_url(form.q.data or ""),
        has_errors=bool(form.errors),
    )


def _chips(form: SearchForm) -> list[tuple[str, str]]:
    names = [field.name for field in form if field.data]
    return [(text, without(name)) for text, name in zip(say_conditions(form), names, strict=True)]
