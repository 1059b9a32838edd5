"""When would people have acted: the steps around a real message and its real reply, drawn with a fixed seed.

What is real: the words, the moment of the message and the moment of the reply. Everything in between is ours,
and it always ends before the reply.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

from hotline.demo.acts import Case
from hotline.demo.city import City
from hotline.demo.journey import Act, Leg, after, at, called_back, within_office_hours
from hotline.demo.side_acts import Side
from hotline.replay.messages import Message
from hotline.services.categorise import suggest_category, suggest_type
from workflows.vocabulary import IntakeChannel, TicketType

SEED = 12345
_PLACE = re.compile(r"[A-Z]\d{0,2}[市区县]|西地省")
_NO_PLACE = "未写明"
_FIRST_PHONE = 13_900_000_000
_PHONES = 10_000_000
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
# Of a hundred citizens so many end each way; which one is drawn with the seed.
_ENDINGS: Mapping[str, int] = {"content": 68, "partly": 12, "explained": 8, "unreached": 6, "rework": 6}
_REFUSING = ("不符合", "不予", "无法", "不能", "暂不", "没有相关", "不属于")


@dataclass(frozen=True, slots=True)
class Journey:
    """A case and the legs of its way."""

    case: Case
    legs: Sequence[Leg]


def plan_journey(message: Message, city: City) -> Journey:
    """Lay out one message's way; the same message always goes the same way."""
    random = Random(f"{SEED}:{message.line}:{message.source_id}")  # noqa: S311 - seeded on purpose
    kind = suggest_type(message.title, message.content)
    result = "explained" if kind is TicketType.CONSULTATION or _refuses(message.reply) else "resolved"
    case = Case(city, _record(message, kind), answer=message.reply, result=result)
    legs = [
        *_until_reply(message, case, random),
        at(message.replied_at, case.reply),
        after(random.randint(5, 60) * _HOUR / 60, case.approve_unit_reply),
        *_orders_settled(case),
    ]
    is_praise = kind is TicketType.PRAISE
    return Journey(case, [*legs, *(_without_callback(case) if is_praise else _called_back(case, random))])


def _until_reply(message: Message, case: Case, random: Random) -> list[Leg]:
    """Review within minutes, dispatch within the hour, sign and call in working hours; squeezed at need."""
    calendar, start = case.city.calendar, message.sent_at
    reviewed = start + timedelta(minutes=random.randint(3, 20))
    dispatched = reviewed + timedelta(minutes=random.randint(5, 35))
    signed = calendar.add_working(dispatched, random.randint(10, 120) * 60)
    called = calendar.add_working(signed, random.randint(30, 240) * 60)
    moments = [reviewed, dispatched, signed, called]
    room = message.replied_at - start
    if called >= message.replied_at:
        latest = [start + room * share for share in (0.1, 0.3, 0.6, 0.9)]
        moments = [min(pair) for pair in zip(moments, latest, strict=True)]
    acts = (case.approve_intake, case.dispatch, case.sign, case.contact)
    legs = [at(moment, act) for moment, act in zip(moments, acts, strict=True)]
    return [at(start, case.submit_online), *legs]


def _orders_settled(case: Case) -> list[Leg]:
    """Whoever answered late has orders to answer too, or the ticket never reaches the archive."""
    side = Side(case)
    return [after(_HOUR / 6, side.answer_orders), after(_HOUR / 6, side.close_orders)]


def _without_callback(case: Case) -> list[Leg]:
    return [after(2 * _HOUR, case.close_without_callback)]


def _called_back(case: Case, random: Random) -> list[Leg]:
    reviewed = _office(case, random.randint(30, 180), case.approve_reply)
    ending = random.choices(list(_ENDINGS), weights=list(_ENDINGS.values()))[0]
    if ending == "explained" and case.result != "explained":
        ending = "partly"
    called = _call(case, random.randint(120, 900), _CLOSING[ending](case))
    if ending == "unreached":
        # After three tries the callback clock runs out and the system closes.
        return [reviewed, called, after(_DAY, case.miss), after(_DAY + 3 * _HOUR, case.miss)]
    return [reviewed, called, *(_second_round(case, random) if ending == "rework" else ())]


def _second_round(case: Case, random: Random) -> list[Leg]:
    return [
        _office(case, random.randint(10, 200), case.sign),
        _office(case, random.randint(300, 1200), case.reply),
        _office(case, random.randint(10, 60), case.approve_unit_reply),
        *_orders_settled(case),
        _office(case, random.randint(30, 180), case.approve_reply),
        _call(case, random.randint(120, 600), case.close_partly),
    ]


def _office(case: Case, minutes: int, act: Act) -> Leg:
    return within_office_hours(case.city.calendar, minutes, act)


def _call(case: Case, minutes: int, act: Act) -> Leg:
    return called_back(case.city.calendar, minutes, act)


_CLOSING: Mapping[str, Callable[[Case], Act]] = {
    "content": lambda case: case.close_content,
    "partly": lambda case: case.close_partly,
    "explained": lambda case: case.close_explained,
    "unreached": lambda case: case.miss,
    "rework": lambda case: case.rework,
}


def _refuses(reply: str) -> bool:
    return any(word in reply for word in _REFUSING)


def _record(message: Message, kind: TicketType) -> dict[str, Any]:
    place = _PLACE.search(message.title + message.content)
    is_report = kind is TicketType.REPORT
    record: dict[str, Any] = {
        "type": str(kind),
        "title": message.title,
        "content": message.content,
        "channel": str(IntakeChannel.WEB),
        "category": suggest_category(message.title, message.content),
        "district": place[0] if place else _NO_PLACE,
        "phone": _phone(message),
        "is_confidential": is_report,
        "callback_wanted": True,
    }
    return {**record, "accused": message.title or _NO_PLACE} if is_report else record


def _phone(message: Message) -> str:
    """Invent a number that is the same for the same person; the file's people have none."""
    digits = re.sub(r"[^0-9]", "", message.user or message.source_id) or str(message.line)
    return str(_FIRST_PHONE + int(digits) % _PHONES)
