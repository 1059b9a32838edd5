"""Scenes of the rows of one unit's share: sign, pass down, answer, give back."""

from collections.abc import Callable

from tests.stories.scene import Bring, Data, Press, Scene, days, hours
from tests.stories.scenes_handling import a_moment_ago, redirected, signed, with_unit
from tests.stories.scenes_intake import REASON
from tests.stories.tale import Tale
from tests.stories.town import REPLY

SUB_DISPATCH: Data = {"unit": "STREET", "answer_by": "2026-11-26", "advice": "请先到现场核实"}
_WITHDRAW: Data = {"reason": "已自行解决", "is_identity_checked": True}
_SENT_BACK: Data = {"reasons": ["evasive"]}
_FULL: Data = {**REPLY, "is_confirmed": True}


def passed_down(tale: Tale) -> Tale:
    return signed(tale).on_share("handler_housing", "sub_dispatch", "HOUSING", SUB_DISPATCH)


def child_signed(tale: Tale) -> Tale:
    return passed_down(tale).on_share("handler_street", "sign", "STREET")


def child_asked_back(tale: Tale) -> Tale:
    return passed_down(tale).ask_return("handler_street", "STREET")


def _answered(tale: Tale) -> Tale:
    return signed(tale).on_share("handler_housing", "submit_reply", "HOUSING", REPLY)


def _redirected_from(bring: Callable[[Tale], Tale]) -> Bring:
    return lambda tale: redirected(a_moment_ago(bring(tale)))


def _lead(unit: str) -> Press:
    return Press(f"handler_{unit.lower()}", "assignment", "submit_reply", _FULL, unit)


def _main(unit: str, *co_units: str):
    def bring(tale: Tale) -> Tale:
        tale.to_dispatch().dispatched(unit, *co_units)
        for each in (unit, *co_units):
            tale.on_share(f"handler_{each.lower()}", "sign", each)
        return tale

    return bring


SHARE_SCENES = (
    Scene(
        "assignment.sub_dispatch",
        signed,
        Press("handler_housing", "assignment", "sub_dispatch", SUB_DISPATCH, "HOUSING"),
        "sub_dispatched",
        "unit:new_ticket",
        no=(("dispatcher", "not_your_role"),),
        part="HOUSING",
    ),
    Scene(
        "assignment.take_back",
        passed_down,
        Press("handler_housing", "assignment", "take_back", REASON, "HOUSING"),
        "handling",
        "unit:ticket_recalled",
        no=(("leader_housing", "not_your_role"),),
        part="HOUSING",
    ),
    Scene(
        "assignment.give",
        with_unit,
        Press("leader_housing", "assignment", "give", {"person": "handler_housing"}, "HOUSING"),
        "to_sign",
        "user:share_given",
        no=(("dispatcher", "not_your_role"),),
        again="holds_it_already",
        part="HOUSING",
    ),
    Scene(
        "assignment.give_back",
        signed,
        Press("leader_housing", "assignment", "give_back", part="HOUSING"),
        "handling",
        "user:share_taken",
        no=(("dispatcher", "not_your_role"),),
        again="in_nobodys_hand",
        part="HOUSING",
    ),
    Scene(
        "assignment.child_replied",
        child_signed,
        _lead("STREET"),
        "handling",
        "unit:child_replied",
        no=(("handler_housing", "not_your_role"),),
        part="HOUSING",
    ),
    Scene(
        "assignment.child_returned",
        child_asked_back,
        Press("handler_housing", "request", "approve"),
        "handling",
        "unit:child_returned",
        no=(("handler_housing", "not_your_role"),),
        part="HOUSING",
    ),
    Scene(
        "assignment.warn_share",
        with_unit,
        hours(4.5),
        "to_sign",
        "unit:due_soon",
        no=(("handler_housing", "not_your_role"),),
        part="HOUSING",
    ),
    Scene(
        "assignment.mark_share_overdue",
        child_signed,
        days(4),
        "handling",
        "unit:overdue user:overdue",
        no=(("handler_street", "not_your_role"),),
        part="STREET",
    ),
    Scene(
        "assignment.sign",
        with_unit,
        Press("handler_housing", "assignment", "sign", part="HOUSING"),
        "handling",
        no=(("leader_housing", "not_your_role"), ("handler_water", "not_found")),
        part="HOUSING",
    ),
    Scene(
        "assignment.undo_sign",
        lambda tale: a_moment_ago(with_unit(tale)).on_share("handler_housing", "sign", "HOUSING"),
        Press("handler_housing", "assignment", "undo_sign", part="HOUSING"),
        "to_sign",
        no=(("leader_housing", "not_your_role"), ("handler_water", "not_found")),
        part="HOUSING",
    ),
    Scene(
        "assignment.undo_sub_dispatch",
        lambda tale: a_moment_ago(signed(tale)).on_share(
            "handler_housing", "sub_dispatch", "HOUSING", SUB_DISPATCH
        ),
        Press("handler_housing", "assignment", "undo_sub_dispatch", part="HOUSING"),
        "handling",
        no=(("leader_housing", "not_your_role"),),
        part="HOUSING",
    ),
    *(
        Scene(
            f"assignment.put_back@{was}",
            _redirected_from(bring),
            Press("dispatcher", "ticket", "undo_redirect"),
            after,
            no=(("dispatcher", "not_your_role"),),
            part="HOUSING",
        )
        for was, bring, after in (
            ("was_to_sign", with_unit, "to_sign"),
            ("was_handling", signed, "handling"),
            ("was_in_unit_review", _answered, "unit_review"),
        )
    ),
    Scene(
        "assignment.sign_overdue",
        with_unit,
        hours(8),
        "handling",
        "unit:sign_overdue user:sign_overdue_supervisor",
        no=(("handler_housing", "not_your_role"),),
        part="HOUSING",
    ),
    Scene(
        "assignment.submit_reply@goes_to_unit_leader",
        signed,
        _lead("HOUSING"),
        "unit_review",
        "user:unit_reply_to_review",
        no=(("leader_housing", "not_your_role"),),
        part="HOUSING",
    ),
    Scene(
        "assignment.submit_reply@is_main_without_review",
        _main("STREET"),
        _lead("STREET"),
        "replied",
        no=(("leader_street", "not_your_role"),),
        part="STREET",
    ),
    Scene(
        "assignment.submit_reply@is_co_handler",
        _main("HOUSING", "ROADS"),
        _lead("ROADS"),
        "replied",
        "unit:co_reply",
        no=(("leader_roads", "not_your_role"), ("handler_housing", "not_your_unit")),
        part="ROADS",
    ),
    Scene(
        "assignment.submit_reply@is_child",
        child_signed,
        _lead("STREET"),
        "replied",
        no=(("leader_street", "not_your_role"), ("handler_housing", "not_your_unit")),
        part="STREET",
    ),
    Scene(
        "assignment.approve_unit_reply",
        _answered,
        Press("leader_housing", "assignment", "approve_unit_reply", part="HOUSING"),
        "replied",
        no=(("handler_housing", "not_your_role"),),
        part="HOUSING",
    ),
    Scene(
        "assignment.refuse_unit_reply",
        _answered,
        Press("leader_housing", "assignment", "refuse_unit_reply", REASON, "HOUSING"),
        "handling",
        "user:unit_reply_refused",
        no=(("handler_housing", "not_your_role"),),
        part="HOUSING",
    ),
    Scene(
        "assignment.accept_return@is_no_child",
        lambda tale: with_unit(tale).ask_return("handler_housing", "HOUSING"),
        Press("dispatcher", "request", "approve"),
        "returned",
        no=(("dispatcher", "not_your_role"),),
        part="HOUSING",
    ),
    Scene(
        "assignment.accept_return@is_child",
        child_asked_back,
        Press("handler_housing", "request", "approve"),
        "returned",
        no=(("handler_housing", "not_your_role"),),
        part="STREET",
    ),
    Scene(
        "assignment.handle_again",
        lambda tale: with_unit(tale).replied(),
        Press("auditor", "ticket", "send_back_reply", _SENT_BACK),
        "handling",
        no=(("auditor", "not_your_role"),),
        part="HOUSING",
    ),
    Scene(
        "assignment.recall",
        with_unit,
        Press("agent", "ticket", "withdraw", _WITHDRAW),
        "recalled",
        no=(("agent", "not_your_role"),),
        part="HOUSING",
    ),
)
