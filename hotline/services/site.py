"""Where does this installation live: its public address and the city's zone, set once."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Site:
    """What texts to people need to know about the installation; `rings_nowhere` if its SMS reach no phone."""

    base_url: str
    zone: ZoneInfo
    rings_nowhere: bool = False

    def local(self, instant: datetime, *, is_english: bool = False) -> str:
        """Write an instant the way people of the city read it in a message."""
        there = instant.astimezone(self.zone)
        return f"{there:%-d %b %H:%M}" if is_english else f"{there.month}月{there.day}日{there:%H:%M}"

    def link(self, path: str) -> str:
        """Make an absolute address; never from a request's own host, which anybody can forge."""
        return f"{self.base_url}{path}"


class _Place:
    site = Site("http://127.0.0.1:8000", ZoneInfo("Asia/Shanghai"))


def configure_site(base_url: str, zone: str, *, rings_nowhere: bool = False) -> None:
    """Set what the installation is known by; called by the composition root alone."""
    _Place.site = Site(base_url, ZoneInfo(zone), rings_nowhere)


def current_site() -> Site:
    """Return what the installation is known by."""
    return _Place.site
