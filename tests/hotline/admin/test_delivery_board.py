"""What do supervisors see of the sending, and what may an administrator do about it?"""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from notifications import switch
from notifications.models import OutboxMessage
from notifications.policy import Caps
from notifications.spending import choose_caps, read_caps
from notifications.switch import Reason
from tests.hotline.clerks import hidden_of
from tests.hotline.letters import attempt, letter
from tests.hotline.pages import plain

PATH = "/admin/delivery"
LIST = f"{PATH}/redrive#list"


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def supervisor(app, city):
    return city.sign_in(app, "supervisor")


@pytest.fixture
def write(session_factory, now):
    """Put messages into the outbox; gives their ids."""

    def put(number: int = 1, **changes: object) -> list[str]:
        with session_factory.begin() as session:
            return [letter(session, now, **changes) for _ in range(number)]

    return put


@pytest.fixture
def dead(write):
    return lambda number=1, error="poison": write(number, state="dead", last_error=error, attempts=3)


@pytest.fixture
def states(session_factory):
    def read() -> dict[str, str]:
        with session_factory() as session:
            return {
                row.id: row.state for row in session.execute(select(OutboxMessage.id, OutboxMessage.state))
            }

    return read


@pytest.fixture
def stands(session_factory):
    def read() -> switch.Switch:
        with session_factory() as session:
            return switch.read(session)

    return read


def send(client, path: str, form: str | None = None, **data: object):
    """Fill a form of the board in and send it."""
    hidden = hidden_of(client.get(PATH).text, form or path)
    return client.post(path, data={**hidden, **data})


def part(page: str, name: str) -> str:
    return plain(re.search(rf'<section[^>]*id="{name}".*?</section>', page, re.DOTALL)[0])


def test_supervisors_and_administrators_find_the_board_in_their_menu(administrator, supervisor):
    assert f'href="{PATH}"' in supervisor.get("/board").text
    assert f'href="{PATH}"' in administrator.get("/admin").text
    for client in (administrator, supervisor):
        assert "消息发送" in client.get(PATH).text


@pytest.mark.parametrize("username", ["agent", "dispatcher", "unit-cg"])
def test_nobody_else_sees_it(app, city, username):
    assert city.sign_in(app, username).get(PATH).status_code == 403


def test_a_supervisor_sees_no_lever_and_may_pull_none(supervisor, dead, states, stands):
    (one,) = dead()
    page = supervisor.get(PATH).text
    assert "多次造成发送程序出错" in page
    assert "重新发送" not in plain(re.sub(r"先排除原因，再重新发送", "", page))
    assert "暂停发送" not in plain(page)
    token = re.search(r'name="csrf-token" content="([^"]+)"', page)[1]
    for act in ("pause", "resume", "redrive", "caps"):
        answer = supervisor.post(f"{PATH}/{act}", data={"csrf_token": token, "only": one, "why": "x"})
        assert answer.status_code == 403
    assert states() == {one: "dead"}
    assert not stands().is_paused


def test_the_board_tells_what_waits_what_went_out_and_what_failed(supervisor, write, session_factory, now):
    write(2, next_attempt_at=now - timedelta(minutes=8, seconds=20))
    write(next_attempt_at=now + timedelta(hours=9), digest_key="unit:1")
    write(state="failed", last_error="twilio_30003", next_attempt_at=now - timedelta(minutes=2))
    (taken,) = write(state="accepted", next_attempt_at=now - timedelta(minutes=2))
    with session_factory.begin() as session:
        attempt(session, taken, 1, now - timedelta(minutes=2))
    page = supervisor.get(PATH).text
    assert re.search(r"短信 2 8 分 0 0 0 1 0 ", part(page, "queue"))
    assert "最近一小时 2 条，最多一分钟 2 条" in part(page, "minutes")
    assert "对方关机或不在服务区 twilio_30003 短信 1 0" in part(page, "failing")
    assert re.search(r"Twilio \d\d-\d\d \d\d:\d\d 0 / 1 0% 正常", part(page, "providers"))


def test_htmx_gets_the_living_parts_alone(supervisor, dead):
    (one,) = dead()
    page = supervisor.get(PATH, headers={"HX-Request": "true"}).text
    assert page.lstrip().startswith("<tbody")
    assert f'id="row-{one}"' in page
    for name in ("standing", "tiles", "queue", "minutes", "today", "failing", "providers", "as-of"):
        assert re.search(rf'id="{name}"[^>]*hx-swap-oob="true"', page), name
    assert "<form" not in page


def test_a_ticket_is_linked_for_those_who_may_open_it(administrator, supervisor, dead):
    dead()
    link = 'href="/tickets/YJ20261123-00001"'
    assert link in supervisor.get(PATH).text
    page = administrator.get(PATH).text
    assert link not in page
    assert "YJ20261123-00001" in page


def test_neither_address_nor_words_of_a_message_are_shown(administrator, dead):
    dead(3)
    page = administrator.get(PATH).text
    assert "13800001234" not in page
    assert "804417" not in page


def test_pausing_asks_for_a_reason_and_shows_who_and_why(administrator, supervisor, stands):
    answer = send(administrator, f"{PATH}/pause", why="通道商今晚割接")
    assert (answer.status_code, answer.headers["Location"]) == (303, PATH)
    assert (stands().is_paused, stands().note) == (True, "通道商今晚割接")
    page = plain(supervisor.get(PATH).text)
    assert "已暂停发送。 administrator 的姓名" in page
    assert "原因：通道商今晚割接" in page
    assert "已暂停发送" in administrator.get(PATH).text


def test_pausing_without_a_reason_is_refused_beside_the_field(administrator, stands):
    answer = send(administrator, f"{PATH}/pause", why=" ")
    assert answer.status_code == 422
    assert 'href="#why"' in answer.text
    assert "请填写暂停原因" in answer.text
    assert not stands().is_paused


def test_a_reason_that_is_too_long_comes_back_as_it_was_typed(administrator, stands):
    answer = send(administrator, f"{PATH}/pause", why="等" * 201)
    assert answer.status_code == 422
    assert "等" * 201 in answer.text
    assert not stands().is_paused


def test_what_stands_paused_keeps_its_first_reason(administrator, session_factory, stands, now):
    hidden = hidden_of(administrator.get(PATH).text, f"{PATH}/pause")
    with session_factory.begin() as session:
        switch.pause(session, "hotline", now, Reason.RESTORED)
    administrator.post(f"{PATH}/pause", data={**hidden, "why": "晚了一步"})
    assert (stands().reason, stands().note) == ("restored", "")
    assert "发送已经是暂停的" in administrator.get(PATH).text


def test_a_restored_database_says_so_and_is_let_go_by_hand(administrator, session_factory, stands, now):
    with session_factory.begin() as session:
        switch.pause(session, "hotline", now, Reason.RESTORED)
    assert "这个数据库是恢复或复制来的" in administrator.get(PATH).text
    send(administrator, f"{PATH}/resume")
    assert (stands().is_paused, stands().changed_by) == (False, "administrator 的姓名")
    assert "正在发送" in administrator.get(PATH).text


def test_one_dead_letter_is_sent_again(administrator, dead, states):
    one, other = dead(2)
    answer = send(administrator, f"{PATH}/redrive", LIST, only=one)
    assert answer.status_code == 303
    assert states() == {one: "created", other: "dead"}
    assert "1 条消息等待重新发送" in administrator.get(PATH).text


def test_a_selection_is_sent_again(administrator, dead, states):
    one, two, other = dead(3)
    send(administrator, f"{PATH}/redrive", LIST, id=[one, two])
    assert states() == {one: "created", two: "created", other: "dead"}


def test_all_that_died_of_one_cause_are_sent_again(administrator, dead, states):
    mended, left = dead(2, "http_503"), dead(1, "poison")
    send(administrator, f"{PATH}/redrive", all_of="http_503")
    assert states() == {**dict.fromkeys(mended, "created"), **dict.fromkeys(left, "dead")}


def test_the_same_press_twice_sends_once(administrator, dead, states, session_factory):
    (one,) = dead()
    pressed = {**hidden_of(administrator.get(PATH).text, LIST), "only": one}
    administrator.post(f"{PATH}/redrive", data=pressed)
    with session_factory.begin() as session:
        session.get_one(OutboxMessage, one).state = "dead"
    assert administrator.post(f"{PATH}/redrive", data=pressed).status_code == 303
    assert states() == {one: "dead"}


def test_what_somebody_else_sent_again_meanwhile_is_said_to_be_gone(administrator, dead, session_factory):
    (one,) = dead()
    pressed = {**hidden_of(administrator.get(PATH).text, LIST), "only": one}
    with session_factory.begin() as session:
        session.get_one(OutboxMessage, one).state = "accepted"
    administrator.post(f"{PATH}/redrive", data=pressed)
    assert "这些消息已不在无法发送之列" in administrator.get(PATH).text


def test_when_nothing_is_ticked_the_list_stays_and_says_what_to_do(administrator, dead, states):
    ids = dead(2)
    answer = send(administrator, f"{PATH}/redrive", LIST, cause="poison")
    assert answer.status_code == 422
    assert "请先勾选要重新发送的消息" in answer.text
    assert all(f'id="row-{each}"' in answer.text for each in ids)
    assert "原因：poison" in answer.text
    assert set(states().values()) == {"dead"}


def test_the_list_leads_back_to_the_cause_it_was_narrowed_to(administrator, dead):
    one, _ = dead(2)
    answer = send(administrator, f"{PATH}/redrive", LIST, only=one, cause="poison")
    assert answer.headers["Location"] == f"{PATH}?cause=poison"


def test_caps_are_set_and_nought_lifts_one(administrator, session_factory):
    answer = send(administrator, f"{PATH}/caps", per_person="0", per_day="12,000")
    assert answer.status_code == 303
    with session_factory() as session:
        assert read_caps(session) == Caps(None, 12_000)
    assert "已保存短信上限" in administrator.get(PATH).text


@pytest.mark.parametrize(
    ("per_person", "per_day", "name"),
    [
        ("", "100", "per_person"),
        ("ten", "100", "per_person"),
        ("1001", "100", "per_person"),
        ("00000000010000", "100", "per_person"),
        ("5", "-1", "per_day"),
    ],
)
def test_a_cap_that_is_no_number_is_named_with_its_cure_and_nothing_changes(
    administrator, session_factory, per_person, per_day, name
):
    with session_factory.begin() as session:
        choose_caps(session, Caps(7, 70))
    answer = send(administrator, f"{PATH}/caps", per_person=per_person, per_day=per_day)
    assert answer.status_code == 422
    assert f'href="#{name}"' in answer.text
    assert "0 表示不设上限" in answer.text
    assert f'value="{per_day}"' in answer.text
    with session_factory() as session:
        assert read_caps(session) == Caps(7, 70)
