"""Ninth tale: what is an emergency goes to 119 at once, and what is nothing needs two people to say so."""

from tests.stories.stage import refused

SMOKE = {"content": "文昌路 8 号地下车库冒烟，能闻到焦味。", "urgency": "critical"}
HANDED_OVER = {"line": "119", "handed_over_at": "2026-11-23T09:00:00+08:00", "note": "三方通话已转接"}
PRANK = {"content": "哈哈哈哈哈哈哈哈哈哈哈哈，喂喂喂，我就试试这个号码通不通。"}


def test_smoke_goes_to_the_fire_line_and_the_leader_and_the_caller_hear_of_it(stage):
    number = stage.register(**SMOKE)
    stage.news()
    with refused("not_a_choice"):
        stage.act("reviewer", number, "transfer_emergency", **{**HANDED_OVER, "line": "911"})
    stage.act("reviewer", number, "transfer_emergency", **HANDED_OVER)
    ticket = stage.ticket(number)
    assert (ticket.state, ticket.outcome) == ("closed", "transferred")
    assert stage.news(number) == {("transferred", "citizen"), ("emergency_transferred", "centre_leader")}
    assert stage.clock_of(number, "dispatch").stopped_at == stage.now
    told = next(message for message in stage.messages(number) if message.kind == "transferred")
    assert "119" in told.body
    assert HANDED_OVER["note"] not in told.body
    assert "119" in stage.status(number)
    stage.end()


def test_what_a_unit_already_has_is_not_handed_over_any_more(stage):
    number = stage.dispatched("HOUSING", **SMOKE)
    with refused("not_in_this_state"):
        stage.act("dispatcher", number, "transfer_emergency", **HANDED_OVER)
    stage.end()


def test_nobody_alone_says_that_a_call_is_nothing(stage):
    number = stage.dispatched("HOUSING", **PRANK)
    with refused("no_proposal"):
        stage.act("reviewer", number, "invalidate", reason="没有实质内容")
    stage.news()
    stage.act("reviewer", number, "propose_invalid", reason="恶作剧电话")
    assert stage.state(number) == "in_process"
    assert stage.news(number) == {("invalid_proposed", "second_reviewer")}
    with refused("second_person_needed"):
        stage.act("reviewer", number, "invalidate", reason="没有实质内容")
    with refused("proposed_already"):
        stage.act("second_reviewer", number, "propose_invalid", reason="也这样认为")
    with refused("not_your_role"):
        stage.act("dispatcher", number, "invalidate", reason="没有实质内容")
    stage.act("second_reviewer", number, "drop_invalid", reason="来电人确有困难，先回电")
    with refused("no_proposal"):
        stage.act("second_reviewer", number, "invalidate", reason="没有实质内容")

    stage.act("reviewer", number, "propose_invalid", reason="回电确认是恶作剧")
    stage.news()
    stage.act("second_reviewer", number, "invalidate", reason="回电确认没有诉求")
    ticket = stage.ticket(number)
    assert (ticket.state, ticket.outcome) == ("closed", "invalid")
    assert stage.share(number, "HOUSING").state == "recalled"
    assert stage.news(number) == {("ticket_recalled", "HOUSING")}
    assert stage.page("handler_housing", number) == ""
    assert PRANK["content"] in stage.page("supervisor", number)
    stage.end()
