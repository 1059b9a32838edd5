"""The knowledge base in a browser without JavaScript: read, doubted, written, reviewed, looked after."""

from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from hotline.models.knowledge import KnowledgeCorrection, KnowledgeEntry, KnowledgeVersion, VersionState
from tests.hotline.clerks import hidden_of
from tests.hotline.knowledge.book import LIFT, Book

FORM = {
    "title": "电梯停运怎么报修",
    "questions": "电梯坏了找谁",
    "talking_point": "请先联系物业。",
    "answer": "物业两小时内到场。",
    "basis": "《电梯使用管理办法》第十二条",
}


@pytest.fixture
def write(session_factory, open_town):
    """Does something with a book and commits it."""

    def do(act):
        with session_factory.begin() as session:
            return act(Book(session, open_town, datetime.now(UTC)))

    return do


@pytest.fixture
def entry(write):
    version = write(lambda book: book.published())
    return f"/knowledge/ZS{version.entry_id:05d}"


def posted(browser, page, action, **typed):
    hidden = hidden_of(browser.get(page).text, action)
    return browser.post(action, data={**hidden, **typed})


def newest(factory, model=KnowledgeVersion):
    with factory() as session:
        return session.scalars(select(model).order_by(model.id.desc()).limit(1)).one()


@pytest.mark.parametrize("who", ["agent", "handler_roads", "dispatcher", "administrator", "centre_leader"])
def test_everybody_who_works_here_finds_and_reads_what_holds(browser_of, entry, who):
    browser = browser_of(who)
    assert LIFT.title in browser.get("/knowledge?q=diantitingyun").text
    page = browser.get(entry).text
    for told in (LIFT.talking_point, LIFT.basis, "云江市住房和城乡建设局", "长期有效"):
        assert told in page


def test_nothing_found_says_what_to_do(browser_of, entry):
    page = browser_of("agent").get("/knowledge?q=天文馆").text
    assert "没有符合的条目" in page


def test_opening_an_entry_is_counted(browser_of, entry, session_factory):
    browser = browser_of("agent")
    browser.get(entry)
    browser.get(entry)
    assert newest(session_factory, KnowledgeEntry).hits == 2


def test_a_draft_is_not_there_for_strangers(browser_of, write):
    version = write(lambda book: book.draft())
    address = f"/knowledge/ZS{version.entry_id:05d}"
    assert browser_of("agent").get(address).status_code == 404
    assert browser_of("handler_roads").get(address).status_code == 404
    assert browser_of("handler_housing").get(address).status_code == 200
    assert browser_of("reviewer").get(address).status_code == 200


def test_from_an_empty_form_to_a_published_entry(browser_of, session_factory, open_town, write):
    category = write(lambda book: book.category("PROPERTY"))
    typed = {**FORM, "unit": open_town.units["HOUSING"], "category": category, "then": "submit"}
    answer = posted(browser_of("handler_housing"), "/knowledge/new", "/knowledge/new", **typed)
    assert answer.status_code == 303
    address = urlsplit(answer.headers["Location"]).path
    for who, name, state in (
        ("leader_housing", "approve", VersionState.CENTRE_REVIEW),
        ("reviewer", "publish", VersionState.PUBLISHED),
    ):
        assert posted(browser_of(who), address, f"{address}/moves/{name}").status_code == 303
        assert newest(session_factory).state == state
    assert FORM["talking_point"] in browser_of("agent").get(address).text


def test_a_unit_that_nobody_chose_is_asked_for(browser_of):
    answer = posted(
        browser_of("handler_housing"), "/knowledge/new", "/knowledge/new", **FORM, unit="", then="submit"
    )
    assert answer.status_code == 422
    assert "责任单位：请选择。" in answer.text


def test_a_form_with_faults_comes_back_with_all_that_was_typed(browser_of, session_factory, open_town):
    typed = {**FORM, "unit": open_town.units["HOUSING"], "valid_until_on": "明年", "then": "submit"}
    answer = posted(browser_of("handler_housing"), "/knowledge/new", "/knowledge/new", **typed)
    assert answer.status_code == 422
    for told in (FORM["answer"], FORM["basis"], "失效日期："):
        assert told in answer.text
    without_category = posted(
        browser_of("handler_housing"), "/knowledge/new", "/knowledge/new", **{**typed, "valid_until_on": ""}
    )
    assert "分类：" in without_category.text
    with session_factory() as session:
        assert session.scalars(select(KnowledgeEntry)).all() == []


def test_a_change_made_on_an_older_look_keeps_the_words(browser_of, write, session_factory):
    version = write(lambda book: book.draft())
    address = f"/knowledge/ZS{version.entry_id:05d}"
    slow, quick = browser_of("handler_housing"), browser_of("leader_housing")
    hidden = hidden_of(slow.get(f"{address}/draft").text, f"{address}/draft")
    posted(quick, f"{address}/draft", f"{address}/draft", **FORM, category=version.category_id)
    late = {**FORM, "title": "我写的标题", "category": version.category_id}
    answer = slow.post(f"{address}/draft", data={**hidden, **late})
    assert answer.status_code == 409
    assert "我写的标题" in answer.text
    posted(quick, address, f"{address}/moves/submit")
    assert "我写的标题" in slow.post(f"{address}/draft", data={**hidden, **late}).text
    assert newest(session_factory).title == FORM["title"]


def test_sending_back_without_a_reason_comes_back_to_the_form(browser_of, write):
    version = write(lambda book: book.move(book.draft(), "submit", "handler_housing"))
    address = f"/knowledge/ZS{version.entry_id:05d}"
    leader = browser_of("leader_housing")
    answer = posted(leader, address, f"{address}/moves/send_back", reason=" ")
    assert answer.status_code == 422
    assert 'href="#reason-send_back"' in answer.text
    posted(leader, address, f"{address}/moves/send_back", reason="依据过时")
    assert "依据过时" in browser_of("handler_housing").get(address).text


def test_whoever_wrote_it_is_told_that_another_decides(browser_of, write):
    def written(book):
        version = book.move(book.draft(by="reviewer"), "submit", "reviewer")
        return book.move(version, "approve", "leader_housing")

    address = f"/knowledge/ZS{write(written).entry_id:05d}"
    page = browser_of("reviewer").get(address).text
    assert "由另一位同事审核" in page
    assert "moves/publish" not in page
    assert "moves/publish" in browser_of("second_reviewer").get(address).text


def test_a_doubt_is_due_in_two_working_days_and_is_answered_by_the_unit(browser_of, entry, session_factory):
    agent = browser_of("agent")
    posted(agent, entry, f"{entry}/corrections", doubt="物业到场时间改为一小时了。")
    doubt = newest(session_factory, KnowledgeCorrection)
    assert doubt.due_at > doubt.raised_at
    reply = f"{entry}/corrections/{doubt.id}"
    assert reply not in agent.get(entry).text
    unit = browser_of("handler_housing")
    assert "物业到场时间改为一小时了。" in unit.get("/knowledge/queue?view=corrections").text
    missing = posted(unit, entry, reply, answer="")
    assert missing.status_code == 422
    posted(unit, entry, reply, state="accepted", answer="属实，今天改。")
    assert "属实，今天改。" in agent.get(entry).text
    assert "没有待答复的纠错" in unit.get("/knowledge/queue?view=corrections").text


@pytest.mark.parametrize("doubt", ["", "  ", "错\x00字", "长" * 1001])
def test_an_unfit_doubt_is_refused_beside_its_field(browser_of, entry, doubt):
    answer = posted(browser_of("agent"), entry, f"{entry}/corrections", doubt=doubt)
    assert answer.status_code == 422
    assert 'href="#doubt-doubt"' in answer.text


def test_the_last_word_on_its_use_counts(browser_of, entry):
    agent = browser_of("agent")
    for is_useful, told in (("yes", "有用 1，没用 0"), ("no", "有用 0，没用 1")):
        posted(agent, entry, f"{entry}/use", is_useful=is_useful, about="1")
        assert told in agent.get(entry).text


def test_the_history_shows_what_a_version_changed(browser_of, entry):
    unit = browser_of("handler_housing")
    posted(unit, entry, f"{entry}/versions")
    changed = {**FORM, "talking_point": "请拨物业电话。"}
    posted(unit, f"{entry}/draft", f"{entry}/draft", **changed)
    page = unit.get(f"{entry}/versions").text
    assert "第 1 版到第 2 版" in page
    assert LIFT.talking_point in page
    assert "请拨物业电话。" in page
    assert "请拨物业电话。" not in browser_of("agent").get(f"{entry}/versions").text


def test_a_discarded_draft_may_be_begun_again(browser_of, write, session_factory):
    version = write(lambda book: book.move(book.draft(), "discard", "handler_housing"))
    address = f"/knowledge/ZS{version.entry_id:05d}"
    unit = browser_of("handler_housing")
    assert posted(unit, address, f"{address}/versions").status_code == 303
    again = newest(session_factory)
    assert (again.number, again.title, again.state) == (2, version.title, VersionState.DRAFT)


def test_the_lists_show_to_each_what_is_theirs(browser_of, write):
    write(lambda book: book.draft())
    for who, is_there in (("handler_housing", True), ("reviewer", True), ("handler_roads", False)):
        page = browser_of(who).get("/knowledge/queue?view=drafts").text
        assert (LIFT.title in page) is is_there


@pytest.mark.parametrize("number", ["ZS99999", "nothing", "0", "ZS999999999999"])
def test_a_number_no_entry_has_is_not_found(browser_of, number):
    assert browser_of("agent").get(f"/knowledge/{number}").status_code == 404
