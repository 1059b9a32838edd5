"""Does the audit trail speak of everything that can stand in it in the words of the screens?"""

import io
import re
from collections import defaultdict
from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup
from openpyxl import load_workbook
from sqlalchemy import select

from hotline.audit.wording import ACTION_WORDS, ENDPOINT_WORDS, FACT_WORDS, say_deed, say_facts
from hotline.models.audit import AuditKind, AuditRecord, AuditResult
from hotline.services import accounts
from hotline.services.accounts import Client, NewUser
from hotline.services.lifecycle import ENGINES
from hotline.web.access_table import ACCESS
from workflows.vocabulary import Role

HAN = re.compile("[一-鿿]")
# What the trail does not keep of an address.
NOT_KEPT = {"filename", "number", "token"}


def test_every_endpoint_somebody_may_call_has_words_and_no_two_the_same(app):
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()} | set(ACCESS)
    assert endpoints - {"static"} == set(ENDPOINT_WORDS)
    assert all(HAN.search(words) for words in ENDPOINT_WORDS.values())
    assert len(set(ENDPOINT_WORDS.values())) == len(ENDPOINT_WORDS)


def test_every_act_of_the_workflow_and_every_part_of_an_address_has_words(app):
    acts = defaultdict(set)
    for engine in ENGINES.values():
        for row in engine.workflow.transitions:
            acts[row.action].add(row.label_zh)
    assert set(acts) == set(ACTION_WORDS)
    # An act with a name for each kind of request is told by none of them, since it may have been another.
    told_wrongly = {act for act, labels in acts.items() if (len(labels) > 1) == (ACTION_WORDS[act] in labels)}
    assert told_wrongly == set()
    parts = {name for rule in app.url_map.iter_rules() for name in rule.arguments}
    assert parts - NOT_KEPT <= set(FACT_WORDS)


@pytest.mark.parametrize(
    ("endpoint", "facts", "deed", "told"),
    [
        ("tickets.act", {"action": "urge"}, "办理工单：催办", []),
        ("tickets.act", {"action": "no_such_act"}, "办理工单", [("操作", "no_such_act")]),
        ("desk.assist", {"found": 2, "place": "desk"}, "查看受理提示", [("查到件数", "2"), ("在", "受理台")]),
        ("tickets.act_on_part", {"part": "orders"}, "办理工单的一部分", [("对象", "督办单")]),
        ("gone.long_ago", {"unheard_of": 1}, "gone.long_ago", [("unheard_of", "1")]),
    ],
)
def test_what_is_not_known_any_more_is_told_as_it_was_kept(endpoint, facts, deed, told):
    assert say_deed(endpoint, facts) == deed
    assert list(say_facts(facts)) == told


def test_the_page_tells_what_was_done_and_not_the_name_of_a_function(app, session_factory):
    auditor, now = app.test_client(), datetime.now(UTC)
    kept = {"kind": AuditKind.ACT.value, "result": AuditResult.DONE.value, "actor_kind": "user"}
    with session_factory.begin() as session:
        new = NewUser("audit", "审计员", "Ginkgo-avenue-7", frozenset({Role.AUDIT_ADMINISTRATOR}))
        user = accounts.create_user(session, new, now, accounts.CHEAP_HASHER)
        token = accounts.open_session(session, user.id, Client(), now)
        session.add(AuditRecord(**kept, at=now, endpoint="tickets.act", facts={"action": "urge"}))
    with auditor.session_transaction() as cookie:
        cookie["_user_id"] = token
    page = auditor.get("/audit?kind=act")
    assert page.status_code == 200
    row = BeautifulSoup(page.text, "html.parser").select_one("[data-rows] > tr[id]")
    assert "办理工单：催办" in row.text
    assert "tickets.act" not in page.text


def test_roles_moments_and_kinds_are_told_in_words_and_not_as_they_are_kept(app):
    kept = {"roles": "handler,unit_leader", "until": "2026-12-04T11:10+00:00", "kind": "reporter"}
    with app.app_context():
        assert dict(say_facts(kept)) == {
            "角色": "承办人、单位领导",
            "到": "2026-12-04 19:10",
            "种类": "诉求人身份",
        }
        assert dict(say_facts({"by": "own_data", "kind": "new_ticket"})) == {
            "凭": "我的个人信息页",
            "种类": "新工单",
        }


@pytest.fixture
def auditor(app, session_factory):
    """The audit administrator's browser, with a change of a unit and one of an account in the trail."""
    browser, now = app.test_client(), datetime.now(UTC)
    kept = {"kind": AuditKind.SET_UP.value, "result": AuditResult.DONE.value, "actor_kind": "user", "at": now}
    with session_factory.begin() as session:
        new = NewUser("audit", "审计员", "Ginkgo-avenue-7", frozenset({Role.AUDIT_ADMINISTRATOR}))
        user = accounts.create_user(session, new, now, accounts.CHEAP_HASHER)
        token = accounts.open_session(session, user.id, Client(), now)
        session.add(AuditRecord(**kept, endpoint="units.save", facts={"code": "=1+1"}))
        session.add(AuditRecord(**kept, endpoint="people.save", facts={"username": "audit"}))
    with browser.session_transaction() as cookie:
        cookie["_user_id"] = token
    return browser


def test_the_trail_is_narrowed_by_what_was_done_in_words(auditor):
    def deeds(words: str) -> list[str]:
        page = BeautifulSoup(auditor.get("/audit", query_string={"deed": words}).text, "html.parser")
        return [row.select_one("[data-l=做了什么]").text for row in page.select("[data-rows] > tr[id]")]

    assert [deed.split()[0] for deed in deeds("单位")] == ["保存单位"]
    assert len(deeds("保存")) == 2
    assert deeds("从来没有这样的事") == []


def test_the_trail_under_its_conditions_is_taken_out_and_that_is_kept_too(auditor, session_factory):
    answer = auditor.get("/audit/export", query_string={"deed": "单位"})
    book = load_workbook(io.BytesIO(answer.data))
    cover = [cell for row in book["说明"].iter_rows(values_only=True) for cell in row]
    assert {"做了什么", "单位"} <= set(cover)
    heading, *rows = book["审计记录"].iter_rows(values_only=True)
    told = [dict(zip(heading, row, strict=True)) for row in rows]
    assert [(row["做了什么"], row["详情"]) for row in told] == [("保存单位", "代码 =1+1")]
    with session_factory() as session:
        last = session.scalars(select(AuditRecord).order_by(AuditRecord.id.desc()).limit(1)).one()
        assert (last.kind, last.endpoint) == ("take_file", "audit.export")
