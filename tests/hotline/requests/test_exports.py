"""May a table leave the house only with another's leave, for its asker alone, masked, and for a day?"""

import csv
import io
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DatabaseError

from hotline.models.exports import Export, ExportEvent
from hotline.models.ticket import Request
from hotline.queries.export_rows import keep, restore
from hotline.queries.worklists import Filters
from hotline.services import exports
from hotline.services.exports import Wish
from tests.hotline.requests.wide_city import NOW, post
from tests.hotline.supervisor.small_city import PHONE, RECORD
from workflows.definition import Ask
from workflows.errors import Code, Refused


@pytest.fixture(autouse=True)
def folder(app, tmp_path):
    app.config["EXPORT_FOLDER"] = tmp_path / "exports"
    yield tmp_path / "exports"
    app.config.pop("EXPORT_FOLDER")


@pytest.fixture
def asked(city, visit):
    """The id of a request the supervisor made from the search page."""

    def ask(conditions="district=梧桐区", purpose="供水专题分析"):
        answer = post(visit("supervisor"), f"/search/export?{conditions}", purpose=purpose)
        assert (answer.status_code, answer.location) == (303, "/exports")
        with city.factory() as session:
            return session.scalars(select(Request.id).order_by(Request.id.desc())).first()

    return ask


def approved(city, visit, request_id):
    assert post(visit("security"), f"/requests/{request_id}/approve").status_code == 303
    with city.factory() as session:
        return session.scalars(select(Export.id).where(Export.request_id == request_id)).one()


def fetched(browser, export_id):
    """The status and the bytes of a download, with its file closed again."""
    with post(browser, f"/exports/{export_id}/file") as answer:
        return answer.status_code, answer.data


def test_the_form_says_the_conditions_of_the_search_and_how_many_tickets_match(city, visit):
    city.accepted(NOW)
    page = visit("supervisor").get("/search/export?district=梧桐区&phone=13812345678").text
    assert "区县：梧桐区" in page
    assert "电话：138****5678" in page
    assert "1 件" in page


def test_an_export_without_a_purpose_is_not_asked_for(city, visit):
    answer = post(visit("supervisor"), "/search/export", purpose="")
    assert answer.status_code == 422
    with city.factory() as session:
        assert session.scalars(select(Request)).all() == []


def test_the_security_officer_decides_and_the_asker_fetches_a_masked_table(city, visit, asked):
    number = city.accepted(NOW, title="=cmd() 路灯不亮")
    hidden = city.accepted(NOW, is_confidential=True)
    request_id = asked()
    assert "等待安全管理员审批" in visit("supervisor").get("/exports").text
    page = visit("security").get("/requests").text
    assert "供水专题分析" in page
    assert "2 件" in page[page.index("申请时的件数") :][:120]
    assert "区县：梧桐区" in page
    status, table = fetched(visit("supervisor"), approved(city, visit, request_id))
    assert status == 200
    assert table.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(table.decode("utf-8-sig"))))
    assert "supervisor 的姓名" in rows[0][0]
    assert rows[0] == rows[-1]
    by_number = {row[2]: row for row in rows[2:-1]}
    assert by_number.keys() == {number, hidden}
    assert by_number[number][3].startswith("'=cmd()")
    assert by_number[number][-2:] == ["何*", "138****5678"]
    assert by_number[hidden][-2:] == ["保密", "保密"]
    assert PHONE.encode() not in table
    assert RECORD["citizen_name"].encode() not in table


def test_a_table_is_the_same_however_often_it_is_fetched(city, visit, asked):
    city.accepted(NOW)
    export_id = approved(city, visit, asked())
    supervisor = visit("supervisor")
    first = fetched(supervisor, export_id)
    city.accepted(NOW)
    assert fetched(supervisor, export_id) == first


def test_a_table_is_for_its_asker_alone(city, visit, asked):
    export_id = approved(city, visit, asked())
    assert post(visit("second-supervisor"), f"/exports/{export_id}/file").status_code == 404
    assert post(visit("security"), f"/exports/{export_id}/file").status_code == 403


def test_after_a_day_a_table_is_gone_from_the_disk_too(city, visit, asked, folder):
    export_id = approved(city, visit, asked())
    supervisor = visit("supervisor")
    assert fetched(supervisor, export_id)[0] == 200
    assert len(list(folder.iterdir())) == 1
    with city.factory.begin() as session:
        session.execute(update(Export).values(expires_at=NOW - timedelta(seconds=1)))
    assert post(supervisor, f"/exports/{export_id}/file").status_code == 404
    assert list(folder.iterdir()) == []
    assert "已过期" in supervisor.get("/exports").text


def test_nothing_is_fetched_before_it_is_allowed_or_after_it_was_refused(city, visit, asked):
    request_id = asked()
    assert "下载" not in visit("supervisor").get("/exports").text
    post(visit("security"), f"/requests/{request_id}/refuse", reason="用途不明")
    page = visit("supervisor").get("/exports").text
    assert "用途不明" in page
    assert "下载" not in page


def test_whoever_asked_takes_it_back_and_nobody_else_does(city, visit, asked):
    request_id = asked()
    assert post(visit("second-supervisor"), f"/exports/{request_id}/cancel").status_code == 404
    assert post(visit("supervisor"), f"/exports/{request_id}/cancel").status_code == 303
    assert post(visit("security"), f"/requests/{request_id}/approve").status_code == 409


def test_nobody_allows_their_own_export(city):
    actor = city.actor("security")
    both = type(actor)(actor.kind, actor.name, actor.roles | city.actor("supervisor").roles, actor.user_id)
    with city.factory.begin() as session:
        request = exports.ask(session, Wish("全部工单", "自查", {}), both, NOW)
        with pytest.raises(Refused) as refused:
            exports.decide(session, request.id, Ask("approve", both, {}, NOW))
    assert refused.value.code == Code.OWN_REQUEST


def test_only_staff_who_handle_tickets_ask(city):
    administrator = city.actor("administrator")
    with city.factory.begin() as session, pytest.raises(Refused) as refused:
        exports.ask(session, Wish("全部工单", "看看", {}), administrator, NOW)
    assert refused.value.code == Code.NOT_YOUR_ROLE


def test_every_step_is_one_event_of_a_chain_nobody_can_change(city, visit, asked):
    request_id = asked()
    export_id = approved(city, visit, request_id)
    fetched(visit("supervisor"), export_id)
    with city.factory() as session:
        events = session.scalars(select(ExportEvent).order_by(ExportEvent.number)).all()
        assert [event.action for event in events] == ["ask_export", "approve", "download"]
        assert exports.find_break(session, request_id) is None
        try:
            session.execute(update(ExportEvent).where(ExportEvent.number == 2).values(actor_name="别人"))
        except DatabaseError:
            return
        assert exports.find_break(session, request_id) == 2
        session.rollback()


def test_conditions_survive_being_kept():
    filters = Filters(words="路灯", states=("in_process",), created_from=NOW, sort="-created_at", limit=200)
    kept = keep(filters, "")
    again = restore(kept)
    assert (again.words, list(again.states), again.created_from) == ("路灯", ["in_process"], NOW)
    assert kept == {"words": "路灯", "states": ["in_process"], "created_from": NOW.isoformat()}
