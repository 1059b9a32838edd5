"""What people are told of their data has versions, and each ticket says which one was told, and how."""

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from hotline.models.statements import PrivacyStatement
from hotline.models.ticket import Citizen, Ticket
from hotline.queries.statements import SHIPPED, find_given, newest_statement
from hotline.services import intake
from hotline.services.category_edits import Edit
from hotline.services.statements import StatementInput, publish_statement
from tests.hotline.citizen.journeys import RECORD, City, open_with_code
from tests.hotline.citizen.wishes import signed_in
from tests.hotline.clerks import hidden_of
from workflows.choices import StatementKind
from workflows.errors import Refused
from workflows.vocabulary import Role

WORDS = "新的告知：信息只用于办理诉求。"


@pytest.fixture
def city(session_factory) -> City:
    return City(session_factory).found()


@pytest.fixture
def administrator(app, session_factory):
    return signed_in(app, session_factory, Role.ADMINISTRATOR)


def publish(browser, kind, **typed):
    path = f"/admin/statements/{kind}"
    return browser.post(path, data={**hidden_of(browser.get(path).text, path), **typed})


def given(session_factory, number):
    with session_factory() as session:
        ticket_id = session.scalars(select(Ticket.id).where(Ticket.number == number)).one()
        found = find_given(session, ticket_id)
        return None if found is None else (found.kind.value, found.number, found.text)


def test_a_publication_is_the_next_version_with_who_and_why_and_the_first_one_stays(
    administrator, session_factory
):
    assert "出厂内容" in administrator.get("/admin/statements/web").text
    assert publish(administrator, "web", text=WORDS, text_en="", reason="法务意见").status_code == 303
    page = administrator.get("/admin/statements/web").text
    for words in ("第 2 版", "第 1 版", WORDS, SHIPPED[StatementKind.WEB][0], "法务意见", "沈知行"):
        assert words in page
    with session_factory() as session:
        assert newest_statement(session, StatementKind.WEB).number == 2
        assert newest_statement(session, StatementKind.SPOKEN).number == 1


def test_a_preview_shows_the_words_and_publishes_nothing(administrator, session_factory):
    path = "/admin/statements/spoken"
    hidden = hidden_of(administrator.get(path).text, path)
    page = administrator.post(f"{path}/preview", data={**hidden, "text": WORDS, "text_en": "", "reason": ""})
    assert (page.status_code, "预览：还没有发布" in page.text, WORDS in page.text) == (200, True, True)
    with session_factory() as session:
        assert session.scalars(select(PrivacyStatement)).all() == []


def test_bad_input_names_its_field_and_loses_nothing(administrator):
    answer = publish(administrator, "web", text=WORDS, text_en="", reason=" ")
    assert answer.status_code == 422
    assert "修改原因：请填写此项。" in answer.text
    assert WORDS in answer.text
    path = "/admin/statements/web"
    seen = hidden_of(administrator.get(path).text, path)
    publish(administrator, "web", text=WORDS, text_en="", reason="先发布的")
    late = administrator.post(path, data={**seen, "text": "另一版", "text_en": "", "reason": "后发布的"})
    assert late.status_code == 409
    assert "先发布的" in late.text
    assert "另一版" in late.text


def test_a_ticket_keeps_the_version_it_was_told_when_another_comes(city, client, session_factory):
    number = city.register(statement="spoken", statement_number=1)
    with session_factory.begin() as session:
        edit = Edit(city.actors[Role.SUPERVISOR], datetime.now(UTC), "改写", 1)
        publish_statement(session, StatementKind.SPOKEN, StatementInput(WORDS), edit)
    later = city.register(statement="spoken", statement_number=2)
    assert given(session_factory, number) == ("spoken", 1, SHIPPED[StatementKind.SPOKEN][0])
    assert given(session_factory, later) == ("spoken", 2, WORDS)
    open_with_code(client, city, number)
    assert SHIPPED[StatementKind.SPOKEN][0] in client.get(f"/status/{number}/data").text
    told = json.loads(client.get(f"/status/{number}/data.json").data)["told"]
    assert (told["by"], told["version"]) == ("spoken", 1)


def test_the_page_of_a_ticket_says_what_was_told_and_when_nothing_was(app, city, session_factory):
    told, silent = city.register(statement="web", statement_number=1), city.register()
    browser = signed_in(app, session_factory, Role.SUPERVISOR)
    assert "网上告知，第 1 版" in browser.get(f"/tickets/{told}").text
    assert "没有告知记录" in browser.get(f"/tickets/{silent}").text


def test_nobody_was_told_a_version_that_there_is_not(city, session_factory):
    for number in (0, 2):
        with pytest.raises(Refused) as refused:
            city.register(statement="spoken", statement_number=number)
        assert [error.field for error in refused.value.errors] == ["statement_number"]
    with session_factory() as session:
        assert session.scalars(select(Ticket)).all() == []


@pytest.mark.parametrize("contact", [{"phone": "13800138000"}, {"is_anonymous": True}])
def test_a_ticket_needs_a_telephone_alone_or_nobody_at_all(city, session_factory, contact):
    need = {"type": "help", "content": RECORD["content"], "category": RECORD["category"]}
    with session_factory.begin() as session:
        agent = city.actors[Role.AGENT]
        ticket = intake.register_and(session, {**need, **contact}, ("submit", {}), agent, datetime.now(UTC))
        assert ticket.state == "intake_review"
        kept = session.get(Citizen, ticket.citizen_id) if ticket.citizen_id else None
        persons = None if kept is None else (kept.name, kept.email, kept.guardian_phone)
        assert persons == (None if "is_anonymous" in contact else (None, None, None))
        assert (ticket.accused, ticket.address) == (None, "")
