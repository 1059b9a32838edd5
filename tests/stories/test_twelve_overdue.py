"""Eleventh tale: a unit does nothing, and the city presses harder each day."""

from tests.stories.stage import refused
from tests.stories.town import POOR_RATING

ANSWERS = {"HOUSING": "住建局：维修资金已于 12 月 8 日拨付。", "WATER": "水务集团：泵房供电已恢复。"}


def test_the_lights_go_yellow_orange_and_red_the_centre_urges_and_orders_follow_after_one_day_and_after_five(
    stage,
):
    number = stage.dispatched("HOUSING")
    stage.on_share("handler_housing", number, "HOUSING", "sign")
    assert (stage.due(number), stage.light(number)) == ("11-30 17:30", "green")
    stage.until("2026-11-27 17:29")
    assert stage.light(number) == "green"
    stage.news()
    stage.until("2026-11-27 17:30")
    assert stage.light(number) == "yellow"
    assert stage.news(number) == set()
    stage.until("2026-11-30 08:30")
    assert stage.news(number) == {("due_soon", "HOUSING")}
    stage.until("2026-11-30 13:30")
    assert stage.light(number) == "orange"
    assert stage.news(number) == {("due_soon", "HOUSING")}
    stage.until("2026-11-30 17:30")
    assert stage.light(number) == "red"
    assert stage.news(number) == {("overdue_supervisor", "supervisor")}
    assert (stage.ticket(number).supervised_level, stage.orders(number)) == (0, [])
    stage.until("2026-12-01 08:30")
    assert stage.news(number) == {("overdue", "HOUSING"), ("overdue", "leader_housing")}

    stage.until("2026-12-01 13:59")
    assert stage.ticket(number).supervised_level == 0
    stage.until("2026-12-01 14:00")
    assert stage.ticket(number).supervised_level == 2
    urged = {("urged_overdue", "HOUSING"), ("urged_overdue", "leader_housing")}
    assert stage.news(number) == urged | {("escalated", "supervisor")}
    stage.until("2026-12-01 17:29")
    assert stage.orders(number) == []
    stage.until("2026-12-01 17:30")
    (third,) = stage.orders(number)
    assert (third.level, third.cause, stage.ticket(number).supervised_level) == (3, "overdue", 3)
    assert stage.due(number, "supervision") == "12-04 17:30"
    assert stage.news(number) == {("order_issued", "HOUSING"), ("order_issued", "leader_housing")}
    stage.until("2026-12-02 08:30")
    assert stage.news(number) == {("escalated", "leader_housing")}

    stage.until("2026-12-07 17:30")
    third, fourth = stage.orders(number)
    assert (fourth.level, fourth.cause, stage.ticket(number).supervised_level) == (4, "overdue", 4)
    told = stage.news(number)
    assert {("order_overdue", "leader_housing"), ("escalated", "centre_leader")} <= told
    stage.until("2026-12-31 09:00")
    assert [order.level for order in stage.orders(number)] == [3, 4]
    with refused("level_not_higher"):
        stage.act("supervisor", number, "escalate", level="4", reason="再催")
    stage.act("supervisor", number, "escalate", level="5", reason="通报约谈")
    assert stage.ticket(number).supervised_level == 5
    stage.closed(number)
    assert stage.ticket(number).is_late is True
    stage.end()


def test_a_joint_order_is_answered_unit_by_unit_and_one_of_them_must_answer_again(stage):
    number = stage.dispatched("HOUSING", "WATER")
    stage.news()
    with refused("unit_not_ordered"):
        roads = [stage.units["HOUSING"], stage.units["ROADS"]]
        stage.order("supervisor", number, "issue", level="3", units=roads, opinion="请联合办理")
    with refused("not_your_role", "not_in_this_state"):
        stage.order(
            "dispatcher", number, "issue", level="3", units=[stage.units["HOUSING"]], opinion="请办理"
        )
    both = [stage.units["HOUSING"], stage.units["WATER"]]
    stage.order("supervisor", number, "issue", level="4", units=both, opinion="请联合办理并说明进展")
    (order,) = stage.orders(number)
    assert (order.is_joint, order.level, order.state) == (True, 4, "issued")
    assert stage.news(number) == {
        ("order_issued", who) for who in ("HOUSING", "WATER", "leader_housing", "leader_water")
    }
    stage.order("leader_water", number, "answer", answer=ANSWERS["WATER"])
    assert (stage.orders(number)[0].state, stage.news(number)) == ("issued", set())
    with refused("answered_already", "not_in_this_state"):
        stage.order("handler_water", number, "answer", answer="再答一次")
    with refused("not_found", "not_your_unit", "not_in_this_state"):
        stage.order("handler_roads", number, "answer", answer="与我无关")
    stage.order("handler_housing", number, "answer", answer=ANSWERS["HOUSING"])
    assert stage.orders(number)[0].state == "answered"
    assert stage.news(number) == {("order_answered", "supervisor")}

    water = [stage.units["WATER"]]
    stage.order("centre_leader", number, "refuse_answer", units=water, reason="没有写明恢复时间")
    assert stage.orders(number)[0].state == "issued"
    with refused("answered_already", "not_in_this_state"):
        stage.order("handler_housing", number, "answer", answer="我们答过了")
    stage.order("handler_water", number, "answer", answer="泵房供电已于 22 日 18 时恢复。")
    stage.order("supervisor", number, "close_order", opinion="两单位均已落实")
    assert stage.orders(number)[0].state == "closed"
    assert stage.state(number) == "in_process"
    stage.end()


def test_a_ticket_that_is_late_again_after_a_rework_is_pressed_again(stage):
    number = stage.dispatched("HOUSING")
    stage.on_share("handler_housing", number, "HOUSING", "sign")
    stage.until("2026-12-08 09:00")
    assert [order.level for order in stage.orders(number)] == [3, 4]
    stage.replied(number)
    stage.act("auditor", number, "approve_reply")
    stage.act("callback", number, "rework", **POOR_RATING, reason="电梯又停了")
    stage.on_share("handler_housing", number, "HOUSING", "sign")
    stage.until("2026-12-31 09:00")
    assert [order.level for order in stage.orders(number)] == [3, 4, 3, 4]
    assert stage.ticket(number).supervised_level == 4
    with refused("level_not_higher"):
        stage.act("supervisor", number, "escalate", level="4", reason="再催")


def test_whom_a_supervisor_presses_harder_already_is_not_pressed_by_the_system_too(stage):
    number = stage.dispatched("HOUSING")
    stage.on_share("handler_housing", number, "HOUSING", "sign")
    stage.act("supervisor", number, "escalate", level="5", reason="群众反映强烈")
    stage.until("2026-12-31 09:00")
    assert (stage.orders(number), stage.ticket(number).supervised_level) == ([], 5)
