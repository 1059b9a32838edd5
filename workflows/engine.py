"""What will happen if this action is asked now, and what may be asked at all?

One `transitions` machine per workflow is built when this module is imported and never bound to a model: a
small Case travels through it, so nothing is retained and threads share it safely (`queued=False`).
Nothing happens here: decide() returns a frozen Decision and the service carries it out.
"""

from collections.abc import Callable, Iterable
from typing import cast

from transitions import EventData, MachineError
from transitions import Machine as StateMachine

from workflows.definition import (
    NEW,
    Ask,
    Decision,
    Need,
    NeedKind,
    Notice,
    Offer,
    Transition,
    Workflow,
)
from workflows.errors import Code, Refused
from workflows.facts import Facts
from workflows.guards import CONDITIONS, GUARDS, NEEDS_DATA, Case
from workflows.needs import clean
from workflows.vocabulary import Role


class Engine:
    """One table, compiled."""

    def __init__(self, workflow: Workflow) -> None:
        self.workflow = workflow
        self._rows: dict[str, list[Transition]] = {}
        self._machine = StateMachine(
            model=None,
            states=[NEW, *(str(state) for state in workflow.states)],
            initial=NEW,
            auto_transitions=False,
            send_event=True,
            queued=False,
        )
        for row in workflow.transitions:
            self._rows.setdefault(row.action, []).append(row)
            self._add(row)

    def decide(self, facts: Facts, state: str, ask: Ask) -> Decision:
        """Return what the action will do from `state`. Raises Refused with the first reason against it."""
        role = self._role(ask)
        data = clean(self._needs(ask.action), ask.data, ask.now)
        case = Case(state, facts, ask.actor, role, data, ask.now)
        row = self._move(case, ask.action)
        return Decision(
            machine=self.workflow.machine,
            transition=row,
            from_state=state,
            to_state=case.state,
            role=role,
            data=data,
            event_data=_public(row.needs, data),
            clocks=row.clocks,
            notices=tuple(notice for notice in row.notices if _holds(notice, case)),
            effects=row.effects,
            follow_ups=row.follow_ups,
        )

    def available(self, facts: Facts, state: str, ask: Ask) -> list[Offer]:
        """List what the actor may do from `state`, as far as can be told before any data is given."""
        offers = []
        for action, rows in self._rows.items():
            row = next((row for row in rows if state in row.sources and self._is_open(row, facts, ask)), None)
            if row is not None:
                offers.append(Offer(action, row.label_zh, row.label_en, row.needs, row.notices))
        return offers

    def row(self, action: str) -> Transition:
        """Return the first row of an action; raises Refused when the table has none."""
        if action not in self._rows:
            raise Refused(Code.UNKNOWN_ACTION)
        return self._rows[action][0]

    def _add(self, row: Transition) -> None:
        conditions: list[str | Callable[..., bool | None]] = [_choosing(name) for name in row.when]
        conditions.append(_in_role(row))
        conditions.extend(_guarding(name) for name in row.guards)
        self._machine.add_transition(
            row.action,
            [str(state) for state in row.sources],
            "=" if row.target is None else str(row.target),
            conditions=conditions,
            after=_remember(row),
        )

    def _role(self, ask: Ask) -> Role:
        rows = self._rows.get(ask.action)
        if rows is None:
            raise Refused(Code.UNKNOWN_ACTION)
        roles = sorted(frozenset().union(*(row.roles for row in rows)) & ask.actor.roles)
        if not roles:
            raise Refused(Code.NOT_YOUR_ROLE)
        return Role(roles[0])

    def _needs(self, action: str) -> Iterable[Need]:
        """Rows of one action ask for the same data; the checks hold the tables to it."""
        return self._rows[action][0].needs

    def _move(self, case: Case, action: str) -> Transition:
        trip = _Trip(case)
        try:
            self._machine.events[action].trigger(trip)
        except MachineError as error:
            raise Refused(Code.NOT_IN_THIS_STATE) from error
        if trip.row is None:
            raise case.refusal or Refused(Code.NOT_IN_THIS_STATE)
        case.state = trip.state
        return trip.row

    def _is_open(self, row: Transition, facts: Facts, ask: Ask) -> bool:
        roles = sorted(row.roles & ask.actor.roles)
        if not roles:
            return False
        case = Case(row.sources[0], facts, ask.actor, Role(roles[0]), {}, ask.now)
        guards = (GUARDS[name] for name in row.guards if name not in NEEDS_DATA)
        try:
            return all(CONDITIONS[name](case) for name in row.when) and all(
                guard(case) is None for guard in guards
            )
        except Refused:  # the row is about a share, request or order, and there is none
            return False


class _Trip:
    """The model `transitions` moves: it has a state and notes which row let it through."""

    __slots__ = ("case", "row", "state")

    def __init__(self, case: Case) -> None:
        self.case = case
        self.state = case.state
        self.row: Transition | None = None


_Check = Callable[[EventData], bool]


def _trip(event: EventData) -> _Trip:
    return cast("_Trip", event.model)


def _choosing(name: str) -> _Check:
    condition = CONDITIONS[name]
    return lambda event: condition(_trip(event).case)


def _in_role(row: Transition) -> _Check:
    def check(event: EventData) -> bool:
        case = _trip(event).case
        roles = sorted(row.roles & case.actor.roles)
        if not roles:
            case.refusal = case.refusal or Refused(Code.NOT_YOUR_ROLE)
            return False
        case.role = Role(roles[0])
        return True

    return check


def _guarding(name: str) -> _Check:
    guard = GUARDS[name]

    def check(event: EventData) -> bool:
        case = _trip(event).case
        refusal = guard(case)
        if refusal is not None:
            case.refusal = case.refusal or refusal
        return refusal is None

    return check


def _remember(row: Transition) -> Callable[[EventData], None]:
    def note(event: EventData) -> None:
        _trip(event).row = row

    return note


def _holds(notice: Notice, case: Case) -> bool:
    return not notice.when or CONDITIONS[notice.when](case)


def _public(needs: Iterable[Need], data: dict[str, object]) -> dict[str, object]:
    """Copy the data without what is private; instants become text, since events are kept as JSON."""
    kinds = {need.name: need for need in needs}
    shown = {name: value for name, value in data.items() if not kinds[name].is_private}
    for name, value in shown.items():
        if kinds[name].kind is NeedKind.INSTANT:
            shown[name] = str(value)
    return shown
