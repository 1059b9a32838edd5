"""Who would hear what: the messages just put into the outbox, with recipients' names, words and prospects."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.organisation import Unit
from hotline.models.people import User
from hotline.models.ticket import TicketEvent
from hotline.services.address_book import addresses_now
from hotline.services.lifecycle import ENGINES
from hotline.services.message_facts import hide_secrets
from hotline.services.site import current_site
from notifications.models import OutboxMessage
from notifications.outlook import Asking, Outlook, foresee
from workflows.vocabulary import Audience, Machine

_UNITS = frozenset(
    {
        Audience.UNITS,
        Audience.UNIT,
        Audience.MAIN_UNIT,
        Audience.OPEN_UNITS,
        Audience.RECALLED_UNITS,
        Audience.MOVED_UNIT,
        Audience.PARENT_UNIT,
        Audience.ORDERED_UNITS,
    }
)
_SORTS = {"citizen": frozenset({Audience.CITIZEN}), "unit": _UNITS}
_PEOPLE = frozenset(Audience) - _UNITS - {Audience.CITIZEN}


@dataclass(frozen=True, slots=True)
class Telling:
    """One message to one recipient by one channel.

    `recipient` is its reference (`unit:7`), `name` the unit's or the person's own, empty for the citizen;
    `audiences` say in what capacity they hear of it. The words of the outlook are as they will be read, but
    for what only the citizen may know.
    """

    kind: str
    channel: str
    recipient: str
    name: str
    address: str
    audiences: tuple[Audience, ...]
    outlook: Outlook

    @property
    def sort(self) -> str:
        """The word "citizen", "unit" or "user"."""
        return self.recipient.partition(":")[0]


def list_tellings(
    session: Session, mark: str, events: Sequence[TicketEvent], now: datetime
) -> tuple[Telling, ...]:
    """List what was put into the outbox after `mark`, an id of it, at that very moment, in order."""
    put = select(OutboxMessage).where(OutboxMessage.id > mark, OutboxMessage.created_at == now)
    rows = session.scalars(put.order_by(OutboxMessage.id)).all()
    names = _names(session, [row.recipient for row in rows])
    audiences, site = _audiences(events), current_site()
    outlooks = foresee(
        session, rows, addresses_now, Asking(now, site.zone, hide_secrets, rings_nowhere=site.rings_nowhere)
    )
    return tuple(
        Telling(
            kind=row.kind,
            channel=row.channel,
            recipient=row.recipient,
            name=names.get(row.recipient, ""),
            address=row.address,
            audiences=_meant(audiences.get(row.kind, ()), row.recipient),
            outlook=outlook,
        )
        for row, outlook in zip(rows, outlooks, strict=True)
    )


def _audiences(events: Iterable[TicketEvent]) -> Mapping[str, tuple[Audience, ...]]:
    """Which audiences the rows of these events tell, by message kind."""
    found: dict[str, dict[Audience, None]] = {}
    for event in events:
        for row in ENGINES[Machine(event.machine)].workflow.transitions:
            for notice in row.notices if row.action == event.action else ():
                found.setdefault(notice.kind, {})[notice.audience] = None
    return {kind: tuple(audiences) for kind, audiences in found.items()}


def _meant(audiences: Iterable[Audience], recipient: str) -> tuple[Audience, ...]:
    wanted = _SORTS.get(recipient.partition(":")[0], _PEOPLE)
    return tuple(audience for audience in audiences if audience in wanted)


def _names(session: Session, recipients: Iterable[str]) -> Mapping[str, str]:
    ids: dict[str, set[int]] = {"unit": set(), "user": set()}
    for recipient in recipients:
        sort, _, row_id = recipient.partition(":")
        ids.setdefault(sort, set()).add(int(row_id))
    units = session.execute(select(Unit.id, Unit.name).where(Unit.id.in_(ids["unit"])))
    people = session.execute(select(User.id, User.display_name).where(User.id.in_(ids["user"])))
    return {f"unit:{row_id}": name for row_id, name in units} | {
        f"user:{row_id}": name for row_id, name in people
    }
