"""How do the views somebody can open stand in a list, and how many tickets has each?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for

from database import db
from hotline.queries.saved_views import KeptView, list_views
from hotline.queries.worklists import count_up_to
from hotline.search.conditions import Choices, SearchForm, read_conditions, say_conditions
from hotline.web.auth import current_actor
from hotline.web.filters import PRIVATE_CONDITIONS

# A list of views is read at a glance: more than a hundred is many.
MOST_SHOWN = 99


@dataclass(frozen=True, slots=True)
class Item:
    """One view of the list; without a count it was not counted, or its conditions hold no longer."""

    view: KeptView
    url: str
    is_current: bool
    conditions: str = ""
    count: int | None = None
    is_broken: bool = False

    @property
    def label(self) -> str:
        return self.view.name if self.view.is_own else f"{self.view.name}（{self.view.owner}）"

    @property
    def counted(self) -> str:
        """`12`, `99+`, or nothing."""
        if self.count is None:
            return ""
        return f"{MOST_SHOWN}+" if self.count > MOST_SHOWN else str(self.count)


def list_items(conditions: Mapping[str, Any]) -> list[Item]:
    """List the views without counting them, for a page that has other things to read."""
    return [_item(view, conditions) for view in list_views(db.session(), current_actor())]


def count_items(conditions: Mapping[str, Any], now: datetime) -> list[Item]:
    """List the views with how many tickets of each this viewer may see, be it somebody else's view."""
    session, actor = db.session(), current_actor()
    choices = Choices.of(session, actor)
    items = []
    for view in list_views(session, actor):
        form = SearchForm(read_conditions(view.conditions), choices)
        is_valid = form.validate()
        item = _item(view, conditions)
        items.append(
            Item(
                view,
                item.url,
                item.is_current,
                conditions="；".join(say_conditions(form)),
                count=count_up_to(session, actor, form.filters(), now, MOST_SHOWN) if is_valid else None,
                is_broken=not is_valid,
            )
        )
    return items


def _item(view: KeptView, conditions: Mapping[str, Any]) -> Item:
    kept = read_conditions(view.conditions)
    here = {name: value for name, value in conditions.items() if name not in PRIVATE_CONDITIONS}
    return Item(view, url_for("search.index", **kept), is_current=kept == here)
