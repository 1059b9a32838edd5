"""What helps while the caller speaks: who it is, whose business it may be, by when, and what is missing?

Nothing here refuses anything.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from hotline.desk.forms import CallForm
from hotline.desk.places import place_of
from hotline.models.hashes import phone_hash
from hotline.queries.callers import Caller, find_caller
from hotline.queries.categories import (
    CategoryLeaf,
    Owner,
    find_leaf,
    find_named_leaf,
    find_owner,
    list_leaves,
)
from hotline.queries.directory import list_areas
from hotline.queries.duplicates import Candidate, Matter, find_candidates, find_standing_out
from hotline.queries.knowledge_search import Found, Told, list_pinned, suggest
from hotline.queries.named_places import find_named
from hotline.queries.ticket_parts import Caller as Known
from hotline.queries.watch_words import Alarm
from hotline.services.calendars import city_date, load_calendar
from hotline.services.identity import normal_phone
from hotline.services.policies import current_policy
from hotline.services.site import current_site
from hotline.services.watching import read_record
from notifications.catalog import Channel
from notifications.optouts import list_opted_out
from workflows.definition import Actor
from workflows.errors import Refused
from workflows.policy import case_of
from workflows.sla import plan
from workflows.vocabulary import ClockName, TicketType, Urgency

_TIME = re.compile(
    r"\d+\s*[年月日号时点天周]|[今昨前明当]天|[今昨前]晚|[早上中下]午|早上|凌晨|[去今]年|以来|至今|期间|每天"
)
_PLACE = re.compile(r"[路街道巷村镇]|小区|社区|大厦|广场|市场|学校|医院|\d+\s*[号幢栋楼]")
_WISH = re.compile(r"诉求|希望|请|要求|咨询|建议|反映|投诉|举报|表扬|感谢|求助|能否|怎么|如何|是否|[吗？]")
_ENOUGH_TO_TELL = 10


@dataclass(frozen=True, slots=True)
class Deadline:
    """How long handling takes, in words, and when it would be due if dispatched now."""

    length: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Everything beside the form. `phone` is the number as one dials it, empty while there is no good one.

    `named` are the district and the street that the address names, `suggested` a category nobody chose yet.
    """

    phone: str
    is_phone_wrong: bool
    caller: Caller | None
    wants_no_sms: bool
    candidates: tuple[Candidate, ...]
    leaf: CategoryLeaf | None
    suggested: CategoryLeaf | None
    owner: Owner | None
    elements: tuple[tuple[str, bool], ...]
    alarms: tuple[Alarm, ...]
    deadline: Deadline | None
    knowledge: tuple[Found, ...]
    pinned: tuple[Found, ...]
    named: tuple[str, str]

    @property
    def meant(self) -> Candidate | None:
        """The open ticket that one key may urge; none while several could be meant."""
        return find_standing_out(self.candidates)


def look_around(
    session: Session, form: CallForm, viewer: Actor, now: datetime, draft_number: str = ""
) -> Surroundings:
    """Read what belongs to the form as it stands; nothing is refused, the hints only stay empty.

    The draft in the form is no other ticket of its caller.
    """
    phone, is_wrong = _phone(form.phone.data or "")
    code, caller = form.category.data or "", phone_hash(phone) if phone else ""
    leaf = find_leaf(session, code) if code else None
    today = now.astimezone(current_site().zone).date()
    knowledge = tuple(suggest(session, Told(form.content.data or "", leaf.id if leaf else None), today))
    matter = replace(
        _matter(form), phone_hash=caller, category_id=leaf.id if leaf else None, besides=draft_number
    )
    return Surroundings(
        phone=dialled(phone),
        is_phone_wrong=is_wrong,
        caller=find_caller(session, viewer, caller, now, draft_number) if caller else None,
        wants_no_sms=bool(list_opted_out(session, {Channel.SMS: phone})),
        candidates=tuple(find_candidates(session, viewer, matter, now)),
        leaf=leaf,
        suggested=None if leaf else _suggest_category(session, form, knowledge),
        owner=find_owner(session, code, form.district.data or "", now) if code else None,
        elements=check_elements(form),
        alarms=read_record(session, form.title.data or "", form.content.data or "", now),
        deadline=find_deadline(session, form.type.data or "", form.urgency.data or "", now),
        knowledge=knowledge,
        pinned=tuple(list_pinned(session, today)),
        named=find_named(list_areas(session), place_of(form)),
    )


def check_elements(form: CallForm) -> tuple[tuple[str, bool], ...]:
    """Tell which elements of a good record the text seems to have; a reminder, never a condition."""
    text = form.content.data or ""
    has_place = bool(form.address.data or form.district.data) or _PLACE.search(text) is not None
    return (
        ("时间", _TIME.search(text) is not None),
        ("地点", has_place),
        ("事情", len(text) >= _ENOUGH_TO_TELL),
        ("诉求", _WISH.search(text) is not None),
    )


def find_deadline(session: Session, ticket_type: str, urgency: str, now: datetime) -> Deadline | None:
    """Plan the handling clock as if the ticket were dispatched now; None while no such promise is made."""
    if ticket_type not in set(TicketType) or urgency not in set(Urgency):
        return None
    try:
        calendar = load_calendar(session)
        policy = current_policy(session, city_date(calendar, now))
    except NoResultFound:
        return None
    entry = policy.find(ClockName.HANDLE, case_of(ticket_type, urgency))
    if entry is None:
        return None
    limit = entry.limit
    return Deadline(
        f"{limit.amount} {limit.unit.label_zh}",
        plan(limit, load_calendar(session, entry.calendar), now).due_at,
    )


def dialled(phone: str) -> str:
    """Write a stored number the way it is dialled here."""
    return Known("", phone, "").dialled


def _suggest_category(session: Session, form: CallForm, knowledge: Sequence[Found]) -> CategoryLeaf | None:
    """The category the words name, or else that of the entry which is most like them."""
    leaves = list_leaves(session)
    of_code = {leaf.code: leaf for leaf in leaves}
    named = find_named_leaf(leaves, f"{form.title.data or ''} {form.content.data or ''}")
    return named or next(filter(None, (of_code.get(each.category_code) for each in knowledge)), None)


def _matter(form: CallForm) -> Matter:
    return Matter(
        district=form.district.data or "",
        street=form.street.data or "",
        address=form.address.data or "",
        content=form.content.data or "",
    )


def _phone(raw: str) -> tuple[str, bool]:
    if not raw:
        return "", False
    try:
        return normal_phone(raw), False
    except Refused:
        return "", True
