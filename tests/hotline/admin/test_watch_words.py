"""Watch words are published with a look at what they would set off, and every text is read with them at once."""

from datetime import UTC, datetime, timedelta

from bs4 import BeautifulSoup
from sqlalchemy import select

from hotline.models.ticket import Ticket
from hotline.models.watch_words import WatchMark, WordKind, WordVersion
from hotline.queries.watch_words import list_groups
from hotline.services.watch_words import plant_shipped
from tests.hotline.department.office import csrf
from tests.hotline.watched import ADMINISTRATOR, watch

GROUP = {
    "name": "轻生",
    "kind": "emergency",
    "words": "跳楼\n轻生",
    "exceptions": "跳楼价",
    "line": "110",
    "procedure": "保持通话，同时转 110。",
    "is_active": "y",
    "reason": "新增",
}


def post(client, path="/new", **data):
    return client.post(f"/admin/words{path}", data={"csrf_token": csrf(client), **data})


def published(client, path="/new", version=0, **changes):
    return post(client, path, **{**GROUP, "version": version, "step": "publish", **changes})


def values(page, name):
    return [each["value"] for each in BeautifulSoup(page, "html.parser").select(f'[name="{name}"]')]


def assisted(client, content):
    typed = {"csrf_token": csrf(client), "content": content, "title": "", "type": "help"}
    return client.post("/desk/assist", data=typed, headers={"HX-Request": "true"}).text


def test_a_group_is_seen_with_its_effect_and_published_for_the_desk_at_once(app, city, administrator):
    city.accepted(datetime.now(UTC), content="有人在楼顶要跳 楼。")
    city.accepted(datetime.now(UTC), content="商场跳楼价。")
    seen = post(administrator, **GROUP, step="check").text
    assert "现在命中 <b>0</b> 件，发布后命中 <b>1</b> 件" in seen
    assert values(seen, "words") == [GROUP["words"]]
    agent = city.sign_in(app, "agent")
    assert GROUP["procedure"] not in assisted(agent, "他要跳楼")
    assert published(administrator).status_code == 303
    assert "轻生，先转 110" in assisted(agent, "他要跳，楼")
    assert "先转" not in assisted(agent, "买了跳楼价的鞋")


def test_bad_lines_are_told_by_their_numbers_and_nothing_typed_is_lost(administrator, session_factory):
    words, exceptions = "跳楼\n\n跳\n轻生、自杀\n跳 楼", "游泳比赛\n跳楼价"
    answer = published(administrator, words=words, exceptions=exceptions, line="", reason="")
    assert answer.status_code == 422
    for said in (
        "词：第 3 行太短",
        "词：第 4 行有顿号",
        "词：第 5 行与前面重复",
        "误报词：第 1 行不含本组的任何词",
        "转接号码：请填写此项",
        "修改原因：请填写此项",
    ):
        assert said in answer.text
    typed = BeautifulSoup(answer.text, "html.parser")
    assert typed.select_one("#words").text.strip("\n") == words
    with session_factory() as session:
        assert not list_groups(session)


def test_of_two_who_change_a_group_the_second_is_shown_the_first_ones_version(administrator, session_factory):
    path = published(administrator).headers["Location"].removeprefix("/admin/words")
    assert published(administrator, f"{path}/edit", 1, words="跳楼", reason="去掉轻生").status_code == 303
    late = published(administrator, f"{path}/edit", 1, name="自伤", reason="改名")
    assert late.status_code == 409
    assert "去掉轻生" in late.text
    assert values(late.text, "name") == ["自伤"]
    assert published(administrator, f"{path}/edit", 2, words="跳楼", reason="又一次").status_code == 409
    history = administrator.get(f"/admin/words{path}").text
    assert "去掉：轻生" in history
    with session_factory() as session:
        assert len(session.scalars(select(WordVersion)).all()) == 2


def test_only_administrators_open_the_lists(app, city, administrator):
    assert administrator.get("/admin/words?kind=emergency&q=x").status_code == 200
    assert city.sign_in(app, "supervisor").get("/admin/words").status_code == 403


def test_a_group_counts_on_its_days_and_while_it_is_used(administrator, session_factory):
    yesterday = str(datetime.now(UTC).date() - timedelta(days=2))
    text = {"text": "他要跳楼"}
    path = published(administrator, valid_until_on=yesterday).headers["Location"].removeprefix("/admin/words")
    assert "没有命中" in post(administrator, "/try", **text).text
    published(administrator, f"{path}/edit", 1)
    assert "<b>轻生</b>" in post(administrator, "/try", **text).text
    published(administrator, f"{path}/edit", 2, is_active="")
    assert "没有命中" in post(administrator, "/try", **text).text


def test_what_a_record_says_is_kept_with_the_ticket_and_shown_to_the_supervisors(app, city, session_factory):
    watch(session_factory, WordKind.ATTENTION, "集体上访")
    marked, other = (
        city.accepted(datetime.now(UTC), content="工友们准备集体上访。"),
        city.accepted(datetime.now(UTC), content="路灯不亮。"),
    )
    with session_factory() as session:
        marks = session.execute(select(Ticket.number, WatchMark.words).join(WatchMark)).all()
    assert [tuple(each) for each in marks] == [(marked, "集体上访")]
    page = city.sign_in(app, "supervisor").get("/board/watched").text
    assert marked in page
    assert other not in page


def test_the_shipped_groups_are_all_sound(session_factory):
    with session_factory.begin() as session:
        planted = plant_shipped(session, ADMINISTRATOR, datetime.now(UTC), "开通")
        assert {group.kind for group in list_groups(session)} == set(WordKind)
        assert len(list_groups(session)) == planted
