"""What do all pages of figures share: their tabs, their period and the fields it is chosen with?"""

from datetime import datetime
from typing import Any

from flask import Response, request, url_for

from hotline.figures.asked import AskedPeriod, list_presets, read_period
from hotline.services.site import current_site
from hotline.web.access import may_call
from hotline.web.pages import render
from hotline.web.places import FIGURES

_UNFIT = 422
# It has no way back, being made for a screen that nobody touches.
_WALL = "figures.wall"
# Named one by one: url_for takes words such as `_scheme` for orders of its own.
_NARROWING = ("group", "by", "order", "step", "measure", "unit", "category", "type", "district", "channel")


def tabs_of(current: str) -> list[dict[str, object]]:
    """List the tabs, with the page they are on marked."""
    return [
        {
            "label": label,
            "url": url_for(endpoint),
            "is_current": endpoint == current,
            "is_apart": endpoint == _WALL,
        }
        for endpoint, label in FIGURES.items()
        if may_call(endpoint)
    ]


def asked_period(now: datetime) -> AskedPeriod:
    """Read the period of this request's address."""
    return read_period(request.args, now, current_site().zone)


def render_period(template: str, asked: AskedPeriod, now: datetime, **context: Any) -> Response:
    """Answer with a page about a period; one that cannot be comes back with what is wrong with it."""
    endpoint = str(request.endpoint)
    kept: dict[str, Any] = {name: request.args[name] for name in _NARROWING if name in request.args}
    presets = [
        {
            "label": label,
            "url": url_for(endpoint, **{**kept, **AskedPeriod(period, {}, {}).query}),
            "is_current": not asked.faults and period == asked.period,
        }
        for label, period in list_presets(now, current_site().zone)
    ]
    return render(
        template,
        status=_UNFIT if asked.faults else 200,
        tabs=tabs_of(endpoint),
        here=url_for(endpoint),
        asked=asked,
        presets=presets,
        has_errors=bool(asked.faults),
        now=now,
        **context,
    )
