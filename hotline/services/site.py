"""Where does this installation live: its public address, the city's name and its zone, set once."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

_DEMO_CITY = ("云江市", "Yunjiang")


@dataclass(frozen=True, slots=True)
class Site:
    """What texts to people need to know about the installation; `rings_nowhere` if its SMS reach no phone.

    `city` and `city_en` are what the city is called in Chinese and in English.
    """

    base_url: str
    zone: ZoneInfo
    rings_nowhere: bool = False
    city: str = _DEMO_CITY[0]
    city_en: str = _DEMO_CITY[1]

    def local(self, instant: datetime, *, is_english: bool = False) -> str:
        """Write an instant the way people of the city read it in a message."""
        there = instant.astimezone(self.zone)
        return f"{there:%-d %b %H:%M}" if is_english else f"{there.month}月{there.day}日{there:%H:%M}"

    def link(self, path: str) -> str:
        """Make an absolute address; never from a request's own host, which anybody can forge."""
        return f"{self.base_url}{path}"


class _Place:
    site = Site("http://127.0.0.1:8000", ZoneInfo("Asia/Shanghai"))


def configure_site(
    base_url: str, zone: str, *, rings_nowhere: bool = False, city_name: str = ",".join(_DEMO_CITY)
) -> None:
    """Set what the installation is known by; called by the composition root alone."""
    city, city_en = (name.strip() for name in city_name.split(","))
    _Place.site = Site(base_url, ZoneInfo(zone), rings_nowhere, city, city_en)


def current_site() -> Site:
    """Return what the installation is known by."""
    return _Place.site
