"""Does a real browser run anything of what is planted? Every page of every role is opened in Chromium."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, Dialog, Page, sync_playwright

from config import Settings
from database import db
from hotline.app import create_app
from tests.conftest import BROWSER_FLAGS, TEST_ENVIRONMENT
from tests.security.markup import MARK
from tests.security.planting import plant
from tests.security.round import Round, Seen
from tests.security.target import Target

_FORBIDDEN_BY_POLICY = "Content Security Policy"


@dataclass(slots=True)
class Grid:
    """What was opened, and whatever ran or wanted to."""

    pages: int = 0
    alive: list[str] = field(default_factory=list)

    def listen(self, page: Page, who: str) -> None:
        """Let planted scripts open a dialog, and hear of it, of their faults and of what the policy forbade."""
        page.add_init_script(f"window.{MARK} = () => alert('{MARK}')")
        page.on("dialog", lambda dialog: self._close(who, dialog))
        page.on("pageerror", lambda fault: self._hear(who, str(fault), MARK))
        page.on("console", lambda said: self._hear(who, said.text, _FORBIDDEN_BY_POLICY))

    def _close(self, who: str, dialog: Dialog) -> None:
        self.alive.append(f"{who}: {dialog.message}")
        dialog.dismiss()

    def _hear(self, who: str, text: str, word: str) -> None:
        if word in text:
            self.alive.append(f"{who}: {text[:160]}")


def open_all(target: Target) -> Grid:
    """Plant in the served city, list its pages without a browser, and open each with one."""
    own = {**TEST_ENVIRONMENT, "DATABASE_URL": f"sqlite:///{target.folder}/city.db"}
    app = create_app(Settings.from_env({**own, "HOTLINE_BASE_URL": target.url}))
    with app.app_context(), db.engine.begin() as connection:
        plant(connection)
    walk, seen, grid = Round(app), list[Seen](), Grid()
    walk.walk(lambda each: seen.append(each) if each.is_page and each.answer.status_code == 200 else None)
    with sync_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=path, args=BROWSER_FLAGS)
        for who, paths in _by_person(seen):
            page = _enter(browser, walk, target, who).new_page()
            grid.listen(page, who)
            for each in paths:
                page.goto(target.url + each)
                grid.pages += 1
            page.context.close()
        browser.close()
    return grid


def _by_person(seen: list[Seen]) -> Iterator[tuple[str, list[str]]]:
    for who in dict.fromkeys(each.username for each in seen):
        yield who, [each.path for each in seen if each.username == who]


def _enter(browser: Browser, walk: Round, target: Target, who: str) -> BrowserContext:
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai")
    held = walk.browser(who).get_cookie("hotline")
    if held is not None:
        context.add_cookies([{"name": "hotline", "value": held.value, "url": target.url}])
    return context
