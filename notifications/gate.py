"""What is known of a batch before it is judged: words, addresses of now, who opted out, what is spent.

Read in the transaction that claims, so that nothing is asked of the database while a provider is spoken to.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from notifications import policy, spending
from notifications.addresses import address_hash
from notifications.catalog import Channel, get_kind
from notifications.claims import Claimed
from notifications.fallback import AddressBook, Addresses, has_other_channel
from notifications.models import OptOut, OutboxMessage
from notifications.providers.routing import SILENT
from notifications.render import Rendered, count_segments, render
from notifications.spending import Purse, Use
from notifications.versions import load_words
from notifications.words import SHIPPED
from sealing import every_hash


@dataclass(slots=True)
class Gate:
    """Lets the messages of one batch through, makes them wait or turns them away."""

    opted_out: frozenset[tuple[str, str]]
    addresses: Addresses
    purse: Purse
    zone: ZoneInfo
    _segments: dict[str, int] = field(default_factory=dict)

    def judge(self, claimed: Claimed, now: datetime, *, rings_nowhere: bool) -> policy.Verdict:
        """Decide for one message of a known kind, by what was spent when it was last looked."""
        kind, channel = get_kind(claimed.kind), Channel(claimed.channel)
        case = policy.Case(
            kind=kind,
            channel=channel,
            address=claimed.address,
            is_urgent=claimed.is_urgent,
            has_opted_out=(claimed.address_hash, claimed.channel) in self.opted_out,
            rings_nowhere=rings_nowhere,
            segments=0 if rings_nowhere else self._count_segments(claimed),
            spent=self.purse.spent_on(claimed.id, claimed.address_hash),
            has_other_channel=has_other_channel(
                claimed.kind, channel, self.addresses.get(claimed.recipient, {})
            ),
        )
        return policy.judge(case, now, self.zone, self.purse.caps)

    def hold(self, session: Session) -> None:
        """Let no other worker count meanwhile. Before any message is locked, lest two wait for each other."""
        if self.purse.caps != policy.Caps():
            spending.hold_caps(session)

    def reserve(self, session: Session, going: Sequence[Claimed], now: datetime) -> frozenset[str]:
        """Count SMS as used that are about to go out, and give the ids of those that may by now.

        Others may have spent meanwhile: what is refused is to be judged again, and then finds the day full.
        """
        if not going:
            return frozenset()
        hashes = {claimed.id: claimed.address_hash for claimed in going}
        spending.recount(session, self.purse, hashes, policy.day_start(now, self.zone))
        uses = []
        for claimed in going:
            if isinstance(self.judge(claimed, now, rings_nowhere=False), policy.Send):
                uses.append(self._use(claimed, now))
                self.purse.note(uses[-1])
        spending.note_uses(session, uses)
        return frozenset(use.message_id for use in uses)

    def _use(self, claimed: Claimed, now: datetime) -> Use:
        is_capped = get_kind(claimed.kind).is_capped
        return Use(claimed.id, claimed.address_hash, is_capped, self._count_segments(claimed), now)

    def _count_segments(self, claimed: Claimed) -> int:
        if claimed.channel != Channel.SMS:
            return 0
        if claimed.id not in self._segments:
            self._segments[claimed.id] = count_segments(say(claimed).text)
        return self._segments[claimed.id]


def is_paid(claimed: Claimed, provider: str) -> bool:
    """Whether a message costs what an SMS does when that provider takes it."""
    return claimed.channel == Channel.SMS and provider not in SILENT


def say(claimed: Claimed) -> Rendered:
    """Write one message of a known kind out."""
    kind, channel = get_kind(claimed.kind), Channel(claimed.channel)
    return render(kind, channel, claimed.language, claimed.facts, claimed.words)


def open_gate(
    session: Session, batch: Sequence[Claimed], book: AddressBook, when: tuple[datetime, ZoneInfo]
) -> tuple[Sequence[Claimed], Gate]:
    """Read what a batch needs, and put on each message its words and the address its recipient has now.

    Never commits.
    """
    addresses = book(session, {claimed.recipient for claimed in batch}) if batch else {}
    current = [_readdressed(session, claimed, addresses) for claimed in _worded(session, batch)]
    sms = {claimed.id: claimed.address_hash for claimed in current if claimed.channel == Channel.SMS}
    purse = spending.open_purse(session, sms, *when) if sms else Purse()
    return current, Gate(_opted_out(session, current), addresses, purse, when[1])


def _worded(session: Session, batch: Sequence[Claimed]) -> Sequence[Claimed]:
    """Find the words of each; one that was tried before says the same again, whatever is in force now."""

    def wanted(claimed: Claimed) -> tuple[str, int | None]:
        is_first = claimed.first_attempt_at is None
        return claimed.kind, claimed.template_number if is_first else (claimed.template_number or SHIPPED)

    found = load_words(session, {wanted(claimed) for claimed in batch})
    return [replace(claimed, words=found.get(wanted(claimed))) for claimed in batch]


def _readdressed(session: Session, claimed: Claimed, addresses: Addresses) -> Claimed:
    """Whoever moved since is told at the new place; whoever left is told nowhere."""
    if not claimed.is_readable or claimed.channel not in set(Channel):
        return claimed
    channel = Channel(claimed.channel)
    address = addresses.get(claimed.recipient, {channel: claimed.address}).get(channel, "")
    hashed = address_hash(channel, address)
    if address == claimed.address:
        # As the key that writes makes it, with those of the older keys, whichever the row has.
        return replace(claimed, address_hash=hashed)
    row = update(OutboxMessage).where(OutboxMessage.id == claimed.id)
    session.execute(row.values(address=address, address_hash=hashed))
    return replace(claimed, address=address, address_hash=hashed)


def _opted_out(session: Session, batch: Sequence[Claimed]) -> frozenset[tuple[str, str]]:
    hashes = {claimed.address_hash for claimed in batch}
    rows = session.execute(
        select(OptOut.address_hash, OptOut.channel).where(OptOut.address_hash.in_(hashes))
    ).all()
    found = {(hashed, channel) for hashed, channel in rows}
    return frozenset(
        (claimed.address_hash, claimed.channel)
        for claimed in batch
        if any((each, claimed.channel) in found for each in every_hash(claimed.address_hash))
    )
