"""What is known is beside the call: cited into the direct answer, and what is new is proposed."""

from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select

from hotline.models.catalog import Category
from hotline.models.knowledge import KnowledgeCitation, KnowledgeEntry, KnowledgeVersion
from hotline.models.ticket import Ticket
from tests.hotline.clerks import hidden_of
from tests.hotline.knowledge.book import LIFT, Book

CALL = {
    "type": "consultation",
    "urgency": "ordinary",
    "phone": "13800138001",
    "content": "请问小区电梯停运了三天应该怎么报修？",
    "category": "PROPERTY",
    "callback_wanted": "yes",
}
HTMX = {"HX-Request": "true"}


@pytest.fixture
def lift(session_factory, town):
    """An entry of the knowledge base, published."""
    with session_factory.begin() as session:
        book = Book(session, town, datetime.now(UTC))
        draft = book.draft(LIFT)
        for name, by in (
            ("submit", "handler_housing"),
            ("approve", "leader_housing"),
            ("publish", "reviewer"),
        ):
            book.move(draft, name, by)
        return draft


def sent(browser, path, **changes):
    hidden = hidden_of(browser.get("/desk").text, "/desk")
    return browser.post(path, data={**CALL, **hidden, **changes})


def hints(browser):
    hidden = hidden_of(browser.get("/desk").text, "/desk")
    return browser.post("/desk/assist", data={**CALL, **hidden}, headers=HTMX).text


def citation_of(version):
    return f"知识库 ZS{version.entry_id:05d} 第 1 版《{LIFT.title}》"


def count(factory, model):
    with factory() as session:
        return session.scalar(select(func.count()).select_from(model))


def test_while_a_call_is_written_down_what_is_known_stands_beside_it(agent, lift):
    page = hints(agent)
    assert LIFT.title in page
    button = BeautifulSoup(page, "html.parser").find("button", attrs={"name": "cite"})
    assert button["data-cite"] == LIFT.talking_point
    assert button["data-cite-source"] == citation_of(lift)


def test_what_ran_out_is_not_offered(agent, lift, session_factory):
    with session_factory.begin() as session:
        session.get_one(KnowledgeVersion, lift.id).valid_until_on = datetime(2020, 1, 1, tzinfo=UTC).date()
    assert LIFT.title not in hints(agent)
    assert sent(agent, "/desk/cite", cite=f"ZS{lift.entry_id:05d}").status_code == 404


def test_citing_without_scripts_fills_the_answer_and_keeps_the_call(agent, lift, session_factory):
    answer = sent(agent, "/desk/cite", cite=f"ZS{lift.entry_id:05d}", answer="您好。")
    page = BeautifulSoup(answer.text, "html.parser")
    assert page.find(id="answer").text.strip() == f"您好。\n{LIFT.talking_point}"
    assert page.find(id="source")["value"] == citation_of(lift)
    assert CALL["content"] in page.find(id="content").text
    assert count(session_factory, Ticket) == 0


@pytest.mark.parametrize(("chosen", "then"), [("", "PROPERTY"), ("POTHOLE", "POTHOLE")])
def test_a_call_without_a_category_gets_the_one_of_what_it_cites(agent, lift, chosen, then):
    answer = sent(agent, "/desk/cite", cite=f"ZS{lift.entry_id:05d}", category=chosen)
    (picked,) = BeautifulSoup(answer.text, "html.parser").select("#category option[selected]")
    assert picked["value"] == then


def suggested(browser, **changes):
    hidden = hidden_of(browser.get("/desk").text, "/desk")
    page = browser.post("/desk/assist", data={**CALL, **hidden, **changes}, headers=HTMX).text
    button = BeautifulSoup(page, "html.parser").find(attrs={"data-suggested": True})
    return button and (button["data-suggested"], button["data-key"])


def test_a_category_the_words_name_is_offered_with_a_key_until_one_is_chosen(agent, session_factory):
    with session_factory.begin() as session:
        session.scalars(select(Category).where(Category.code == "POTHOLE")).one().synonyms = "坑洼 路面塌了"
    assert suggested(agent, category="", content="门前路面塌了一块。") == ("POTHOLE", "Shift+F9")
    assert suggested(agent, category="PROPERTY", content="门前路面塌了一块。") is None
    assert suggested(agent, category="", content="请问几点开门？") is None


def test_a_category_nobody_names_is_that_of_the_nearest_entry(agent, lift):
    assert suggested(agent, category="") == ("PROPERTY", "Shift+F9")


def test_a_direct_answer_is_linked_with_the_version_it_cites(agent, lift, session_factory):
    told = {"answer": LIFT.talking_point, "source": citation_of(lift)}
    answer = sent(agent, "/desk", action="answer_directly", **told)
    assert answer.status_code == 303
    with session_factory() as session:
        (cited,) = session.scalars(select(KnowledgeCitation))
    assert cited.version_id == lift.id
    assert "建议入库" not in agent.get(answer.headers["Location"]).text
    with session_factory() as session:
        number = session.scalars(select(Ticket.number)).one()
    assert f"/knowledge/ZS{lift.entry_id:05d}?version=1" in agent.get(f"/tickets/{number}").text


@pytest.mark.parametrize("source", ["ZS99999", "见 zs00099"])
def test_a_number_no_entry_has_is_refused_and_nothing_is_registered(agent, lift, session_factory, source):
    answer = sent(agent, "/desk", action="answer_directly", answer="请联系物业。", source=source)
    assert answer.status_code == 422
    assert "不存在或已失效" in answer.text
    assert "请联系物业。" in answer.text
    assert count(session_factory, Ticket) == 0


@pytest.mark.parametrize("source", ["证书 ZS202400123456", "三方通话 10:20", "XZS99999"])
def test_what_only_looks_like_a_number_is_left_alone(agent, lift, source):
    assert (
        sent(agent, "/desk", action="answer_directly", answer="请联系物业。", source=source).status_code
        == 303
    )


def test_an_answer_the_knowledge_base_lacks_may_be_proposed(agent, session_factory, town):
    told = {"answer": "周一闭馆，周二至周日九点开放。", "source": "市图书馆，三方通话 10:20"}
    answer = sent(agent, "/desk", action="answer_directly", **told)
    page = BeautifulSoup(agent.get(answer.headers["Location"]).text, "html.parser")
    address = next(link for link in page("a") if "建议入库" in link.text)["href"]
    form = agent.get(address).text
    assert told["answer"] in form
    assert told["source"] in form
    hidden = hidden_of(form, "/knowledge/new")
    written = {"title": "图书馆开放时间", "answer": told["answer"], "unit": town.units["HOUSING"]}
    assert agent.post("/knowledge/new", data={**hidden, **written}).status_code == 303
    with session_factory() as session:
        (entry,) = session.scalars(select(KnowledgeEntry))
        assert entry.ticket_id == session.scalars(select(Ticket.id)).one()


def test_a_confidential_answer_is_not_copied(agent, session_factory):
    told = {"answer": "周一闭馆。", "source": "市图书馆", "is_confidential": "y"}
    answer = sent(agent, "/desk", action="answer_directly", **told)
    assert "建议入库" not in agent.get(answer.headers["Location"]).text
    with session_factory() as session:
        number = session.scalars(select(Ticket.number)).one()
    page = agent.get(f"/knowledge/new?ticket={number}").text
    assert "周一闭馆。" not in page
    assert "这件工单不能转为知识条目" in page
