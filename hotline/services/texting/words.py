"""What does an SMS do that speaks of a ticket: rate its answer, add words to it, say which one is meant?"""

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import select

from hotline.models.ticket import Ticket
from hotline.services import citizen_access
from hotline.services.citizen_access import Sent, Verdict
from hotline.services.lifecycle import Command, advance
from hotline.services.texting.texter import (
    DAY,
    REFUSED,
    UNCLEAR,
    Answer,
    Outcome,
    Texter,
    find_named,
    list_open,
    list_own,
    tail_of,
)
from notifications import inbound
from notifications.reading import Meaning, Reading, understand
from workflows.definition import citizen_actor
from workflows.errors import Refused
from workflows.vocabulary import Outcome as Ending
from workflows.vocabulary import TicketState

_RATED_WITHIN = timedelta(days=30)
_NAMED_AT_MOST = 4
_DISSATISFIED = "短信评价不满意"
# What the three digits of the rating message mean to the workflow.
_VERDICTS: Mapping[Meaning, Verdict] = {
    Meaning.SATISFIED: Verdict("yes", "satisfied"),
    Meaning.FAIRLY_SATISFIED: Verdict("partly", "fairly_satisfied"),
    Meaning.DISSATISFIED: Verdict("no", "dissatisfied", _DISSATISFIED),
}
_NOTHING_TO_RATE = Answer(Outcome.REFUSED, "answer_not_rated")


def rate(texter: Texter, reading: Reading) -> Answer:
    """Rate the ticket that is named, or the last one this telephone was asked to rate.

    What is told of a ticket that closes or is handled again is told by the workflow; here only the rest.
    """
    named = reading.parts[0]
    if named:
        ticket = find_named(list_own(texter), named)
        number = None if ticket is None else ticket.number
    else:
        number = inbound.find_rated_subject(texter.session, texter.phone, texter.at, _RATED_WITHIN)
    if number is None:
        return _NOTHING_TO_RATE
    sent, actor = Sent(number, None, f"sms:{texter.reference}"), citizen_actor(number)
    try:
        with texter.session.begin_nested():
            citizen_access.rate(texter.session, sent, _VERDICTS[reading.meaning], actor, texter.at)
    except Refused:
        return _NOTHING_TO_RATE
    return _rated(texter, number)


def add_words(texter: Texter, reading: Reading) -> Answer:
    """Add words to the one ticket that is meant; ask which, when it may be several."""
    named, words = reading.parts
    tickets = list_open(texter)
    if not tickets:
        return UNCLEAR
    waiting = [ticket for ticket in tickets if ticket.state == TicketState.AWAITING_SUPPLEMENT]
    meant = find_named(tickets, named) if named else None
    if meant is None and len(tickets) > 1 and len(waiting) != 1:
        return _ask_which(tickets)
    return _add(texter, meant or (tickets[0] if len(tickets) == 1 else waiting[0]), words)


def choose_ticket(texter: Texter, reading: Reading) -> Answer:
    """Place the words of an earlier SMS that may have been meant for several tickets."""
    session, since = texter.session, texter.at - DAY
    earlier = inbound.find_unplaced(session, texter.phone, Outcome.ASKED, since)
    ticket = find_named(list_open(texter), reading.parts[0])
    if earlier is None or ticket is None:
        return UNCLEAR
    answer = _add(texter, ticket, understand(earlier.body).parts[1])
    earlier.outcome, earlier.subject = answer.outcome.value, ticket.number
    return answer


def _add(texter: Texter, ticket: Ticket, words: str) -> Answer:
    """What a citizen was asked for goes on with the ticket; what they say unasked changes no state."""
    number = ticket.number
    is_asked = ticket.state == TicketState.AWAITING_SUPPLEMENT
    command = Command(number, "supplement" if is_asked else "add_details", {"text": words})
    try:
        with texter.session.begin_nested():
            advance(texter.session, command, citizen_actor(number), texter.at)
    except Refused:
        return REFUSED
    return Answer(Outcome.DONE, "answer_added", {"number": number}, number)


def _ask_which(tickets: list[Ticket]) -> Answer:
    tails = "、".join(tail_of(ticket) for ticket in tickets[:_NAMED_AT_MOST])
    return Answer(Outcome.ASKED, "answer_which", {"count": str(len(tickets)), "tails": tails})


def _rated(texter: Texter, number: str) -> Answer:
    ticket = texter.session.scalars(select(Ticket).where(Ticket.number == number)).one()
    is_beside = ticket.master_id is not None or ticket.outcome == Ending.ANSWERED_DIRECTLY
    kind = "answer_rated" if is_beside else ""
    return Answer(Outcome.DONE, kind, {"number": number}, number)
