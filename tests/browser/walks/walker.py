"""A tale walked on screens: every person in a window of their own, every page looked at where somebody stops."""

import re
from dataclasses import dataclass, field

from playwright.sync_api import Page
from sqlalchemy import select

from hotline.models.ticket import Ticket
from tests.browser.conftest import DESKTOP, PHONE, City, Visitors, accessibility_faults, keep_picture

_LOOKS = 40


@dataclass(slots=True)
class Walker:
    """One tale: the windows of its people, the number of its ticket, and what was wrong with the pages."""

    visitors: Visitors
    tale: str
    number: str = ""
    faults: list[str] = field(default_factory=list)
    _pictures: int = 0
    _windows: dict[str, Page] = field(default_factory=dict)

    @property
    def city(self) -> City:
        return self.visitors.city

    def window(self, username: str, path: str) -> Page:
        """Open a page in somebody's window; an empty name is a citizen or anybody without an account."""
        if username not in self._windows:
            self._windows[username] = self.visitors.page(username)
        page = self._windows[username]
        page.goto(self.city.address + path.replace("{number}", self.number))
        return page

    def look(self, page: Page, name: str) -> None:
        """Examine a page in both sizes and take its pictures."""
        self._pictures += 1
        for size in (DESKTOP, PHONE):
            page.set_viewport_size(size)
            where = f"{self.tale}-{self._pictures:02d}-{name}-{size['width']}"
            self.faults += [f"{where}: {fault}" for fault in accessibility_faults(page)]
            if page.evaluate("document.documentElement.scrollWidth") > size["width"]:
                self.faults.append(f"{where}: scrolls sideways")
            keep_picture(page, where)
        page.set_viewport_size(DESKTOP)

    def call(self, content: str, category: str, **record: str) -> str:
        """An agent logs a call and submits it for review; `category` is typed as on the keyboard."""
        page = self.window("agent", "/desk")
        if record.pop("confidential", ""):
            page.locator("#call-form [name=is_confidential]").check()
        page.locator(f"input[name=type][value={record.pop('type', 'complaint')}]").check(force=True)
        page.fill("#call-form [name=phone]", record.pop("phone", "13912345678"))
        for name, value in {"citizen_name": "陈秀英", "address": "和平里小区 12 幢", **record}.items():
            page.fill(f"#call-form #{name}", value)
        page.fill("[name=content]", content)
        page.fill("#category", category)
        page.locator("#category-list [role=option]").first.click()
        page.get_by_role("button", name=re.compile("提交审核")).click()
        page.get_by_text("请告诉来电人").wait_for()
        found = re.search(r"YJ\d{8}-\d+", page.locator(".flashes").inner_text())
        assert found is not None
        self.number = found[0]
        return self.number

    def ticket(self, number: str = "") -> Ticket:
        with self.city.sessions()() as session:
            wanted = select(Ticket).where(Ticket.number == (number or self.number))
            return session.scalars(wanted).one()

    def sms(self, words: str, number: str = "") -> Page:
        """Deliver what waits, open the mailbox and find the message with these words."""
        self.city.deliver()
        page = self.window("", f"/mailbox?number={number or self.number}")
        for _ in range(_LOOKS):
            if page.get_by_text(re.compile(words)).count():
                return page
            page.reload()  # the server's own worker may hold it for a moment
        raise AssertionError(words)

    def end(self) -> None:
        """Say what was wrong with any page of the tale."""
        assert self.faults == []
        assert self.visitors.complaints == []
