"""Getting to one's own ticket, and to nobody else's."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event

from hotline.models.ticket import Ticket
from tests.hotline.citizen.journeys import hidden, open_with_code

FIFTEEN_MINUTES = 900


def try_code(client, number, code):
    return client.post("/find", data={**hidden(client.get("/find").text), "number": number, "code": code})


def told(response, number):
    """What the answer says, without what differs in every answer and the number as it was typed."""
    text = re.sub(r'name="csrf_token" value="[^"]+"', "", response.text)
    text = re.sub(r'data-now="[^"]+"', "", text)
    text = re.sub("例如 [^<]*", "", text)  # the example may look like the number
    return response.status_code, text.replace(number, "")


def test_number_and_code_open_the_ticket(client, city):
    number = city.register()
    response = open_with_code(client, city, number)
    assert (response.status_code, response.headers["Location"]) == (303, f"/status/{number}")
    assert client.get(f"/status/{number}").status_code == 200


@pytest.mark.parametrize(
    "typed",
    [
        lambda number: number.lower(),
        lambda number: f" {number[:10]} {number[10:]} ",
        lambda number: number.removeprefix("YJ").replace("-", ""),
        lambda number: number.translate(str.maketrans("YJ0123456789-", "ＹＪ０１２３４５６７８９－")),
        lambda number: number.replace("-", "—"),
        lambda number: number[:11] + number[11:].lstrip("0"),
    ],
)
def test_a_number_may_be_typed_in_many_ways(client, city, typed):
    number = city.register()
    code = city.ticket(number).query_code.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert try_code(client, typed(number), code).headers["Location"] == f"/status/{number}"


def test_no_ticket_is_read_before_its_code_is_right(client, city):
    number, read = city.register(), []
    code = city.ticket(number).query_code

    def note(ticket, _context):
        read.append(ticket.number)

    event.listen(Ticket, "load", note)
    try:
        try_code(client, number, "000000" if code != "000000" else "111111")
        assert read == []
        try_code(client, number, code)
        assert set(read) == {number}
    finally:
        event.remove(Ticket, "load", note)


def test_a_right_code_opens_no_ticket_but_its_own_whatever_is_read_in_the_place_of_one_that_is_not_there(
    client, city
):
    first = city.register()
    second = city.register()
    code = city.ticket(first).query_code
    answers = [try_code(client, number, code).status_code for number in ("YJ20200101-00001", "", second)]
    assert answers == [422, 422, 422 if city.ticket(second).query_code != code else 303]
    assert try_code(client, first, code).status_code == 303


def test_every_failure_gets_the_same_answer(client, city):
    number = city.register()
    other = city.ticket(city.register()).query_code
    wrong = "000000" if city.ticket(number).query_code != "000000" else "111111"
    tries = [
        (number, wrong),
        (number, other),
        (number, "12"),
        (number, "12345x"),
        ("YJ20200101-00001", "123456"),
        ("YJ20200101-00001", "------"),
        ("nonsense", "123456"),
        (number, "１" * 500),
    ]
    answers = {told(try_code(client, typed, code), typed) for typed, code in tries}
    assert len(answers) == 1
    assert next(iter(answers))[0] == 422


def test_a_code_that_was_typed_is_never_shown_again(client, city):
    assert "918273" not in try_code(client, city.register(), "918273").text


def test_what_is_missing_is_named_in_the_summary_and_at_the_field(client, city):
    page = try_code(client, "", "").text
    assert "有 2 处需要修改" in page
    assert '<a href="#number">请填写工单号</a>' in page
    assert 'id="number-error"' in page
    assert "<title>错误：" in page


def test_an_address_that_guesses_numbers_is_stopped_by_the_21st_try(client, city):
    number = city.register()
    codes = [try_code(client, f"YJ20261123-{n:05d}", "123456").status_code for n in range(20)]
    assert codes == [422] * 20
    stopped = open_with_code(client, city, number)
    assert stopped.status_code == 429
    assert 0 < int(stopped.headers["Retry-After"]) <= FIFTEEN_MINUTES


def test_a_ticket_whose_code_is_guessed_from_many_addresses_is_shut(client, city):
    number = city.register()
    page = hidden(client.get("/find").text)
    data = {**page, "number": number, "code": "12345x"}
    codes = [
        client.post("/find", data=data, environ_base={"REMOTE_ADDR": f"10.0.0.{n}"}).status_code
        for n in range(21)
    ]
    assert codes == [422] * 20 + [429]


def test_a_forwarded_address_is_believed_of_a_proxy_on_this_machine_alone(client, city):
    data = {**hidden(client.get("/find").text), "number": "YJ20261123-99999", "code": "123456"}
    headers = [{"X-Forwarded-For": f"10.0.0.{n}"} for n in range(21)]
    outside = {"REMOTE_ADDR": "192.0.2.9"}
    codes = [
        client.post("/find", data=data, headers=each, environ_base=outside).status_code for each in headers
    ]
    assert codes[-1] == 429
    data["number"] = "YJ20261123-99998"  # failures of one ticket count together, wherever they come from
    behind = [client.post("/find", data=data, headers=each).status_code for each in headers[:20]]
    assert set(behind) == {422}


def test_right_codes_are_not_counted(client, city):
    number = city.register()
    assert {open_with_code(client, city, number).status_code for _ in range(22)} == {303}


def test_another_ticket_stays_shut(client, city):
    mine, other = city.replied(), city.replied()
    open_with_code(client, city, mine)
    for page in ("status", "rate", "withdraw"):
        for number in (other, "YJ20200101-00001"):
            response = client.get(f"/{page}/{number}")
            assert (response.status_code, response.headers["Location"]) == (303, f"/find?number={number}")
    form = {**hidden(client.get(f"/rate/{mine}").text), "solved": "yes", "satisfaction": "satisfied"}
    assert client.post(f"/rate/{other}", data=form).status_code == 401
    assert city.ticket(other).state == "to_call_back"


def test_who_leaves_a_ticket_leaves_nothing_of_it_on_the_telephone(client, city):
    mine, other = city.dispatched(), city.dispatched(phone="13900139000")
    for number in (other, mine):
        open_with_code(client, city, number)
    page = client.get(f"/status/{mine}")
    assert page.headers["Cache-Control"] == "no-store"
    path = f"/status/{mine}/leave"
    assert f'action="{path}"' in page.text
    left = client.post(path, data=hidden(page.text))
    assert (left.status_code, left.headers["Location"]) == (303, "/find")
    assert "已离开诉求" in client.get("/find").text
    for number in (mine, other):
        assert client.get(f"/status/{number}").headers["Location"] == f"/find?number={number}"


def test_without_a_code_no_page_of_a_ticket_opens(client, city):
    number = city.register()
    assert client.get(f"/status/{number}").headers["Location"] == f"/find?number={number}"


def test_the_link_in_the_message_opens_the_ticket_where_it_matters(client, city):
    number = city.dispatched()
    token = city.ticket(number).link_token
    assert client.get(f"/t/{token}").headers["Location"] == f"/status/{number}"
    city.act(number, "sign", city.role("handler"))
    city.reply(number)
    city.act(number, "approve_reply", city.role("auditor"))
    assert client.get(f"/t/{token}").headers["Location"] == f"/rate/{number}"
    assert client.get(f"/rate/{number}").status_code == 200


@pytest.mark.parametrize(("days", "status"), [(29, 303), (31, 404)])
def test_a_link_ends_thirty_days_after_closing(client, city, days, status):
    number = city.register()
    token = city.ticket(number).link_token
    closed_at = datetime.now(UTC) - timedelta(days=days)
    city.change(number, state="closed", outcome="explained", closed_at=closed_at)
    assert client.get(f"/t/{token}").status_code == status


def test_an_old_link_and_one_that_never_was_look_alike(client, city):
    number = city.register()
    token = city.ticket(number).link_token
    city.change(number, state="closed", outcome="explained", closed_at=datetime.now(UTC) - timedelta(days=31))
    old, unknown = client.get(f"/t/{token}"), client.get("/t/never-was")
    assert told(old, token) == told(unknown, "never-was")
    assert 'href="/find"' in old.text


def test_the_first_page_leads_to_everything_a_citizen_can_do_and_to_the_emergency_numbers(client, city):
    page = client.get("/").text
    wanted = ("/submit", "/find", "/help", "/privacy", "/accessibility", "/size/large", "/language/en")
    assert [path for path in wanted if f'href="{path}' not in page] == []
    assert [number for number in ("110", "119", "120", "12345") if f'href="tel:{number}"' not in page] == []
