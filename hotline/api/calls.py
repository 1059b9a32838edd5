"""What does the city's telephone system tell of the calls that reach its agents?"""

from datetime import datetime

from flask import Response
from sqlalchemy.orm import Session

from hotline.api.acts import Done, act_once
from hotline.api.asking import read_body
from hotline.api.documents.calls import CallOut
from hotline.api.inputs import AnnouncedCall
from hotline.api.words import ApiCode
from hotline.models.incoming_calls import CallState
from hotline.queries.incoming_calls import list_agents
from hotline.services.identity import normal_phone
from hotline.services.incoming_calls import Announcement, announce
from hotline.web.auth import current_actor
from workflows.errors import FieldCode, FieldError, Refused, invalid


def announce_call() -> Response:
    """Tell that a call rings at an agent, was answered or has ended; it shows at the agent's desk.

    A call is known by its name: telling the same again changes nothing, and the order does not matter.
    """
    body = read_body(AnnouncedCall)
    if body.state not in set(CallState):
        raise invalid(FieldError("state", FieldCode.NOT_A_CHOICE))

    def act(session: Session, now: datetime) -> Done:
        told = Announcement(
            current_actor().user_id or 0,
            body.call,
            _agent(session, body.agent),
            _readable(body.caller),
            CallState(body.state),
            body.at,
        )
        call = announce(session, told, now)
        return Done(
            200,
            CallOut(
                call=call.reference,
                agent=body.agent,
                state=call.state.value,
                is_caller_known=call.phone is not None,
            ),
        )

    return act_once(act)


def _agent(session: Session, name: str) -> int:
    found = list_agents(session, name)
    if len(found) != 1:
        code = ApiCode.SEVERAL_AGENTS if found else ApiCode.UNKNOWN_AGENT
        raise invalid(FieldError("agent", code))
    return found[0]


def _readable(caller: str | None) -> str | None:
    """A hidden or odd number must not keep the call from its agent."""
    try:
        return normal_phone(caller) if caller else None
    except Refused:
        return None
