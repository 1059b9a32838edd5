"""Which pages lie beside each other under supervision, and which of them may this person open?"""

from flask import url_for

from hotline.web.access import may_call
from hotline.web.places import LEDGERS


def tabs_of(current: str) -> list[dict[str, object]]:
    """List the tabs of the one who asks, with the page they are on marked."""
    return [
        {"label": label, "url": url_for(endpoint), "is_current": endpoint == current}
        for endpoint, label in LEDGERS.items()
        if may_call(endpoint)
    ]
