"""Where does the address of a form lead when it is opened like a page: reloaded after a refusal, or kept?"""

from flask import current_app, request
from werkzeug.exceptions import HTTPException


def page_above() -> str | None:
    """Give the nearest address above this one that shows a page; None where only the front page is left."""
    adapter = current_app.create_url_adapter(request)
    path = request.path
    while adapter is not None and (path := path.rpartition("/")[0]):
        try:
            adapter.match(path, method="GET")
        except HTTPException:
            continue
        return path
    return None
