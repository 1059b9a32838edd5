"""Scenes of the rows of supervision orders: issued, answered by each unit, refused, closed."""

from tests.stories.scene import Data, Press, Scene, days
from tests.stories.scenes_handling import with_unit
from tests.stories.tale import Tale

_ISSUE: Data = {"level": "3", "units": ["HOUSING"], "opinion": "请写明超期原因和办结时间"}
_ANSWER: Data = {"answer": "配件已到，今天内修好。"}
_REASON: Data = {"reason": "没有写明原因"}
_TOLD = "unit:{0} user:{0}"


def _issued(tale: Tale) -> Tale:
    return with_unit(tale).issued("HOUSING")


def _joint(tale: Tale) -> Tale:
    return tale.to_dispatch().dispatched("HOUSING", "ROADS").issued("HOUSING", "ROADS")


def _answered(tale: Tale) -> Tale:
    return _issued(tale).on_order("leader_housing", "answer", _ANSWER)


ORDER_SCENES = (
    *(
        Scene(
            "order.issue",
            with_unit,
            Press(who, "order", "issue", _ISSUE),
            "issued",
            _TOLD.format("order_issued"),
            no=(("dispatcher", "not_your_role"),),
            again="",
        )
        for who in ("supervisor", "centre_leader")
    ),
    Scene("order.issue", with_unit, days(9), "issued", _TOLD.format("order_issued")),
    Scene(
        "order.answer@others_still_owe",
        _joint,
        Press("handler_housing", "order", "answer", _ANSWER),
        "issued",
        no=(("supervisor", "not_your_role"),),
        again="answered_already",
    ),
    Scene(
        "order.answer@nobody_else_owes",
        lambda tale: _joint(tale).on_order("handler_housing", "answer", _ANSWER),
        Press("leader_roads", "order", "answer", _ANSWER),
        "answered",
        "user:order_answered",
        no=(("supervisor", "not_your_role"), ("handler_housing", "answered_already")),
    ),
    Scene(
        "order.refuse_answer",
        _answered,
        Press("supervisor", "order", "refuse_answer", _REASON),
        "issued",
        _TOLD.format("order_answer_refused"),
        no=(("dispatcher", "not_your_role"),),
    ),
    Scene(
        "order.close_order",
        _answered,
        Press("centre_leader", "order", "close_order", {"opinion": "已整改到位"}),
        "closed",
        _TOLD.format("order_closed"),
        no=(("dispatcher", "not_your_role"),),
    ),
    Scene(
        "order.withdraw_order",
        _issued,
        Press("supervisor", "order", "withdraw_order", {"reason": "工单号填错"}),
        "withdrawn",
        _TOLD.format("order_withdrawn"),
        no=(("dispatcher", "not_your_role"), ("handler_housing", "not_your_role")),
    ),
    Scene(
        "order.warn_order",
        _issued,
        days(3),
        "issued",
        "unit:order_due_soon",
        no=(("supervisor", "not_your_role"),),
    ),
    Scene(
        "order.mark_order_overdue",
        _issued,
        days(7),
        "issued",
        f"{_TOLD.format('order_overdue')} user:order_overdue_supervisor",
        no=(("supervisor", "not_your_role"),),
    ),
)
