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


SAID = "请今天下班前说明进展"
TO_ALL = {"text": "今天下午到现场。", "visibility": "citizen"}
INSIDE = {"text": "已约物业面谈。", "visibility": "internal"}
CONTACT = {"way": "phone", "result": "已说明安排"}


@pytest.fixture
def urged(office):
    """A ticket that somebody urged in their own words after its unit had signed for it."""

    def urge(role: Role) -> str:
        with office.factory.begin() as session:
            new = NewUser("presser", "催办的人", PASSWORD, frozenset({role}), None, "0098")
            accounts.create_user(session, new, office.now, accounts.CHEAP_HASHER)
        number = office.handled()
        office.act("presser", number, "urge", {"words": SAID})
        return number

    return urge


@pytest.mark.parametrize("role", [Role.AGENT, Role.SUPERVISOR])
def test_who_urged_it_and_in_which_words_stands_above_the_ticket_until_the_unit_answers(
    handler, office, urged, role
):
    number = urged(role)
    assert f"催办：{SAID}。联系诉求人，或用备注" in pane(handler, number)
    office.act("presser", number, "note", TO_ALL)
    assert f"催办：{SAID}" in pane(handler, number)
    office.act("handler", number, "note", INSIDE)
    assert (f"催办：{SAID}" in pane(handler, number)) is (role is Role.AGENT)
    office.act("handler", number, "note", TO_ALL)
    assert f"催办：{SAID}" not in pane(handler, number)


def test_a_contact_that_is_noted_answers_an_urge(handler, office, urged):
    number = urged(Role.AGENT)
    at = office.now + timedelta(minutes=1)
    office.act("handler", number, "record_contact", {**CONTACT, "contacted_at": at})
    assert f"催办：{SAID}" not in pane(handler, number)


def test_what_was_urged_before_the_unit_had_it_is_not_the_units_to_answer(handler, office):
    number = office.waiting()
    office.act("agent", number, "urge", {"words": SAID})
    office.now += timedelta(minutes=1)
    office.act("dispatcher", number, "dispatch", {"main_unit": "WT-ZJ", "choice_reason": "职责所在"})
    assert f"催办：{SAID}" not in pane(handler, number)
