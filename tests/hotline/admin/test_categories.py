"""The category tree is changed with its story kept, and nothing that names a category loses it."""

import io
from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from hotline.models.catalog import Category, CategoryChange
from hotline.models.organisation import Unit
from hotline.services.lifecycle import ENGINES
from hotline.services.references import resolve
from tests.hotline.department.office import csrf
from tests.hotline.supervisor.small_city import SmallCity
from workflows.vocabulary import Machine


@pytest.fixture
def city(session_factory):
    made = SmallCity(session_factory)
    with session_factory.begin() as session:
        unit_id = session.scalars(select(Unit.id).limit(1)).one()
        top = Category(code="HJ", name="环境保护", path="环境保护", level=1, is_leaf=False)
        low = Category(code="ZF", name="住房物业", path="住房物业", level=1, is_leaf=False)
        session.add_all([top, low])
        session.flush()
        for parent, code, name in (
            (top, "HJ-01", "噪声"),
            (top, "HJ-02", "油烟"),
            (low, "ZF-01", "物业服务"),
        ):
            path = f"{parent.path}/{name}"
            session.add(
                Category(code=code, name=name, path=path, level=2, parent_id=parent.id, owner_unit_id=unit_id)
            )
    return made


@pytest.fixture
def administrator(app, city):
    return city.sign_in(app, "administrator")


@pytest.fixture
def node(session_factory):
    def read(code: str) -> Category:
        with session_factory() as session:
            return session.scalars(select(Category).where(Category.code == code)).one()

    return read


def post(client, path, **data):
    return client.post(
        f"/admin/categories{path}", data={"csrf_token": csrf(client), "reason": "调整", **data}
    )


def typed(row, **changes):
    kept = {"name": row.name, "parent": row.parent_id or "", "owner": row.owner_unit_id or ""}
    return {
        **kept,
        "kind": "leaf" if row.is_leaf else "branch",
        "position": 1,
        "version": row.version,
        **changes,
    }


def options(client, path, name):
    return [
        each.text for each in BeautifulSoup(client.get(path).text, "html.parser").select(f"#{name} option")
    ]


def test_a_moved_and_renamed_branch_takes_those_below_it_along(administrator, node):
    top, low = node("HJ"), node("ZF")
    given = typed(top, parent=low.id, name="生态环境", synonyms="环保、污染")
    assert post(administrator, f"/{top.id}", **given).status_code == 303
    assert node("HJ-01").path == "住房物业/生态环境/噪声"
    assert (node("HJ-01").level, node("HJ").initials) == (3, "sthj hb wr")
    page = administrator.get(f"/admin/categories/{top.id}").text
    assert "<del>环境保护</del> → <ins>生态环境</ins>" in page
    under_itself = post(administrator, f"/{low.id}", **typed(low, parent=top.id))
    assert under_itself.status_code == 422
    assert "不能移到自己或自己的下级之下" in under_itself.text


def test_the_order_of_the_tree_is_that_of_the_pickers(app, city, administrator, node):
    last = node("HJ-02")
    assert post(administrator, f"/{last.id}", **typed(last, position=1, synonyms="呛人")).status_code == 303
    shown = options(city.sign_in(app, "agent"), "/desk", "category")
    assert shown.index("油烟") < shown.index("噪声")


def test_of_two_changes_the_second_is_told_of_the_first(administrator, node):
    seen = node("HJ-01")
    post(administrator, f"/{seen.id}", **typed(seen, name="噪声扰民"))
    late = post(administrator, f"/{seen.id}", **typed(seen, name="吵闹", reason="口语"))
    assert late.status_code == 409
    assert 'value="吵闹"' in late.text
    assert node("HJ-01").name == "噪声扰民"


def test_a_merged_category_stays_in_its_tickets_and_gives_way_to_the_other(
    app, city, administrator, node, session_factory
):
    old, new = node("HJ-01"), node("ZF-01")
    number = city.accepted(datetime.now(UTC), category="HJ-01")
    assert "1 件" in administrator.get(f"/admin/categories/{old.id}/end").text
    merged = post(administrator, f"/{old.id}/end", into=new.id, version=old.version)
    assert merged.status_code == 303
    agent = city.sign_in(app, "agent")
    assert "噪声" not in options(agent, "/desk", "category")
    assert "环境保护/噪声" in administrator.get("/admin/categories?q=噪声").text.replace(" / ", "/")
    assert city.ticket(number).category_id == old.id
    with session_factory() as session:
        needs = ENGINES[Machine.TICKET].row("register").needs
        assert resolve(session, needs, {"category": "HJ-01"})["category"] == new.id
    assert post(administrator, f"/{old.id}/restore", version=1).status_code == 303
    assert "噪声" in options(agent, "/desk", "category")


def test_a_branch_in_use_and_a_target_of_another_kind_are_refused(administrator, node):
    top, leaf = node("HJ"), node("HJ-01")
    assert "还有在用的下级分类" in post(administrator, f"/{top.id}/end").text
    answer = post(administrator, f"/{leaf.id}/end", into=top.id)
    assert (answer.status_code, node("HJ-01").is_active) == (422, True)


def test_a_unit_or_a_category_that_is_none_is_refused_and_never_left_out_unsaid(administrator, node):
    row = node("HJ-01")
    page = administrator.get(f"/admin/categories/{row.id}").text
    # The words somebody typed and chose nothing for are sent, for the server to refuse.
    fields = [BeautifulSoup(page, "html.parser").find("select", id=name) for name in ("owner", "parent")]
    assert all("data-free" in field.attrs for field in fields)
    refused = post(administrator, f"/{row.id}", **typed(row, owner="梧桐区城管"))
    assert refused.status_code == 422
    assert "data-free" in administrator.get(f"/admin/categories/{row.id}/end").text
    assert post(administrator, f"/{row.id}/end", version=row.version, into="共享单").status_code == 422
    assert node("HJ-01").is_active


def test_an_exported_table_read_back_changes_nothing_and_a_bad_row_keeps_all_out(
    administrator, node, session_factory
):
    sheet = administrator.get("/admin/categories/export.csv").data
    same = post(administrator, "/import/try", file=(io.BytesIO(sheet), "categories.csv"))
    assert "没有变化 6 行" in same.text
    rows = "代码,上级代码,名称,层次,同义词\nHJ-03,HJ,污水,小类,臭水\nHJ-01,HJ,噪声,大类,\nX 1,HJ,垃圾,小类,"
    bad = post(administrator, "/import/try", text=rows)
    assert bad.status_code == 422
    assert "不能在大类和小类之间改变" in bad.text
    assert "代码：请用大写字母" in bad.text
    odd = post(
        administrator, "/import/try", text=f"代码,上级代码,名称,次序\nHJ-03,HJ,污水,{'0' * 8}1{'9' * 5000}"
    )
    assert odd.status_code == 422
    good = "\n".join(rows.split("\n")[:2])
    seen = BeautifulSoup(post(administrator, "/import/try", text=good).text, "html.parser")
    version = seen.select_one('form[action="/admin/categories/import"] [name=version]')["value"]
    with session_factory() as session:
        assert not session.scalars(select(CategoryChange)).all()
    assert post(administrator, "/import", text=good, version=version).status_code == 303
    assert (node("HJ-03").path, node("HJ-03").initials) == ("环境保护/污水", "ws cs")
    assert (
        post(administrator, "/import", text=good.replace("污水", "废水"), version=version).status_code == 409
    )


def test_a_saved_form_is_published_with_its_story_and_a_bad_one_keeps_what_was_typed(administrator):
    form = {
        "csrf_token": csrf(administrator),
        "name": "噪声",
        "content": "＿＿太吵",
        "category": "HJ-01",
        "is_active": "y",
    }
    bad = administrator.post("/admin/forms/new", data={**form, "valid_from_on": "明天", "reason": "常用"})
    assert bad.status_code == 422
    assert "生效日期：请填写日期" in bad.text
    assert "＿＿太吵" in bad.text
    made = administrator.post("/admin/forms/new", data={**form, "reason": "常用"})
    again = {**form, "content": "＿＿夜里太吵", "version": 1, "reason": "补时间"}
    assert administrator.post(made.location, data=again).status_code == 303
    page = administrator.get(made.location).text
    assert "<del>＿＿太吵</del> → <ins>＿＿夜里太吵</ins>" in page
    assert administrator.post(made.location, data={**again, "content": "又改"}).status_code == 409
