"""What does a message say: the facts of one decision in the words and the number its reader knows."""

import re
from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import select

from hotline.models.clocks import Clock
from hotline.models.organisation import Unit
from hotline.models.ticket import Assignment, Ticket
from hotline.services.clock_rules import NOBODY, owner_of
from hotline.services.clocks import list_running
from hotline.services.effects.change import Change, find_main
from hotline.services.recipients import Recipient
from hotline.services.site import current_site
from workflows.choices import OrderLevel, RejectionReason, ReturnReason, SendBackReason
from workflows.vocabulary import ClockName, Machine, Outcome, RequestKind, RequestState, Urgency, Word

_DAY = 86_400
_HOUR = 3_600
_SECRET = frozenset({"query_code"})
_LINKS = frozenset({"link"})
_TOKEN = re.compile(r"(?<=/t/)[^/]+$")
_REASON_WORDS = {
    str(word): word for words in (RejectionReason, SendBackReason, ReturnReason) for word in words
}


def facts_for(change: Change, recipient: Recipient, at: datetime) -> Mapping[str, str]:
    """Write out every fact a message about this decision may need, in the recipient's language.

    `at` is when the message may go: what is left is counted from there.
    """
    is_english = recipient.language == "en"
    return {
        **_identity(change, recipient),
        **_times(change, at, is_english=is_english),
        **_words(change, is_english=is_english),
    }


def hide_secrets(facts: Mapping[str, str]) -> Mapping[str, str]:
    """Star out what only the citizen may know: by the code or the link anybody reads their ticket.

    Each star stands for one letter, and no letter costs an SMS more or less than a star.
    """
    stars = {name: "*" * len(facts[name]) for name in _SECRET & facts.keys()}
    links = {name: _starred(facts[name]) for name in _LINKS & facts.keys()}
    return {**facts, **stars, **links}


def _starred(link: str) -> str:
    return _TOKEN.sub(lambda token: "*" * len(token[0]), link)


def reminded_clock(change: Change) -> Clock | None:
    """Find the running clock a reminder is about: the share's or the order's own, else the ticket's."""
    order_id = None if change.order is None else change.order.id
    is_of_order = change.decision.machine is Machine.ORDER
    name = change.data.get("clock", ClockName.SUPERVISION if is_of_order else ClockName.HANDLE)
    share_id = None if change.assignment is None else change.assignment.id
    running = [each for each in list_running(change.session, change.ticket.id) if each.name == name]
    owners = ((None, None, order_id),) if is_of_order else ((share_id, None, None), NOBODY)
    owned = (each for owner in owners for each in running if owner_of(each) == owner)
    return next(owned, next(iter(running), None))


def _identity(change: Change, recipient: Recipient) -> dict[str, str]:
    known, site = recipient.ticket, current_site()
    path = f"/t/{known.link_token}" if recipient.is_citizen else f"/tickets/{known.number}"
    return {
        "number": known.number,
        "query_code": known.query_code,
        "site": site.base_url,
        "link": site.link(path),
        "unit": _unit_name(change, is_english=recipient.language == "en"),
        "master": _master_number(change, known),
    }


def _times(change: Change, at: datetime, *, is_english: bool) -> dict[str, str]:
    clock = ClockName(change.data["clock"]) if "clock" in change.data else ClockName.HANDLE
    due = _due_of(change, clock)
    return {
        "due": _local(due, is_english=is_english),
        "sign_due": _local(_sign_due(change), is_english=is_english),
        "left": _length(due, at, is_english=is_english),
        "date": _date(change, is_english=is_english),
        "clock": label_of(clock, is_english=is_english),
    }


def _words(change: Change, *, is_english: bool) -> dict[str, str]:
    ticket, data = change.ticket, change.data
    is_approved = change.decision.to_state == RequestState.APPROVED
    kind = change.request.kind if change.request is not None else ""
    level = str(data.get("level", change.order.level if change.order is not None else ""))
    decision = RequestState.APPROVED if is_approved else RequestState.REFUSED
    return {
        "reason": _reason(change, is_english=is_english),
        "path": str(data.get("path", "")),
        "line": str(data.get("line", "")),
        "outcome": label_of(Outcome(ticket.outcome), is_english=is_english) if ticket.outcome else "",
        "urgency": label_of(Urgency(ticket.urgency), is_english=is_english),
        "decision": label_of(decision, is_english=is_english),
        "request": label_of(RequestKind(kind), is_english=is_english) if kind else "",
        "level": label_of(OrderLevel(level), is_english=is_english) if level in set(OrderLevel) else "",
    }


def label_of(word: Word, *, is_english: bool) -> str:
    """Say a word in the language of its reader."""
    return word.label_en if is_english else word.label_zh


def _due_of(change: Change, clock: ClockName) -> datetime | None:
    """Find the moment that counts for the reader: a share's own where the decision is about one."""
    share = change.assignment
    if change.decision.machine is Machine.ASSIGNMENT and share is not None and "clock" in change.data:
        return share.sign_due_at if clock is ClockName.SIGN else share.due_at
    if clock is ClockName.HANDLE:
        given = next((each.due_at for each in change.touched if each.due_at), None)
        return given or change.ticket.due_at
    running = list_running(change.session, change.ticket.id)
    return next((each.due_at for each in running if each.name == clock), change.ticket.due_at)


def _sign_due(change: Change) -> datetime | None:
    shares = [change.assignment] if change.assignment is not None else []
    due = (share.sign_due_at for share in change.touched or shares if share.sign_due_at)
    return min(due, default=change.ticket.due_at)


def _date(change: Change, *, is_english: bool) -> str:
    """Write the last day somebody chose, or else the day the order is due."""
    chosen = change.data.get("answer_by") or change.data.get("review_on")
    if chosen:
        day = date.fromisoformat(chosen)
        year = "" if day.year == change.now.astimezone(current_site().zone).year else f"{day.year}年"
        return f"{day:%d %b %Y}" if is_english else f"{year}{day.month}月{day.day}日"
    return _local(None if change.order is None else change.order.due_at, is_english=is_english)


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
    data = change.data
    words = [_REASON_WORDS.get(str(code)) for code in data.get("reasons") or [data.get("reason")]]
    labels = [label_of(word, is_english=is_english) for word in words if word is not None]
    return (", " if is_english else "、").join(labels)


def _unit_name(change: Change, *, is_english: bool) -> str:
    share: Assignment | None = (
        _child_reporting(change) or change.assignment or next((a for a in change.touched if a.is_main), None)
    )
    share = share or next(iter(change.touched), None) or find_main(change)
    if share is None:
        return ""
    unit = change.session.get_one(Unit, share.unit_id)
    return (is_english and unit.name_en) or unit.name


def _child_reporting(change: Change) -> Assignment | None:
    """The share below, when the unit above is told what became of it."""
    is_report = change.decision.transition.action in {"child_replied", "child_returned"}
    if change.assignment is None or not is_report:
        return None
    below = select(Assignment).where(Assignment.parent_id == change.assignment.id)
    return change.session.scalar(below.order_by(Assignment.id.desc()).limit(1))


def _master_number(change: Change, known: Ticket) -> str:
    if known.master_id is None:
        return ""
    return change.session.scalar(select(Ticket.number).where(Ticket.id == known.master_id)) or ""
