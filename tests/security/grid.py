"""Does a real browser run anything of what is planted? Every page of every role is opened in Chromium.

Attacks are put in twice: through every form there is, and past all doors into every text that is stored.
"""

import io
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Browser, BrowserContext, Dialog, Page, sync_playwright

from config import Settings
from database import db
from hotline.app import create_app
from hotline.web.security import limiter
from tests.conftest import BROWSER_FLAGS, TEST_ENVIRONMENT
from tests.security.attack_run import SCALE, Found
from tests.security.forms import Form, forms_of
from tests.security.markup import MARK, PAYLOADS
from tests.security.planting import plant
from tests.security.round import Round, Seen, asked_otherwise
from tests.security.target import Target

_FORBIDDEN_BY_POLICY = "Content Security Policy"
# For the pages as they are, and again for those with attacks in their addresses.
_SECONDS = 500
_SHOWN = 12
# Would change what the walk stands on.
_NOT_SENT = (
    "/logout",
    "/account/",
    "/login",
    "/preferences",
    "/deactivate",
    "/sessions/end",
    "/discard",
    "/remove",
)
# What no page of ours has, wherever it came from.
_INJECTED = """(mark) => [...document.querySelectorAll('*')].flatMap(node => {
  const told = `<${node.localName}>`;
  if (/^(iframe|object|embed|base|frame|applet|math|marquee|portal)$/.test(node.localName)) return [told];
  if (node.localName === 'script' && !node.src) return [told];
  if (node.localName.includes(mark) || node.id.includes(mark)) return [told];
  return [...node.attributes].filter(each => /^(on|hx-on|data-hx-on)/.test(each.name) || each.name === 'srcdoc'
    || each.name.includes(mark)
    || (/^(href|src|action|formaction|xlink:href|background)$/.test(each.name)
        && /^\\s*(java\\s*script|data|vbscript):/i.test(each.value) && !each.value.startsWith('data:image/')))
    .map(each => `${told} ${each.name}`);
})"""


@dataclass(slots=True)
class Grid:
    """What was put in and opened, and whatever ran or wanted to."""

    sent: int = 0
    planted: int = 0
    pages: int = 0
    # Not opened, for the time was over; and of all attacks those that are seen where nothing keeps them.
    left: int = 0
    noticed: int = 0
    dialogs: list[str] = field(default_factory=list)
    reports: list[str] = field(default_factory=list)
    nodes: list[str] = field(default_factory=list)

    def listen(self, page: Page, who: str) -> None:
        """Let planted scripts open a dialog, and hear of it, of their faults and of what the policy forbade."""
        page.add_init_script(f"window.{MARK} = () => alert('{MARK}')")
        page.on("dialog", lambda dialog: self._close(who, dialog))
        page.on("pageerror", lambda fault: self._hear(page, str(fault), MARK))
        page.on("console", lambda said: self._hear(page, said.text, _FORBIDDEN_BY_POLICY))

    def _close(self, who: str, dialog: Dialog) -> None:
        if dialog.type != "beforeunload":
            self.dialogs.append(f"{who}: {dialog.message}")
        dialog.accept()

    def _hear(self, page: Page, text: str, word: str) -> None:
        if word in text:
            self.reports.append(f"{page.url[:120]}: {text[:160]}")

    def open(self, page: Page, address: str) -> None:
        """Open one page and look for what is not ours in it."""
        page.goto(address, wait_until="load")
        self.pages += 1
        self.nodes += [f"{address[:120]}: {each}" for each in page.evaluate(_INJECTED, MARK)]


def with_chromium(target: Target) -> Iterator[Found]:
    """Plant by every door and past them, then open everything."""
    grid = open_all(target)
    counts = f"{len(grid.dialogs)} dialogs, {len(grid.reports)} reports of the policy, {len(grid.nodes)} foreign nodes"
    extent = (
        f"{grid.pages:,} pages; {grid.sent:,} forms with attacks were taken, {grid.planted:,} texts hold one"
    )
    yield Found(
        "chromium", f"{extent}; {counts}", sorted({*grid.dialogs, *grid.reports, *grid.nodes})[:_SHOWN]
    )


def open_all(target: Target) -> Grid:
    """Plant in the served city, list its pages without a browser, and open each with one."""
    own = {**TEST_ENVIRONMENT, "DATABASE_URL": target.database, "HOTLINE_BASE_URL": target.url}
    app = create_app(Settings.from_env(own))
    app.config.update(ATTACHMENT_FOLDER=str(target.folder / "files"), PROPAGATE_EXCEPTIONS=False)
    limiter.enabled = False
    walk, grid = Round(app, {"User-Agent": PAYLOADS[0], "Referer": f"{target.url}/{PAYLOADS[3]}"}), Grid()
    grid.sent = _send_everything(walk)
    with app.app_context(), db.engine.begin() as connection:
        grid.planted = plant(connection)
    seen = list[Seen]()
    walk.walk(
        lambda each: seen.append(each) if each.is_page and each.answer.status_code == 200 else None,
        as_everybody=True,
    )
    with sync_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=path, args=BROWSER_FLAGS)
        grid.noticed = _notice(browser)
        for paths in (_plain(seen), _hostile(seen)):
            until = time.monotonic() + _SECONDS * SCALE
            for who, theirs in paths.items():
                _open_theirs(
                    grid,
                    _enter(browser, walk, target, who),
                    who,
                    [target.url + each for each in theirs],
                    until,
                )
        browser.close()
    limiter.enabled = True
    return grid


def _open_theirs(grid: Grid, context: BrowserContext, who: str, addresses: list[str], until: float) -> None:
    page = context.new_page()
    grid.listen(page, who)
    for each in addresses:
        if time.monotonic() < until:
            grid.open(page, each)
        else:
            grid.left += 1
    context.close()


def _notice(browser: Browser) -> int:
    """How many of the attacks would be seen if they stood bare in a page; some need a place that we do not have."""
    grid, page = Grid(), browser.new_page()
    grid.listen(page, "bare")
    seen = 0
    for attack in PAYLOADS:
        before = len(grid.dialogs) + len(grid.nodes)
        page.set_content(f"<p>{attack}</p><p title='{attack}'></p>")
        grid.nodes += page.evaluate(_INJECTED, MARK)
        seen += len(grid.dialogs) + len(grid.nodes) > before
    page.close()
    return seen


def _send_everything(walk: Round) -> int:
    """Fill in every form there is with attacks, and send it; gives how many were taken."""
    found: dict[str, tuple[str, Form]] = {}

    def look(seen: Seen) -> None:
        if seen.is_page:
            for form in forms_of(seen.answer.text, seen.path):
                found.setdefault(f"{seen.username} {form.action}", (seen.username, form))

    walk.walk(look, as_everybody=True)
    return sum(
        _send(walk, who, form, turn)
        for turn, (who, form) in enumerate(found.values())
        if not any(part in form.action for part in _NOT_SENT)
    )


def _send(walk: Round, who: str, form: Form, turn: int) -> bool:
    body: dict[str, Any] = dict(form.filled_in(ticks=bool(turn % 2)))
    for at, each in enumerate(form.controls):
        attack = PAYLOADS[(turn + at) % len(PAYLOADS)]
        if each.kind in {"text", "textarea", "search"} and each.name in body:
            body[each.name] = f"{body[each.name]}{attack}"
        if each.kind == "file":
            body[each.name] = (
                io.BytesIO(f"电梯停运 {attack}".encode()),
                f"现场{attack.replace('/', '')}.txt",
            )
    answer = walk.browser(who).post(form.action, data=body, headers=walk.headers)
    return 200 <= answer.status_code < 400


def _plain(seen: list[Seen]) -> dict[str, list[str]]:
    """Each person's pages."""
    found: dict[str, list[str]] = {}
    for each in seen:
        found.setdefault(each.username, []).append(each.path)
    return found


def _hostile(seen: list[Seen]) -> dict[str, list[str]]:
    """Each page once more with an attack in a parameter of its own and in a sort key."""
    found: dict[str, list[str]] = {}
    done = set[tuple[str, int]]()
    for turn, each in enumerate(seen):
        attack = PAYLOADS[turn % len(PAYLOADS)]
        asked = list(asked_otherwise(each.path, each.answer.text, attack))
        at = sum(endpoint == each.endpoint for endpoint, _ in done)
        # Another parameter each time: many people open the same page.
        if at < len(asked):
            done.add((each.endpoint, at))
            found.setdefault(each.username, []).append(asked[at])
        if not at:
            found.setdefault(each.username, []).append(_sorted_by(each.path, attack))
    return found


def _sorted_by(path: str, attack: str) -> str:
    return f"{path.partition('?')[0]}?{urlencode({'sort': attack})}"


def _enter(browser: Browser, walk: Round, target: Target, who: str) -> BrowserContext:
    context = browser.new_context(
        locale="zh-CN", timezone_id="Asia/Shanghai", user_agent=PAYLOADS[0], ignore_https_errors=True
    )
    held = walk.browser(who).get_cookie("hotline")
    if held is not None:
        context.add_cookies([{"name": "hotline", "value": held.value, "url": target.url}])
    return context
