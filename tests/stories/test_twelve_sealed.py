"""Second tale: somebody reports the very unit that would get the report, and must never be found out."""

import pytest

from tests.stories.stage import refused

CALLER = {"citizen_name": "苏见微", "phone": "13911112222"}
REPORT = {
    "type": "report",
    "is_confidential": True,
    "accused": "云江市住房和城乡建设局物业科",
    "content": "住建局物业科收受物业公司礼金，对电梯停运不管不问。",
    **CALLER,
}
PEOPLE_OF_THE_ACCUSED = ("handler_housing", "leader_housing", "handler_street", "leader_street")


@pytest.fixture
def number(stage) -> str:
    made = stage.register(**REPORT)
    stage.act("reviewer", made, "approve_intake")
    return made


def test_the_accused_unit_can_never_be_given_the_report(stage, number):
    for main, co_units in (("HOUSING", ()), ("STREET", ()), ("WATER", ("HOUSING",)), ("WATER", ("STREET",))):
        with refused("unit_accused"):
            stage.dispatch(number, main, *co_units)
    stage.dispatch(number, "WATER")
    with refused("unit_accused"):
        stage.act("dispatcher", number, "add_co_handler", unit="HOUSING", advice="请配合核查")
    share = stage.share(number, "WATER").id
    for accused in ("HOUSING", "STREET"):
        with refused("unit_accused"):
            stage.act("dispatcher", number, "redirect", assignment=share, unit=accused, reason="改派")
    stage.end()


def test_its_people_cannot_find_it_and_whoever_handles_it_does_not_learn_who_called(stage, number):
    stage.dispatch(number, "WATER")
    stage.on_share("handler_water", number, "WATER", "sign")
    for who in PEOPLE_OF_THE_ACCUSED:
        assert stage.seen(who, number) is None
        assert stage.page(who, number) == ""
        assert number not in stage.found_by(who)
    seen = stage.seen("handler_water", number)
    assert (seen["caller"]["is_hidden"], seen["caller"]["name"], seen["caller"]["phone"]) == (
        True,
        None,
        None,
    )
    page = stage.page("handler_water", number)
    for secret in CALLER.values():
        assert secret not in page
    heard = " ".join(f"{message.title}{message.body}" for message in stage.messages(number))
    for secret in (*CALLER.values(), REPORT["accused"], REPORT["content"]):
        assert secret not in heard
    with refused("confidential_mix"):
        stage.act("dispatcher", stage.register(), "merge", master=number)
    stage.end()


def test_a_look_at_the_identity_takes_two_people_is_had_once_and_within_half_an_hour(stage, number):
    stage.dispatch(number, "WATER")
    stage.on_share("handler_water", number, "WATER", "sign")
    for who in PEOPLE_OF_THE_ACCUSED:
        with refused("not_found"):
            stage.fill_in(who, number, "requests/ask_disclosure", purpose="想知道是谁")
    asked = {"purpose": "须向举报人核实收受礼金的时间"}
    stage.news()
    stage.fill_in("handler_water", number, "requests/ask_disclosure", **asked)
    assert stage.news(number) == {("request_to_decide", "security")}
    with refused("not_your_role"):
        stage.decide("handler_water", number, "approve")
    with refused("not_your_role"):
        stage.decide("supervisor", number, "approve")
    with refused("not_in_this_state"):
        stage.decide("handler_water", number, "view_identity")

    stage.grant("security", number, "approve", reason="核查确有必要")
    assert stage.news(number) == {("request_decided_staff", "handler_water")}
    with refused("not_in_this_state", "not_your_ticket", "not_found"):
        stage.decide("leader_water", number, "view_identity")
    stage.wait(minutes=29)
    page = stage.decide("handler_water", number, "view_identity")
    for secret in CALLER.values():
        assert secret in page
        assert secret not in stage.page("handler_water", number)
    assert stage.request(number).viewed_at == stage.now
    with refused("not_in_this_state", "disclosure_over"):
        stage.decide("handler_water", number, "view_identity")
    assert stage.actions(number)[-1] == "view_identity"

    stage.fill_in("handler_water", number, "requests/ask_disclosure", **asked)
    stage.grant("security", number, "approve")
    stage.wait(minutes=31)
    with refused("not_in_this_state", "disclosure_over"):
        stage.decide("handler_water", number, "view_identity")
    assert stage.request(number).viewed_at is None
    stage.end()
