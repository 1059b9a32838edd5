"""How does a citizen's word become a ticket, and what may follow in the same breath?"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from hotline.models.hashes import link_hash
from hotline.models.ticket import Ticket
from hotline.services import lifecycle
from hotline.services.facts import facts_of_new
from hotline.services.identity import check_contact, new_link_token, new_query_code
from hotline.services.lifecycle import Command
from hotline.services.numbers import next_number
from hotline.services.references import resolve
from hotline.services.site import current_site
from workflows.definition import NEW, Actor, ActorKind, Ask
from workflows.vocabulary import IntakeChannel, Machine


def register(
    session: Session, data: Mapping[str, Any], actor: Actor, now: datetime, number: str = ""
) -> Ticket:
    """Open a draft ticket with its number and query code. Never commits; raises Refused naming bad fields.

    A rehearsal brings a `number` of its own, for taking one of the day's cannot be undone.
    """
    engine = lifecycle.ENGINES[Machine.TICKET]
    resolved = resolve(session, engine.row("register").needs, data)
    decision = engine.decide(facts_of_new(), NEW, Ask("register", actor, resolved, now))
    check_contact(decision.data)
    token = new_link_token()
    ticket = Ticket(
        number=number or next_number(session, now, current_site().zone),
        query_code=new_query_code(),
        link_token=token,
        link_hash=link_hash(token),
        version=0,
        state=decision.to_state,
        round=1,
        type=decision.data["type"],
        urgency="ordinary",
        title="",
        content=decision.data["content"],
        channel=str(IntakeChannel.PHONE),
        registered_by_id=actor.user_id if actor.kind is ActorKind.USER else None,
        created_at=now,
    )
    session.add(ticket)
    session.flush()
    lifecycle.begin(session, ticket, decision, actor, now)
    return ticket


def register_and(
    session: Session,
    data: Mapping[str, Any],
    follow: tuple[str, Mapping[str, Any]],
    actor: Actor,
    now: datetime,
) -> Ticket:
    """Register and take the next action (`submit`, `submit_trusted`, `answer_directly`) as one whole.

    Either both happen or neither: a refused action leaves no draft behind when the caller rolls back.
    """
    ticket = register(session, data, actor, now)
    action, action_data = follow
    return lifecycle.advance(session, Command(ticket.number, action, action_data), actor, now)


def revise_and(
    session: Session, command: Command, follow: tuple[str, Mapping[str, Any]], actor: Actor, now: datetime
) -> Ticket:
    """Change a draft and take the next action as one whole; `command` is the revision with its version."""
    lifecycle.advance(session, command, actor, now)
    action, action_data = follow
    return lifecycle.advance(session, Command(command.number, action, action_data), actor, now)
