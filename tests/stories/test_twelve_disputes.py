"""First tale: two units give a matter back, a dispute is decided, and the decision holds."""

from sqlalchemy import select

from hotline.models.catalogue import CatalogueProposal
from tests.stories.stage import refused
from tests.stories.town import RETURN

DECISION = "经会商，停运原因是供水泵房断电，由水务集团牵头，住建局配合，三日内恢复。"


def given_back(stage, number: str, unit: str) -> None:
    stage.ask(f"handler_{unit.lower()}", number, unit, "return", **RETURN)
    stage.decide("dispatcher", number, "approve", reason="职责目录确认不由该单位负责")


def test_a_matter_given_back_twice_is_disputed_decided_and_stays_where_it_was_put(stage):
    number = stage.dispatched("HOUSING")
    promised = stage.due(number)
    assert promised == "11-30 17:30"
    assert {("dispatched", "citizen"), ("new_ticket", "HOUSING")} <= stage.news(number)

    with refused("no_dispute_yet"):
        stage.act("dispatcher", number, "raise_dispute", reason="想先会商")
    stage.wait(minutes=30)
    stage.ask("handler_housing", number, "HOUSING", "return", **RETURN)
    assert stage.news(number) == {
        ("return_requested", "dispatcher"),
        ("return_requested", "second_dispatcher"),
    }
    with refused("not_your_role"):
        stage.decide("handler_housing", number, "approve")
    stage.decide("dispatcher", number, "approve", reason="电梯检验不由住建局负责")
    assert (stage.state(number), stage.ticket(number).return_count) == ("to_dispatch", 1)
    assert stage.news(number) == {("return_decided", "HOUSING")}
    assert stage.page("handler_housing", number) == ""

    stage.dispatch(number, "ROADS")
    stage.wait(minutes=30)
    given_back(stage, number, "ROADS")
    assert (stage.state(number), stage.ticket(number).return_count) == ("to_dispatch", 2)
    assert stage.due(number) == promised
    assert "正在重新确定承办单位" in stage.status(number)

    stage.news()
    stage.act("dispatcher", number, "raise_dispute", reason="两个单位都说不是自己的职责")
    assert stage.state(number) == "in_dispute"
    assert stage.due(number, "dispute") == "11-25 17:30"
    told = {("dispute_raised_centre", "supervisor"), ("dispute_raised_centre", "centre_leader")}
    assert stage.news(number) == told
    with refused("not_your_role"):
        stage.act("supervisor", number, "decide_dispute", main_unit="WATER", decision=DECISION)

    stage.until("2026-11-24 10:00")
    stage.act(
        "centre_leader", number, "decide_dispute", main_unit="WATER", co_units=["HOUSING"], decision=DECISION
    )
    ticket = stage.ticket(number)
    assert (ticket.state, ticket.forbid_return) == ("in_process", True)
    assert stage.due(number) == promised
    assert stage.clock_of(number, "dispute").stopped_at is not None
    told = {("new_ticket", "WATER"), ("new_ticket", "HOUSING"), ("dispatched", "citizen")}
    assert told <= stage.news(number)
    assert "水务集团" in stage.status(number)
    assert DECISION not in stage.status(number)

    for unit in ("WATER", "HOUSING"):
        stage.on_share(f"handler_{unit.lower()}", number, unit, "sign")
        with refused("return_forbidden"):
            stage.ask(f"handler_{unit.lower()}", number, unit, "return", **RETURN)
    proposal = proposals(stage)
    assert [(made.cause, made.main_unit_id, made.state) for made in proposal] == [
        ("dispute", stage.units["WATER"], "open")
    ]
    stage.replied(number, "HOUSING")
    stage.replied(number, "WATER")
    assert stage.state(number) == "reply_review"
    stage.end()


def proposals(stage) -> list[CatalogueProposal]:
    with stage.factory() as session:
        return list(session.scalars(select(CatalogueProposal)))


def test_a_refused_return_is_refused_for_good(stage):
    number = stage.dispatched("HOUSING")
    stage.ask("handler_housing", number, "HOUSING", "return", **RETURN)
    stage.decide("dispatcher", number, "refuse", reason="职责目录载明由住建局负责")
    assert (stage.state(number), stage.share(number, "HOUSING").state) == ("in_process", "to_sign")
    with refused("return_forbidden"):
        stage.ask("handler_housing", number, "HOUSING", "return", **RETURN)
    stage.end()
