"""What the engine refuses before a ticket leaves intake, and what it offers."""

import pytest

from tests.workflows.asking import HOUSING, NOW, TICKETS, decide, share, staff, ticket
from workflows.definition import NEW, Actor, Ask
from workflows.errors import Code, FieldCode, Refused
from workflows.facts import Facts
from workflows.vocabulary import Role


def test_a_move_of_another_role_is_refused_before_its_state_is_looked_at() -> None:
    with pytest.raises(Refused) as refused:
        decide(ticket("closed"), "dispatch", staff(Role.AGENT))
    assert refused.value.code == Code.NOT_YOUR_ROLE


def test_an_action_that_is_not_a_row_is_unknown() -> None:
    with pytest.raises(Refused) as refused:
        decide(ticket("draft"), "close_quietly", staff(Role.AGENT))
    assert refused.value.code == Code.UNKNOWN_ACTION


def test_an_action_from_a_state_it_does_not_start_from_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        decide(ticket("draft"), "approve_reply", staff(Role.AUDITOR))
    assert refused.value.code == Code.NOT_IN_THIS_STATE


def test_every_bad_field_is_named_at_once() -> None:
    data = {"type": "gossip", "content": "", "phone": "138", "colour": "red"}
    with pytest.raises(Refused) as refused:
        TICKETS.decide(Facts("", NEW), NEW, Ask("register", staff(Role.AGENT), data, NOW))
    assert {(error.field, error.code) for error in refused.value.errors} == {
        ("type", FieldCode.NOT_A_CHOICE),
        ("content", FieldCode.REQUIRED),
        ("colour", FieldCode.UNKNOWN_FIELD),
    }


@pytest.mark.parametrize("hidden", ["\x00", "\ud800", "\u202e", "\x1b"])
def test_a_text_with_a_hidden_character_is_refused(hidden: str) -> None:
    data = {"type": "help", "content": f"路灯{hidden}坏了", "phone": "13800138000"}
    with pytest.raises(Refused) as refused:
        TICKETS.decide(Facts("", NEW), NEW, Ask("register", staff(Role.AGENT), data, NOW))
    assert refused.value.errors[0].code == FieldCode.BAD_CHARACTER


def test_rare_characters_and_joined_emoji_are_kept() -> None:
    content = "𠮷祥里𪚥号👨‍👩‍👧，阿依古丽·买买提来电"
    data = {"type": "help", "content": content, "phone": "13800138000"}
    decision = TICKETS.decide(Facts("", NEW), NEW, Ask("register", staff(Role.AGENT), data, NOW))
    assert decision.data["content"] == content


def test_who_called_and_what_they_said_stays_out_of_the_event() -> None:
    data = {
        "type": "help",
        "content": "灯坏了",
        "phone": "13800138000",
        "citizen_name": "陈",
        "urgency": "urgent",
    }
    decision = TICKETS.decide(Facts("", NEW), NEW, Ask("register", staff(Role.AGENT), data, NOW))
    assert decision.event_data == {"type": "help", "urgency": "urgent"}


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        (ticket("draft", has_place=False), "address"),
        (ticket("draft", type="report"), "accused"),
        (ticket("draft", has_category=False), "category"),
    ],
)
def test_a_type_without_its_mandatory_fields_cannot_be_submitted(facts: Facts, field: str) -> None:
    with pytest.raises(Refused) as refused:
        decide(facts, "submit", staff(Role.AGENT))
    assert [error.field for error in refused.value.errors] == [field]


def test_only_a_trusted_agent_skips_intake_review() -> None:
    with pytest.raises(Refused) as refused:
        decide(ticket("draft"), "submit_trusted", staff(Role.AGENT))
    assert refused.value.code == Code.NO_TRUSTED_INTAKE
    trusted = staff(Role.AGENT, 1, None, "trusted_intake")
    assert decide(ticket("draft"), "submit_trusted", trusted).to_state == "to_dispatch"


def test_whoever_registered_a_ticket_does_not_review_it() -> None:
    with pytest.raises(Refused) as refused:
        decide(ticket("intake_review"), "approve_intake", staff(Role.REVIEWER, user_id=1))
    assert refused.value.code == Code.OWN_WORK
    assert (
        decide(ticket("intake_review"), "approve_intake", staff(Role.REVIEWER, user_id=2)).to_state
        == "to_dispatch"
    )


def test_a_question_of_no_category_is_not_answered_directly() -> None:
    told = {"answer": "九点开门。", "source": "知识库"}
    with pytest.raises(Refused) as refused:
        decide(ticket("draft", has_category=False), "answer_directly", staff(Role.AGENT), **told)
    assert [error.field for error in refused.value.errors] == ["category"]
    assert decide(ticket("draft"), "answer_directly", staff(Role.AGENT), **told).to_state == "closed"


def test_a_report_of_wrongdoing_is_never_answered_on_the_phone() -> None:
    with pytest.raises(Refused) as refused:
        decide(
            ticket("draft", type="report"),
            "answer_directly",
            staff(Role.AGENT),
            answer="已记录",
            source="知识库",
        )
    assert refused.value.code == Code.REPORTS_NEED_DISPATCH


def refusal_of(facts: Facts, action: str, actor: Actor) -> str | None:
    try:
        decide(facts, action, actor)
    except Refused as refused:
        return refused.code
    return None


def test_a_button_that_shows_is_never_refused_for_its_role_or_state() -> None:
    facts = ticket("to_call_back", assignments=(share("replied"),))
    unfair = {Code.NOT_YOUR_ROLE, Code.NOT_IN_THIS_STATE, Code.NOT_YOUR_UNIT}
    for role in Role:
        actor = staff(role, user_id=50, unit_id=HOUSING)
        offers = TICKETS.available(facts, facts.state, Ask("", actor, {}, NOW))
        assert {refusal_of(facts, offer.action, actor) for offer in offers} & unfair == set()


def test_deciding_leaves_nothing_behind() -> None:
    facts = ticket("to_dispatch")
    first = decide(facts, "dispatch", staff(Role.DISPATCHER), main_unit=HOUSING)
    second = decide(facts, "dispatch", staff(Role.DISPATCHER), main_unit=HOUSING)
    assert first == second
    assert facts.state == "to_dispatch"
