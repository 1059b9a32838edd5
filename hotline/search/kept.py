"""How does a search become a view with a name, who else finds it, and how does it go?"""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from flask import Response, abort, request, url_for

from database import db
from hotline.queries.saved_views import KeptView, find_own_view, sharings_of
from hotline.search.conditions import (
    Choices,
    SearchForm,
    conditions_in_address,
    read_conditions,
    say_conditions,
)
from hotline.search.listed import count_items
from hotline.services import saved_views
from hotline.services.saved_views import LONGEST_NAME, Named
from hotline.web.auth import current_actor
from hotline.web.language import current_language
from hotline.web.once import perform
from hotline.web.pages import render
from hotline.web.refusals import field_sentence, sentence
from workflows.errors import Refused

_LABELS = {"name": "名称", "sharing": "谁能看到"}


def views() -> Response:
    """Every view somebody can open, with its count; on the search page only the row of them."""
    items = count_items(conditions_in_address(), datetime.now(UTC))
    return render("search/views.html", "row", items=items)


def name_view() -> Response:
    """Ask what the conditions in the address are to be called."""
    return _page(None, _kept_conditions(), None)


def save_view() -> Response:
    """Keep them."""
    conditions, actor, now = _checked(request.form.get("conditions", "")), current_actor(), datetime.now(UTC)
    named = _named()
    try:
        return perform(
            lambda session: saved_views.save_view(session, named, conditions, actor, now),
            request.form.get("request_key", ""),
            url_for("search.index", **read_conditions(conditions)),
            f"已存为视图「{named.name}」。",
        )
    except Refused as refused:
        return _page(None, conditions, refused)


def edit_view(view_id: int) -> Response:
    """Show the form for another name or other readers."""
    view = _own(view_id)
    return _page(view, view.conditions, None)


def change_view(view_id: int) -> Response:
    """Change them."""
    view, named, actor, now = _own(view_id), _named(), current_actor(), datetime.now(UTC)
    try:
        return perform(
            lambda session: saved_views.change_view(session, view_id, named, actor, now),
            request.form.get("request_key", ""),
            url_for("search.views"),
            f"已修改视图「{named.name}」。",
        )
    except Refused as refused:
        return _page(view, view.conditions, refused)


def delete_view(view_id: int) -> Response:
    """Drop a view of one's own; whoever had it in their list finds it there no longer."""
    actor = current_actor()
    return perform(
        lambda session: saved_views.delete_view(session, view_id, actor),
        request.form.get("request_key", ""),
        url_for("search.views"),
        "已删除视图。",
    )


def _named() -> Named:
    return Named(" ".join(request.form.get("name", "").split()), request.form.get("sharing", ""))


def _own(view_id: int) -> KeptView:
    view = find_own_view(db.session(), view_id, current_actor())
    return abort(404) if view is None else view


def _kept_conditions() -> str:
    return urlencode(read_conditions(urlencode(conditions_in_address())))


def _checked(conditions: str) -> str:
    """Keep of what a form sent only what a search understands; nothing where it would find fault with it."""
    known = urlencode(read_conditions(conditions))
    return known if _form(known).validate() else ""


def _form(conditions: str) -> SearchForm:
    return SearchForm(read_conditions(conditions), Choices.of(db.session(), current_actor()))


def _page(view: KeptView | None, conditions: str, refused: Refused | None) -> Response:
    language, actor = current_language(), current_actor()
    complaints: dict[str, list[str]] = {}
    for error in refused.errors if refused else ():
        complaints.setdefault(error.field, []).append(field_sentence(error, language))
    shown: dict[str, Any] = {"name": view.name, "sharing": view.sharing.value} if view else {"sharing": "me"}
    return render(
        "search/view.html",
        status=sentence(refused.code).status if refused else 200,
        view=view,
        conditions=conditions,
        said=say_conditions(_form(conditions)),
        typed={"name": "", **shown, **request.form.to_dict()},
        sharings=[(each.value, each.label_zh) for each in sharings_of(actor)],
        longest=LONGEST_NAME,
        summary=[(f"f-{name}", f"{_LABELS[name]}：{' '.join(words)}") for name, words in complaints.items()],
        complaints=complaints,
        back_url=url_for("search.index", **read_conditions(conditions)),
        has_errors=bool(complaints),
    )
