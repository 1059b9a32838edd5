"""What would an action do? Asked before it is taken; nothing of it is kept."""

from datetime import UTC, datetime

from flask import Response

from hotline.api.acts import show
from hotline.api.asking import read_body, wanted_number, wanted_version
from hotline.api.documents.parts import ClockAfterOut, MessageAhead, RehearsalOut, StateAfterOut
from hotline.api.inputs import ActionBody
from hotline.api.problems import concern
from hotline.queries.scope import get_visible
from hotline.services.lifecycle import Command
from hotline.services.rehearsal import ClockAfter, Rehearsal, StateAfter, rehearse
from hotline.services.tellings import Telling
from hotline.web.auth import current_actor
from hotline.web.transaction import aside


def preview_action(number: str, action: str) -> Response:
    """Say what an action on a ticket would do: states, clocks and messages; refuses as the action would."""
    wanted = wanted_number(number)
    body, actor = read_body(ActionBody), current_actor()
    with aside() as session:
        ticket = get_visible(session, wanted, actor)
        concern(wanted)
        command = Command(wanted, action, body.data, wanted_version(body.version))
        told = rehearse(session, command, actor, datetime.now(UTC))
        return show(_document(told, ticket.version))


def _document(told: Rehearsal, version: int) -> RehearsalOut:
    return RehearsalOut(
        version=version,
        ticket=_state(told.ticket),
        parts=[_state(part) for part in told.parts],
        clocks=[_clock(clock) for clock in told.clocks],
        messages=[_message(telling) for telling in told.tellings],
    )


def _state(state: StateAfter) -> StateAfterOut:
    return StateAfterOut(machine=state.machine.value, name=state.name, before=state.before, after=state.after)


def _clock(clock: ClockAfter) -> ClockAfterOut:
    return ClockAfterOut(name=clock.name, owner=clock.owner, turn=clock.turn.value, due_at=clock.due_at)


def _message(telling: Telling) -> MessageAhead:
    outlook = telling.outlook
    return MessageAhead(
        kind=telling.kind,
        channel=telling.channel,
        recipient=telling.recipient,
        name=telling.name,
        audiences=[audience.value for audience in telling.audiences],
        title=outlook.words.title,
        text=outlook.words.text,
        segments=outlook.segments,
        waits_until=outlook.waits_until,
        reason=outlook.reason,
    )
