"""Several tickets at once: passed down by one order, and put on paper as numbered copies."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from hotline.models.organisation import Unit
from hotline.models.prints import PrintedCopy
from hotline.services.site import current_site
from tests.hotline.department.office import GOOD_REPLY, follow, post, sign_in
from tests.hotline.department.test_inbox import row_of
from tests.hotline.department.test_passing_down import STREET
from tests.hotline.department.test_passing_down import office as office_with_a_street

office = office_with_a_street
TOMORROW = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()


@pytest.fixture
def handler(client, office):
    return sign_in(client, "handler")


def test_one_order_passes_many_down_and_tells_of_each_that_stayed(handler, office):
    first, second, unsigned = office.handled("甲"), office.handled("乙"), office.dispatched("丙")
    picked = post(handler, "/inbox/pass-down", number=[first, second, unsigned], next="/inbox?view=handling")
    form = handler.get(picked.location).text
    assert f'value="{office.unit_id(STREET)}"' in form
    fields = {
        "number": [first, second, unsigned],
        "unit": office.unit_id(STREET),
        "answer_by": TOMORROW,
        "next": "/inbox?view=handling",
    }
    refused = post(handler, "/inbox/passed-down", **fields)
    assert refused.status_code == 422
    assert 'href="#f-advice"' in refused.text
    assert office.share(first).state == "handling"
    sent = {**fields, "advice": "请到现场查看", "request_key": "k1"}
    answer = follow(handler, post(handler, "/inbox/passed-down", **sent))
    assert "已下派 2 件，没有下派 1 件。" in answer.text
    assert row_of(answer.text, unsigned)
    assert [office.share(number).state for number in (first, second)] == ["sub_dispatched"] * 2
    again = follow(handler, post(handler, "/inbox/passed-down", **sent))
    assert "已下派 2 件，没有下派 1 件。" in again.text


def test_signatures_of_one_press_are_taken_back_by_one_press(handler, office):
    numbers = [office.dispatched("甲"), office.dispatched("乙")]
    signed = post(handler, "/inbox/sign", number=numbers, next="/inbox?view=to_sign")
    page = handler.get(signed.location).text
    toast = page[page.index('class="toast"') :]
    assert 'action="/inbox/unsign"' in toast
    back = post(handler, "/inbox/unsign", number=re.findall(r'name="number" value="([^"]+)"', toast)[:2])
    assert back.location == "/inbox"
    assert [office.share(number).state for number in numbers] == ["to_sign"] * 2
    assert "没有撤销签收" in follow(handler, post(handler, "/inbox/unsign", number=numbers)).text


def test_what_was_asked_to_return_is_left_out_where_many_are_signed_for_and_may_be_signed_alone(
    handler, office
):
    meant, returning = office.dispatched("甲"), office.dispatched("乙")
    office.ask_return(returning)
    told = follow(handler, post(handler, "/inbox/sign", number=[meant, returning])).text
    assert "已签收 1 件，没有签收 1 件。" in told
    assert "退单申请还在等待审批" in row_of(told, returning)
    assert [office.share(number).state for number in (meant, returning)] == ["handling", "to_sign"]
    office.on_share(returning, "handler", "sign")
    assert office.share(returning).state == "handling"


def test_what_cannot_be_passed_down_leads_back_and_says_so(handler, office):
    number = office.dispatched()
    picked = post(handler, "/inbox/pass-down", number=[number])
    page = handler.get(handler.get(picked.location).location).text
    assert "只有本单位办理中的工单可以下派" in page


def print_copies(client, numbers, **more):
    answer = post(client, "/tickets/prints", number=numbers, next="/inbox", **more)
    return answer, client.get(answer.location).text


def test_many_go_to_paper_in_their_order_each_with_its_own_number(handler, office):
    first, second = office.handled("甲"), office.handled("乙")
    looked_at = post(handler, "/tickets/print", number=[second, first], next="/inbox").text
    assert "还没有打印过" in looked_at
    assert "第 1 份" not in looked_at
    print_copies(handler, [second])
    answer, page = print_copies(handler, [second, first], request_key="k1")
    assert re.findall(r'aria-label="诉求办理单 (YJ\S+)"', page) == [second, first]
    assert re.findall(r"第 (\d) 份", page) == ["2", "1"]
    assert "承办人5" in page  # who printed it
    assert print_copies(handler, [second, first], request_key="k1")[0].location == answer.location
    with office.factory() as session:
        assert len(session.scalars(select(PrintedCopy)).all()) == 3


def test_paper_has_inner_notes_and_the_caller_only_where_asked(handler, office):
    number = office.handled()
    office.act("handler", number, "note", {"text": "已约物业面谈", "visibility": "internal"})
    _, plain = print_copies(handler, [number])
    assert "已约物业面谈" not in plain
    assert "138****0000" in plain
    _, whole = print_copies(handler, [number], notes="1", caller="1", purpose="visit")
    assert "已约物业面谈" in whole
    assert "13800000000" in whole


def signed_by(handler, number) -> list[str]:
    page = handler.get(f"/tickets/{number}/print").text
    return re.findall(r'<th scope="row">(?:审核人|签发日期)</th><td>([^<]*)</td>', page)


def test_paper_names_who_approved_the_reply_and_when_and_leaves_room_to_sign_until_then(handler, office):
    number = office.handled()
    office.on_share(number, "handler", "submit_reply", GOOD_REPLY)
    assert signed_by(handler, number) == ["", ""]
    office.on_share(number, "leader", "approve_unit_reply")
    today = f"{office.now.astimezone(current_site().zone):%Y-%m-%d}"
    assert signed_by(handler, number) == [office.actor("leader").name, today]
    office.act("auditor", number, "send_back_reply", {"reasons": ["evasive"]})
    assert signed_by(handler, number) == ["", ""]


def test_paper_names_the_centre_where_the_unit_approves_nothing_itself(handler, office):
    with office.factory.begin() as session:
        session.get_one(Unit, office.unit_id("WT-ZJ")).has_reply_review = False
    number = office.handled()
    office.on_share(number, "handler", "submit_reply", GOOD_REPLY)
    assert signed_by(handler, number) == ["", ""]
    office.act("auditor", number, "approve_reply")
    assert signed_by(handler, number)[0] == office.actor("auditor").name


@pytest.mark.parametrize("who", ["handler", "agent"])
def test_nobody_prints_the_caller_of_a_confidential_ticket(client, office, who):
    number = office.waiting(is_confidential=True)
    office.act("dispatcher", number, "dispatch", {"main_unit": "WT-ZJ", "choice_reason": "职责所在"})
    office.on_share(number, "handler", "sign")
    sign_in(client, who)
    _, page = print_copies(client, [number], caller="1", purpose="visit")
    assert "保密（要求保密）" in page
    assert not re.search(r"138(\d|\*)+\d{4}", page)
    assert "陈" not in page


def test_a_batch_is_its_makers_alone_and_foreign_tickets_are_not_printed(app, handler, office):
    number, foreign = office.handled("甲"), office.dispatched("乙", unit="BJ-CG")
    answer, page = print_copies(handler, [number, foreign])
    assert foreign not in page
    assert sign_in(app.test_client(), "leader").get(answer.location).status_code == 404
    assert post(handler, "/tickets/prints", number=[foreign]).status_code == 404


def test_signing_for_many_is_offered_where_something_is_to_sign(handler, office):
    office.handled("甲"), office.dispatched("乙")
    assert "批量签收" in handler.get("/inbox?view=to_sign").text
    assert "批量签收" not in handler.get("/inbox?view=handling").text
