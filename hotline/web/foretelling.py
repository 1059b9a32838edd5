"""What does a message say, how long is it and when does it go: read aloud under the line of a preview."""

from collections.abc import Iterable, Mapping
from datetime import datetime, time

from hotline.queries.wording import MESSAGE_CHANNELS, SKIP_REASONS
from hotline.services.site import current_site
from hotline.services.tellings import Telling
from hotline.web.action_preview import Wording
from hotline.web.moments import city_short
from notifications.outlook import EARLIER_MESSAGE, OFF_DUTY, QUIET_HOURS, Outlook

_NOON = time(12)
_DAYS = ("今", "明")
_WAITS: Mapping[str, str] = {
    QUIET_HOURS: "夜间不打扰",
    OFF_DUTY: "等对方上班",
    EARLIER_MESSAGE: "排在前一条之后",
}


def wordings_of(tellings: Iterable[Telling], now: datetime) -> tuple[Wording, ...]:
    """Read out what one kind of reader is told, each wording once: a whole role mostly reads the same."""
    return tuple(dict.fromkeys(_wording(telling, now) for telling in tellings))


def _wording(telling: Telling, now: datetime) -> Wording:
    outlook = telling.outlook
    way = MESSAGE_CHANNELS.get(telling.channel, telling.channel)
    parts = f"、{outlook.segments} 条" if outlook.segments else ""
    fate = _fate(outlook, way, now)
    head = f"{way} {len(outlook.words.text)} 字{parts}{f'，{fate}' if fate else ''}"
    return Wording(head, outlook.words.title, outlook.words.text)


def _fate(outlook: Outlook, way: str, now: datetime) -> str:
    """Say when it goes or that it never will; nothing of one that goes out at once."""
    if not outlook.reason:
        return ""
    why = _WAITS.get(outlook.reason) or SKIP_REASONS.get(outlook.reason, outlook.reason)
    if outlook.waits_until is not None:
        return f"{_soon(outlook.waits_until, now)} 发出（{why}）"
    instead = f"，改发{MESSAGE_CHANNELS[outlook.instead]}" if outlook.instead else ""
    return f"不会发{way}：{why}{instead}"


def _soon(until: datetime, now: datetime) -> str:
    """`明早 07:00`, `今天 14:00`; further off with its date."""
    zone = current_site().zone
    there = until.astimezone(zone)
    days = (there.date() - now.astimezone(zone).date()).days
    if not 0 <= days < len(_DAYS):
        return city_short(until)
    return f"{_DAYS[days]}{'早' if there.time() < _NOON else '天'} {there:%H:%M}"
