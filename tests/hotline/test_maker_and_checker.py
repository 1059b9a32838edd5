"""Maker is never checker: whoever did or asked something does not decide it, whatever roles the account holds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.ticket import Request
from hotline.services import exports
from hotline.services.intake import register
from tests.stories.tale import Tale
from tests.stories.town import COMPLAINT, CONTENT_RATING, REPLY, found_wide_town
from workflows.definition import Actor, Ask
from workflows.errors import Refused
from workflows.request import REQUEST
from workflows.vocabulary import Role

WHY: Mapping[str, Any] = {"reason": "情况属实"}
MORE_TIME: Mapping[str, Any] = {"reason": "配件须从外地调运", "days": 3, "citizen_words": "配件周五到货"}
PLAN: Mapping[str, Any] = {"plan": "列入明年改造", "condition": "资金到位", "review_on": "2026-12-18"}
UNREASONABLE: Mapping[str, Any] = {"ground": "beyond_duty", "evidence": "附三定方案"}
APPEAL: Mapping[str, Any] = {"about": "rating", "evidence": "附通话记录"}
GIVE_BACK: Mapping[str, Any] = {"reason": "not_our_duty", "basis": "三定方案第五条"}
DISPUTED: Mapping[str, Any] = {"reason": "职责交叉"}
DECISION: Mapping[str, Any] = {"main_unit": "HOUSING", "decision": "由住建局牵头"}
ANSWER: Mapping[str, Any] = {"answer": "配件已到，今天内修好。"}
CLOSING: Mapping[str, Any] = {"opinion": "已整改到位"}
NO_CALLBACK: Mapping[str, Any] = {"outcome": "resolved"}
PURPOSE: Mapping[str, Any] = {"purpose": "需上门核实"}
EVERY_ROLE = frozenset(Role) - {Role.CITIZEN, Role.SYSTEM, Role.IMPORTER}

Act = Callable[[Tale, Any], object]


@dataclass(frozen=True, slots=True)
class Pair:
    """`bring` leads a ticket to where the maker acts, `make` is the act, `check` what a colleague decides.

    The maker acts for the unit `place`, and works for the housing office when it comes to checking.
    """

    bring: Callable[[Tale], object]
    make: Act
    check: Act
    code: str
    colleague: str
    place: str = "HOUSING"


def signed(tale: Tale, **record: Any) -> Tale:
    return tale.to_dispatch(**record).dispatched().on_share("handler_housing", "sign", "HOUSING")


def submitted_reply(tale: Tale) -> Tale:
    return signed(tale).on_share("handler_housing", "submit_reply", "HOUSING", REPLY)


def with_street(tale: Tale) -> Tale:
    return tale.to_dispatch().dispatched("STREET").on_share("handler_street", "sign", "STREET")


def closed(tale: Tale) -> Tale:
    return tale.to_call_back().closed()


def of_street_closed(tale: Tale) -> Tale:
    return with_street(tale).replied("STREET").act("auditor", "approve_reply").closed()


def disputed(tale: Tale) -> None:
    tale.to_dispatch()
    tale.ticket.return_count = 2
    tale.session.flush()


def passed_down(tale: Tale) -> None:
    below = {"unit": "STREET", "answer_by": "2026-11-25", "advice": "请入户核实"}
    signed(tale).on_share("handler_housing", "sub_dispatch", "HOUSING", below)


def act(action: str, data: Mapping[str, Any] = {}) -> Act:
    return lambda tale, who: tale.act(who, action, data)


def on_share(action: str, data: Mapping[str, Any] = {}, unit: str = "HOUSING") -> Act:
    return lambda tale, who: tale.on_share(who, action, unit, data)


def on_order(action: str, data: Mapping[str, Any]) -> Act:
    return lambda tale, who: tale.on_order(who, action, data)


def ask(action: str, data: Mapping[str, Any], unit: str = "HOUSING") -> Act:
    return lambda tale, who: tale.ask(who, action, unit, data)


def decide(action: str) -> Act:
    return lambda tale, who: tale.on_request(who, action, WHY)


def registered(tale: Tale, who: Actor) -> None:
    tale.number = register(tale.session, dict(COMPLAINT), who, tale.now).number
    tale.act("second_agent", "submit")


def revised(tale: Tale, who: Actor) -> None:
    tale.act(who, "revise", COMPLAINT).act("second_agent", "submit")


def invalid_proposed(tale: Tale, who: Actor) -> None:
    tale.act(who, "propose_invalid", WHY)


def issued(tale: Tale, who: Actor) -> None:
    tale.issued("HOUSING", who=who)


def replied_and_passed(tale: Tale, who: Actor) -> None:
    tale.on_share(who, "submit_reply", "HOUSING", REPLY).on_share(
        "leader_housing", "approve_unit_reply", "HOUSING"
    )


def called_back(tale: Tale, who: Actor) -> None:
    replied_and_passed(tale, who)
    tale.act("auditor", "approve_reply")


def asked_for_export(tale: Tale, who: Actor) -> None:
    exports.ask(tale.session, exports.Wish("全部", "年度总结", {}), who, tale.now)


def export_decided(action: str) -> Act:
    def decide_it(tale: Tale, who: Actor | str) -> None:
        actor = tale.town[who] if isinstance(who, str) else who
        found = tale.session.scalars(select(Request.id).where(Request.kind == "bulk_export"))
        exports.decide(tale.session, found.one(), Ask(action, actor, WHY, tale.now))

    return decide_it


NO_CALL: Callable[[Tale], object] = lambda tale: (  # noqa: E731 - a story of one line
    tale.to_dispatch(callback_wanted=False).dispatched().on_share("handler_housing", "sign", "HOUSING")
)
ANSWERED: Callable[[Tale], object] = lambda tale: signed(tale).issued("HOUSING")  # noqa: E731 - the same
SEALED: Callable[[Tale], object] = lambda tale: signed(tale, is_confidential=True)  # noqa: E731 - the same
# How each kind is asked for, and who may decide it; `both` is approved and refused.
_ASKED: Mapping[str, tuple[Callable[[Tale], object], Act, str]] = {
    "return_to_centre": (signed, ask("ask_return", GIVE_BACK), "dispatcher"),
    "extension": (signed, ask("ask_extension", MORE_TIME), "dispatcher"),
    "suspension": (signed, ask("ask_suspension", PLAN), "centre_leader"),
    "reopening": (closed, ask("ask_reopening", WHY, ""), "supervisor"),
    "exclusion": (closed, ask("ask_exclusion", UNREASONABLE), "centre_leader"),
    "assessment_appeal": (closed, ask("ask_appeal", APPEAL), "auditor"),
    "identity_disclosure": (SEALED, ask("ask_disclosure", PURPOSE, ""), "security"),
    "centre_contact": (SEALED, ask("ask_contact", {"question": "何时在家？"}), "dispatcher"),
}
PAIRS: Mapping[str, Pair] = {
    "register > approve_intake": Pair(
        lambda tale: None, registered, act("approve_intake"), "own_work", "reviewer"
    ),
    "revise > approve_intake": Pair(
        lambda tale: tale.register(), revised, act("approve_intake"), "own_work", "reviewer"
    ),
    "submit > approve_intake": Pair(
        lambda tale: tale.register(), act("submit"), act("approve_intake"), "own_work", "reviewer"
    ),
    "propose_invalid > invalidate": Pair(
        lambda tale: tale.to_dispatch(),
        invalid_proposed,
        act("invalidate", WHY),
        "second_person_needed",
        "reviewer",
    ),
    "submit_reply > approve_unit_reply": Pair(
        signed,
        on_share("submit_reply", REPLY),
        on_share("approve_unit_reply"),
        "own_work",
        "leader_housing",
    ),
    "submit_reply > approve_reply": Pair(
        signed, replied_and_passed, act("approve_reply"), "own_work", "auditor"
    ),
    "submit_reply > close_without_callback": Pair(
        NO_CALL, replied_and_passed, act("close_without_callback", NO_CALLBACK), "own_work", "auditor"
    ),
    "submit_reply > close": Pair(signed, called_back, act("close", CONTENT_RATING), "own_work", "callback"),
    "approve_unit_reply > approve_reply": Pair(
        submitted_reply, on_share("approve_unit_reply"), act("approve_reply"), "own_work", "auditor"
    ),
    "raise_dispute > decide_dispute": Pair(
        disputed,
        act("raise_dispute", DISPUTED),
        act("decide_dispute", DECISION),
        "own_dispute",
        "centre_leader",
    ),
    "issue > answer": Pair(signed, issued, on_order("answer", ANSWER), "own_order", "handler_housing"),
    **{
        f"answer > {action}": Pair(
            ANSWERED, on_order("answer", ANSWER), on_order(action, data), "own_order_answer", "supervisor"
        )
        for action, data in (("close_order", CLOSING), ("refuse_answer", WHY))
    },
    **{
        f"{kind} > {action}": Pair(bring, make, decide(action), "own_request", colleague)
        for kind, (bring, make, colleague) in _ASKED.items()
        for action in ("approve", "refuse")
    },
    **{
        f"return_of_child > {action}": Pair(
            passed_down,
            ask("ask_return", GIVE_BACK, "STREET"),
            decide(action),
            "own_request",
            "handler_housing",
            "STREET",
        )
        for action in ("approve", "refuse")
    },
    **{
        f"bulk_export > {action}": Pair(
            lambda tale: tale.to_dispatch(),
            asked_for_export,
            export_decided(action),
            "own_request",
            "security",
        )
        for action in ("approve", "refuse")
    },
    **{
        f"{kind} of the street > {action}": Pair(
            bring, ask(asked, data, "STREET"), decide(action), "own_request", "leader_housing"
        )
        for kind, bring, asked, data in (
            ("extension", with_street, "ask_extension", MORE_TIME),
            ("exclusion", of_street_closed, "ask_exclusion", UNREASONABLE),
        )
        for action in ("endorse", "refuse")
    },
    "endorse > approve": Pair(
        lambda tale: with_street(tale).ask("handler_street", "ask_extension", "STREET", MORE_TIME),
        decide("endorse"),
        decide("approve"),
        "own_request",
        "dispatcher",
    ),
}


@pytest.fixture
def tale(session: Session) -> Tale:
    return Tale(session, found_wide_town(session))


def one_for_all(tale: Tale, unit: str) -> Actor:
    """One person of a unit who holds every role there is."""
    place = tale.town[f"handler_{unit.lower()}"]
    return replace(
        tale.town["second_dispatcher"],
        roles=EVERY_ROLE,
        unit_id=place.unit_id,
        subtree_unit_ids=place.subtree_unit_ids,
    )


@pytest.mark.parametrize("name", PAIRS)
def test_whoever_did_or_asked_it_does_not_decide_it_and_a_colleague_does(tale, name):
    pair = PAIRS[name]
    pair.bring(tale)
    pair.make(tale, one_for_all(tale, pair.place))
    maker = one_for_all(tale, "HOUSING")
    with pytest.raises(Refused) as refusal, tale.session.begin_nested():
        pair.check(tale, maker)
    tale.session.expire_all()
    assert str(refusal.value.code) == pair.code
    pair.check(tale, pair.colleague)


def test_the_pairs_name_every_decision_of_the_table_of_requests():
    decided = {
        f"{'_'.join(row.when[0].split('_')[1:])} > {row.action}"
        for row in REQUEST.transitions
        if row.action in {"approve", "refuse"}
    }
    assert decided <= set(PAIRS)
    assert all(
        "not_own_request" in row.guards
        for row in REQUEST.transitions
        if row.action in {"approve", "refuse", "endorse"}
    )
