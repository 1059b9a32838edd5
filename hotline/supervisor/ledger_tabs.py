"""Which pages lie beside each other under supervision, and which of them may this person open?"""

from collections.abc import Mapping

from flask import url_for

from hotline.web.access import may_call

_TABS: Mapping[str, str] = {
    "supervisor.orders": "督办单",
    "supervisor.suspended": "挂账台账",
    "supervisor.disputes": "争议会商",
    "supervisor.invalid": "待判无效",
    "supervisor.merged": "并案",
    "supervisor.excluded": "剔除台账",
    "supervisor.watched": "敏感和紧急",
}


def tabs_of(current: str) -> list[dict[str, object]]:
    """List the tabs of the one who asks, with the page they are on marked."""
    return [
        {"label": label, "url": url_for(endpoint), "is_current": endpoint == current}
        for endpoint, label in _TABS.items()
        if may_call(endpoint)
    ]
