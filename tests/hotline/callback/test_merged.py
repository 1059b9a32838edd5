"""Are people who were merged into another's ticket found, answered and asked like everybody else?"""

from datetime import UTC, datetime, timedelta

import pytest

from hotline.services.lifecycle import Command
from tests.hotline.supervisor.small_city import ANSWER

NOW = datetime.now(UTC)
PUBLIC = "该路段路灯已全部修复，今后每周巡检。"


@pytest.fixture
def merged(city):
    """The numbers of a master whose units have answered and of its follower."""
    follower = city.accepted(NOW - timedelta(hours=30), phone="13911112222")
    master = city.dispatched(NOW - timedelta(hours=31))
    city.act("dispatcher", Command(follower, "merge", {"master": master}), NOW - timedelta(hours=29))
    city.share_act(master, "sign", {}, NOW - timedelta(hours=28))
    reply = {"contact": "contacted", "result": "resolved", "answer": ANSWER, "is_confirmed": True}
    city.share_act(master, "submit_reply", reply, NOW - timedelta(hours=27))
    return master, follower


def pass_answer(city, master: str) -> None:
    city.act(
        "auditor", Command(master, "approve_reply", {"public_answer": PUBLIC}), NOW - timedelta(hours=26)
    )


def test_the_auditor_learns_that_others_read_the_answer_and_writes_it_for_them(app, city, merged):
    page = city.sign_in(app, "auditor").get(f"/review?ticket={merged[0]}").text
    assert "并入 1 件" in page
    written = page.split('name="public_answer"')[1].split("</textarea>")[0]
    assert ANSWER not in written


def test_master_and_follower_lead_to_each_other(app, city, merged):
    master, follower = merged
    browser = city.sign_in(app, "supervisor")
    assert f'href="/tickets/{follower}"' in browser.get(f"/tickets/{master}").text
    aside = browser.get(f"/tickets/{follower}").text.split("并入的主单")[1]
    assert f'href="/tickets/{master}"' in aside


def test_a_follower_is_to_be_asked_once_while_the_answer_of_its_master_is_rated(app, city, merged):
    master, follower = merged
    caller = city.sign_in(app, "callback")
    assert follower not in caller.get("/callback?view=merged").text
    pass_answer(city, master)
    page = caller.get("/callback?view=merged").text
    assert f'id="row-{follower}"' in page
    assert PUBLIC in page
    assert f"/tickets/{follower}/actions/rate_merged" in page
    content = {"solved": "yes", "satisfaction": "satisfied"}
    city.act("callback", Command(follower, "rate_merged", content), NOW)
    assert f'id="row-{follower}"' not in caller.get("/callback?view=merged").text


def test_what_one_follower_said_is_not_said_by_another(app, city, merged):
    master, follower = merged
    second = city.accepted(NOW - timedelta(hours=30), phone="13911113333")
    city.act("dispatcher", Command(second, "merge", {"master": master}), NOW - timedelta(hours=29))
    pass_answer(city, master)
    content = {"solved": "yes", "satisfaction": "satisfied"}
    city.act("callback", Command(follower, "rate_merged", content), NOW)
    assert f'id="row-{second}"' in city.sign_in(app, "callback").get("/callback?view=merged").text
