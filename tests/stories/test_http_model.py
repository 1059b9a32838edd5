"""Random people press random forms of one ticket after another: what comes of it is what the model says.

Staff press the forms of the ticket's pages, the citizen those of the citizens' pages, all through HTTP.
STORY_EXAMPLES and STORY_STEPS make it longer for a release (10 tickets of 25 steps when unset). A failure is
reported as it was found: telling it shorter would press hundreds of forms anew.
"""

import os
from typing import Any

import time_machine
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hotline.models.orders import SupervisionOrder
from hotline.models.ticket import Assignment, Request, Ticket
from tests.stories.checker import find_faults
from tests.stories.counter import Counter, Form
from tests.stories.http_model import OF_ORDER, OF_SHARE, WHO, Model
from tests.stories.http_words import data_for
from tests.stories.tale import Tale
from tests.stories.town import city, found_wide_town

_TEN = city("2026-11-23 10:00")
_WORDS = (
    "诉求人来电说明情况",
    "𠮷野家门口\n第二行",
    "👨‍👩‍👧 全家",
    "' OR 1=1 --",
    "{{7*7}}",
    "<script>1</script>",
)
_PEOPLE = sorted(set().union(*WHO.values()) | {"handler_water", "leader_roads"})
_PAGES = {
    "close": "rate",
    "rework": "rate",
    "withdraw": "withdraw",
    "supplement": "supplement",
    "add_details": "supplement",
    "urge": "urge",
}
_KINDS = ("return", "extension", "suspension")


class Story(RuleBasedStateMachine):
    """One ticket of the town; earlier ones stay where their stories left them."""

    counter: Counter

    @initialize()
    def begin(self) -> None:
        with self.counter.factory.begin() as session:
            tale = Tale(session, self.counter.town, city("2026-11-23 09:50")).register()
            self.number, self.token = tale.number, tale.ticket.link_token
        self.citizen: Any = None
        self.model = Model()

    @rule(pick=st.integers(0, 9999), words=st.sampled_from(_WORDS))
    def the_right_one_presses_at_the_right_time(self, pick: int, words: str) -> None:
        legal = [
            (act, who) for act, people in WHO.items() for who in sorted(people) if self.model.allows(act, who)
        ]
        action, who = legal[pick % len(legal)]
        self._press(action, who, words)

    @rule(action=st.sampled_from(sorted(WHO)), who=st.sampled_from(_PEOPLE), words=st.sampled_from(_WORDS))
    def anybody_presses_anything(self, action: str, who: str, words: str) -> None:
        if who != "citizen" or action in _PAGES:
            self._press(action, who, words)

    def _press(self, action: str, who: str, words: str) -> None:
        before = self._ticket().version
        answer = self._send(action, who, before, data_for(action, words))
        if self.model.allows(action, who):
            assert answer is not None, (action, who)
            assert answer.status_code == 303, (action, who, answer.text)
            self.model.take(action, who)
            assert self._ticket().version > before, (action, who)
            return
        # A citizen who comes too late is led to the page that says how it stands.
        assert answer is None or answer.status_code in (
            {303, 409, 422} if who == "citizen" else {403, 404, 409}
        )
        assert self._ticket().version == before, (action, who)

    def _send(self, action: str, who: str, version: int, data: dict[str, object]) -> Any:
        if who == "citizen":
            return self._send_as_citizen(action, version, data)
        with self._reading() as session:
            form = self._form(session, action)
        return None if form is None else self.counter.press(who, form, version, data)

    def _send_as_citizen(self, action: str, version: int, data: dict[str, object]) -> Any:
        if self.citizen is None:
            self.citizen = self.counter.app.test_client()
            assert self.citizen.get(f"/t/{self.token}").status_code == 303
            with self.citizen.session_transaction() as cookie:
                cookie["csrf_token"] = "one-seed-for-every-browser-of-the-tests"
        known = {name: value for name, value in data.items() if value is not True}
        sent = {**known, "version": version, "csrf_token": self.counter.token()}
        return self.citizen.post(f"/{_PAGES[action]}/{self.number}", data=sent)

    def _form(self, session: Session, action: str) -> Form | None:
        """The form of an act; None where there is no part that it could be about."""
        ticket_id = session.scalars(select(Ticket.id).where(Ticket.number == self.number)).one()
        kind = action.partition("_")[2]
        if action in OF_ORDER:
            order = session.scalar(_latest(SupervisionOrder, ticket_id))
            is_there = action == "issue" or order is not None
            return Form(self.number, "order", action, order) if is_there else None
        if action.startswith(("approve_", "refuse_")) and kind in _KINDS:
            asked = session.scalar(_latest(Request, ticket_id).where(Request.kind == kind))
            return None if asked is None else Form(self.number, "request", action.partition("_")[0], asked)
        if action in OF_SHARE or (action.startswith("ask_") and kind in _KINDS):
            share = session.scalar(_latest(Assignment, ticket_id))
            machine = "assignment" if action in OF_SHARE else "request"
            return None if share is None else Form(self.number, machine, action, share)
        return Form(self.number, "ticket", action)

    @invariant()
    def everything_stands_where_the_model_says(self) -> None:
        model, ticket = self.model, self._ticket()
        assert (ticket.state, ticket.round, ticket.came_from or "") == (
            model.state,
            model.round,
            model.came_from,
        )
        assert (ticket.forbid_return, ticket.return_count) == (model.forbids_return, model.returns)
        assert (ticket.extension_count, ticket.call_attempts) == (model.extensions, model.attempts)
        assert (ticket.supervised_level, ticket.urge_count) == (model.level, int(model.is_urged))

    @invariant()
    def the_database_is_sound(self) -> None:
        with self._reading() as session:
            # A fault in an earlier ticket was seen when it arose; here it would only blame the wrong story.
            faults = find_faults(session, self.number)
        assert [fault for fault in faults if fault.startswith(self.number)] == []

    def _ticket(self) -> Ticket:
        with self._reading() as session:
            return session.scalars(select(Ticket).where(Ticket.number == self.number)).one()

    def _reading(self) -> Session:
        """An ordinary session would hold SQLite's only write lock."""
        readers = self.counter.factory.kw["bind"].execution_options(reads_only=True)
        return Session(readers, expire_on_commit=False)


def _latest(model: Any, ticket_id: int) -> Any:
    return select(func.max(model.id)).where(model.ticket_id == ticket_id)


def test_whatever_anybody_presses_the_ticket_stands_where_the_model_says(app, session_factory):
    with time_machine.travel(_TEN, tick=False):
        with session_factory.begin() as session:
            town = found_wide_town(session)
        counter = Counter(app, session_factory, town)
        run_state_machine_as_test(
            type("BoundStory", (Story,), {"counter": counter}),
            settings=settings(
                max_examples=int(os.environ.get("STORY_EXAMPLES", "10")),
                stateful_step_count=int(os.environ.get("STORY_STEPS", "25")),
                deadline=None,
                suppress_health_check=list(HealthCheck),
                database=None,
                phases=(Phase.explicit, Phase.generate),
            ),
        )
