"""Naming a substitute, acting as one and ending it, page by page and without JavaScript."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from hotline.models.audit import AuditRecord
from hotline.models.people import User, UserSession
from hotline.models.substitutions import Substitution
from hotline.models.ticket import TicketEvent
from hotline.queries.audit_rows import Wanted, list_lines
from hotline.scheduler import end_substitutions
from hotline.services.accounts import CHEAP_HASHER, NewUser, create_user
from hotline.services.site import current_site
from hotline.web.security import limiter
from notifications.models import OutboxMessage
from tests.hotline.department.office import GOOD_REPLY, PASSWORD, open_office, post, sign_in
from workflows.vocabulary import Role

PAGE, OVERSEEN = "/account/substitutions", "/substitutions"
_DAY = timedelta(days=1)


@pytest.fixture
def office(app, session_factory):
    with app.app_context():
        limiter.reset()
    return open_office(session_factory)


@pytest.fixture
def leader(office, app):
    return sign_in(app.test_client(), "leader")


@pytest.fixture
def handler(office, app):
    return sign_in(app.test_client(), "handler")


def user_id(office, username: str) -> int:
    with office.factory() as session:
        return session.scalars(select(User.id).where(User.username == username)).one()


def at(moment: datetime) -> str:
    return f"{moment.astimezone(current_site().zone):%Y-%m-%dT%H:%M}"


def form(office, substitute: str = "handler", **changed) -> dict[str, object]:
    now = datetime.now(UTC)
    return {
        "substitute": user_id(office, substitute),
        "roles": ["unit_leader"],
        "starts_at": at(now),
        "ends_at": at(now + 3 * _DAY),
        "reason": "年休假",
        **changed,
    }


def named(office, leader) -> int:
    """The leader lets the handler stand in; gives the row's id."""
    assert post(leader, PAGE, **form(office)).status_code == 303
    with office.factory() as session:
        return session.scalars(select(Substitution.id).order_by(Substitution.id.desc())).first() or 0


def acting(office, leader, handler) -> int:
    row_id = named(office, leader)
    assert post(handler, f"{PAGE}/{row_id}/act").status_code == 303
    return row_id


def waiting_reply(office, username: str) -> str:
    number = office.dispatched()
    office.on_share(number, username, "sign")
    office.on_share(number, username, "submit_reply", GOOD_REPLY)
    return number


def approve(office, browser, number: str):
    url = f"/tickets/{number}/assignments/{office.share(number).id}/actions/approve_unit_reply"
    return post(browser, url, version=office.ticket(number).version)


def test_a_substitute_acts_under_a_banner_until_they_act_as_themselves_again(office, leader, handler):
    acting(office, leader, handler)
    page = handler.get("/inbox/review")
    assert page.status_code == 200
    assert re.search(r"正在代 <b>单位领导6</b> 办理（单位领导），至 \d{4}-\d\d-\d\d \d\d:\d\d", page.text)
    assert post(handler, f"{PAGE}/leave").status_code == 303
    assert handler.get("/inbox/review").status_code == 403
    assert "正在代" not in handler.get("/inbox").text


def test_what_a_substitute_does_is_theirs_and_their_principals_in_the_trail_and_on_the_page(
    office, leader, handler
):
    acting(office, leader, handler)
    number = waiting_reply(office, "chief")
    assert approve(office, handler, number).status_code == 303
    people = user_id(office, "handler"), user_id(office, "leader")
    with office.factory() as session:
        event = select(TicketEvent).where(TicketEvent.action == "approve_unit_reply")
        record = select(AuditRecord).where(
            AuditRecord.ticket_number == number, AuditRecord.endpoint == "tickets.act_on_part"
        )
        for row in (session.scalars(event).one(), session.scalars(record).one()):
            assert (row.actor_id, row.for_id, row.actor_name) == (*people, "承办人5（代单位领导6）")
    assert "承办人5（代单位领导6）" in leader.get(f"/tickets/{number}").text


def test_a_substitute_does_not_approve_their_own_reply_nor_their_principals(office, handler):
    """The one who is away handles and leads, as in a small unit."""
    chief = sign_in(handler.application.test_client(), "chief")
    acting(office, chief, handler)
    for number in (waiting_reply(office, "handler"), waiting_reply(office, "chief")):
        assert approve(office, handler, number).status_code == 403
        assert office.share(number).state == "unit_review"


@pytest.mark.parametrize("how", ["revoked", "over"])
def test_it_is_gone_at_the_very_next_request(office, leader, handler, how):
    row_id = acting(office, leader, handler)
    assert handler.get("/inbox/review").status_code == 200
    if how == "revoked":
        assert post(leader, f"{PAGE}/{row_id}/end").status_code == 303
    else:
        with office.factory.begin() as session:
            now = datetime.now(UTC)
            session.execute(update(Substitution).values(starts_at=now - _DAY, ends_at=now))
    assert handler.get("/inbox/review").status_code == 403


def test_an_act_meant_for_the_principal_is_refused_once_and_then_ones_own(office, leader, handler):
    row_id = acting(office, leader, handler)
    number = office.handled()
    token = re.search(r'name="csrf-token" content="([^"]+)"', handler.get("/inbox").text)[1]
    post(leader, f"{PAGE}/{row_id}/end")
    sent = {"csrf_token": token, "text": "已知悉", "visibility": "internal"}
    url, version = f"/tickets/{number}/actions/note", office.ticket(number).version
    refused = handler.post(url, data={**sent, "version": version})
    assert (refused.status_code, office.ticket(number).version) == (409, version)
    assert "代理已结束，刚才的操作没有执行" in refused.text
    assert handler.post(url, data={**sent, "version": version}).status_code == 303


def test_a_part_of_the_old_page_leaves_it_to_the_next_whole_page(office, leader, handler):
    row_id = acting(office, leader, handler)
    post(leader, f"{PAGE}/{row_id}/end")
    mine = select(UserSession.substitution_id).where(UserSession.user_id == user_id(office, "handler"))
    left = []
    for headers in ({"HX-Request": "true"}, {}):
        handler.get("/inbox", headers=headers)
        with office.factory() as session:
            left.append(session.scalars(mine).one())
    assert left == [row_id, None]


def test_who_may_act_for_somebody_is_told_so_when_they_sign_in(office, leader, app):
    named(office, leader)
    page = sign_in(app.test_client(), "handler").get("/inbox").text
    assert re.search(
        r"单位领导6请您代为办理，至 \d\d-\d\d \d\d:\d\d。 <a href=\"/account/substitutions\">", page
    )
    assert "请您代为办理" not in sign_in(app.test_client(), "chief").get("/inbox").text


def test_a_substitute_finds_the_tickets_of_whoever_is_away_under_their_own(office, handler):
    chief = sign_in(handler.application.test_client(), "chief")
    number = office.dispatched()
    office.on_share(number, "chief", "sign")
    assert number not in handler.get("/inbox?view=mine").text
    assert post(chief, PAGE, **form(office, roles=["handler"])).status_code == 303
    with office.factory() as session:
        row_id = session.scalars(select(Substitution.id)).one()
    assert post(handler, f"{PAGE}/{row_id}/act").status_code == 303
    assert f'id="row-{number}"' in handler.get("/inbox?view=mine").text


def test_another_browser_of_the_substitute_acts_in_their_own_right(office, leader, handler, app):
    acting(office, leader, handler)
    assert sign_in(app.test_client(), "handler").get("/inbox/review").status_code == 403


def test_nobody_takes_up_a_substitution_that_is_not_theirs(office, leader, handler, app):
    row_id = named(office, leader)
    for who in ("leader", "chief", "other"):
        stranger = sign_in(app.test_client(), who)
        assert post(stranger, f"{PAGE}/{row_id}/act").status_code == 404
    assert post(handler, f"{PAGE}/{row_id + 1}/act").status_code == 404


def test_a_form_that_is_wrong_names_each_field_and_its_cure_and_loses_nothing(office, leader):
    answer = post(leader, PAGE, reason="出差", starts_at="", ends_at="明天")
    assert answer.status_code == 422
    for words in (
        "代理人：请选择",
        "代理的角色：请选择",
        "开始：请填写日期和时间",
        "结束：请填写日期和时间",
    ):
        assert words in answer.text
    assert 'value="出差"' in answer.text
    wrong = form(office, ends_at=at(datetime.now(UTC) + 40 * _DAY), roles=["handler"])
    page = post(leader, PAGE, **wrong).text
    assert "一次代理最多 30 天" in page
    assert "只能交出被代理人现有" in page


def test_whoever_stands_in_names_nobody(office, leader, handler):
    acting(office, leader, handler)
    assert post(handler, PAGE, **form(office, "chief", roles=["handler"])).status_code == 403
    person = user_id(office, "chief")
    assert (
        post(handler, OVERSEEN, person=person, **form(office, "leader", roles=["handler"])).status_code == 403
    )
    assert 'name="substitute"' not in handler.get(PAGE).text
    assert "/revoke" not in handler.get(OVERSEEN).text


def test_a_leader_arranges_and_revokes_it_for_their_people_and_sees_no_other_unit(office, leader, app):
    person = user_id(office, "chief")
    page = leader.get(f"{OVERSEEN}?person={person}").text
    assert "请同事代 <b>承办人7</b> 办理" in page
    assert post(leader, OVERSEEN, person=person, **form(office, roles=["handler"])).status_code == 303
    with office.factory() as session:
        row_id = session.scalars(select(Substitution.id)).one()
    assert "承办人5" in leader.get(OVERSEEN).text
    assert post(leader, f"{OVERSEEN}/{row_id}/revoke").status_code == 303
    stranger = user_id(office, "other")
    assert "请同事代" not in leader.get(f"{OVERSEEN}?person={stranger}").text
    refused = post(leader, OVERSEEN, person=stranger, **form(office, roles=["handler"]))
    assert refused.status_code == 403
    assert sign_in(app.test_client(), "handler").get(OVERSEEN).status_code == 403


def test_the_clock_ends_it_and_both_hear(office, leader):
    named(office, leader)
    later = datetime.now(UTC) + 4 * _DAY
    assert [end_substitutions(office.factory, later) for _ in range(2)] == [1, 0]
    people = {f"user:{user_id(office, who)}" for who in ("leader", "handler")}
    with office.factory() as session:
        ended = select(OutboxMessage.recipient).where(OutboxMessage.kind == "substitution_ended")
        assert set(session.scalars(ended)) == people
    assert "已结束：到期" in leader.get(PAGE).text


def test_the_trail_finds_what_was_done_for_somebody_by_their_name(office, leader, handler):
    acting(office, leader, handler)
    number = waiting_reply(office, "chief")
    approve(office, handler, number)
    with office.factory() as session:
        found, _ = list_lines(session, Wanted(who="leader", number=number), None, 50)
    assert {line.name for line in found} == {"承办人5（代单位领导6）"}


def test_every_page_of_somebody_with_roles_to_lend_leads_to_the_substitutions_beside_their_name(
    office, app, handler
):
    link = f'<a class="small nowrap" href="{PAGE}"'
    assert link in handler.get("/inbox").text.partition("</header>")[0]
    with office.factory.begin() as session:
        new = NewUser("keeper", "安全", PASSWORD, frozenset({Role.SECURITY_OFFICER}), None, "0099")
        create_user(session, new, office.now, CHEAP_HASHER)
    page = sign_in(app.test_client(), "keeper").get("/preferences").text
    assert link not in page.partition("</header>")[0]
