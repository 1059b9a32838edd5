"""Random people ask random things of one ticket: a small model of the main road says what must come of it.

STORY_EXAMPLES and STORY_STEPS make it longer for a release.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.stories.checker import find_faults
from tests.stories.digest import digest_of
from tests.stories.tale import Tale
from tests.stories.town import CONTENT_RATING, POOR_RATING, REPLY, found_town
from workflows.errors import Code, Refused

OPEN = frozenset({"draft", "intake_review", "to_dispatch", "in_process", "reply_review", "to_call_back"})
TEXTS = ("诉求人来电说明", "𠮷野家门口\n第二行", "👨‍👩‍👧 全家", "' OR 1=1 --", "{{7*7}}", "=HYPERLINK(1)")
ACTIONS = {
    "submit": {"agent", "second_agent"},
    "submit_trusted": {"second_agent"},
    "approve_intake": {"reviewer"},
    "return_intake": {"reviewer"},
    "reject": {"reviewer"},
    "dispatch": {"dispatcher", "second_dispatcher"},
    "sign": {"handler_housing"},
    "ask_return": {"handler_housing"},
    "approve": {"dispatcher", "second_dispatcher"},
    "refuse": {"dispatcher", "second_dispatcher"},
    "submit_reply": {"handler_housing"},
    "approve_unit_reply": {"leader_housing"},
    "refuse_unit_reply": {"leader_housing"},
    "send_back_reply": {"auditor"},
    "approve_reply": {"auditor"},
    "record_call_attempt": {"callback"},
    "close": {"callback"},
    "rework": {"callback"},
    "withdraw": {"agent", "second_agent"},
}
PEOPLE = sorted(set().union(*ACTIONS.values()) | {"supervisor", "handler_water", "handler_street"})


@dataclass
class Model:
    """Where the ticket must stand; `moves` tells for each action whether it is legal and what it does."""

    state: str = "draft"
    share: str = ""
    is_asked: bool = False
    forbids_return: bool = False
    attempts: int = 0
    round: int = 1

    def legal(self, action: str) -> bool:
        return {
            "submit": self.state == "draft",
            "submit_trusted": self.state == "draft",
            "approve_intake": self.state == "intake_review",
            "return_intake": self.state == "intake_review",
            "reject": self.state in {"intake_review", "to_dispatch"},
            "dispatch": self.state == "to_dispatch",
            "sign": self.share == "to_sign",
            "ask_return": self.share in {"to_sign", "handling"}
            and not (self.is_asked or self.forbids_return),
            "approve": self.is_asked,
            "refuse": self.is_asked,
            "submit_reply": self.share == "handling",
            "approve_unit_reply": self.share == "unit_review",
            "refuse_unit_reply": self.share == "unit_review",
            "withdraw": self.state in OPEN,
            "send_back_reply": self.state == "reply_review",
            "approve_reply": self.state == "reply_review",
        }.get(action, self.state == "to_call_back")

    def take(self, action: str) -> None:
        effect: Callable[[], None] = getattr(self, f"_{action}")
        effect()

    def _to(self, state: str, share: str | None = None) -> None:
        self.state = state
        self.share = self.share if share is None else share

    def _submit(self) -> None:
        self._to("intake_review")

    def _submit_trusted(self) -> None:
        self._to("to_dispatch")

    _approve_intake = _submit_trusted

    def _return_intake(self) -> None:
        self._to("draft")

    def _reject(self) -> None:
        self._to("closed", "")

    def _dispatch(self) -> None:
        self._to("in_process", "to_sign")

    def _sign(self) -> None:
        self.share = "handling"

    _refuse_unit_reply = _sign

    def _ask_return(self) -> None:
        self.is_asked = True

    def _approve(self) -> None:
        self.is_asked = False
        self._to("to_dispatch", "")

    def _refuse(self) -> None:
        self.is_asked, self.forbids_return = False, True

    def _submit_reply(self) -> None:
        self.is_asked, self.share = False, "unit_review"

    def _approve_unit_reply(self) -> None:
        self._to("reply_review", "replied")

    def _send_back_reply(self) -> None:
        self._to("in_process", "handling")

    def _approve_reply(self) -> None:
        self._to("to_call_back")

    def _record_call_attempt(self) -> None:
        """All on one day, so the third does not close."""
        self.attempts += 1

    def _close(self) -> None:
        self._to("closed")

    def _rework(self) -> None:
        self.attempts, self.round = 0, self.round + 1
        self._to("in_process", "to_sign")

    def _withdraw(self) -> None:
        self.is_asked = False
        self._to("closed", "")


def data_for(action: str, words: str) -> dict[str, object]:
    return {
        "return_intake": {"reason": words},
        "reject": {"reason": "statutory_path", "path": words},
        "dispatch": {"main_unit": "HOUSING", "advice": words},
        "refuse": {"reason": words},
        "submit_reply": {**REPLY, "answer": words, "is_confirmed": True},
        "refuse_unit_reply": {"reason": words},
        "send_back_reply": {"reasons": ["evasive"], "note": words},
        "record_call_attempt": {"result": "no_answer", "note": words},
        "close": {**CONTENT_RATING, "comment": words},
        "rework": {**POOR_RATING, "reason": words},
        "withdraw": {"reason": words, "is_identity_checked": True},
    }.get(action, {})


class Story(RuleBasedStateMachine):
    """One ticket in one transaction that is rolled back at the end."""

    engine: Engine

    @initialize()
    def begin(self) -> None:
        self.connection = self.engine.connect()
        self.outer = self.connection.begin()
        self.session = Session(
            self.connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        )
        self.tale = Tale(self.session, found_town(self.session)).register()
        self.model = Model()

    @rule(pick=st.integers(0, 999), words=st.sampled_from(TEXTS))
    def the_right_one_asks_at_the_right_time(self, pick: int, words: str) -> None:
        legal = [action for action in ACTIONS if self.model.legal(action)]
        if legal:
            action = legal[pick % len(legal)]
            self._ask(min(ACTIONS[action]), action, data_for(action, words))

    @rule(action=st.sampled_from(sorted(ACTIONS)), who=st.sampled_from(PEOPLE), is_forged=st.booleans())
    def anybody_tries(self, action: str, who: str, *, is_forged: bool) -> None:
        extra = {"state": "closed"} if is_forged else {}
        self._ask(who, action, {**data_for(action, TEXTS[0]), **extra}, is_forged=is_forged)

    def _ask(self, who: str, action: str, data: dict[str, object], *, is_forged: bool = False) -> None:
        if self.model.legal(action) and who in ACTIONS[action] and not is_forged:
            self._perform(who, action, data)
            self.model.take(action)
            return
        before = digest_of(self.session)
        with pytest.raises(Refused):
            self._perform(who, action, data)
        assert digest_of(self.session) == before

    def _perform(self, who: str, action: str, data: dict[str, object]) -> None:
        tale = self.tale
        if action == "ask_return":
            self._need_share()
            tale.ask_return(who, "HOUSING") if not data else tale.on_share(who, "ask_return", "HOUSING", data)
        elif action in {"approve", "refuse"}:
            tale.on_request(who, action, data)
        elif action in {"sign", "submit_reply", "approve_unit_reply", "refuse_unit_reply"}:
            self._need_share()
            tale.on_share(who, action, "HOUSING", data)
        else:
            tale.act(who, action, data)

    def _need_share(self) -> None:
        if self.tale.share("HOUSING") is None:
            raise Refused(Code.NOT_FOUND)

    @invariant()
    def the_ticket_stands_where_the_model_says(self) -> None:
        ticket = self.tale.ticket
        assert (ticket.state, ticket.round) == (self.model.state, self.model.round)
        assert (ticket.forbid_return, ticket.call_attempts) == (
            self.model.forbids_return,
            self.model.attempts,
        )

    @invariant()
    def the_database_is_sound(self) -> None:
        assert find_faults(self.session) == []

    def teardown(self) -> None:
        self.session.close()
        self.outer.rollback()
        self.connection.close()


def test_whatever_anybody_asks_the_ticket_stands_where_the_model_says(engine):
    story = type("BoundStory", (Story,), {"engine": engine})
    run_state_machine_as_test(
        story,
        settings=settings(
            max_examples=int(os.environ.get("STORY_EXAMPLES", "20")),
            stateful_step_count=int(os.environ.get("STORY_STEPS", "25")),
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
