"""What will the citizen be told of the answer that a unit writes, once the centre has let it out?"""

from datetime import datetime

import uuid_utils
from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.ticket import Ticket
from hotline.services.message_facts import label_of
from hotline.services.recipients import Recipient, citizen_of
from hotline.services.rehearsal import staged
from hotline.services.site import current_site
from hotline.services.tellings import Telling, list_tellings
from notifications.catalog import channels_for, get_kind
from notifications.outbox import Message, put_all
from workflows.vocabulary import Outcome, TicketType


def foretell_answer(
    session: Session, number: str, outcome: Outcome | None, now: datetime
) -> tuple[Telling, ...]:
    """Foretell the message by the channel that reaches the citizen; none where nothing reaches them.

    It is put into the outbox of a rehearsal, which nothing outlives. `outcome` is how the matter would close.
    """
    with staged(session) as played:
        ticket = played.scalars(select(Ticket).where(Ticket.number == number)).one()
        mark = str(uuid_utils.uuid7())  # ids of the outbox grow with time
        readers = [reader for reader in citizen_of(played, ticket) if reader.addresses]
        put_all(played, [_message(ticket, reader, outcome, now) for reader in readers])
        return list_tellings(played, mark, (), now)


def _message(ticket: Ticket, reader: Recipient, outcome: Outcome | None, now: datetime) -> Message:
    kind = "replied" if _is_called_back(ticket) else "closed"
    said = (get_kind(kind).neutral or kind) if reader.is_guarded else kind
    channel = next(each for each in channels_for(said) if reader.addresses.get(each))
    site, is_english = current_site(), reader.language == "en"
    return Message(
        key=f"foretold:{ticket.id}:{said}:{channel}",
        kind=said,
        channel=channel,
        recipient=reader.reference,
        address=reader.addresses[channel],
        language=reader.language,
        facts={
            "number": ticket.number,
            "query_code": ticket.query_code,
            "link": "" if reader.is_guarded else site.link(f"/t/{ticket.link_token}"),
            "outcome": "" if outcome is None else label_of(outcome, is_english=is_english),
            "because": "",
        },
        subject=ticket.number,
        order_key=f"{ticket.number}:{reader.reference}",
        urgent=False,
        created_at=now,
    )


def _is_called_back(ticket: Ticket) -> bool:
    """Praise closes without a call, and so does what somebody without a name or a wish for one reports."""
    return ticket.callback_wanted and not ticket.is_anonymous and ticket.type != TicketType.PRAISE
