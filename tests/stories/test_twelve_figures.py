"""Twelfth tale: a unit contests its figures, the citizen's page stays as it was, the archive waits for all."""

from dataclasses import replace

from hotline.queries.public_status import PublicStatus
from tests.stories.stage import refused
from tests.stories.town import POOR_RATING

EVIDENCE = "诉求人要求更换全新电梯，超出维修资金使用规定，见附件一。"
UNFAIR = {"ground": "beyond_policy", "evidence": EVIDENCE}


def closed_late(stage, unit: str = "STREET") -> str:
    """A ticket of a street that was answered a day late and explained, with a citizen who is not content."""
    number = stage.dispatched(unit)
    stage.on_share(f"handler_{unit.lower()}", number, unit, "sign")
    stage.until("2026-12-01 10:00")
    stage.replied(number, unit, result="explained")
    stage.act("auditor", number, "approve_reply")
    stage.act("callback", number, "close", **POOR_RATING, is_explained=True)
    return number


def read_by_citizen(stage, number: str) -> PublicStatus:
    return replace(stage.public(number), version=0)


def test_an_unfair_matter_leaves_the_figures_and_the_citizens_page_says_what_it_said(stage):
    number = closed_late(stage)
    before, board = read_by_citizen(stage, number), stage.figures()
    assert (board.closed, board.on_time) == (1, 0)
    stage.news()
    with refused("not_your_unit", "not_found"):
        stage.ask("handler_roads", number, "STREET", "exclusion", **UNFAIR)
    stage.ask("handler_street", number, "STREET", "exclusion", **UNFAIR)
    assert stage.news(number) == {("request_to_decide", "HOUSING")}
    with refused("endorsement_needed"):
        stage.decide("centre_leader", number, "approve", reason="同意")
    stage.decide("leader_housing", number, "endorse", reason="情况属实")
    assert stage.news(number) == {("request_to_decide", "centre_leader")}
    stage.decide("centre_leader", number, "approve", reason="超出政策规定，同意剔除")
    ticket = stage.ticket(number)
    assert (ticket.is_excluded, ticket.is_late, ticket.state) == (True, True, "closed")
    assert stage.news(number) == {("several", "STREET")}
    assert read_by_citizen(stage, number) == before
    board = stage.figures()
    assert (board.closed, board.on_time) == (0, 0)
    with refused("excluded_already"):
        stage.ask("handler_street", number, "STREET", "exclusion", **UNFAIR)

    stage.act("centre_leader", number, "include", reason="复核后恢复考核")
    assert stage.ticket(number).is_excluded is False
    assert stage.news(number) == {("included", "STREET")}
    assert (stage.figures().closed, read_by_citizen(stage, number)) == (1, before)
    stage.end()


def test_an_upheld_appeal_is_marked_beside_the_first_figure(stage):
    number = closed_late(stage, "HOUSING")
    before = read_by_citizen(stage, number)
    stage.news()
    stage.ask("leader_housing", number, "HOUSING", "assessment_appeal", about="lateness", evidence=EVIDENCE)
    assert stage.news(number) == {("request_to_decide", "auditor")}
    with refused("not_your_role"):
        stage.decide("supervisor", number, "approve")
    stage.decide("auditor", number, "approve", reason="停电属实，不计超期")
    ticket = stage.ticket(number)
    assert (ticket.appeal_upheld, ticket.is_late) == ("lateness", True)
    assert stage.news(number) == {("request_decided", "HOUSING")}
    assert read_by_citizen(stage, number) == before
    stage.end()


def test_after_five_working_days_nothing_is_contested_any_more(stage):
    number = closed_late(stage)
    stage.until("2026-12-08 09:59")
    stage.ask("handler_street", number, "STREET", "assessment_appeal", about="rating", evidence=EVIDENCE)
    stage.until("2026-12-09 09:00")
    with refused("appeal_window_over"):
        stage.ask("handler_street", number, "STREET", "exclusion", **UNFAIR)
    stage.end()


def test_the_archive_waits_for_an_open_order_and_an_open_request(stage):
    number = stage.dispatched("HOUSING")
    stage.order("supervisor", number, "issue", level="3", units=[stage.units["HOUSING"]], opinion="请说明")
    stage.closed(number)
    stage.until("2026-12-22 10:00")
    stage.by_citizen(number, "ask_reopening", "request", reason="电梯又停了")
    stage.until("2026-12-24 10:00")
    assert stage.state(number) == "closed"
    stage.order("handler_housing", number, "answer", answer="已修复")
    stage.order("supervisor", number, "close_order", opinion="同意")
    stage.until("2026-12-25 10:00")
    assert stage.state(number) == "closed"
    stage.decide("supervisor", number, "refuse", reason="现场核查电梯运行正常")
    stage.until("2026-12-26 10:00")
    assert stage.state(number) == "archived"
    stage.end()
