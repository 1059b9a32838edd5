"""A draft of a colleague may be gone on with; who called stays masked, and nothing masked is ever saved."""

import pytest
from sqlalchemy import select

from hotline.models.ticket import Citizen, Ticket
from hotline.services import intake
from tests.hotline.clerks import hidden_of
from tests.stories.town import COMPLAINT, MONDAY
from workflows.vocabulary import TicketState

ABOUT = {
    **COMPLAINT,
    "citizen_name": "林晚秋",
    "phone": "13800138001",
    "email": "lin@example.cn",
    "is_minor": True,
    "guardian_phone": "13900139000",
    "id_number": "11010519491231002X",
}
CLEAR = ("林晚秋", "13800138001", "lin@example.cn", "13900139000", "11010519491231002X")
NAMES = ("citizen_name", "phone", "email", "guardian_phone", "id_number")


@pytest.fixture
def draft(session_factory, town) -> str:
    with session_factory.begin() as session:
        return intake.register(session, ABOUT, town["agent"], MONDAY).number


def send(browser, number, action="save", **changes):
    path = f"/desk/drafts/{number}"
    data = {
        **hidden_of(browser.get(path).text, path),
        **{name: COMPLAINT[name] for name in ("type", "content", "category", "address")},
        **dict.fromkeys(NAMES, ""),
        "urgency": "ordinary",
        "is_minor": "y",
        "action": action,
        **changes,
    }
    return browser.post(path, data=data)


def person(session_factory):
    with session_factory() as session:
        citizen = session.scalars(select(Citizen)).one()
    return tuple(getattr(citizen, name) for name in ("name", "phone", "email", "guardian_phone", "id_number"))


@pytest.fixture
def as_registered(session_factory, draft):
    return person(session_factory)


def test_the_form_of_a_colleagues_draft_shows_masks_and_no_caller(trusted_agent, draft):
    page = trusted_agent.get(f"/desk/drafts/{draft}").text
    assert "电梯" in page
    assert [text for text in CLEAR if text in page] == []
    for mask in ("林**", "138****8001", "l***@example.cn", "139****9000", "11**************2X"):
        assert f"已登记 {mask}，留空不改。" in page


def test_the_writer_goes_on_seeing_whom_they_wrote_down(agent, draft):
    page = agent.get(f"/desk/drafts/{draft}").text
    assert [text for text in CLEAR if f'value="{text}"' not in page] == []
    assert "留空不改" not in page


def test_a_draft_nobody_at_the_desk_wrote_is_masked_for_everybody(agent, draft, session_factory):
    with session_factory.begin() as session:
        session.scalars(select(Ticket)).one().registered_by_id = None
    assert "13800138001" not in agent.get(f"/desk/drafts/{draft}").text


def test_what_a_colleague_leaves_empty_stays_as_it_was(trusted_agent, draft, session_factory, as_registered):
    assert send(trusted_agent, draft, content="电梯停运五天。").status_code == 303
    assert person(session_factory) == as_registered
    with session_factory() as session:
        assert session.scalars(select(Ticket.content)).one() == "电梯停运五天。"


def test_what_a_colleague_fills_in_takes_the_place_of_what_was_there(
    trusted_agent, draft, session_factory, as_registered
):
    send(trusted_agent, draft, phone="13700137000")
    name, phone, *rest = person(session_factory)
    assert (name, phone) == ("林晚秋", "+8613700137000")
    assert rest == list(as_registered[2:])


def test_a_colleague_submits_a_draft_without_typing_the_number_anew(
    trusted_agent, draft, session_factory, as_registered
):
    assert send(trusted_agent, draft, "submit").status_code == 303
    assert person(session_factory) == as_registered
    with session_factory() as session:
        assert session.scalars(select(Ticket.state)).one() == TicketState.INTAKE_REVIEW


def test_faults_and_the_look_ahead_keep_the_caller_masked(trusted_agent, draft):
    path = f"/desk/drafts/{draft}"
    faulty = send(trusted_agent, draft, "submit", category="")
    assert faulty.status_code == 422
    hidden = hidden_of(trusted_agent.get(path).text, path)
    typed = {name: COMPLAINT[name] for name in ("type", "content", "category", "address")}
    ahead = trusted_agent.post("/desk/preview", data={**hidden, **typed, "draft_number": draft}).text
    assert "至少填写一种联系方式" not in ahead
    for page in (faulty.text, ahead):
        assert [text for text in CLEAR if text in page] == []
        assert "已登记 138****8001，留空不改。" in page


def test_half_a_change_by_a_colleague_is_kept_without_the_caller(trusted_agent, draft):
    path = f"/desk/drafts/{draft}"
    page = trusted_agent.get(path).text
    kept = {**hidden_of(page, path), "content": "改了一半", "call": "", "call_version": ""}
    url = trusted_agent.post("/desk/calls", data=kept, headers={"HX-Request": "true"}).json["url"]
    again = trusted_agent.get(url).text
    assert "改了一半" in again
    assert "13800138001" not in again
    assert "已登记 138****8001，留空不改。" in again


def test_the_ticket_leads_to_the_one_form_of_a_draft(trusted_agent, draft):
    assert f"/desk/drafts/{draft}" in trusted_agent.get(f"/tickets/{draft}").text
    answer = trusted_agent.get(f"/tickets/{draft}/actions/revise")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/desk/drafts/{draft}")
