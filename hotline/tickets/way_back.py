"""Where was the list left that somebody opened this ticket from, also after they did something with it?"""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from flask import request, url_for

from hotline.web.auth import signed_in
from hotline.web.filters import PRIVATE_CONDITIONS
from hotline.web.pages import menu_of
from hotline.web.security import came_from, safe_next

_LIST = "list"


def list_url(number: str) -> str | None:
    """Give the row of the list, on a page of their menu; None where they came from no list."""
    page = _list_page()
    return f"{page}#row-{number}" if page else None


def ticket_url(number: str) -> str:
    """Address this ticket's page so that it still knows the list; a search for a caller is left out."""
    page = _list_page()
    is_private = page is not None and not PRIVATE_CONDITIONS.keys().isdisjoint(parse_qs(urlsplit(page).query))
    return url_for("tickets.show", number=number, list=None if is_private else page)


def _list_page() -> str | None:
    user = signed_in()
    if user is None:
        return None
    places = {item.url.split("/")[1] for item in menu_of(user)}
    return next((page for page in _pages_before() if urlsplit(page).path.split("/")[1] in places), None)


def _pages_before() -> Iterator[str]:
    """What the address names, where they came from, and what that page's own address named.

    A form that came back stands at the address it was filled in at.
    """
    came = request.form.get("here") or came_from() or ""
    for page in (request.args.get(_LIST), came, *parse_qs(urlsplit(came).query).get(_LIST, ())):
        if page:
            yield safe_next(page)
