"""What a citizen presses in a browser that has not opened the ticket, or has it open no longer."""

import re

import pytest
from sqlalchemy import func, select

from hotline.models.ticket import Request
from tests.hotline.citizen.journeys import hidden, open_with_code


@pytest.mark.parametrize(
    "path", ["/supplement/{}", "/urge/{}", "/reopen/{}", "/reopen/{}/cancel", "/rate/{}"]
)
def test_strangers_get_the_same_answer_for_a_ticket_and_for_none(client, city, path):
    mine = city.signed()
    open_with_code(client, city, mine)
    token = hidden(client.get(f"/status/{mine}").text)
    theirs = city.signed(phone="13900139000")
    numbers = (theirs, "YJ20200101-99999")
    answers = [client.post(path.format(number), data=token) for number in numbers]
    assert {answer.status_code for answer in answers} == {303}
    assert [answer.headers["Location"] for answer in answers] == [f"/find?number={each}" for each in numbers]
    typed = [client.post(path.format(number), data={**token, "text": "又停了两天"}) for number in numbers]
    assert {answer.status_code for answer in typed} == {401}
    assert one_page(typed, numbers)


def one_page(answers, numbers):
    """Whether the answers differ in nothing but the number and what is sealed."""
    pages = zip(answers, numbers, strict=True)
    changing = r'(csrf_token|kept)" value="[^"]*"|data-now="[^"]*"'
    return len({re.sub(changing, "", answer.text).replace(number, "") for answer, number in pages}) == 1


@pytest.mark.parametrize("is_opened_elsewhere", [True, False])
def test_what_a_citizen_typed_comes_back_once_the_code_is_right_again(
    client, city, session_factory, is_opened_elsewhere
):
    closed = city.closed()
    open_with_code(client, city, closed)
    page = client.get(f"/reopen/{closed}").text
    client.delete_cookie("hotline")
    if is_opened_elsewhere:
        open_with_code(client, city, city.register())
        page = client.get("/find").text
    typed = {**hidden(page), "reason": "电梯又停了。"}
    asked = client.post(f"/reopen/{closed}", data=typed)
    assert (asked.status_code, "还没有提交" in asked.text) == (401, True)
    again = {**hidden(asked.text), "number": closed}
    wrong = client.post("/find", data={**again, "code": "x"})
    assert "电梯又停了。" not in wrong.text
    back = client.post(
        "/find", data={**hidden(wrong.text), "number": closed, "code": city.ticket(closed).query_code}
    )
    assert "电梯又停了。" in back.text
    assert "data-key" not in back.text  # a citizen has no keys to press
    assert client.post(f"/reopen/{closed}", data=hidden(back.text)).status_code == 303
    with session_factory() as session:
        assert session.scalar(select(func.count(Request.id))) == 1
