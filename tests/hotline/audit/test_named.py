"""Does the trail of what was set up say of what: of the account, the unit, the group of words?"""

import re

import pytest
from sqlalchemy import select

from hotline.models.audit import AuditRecord
from hotline.queries.audit_names import name_facts
from hotline.queries.audit_rows import Wanted, list_lines
from tests.hotline.clerks import hidden_of
from tests.hotline.supervisor.small_city import SmallCity


@pytest.fixture
def city(session_factory):
    return SmallCity(session_factory)


@pytest.fixture
def administrator(app, city):
    return city.sign_in(app, "administrator")


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
