"""Scenes of the ticket's rows while units handle it: dispatch, other units, disputes, merging, holding."""

from collections.abc import Mapping

from tests.stories.scene import Bring, Data, Press, Scene, days
from tests.stories.scenes_intake import REASON
from tests.stories.tale import Tale
from tests.stories.town import POOR_RATING, REPLY, city

DISPATCH: Data = {"main_unit": "HOUSING", "co_units": ["ROADS"], "advice": "三日内联系诉求人"}
SUSPENSION: Data = {"plan": "等待配件到货", "condition": "配件到货并通过检验", "review_on": "2026-12-15"}
_CONTACT: Data = {"contacted_at": "2026-11-23T10:00", "way": "phone", "result": "已说明处理安排"}
_CO_HANDLER: Data = {"unit": "WATER", "advice": "请配合停水施工"}
_DECISION: Data = {
    "main_unit": "ROADS",
    "co_units": ["HOUSING"],
    "decision": "由交通运输局牵头，住建局配合。",
}


def a_moment_ago(tale: Tale) -> Tale:
    """What comes next happens seconds before the form is pressed."""
    tale.now = city("2026-11-23 09:58:55")
    return tale


def with_unit(tale: Tale) -> Tale:
    return tale.to_dispatch().dispatched()


def signed(tale: Tale) -> Tale:
    return with_unit(tale).on_share("handler_housing", "sign", "HOUSING")


def asked_back(tale: Tale) -> Tale:
    return with_unit(tale).ask_return("handler_housing", "HOUSING")


def returned_twice(tale: Tale) -> Tale:
    """Two units gave it back; a third supports and still has it."""
    tale.to_dispatch().dispatched("HOUSING", "WATER").ask_return("handler_housing", "HOUSING")
    tale.on_request("dispatcher", "approve").dispatched("ROADS").ask_return("handler_roads", "ROADS")
    return tale.on_request("dispatcher", "approve")


def in_dispute(tale: Tale) -> Tale:
    return returned_twice(tale).act("dispatcher", "raise_dispute", REASON)


def suspension_asked(tale: Tale) -> Tale:
    return with_unit(tale).ask("handler_housing", "ask_suspension", "HOUSING", SUSPENSION)


def suspended(tale: Tale) -> Tale:
    return suspension_asked(tale).on_request("centre_leader", "approve")


def two(tale: Tale) -> Tale:
    """Two tickets about one matter, both with a unit; the tale goes on with the second."""
    with_unit(tale)
    tale.first = tale.number
    return with_unit(tale)


def merged(tale: Tale) -> Tale:
    return two(tale).act("dispatcher", "merge", {"master": tale.first})


def merged_and_answered(tale: Tale) -> Tale:
    merged(tale)
    follower, tale.number = tale.number, tale.first
    tale.replied().act("auditor", "approve_reply", {"public_answer": "电梯已修复并通过检验。"})
    tale.number = follower
    return tale


def _just(give: Bring) -> Bring:
    return lambda tale: give(a_moment_ago(with_unit(tale)))


def redirected(tale: Tale) -> Tale:
    return tale.act(
        "dispatcher", "redirect", {"assignment": tale.share("HOUSING").id, "unit": "ROADS", **REASON}
    )


_GIVEN: Mapping[str, Bring] = {
    "redirect": redirected,
    "add_co_handler": lambda tale: tale.act("dispatcher", "add_co_handler", _CO_HANDLER),
}
HANDLING_SCENES = (
    Scene(
        "ticket.dispatch",
        lambda tale: tale.to_dispatch(),
        Press("dispatcher", "ticket", "dispatch", DISPATCH),
        "in_process",
        "unit:new_ticket citizen:dispatched",
        no=(("agent", "not_your_role"),),
    ),
    Scene(
        "ticket.return_to_dispatch",
        asked_back,
        Press("dispatcher", "request", "approve"),
        "to_dispatch",
        no=(("dispatcher", "not_your_role"),),
    ),
    Scene(
        "ticket.record_contact",
        with_unit,
        Press("handler_housing", "ticket", "record_contact", _CONTACT),
        "in_process",
        no=(("dispatcher", "not_your_role"),),
        again="",
    ),
    Scene(
        "ticket.finish_handling",
        lambda tale: signed(tale).on_share("handler_housing", "submit_reply", "HOUSING", REPLY),
        Press("leader_housing", "assignment", "approve_unit_reply", part="HOUSING"),
        "reply_review",
        "user:reply_to_review",
        no=(("auditor", "not_your_role"),),
    ),
    Scene(
        "ticket.redirect",
        with_unit,
        Press(
            "dispatcher",
            "ticket",
            "redirect",
            lambda tale: {"assignment": tale.share("HOUSING").id, "unit": "ROADS", **REASON},
        ),
        "in_process",
        "unit:new_ticket unit:ticket_recalled",
        no=(("supervisor", "not_your_role"),),
        again="share_not_live",
    ),
    *(
        Scene(
            f"ticket.undo_{action}",
            _just(give),
            Press("dispatcher", "ticket", f"undo_{action}"),
            "in_process",
            no=(("second_dispatcher", "undo_not_yours"), ("auditor", "not_your_role")),
            again="undo_overtaken",
        )
        for action, give in _GIVEN.items()
    ),
    Scene(
        "ticket.undo_dispatch",
        lambda tale: a_moment_ago(tale.to_dispatch()).dispatched(),
        Press("dispatcher", "ticket", "undo_dispatch"),
        "to_dispatch",
        no=(("second_dispatcher", "undo_not_yours"), ("handler_housing", "not_your_role")),
    ),
    *(
        Scene(
            "ticket.add_co_handler",
            with_unit,
            Press(who, "ticket", "add_co_handler", _CO_HANDLER),
            "in_process",
            "unit:new_ticket",
            no=(("auditor", "not_your_role"),),
            again="unit_has_it_already",
        )
        for who in ("dispatcher", "handler_housing")
    ),
    Scene(
        "ticket.raise_dispute",
        returned_twice,
        Press("dispatcher", "ticket", "raise_dispute", REASON),
        "in_dispute",
        "unit:dispute_raised user:dispute_raised_centre",
        no=(("supervisor", "not_your_role"),),
    ),
    Scene(
        "ticket.raise_dispute",
        lambda tale: returned_twice(tale).dispatched("HOUSING"),
        Press("dispatcher", "ticket", "raise_dispute", REASON),
        "in_dispute",
        "unit:dispute_raised user:dispute_raised_centre",
        no=(("supervisor", "not_your_role"),),
    ),
    Scene(
        "ticket.decide_dispute",
        in_dispute,
        Press("centre_leader", "ticket", "decide_dispute", _DECISION),
        "in_process",
        "unit:new_ticket citizen:dispatched unit:ticket_recalled",
        no=(("dispatcher", "not_your_role"),),
    ),
    Scene(
        "ticket.suspend",
        suspension_asked,
        Press("centre_leader", "request", "approve"),
        "suspended",
        "citizen:suspended user:suspended_supervisor",
        no=(("centre_leader", "not_your_role"),),
    ),
    Scene(
        "ticket.resume",
        suspended,
        Press("centre_leader", "ticket", "resume", {"reason": "配件提前到货"}),
        "in_process",
        "unit:resumed_unit citizen:resumed",
        no=(("dispatcher", "not_your_role"),),
    ),
    Scene("ticket.resume", suspended, days(23), "in_process", "unit:resumed_unit citizen:resumed"),
)
MERGING_SCENES = (
    Scene(
        "ticket.merge",
        two,
        Press("dispatcher", "ticket", "merge", lambda tale: {"master": tale.first}),
        "closed",
        "citizen:merged unit:ticket_recalled",
        no=(("supervisor", "not_your_role"),),
    ),
    Scene(
        "ticket.take_in",
        two,
        Press("dispatcher", "ticket", "merge", lambda tale: {"master": tale.first}),
        "in_process",
        no=(("dispatcher", "not_your_role"),),
        on=lambda tale: tale.first,
    ),
    Scene(
        "ticket.unmerge",
        merged,
        Press("supervisor", "ticket", "unmerge", REASON),
        "to_dispatch",
        "citizen:unmerged",
        no=(("dispatcher", "not_your_role"),),
    ),
    Scene(
        "ticket.let_go",
        merged,
        Press("supervisor", "ticket", "unmerge", REASON),
        "in_process",
        no=(("supervisor", "not_your_role"),),
        on=lambda tale: tale.first,
    ),
    Scene(
        "ticket.rate_merged",
        merged_and_answered,
        Press("callback", "ticket", "rate_merged", POOR_RATING),
        "closed",
        "user:merged_dissatisfied",
        no=(("dispatcher", "not_your_role"),),
        again="rated_already",
    ),
)
