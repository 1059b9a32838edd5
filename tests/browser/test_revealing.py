"""What was shown of a caller is gone from the page after half a minute, with the server or without it."""

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from hotline.models.organisation import Unit
from hotline.models.ticket import Assignment, Ticket
from tests.browser.conftest import Visitors, accessibility_faults

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("city")]
WHOLE = re.compile(r"1\d{10}")


@pytest.mark.parametrize("is_cut_off", [False, True])
def test_a_name_shown_by_the_keyboard_alone_is_masked_again(visitors: Visitors, *, is_cut_off: bool) -> None:
    with visitors.city.sessions()() as session:
        shares = (
            select(Assignment.ticket_id)
            .join(Unit, Unit.id == Assignment.unit_id)
            .where(Unit.code == "WT-CG", Assignment.state == "handling")
        )
        open_ones = select(Ticket.number).where(
            Ticket.id.in_(shares), Ticket.is_confidential.is_(False), Ticket.citizen_id.is_not(None)
        )
        number = session.scalars(open_ones.order_by(Ticket.id).limit(1)).one()
    page = visitors.page("handler")
    page.goto(f"{visitors.city.address}/tickets/{number}")
    page.clock.install()
    caller = page.locator("#caller")
    page.locator("details.reveal summary").focus()
    for key in ("Enter", "Tab", "Enter"):
        page.keyboard.press(key)
    expect(caller).to_contain_text("30 秒后隐藏")
    expect(caller).to_contain_text(WHOLE)
    assert accessibility_faults(page) == []
    if is_cut_off:
        page.context.set_offline(True)
    page.clock.fast_forward(31_000)
    expect(caller).not_to_contain_text(WHOLE)
    page.context.set_offline(False)
    assert visitors.complaints == []
