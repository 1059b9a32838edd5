"""How does a reader of a keyset list go back? The marks of the pages before travel in the address."""

from dataclasses import dataclass
from typing import Any

from flask import request, url_for

from hotline.queries.typed import id_in
from hotline.queries.worklists import Page

PAGE = 25
_MOST_BACK = 20
_JOIN = "."


@dataclass(frozen=True, slots=True)
class Links:
    """The numbers of the first and last row, and the addresses of the pages beside this one."""

    first: int
    last: int
    newer_url: str | None
    older_url: str | None


def current_mark() -> str | None:
    """The mark of the page asked for; None for the first one."""
    return request.args.get("after") or None


def links_of(page: Page) -> Links:
    """Make the links around the page that was read for this request."""
    at = request.args.get("at", type=id_in) or 0
    at = at if 0 < at < 10**9 else 0
    back = [mark for mark in request.args.get("back", "").split(_JOIN) if mark]
    after = current_mark()
    older = newer = None
    if page.next is not None:
        trail = [*back, after][-_MOST_BACK:] if after else back
        older = here(after=page.next, at=str(at + len(page.rows)), back=_JOIN.join(trail))
    if after is not None:
        start = str(max(at - PAGE, 0)) if back else ""
        newer = here(after=back[-1] if back else "", at=start, back=_JOIN.join(back[:-1]))
    return Links(at + 1 if page.rows else 0, at + len(page.rows), newer, older)


def here(**changes: str) -> str:
    """Make the address of the page with other values; an empty one is left out."""
    values = {**request.args.to_dict(), **changes}
    kept: dict[str, Any] = {name: value for name, value in values.items() if value}
    return url_for(request.endpoint or "", **kept)


def without(name: str) -> str:
    """Make the address of the list without one condition, from its first page."""
    return here(**{name: "", "after": "", "at": "", "back": ""})
