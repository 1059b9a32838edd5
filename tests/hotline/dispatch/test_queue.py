"""The dispatcher's page: what waits, where it goes, and what happens when something is wrong."""

import re
from html import unescape

import pytest
from sqlalchemy import func, select

from hotline.models.catalogue import CatalogueProposal
from hotline.models.ticket import Assignment
from hotline.web.split_list import ROWS_PER_PAGE
from tests.hotline.catalogue.book import publish
from tests.hotline.department.office import csrf, post, sign_in
from workflows.vocabulary import Machine


@pytest.fixture
def dispatcher(client, office):
    return sign_in(client, "dispatcher")


def rows_of(html: str) -> list[str]:
    return re.findall(r'<li class="[^"]*" id="row-(YJ\d{8}-\d+)"', html)


def open_number(html: str) -> str:
    return re.search(r'is-cur[^"]*" id="row-(YJ\d{8}-\d+)"', html)[1]


def next_of(html: str) -> str:
    """Where the form of the open ticket leads on to."""
    return unescape(re.search(r'name="next" value="([^"]*)"', html.partition("pane-detail")[2])[1])


def test_the_pool_shows_what_waits_with_the_unit_the_catalogue_names(dispatcher, office):
    first, second = office.waiting("小区供暖温度 15 度"), office.waiting("工地夜间施工")
    page = dispatcher.get("/dispatch").text
    assert rows_of(page) == [first, second]
    assert open_number(page) == first
    assert page.count("默认单位") == 2
    assert "本类诉求默认承办单位，梧桐区对口单位" in page


def test_a_row_of_the_catalogue_is_named_with_its_basis_and_fills_the_form(
    dispatcher, office, session_factory
):
    more = {"co_units": ("WT-CG",), "limit_class": "hard", "basis": "物业管理条例第六条"}
    with session_factory.begin() as session:
        publish(session, ("ZF-01", "", "WT-ZJ", more))
    office.waiting()
    page = dispatcher.get("/dispatch").text
    assert "规则命中" in page
    assert "目录第 1 条“住房与物业 / 物业服务”（全市）：物业管理条例第六条" in page
    assert f'<option value="{office.unit_id("WT-CG")}" selected' in page
    assert re.search(r'name="is_hard" value="1" checked', page)


def test_neither_the_list_nor_the_page_proposes_the_accused_unit(dispatcher, office):
    office.waiting(type="report", accused="梧桐区住房和城乡建设局物业科")
    page = dispatcher.get("/dispatch").text
    assert "待人工" in page
    assert "默认单位" not in page
    assert "本类诉求默认承办单位" not in page


def test_another_unit_than_the_suggested_ones_becomes_a_proposal(dispatcher, office, session_factory):
    number = office.waiting()
    form = {"main_unit": "other", "other_unit": "BJ-CG", "choice_reason": "地点在两区交界"}
    assert post(dispatcher, f"/dispatch/{number}", **form).status_code == 303
    with session_factory() as session:
        proposal = session.scalars(select(CatalogueProposal)).one()
    assert (proposal.cause, proposal.main_unit_id) == ("override", office.unit_id("BJ-CG"))


def test_the_suggested_unit_becomes_no_proposal(dispatcher, office, session_factory):
    number = office.waiting()
    form = {"main_unit": office.unit_id("WT-ZJ")}
    assert post(dispatcher, f"/dispatch/{number}", **form).status_code == 303
    with session_factory() as session:
        assert session.scalars(select(CatalogueProposal)).all() == []


def test_the_page_says_beforehand_what_a_dispatch_will_do(dispatcher, office):
    office.waiting()
    page = dispatcher.get("/dispatch").text
    for words in (
        "签收时限：",
        "联系时限：",
        "办理时限：",
        "通知各承办单位：新工单",
        "通知诉求人：已转办通知",
    ):
        assert words in page


def test_a_dispatch_names_unit_and_due_date_and_opens_the_next_row(dispatcher, office):
    first, second = office.waiting("甲"), office.waiting("乙")
    third = office.waiting("丙")
    page = dispatcher.get(f"/dispatch?ticket={second}&q=和平里").text
    answer = post(
        dispatcher,
        f"/dispatch/{second}",
        main_unit=office.unit_id("WT-ZJ"),
        co_units=[office.unit_id("WT-CG")],
        advice="请一日内联系。",
        version=office.ticket(second).version,
        next=next_of(page),
    )
    assert answer.status_code == 303
    assert f"ticket={third}" in answer.location
    assert "view=waiting" in answer.location
    after = dispatcher.get(answer.location).text
    assert open_number(after) == third
    assert rows_of(after) == [first, third]
    assert f"{second} 已派往梧桐区住房和城乡建设局（协办 1 家），办理时限 " in after
    assert office.share(second).advice == "请一日内联系。"
    assert office.share(second, "WT-CG").is_main is False


@pytest.mark.parametrize(
    "typed", ["WT-CG", "wt-cg", "WT-CG 梧桐区城市管理局", "梧桐区城市管理局", "梧桐区城市"]
)
def test_another_unit_is_found_by_code_or_name_and_wants_a_reason(dispatcher, office, typed):
    number = office.waiting()
    form = {"main_unit": office.unit_id("WT-ZJ"), "other_unit": typed, "advice": "请写明理由"}
    refused = post(dispatcher, f"/dispatch/{number}", **form)
    assert refused.status_code == 422
    assert "请填写选择理由" in refused.text
    assert "请写明理由" in refused.text
    assert office.ticket(number).state == "to_dispatch"
    answer = post(dispatcher, f"/dispatch/{number}", **form, choice_reason="主要是占道")
    assert answer.status_code == 303
    assert office.share(number, "WT-CG").is_main


def test_a_ticket_that_was_sent_leads_to_what_else_may_be_done_with_it(dispatcher, office):
    number = office.dispatched()
    page = dispatcher.get(f"/dispatch?ticket={number}").text
    assert re.search(rf'href="/tickets/{number}"[^>]*>其他操作', page)


def test_a_part_of_a_name_that_two_units_share_names_neither(dispatcher, office):
    number = office.waiting()
    refused = post(dispatcher, f"/dispatch/{number}", main_unit="other", other_unit="城市管理局")
    assert refused.status_code == 422
    assert 'href="#other_unit"' in refused.text


def test_a_unit_that_does_not_exist_is_said_beside_its_field(dispatcher, office):
    number = office.waiting()
    refused = post(dispatcher, f"/dispatch/{number}", main_unit="other", other_unit="没有这个局")
    assert refused.status_code == 422
    assert 'href="#other_unit"' in refused.text
    assert "没有这个局" in refused.text


def test_no_unit_at_all_is_said_beside_its_field(dispatcher, office):
    refused = post(dispatcher, f"/dispatch/{office.waiting()}", main_unit="other")
    assert refused.status_code == 422
    assert 'href="#other_unit"' in refused.text


def test_a_stale_version_is_a_conflict_that_keeps_what_was_typed(dispatcher, office):
    number = office.waiting()
    seen = office.ticket(number).version
    office.act("agent", number, "note", {"text": "来电补充", "visibility": "internal"})
    form = {"main_unit": office.unit_id("WT-ZJ"), "advice": "先打电话再上门"}
    refused = post(dispatcher, f"/dispatch/{number}", version=seen, **form)
    assert refused.status_code == 409
    assert "先打电话再上门" in refused.text
    assert f'name="version" value="{seen + 1}"' in refused.text
    assert office.ticket(number).state == "to_dispatch"


def test_what_was_typed_for_a_ticket_a_colleague_sent_off_is_not_lost(dispatcher, office):
    number = office.waiting()
    office.act("dispatcher", number, "dispatch", {"main_unit": "WT-ZJ"})
    refused = post(dispatcher, f"/dispatch/{number}", main_unit="other", other_unit="WT-CG", advice="先联系")
    assert refused.status_code == 409
    assert "先联系" in refused.text
    assert "您写的派单意见（没有保存）" in refused.text


def test_the_same_press_twice_makes_one_assignment(dispatcher, office, session_factory):
    number = office.waiting()
    form = {
        "main_unit": office.unit_id("WT-ZJ"),
        "request_key": "one-press",
        "version": office.ticket(number).version,
    }
    answers = [post(dispatcher, f"/dispatch/{number}", **form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    with session_factory() as session:
        assert session.scalar(select(func.count(Assignment.id))) == 1


def test_filters_stay_in_the_address(dispatcher, office):
    office.waiting("路灯不亮")
    found = office.waiting("河道有油污", channel="walk_in")
    page = dispatcher.get("/dispatch?q=油污&channel=walk_in").text
    assert rows_of(page) == [found]
    assert "channel=walk_in" in re.search(r'class="t clip grow" href="([^"]+)"', page)[1]
    assert rows_of(dispatcher.get("/dispatch?q=油污&channel=phone").text) == []
    assert "没有符合条件的工单" in dispatcher.get("/dispatch?q=没有这样的").text


def test_long_pools_are_read_page_by_page(dispatcher, office):
    numbers = [office.waiting(f"第 {n} 件") for n in range(ROWS_PER_PAGE + 1)]
    first = dispatcher.get("/dispatch").text
    assert rows_of(first) == numbers[:-1]
    assert f"第 1–{ROWS_PER_PAGE} 件，共 {ROWS_PER_PAGE + 1} 件" in first
    older = unescape(re.search(r'href="([^"]+)" rel="next"', first)[1])
    last = dispatcher.get(older).text
    assert rows_of(last) == numbers[-1:]
    assert 'rel="prev"' in last
    assert dispatcher.get("/dispatch?page=nonsense").status_code == 400


def test_returns_are_granted_here_and_the_ticket_waits_again(dispatcher, office):
    number = office.dispatched()
    request_id = office.ask_return(number)
    page = dispatcher.get("/dispatch?view=requests").text
    assert rows_of(page) == [number]
    assert "电梯属特种设备，依据职责清单由城管局牵头。" in page
    url = f"/tickets/{number}/requests/{request_id}/actions/approve"
    assert url in page
    answer = post(dispatcher, url, version=office.ticket(number).version, next=next_of(page))
    assert answer.status_code == 303
    again = dispatcher.get(f"/dispatch?view=returned&ticket={number}").text
    assert "退单重派 第 1 次" in again
    assert "电梯属特种设备，依据职责清单由城管局牵头。" in again
    assert "退单单位建议" in again
    assert "已由该单位退回" in again
    proposed = f'name="main_unit" value="{office.unit_id("WT-CG")}" checked'
    assert proposed in again


def test_a_return_is_not_refused_without_a_reason(dispatcher, office):
    number = office.dispatched()
    url = f"/tickets/{number}/requests/{office.ask_return(number)}/actions/refuse"
    version = office.ticket(number).version
    assert post(dispatcher, url, version=version, reason="").status_code == 422
    assert post(dispatcher, url, version=version, reason="属本单位职责").status_code == 303
    assert office.ticket(number).forbid_return


def test_what_i_sent_off_today_is_listed(dispatcher, office):
    number = office.dispatched()
    assert rows_of(dispatcher.get("/dispatch?view=mine").text) == [number]


def test_only_dispatchers_may_come_here(client, office):
    number = office.waiting()
    assert sign_in(client, "handler").get("/dispatch").status_code == 403
    answer = post(client, f"/dispatch/{number}", main_unit=office.unit_id("WT-ZJ"))
    assert answer.status_code == 403
    assert office.ticket(number).state == "to_dispatch"


def test_a_form_without_its_token_does_nothing(dispatcher, office):
    number = office.waiting()
    assert csrf(dispatcher)
    assert dispatcher.post(f"/dispatch/{number}", data={"main_unit": "WT-ZJ"}).status_code == 400
    assert office.ticket(number).state == "to_dispatch"


def test_a_ticket_that_does_not_exist_is_not_found(dispatcher, office):
    assert dispatcher.get("/dispatch?ticket=YJ20200101-00001").status_code == 404


def test_the_record_of_a_unit_counts_returns(dispatcher, office):
    number = office.dispatched()
    request_id = office.ask_return(number)
    office.act("dispatcher", number, "approve", machine=Machine.REQUEST, subject_id=request_id)
    office.waiting("另一件")
    page = dispatcher.get("/dispatch?q=另一件").text
    assert "同类工单近 30 天 1 件由其办理，退单 1 件" in page


def test_the_head_of_a_refused_form_names_each_field(client, office):
    number = office.waiting()
    browser = sign_in(client, "dispatcher")
    version = office.ticket(number).version
    answer = post(browser, f"/dispatch/{number}", main_unit="", version=version, request_key="k")
    assert answer.status_code == 422
    head = answer.text[answer.text.index('id="error-summary"') :][:600]
    assert "主办单位：请选择。" in head
