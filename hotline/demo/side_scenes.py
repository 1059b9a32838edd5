"""Which tickets have left the ordinary road, so that waiting, pressing and coming back can be looked at?"""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from hotline.demo.acts import Case
from hotline.demo.journey import Leg, after
from hotline.demo.scenes import Scene
from hotline.demo.side_acts import Side
from hotline.demo.stories import Wish
from workflows.vocabulary import TicketType, Urgency

_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_SPOKEN = frozenset({TicketType.COMPLAINT, TicketType.HELP})
_ANY = Wish(types=_SPOKEN, is_reachable=True, urgency=Urgency.ORDINARY)
_OURS = Wish("梧桐区", "CG", _SPOKEN, Urgency.ORDINARY, is_reachable=True)
_STREETS = Wish("梧桐区", "CG", _SPOKEN, Urgency.ORDINARY, is_reachable=True, unit="WT-JD1")
_SEALED = Wish("梧桐区", "CG", frozenset({TicketType.REPORT}), Urgency.ORDINARY, is_reachable=True)
_LIFTS = Wish("梧桐区", "SJ-05", _SPOKEN, Urgency.ORDINARY, is_reachable=True)
_NEIGHBOURS = ("何秀兰", "罗建平", "唐婉清", "曹志远", "沈玉梅")
_FIRST_NEIGHBOUR = 13_900_002_900


def side_scenes() -> Iterator[Scene]:
    """List every scene beside the road."""
    for hours in (2, 20):
        yield Scene(hours * _HOUR, _asked_to_add, _ANY)
    yield Scene(26 * _HOUR, _asked_to_add_by_unit, _OURS)
    yield Scene(30 * _HOUR, _added, _ANY)
    for days in (2.0, 6.0, 15.0):
        yield Scene(days * _DAY, _laid_aside, _OURS)
    yield Scene(2 * _HOUR, _wish_to_lay_aside, _OURS)
    for hours in (5, 22):
        yield Scene(hours * _HOUR, _disputed, _ANY)
    yield Scene(5 * _HOUR, _elevator, _LIFTS)
    yield from _below()
    yield from _pressed()
    yield from _afterwards()
    yield Scene(40 * _MINUTE, _proposed_invalid, _ANY)
    yield Scene(4 * _HOUR, _call_asked_of_centre, _SEALED)


def _below() -> Iterator[Scene]:
    yield Scene(5 * _HOUR, _passed_down, _OURS)
    yield Scene(7 * _HOUR, _signed_below, _OURS)
    yield Scene(20 * _HOUR, _answered_below, _OURS)
    yield Scene(20 * _HOUR, _more_time_asked, _OURS)
    yield Scene(22 * _HOUR, _more_time_asked, _STREETS)
    yield Scene(26 * _HOUR, _more_time_passed_on, _STREETS)
    yield Scene(30 * _HOUR, _more_time_given, _OURS)


def _pressed() -> Iterator[Scene]:
    yield Scene(20 * _HOUR, _ordered, _OURS)
    yield Scene(30 * _HOUR, _order_answered, _OURS)
    yield Scene(40 * _HOUR, _order_closed, _OURS)
    yield Scene(26 * _HOUR, _jointly_ordered, _OURS)
    # Overdue for more than five working days: the system itself has gone up to listed supervision.
    yield Scene(18 * _DAY, _signed, _OURS)


def _afterwards() -> Iterator[Scene]:
    yield Scene(3 * _DAY, _asked_to_reopen, _OURS)
    yield Scene(4 * _DAY, _reopened, _OURS)
    yield Scene(3 * _DAY, _exclusion_asked, _OURS)
    yield Scene(4 * _DAY, _excluded, _OURS)


def _submitted(case: Case) -> list[Leg]:
    return [after(timedelta(), case.submit)]


def _asked_to_add(case: Case) -> list[Leg]:
    return [*_submitted(case), after(10 * _MINUTE, Side(case).ask_supplement)]


def _added(case: Case) -> list[Leg]:
    return [*_asked_to_add(case), after(28 * _HOUR, Side(case).supplement)]


def _proposed_invalid(case: Case) -> list[Leg]:
    return [*_submitted(case), after(15 * _MINUTE, Side(case).propose_invalid)]


def _dispatched(case: Case) -> list[Leg]:
    handed = [after(5 * _MINUTE, case.approve_intake), after(4 * _MINUTE, case.dispatch)]
    return [*_submitted(case), *handed]


def _signed(case: Case) -> list[Leg]:
    return [*_dispatched(case), after(20 * _MINUTE, case.sign), after(25 * _MINUTE, case.contact)]


def _closed(case: Case) -> list[Leg]:
    answered = [after(3 * _HOUR, case.reply), after(30 * _MINUTE, case.approve_unit_reply)]
    called = [after(2 * _HOUR, case.approve_reply), after(16 * _HOUR, case.close_content)]
    return [*_signed(case), *answered, *called]


def _asked_to_add_by_unit(case: Case) -> list[Leg]:
    return [*_signed(case), after(_HOUR, Side(case).ask_supplement_of_unit)]


def _wish_to_lay_aside(case: Case) -> list[Leg]:
    return [*_signed(case), after(30 * _MINUTE, Side(case).ask_suspension)]


def _call_asked_of_centre(case: Case) -> list[Leg]:
    signed = [*_dispatched(case), after(20 * _MINUTE, case.sign)]
    return [*signed, after(30 * _MINUTE, Side(case).ask_contact)]


def _laid_aside(case: Case) -> list[Leg]:
    return [*_wish_to_lay_aside(case), after(2 * _HOUR, Side(case).approve_by_centre)]


def _disputed(case: Case) -> list[Leg]:
    side = Side(case)
    given_back = [after(30 * _MINUTE, case.ask_return), after(20 * _MINUTE, case.approve_return)]
    again = [after(10 * _MINUTE, side.dispatch_elsewhere), *given_back]
    return [*_dispatched(case), *given_back, *again, after(15 * _MINUTE, side.raise_dispute)]


def _elevator(case: Case) -> list[Leg]:
    """One elevator stands still and six people call about it."""
    place = case.record["address"]
    case.record = {
        **case.record,
        "title": f"{place}电梯停运，老人下不了楼",
        "content": f"{place}电梯从昨天晚上起停运，楼里住着多位八十岁以上的老人，物业说要等配件。请尽快修复。",
    }
    side, phones = Side(case), range(_FIRST_NEIGHBOUR, _FIRST_NEIGHBOUR + len(_NEIGHBOURS))
    calls = [
        partial(side.neighbour, name=name, phone=str(phone))
        for name, phone in zip(_NEIGHBOURS, phones, strict=True)
    ]
    return [*_signed(case), *(after(20 * _MINUTE, call) for call in calls)]


def _passed_down(case: Case) -> list[Leg]:
    return [*_signed(case), after(30 * _MINUTE, Side(case).sub_dispatch)]


def _signed_below(case: Case) -> list[Leg]:
    return [*_passed_down(case), after(40 * _MINUTE, Side(case).sign_below)]


def _answered_below(case: Case) -> list[Leg]:
    return [*_signed_below(case), after(3 * _HOUR, Side(case).reply_below)]


def _more_time_asked(case: Case) -> list[Leg]:
    return [*_signed(case), after(_HOUR, Side(case).ask_extension)]


def _more_time_passed_on(case: Case) -> list[Leg]:
    return [*_more_time_asked(case), after(_HOUR, Side(case).endorse)]


def _more_time_given(case: Case) -> list[Leg]:
    return [*_more_time_asked(case), after(2 * _HOUR, Side(case).approve_by_dispatcher)]


def _ordered(case: Case) -> list[Leg]:
    return [*_signed(case), after(2 * _HOUR, Side(case).issue_order)]


def _order_answered(case: Case) -> list[Leg]:
    return [*_ordered(case), after(20 * _HOUR, Side(case).answer_orders)]


def _order_closed(case: Case) -> list[Leg]:
    return [*_order_answered(case), after(3 * _HOUR, Side(case).close_orders)]


def _jointly_ordered(case: Case) -> list[Leg]:
    side = Side(case)
    handed = [after(5 * _MINUTE, case.approve_intake), after(6 * _MINUTE, case.dispatch_with_help)]
    pressed = [after(2 * _HOUR, side.issue_joint_order), after(10 * _HOUR, side.answer_one)]
    return [*_submitted(case), *handed, after(_HOUR, case.sign), *pressed]


def _asked_to_reopen(case: Case) -> list[Leg]:
    return [*_closed(case), after(20 * _HOUR, Side(case).ask_reopening)]


def _reopened(case: Case) -> list[Leg]:
    return [*_asked_to_reopen(case), after(10 * _HOUR, Side(case).approve_by_supervisor)]


def _exclusion_asked(case: Case) -> list[Leg]:
    return [*_closed(case), after(4 * _HOUR, Side(case).ask_exclusion)]


def _excluded(case: Case) -> list[Leg]:
    return [*_exclusion_asked(case), after(20 * _HOUR, Side(case).approve_by_centre)]
