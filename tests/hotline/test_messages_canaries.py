"""No SMS carries a name, an address or a word of what anybody wrote: canaries in every field, none comes out."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.services.effects.change import Change
from hotline.services.facts import WHOLE
from hotline.services.lifecycle import Command, decide
from hotline.services.message_facts import facts_for
from hotline.services.recipients import Recipient
from notifications.catalog import KINDS, Channel
from notifications.kind import WRITTEN as TYPED
from notifications.models import OutboxMessage
from notifications.render import render
from tests.stories.tale import Tale
from tests.stories.town import POOR_RATING, found_wide_town
from workflows.definition import citizen_actor

CANARY, PHONE, MAIL = "金丝雀三号", "13812345678", "canary@example.org"
WRITTEN = f"{CANARY}，家住文昌路 8 号，电话 {PHONE}"
FIELDS = dict.fromkeys(("content", "title", "address", "citizen_name", "accused"), WRITTEN)
BY_SMS = [kind for kind in KINDS.values() if Channel.SMS in kind.channels]


@pytest.fixture
def tale(session: Session) -> Tale:
    return Tale(session, found_wide_town(session))


def registered(tale: Tale) -> Tale:
    return tale.register(**{**FIELDS, "phone": PHONE, "email": MAIL}).act("agent", "submit")


def dispatched(tale: Tale) -> Tale:
    registered(tale).act("reviewer", "approve_intake")
    data = {"main_unit": "HOUSING", "co_units": ["ROADS"], "advice": WRITTEN, "choice_reason": WRITTEN}
    return tale.act("dispatcher", "dispatch", data)


def replied(tale: Tale) -> Tale:
    dispatched(tale).replied("ROADS", answer=WRITTEN * 2).replied(answer=WRITTEN * 2)
    return tale.act("auditor", "approve_reply", {"public_answer": WRITTEN})


def suspended(tale: Tale) -> None:
    plan = {"plan": WRITTEN, "condition": WRITTEN, "review_on": "2026-12-20"}
    dispatched(tale).ask("handler_housing", "ask_suspension", "HOUSING", plan)
    tale.on_request("centre_leader", "approve", {"reason": WRITTEN})
    tale.act("centre_leader", "resume")


def pressed(tale: Tale) -> None:
    dispatched(tale).act("supervisor", "urge", {"words": WRITTEN})
    tale.act("supervisor", "escalate", {"level": "4", "reason": WRITTEN}).issued("HOUSING")
    tale.on_order("leader_housing", "answer", {"answer": WRITTEN})
    tale.on_order("supervisor", "refuse_answer", {"reason": WRITTEN})


STORIES: tuple[Callable[[Tale], object], ...] = (
    lambda tale: registered(tale).act("reviewer", "reject", {"reason": "secret", "path": WRITTEN}),
    lambda tale: (
        registered(tale)
        .act("reviewer", "ask_supplement", {"missing": WRITTEN, "answer_by": "2026-11-25"})
        .act(citizen_actor(tale.number), "supplement", {"text": WRITTEN})
    ),
    lambda tale: dispatched(tale).act(citizen_actor(tale.number), "add_details", {"text": WRITTEN}),
    lambda tale: dispatched(tale).act(citizen_actor(tale.number), "withdraw", {"reason": WRITTEN}),
    lambda tale: replied(tale).act(
        "callback", "rework", {**POOR_RATING, "reason": WRITTEN, "comment": WRITTEN}
    ),
    lambda tale: replied(tale).closed().act("supervisor", "reopen", {"reason": WRITTEN}),
    lambda tale: (
        dispatched(tale)
        .ask_return("handler_housing", "HOUSING")
        .on_request("dispatcher", "refuse", {"reason": WRITTEN})
    ),
    suspended,
    pressed,
)


@pytest.mark.parametrize("story", STORIES)
def test_no_sms_of_a_story_full_of_canaries_holds_one(tale, story):
    story(tale)
    rows = tale.session.scalars(select(OutboxMessage).where(OutboxMessage.channel == "sms")).all()
    assert rows
    for row in rows:
        said = render(KINDS[row.kind], Channel.SMS, row.language, row.facts).text
        assert [each for each in (CANARY, PHONE, MAIL, "文昌路") if each in said] == [], row.kind


@pytest.mark.parametrize("story", STORIES)
def test_only_the_facts_that_are_known_to_be_typed_hold_what_somebody_typed(tale, story):
    story(tale)
    for row in tale.session.scalars(select(OutboxMessage)):
        holding = {name for name, said in row.facts.items() if CANARY in str(said) or PHONE in str(said)}
        assert holding <= TYPED, row.kind


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("is_citizen", [True, False])
def test_no_sms_of_any_kind_could_hold_one(tale, language, is_citizen):
    """Whatever the kind, its words are made of facts that hold nothing anybody wrote; only a mail has a path."""
    ticket = dispatched(tale).ticket
    command = Command(tale.number, "escalate", {"level": "4", "reason": WRITTEN})
    actor = tale.town["supervisor"]
    decision = decide(tale.session, ticket, WHOLE, command, (actor, tale.now))
    change = Change(tale.session, ticket, decision, actor, tale.now)
    who = Recipient("citizen:1", language, {}, ticket, is_citizen=is_citizen, because="citizen")
    told = {**facts_for(change, who, tale.now), **dict.fromkeys(TYPED, WRITTEN)}
    for kind in BY_SMS:
        # What no decision says (counts, digests, stages) is made by the house of words of its own.
        said = render(kind, Channel.SMS, language, {name: told.get(name, "1") for name in kind.facts}).text
        assert [each for each in (CANARY, PHONE, MAIL, "文昌路") if each in said] == [], kind.name


def test_a_canary_in_a_fact_would_be_seen():
    said = render(KINDS["closed"], Channel.SMS, "zh", {"number": "1", "outcome": WRITTEN}).text
    assert CANARY in said
