"""Can a callback agent go through the list by forms alone: ask, close, send back, note who was not reached?"""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from sqlalchemy import select

from hotline.callback.matter import advice_after
from hotline.models.ticket import Rating
from tests.hotline.supervisor.small_city import ANSWER, PHONE, SmallCity

NOW = datetime.now(UTC)
ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def waiting(city):
    """Three tickets in the order of their callback clocks."""
    return [city.to_call_back(NOW - timedelta(hours=hours)) for hours in (30, 20, 10)]


@pytest.fixture
def caller(app, city, waiting):
    app.config["WTF_CSRF_ENABLED"] = False
    yield city.sign_in(app, "callback")
    app.config["WTF_CSRF_ENABLED"] = True


def form_of(page: str, form_id: str) -> tuple[str, dict[str, str]]:
    """The address and the hidden fields of a form, as a browser would send them."""
    start = page.index(f'id="{form_id}"')
    opening = page[page.rindex("<form", 0, start) : page.index("</form>", start)]
    address = re.search(r'action="([^"]+)"', opening).group(1)
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', opening)
    return address, {name: value.replace("&amp;", "&") for name, value in hidden}


def beside(page: str, action: str) -> tuple[str, dict[str, str]]:
    """The same of a button that sends the questions elsewhere."""
    address = re.search(rf'formaction="([^"]+/{action})"', page).group(1)
    return address, form_of(page, "questions")[1]


def numbers_on(page: str) -> list[str]:
    return re.findall(r'<li class="[^"]*" id="row-([^"]+)"', page)


def open_number(page: str) -> str:
    return re.search(r'<li class="is-cur" id="row-([^"]+)"', page).group(1)


def test_the_list_follows_the_callback_clock_and_shows_the_matter_masked(caller, waiting):
    page = caller.get("/callback").text
    assert numbers_on(page) == waiting
    assert open_number(page) == waiting[0]
    assert ANSWER in page
    assert "您好，这里是 12345 热线" in page
    assert PHONE not in page
    assert "138****5678" in page


def test_a_content_citizen_closes_the_ticket_and_the_next_row_opens(caller, city, waiting, session_factory):
    address, hidden = form_of(caller.get("/callback").text, "questions")
    spoken = {"solved": "yes", "satisfaction": "satisfied", "was_contacted": "1", "is_truthful": "1"}
    page = caller.post(address, data={**hidden, **spoken, "reason": ""}, follow_redirects=True).text
    assert city.ticket(waiting[0]).state == "closed"
    assert open_number(page) == waiting[1]
    assert numbers_on(page) == waiting[1:]
    with session_factory() as session:
        kept = session.scalars(select(Rating)).one()
        assert (kept.satisfaction, kept.was_contacted, kept.rated_by) == ("satisfied", True, "callback_agent")
    done = caller.get("/callback?view=done").text
    assert numbers_on(done) == [waiting[0]]


@pytest.mark.parametrize(("said", "kept"), [({}, None), ({"was_contacted": "0"}, False)])
def test_a_unit_is_held_to_have_stayed_away_only_where_the_citizen_said_so(
    caller, city, waiting, session_factory, said, kept
):
    address, hidden = form_of(caller.get("/callback").text, "questions")
    caller.post(address, data={**hidden, "solved": "yes", "satisfaction": "satisfied", **said})
    with session_factory() as session:
        assert session.scalars(select(Rating.was_contacted)).one() is kept


def test_the_second_button_sends_the_same_answers_back_to_the_unit(caller, city, waiting):
    page = caller.get("/callback").text
    _, hidden = form_of(page, "questions")
    address = re.search(r'formaction="([^"]+/rework)"', page).group(1)
    bad = {"solved": "no", "satisfaction": "dissatisfied", "reason": "东侧仍有两盏不亮。"}
    page = caller.post(address, data={**hidden, **bad}, follow_redirects=True).text
    assert (city.ticket(waiting[0]).state, city.ticket(waiting[0]).round) == ("in_process", 2)
    assert open_number(page) == waiting[1]


def test_a_dissatisfied_citizen_does_not_close_unless_the_unit_could_only_explain(caller, city, waiting):
    address, hidden = form_of(caller.get("/callback").text, "questions")
    bad = {"solved": "no", "satisfaction": "dissatisfied", "is_explained": "1", "comment": "不认可"}
    refused = caller.post(address, data={**hidden, **bad})
    assert refused.status_code == 409
    assert "不认可" in refused.text
    assert city.ticket(waiting[0]).state == "to_call_back"
    explained = city.to_call_back(NOW - timedelta(hours=40), result="explained")
    page = caller.get("/callback").text
    assert open_number(page) == explained
    assert 'name="is_explained"' in page
    address, hidden = form_of(page, "questions")
    caller.post(address, data={**hidden, **bad})
    assert city.ticket(explained).outcome == "explained"


def test_a_rework_without_a_reason_comes_back_with_what_was_typed(caller, city, waiting):
    page = caller.get("/callback").text
    _, hidden = form_of(page, "questions")
    address = re.search(r'formaction="([^"]+/rework)"', page).group(1)
    refused = caller.post(
        address, data={**hidden, "solved": "no", "satisfaction": "dissatisfied", "comment": "东侧不亮"}
    )
    assert refused.status_code == 422
    assert "东侧不亮" in refused.text
    assert city.ticket(waiting[0]).state == "to_call_back"


def test_a_missed_call_moves_the_ticket_to_its_own_view_with_advice(caller, city, waiting):
    address, hidden = beside(caller.get("/callback").text, "record_call_attempt")
    page = caller.post(address, data={**hidden, "result": "no_answer"}, follow_redirects=True).text
    assert city.ticket(waiting[0]).call_attempts == 1
    assert open_number(page) == waiting[1]
    missed = caller.get("/callback?view=missed").text
    assert numbers_on(missed) == [waiting[0]]
    assert "已拨 1 次" in missed
    assert "计入 1 次" in missed
    assert "无人接听。" in missed


def _records(caller, view, *results):
    for result in results:
        address, hidden = beside(caller.get(view).text, "record_call_attempt")
        caller.post(address, data={**hidden, "result": result})
        view = "/callback?view=missed"


def test_a_number_dialled_again_and_wrong_again_ends_the_callback_without_a_third_day(caller, city, waiting):
    _records(caller, "/callback", "wrong_number")
    missed = caller.get("/callback?view=missed").text
    assert "再记一次“号码有误”" in missed
    assert "下次请在" not in missed
    assert city.ticket(waiting[0]).state == "to_call_back"
    _records(caller, "/callback?view=missed", "wrong_number")
    assert (city.ticket(waiting[0]).state, city.ticket(waiting[0]).outcome) == ("closed", "unreachable")


def test_another_number_that_was_tried_in_between_leaves_the_callback_open(caller, city, waiting):
    _records(caller, "/callback", "wrong_number", "no_answer", "wrong_number")
    assert city.ticket(waiting[0]).state == "to_call_back"


def test_the_last_ticket_leaves_an_empty_desk(app, city):
    app.config["WTF_CSRF_ENABLED"] = False
    number = city.to_call_back(NOW - timedelta(hours=1))
    caller = city.sign_in(app, "callback")
    address, hidden = form_of(caller.get("/callback").text, "questions")
    page = caller.post(
        address, data={**hidden, "solved": "yes", "satisfaction": "satisfied"}, follow_redirects=True
    ).text
    app.config["WTF_CSRF_ENABLED"] = True
    assert city.ticket(number).state == "closed"
    assert "没有需要回访的工单" in page


def test_nobody_else_opens_the_callback_desk(app, city):
    for username in ("agent", "supervisor", "unit-cg", "administrator"):
        assert city.sign_in(app, username).get("/callback").status_code == 403


@pytest.mark.parametrize(
    ("called", "advised"),
    [
        (["2026-11-30 09:30"], "12 月 1 日起，下午 14:00–17:00"),
        (["2026-11-30 15:00"], "12 月 1 日起，晚间 18:00–20:00"),
        (["2026-11-30 19:00"], "12 月 1 日起，上午 9:00–12:00"),
        (["2026-11-30 19:00", "2026-12-01 09:30"], "12 月 2 日起，下午 14:00–17:00"),
        (["2026-11-30 15:00", "2026-12-01 09:30"], "12 月 2 日起，晚间 18:00–20:00"),
    ],
)
def test_the_next_call_is_advised_for_another_day_and_a_part_of_it_not_tried_yet(called, advised):
    calls = [datetime.fromisoformat(each).replace(tzinfo=ZONE) for each in called]
    advice = advice_after(calls, calls[-1])
    assert f"计入 {len(calls)} 次" in advice
    assert advised in advice


def test_nothing_is_advised_before_the_first_call():
    assert advice_after([], NOW) == ""


@pytest.mark.parametrize(
    ("now", "advised"),
    [("2026-11-29T08:00", "请在今天起，上午"), ("2026-11-29T19:00", "请在 11 月 30 日起，上午")],
)
def test_a_day_that_is_over_is_never_advised(now, advised):
    evening = datetime.fromisoformat("2026-11-25T18:30").replace(tzinfo=ZONE)
    assert advised in advice_after([evening], datetime.fromisoformat(now).replace(tzinfo=ZONE))


@pytest.fixture
def on_monday(app, session_factory):
    """Noon of a working day, so that the hours for calls are known."""
    with time_machine.travel(datetime(2026, 11, 23, 12, 0, tzinfo=ZONE), tick=False) as clock:
        city = SmallCity(session_factory)
        waiting = [city.to_call_back(datetime.now(UTC) - timedelta(hours=hours)) for hours in (30, 20)]
        app.config["WTF_CSRF_ENABLED"] = False
        yield clock, city, waiting, city.sign_in(app, "callback")
        app.config["WTF_CSRF_ENABLED"] = True


def test_a_booked_call_waits_in_its_own_view_and_comes_first_when_its_time_has_come(on_monday):
    clock, city, waiting, caller = on_monday
    address, hidden = beside(caller.get(f"/callback?view=waiting&ticket={waiting[1]}").text, "book_call")
    booked = caller.post(address, data={**hidden, "call_at": "2026-11-23T12:20", "note": "午饭后"})
    page = caller.get(booked.location).text
    assert (numbers_on(page), open_number(page)) == ([waiting[0]], waiting[0])
    assert f"已预约回拨：{waiting[1]}" in page
    page = caller.get("/callback?view=booked").text
    assert numbers_on(page) == [waiting[1]]
    assert "预约 11-23 12:20" in page
    assert "上次记录（11-23 12:00）：预约回拨，午饭后。" in page
    clock.move_to(datetime(2026, 11, 23, 12, 20, tzinfo=ZONE))
    page = caller.get("/callback").text
    assert (numbers_on(page), open_number(page)) == ([waiting[1], waiting[0]], waiting[1])
    assert "到点回拨" in page
    address, hidden = beside(page, "record_call_attempt")
    caller.post(address, data={**hidden, "result": "no_answer"})
    assert city.ticket(waiting[1]).call_booked_at is None
    assert numbers_on(caller.get("/callback?view=booked").text) == []


def test_whoever_booked_a_call_was_reached_so_that_one_slip_more_makes_no_wrong_number(on_monday):
    clock, city, waiting, caller = on_monday
    _records(caller, "/callback", "wrong_number")
    address, hidden = beside(caller.get("/callback?view=missed").text, "book_call")
    assert caller.post(address, data={**hidden, "call_at": "2026-11-23T12:20"}).status_code == 303
    clock.move_to(datetime(2026, 11, 23, 12, 20, tzinfo=ZONE))
    assert open_number(caller.get("/callback").text) == waiting[0]
    _records(caller, "/callback", "wrong_number")
    assert city.ticket(waiting[0]).state == "to_call_back"


def test_each_way_without_an_answer_has_its_button_after_its_own_field(on_monday):
    page = on_monday[3].get("/callback").text
    places = ['id="call_at"', '/book_call"', 'id="result"', '/record_call_attempt"']
    assert sorted(places, key=page.index) == places


def test_where_no_hour_for_calls_is_left_the_page_says_so_and_what_to_do(on_monday):
    clock, city, waiting, caller = on_monday
    address, hidden = beside(caller.get(f"/callback?ticket={waiting[0]}").text, "book_call")
    # Friday night: the callback falls due before the next working day begins.
    clock.move_to(datetime(2026, 11, 27, 20, 1, tzinfo=ZONE))
    caller = city.sign_in(caller.application, "callback")
    said = "不能再预约；请现在拨打，没有打通的记录未接通"
    page = caller.get(f"/callback?ticket={waiting[0]}").text
    assert (said in page, 'type="datetime-local"' in page) == (True, False)
    refused = caller.post(address, data={**hidden, "call_at": "2026-11-27T20:30", "note": ""})
    assert (refused.status_code, said in refused.text) == (422, True)


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("2026-11-23T11:00", "这个时间已经过去"),
        ("2026-11-23T20:30", "请选择工作日 9:00 至 20:00 之间的时间"),
        ("2026-11-28T10:00", "日期太晚，最迟 2026-11-27 20:00"),
        ("2026-12-09T10:00", "日期太晚，最迟 2026-11-"),
        ("明天下午", "请填写日期和时间"),
    ],
)
def test_a_call_is_booked_within_the_hours_for_calls_and_what_was_typed_comes_back(on_monday, at, said):
    _, city, waiting, caller = on_monday
    address, hidden = beside(caller.get("/callback").text, "book_call")
    refused = caller.post(address, data={**hidden, "call_at": at, "note": "午休时方便"})
    assert (refused.status_code, said in refused.text, "午休时方便" in refused.text) == (422, True, True)
    assert city.ticket(waiting[0]).call_booked_at is None
