"""Fifth, sixth and seventh tale: the matter waits for its citizen, gets more time, is laid aside for a while."""

from tests.stories.sight import say
from tests.stories.stage import refused
from tests.stories.town import REPLY

WORDS = "专业检测需要排期，预计推迟五个工作日，敬请谅解。"
EXTENSION = {"reason": "检测机构排期已满", "citizen_words": WORDS}
PLAN = {
    "plan": "小区更新项目已立项，电梯整体更换",
    "condition": "维修资金到位",
    "review_on": "2026-12-18",
}
MISSING = "请说明停运电梯的单元号"


def test_the_clocks_stand_still_until_the_citizen_has_answered(stage):
    number = stage.dispatched("HOUSING")
    stage.on_share("handler_housing", number, "HOUSING", "sign")
    stage.until("2026-11-24 09:00")
    with refused("too_late"):
        stage.act("handler_housing", number, "ask_supplement", missing=MISSING, answer_by="2026-12-10")
    with refused("not_your_unit", "not_found"):
        stage.act("handler_roads", number, "ask_supplement", missing=MISSING, answer_by="2026-11-26")
    stage.news()
    stage.act("handler_housing", number, "ask_supplement", missing=MISSING, answer_by="2026-11-27")
    assert (stage.state(number), stage.light(number)) == ("awaiting_supplement", "paused")
    assert stage.due(number, "supplement") == "11-28 00:00"
    for name in ("handle", "contact"):
        assert say(stage.clock_of(number, name).paused_at) == "11-24 09:00"
    assert stage.news(number) == {("supplement_needed", "citizen")}
    wanted = stage.public(number).wanted
    assert (wanted.missing, str(wanted.answer_by)) == (MISSING, "2026-11-27")
    heard = " ".join(
        message.body for message in stage.messages(number) if message.recipient.startswith("citizen")
    )
    assert MISSING not in heard

    stage.until("2026-11-25 17:30")
    assert stage.news(number) == set()
    stage.by_citizen(number, "supplement", text="三单元的两部电梯")
    assert (stage.state(number), stage.light(number)) == ("in_process", "green")
    assert stage.due(number) == "12-02 17:00"
    assert stage.clock_of(number, "handle").paused_seconds > 0
    assert stage.news(number) == {("supplement_received", "handler_housing")}
    assert "三单元的两部电梯" in stage.page("handler_housing", number)
    stage.closed(number)
    assert stage.ticket(number).is_late is False
    stage.end()


def test_when_the_citizen_stays_silent_the_matter_goes_on_with_what_is_known(stage):
    number = stage.register()
    stage.act("reviewer", number, "ask_supplement", missing=MISSING, answer_by="2026-11-24")
    assert stage.state(number) == "awaiting_supplement"
    stage.until("2026-11-24 23:59")
    assert stage.state(number) == "awaiting_supplement"
    stage.news()
    stage.until("2026-11-25 00:00")
    assert (stage.state(number), stage.actions(number)[-1]) == ("intake_review", "supplement_expired")
    assert stage.news(number) == {("supplement_received", "reviewer")}
    with refused("not_in_this_state"):
        stage.act("agent", number, "supplement", text="三单元")
    stage.act("reviewer", number, "approve_intake")
    assert stage.state(number) == "to_dispatch"
    assert say(stage.clock_of(number, "dispatch").due_at) == "11-25 02:00"
    stage.end()


def test_more_time_passes_the_district_then_the_centre_then_its_leader_and_ends_there(stage):
    number = stage.dispatched("STREET")
    stage.on_share("handler_street", number, "STREET", "sign")
    first = stage.due(number)
    assert first == "11-30 17:30"
    stage.until("2026-11-25 10:00")
    with refused("too_large"):
        stage.ask("handler_street", number, "STREET", "extension", days=6, **EXTENSION)
    stage.news()
    stage.ask("handler_street", number, "STREET", "extension", days=5, **EXTENSION)
    assert stage.news(number) == {("request_to_decide", "HOUSING")}
    with refused("endorsement_needed"):
        stage.decide("dispatcher", number, "approve", reason="同意")
    with refused("not_your_unit", "not_in_this_state", "own_request"):
        stage.decide("handler_street", number, "endorse")
    stage.decide("handler_housing", number, "endorse", reason="检测确需时间")
    assert stage.news(number) == {
        ("request_to_decide", "dispatcher"),
        ("request_to_decide", "second_dispatcher"),
    }
    assert stage.due(number) == first
    stage.decide("dispatcher", number, "approve", reason="同意延期")
    assert (stage.due(number), stage.ticket(number).extension_count) == ("12-07 17:30", 1)
    assert say(stage.ticket(number).original_due_at) == first
    assert stage.news(number) == {("request_decided", "STREET"), ("extended", "citizen")}
    assert stage.public(number).delay_words == WORDS
    assert "12 月 7 日" in stage.status(number)

    stage.until("2026-12-04 10:00")
    stage.ask("handler_street", number, "STREET", "extension", days=5, **EXTENSION)
    stage.decide("handler_housing", number, "endorse")
    with refused("leader_decides"):
        stage.decide("dispatcher", number, "approve", reason="同意")
    stage.decide("centre_leader", number, "approve", reason="同意，最后一次")
    assert (stage.due(number), stage.ticket(number).extension_count) == ("12-14 17:30", 2)
    assert say(stage.ticket(number).original_due_at) == first

    stage.until("2026-12-11 10:00")
    with refused("extensions_spent"):
        stage.ask("handler_street", number, "STREET", "extension", days=1, **EXTENSION)
    stage.closed(number, "STREET")
    assert stage.ticket(number).is_late is False
    stage.end()


def test_nobody_asks_for_more_time_when_it_is_nearly_over(stage):
    number = stage.dispatched("HOUSING")
    stage.on_share("handler_housing", number, "HOUSING", "sign")
    stage.until("2026-11-30 14:00")
    with refused("extension_too_late"):
        stage.ask("handler_housing", number, "HOUSING", "extension", days=1, **EXTENSION)
    stage.end()


def test_a_matter_laid_aside_comes_back_by_itself_and_its_clock_goes_on_where_it_stopped(stage):
    number = stage.dispatched("HOUSING")
    stage.on_share("handler_housing", number, "HOUSING", "sign")
    stage.until("2026-11-25 10:00")
    with refused("too_late"):
        far = {**PLAN, "review_on": "2027-03-01"}
        stage.ask("handler_housing", number, "HOUSING", "suspension", **far)
    stage.news()
    stage.ask("handler_housing", number, "HOUSING", "suspension", **PLAN)
    assert stage.news(number) == {("request_to_decide", "centre_leader")}
    with refused("not_your_role"):
        stage.decide("supervisor", number, "approve")
    stage.decide("centre_leader", number, "approve", reason="计划可行")
    assert (stage.state(number), stage.light(number)) == ("suspended", "paused")
    assert stage.due(number, "suspension") == "12-19 00:00"
    told = {("suspended", "citizen"), ("suspended_supervisor", "supervisor"), ("request_decided", "HOUSING")}
    assert stage.news(number) == told
    assert str(stage.public(number).review_on) == "2026-12-18"
    with refused("ticket_not_in_process"):
        stage.on_share("handler_housing", number, "HOUSING", "submit_reply", is_confirmed=True, **REPLY)

    stage.until("2026-12-18 23:59")
    assert (stage.state(number), stage.news(number)) == ("suspended", set())
    stage.until("2026-12-19 00:00")
    assert (stage.state(number), stage.actions(number)[-1]) == ("in_process", "resume")
    stage.until("2026-12-19 07:00")
    assert stage.news(number) == {("resumed_unit", "HOUSING"), ("resumed", "citizen")}
    # Six hours of that Wednesday and three whole days were left when it was laid aside.
    assert stage.due(number) == "12-24 16:00"
    stage.closed(number)
    assert stage.ticket(number).is_late is False
    stage.end()


def test_the_leader_may_bring_it_back_before_its_day(stage):
    number = stage.dispatched("HOUSING")
    stage.on_share("handler_housing", number, "HOUSING", "sign")
    stage.ask("handler_housing", number, "HOUSING", "suspension", **PLAN)
    stage.decide("centre_leader", number, "approve")
    stage.until("2026-11-27 09:00")
    with refused("not_your_role"):
        stage.act("dispatcher", number, "resume")
    stage.act("centre_leader", number, "resume", reason="资金已到位")
    assert (stage.state(number), stage.clock_of(number, "suspension").stopped_at) == ("in_process", stage.now)
    stage.end()
