"""What must become of a ticket when somebody presses a form? A small book of rules, written without the tables.

One ticket, its main unit HOUSING, one request of a kind and one supervision order at a time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

OPEN = frozenset(
    [
        "draft",
        "intake_review",
        "awaiting_supplement",
        "to_dispatch",
        "in_process",
        "in_dispute",
        "suspended",
        "reply_review",
        "to_call_back",
    ]
)
# Where each act may begin; an act of a share or request is held to its own state further down.
FROM: Mapping[str, frozenset[str]] = {
    "submit": frozenset({"draft"}),
    "approve_intake": frozenset({"intake_review"}),
    "return_intake": frozenset({"intake_review"}),
    "reject": frozenset({"intake_review", "to_dispatch"}),
    "ask_supplement": frozenset({"intake_review", "to_dispatch", "in_process"}),
    "supplement": frozenset({"awaiting_supplement"}),
    "add_details": OPEN - {"draft", "awaiting_supplement"},
    "transfer_emergency": frozenset({"draft", "intake_review", "to_dispatch"}),
    "propose_invalid": OPEN,
    "drop_invalid": OPEN,
    "invalidate": OPEN,
    "dispatch": frozenset({"to_dispatch"}),
    "sign": frozenset({"in_process"}),
    "submit_reply": frozenset({"in_process"}),
    "approve_unit_reply": frozenset({"in_process"}),
    "refuse_unit_reply": frozenset({"in_process"}),
    "ask_return": frozenset({"in_process"}),
    "ask_extension": frozenset({"in_process"}),
    "ask_suspension": frozenset({"in_process"}),
    "resume": frozenset({"suspended"}),
    "raise_dispute": frozenset({"to_dispatch", "in_process"}),
    "decide_dispute": frozenset({"in_dispute"}),
    "send_back_reply": frozenset({"reply_review"}),
    "approve_reply": frozenset({"reply_review"}),
    "record_call_attempt": frozenset({"to_call_back"}),
    "close": frozenset({"to_call_back"}),
    "rework": frozenset({"to_call_back"}),
    "withdraw": OPEN,
    "reopen": frozenset({"closed"}),
    "urge": OPEN - {"draft"},
    "escalate": OPEN,
    "note": OPEN | {"closed"},
}
WHO: Mapping[str, frozenset[str]] = {
    "submit": frozenset({"agent", "second_agent"}),
    "approve_intake": frozenset({"reviewer", "second_reviewer"}),
    "return_intake": frozenset({"reviewer", "second_reviewer"}),
    "reject": frozenset({"reviewer", "second_reviewer"}),
    "ask_supplement": frozenset({"reviewer", "second_reviewer", "dispatcher"}),
    "supplement": frozenset({"agent", "second_agent", "citizen"}),
    "add_details": frozenset({"agent", "second_agent", "citizen"}),
    "transfer_emergency": frozenset({"agent", "second_agent", "reviewer", "second_reviewer", "dispatcher"}),
    "propose_invalid": frozenset({"reviewer", "second_reviewer"}),
    "drop_invalid": frozenset({"reviewer", "second_reviewer"}),
    "invalidate": frozenset({"reviewer", "second_reviewer"}),
    "dispatch": frozenset({"dispatcher"}),
    "sign": frozenset({"handler_housing"}),
    "submit_reply": frozenset({"handler_housing"}),
    "approve_unit_reply": frozenset({"leader_housing"}),
    "refuse_unit_reply": frozenset({"leader_housing"}),
    "ask_return": frozenset({"handler_housing"}),
    "ask_extension": frozenset({"handler_housing"}),
    "ask_suspension": frozenset({"handler_housing"}),
    "approve_return": frozenset({"dispatcher"}),
    "refuse_return": frozenset({"dispatcher"}),
    "approve_extension": frozenset({"dispatcher", "supervisor", "centre_leader"}),
    "refuse_extension": frozenset({"dispatcher", "supervisor", "centre_leader"}),
    "approve_suspension": frozenset({"centre_leader"}),
    "refuse_suspension": frozenset({"centre_leader"}),
    "resume": frozenset({"centre_leader"}),
    "raise_dispute": frozenset({"dispatcher"}),
    "decide_dispute": frozenset({"centre_leader"}),
    "send_back_reply": frozenset({"auditor"}),
    "approve_reply": frozenset({"auditor"}),
    "record_call_attempt": frozenset({"callback"}),
    "close": frozenset({"callback", "citizen"}),
    "rework": frozenset({"callback", "citizen"}),
    "withdraw": frozenset({"agent", "second_agent", "citizen"}),
    "reopen": frozenset({"supervisor"}),
    "urge": frozenset({"agent", "second_agent", "supervisor", "citizen"}),
    "escalate": frozenset({"supervisor"}),
    "note": frozenset(
        [
            "agent",
            "second_agent",
            "reviewer",
            "second_reviewer",
            "dispatcher",
            "auditor",
            "callback",
            "supervisor",
            "centre_leader",
            "handler_housing",
            "leader_housing",
        ]
    ),
    "issue": frozenset({"supervisor", "centre_leader"}),
    "answer": frozenset({"handler_housing", "leader_housing"}),
    "refuse_answer": frozenset({"supervisor", "centre_leader"}),
    "close_order": frozenset({"supervisor", "centre_leader"}),
    "withdraw_order": frozenset({"supervisor", "centre_leader"}),
}
OF_SHARE = frozenset({"sign", "submit_reply", "approve_unit_reply", "refuse_unit_reply"})
OF_ORDER = frozenset({"issue", "answer", "refuse_answer", "close_order", "withdraw_order"})
_SHARE_AT = {
    "sign": {"to_sign"},
    "submit_reply": {"handling"},
    "approve_unit_reply": {"unit_review"},
    "refuse_unit_reply": {"unit_review"},
}
_AT_WORK = frozenset({"to_sign", "handling"})
_MOST_EXTENSIONS, _DISPUTED_FROM, _ORDERED_FROM = 2, 2, 3


@dataclass(slots=True)
class Model:
    """Where everything must stand."""

    state: str = "draft"
    share: str = ""
    order: str = ""
    came_from: str = ""
    proposed_by: str = ""
    asked: set[str] = field(default_factory=set)
    is_urged: bool = False
    forbids_return: bool = False
    urged_to: int = 0
    orders_standing: int = 0
    returns: int = 0
    extensions: int = 0
    attempts: int = 0
    round: int = 1

    @property
    def level(self) -> int:
        """How far the ticket is pressed; an order that was withdrawn never pressed it."""
        return max(self.urged_to, _ORDERED_FROM if self.orders_standing else 0)

    def allows(self, action: str, who: str) -> bool:
        """Whether this person may do this now."""
        if who not in WHO[action] or self.state not in FROM.get(action, frozenset({self.state})):
            return False
        kind = action.partition("_")[2]
        if action in OF_SHARE:
            return self.share in _SHARE_AT[action]
        if action in {"ask_return", "ask_extension", "ask_suspension"}:
            return self._may_ask(kind)
        if action.startswith(("approve_", "refuse_")) and kind in {"return", "extension", "suspension"}:
            return kind in self.asked and self._may_decide(action, kind, who)
        return self._may_otherwise(action, who)

    def _may_ask(self, kind: str) -> bool:
        if self.share not in _AT_WORK or kind in self.asked:
            return False
        if kind == "return":
            return not self.forbids_return
        return kind != "extension" or self.extensions < _MOST_EXTENSIONS

    def _may_decide(self, action: str, kind: str, who: str) -> bool:
        if kind == "extension" and self.extensions and who != "centre_leader":
            return False
        if action.startswith("refuse_"):
            return True
        return {
            "return": self.share in _AT_WORK and self.state not in {"awaiting_supplement", "suspended"},
            "extension": self.extensions < _MOST_EXTENSIONS,
            "suspension": self.state == "in_process",
        }[kind]

    def _may_otherwise(self, action: str, who: str) -> bool:
        return {
            "propose_invalid": not self.proposed_by,
            "drop_invalid": bool(self.proposed_by),
            "invalidate": bool(self.proposed_by) and self.proposed_by != who,
            "urge": not self.is_urged,
            "escalate": self.level < 2,
            "raise_dispute": self.returns >= _DISPUTED_FROM,
            "note": not who.endswith("_housing") or bool(self.share),
            "issue": bool(self.share),
            "answer": self.order == "issued",
            "refuse_answer": self.order == "answered",
            "close_order": self.order == "answered",
            "withdraw_order": self.order == "issued",
        }.get(action, True)

    def take(self, action: str, who: str) -> None:
        """Change what the act changes."""
        kind = action.partition("_")[2]
        if action in {"ask_return", "ask_extension", "ask_suspension"}:
            self.asked.add(kind)
        elif kind in {"return", "extension", "suspension"}:
            self._decide(action, kind)
        elif action in OF_SHARE:
            self._work(action)
        elif action in OF_ORDER:
            self._supervise(action)
        else:
            self._move(action, who)

    def _decide(self, action: str, kind: str) -> None:
        self.asked.discard(kind)
        if action == "refuse_return":
            self.forbids_return = True
        elif action == "approve_return":
            self.share, self.state = "", "to_dispatch" if self.state == "in_process" else self.state
            self.returns += 1
            self.asked.clear()
        elif action == "approve_extension":
            self.extensions += 1
        elif action == "approve_suspension":
            self.state = "suspended"

    def _work(self, action: str) -> None:
        self.share = {
            "sign": "handling",
            "submit_reply": "unit_review",
            "approve_unit_reply": "replied",
            "refuse_unit_reply": "handling",
        }[action]
        if action == "submit_reply":
            self.asked.clear()
        if action == "approve_unit_reply":
            self.state = "reply_review"

    def _supervise(self, action: str) -> None:
        steps = {
            "issue": "issued",
            "answer": "answered",
            "refuse_answer": "issued",
            "close_order": "closed",
            "withdraw_order": "withdrawn",
        }
        self.order = steps[action]
        self.orders_standing += {"issue": 1, "withdraw_order": -1}.get(action, 0)

    def _move(self, action: str, who: str) -> None:
        if action == "ask_supplement":
            self.came_from = self.state
        elif action in {"propose_invalid", "drop_invalid"}:
            self.proposed_by = who if action == "propose_invalid" else ""
        self.is_urged = self.is_urged or action == "urge"
        self.urged_to = max(self.urged_to, 2) if action == "escalate" else self.urged_to
        if action in {"rework", "reopen"}:
            self._begin_again(action)
        elif action == "record_call_attempt":
            self.attempts += 1
        elif action in {"reject", "transfer_emergency", "invalidate", "withdraw"}:
            self.state, self.share, self.came_from = "closed", "", ""
            self.asked.clear()
        else:
            self._step(action)

    def _begin_again(self, action: str) -> None:
        had_unit = action == "rework" or bool(self.share)
        self.attempts, self.round = 0, self.round + 1
        self.state, self.share = ("in_process", "to_sign") if had_unit else ("to_dispatch", "")
        if action == "reopen":
            self.proposed_by = ""
        elif self.round >= _ORDERED_FROM:
            self.order, self.orders_standing = "issued", self.orders_standing + 1

    def _step(self, action: str) -> None:
        if action in {"dispatch", "decide_dispute"}:
            self.share = "to_sign"
        elif action == "send_back_reply":
            self.share = "handling"
        if action == "decide_dispute":
            self.forbids_return = True
            self.asked.clear()
        self.state = {
            "submit": "intake_review",
            "approve_intake": "to_dispatch",
            "return_intake": "draft",
            "ask_supplement": "awaiting_supplement",
            "supplement": self.came_from,
            "dispatch": "in_process",
            "resume": "in_process",
            "raise_dispute": "in_dispute",
            "decide_dispute": "in_process",
            "send_back_reply": "in_process",
            "approve_reply": "to_call_back",
            "close": "closed",
        }.get(action, self.state)
        self.came_from = "" if action == "supplement" else self.came_from
