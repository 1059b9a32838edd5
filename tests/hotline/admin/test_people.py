"""Accounts come about, change and close: there is always an administrator, and no work is lost."""

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from hotline.models.directory import DirectoryChange
from hotline.models.organisation import Unit
from hotline.models.people import User, UserRole
from hotline.models.second_factors import SecondFactor
from hotline.models.ticket import Assignment
from hotline.services import people
from hotline.services.directory_changes import Signed
from hotline.services.people import NewPerson, PersonInput
from tests.hotline.clerks import hidden_of
from workflows.definition import SYSTEM, Actor, ActorKind
from workflows.errors import Code, FieldCode, Refused
from workflows.vocabulary import Role

NOW = datetime.now(UTC)
PASSWORD = "Osmanthus-street-3"


def id_of(session, username):
    return session.scalars(select(User.id).where(User.username == username)).one()


def test_a_new_person_sets_the_password_by_a_link_that_is_shown_once_and_works_once(administrator, app):
    form = hidden_of(administrator.get("/admin/users/new").text, "/admin/users/new")
    written = {"username": "lin.xia", "display_name": "林夏", "roles": ["agent"], "reason": "新入职"}
    answer = administrator.post("/admin/users/new", data={**form, **written})
    shown = administrator.get(answer.headers["Location"]).text
    link = re.search(r"/set-password/[\w-]+", shown)[0]
    assert link not in administrator.get(answer.headers["Location"]).text
    stranger = app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', stranger.get(link).text)[1]
    typed = {"csrf_token": token, "password": PASSWORD, "again": PASSWORD}
    weak = stranger.post(link, data={**typed, "password": "short", "again": "short"})
    assert weak.status_code == 422
    assert stranger.post(link, data=typed).headers["Location"] == "/login?user=lin.xia"
    dead = stranger.get(link)
    assert dead.status_code == 404
    assert "请管理员再发一个链接" in dead.text
    assert stranger.post(link, data=typed).status_code == 404
    page = stranger.get("/login").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    signed_in = stranger.post(
        "/login", data={"csrf_token": token, "username": "lin.xia", "password": PASSWORD}
    )
    assert signed_in.status_code == 303


def test_roles_that_only_the_operator_gives_are_not_offered_and_stay_with_who_has_them(
    administrator, session_factory
):
    with session_factory.begin() as session:
        guard = PersonInput("贺守一", frozenset({Role.SECURITY_OFFICER}))
        people.add_person(session, NewPerson("guard", guard), Signed(SYSTEM, NOW, "测试"))
    path = "/admin/users/of/guard/edit"
    page = administrator.get(path).text
    assert {"role-security_officer", "role-audit_administrator"}.isdisjoint(re.findall(r'id="([^"]+)"', page))
    assert "这个账号有：安全管理员" in page
    written = {"display_name": "贺守二", "reason": "改名"}
    assert administrator.post(path, data={**hidden_of(page, path), **written}).status_code == 303
    with session_factory() as session:
        held = select(UserRole.role).where(UserRole.user_id == id_of(session, "guard"))
        assert session.scalars(held).all() == ["security_officer"]


def test_every_fault_of_an_account_is_named(city, session_factory):
    signed = Signed(city.actor("administrator"), NOW, "")
    written = PersonInput(
        "", frozenset({Role.HANDLER, Role.ADMINISTRATOR, Role.SECURITY_OFFICER}), phone="12"
    )
    with session_factory() as session, pytest.raises(Refused) as caught:
        people.add_person(session, NewPerson("Bad Name", written), signed)
    assert {(error.field, error.code) for error in caught.value.errors} == {
        ("username", FieldCode.BAD_USERNAME),
        ("display_name", FieldCode.REQUIRED),
        ("roles", FieldCode.ROLES_EXCLUDE),
        ("roles", FieldCode.BEYOND_RIGHTS),
        ("unit", FieldCode.NO_UNIT_ROLE),
        ("phone", FieldCode.BAD_PHONE),
        ("reason", FieldCode.REQUIRED),
    }


def test_nobody_takes_the_last_administrator_away_nor_locks_themselves_out(city, session_factory):
    program, own = Signed(SYSTEM, NOW, "测试"), Signed(city.actor("administrator"), NOW, "测试")
    with session_factory() as session:
        last = id_of(session, "administrator")
        codes = []
        for act in (
            lambda: people.deactivate(session, last, None, program),
            lambda: people.edit_person(session, last, PersonInput("甲"), None, program),
            lambda: people.deactivate(session, last, None, own),
            lambda: people.edit_person(session, last, PersonInput("甲"), None, own),
        ):
            with pytest.raises(Refused) as caught:
                act()
            codes.append(caught.value.code)
    assert codes == [Code.LAST_ADMINISTRATOR, Code.LAST_ADMINISTRATOR, Code.OWN_ACCOUNT, Code.OWN_ACCOUNT]


def test_a_closed_account_gives_its_work_back_to_the_unit(administrator, city, app, session_factory):
    number = city.dispatched(NOW)
    city.share_act(number, "sign", {}, NOW)
    there = city.sign_in(app, "unit-cg")
    page = administrator.get("/admin/users/of/unit-cg").text
    assert number in page
    path = "/admin/users/of/unit-cg/deactivate"
    assert administrator.post(path, data={**hidden_of(page, path), "reason": "调离"}).status_code == 303
    assert there.get("/inbox").status_code == 303
    with session_factory() as session:
        assert session.scalars(select(Assignment.handler_id)).all() == [None]
        assert not session.get(User, id_of(session, "unit-cg")).is_active


def test_an_account_that_may_do_nothing_says_so(administrator):
    form = hidden_of(administrator.get("/admin/users/new").text, "/admin/users/new")
    written = {"username": "lin.xia", "display_name": "林夏", "reason": "新入职"}
    answer = administrator.post("/admin/users/new", data={**form, **written})
    assert (
        "没有单位，也没有角色：可以登录，但没有可办的事" in administrator.get(answer.headers["Location"]).text
    )
    assert "没有可办的事" not in administrator.get("/admin/users/of/agent").text


def test_the_page_of_an_account_says_whether_a_code_is_asked_for_and_who_takes_that_off(
    administrator, session_factory
):
    assert "<dt>二次验证</dt><dd>未开启" in administrator.get("/admin/users/of/agent").text
    with session_factory.begin() as session:
        agent = id_of(session, "agent")
        session.add(SecondFactor(user_id=agent, secret="A" * 32, last_step=0, made_at=NOW, confirmed_at=NOW))
    page = administrator.get("/admin/users/of/agent").text
    assert "已开启" in page
    assert "请运维人员用命令取消" in page


def test_whoever_moves_a_handler_is_told_before_and_after_what_goes_back(
    administrator, city, session_factory
):
    number = city.dispatched(NOW)
    city.share_act(number, "sign", {}, NOW)
    path = "/admin/users/of/unit-cg/edit"
    page = administrator.get(path).text
    assert "手上有 1 件。换单位" in page
    with session_factory() as session:
        elsewhere = session.scalars(select(Unit.id).where(Unit.code != "CG", Unit.is_active)).first()
    written = {"display_name": "陆青野", "roles": ["handler"], "unit": elsewhere, "reason": "工作调动"}
    answer = administrator.post(path, data={**hidden_of(page, path), **written})
    assert "手上的 1 件已退回原单位" in administrator.get(answer.headers["Location"]).text
    with session_factory() as session:
        assert session.scalars(select(Assignment.handler_id)).all() == [None]


def test_roles_change_and_the_record_hides_the_number(administrator, session_factory):
    path = "/admin/users/of/agent/edit"
    form = hidden_of(administrator.get(path).text, path)
    written = {
        "display_name": "周敏",
        "roles": ["agent", "reviewer"],
        "phone": "13812345678",
        "reason": "兼预审",
    }
    assert administrator.post(path, data={**form, **written}).status_code == 303
    with session_factory() as session:
        user = session.get(User, id_of(session, "agent"))
        held = set(session.scalars(select(UserRole.role).where(UserRole.user_id == user.id)))
        change = session.scalars(select(DirectoryChange)).one()
        assert (user.phone, held) == ("+8613812345678", {"agent", "reviewer"})
        assert ["roles", "话务员", "话务员、审核员"] in change.changed
        assert "13812345678" not in str(change.changed)
    assert administrator.post(path, data={**form, **written, "request_key": "other"}).status_code == 409


def test_an_administrator_signs_somebody_out_everywhere(administrator, app, city, session_factory):
    browsers = [city.sign_in(app, "supervisor") for _ in range(3)]
    page = administrator.get("/admin/users/of/supervisor").text
    assert "3 处" in page
    action = "/admin/users/of/supervisor/sessions/end"
    assert administrator.post(action, data=hidden_of(page, action)).status_code == 303
    assert [browser.get("/account/sessions").status_code for browser in browsers] == [303] * 3
    assert administrator.get("/admin/users/of/supervisor").status_code == 200
    with session_factory() as session:
        acts = select(DirectoryChange.act).where(DirectoryChange.subject_id == id_of(session, "supervisor"))
        assert session.scalars(acts).all() == ["sessions_ended"]


def test_no_administrator_gives_themselves_a_role_or_a_right(city, session_factory):
    with session_factory() as session:
        me = id_of(session, "administrator")
    signed = Signed(Actor(ActorKind.USER, "管理员", frozenset({Role.ADMINISTRATOR}), user_id=me), NOW, "试验")
    own = frozenset({Role.ADMINISTRATOR})
    wishes = [PersonInput("管理员", own | {role}) for role in people.GRANTABLE - own]
    wishes.append(PersonInput("管理员", own, has_trusted_intake=True))
    for wish in wishes:
        with session_factory.begin() as session, pytest.raises(Refused):
            people.edit_person(session, me, wish, None, signed)
    with session_factory.begin() as session:
        people.edit_person(session, me, PersonInput("管理员乙", own), None, signed)
        assert session.scalars(select(UserRole.role).where(UserRole.user_id == me)).all() == ["administrator"]
