"""Does the trail of what was set up say of what: of the account, the unit, the group of words?"""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from hotline.audit.wording import say_facts
from hotline.models.audit import AuditRecord
from hotline.models.calendars import Calendar
from hotline.models.catalog import Category
from hotline.models.catalogue import CatalogueRow
from hotline.models.organisation import Unit
from hotline.models.policies import PolicyRow, PolicyVersion
from hotline.queries.audit_names import name_facts
from hotline.queries.audit_rows import Wanted, list_lines
from tests.hotline.clerks import hidden_of
from tests.hotline.department.office import csrf
from tests.hotline.limits import LIMIT
from workflows.vocabulary import Role


@pytest.fixture
def last_facts(session_factory):
    """What the newest record says, by the names of things."""

    def read() -> dict[str, object]:
        with session_factory() as session:
            lines, _ = list_lines(session, Wanted(), None, 1)
            return dict(name_facts(session, lines)[0].facts)

    return read


def send(client, path: str, typed: dict) -> str:
    answer = client.post(path, data={**hidden_of(client.get(path).text, path), **typed})
    assert answer.status_code == 303
    return answer.headers["Location"]


def test_a_new_account_and_a_new_unit_are_named_in_the_trail(administrator, last_facts):
    account = {"username": "lin.xia", "display_name": "林夏", "roles": ["agent"], "reason": "新入职"}
    send(administrator, "/admin/users/new", account)
    assert last_facts() == {"username": "lin.xia 林夏"}
    unit = {"code": "NEW-1", "name": "河道管理所", "kind": "bureau", "reason": "机构改革方案"}
    send(administrator, "/admin/units/new", unit)
    assert last_facts() == {"code": "NEW-1 河道管理所"}


def test_a_category_is_named_when_it_is_added_and_when_it_is_changed(administrator, last_facts):
    typed = {"kind": "branch", "code": "SL", "name": "水利", "reason": "新增"}
    location = send(administrator, "/admin/categories/new", typed)
    assert last_facts() == {"category_id": "水利"}
    send(administrator, location, {**typed, "name": "水利和河道"})
    assert last_facts() == {"category_id": "水利和河道"}


def test_setting_the_password_by_a_link_is_kept_with_the_account(administrator, app, last_facts, city):
    account = {"username": "lin.xia", "display_name": "林夏", "roles": ["agent"], "reason": "新入职"}
    shown = administrator.get(send(administrator, "/admin/users/new", account)).text
    link = re.search(r"/set-password/[\w-]+", shown)[0]
    owner = app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', owner.get(link).text)[1]
    typed = {"csrf_token": token, "password": "Osmanthus-street-3", "again": "Osmanthus-street-3"}
    assert owner.post(link, data=typed).status_code == 303
    assert last_facts() == {"account": "lin.xia"}


def test_what_is_gone_keeps_its_number(session_factory, administrator, last_facts):
    account = {"username": "lin.xia", "display_name": "林夏", "roles": ["agent"], "reason": "新入职"}
    send(administrator, "/admin/users/new", account)
    with session_factory.begin() as session:
        record = session.scalars(select(AuditRecord).order_by(AuditRecord.id.desc()).limit(1)).one()
        record.facts = {"group_id": 404, "username": "gone"}
    assert last_facts() == {"group_id": 404, "username": "gone"}


@pytest.fixture
def told(app, session_factory):
    """What the newest record says in the words of the page."""

    def read() -> dict[str, str]:
        with session_factory() as session, app.test_request_context("/"):
            lines, _ = list_lines(session, Wanted(), None, 1)
            return dict(say_facts(name_facts(session, lines)[0].facts))

    return read


def pressed(client, path: str, **typed: object) -> None:
    answer = client.post(path, data={"csrf_token": csrf(client), **typed})
    assert answer.status_code == 303


def test_a_limit_is_named_by_its_clock_and_case_and_a_publishing_by_its_version(
    app, city, administrator, session_factory, told
):
    with session_factory.begin() as session:
        city._add_user(session, "second", frozenset({Role.ADMINISTRATOR}))
    pressed(administrator, "/admin/policies/draft", based_on="1")
    assert told() == {"版本": "第 2 版"}

    def seen() -> str:
        with session_factory() as session:
            return session.scalars(select(PolicyVersion.revision).where(PolicyVersion.number == 2)).one()

    pressed(administrator, "/admin/policies/draft/rows", version=seen(), **LIMIT)
    assert told() == {"规则": "办理时限（紧急，仅求助）"}
    row_id = newest_id(session_factory, PolicyRow)
    pressed(administrator, f"/admin/policies/draft/rows/{row_id}/remove", version=seen())
    assert told() == {"规则": str(row_id), "时限": "办理时限"}
    pressed(administrator, "/admin/policies/draft/rows", version=seen(), **LIMIT)
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    publication = {"valid_from": today.isoformat(), "note": "新规定", "version": seen()}
    pressed(city.sign_in(app, "second"), "/admin/policies/draft/publish", **publication)
    assert told() == {"版本": "第 2 版"}


def test_a_row_of_the_catalogue_is_named_by_its_number_and_category(administrator, session_factory, told):
    with session_factory() as session:
        category = session.scalars(select(Category).where(Category.is_leaf).order_by(Category.id)).first()
        unit_id = session.scalars(select(Unit.id).where(Unit.code == "CG")).one()
    row = {"category": category.id, "district": "", "main_unit": unit_id, "basis": "会议纪要"}
    pressed(administrator, "/catalogue/draft/rows", **row)
    number = newest_id(session_factory, CatalogueRow, "number")
    assert told() == {"条目": f"{number} {category.path}"}
    pressed(administrator, f"/catalogue/draft/rows/{number}", **row)
    assert told() == {"条目": f"{number} {category.path}"}


def newest_id(session_factory, model, column="id") -> int:
    with session_factory() as session:
        return session.scalars(select(getattr(model, column)).order_by(model.id.desc()).limit(1)).one()


@pytest.fixture
def deeds_about(app, city, session_factory):
    """What the page lists of one thing, newest first."""
    with session_factory.begin() as session:
        city._add_user(session, "audit", frozenset({Role.AUDIT_ADMINISTRATOR}))
    auditor = city.sign_in(app, "audit")

    def read(words: str, **more: str) -> list[str]:
        answer = auditor.get("/audit", query_string={"about": words, **more})
        page = BeautifulSoup(answer.text, "html.parser")
        assert answer.status_code == 200
        return [cell.text.split()[0] for cell in page.select("[data-rows] > tr[id] [data-l=做了什么]")]

    return read


def test_the_trail_is_read_for_one_unit_one_account_or_one_category(administrator, deeds_about):
    unit = {"code": "NEW-1", "name": "河道管理所", "kind": "bureau", "reason": "机构改革方案"}
    send(administrator, "/admin/units/new", unit)
    send(administrator, "/admin/units/new", {**unit, "code": "NEW-10", "name": "水库管理所"})
    send(administrator, "/admin/units/NEW-1/edit", {**unit, "short_name": "河道所"})
    account = {"username": "lin.xia", "display_name": "林夏", "roles": ["agent"], "reason": "新入职"}
    send(administrator, "/admin/users/new", account)
    category = {"kind": "branch", "code": "SL", "name": "水利", "reason": "新增"}
    send(administrator, "/admin/categories/new", category)
    for words in ("NEW-1", "河道管理所", "NEW-1 河道管理所"):
        assert deeds_about(words) == ["保存单位", "新建单位"]
    assert deeds_about("水库管理所") == ["新建单位"]
    assert deeds_about("lin.xia") == deeds_about("林夏") == ["新建账号"]
    assert deeds_about("水利") == ["保存分类"]
    assert deeds_about("从来没有的单位") == []


def test_a_calendar_and_a_unit_of_one_code_are_told_apart(session_factory, administrator, deeds_about):
    unit = {"code": "NEW-1", "name": "河道管理所", "kind": "bureau", "reason": "机构改革方案"}
    send(administrator, "/admin/units/new", unit)
    with session_factory.begin() as session:
        session.add(Calendar(code="NEW-1", name="河道日历", zone="Asia/Shanghai", has_holidays=False))
        record = session.scalars(select(AuditRecord).order_by(AuditRecord.id.desc()).limit(1)).one()
        same = {"at": record.at, "kind": record.kind, "result": record.result, "actor_kind": "user"}
        session.add(AuditRecord(**same, endpoint="calendars.correct", facts={"code": "NEW-1"}))
    assert deeds_about("河道日历") == ["修改日历的日期"]
    assert deeds_about("河道管理所") == ["新建单位"]


def test_without_dates_one_thing_is_looked_for_in_the_last_ninety_days(
    session_factory, administrator, deeds_about
):
    unit = {"code": "NEW-1", "name": "河道管理所", "kind": "bureau", "reason": "机构改革方案"}
    send(administrator, "/admin/units/new", unit)
    long_ago = datetime.now(UTC) - timedelta(days=91)
    with session_factory.begin() as session:
        record = session.scalars(select(AuditRecord).order_by(AuditRecord.id.desc()).limit(1)).one()
        record.at = long_ago
    assert deeds_about("NEW-1") == []
    assert deeds_about("NEW-1", since=(long_ago - timedelta(days=1)).date().isoformat()) == ["新建单位"]
