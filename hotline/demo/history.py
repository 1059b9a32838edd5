"""How do ordinary tickets of the past weeks go: each the way people work, wherever that has led by now."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from hotline.demo.acts import Case
from hotline.demo.journey import Act, Leg, after, at, called_back, within_office_hours
from hotline.demo.side_acts import Side
from workflows.vocabulary import TicketType, Urgency

_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)
# How many of a hundred replies come late, and how the callback ends for those that are called.
_LATE = 18
_HUNDRED = 100
_ENDINGS = {"close_content": 55, "rate_online": 14, "close_partly": 12, "rework": 8, "miss": 7, "none": 4}
_WORKING_MINUTES = 480


def intake_legs(case: Case, start: datetime, random: Random) -> list[Leg]:
    """From the first word to the unit's inbox: by telephone, online, or by an agent who needs no review."""
    reviewed = after(random.randint(3, 18) * _MINUTE, case.approve_intake)
    dispatched = after(random.randint(4, 40) * _MINUTE, case.dispatch)
    if _is_quick(case):
        reviewed, dispatched = after(3 * _MINUTE, case.approve_intake), after(4 * _MINUTE, case.dispatch)
    way = random.choices(("told", "online", "trusted"), weights=(60, 24, 16))[0]
    if way == "online":
        case.record = {**case.record, "channel": "web"}
        return [at(start, case.submit_online), reviewed, dispatched]
    if way == "trusted":
        return [at(start, case.submit_trusted), dispatched]
    return [at(start, case.submit), reviewed, dispatched]


def whole_legs(case: Case, start: datetime, random: Random) -> list[Leg]:
    """All of an ordinary ticket's way until it is closed."""
    legs = [*intake_legs(case, start, random), sign_leg(case, random), office(case, 60, case.contact)]
    explained: list[Leg] = []
    if random.randrange(_HUNDRED) < _LATE:
        wait = after(random.randint(8, 13) * _DAY, case.reply)
        side = Side(case)
        explained = [office(case, 20, side.answer_orders), office(case, 60, side.close_orders)]
    elif _is_quick(case):
        wait = after(random.randint(60, 900) * _MINUTE, case.reply)
    else:
        days = 1 if case.record["type"] == TicketType.CONSULTATION else 4
        wait = office(case, random.randint(120, days * _WORKING_MINUTES - 120), case.reply)
    approved = office(case, random.randint(5, 90), case.approve_unit_reply)
    return [*legs, wait, *explained, approved, *_ending(case, random)]


def sign_leg(case: Case, random: Random) -> Leg:
    if _is_quick(case):
        return after(random.randint(3, 12) * _MINUTE, case.sign)
    return office(case, random.randint(5, 150), case.sign)


def office(case: Case, minutes: int, act: Act) -> Leg:
    """Plan an act so many minutes of working time after the one before."""
    return within_office_hours(case.city.calendar, minutes, act)


def _call(case: Case, minutes: int, act: Act) -> Leg:
    return called_back(case.city.calendar, minutes, act)


def _ending(case: Case, random: Random) -> Sequence[Leg]:
    reviewed = random.randint(20, 300)
    if _wants_no_call(case):
        return [office(case, reviewed, case.close_without_callback)]
    approve = case.publish_reply if random.random() < 1 / 4 else case.approve_reply
    called = random.randint(60, 700)
    legs = [office(case, reviewed, approve)]
    match random.choices(list(_ENDINGS), weights=list(_ENDINGS.values()))[0]:
        case "none":
            return legs
        case "miss":
            return [*legs, _call(case, called, case.miss), *(after(_DAY * 1.2, case.miss) for _ in range(2))]
        case "rework":
            return [*legs, _call(case, called, case.rework), *_second_round(case, random)]
        case ending if ending == "close_partly" and case.result == "explained":
            return [*legs, _call(case, called, case.close_explained)]
        case ending:
            return [*legs, _call(case, called, getattr(case, ending))]


def _second_round(case: Case, random: Random) -> list[Leg]:
    return [
        sign_leg(case, random),
        office(case, random.randint(200, 900), case.reply),
        office(case, 40, case.approve_unit_reply),
        office(case, 120, case.approve_reply),
        _call(case, 200, case.close_partly),
    ]


def _wants_no_call(case: Case) -> bool:
    record = case.record
    is_praise = record["type"] == TicketType.PRAISE
    return bool(record.get("is_anonymous")) or is_praise or record.get("callback_wanted") is False


def _is_quick(case: Case) -> bool:
    return str(case.record["urgency"]) != Urgency.ORDINARY
