"""Who hears of a decision, and with which facts: notices become messages in the transition's transaction."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.organisation import Unit
from hotline.models.people import User
from hotline.models.ticket import Assignment, Citizen
from hotline.queries.directory import list_users_with_role
from hotline.services.clocks import list_running
from hotline.services.effects import Change
from hotline.services.identity import is_mobile
from hotline.services.site import current_site
from notifications.catalog import Channel, channels_for
from notifications.outbox import Message, put
from workflows.choices import RejectionReason, ReturnReason, SendBackReason
from workflows.definition import Notice
from workflows.vocabulary import Audience, ClockName, Outcome, RequestState, Role, Urgency

_DAY = 86_400
_HOUR = 3_600


@dataclass(frozen=True, slots=True)
class Recipient:
    """One person or unit and where each channel reaches them."""

    reference: str
    language: str
    addresses: Mapping[Channel, str]
    is_citizen: bool = False


def tell(change: Change, event_id: int) -> None:
    """Put one message per notice, recipient and channel into the outbox; nobody hears of their own act.

    Citizens hear by the first channel that reaches them, staff and units by every channel they have.
    """
    facts = _Facts(change)
    for notice in change.decision.notices:
        for recipient in recipients_of(change, notice):
            channels = [c for c in channels_for(notice.kind) if recipient.addresses.get(c)]
            for channel in channels[:1] if recipient.is_citizen else channels:
                key = f"{event_id}:{notice.kind}:{recipient.reference}:{channel}"
                put(
                    change.session,
                    _message(change, key, notice.kind, (recipient, channel, facts.told(recipient))),
                )


def recipients_of(change: Change, notice: Notice) -> list[Recipient]:
    """Resolve an audience to the people and units it means now."""
    found = _RESOLVERS[notice.audience](change)
    own = f"user:{change.actor.user_id}"
    return [recipient for recipient in found if recipient.reference != own and recipient.addresses]


class _Facts:
    """What one decision tells, worked out once for each language and side of the desk."""

    def __init__(self, change: Change) -> None:
        self._change = change
        self._told: dict[tuple[str, bool], dict[str, str]] = {}

    def told(self, recipient: Recipient) -> dict[str, str]:
        key = (recipient.language, recipient.is_citizen)
        if key not in self._told:
            self._told[key] = _facts(self._change, recipient)
        return self._told[key]


def _message(
    change: Change, key: str, kind: str, target: tuple[Recipient, Channel, Mapping[str, str]]
) -> Message:
    recipient, channel, facts = target
    number = change.ticket.number
    return Message(
        key=key,
        kind=kind,
        channel=channel,
        recipient=recipient.reference,
        address=recipient.addresses[channel],
        language=recipient.language,
        facts=facts,
        subject=number,
        order_key=f"{number}:{recipient.reference}",
        urgent=change.ticket.urgency != Urgency.ORDINARY and not recipient.is_citizen,
        created_at=change.now,
    )


def _facts(change: Change, recipient: Recipient) -> dict[str, str]:
    ticket, site, data = change.ticket, current_site(), change.decision.data
    is_english = recipient.language == "en"

    def label(word: Urgency | ClockName | Outcome | RequestState) -> str:
        return word.label_en if is_english else word.label_zh

    path = f"/t/{ticket.link_token}" if recipient.is_citizen else f"/tickets/{ticket.number}"
    clock = ClockName(data["clock"]) if "clock" in data else ClockName.HANDLE
    due = ticket.due_at if clock is ClockName.HANDLE else _due_of(change, clock)
    is_approved = change.decision.to_state == RequestState.APPROVED
    return {
        "number": ticket.number,
        "query_code": ticket.query_code,
        "site": site.base_url,
        "link": site.link(path),
        "unit": _unit_name(change),
        "due": _local(due, is_english=is_english),
        "sign_due": _local(_sign_due(change), is_english=is_english),
        "left": _length(due, change.now, is_english=is_english),
        "reason": _reason(change, is_english=is_english),
        "path": str(data.get("path", "")),
        "outcome": label(Outcome(ticket.outcome)) if ticket.outcome else "",
        "urgency": label(Urgency(ticket.urgency)),
        "decision": label(RequestState.APPROVED if is_approved else RequestState.REFUSED),
        "clock": label(clock),
    }


def _due_of(change: Change, clock: ClockName) -> datetime | None:
    running = list_running(change.session, change.ticket.id)
    return next((each.due_at for each in running if each.name == clock), change.ticket.due_at)


def _sign_due(change: Change) -> datetime | None:
    shares = [change.assignment] if change.assignment is not None else change.touched
    return min((share.sign_due_at for share in shares if share.sign_due_at), default=change.ticket.due_at)


def _local(instant: datetime | None, *, is_english: bool) -> str:
    return "—" if instant is None else current_site().local(instant, is_english=is_english)


def _length(due: datetime | None, now: datetime, *, is_english: bool) -> str:
    if due is None:
        return "—"
    seconds = max(int((due - now).total_seconds()), 0)
    days, hours, minutes = seconds // _DAY, seconds % _DAY // _HOUR, seconds % _HOUR // 60
    words = ("d", "h", "min") if is_english else ("天", "小时", "分钟")
    parts = [f"{n}{w}" for n, w in zip((days, hours, minutes), words, strict=True) if n]
    return (" " if is_english else "").join(parts[:2]) or f"0{words[2]}"


def _reason(change: Change, *, is_english: bool) -> str:
    """Name the coded reasons; what people typed stays out of messages, since it may tell of a person."""
    data = change.decision.data
    words = [_REASON_WORDS.get(str(code)) for code in data.get("reasons") or [data.get("reason")]]
    labels = [word.label_en if is_english else word.label_zh for word in words if word is not None]
    return (", " if is_english else "、").join(labels)


_REASON_WORDS = {
    str(word): word for words in (RejectionReason, SendBackReason, ReturnReason) for word in words
}


def _unit_name(change: Change) -> str:
    share = change.assignment or next((a for a in change.touched if a.is_main), None) or _main(change)
    if share is None:
        return ""
    return change.session.scalar(select(Unit.name).where(Unit.id == share.unit_id)) or ""


def _citizen(change: Change) -> list[Recipient]:
    ticket = change.ticket
    if ticket.citizen_id is None:
        return []
    citizen = change.session.get_one(Citizen, ticket.citizen_id)
    addresses = {}
    if citizen.phone and is_mobile(citizen.phone):
        addresses[Channel.SMS] = citizen.phone
    if citizen.email:
        addresses[Channel.EMAIL] = citizen.email
    return [Recipient(f"citizen:{citizen.id}", citizen.language, addresses, is_citizen=True)]


def _unit_recipients(session: Session, unit_ids: Iterable[int]) -> list[Recipient]:
    units = session.scalars(select(Unit).where(Unit.id.in_(set(unit_ids))).order_by(Unit.id))
    return [
        Recipient(
            f"unit:{unit.id}",
            "zh",
            _addresses(unit.liaison_phone, unit.liaison_email),
        )
        for unit in units
    ]


def _user_recipient(user: User) -> Recipient:
    addresses = {**_addresses(user.phone, user.email), Channel.MAILBOX: user.username}
    return Recipient(f"user:{user.id}", user.language, addresses)


def _addresses(phone: str, email: str) -> dict[Channel, str]:
    addresses = {Channel.SMS: phone, Channel.EMAIL: email}
    return {channel: address for channel, address in addresses.items() if address}


def _user(change: Change, user_id: int | None) -> list[Recipient]:
    user = change.session.get(User, user_id) if user_id is not None else None
    return [_user_recipient(user)] if user is not None and user.is_active else []


def _holders(change: Change, role: Role, unit_id: int | None = None) -> list[Recipient]:
    return [_user_recipient(user) for user in list_users_with_role(change.session, role, unit_id)]


def _main(change: Change) -> Assignment | None:
    of_ticket = (
        select(Assignment)
        .where(Assignment.ticket_id == change.ticket.id, Assignment.is_main.is_(True))
        .where(Assignment.round == change.ticket.round, Assignment.state.not_in(("returned", "recalled")))
        .order_by(Assignment.id.desc())
        .limit(1)
    )
    return change.session.scalar(of_ticket)


def _main_unit(change: Change) -> list[Recipient]:
    main = _main(change)
    return _unit_recipients(change.session, [main.unit_id]) if main else []


def _leaders(change: Change) -> list[Recipient]:
    share = change.assignment or _main(change)
    return _holders(change, Role.UNIT_LEADER, share.unit_id) if share else []


def _touched_units(change: Change) -> list[Recipient]:
    return _unit_recipients(change.session, [share.unit_id for share in change.touched])


def _own_unit(change: Change) -> list[Recipient]:
    return _unit_recipients(change.session, [change.assignment.unit_id] if change.assignment else [])


_RESOLVERS: Mapping[Audience, Callable[[Change], list[Recipient]]] = {
    Audience.CITIZEN: _citizen,
    Audience.AGENT: lambda change: _user(change, change.ticket.registered_by_id),
    Audience.HANDLER: lambda change: _user(
        change, change.assignment.handler_id if change.assignment else None
    ),
    Audience.UNITS: _touched_units,
    Audience.UNIT: _own_unit,
    Audience.MAIN_UNIT: _main_unit,
    Audience.OPEN_UNITS: _touched_units,
    Audience.UNIT_LEADER: _leaders,
    Audience.DISPATCHER: lambda change: _holders(change, Role.DISPATCHER),
    Audience.AUDITOR: lambda change: _holders(change, Role.AUDITOR),
    Audience.SUPERVISOR: lambda change: _holders(change, Role.SUPERVISOR),
}
