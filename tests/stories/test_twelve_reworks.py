"""Fourth and tenth tale: the unit fails a third time, and a ticket that was closed comes back."""

from tests.stories.stage import refused

REASON = "电梯修好三天后又停运，物业不再接电话。"


def test_a_third_round_raises_an_order_to_the_leader_that_outlives_the_closing(stage):
    number = stage.dispatched("HOUSING")
    stage.reworked(number)
    assert (stage.ticket(number).round, stage.orders(number)) == (2, [])
    assert stage.due(number) == "11-26 17:30"
    stage.news()
    stage.reworked(number)
    (order,) = stage.orders(number)
    assert (stage.ticket(number).round, stage.ticket(number).supervised_level) == (3, 3)
    assert (order.level, order.state, order.cause, order.issued_by_id) == (3, "issued", "rework", None)
    assert stage.due(number, "supervision") == "11-26 17:30"
    told = stage.news(number)
    assert {("several", "HOUSING"), ("order_issued", "leader_housing"), ("reworked", "citizen")} <= told
    assert "督办" in stage.page("leader_housing", number)
    assert "督办" not in stage.status(number)

    stage.closed(number)
    assert (stage.state(number), stage.orders(number)[0].state) == ("closed", "issued")
    stage.until("2026-11-27 08:30")
    assert {("order_overdue", "leader_housing"), ("order_overdue_supervisor", "supervisor")} <= stage.news(
        number
    )
    stage.order("leader_housing", number, "answer", answer="曳引机整机更换，已约谈物业公司负责人。")
    assert stage.news(number) == {("order_answered", "supervisor")}
    stage.order(
        "supervisor", number, "refuse_answer", reason="请说明前两次为何没有修好", answer_by="2026-11-30"
    )
    assert ("order_answer_refused", "leader_housing") in stage.news(number)
    assert stage.due(number, "supervision") == "12-01 00:00"
    with refused("not_your_role", "not_in_this_state"):
        stage.order("supervisor", number, "close_order", opinion="先办结再说")
    stage.order("handler_housing", number, "answer", answer="前两次只换了电路板，第三次查明是曳引机磨损。")
    stage.order("supervisor", number, "close_order", opinion="原因清楚，措施到位")
    (order,) = stage.orders(number)
    assert (order.state, order.closing_opinion) == ("closed", "原因清楚，措施到位")
    assert ("order_closed", "HOUSING") in stage.news(number)
    assert stage.state(number) == "closed"
    stage.end()


def test_a_citizen_asks_for_a_closed_matter_to_be_opened_again_and_the_supervisor_decides(stage):
    number = stage.dispatched("HOUSING")
    stage.closed(number)
    stage.until("2026-12-01 10:00")
    stage.news()
    stage.by_citizen(number, "ask_reopening", "request", reason=REASON)
    assert stage.news(number) == {("request_to_decide", "supervisor")}
    with refused("not_in_this_state"):
        stage.fill_in("agent", number, "requests/ask_reopening", reason=REASON)
    with refused("not_your_role"):
        stage.decide("dispatcher", number, "approve")
    stage.decide("supervisor", number, "refuse", reason="维修记录显示仍在质保观察期")
    assert stage.news(number) == {("reopening_refused", "citizen")}
    assert stage.state(number) == "closed"

    stage.fill_in("agent", number, "requests/ask_reopening", reason=REASON)
    stage.decide("supervisor", number, "approve", reason="新的停运，重新办理")
    ticket = stage.ticket(number)
    assert (ticket.state, ticket.round, ticket.outcome, ticket.closed_at) == ("in_process", 2, None, None)
    assert (stage.share(number, "HOUSING").round, stage.share(number, "HOUSING").state) == (2, "to_sign")
    assert stage.due(number) == "12-04 17:30"
    assert {("reopened", "citizen"), ("reopened_unit", "HOUSING")} <= stage.news(number)
    assert "重" in stage.status(number)
    stage.closed(number)
    assert stage.ticket(number).round == 2
    stage.end()


def test_a_rejected_matter_that_is_opened_again_goes_to_the_dispatchers(stage):
    number = stage.register()
    stage.act("reviewer", number, "reject", reason="beyond_power", path="请向物业公司反映")
    stage.news()
    stage.act("supervisor", number, "reopen", reason="电梯安全属于政府职责")
    ticket = stage.ticket(number)
    assert (ticket.state, ticket.round, ticket.outcome) == ("to_dispatch", 2, None)
    assert stage.due(number, "dispatch") == "11-23 11:00"
    assert stage.news(number) == {("reopened", "citizen")}
    stage.dispatch(number, "HOUSING")
    assert stage.share(number, "HOUSING").round == 2
    stage.closed(number)
    assert stage.ticket(number).outcome == "resolved"
    stage.end()


def test_thirty_days_after_closing_nothing_comes_back(stage):
    number = stage.dispatched("HOUSING")
    stage.closed(number)
    stage.wait(days=29, hours=23)
    assert stage.state(number) == "closed"
    stage.wait(hours=2)
    assert stage.state(number) == "archived"
    with refused("not_in_this_state", "ticket_not_closed", "reopen_window_over"):
        stage.act("supervisor", number, "reopen", reason=REASON)
    with refused("not_in_this_state", "ticket_not_closed"):
        stage.fill_in("agent", number, "requests/ask_reopening", reason=REASON)
    stage.end()
