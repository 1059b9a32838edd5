"""The ordinary road on screens: how people find a ticket in their list, and what every tale does on the way."""

import re

from playwright.sync_api import Locator, Page

from tests.browser.walks.walker import Walker

ANSWER = "物业已于今天上午更换电梯主板，电梯恢复运行；今后停运会提前三天在单元门口告知。"


def find(walker: Walker, who: str, path: str, view: str = "") -> Page:
    """Open somebody's list, the view of that name, and there the ticket by its number."""
    page = walker.window(who, path)
    if view:
        go(page, page.locator(".views a", has_text=view))
    page.fill("form[role=search] [name=q]", walker.number)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    go(page, page.locator(f"#row-{walker.number} a.t"))
    return page


def go(page: Page, control: Locator) -> None:
    """Press a control that leads to another page, and wait for that page."""
    with page.expect_navigation():
        control.first.click()


def press(page: Page, name: str) -> None:
    """Press a button or follow a link of this name and wait for the page that answers."""
    wanted = re.compile(rf"^{name}")
    go(page, page.get_by_role("button", name=wanted).or_(page.get_by_role("link", name=wanted)))


def from_menu(page: Page, name: str | re.Pattern[str]) -> None:
    """Follow the first link of this name in the menu of every page, out of what is folded where it lies there."""
    link = page.locator("nav").get_by_role("link", name=name)
    more = page.locator(".topnav__more summary")
    if not link.first.is_visible() and more.is_visible():
        more.click()
    go(page, link)


def open_form(page: Page, name: str) -> None:
    """Follow the link to an action's form, out of the menu where it lies there."""
    link = page.get_by_role("link", name=re.compile(rf"^{name}"))
    if not link.first.is_visible():
        page.get_by_text("更多操作").first.click()
    go(page, link)
    page.locator("#move-form").wait_for()


def send(page: Page, **words: str) -> None:
    """Fill the fields of an action's form and send it."""
    for name, value in words.items():
        page.locator(f"#move-form [name={name}]").fill(value)
    go(page, page.locator("#move-form .actbar button[type=submit]"))


def told(page: Page, words: str) -> None:
    """The page says so to whoever just acted."""
    page.locator(".flashes").get_by_text(re.compile(words)).first.wait_for()


def told_wrong(page: Page, *fields: str) -> None:
    """The form came back: its summary names these fields, in the application's own words."""
    summary = page.locator(".errsum").first
    summary.wait_for()
    assert [name for name in fields if name not in summary.inner_text()] == []


def review_intake(walker: Walker) -> None:
    page = find(walker, "reviewer", "/intake")
    press(page, "审核通过")
    told(page, "审核通过")


def dispatch(walker: Walker, unit: str, co_units: tuple[str, ...] = ()) -> Page:
    """Send the ticket to a unit; the way other than the catalogue's needs a reason."""
    page = find(walker, "dispatcher", "/dispatch")
    page.locator("input[name=main_unit][value=other]").check()
    page.fill("[name=other_unit]", unit)
    page.fill("[name=choice_reason]", "属地单位已在处理同一小区的诉求")
    page.fill("[name=advice]", "今天联系诉求人")
    options = page.locator("#co_units option")
    texts = options.all_inner_texts()
    chosen = [text for text in texts for code in co_units if f"（{code}）" in text]
    page.locator("#co_units").select_option(label=chosen)
    press(page, "派单并看下一件")
    return page


def sign(walker: Walker, who: str) -> Page:
    page = find(walker, who, "/inbox", "待签收")
    press(page, "签收")
    return page


def answer(walker: Walker, who: str, leader: str = "leader") -> None:
    """The unit notes its first contact and answers; its leader agrees where there is one."""
    page = find(walker, who, "/inbox", "办理中")
    open_form(page, "先行联系")
    page.locator("#move-form [name=way][value=phone]").check(force=True)
    send(page, result="已电话联系，诉求人说明了情况")
    page = find(walker, who, "/inbox", "办理中")
    page.locator("input[name=contact][value=contacted]").check(force=True)
    page.locator("input[name=result][value=resolved]").check(force=True)
    page.fill("#reply-form [name=answer]", ANSWER)
    go(page, page.locator("#reply-form").get_by_role("button", name=re.compile("提交")))
    if leader:
        page = find(walker, leader, "/inbox/review")
        press(page, "同意上报")


def citizen(walker: Walker, number: str = "") -> Page:
    """The citizen opens the page of their ticket with the number and code of the first message."""
    page = walker.sms("查询码", number)
    code = re.search(r"查询码(\d{6})", page.locator("main").inner_text())
    assert code is not None
    page.goto(f"{walker.city.address}/find")
    page.fill("[name=number]", number or walker.number)
    page.fill("[name=code]", code[1])
    go(page, page.locator("main form button[type=submit]"))
    return page


def audit(walker: Walker) -> None:
    page = find(walker, "auditor", "/review")
    press(page, "审核通过")
