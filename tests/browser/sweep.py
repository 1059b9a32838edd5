"""Every page there is, as its people come upon it: from the addresses that need nothing, and then link by link.

What the access table lets an account open is opened once by the first account that may. An endpoint that nothing
leads to is a fault, unless EXEMPT says why: so a new page is looked at without anybody adding it anywhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from flask import Flask
from playwright.sync_api import Page
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect, Rule

from hotline.demo.people import PEOPLE
from hotline.web.access_rules import Who
from hotline.web.access_table import ACCESS
from tests.browser.conftest import DESKTOP, PHONE, Visitors, accessibility_faults, keep_picture
from workflows.vocabulary import Role

NARROWEST = {"width": 320, "height": 640}
CITIZEN = ""
_CITIZENS = ("citizen.", "submitting.", "sign_in.home")
_SHIFT = 0.05
_CITIZEN_WEIGHT, _CITIZEN_REQUESTS, _STAFF_WEIGHT = 60_000, 6, 120_000

EXEMPT = {
    "static": "a file",
    "health.healthz": "for machines",
    "health.readyz": "for machines",
    "health.metrics": "for machines",
    "openapi.spec": "for machines",
    "sign_in.stay": "for scripts",
    "desk.calls": "a strip of the desk, asked for by it",
    "rosters.index": "leads to the unit's own week",
    "single_sign_on.leave": "leads to a provider, where there is one",
    "single_sign_on.back": "what the provider leads back to",
    "passwords.choose": "a link that is shown once",
    "tickets.printed": "what somebody has just printed",
    "search.edit_view": "the city keeps no view; test_searching makes one",
    "second_factor.code": "stands behind a password alone",
    "second_factor.enrol": "stands behind a password alone",
    "second_factor.picture": "a picture of the page that sets it up",
    "language.choose": "leads back to where it was asked for",
    "language.resize": "leads back to where it was asked for",
    "citizen.by_link": "leads to the ticket",
    "citizen.own_data_file": "a file",
    "supervisor.forecast": "leads to the view of the same board",
    "supervisor.new_order": "leads to the form of the ticket asked for",
    "audit.export": "a file",
    "supervisor.export": "a file",
    "supervisor.export_overdue": "a file",
    "tickets.download": "a file",
    "requests.fetch_export": "a file",
    "submitting.photos": "test_submitting goes through the steps, with a request in the making",
    "submitting.discard": "as photos",
    "submitting.where": "as photos",
    "submitting.who": "as photos",
    "submitting.check": "as photos",
    "submitting.done": "as photos",
}
_FOR_PROGRAMS = "api."
# Every page of the product on a machine that may be busy with the other tests.
_PATIENCE_MS = 40_000
# What a browser keeps and does not show.
_FILES = (".xlsx", ".csv")
# Pages with charts may weigh so much more.
_CHARTS, _CHARTS_WEIGHT = "/static/vendor/echarts/", 245_000

_SHIFTED = """() => new Promise(answer => {
  let sum = 0;
  const add = list => { for (const entry of list) if (!entry.hadRecentInput) sum += entry.value; };
  const watcher = new PerformanceObserver(list => add(list.getEntries()));
  watcher.observe({type: 'layout-shift', buffered: true});
  setTimeout(() => { add(watcher.takeRecords()); answer(sum); }, 60);
})"""
_WEIGHED = """() => ['navigation', 'resource'].flatMap(kind => performance.getEntriesByType(kind))
  .map(entry => [new URL(entry.name).pathname, entry.encodedBodySize])"""
# On a phone a panel has the screen to itself: a narrow one, but for a tile of figures, is a column that never gave way.
_SQUEEZED = """() => innerWidth > 480 ? [] : [...document.querySelectorAll('.panel')].filter(panel => {
  const width = panel.getBoundingClientRect().width;
  return width > 0 && width < innerWidth * 0.6 && !panel.closest('.kpis');
}).map(panel => panel.textContent.trim().slice(0, 20))"""
# What is said to take part of a name is typed into: without its script it is a long list.
_UNTYPED = "[...document.querySelectorAll('select[data-combo]:not([hidden])')].map(select => select.id)"
_LINKS = "links => links.map(link => link.getAttribute('href'))"


@dataclass(slots=True)
class Sweep:
    """One round through the city; `faults` is what it found, a line each."""

    visitors: Visitors
    is_thorough: bool = False
    seen: set[tuple[str, ...]] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    @property
    def app(self) -> Flask:
        return self.visitors.city.app

    def walk(self, username: str, roles: frozenset[Role], doors: tuple[str, ...] = ()) -> None:
        """Open everything this account may and nobody has opened before."""
        page = self.visitors.page(username)
        page.set_default_timeout(_PATIENCE_MS)
        for door in doors:
            page.goto(self.visitors.city.address + door)
            self._follow(
                page, username, [page.url.removeprefix(self.visitors.city.address), *self._links(page)]
            )
        self._follow(page, username, [rule.rule for rule in self._pages() if self._may(rule, roles)])
        page.close()

    def unreached(self) -> list[str]:
        """List the endpoints nothing led to."""
        reached = {key[0] for key in self.seen}
        return sorted({rule.endpoint for rule in self._pages()} - reached)

    def _pages(self) -> Iterator[Rule]:
        for rule in self.app.url_map.iter_rules():
            is_page = "GET" in (rule.methods or ()) and not rule.endpoint.startswith(_FOR_PROGRAMS)
            is_page = is_page and not rule.rule.endswith(_FILES)
            if is_page and rule.endpoint in ACCESS and rule.endpoint not in EXEMPT:
                yield rule

    @staticmethod
    def _may(rule: Rule, roles: frozenset[Role]) -> bool:
        allowed = ACCESS[rule.endpoint]
        if rule.arguments or allowed is Who.CITIZEN:
            return False
        return allowed is Who.PUBLIC or (bool(roles) and (allowed is Who.SIGNED_IN or bool(roles & allowed)))

    def _follow(self, page: Page, username: str, paths: list[str]) -> None:
        waiting = list(paths)
        while waiting:
            path = waiting.pop(0)
            key = self._key(path, username)
            if key is None or key in self.seen:
                continue
            self.seen.add(key)
            self._look(page, username, path)
            waiting.extend(self._links(page))

    def _key(self, path: str, username: str) -> tuple[str, ...] | None:
        """What counts as one page: the endpoint; in a thorough round also each action and view of it."""
        asked = urlsplit(path)
        try:
            endpoint, values = self.app.url_map.bind("localhost").match(asked.path, method="GET")
        except RequestRedirect as elsewhere:
            return self._key(urlsplit(elsewhere.new_url).path, username)
        except HTTPException:
            return None
        if endpoint in EXEMPT or endpoint.startswith(_FOR_PROGRAMS) or asked.path.endswith(_FILES):
            return None
        if username == CITIZEN and ACCESS[endpoint] not in {Who.PUBLIC, Who.CITIZEN}:
            return None  # the mailbox of the demo shows what staff receive, links included
        if not self.is_thorough:
            return (endpoint,)
        views = parse_qs(asked.query)
        return (endpoint, values.get("action", ""), *views.get("view", []), *views.get("tab", []))

    @staticmethod
    def _links(page: Page) -> list[str]:
        found = page.eval_on_selector_all("a[href]", _LINKS)
        return [
            href.partition("#")[0] for href in found if href.startswith("/") and not href.startswith("//")
        ]

    def _look(self, page: Page, username: str, path: str) -> None:
        where = f"{username or 'citizen'} {path}"
        looks = [(DESKTOP, "light"), (PHONE, "dark")]
        if self.is_thorough:
            looks += [(DESKTOP, "dark"), (PHONE, "light")]
        for size, scheme in looks:
            page.set_viewport_size(size)
            page.emulate_media(color_scheme=scheme)
            if self.is_thorough or size is DESKTOP:
                self._open(page, where, path)
            told = f"{where} {size['width']} {scheme}"
            keep_picture(page, told)
            self.faults.extend(f"{told}: {fault}" for fault in accessibility_faults(page))
            self._measure_width(page, told, size)
        page.set_viewport_size(NARROWEST)
        self._measure_width(page, where, NARROWEST)
        self.faults.extend(f"{where}: {told}" for told in self.visitors.complaints)
        self.visitors.complaints.clear()

    def _open(self, page: Page, where: str, path: str) -> None:
        answer = page.goto(self.visitors.city.address + path)
        assert answer is not None
        if answer.status != 200 or urlsplit(page.url).path != urlsplit(path).path:
            self.faults.append(f"{where}: {answer.status} at {page.url}")
        self.faults.extend(f"{where}: nobody can type into {field}" for field in page.evaluate(_UNTYPED))
        shifted = page.evaluate(_SHIFTED)
        if shifted > _SHIFT:
            self.faults.append(f"{where}: moved by {shifted:.3f} while loading")
        self._weigh(page, where, path)

    def _weigh(self, page: Page, where: str, path: str) -> None:
        parts = dict(page.evaluate(_WEIGHED))
        is_citizens = (self._key(path, CITIZEN) or ("",))[0].startswith(_CITIZENS)
        allowed = _CITIZEN_WEIGHT if is_citizens else _STAFF_WEIGHT
        if any(part.startswith(_CHARTS) for part in parts):
            allowed += _CHARTS_WEIGHT
        if sum(parts.values()) > allowed:
            self.faults.append(f"{where}: weighs {sum(parts.values())} {parts}")
        if is_citizens and len(parts) > _CITIZEN_REQUESTS:
            self.faults.append(f"{where}: {len(parts)} requests")

    def _measure_width(self, page: Page, where: str, size: dict[str, int]) -> None:
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > size["width"]:
            self.faults.append(f"{where}: {width} px wide at {size['width']}")
        self.faults.extend(f"{where}: a panel is squeezed: {panel}" for panel in page.evaluate(_SQUEEZED))


def accounts() -> list[tuple[str, frozenset[Role]]]:
    """List one account for each role of the demo city; nothing of its history lies with the second handler."""
    first: dict[Role, str] = {}
    for person in (each for each in PEOPLE if each.username != "handler3"):
        first.setdefault(person.role, person.username)
    return [(username, frozenset({role})) for role, username in first.items()]
