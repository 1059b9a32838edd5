"""Which tickets must be there right now, so that every state, light and decision can be looked at?

Each scene ends at a chosen step; how long ago it began decides its light. Matters of urgency have round-the-
clock limits, so the lights are there at whatever hour the city is loaded.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from hotline.demo.acts import Case
from hotline.demo.history import office
from hotline.demo.journey import Leg, after
from hotline.demo.stories import ANY, Wish
from workflows.vocabulary import TicketType, Urgency

_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_SPOKEN = frozenset({TicketType.COMPLAINT, TicketType.HELP})
_ASKED = frozenset({TicketType.CONSULTATION})

Legs = Callable[[Case], Sequence[Leg]]


@dataclass(frozen=True, slots=True)
class Scene:
    """A ticket that began so long ago and has come as far as its legs."""

    ago: timedelta
    legs: Legs
    wish: Wish = field(default=ANY)


def scenes() -> Iterator[Scene]:
    """List every scene; those of the two bureaux with accounts show each light of their own."""
    yield from _intake()
    for wish in (_ours("梧桐区", "CG"), _ours("滨江区", "ZF"), _ours("梧桐区", "CG", unit="WT-JD1")):
        yield from _at_the_unit(wish)
    yield from _decisions()
    yield from _answers()
    yield from _endings()


def _ours(district: str, branch: str, unit: str = "") -> Wish:
    return Wish(district, branch, _SPOKEN, is_reachable=True, unit=unit)


_CALLED = Wish(types=_SPOKEN, is_reachable=True, urgency=Urgency.ORDINARY)
_PRESSING = Wish(types=_SPOKEN, is_reachable=True, urgency=Urgency.URGENT)


def _intake() -> Iterator[Scene]:
    for minutes in (3, 25, 70, 400, 1500):
        yield Scene(minutes * _MINUTE, _draft, _CALLED)
    for hours in (5, 22):
        yield Scene(hours * _HOUR, _returned_intake, _CALLED)
    for minutes in (1, 4, 9, 16, 35, 95, 112, 190, 300):
        yield Scene(minutes * _MINUTE, _submitted, _CALLED)
    yield Scene(13 * _MINUTE, _submitted, _PRESSING)
    for minutes in (12, 22, 40, 55, 100, 116, 200, 420):
        yield Scene(minutes * _MINUTE, _reviewed, _CALLED)


def _at_the_unit(wish: Wish) -> Iterator[Scene]:
    urgent = Wish(wish.district, wish.branch, wish.types, Urgency.URGENT, is_reachable=True, unit=wish.unit)
    critical = Wish(
        wish.district, wish.branch, wish.types, Urgency.CRITICAL, is_reachable=True, unit=wish.unit
    )
    ordinary = Wish(
        wish.district, wish.branch, wish.types, Urgency.ORDINARY, is_reachable=True, unit=wish.unit
    )
    for minutes in (32, 48, 75):
        yield Scene(minutes * _MINUTE, _dispatched, ordinary)
    for hours in (3.0, 11.0, 19.2, 21.5, 23.2, 26.0, 47.0):
        yield Scene(hours * _HOUR, _signed, urgent)
    for minutes in (25, 80, 112, 200):
        yield Scene(minutes * _MINUTE, _signed_at_once, critical)
    for days in (0.9, 2.5, 4.0, 6.4, 9.5, 12.0):
        yield Scene(days * _DAY, _signed, ordinary)


def _decisions() -> Iterator[Scene]:
    ours = _ours("梧桐区", "CG")
    for hours in (1.5, 2.2, 4.0):
        yield Scene(hours * _HOUR, _return_asked, _CALLED)
    yield Scene(2 * _HOUR, _return_asked, ours)
    for hours in (7, 26):
        yield Scene(hours * _HOUR, _return_refused, _CALLED)
    for hours in (5, 30):
        yield Scene(hours * _HOUR, _return_approved, _CALLED)
    for hours in (6, 27, 50):
        yield Scene(hours * _HOUR, _with_co_handler, _CALLED)
    for hours in (4, 9, 28):
        yield Scene(hours * _HOUR, _in_unit_review, ours)
    yield Scene(20 * _HOUR, _in_unit_review, _ours("滨江区", "ZF"))
    yield Scene(26 * _HOUR, _unit_reply_refused, ours)


def _answers() -> Iterator[Scene]:
    for hours in (5, 8, 20, 30, 75, 120):
        yield Scene(hours * _HOUR, _in_reply_review, _PRESSING)
    for hours in (30, 60):
        yield Scene(hours * _HOUR, _sent_back, _PRESSING)
    for hours in (12, 30, 54, 80, 130, 165):
        yield Scene(hours * _HOUR, _to_call_back, _PRESSING)
    for days in (3.4, 5.0):
        yield Scene(days * _DAY, _tried_twice, _PRESSING)
    for days in (2.0, 3.5):
        yield Scene(days * _DAY, _in_rework, _PRESSING)


def _endings() -> Iterator[Scene]:
    for hours in (1, 3, 20, 27, 50, 90, 160, 240, 420, 600):
        yield Scene(hours * _HOUR, _answered, Wish(types=_ASKED, is_reachable=True))
    for days in (0.4, 3.0, 8.0, 17.0):
        yield Scene(days * _DAY, _rejected, _CALLED)
    for days in (0.6, 4.0, 11.0, 21.0):
        yield Scene(days * _DAY, _withdrawn, _CALLED)
    for days in (14.0, 19.0, 25.0):
        yield Scene(days * _DAY, _unreached, _PRESSING)
    for days in (31.0, 33.0, 35.0, 38.0):
        yield Scene(days * _DAY, _answered, Wish(types=_ASKED, is_reachable=True))
    for days in (36.0, 39.0, 41.0, 44.0):
        yield Scene(days * _DAY, _settled, _PRESSING)


def _draft(case: Case) -> list[Leg]:
    return [after(timedelta(), case.register)]


def _submitted(case: Case) -> list[Leg]:
    return [after(timedelta(), case.submit)]


def _returned_intake(case: Case) -> list[Leg]:
    return [*_submitted(case), after(12 * _MINUTE, case.return_intake)]


def _reviewed(case: Case) -> list[Leg]:
    return [*_submitted(case), after(5 * _MINUTE, case.approve_intake)]


def _dispatched(case: Case) -> list[Leg]:
    return [*_reviewed(case), after(4 * _MINUTE, case.dispatch)]


def _signed(case: Case) -> list[Leg]:
    return [*_dispatched(case), after(20 * _MINUTE, case.sign), after(25 * _MINUTE, case.contact)]


def _signed_at_once(case: Case) -> list[Leg]:
    quick = [after(_MINUTE, case.approve_intake), after(_MINUTE, case.dispatch)]
    return [*_submitted(case), *quick, after(6 * _MINUTE, case.sign)]


def _return_asked(case: Case) -> list[Leg]:
    return [*_dispatched(case), after(30 * _MINUTE, case.ask_return)]


def _return_refused(case: Case) -> list[Leg]:
    return [*_return_asked(case), after(40 * _MINUTE, case.refuse_return)]


def _return_approved(case: Case) -> list[Leg]:
    return [*_return_asked(case), after(35 * _MINUTE, case.approve_return)]


def _with_co_handler(case: Case) -> list[Leg]:
    legs = [*_reviewed(case), after(6 * _MINUTE, case.dispatch_with_help), after(_HOUR, case.sign)]
    return [*legs, office(case, 200, case.help_out)]


def _in_unit_review(case: Case) -> list[Leg]:
    return [*_signed(case), after(50 * _MINUTE, case.reply)]


def _unit_reply_refused(case: Case) -> list[Leg]:
    return [*_in_unit_review(case), after(_HOUR, case.refuse_unit_reply)]


def _in_reply_review(case: Case) -> list[Leg]:
    return [*_in_unit_review(case), after(30 * _MINUTE, case.approve_unit_reply)]


def _sent_back(case: Case) -> list[Leg]:
    return [*_in_reply_review(case), after(2 * _HOUR, case.send_back)]


def _to_call_back(case: Case) -> list[Leg]:
    return [*_in_reply_review(case), after(2 * _HOUR, case.approve_reply), after(_HOUR, case.note)]


def _tried_twice(case: Case) -> list[Leg]:
    return [*_to_call_back(case), after(20 * _HOUR, case.miss), after(26 * _HOUR, case.miss)]


def _in_rework(case: Case) -> list[Leg]:
    return [*_to_call_back(case), after(20 * _HOUR, case.rework), after(40 * _MINUTE, case.sign)]


def _answered(case: Case) -> list[Leg]:
    return [after(timedelta(), case.answer_directly)]


def _rejected(case: Case) -> list[Leg]:
    return [*_submitted(case), after(20 * _MINUTE, case.reject)]


def _withdrawn(case: Case) -> list[Leg]:
    return [*_signed(case), after(3 * _HOUR, case.withdraw)]


def _unreached(case: Case) -> list[Leg]:
    return [*_tried_twice(case), after(27 * _HOUR, case.miss)]


def _settled(case: Case) -> list[Leg]:
    return [*_to_call_back(case), after(18 * _HOUR, case.close_content)]
