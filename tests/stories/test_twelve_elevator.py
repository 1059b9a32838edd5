"""Third tale: one elevator stands still and forty people call."""

import pytest

from tests.stories.stage import refused
from tests.stories.town import CONTENT_RATING, POOR_RATING, REPLY

CALLERS = 39
ANSWER = "电梯曳引机已更换并通过检验，11 月 23 日晚恢复运行，停运期间的物业费按天退还。"


@pytest.fixture
def master(stage) -> str:
    return stage.dispatched("HOUSING")


@pytest.fixture
def followers(stage, master) -> list[str]:
    numbers = [
        stage.register("second_agent", phone=f"138000{serial:05d}", citizen_name=f"邻居{serial}")
        for serial in range(CALLERS)
    ]
    stage.news()
    for number in numbers:
        stage.act("dispatcher", number, "merge", master=master)
    return numbers


def test_each_of_forty_callers_hears_of_the_answer_rates_alone_and_finds_it_by_the_old_number(
    stage, master, followers
):
    assert stage.ticket(master).follower_count == CALLERS
    assert stage.ticket(master).version == len(stage.actions(master))
    first, second, last = followers[0], followers[1], followers[-1]
    assert (stage.state(first), stage.ticket(first).outcome) == ("closed", "merged")
    told = {(message.subject, message.kind) for number in followers for message in stage.messages(number)}
    assert told >= {(number, "merged") for number in followers}
    followed = stage.public(first).followed
    assert (followed.number, followed.unit.label_zh) == (master, "云江市住房和城乡建设局")
    assert "林晚秋" not in stage.status(first)

    stage.act("supervisor", last, "unmerge", reason="诉求人反映的是另一栋楼的电梯")
    assert (stage.state(last), stage.ticket(last).master_id) == ("to_dispatch", None)
    assert stage.ticket(master).follower_count == CALLERS - 1
    assert ("unmerged", "citizen") in stage.news(last)
    with refused("master_not_answered"):
        stage.act("callback", first, "rate_merged", **CONTENT_RATING)

    stage.replied(master, public_answer=ANSWER)
    stage.news()
    with refused("answer_for_followers_missing"):
        stage.act("auditor", master, "approve_reply")
    stage.act("auditor", master, "approve_reply", public_answer=ANSWER)
    replied = [number for number in (master, *followers) if ("replied", "citizen") in heard(stage, number)]
    assert replied == [master, *followers[:-1]]
    assert stage.public(first).followed.answer.text == ANSWER
    assert REPLY["answer"] not in stage.status(first)

    stage.by_citizen(first, "rate_merged", **CONTENT_RATING)
    stage.news()
    stage.act("callback", second, "rate_merged", **POOR_RATING)
    assert stage.news(second) == {("merged_dissatisfied", "supervisor")}
    assert stage.state(master) == "to_call_back"
    with refused("not_your_ticket", "not_found", "not_in_this_state", "not_merged"):
        stage.act("callback", last, "rate_merged", **CONTENT_RATING)
    stage.act("callback", master, "close", **CONTENT_RATING)
    closed = [number for number in followers if ("closed", "citizen") in heard(stage, number)]
    assert closed == followers[:-1]
    stage.end()


def heard(stage, number: str) -> set[tuple[str, str]]:
    return {(message.kind, message.recipient.partition(":")[0]) for message in stage.messages(number)}
