"""What do all pages of the dispatch catalogue share: the tabs, and which version is being looked at?"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort, request, url_for

from database import db
from hotline.queries.catalogue_pages import Edition, count_open_proposals, list_editions
from hotline.queries.typed import id_in
from hotline.web.access import may_call

_TABS = (
    ("catalogue.index", "目录条目"),
    ("catalogue.versions", "版本"),
    ("catalogue.checks", "检查"),
    ("catalogue.trial", "试运行"),
    ("catalogue.proposals", "修改建议"),
)


@dataclass(frozen=True, slots=True)
class Frame:
    """The top of a page. `edition` is None while there is no version at all."""

    tabs: tuple[dict[str, Any], ...]
    editions: tuple[Edition, ...]
    edition: Edition | None
    may_edit: bool

    @property
    def draft(self) -> Edition | None:
        return next((each for each in self.editions if each.is_draft), None)

    @property
    def choices(self) -> list[tuple[int, str]]:
        """The versions to choose from, as a select wants them."""
        return [(each.number, each.label) for each in self.editions]


def read_frame(now: datetime, *, prefers_draft: bool = False) -> Frame:
    """Read which version the address names; else the draft where it is preferred, else the valid one."""
    editions = list_editions(db.session(), now)
    return Frame(
        _tabs(), editions, _asked(editions, prefers_draft=prefers_draft), may_call("catalogue.put_row")
    )


def _asked(editions: tuple[Edition, ...], *, prefers_draft: bool) -> Edition | None:
    number = request.args.get("version", type=id_in)
    if number is not None:
        return next((each for each in editions if each.number == number), None) or abort(404)
    draft = next((each for each in editions if each.is_draft), None)
    valid = next((each for each in editions if each.is_valid), None)
    first = (draft, valid) if prefers_draft else (valid, draft)
    return first[0] or first[1] or (editions[0] if editions else None)


def _tabs() -> tuple[dict[str, Any], ...]:
    waiting = count_open_proposals(db.session())
    return tuple(
        {
            "label": label,
            "url": url_for(endpoint),
            "is_current": request.endpoint == endpoint,
            "count": waiting if endpoint == "catalogue.proposals" else None,
        }
        for endpoint, label in _TABS
    )
