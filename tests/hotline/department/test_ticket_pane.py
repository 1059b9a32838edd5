"""What the opened ticket of the inbox leads its unit to do next."""

import re
from datetime import timedelta

import pytest

from hotline.services import accounts
from hotline.services.accounts import NewUser
from tests.hotline.department.office import PASSWORD, sign_in
from workflows.vocabulary import Machine, Role


@pytest.fixture
def handler(client, office):
    return sign_in(client, "handler")


def pane(handler, number: str) -> str:
    html = handler.get(f"/inbox?ticket={number}").text
    return html[html.index("pane-detail") :]


def button(html: str, label: str) -> str:
    """The classes of the button or link that reads so."""
    found = re.search(
        rf'<(?:a|button)[^>]*class="([^"]*)"[^>]*>(?:(?!</(?:a|button)>).)*{label}', html, re.DOTALL
    )
    return "" if found is None else found[1]


def test_what_was_asked_to_return_is_not_the_first_thing_to_sign_for(handler, office):
    number = office.dispatched()
    assert "btn--p" in button(pane(handler, number), "签收")
    office.ask_return(number)
    page = pane(handler, number)
    assert "btn--p" not in button(page, "签收")
    assert "退单申请待审批" in page
    assert "决定之前时限照常计算" in page


def test_a_ticket_that_has_left_the_unit_leaves_the_list_standing(handler, office):
    gone, kept = office.dispatched("甲"), office.dispatched("乙")
    asked = office.ask_return(gone)
    decided = {"machine": Machine.REQUEST, "subject_id": asked}
    office.act("dispatcher", gone, "approve", {"reason": "同意"}, **decided)
    answer = handler.get(f"/inbox?view=to_sign&ticket={gone}")
    assert answer.status_code == 404
    assert f'id="row-{kept}"' in answer.text
    assert "已不在您的单位" in answer.text
    assert "甲" not in answer.text


def test_the_call_that_is_promised_stands_among_the_open_buttons_until_it_is_noted(handler, office):
    number = office.handled()
    at_hand = pane(handler, number).partition('class="more"')[0]
    assert "record_contact" in at_hand
    contact = {"contacted_at": office.now, "way": "phone", "result": "已说明安排"}
    office.act("handler", number, "record_contact", contact)
    assert "record_contact" not in pane(handler, number).partition('class="more"')[0]


def test_the_form_of_a_contact_still_shows_what_the_citizen_asked(handler, office):
    number = office.handled()
    assert "诉求：督促物业尽快修复。" in handler.get(f"/tickets/{number}/actions/record_contact").text


def test_a_reply_begins_with_the_contact_that_was_noted(handler, office):
    number = office.handled()
    chosen = re.compile(r'<input[^>]*name="contact"[^>]*value="contacted"[^>]*checked')
    assert not chosen.search(pane(handler, number))
    at = office.now + timedelta(minutes=1)
    office.act("handler", number, "record_contact", {"contacted_at": at, "way": "phone", "result": "已说明"})
    assert chosen.search(pane(handler, number))


def test_several_orders_are_told_apart_by_their_buttons(client, office):
    number, unit = office.handled(), office.unit_id("WT-ZJ")
    with office.factory.begin() as session:
        new = NewUser("boss", "督办员", PASSWORD, frozenset({Role.SUPERVISOR}), None, "0099")
        accounts.create_user(session, new, office.now, accounts.CHEAP_HASHER)
    for level in ("3", "4"):
        data = {"level": level, "units": [unit], "opinion": "请书面反馈。"}
        office.act("boss", number, "issue", data, machine=Machine.ORDER)
    page = pane(sign_in(client, "handler"), number)
    assert len(re.findall(r"督办反馈（督办[三四]级，\d\d-\d\d 到期）", page)) == 2


@pytest.mark.parametrize("label", ["是否联系诉求人", "办理结论"])
def test_each_choice_of_the_reply_says_what_is_chosen_and_that_it_must_be(handler, office, label):
    legend = re.search(rf'<legend class="([^"]*)">{label} <span class="req"', pane(handler, office.handled()))
    assert legend is not None
    assert legend[1] == "f__l"
