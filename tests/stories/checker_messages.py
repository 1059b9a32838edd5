"""Does every message have its cause, and every step its messages: to citizens, followers and units?

A follower's citizen hears of its master under the follower's own number, by an event of the master.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from hotline.models.ticket import Assignment, Request, Ticket, TicketEvent
from hotline.services.catching_up import CATCH_UP, REMINDERS
from hotline.services.one_act import SEVERAL
from notifications.catalog import get_kind
from notifications.models import OutboxMessage
from tests.stories.checker_rows import rows_of
from workflows.definition import Notice
from workflows.vocabulary import Audience

_TOLD_TO_FOLLOWERS = frozenset(
    {"dispatched", "replied", "closed", "reworked", "suspended", "resumed", "reopened", "extended"}
)
_OF_DATA = "data"
_TOLD_OF_DATA = frozenset(
    {"neutral_data_asked", "neutral_data_decided", "neutral_phone_moved", "neutral_accepted"}
    | {"data_request_to_decide", "data_request_due"}
)


@dataclass(frozen=True, slots=True)
class Book:
    """All tickets with their events, parts and messages, and who can be reached.

    `wishes` are (ticket, request) of what citizens asked about their own data.
    """

    tickets: Mapping[int, Ticket]
    events: Mapping[int, Sequence[TicketEvent]]
    assignments: Mapping[int, Sequence[Assignment]]
    requests: Mapping[int, Sequence[Request]]
    messages: Mapping[str, Sequence[OutboxMessage]]
    wishes: set[tuple[int, int]]
    citizens: set[int]
    units: set[int]

    def notices(self, event: TicketEvent) -> Iterator[Notice]:
        for row in rows_of(event, self.assignments[event.ticket_id], self.requests[event.ticket_id]):
            yield from row.notices


def find_message_faults(ticket: Ticket, book: Book) -> Iterator[str]:
    """Say which messages of one ticket have no cause, and which steps told too few (I4)."""
    yield from _causeless(ticket, book)
    told = Counter(
        (message.key.partition(":")[0], message.kind, message.recipient.partition(":")[0])
        for message in book.messages[ticket.number]
    )
    for event in book.events[ticket.id]:
        for notice in book.notices(event):
            whom, least = _wanted(event, notice, (ticket, book))
            said = sum(told[str(event.id), kind, whom] for kind in _spoken(notice.kind))
            if said + _folded(book, ticket, whom) < least:
                yield f"event {event.number} {event.action} owes {notice.kind} to {notice.audience}"
    if ticket.citizen_id in book.citizens:
        for event, notice in _shared(ticket, book):
            if sum(told[str(event.id), kind, "citizen"] for kind in _spoken(notice.kind)) < 1:
                yield f"a follower was not told {notice.kind} of event {event.id}"


def _causeless(ticket: Ticket, book: Book) -> Iterator[str]:
    own = {str(event.id): event for event in book.events[ticket.id]}
    shared = {str(event.id): event for event, _notice in _shared(ticket, book)}
    for message in book.messages[ticket.number]:
        event_id = message.key.partition(":")[0]
        if event_id == _OF_DATA:
            yield from _causeless_of_data(message, ticket, book)
            continue
        if message.key != f"{event_id}:{message.kind}:{message.recipient}:{message.channel}":
            yield f"message {message.key} says {message.kind} to {message.recipient} by {message.channel}"
        event = own.get(event_id) or shared.get(event_id)
        if event is None:
            yield f"message {message.key} has no event"
        elif not _is_told_by(message.kind, {notice.kind for notice in book.notices(event)}):
            yield f"message {message.kind} is not told by {event.action}"


def _causeless_of_data(message: OutboxMessage, ticket: Ticket, book: Book) -> Iterator[str]:
    """What a citizen asks about their own data, and how it is decided, is told without an event of the ticket."""
    request_id = message.key.split(":")[1]
    if message.key != f"{_OF_DATA}:{request_id}:{message.kind}:{message.recipient}:{message.channel}":
        yield f"message {message.key} says {message.kind} to {message.recipient} by {message.channel}"
    if message.kind not in _TOLD_OF_DATA or (ticket.id, int(request_id)) not in book.wishes:
        yield f"message {message.key} has no request"


def _is_told_by(kind: str, told: set[str]) -> bool:
    """Whether an event tells a kind: itself, or as the last of several reminders that were put into one."""
    told = told | {spoken for each in told for spoken in _spoken(each)}
    return kind in told or kind == SEVERAL or (kind == CATCH_UP and bool(told & REMINDERS.keys()))


def _spoken(kind: str) -> set[str]:
    """A kind, and the one that says the same without a word of the matter."""
    return {kind, get_kind(kind).neutral or kind}


def _folded(book: Book, ticket: Ticket, whom: str) -> int:
    """How many times somebody was told several things of one act at once."""
    return sum(
        message.kind == SEVERAL and message.recipient.startswith(f"{whom}:")
        for message in book.messages[ticket.number]
    )


def _wanted(event: TicketEvent, notice: Notice, about: tuple[Ticket, Book]) -> tuple[str, int]:
    """The sort of recipient and the least number of them that an event must have told."""
    ticket, book = about
    if notice.audience is Audience.CITIZEN and not (notice.when == "is_by_agent" and event.role != "agent"):
        return "citizen", int(ticket.citizen_id in book.citizens)
    if notice.audience is Audience.UNITS:
        new = {share.unit_id for share in book.assignments[ticket.id] if share.created_at == event.at}
        return "unit", len(new & book.units)
    if notice.audience is Audience.RECALLED_UNITS:
        recalled = {each.subject_id for each in _recalls_of(event, book)}
        lost = {share.unit_id for share in book.assignments[ticket.id] if share.id in recalled}
        return "unit", len(lost & book.units)
    return "", 0


def _recalls_of(event: TicketEvent, book: Book) -> Iterator[TicketEvent]:
    """The shares taken back by a step stand right behind it; a later step of the same minute has its own."""
    later = (each for each in book.events[event.ticket_id] if each.number > event.number)
    return takewhile(lambda each: each.action == "recall", later)


def _shared(ticket: Ticket, book: Book) -> Iterator[tuple[TicketEvent, Notice]]:
    """What happened to the masters of a ticket while it followed them, and its citizen must hear of."""
    for master_id, events in book.events.items():
        follows = False
        for event in events if master_id != ticket.id else ():
            if event.action in {"take_in", "let_go"} and event.data.get("number") == ticket.number:
                follows = event.action == "take_in"
            if not follows:
                continue
            for notice in book.notices(event):
                if notice.audience is Audience.CITIZEN and notice.kind in _TOLD_TO_FOLLOWERS:
                    yield event, notice
