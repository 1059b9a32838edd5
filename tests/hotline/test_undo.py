"""A step given by mistake is taken back within its grace: everything stands as before, and nobody hears of it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from hotline.models.catalogue import CatalogueProposal
from hotline.models.clocks import Clock, Timer
from hotline.models.ticket import Assignment, Ticket
from hotline.queries.public_status import StepKind, read_status
from hotline.queries.ticket_page import load_page
from hotline.queries.undone import find_undone
from hotline.services.lifecycle import Command, advance
from notifications.models import OutboxMessage, State
from tests.stories.checker import find_faults
from tests.stories.tale import Tale
from tests.stories.town import REPLY, found_town, found_wide_town
from workflows.errors import Refused
from workflows.grace import GRACE

_MINUTE = timedelta(minutes=1)
_ADVICE = {"unit": "WATER", "advice": "请配合停水施工"}
_DOWN = {"unit": "STREET", "answer_by": "2026-11-26", "advice": "请先到现场核实"}
# What moves on with every event, and what a share keeps of having been given by mistake.
_MOVES_ON = frozenset({"version"})


@pytest.fixture
def tale(session: Session) -> Tale:
    return Tale(session, found_wide_town(session))


def soon(tale: Tale, seconds: int = 5) -> Tale:
    """The next act comes so many seconds after the last one, not a minute."""
    tale.now -= _MINUTE - timedelta(seconds=seconds)
    return tale


def standing(tale: Tale, shares: list[int]) -> tuple[Any, ...]:
    """The ticket, some of its shares and the clocks that count for it, in full."""
    tale.session.flush()
    tale.session.expire_all()
    clocks = select(Clock).where(Clock.ticket_id == tale.ticket.id, Clock.is_cancelled.is_(False))
    return (
        _columns(tale.ticket),
        [_columns(tale.session.get_one(Assignment, share)) for share in shares],
        [_columns(clock) for clock in tale.session.scalars(clocks.order_by(Clock.id))],
        sorted(_pending(tale)),
    )


def _columns(row: Any) -> dict[str, Any]:
    names = {column.key for column in inspect(type(row)).column_attrs} - _MOVES_ON
    return {name: getattr(row, name) for name in names}


def _pending(tale: Tale) -> Iterator[tuple[int, str, Any]]:
    for timer in tale.session.scalars(select(Timer).where(Timer.state == "pending")):
        yield timer.clock_id, timer.kind, timer.due_at


def shares_of(tale: Tale) -> list[int]:
    of_ticket = select(Assignment.id).where(Assignment.ticket_id == tale.ticket.id)
    return list(tale.session.scalars(of_ticket.order_by(Assignment.id)))


def letters(tale: Tale, *actions: str) -> list[OutboxMessage]:
    ids = {str(event.id) for event in tale.events() if event.action in actions}
    rows = tale.session.scalars(select(OutboxMessage).execution_options(populate_existing=True))
    return [row for row in rows if row.key.partition(":")[0] in ids]


def before_dispatch(tale: Tale) -> Tale:
    return tale.to_dispatch()


def came_back(tale: Tale) -> Tale:
    """A ticket in the pool again, with a supporting unit still at work and the handling time running."""
    tale.to_dispatch().dispatched("HOUSING", "WATER").ask_return("handler_housing", "HOUSING")
    return tale.on_request("dispatcher", "approve")


def dispatch(tale: Tale) -> Tale:
    return tale.dispatched("ROADS")


def dispatch_as_hard(tale: Tale) -> Tale:
    return tale.act("dispatcher", "dispatch", {"main_unit": "HOUSING", "is_hard": True})


def with_unit(tale: Tale) -> Tale:
    return tale.to_dispatch().dispatched()


def signed(tale: Tale) -> Tale:
    return with_unit(tale).on_share("handler_housing", "sign", "HOUSING")


def in_unit_review(tale: Tale) -> Tale:
    return signed(tale).on_share("handler_housing", "submit_reply", "HOUSING", REPLY)


def redirect(tale: Tale) -> Tale:
    data = {"assignment": tale.share("HOUSING").id, "unit": "ROADS", "reason": "属地有误"}
    return tale.act("dispatcher", "redirect", data)


def add(tale: Tale) -> Tale:
    return tale.act("dispatcher", "add_co_handler", _ADVICE)


def sign(tale: Tale) -> Tale:
    return tale.on_share("handler_housing", "sign", "HOUSING")


def pass_down(tale: Tale) -> Tale:
    return tale.on_share("handler_housing", "sub_dispatch", "HOUSING", _DOWN)


def undo(tale: Tale, action: str, who: str = "") -> Tale:
    if action in {"undo_sign", "undo_sub_dispatch"}:
        return tale.on_share(who or "handler_housing", action, "HOUSING")
    return tale.act(who or "dispatcher", action)


STEPS = [
    (before_dispatch, dispatch, "undo_dispatch"),
    (before_dispatch, dispatch_as_hard, "undo_dispatch"),
    (came_back, dispatch, "undo_dispatch"),
    (came_back, dispatch_as_hard, "undo_dispatch"),
    (with_unit, redirect, "undo_redirect"),
    (signed, redirect, "undo_redirect"),
    (in_unit_review, redirect, "undo_redirect"),
    (signed, add, "undo_add_co_handler"),
    (with_unit, sign, "undo_sign"),
    (signed, pass_down, "undo_sub_dispatch"),
]


@pytest.mark.parametrize(("bring", "step", "action"), STEPS)
def test_an_undone_step_leaves_ticket_shares_clocks_and_timers_as_they_were(tale, bring, step, action):
    bring(tale)
    shares, version = shares_of(tale), tale.ticket.version
    before = standing(tale, shares)
    step(tale)
    undo(soon(tale), action)
    assert standing(tale, shares) == before
    assert tale.ticket.version > version + 1
    given = set(shares_of(tale)) - set(shares)
    assert {tale.session.get_one(Assignment, share).state for share in given} <= {"recalled"}
    assert find_faults(tale.session) == []


@pytest.mark.parametrize(("bring", "step", "action"), [STEPS[0], STEPS[4], STEPS[9]])
def test_the_messages_of_an_undone_step_never_leave_and_those_of_any_other_leave_after_the_grace(
    tale, bring, step, action
):
    done = step(bring(tale)).events()[-1].action
    name = "redirect" if done == "recall" else done
    waiting = letters(tale, name)
    assert waiting
    assert {(row.state, row.next_attempt_at) for row in waiting} == {(State.CREATED, tale.now + GRACE)}
    undo(soon(tale), action)
    assert {(row.state, row.skip_reason) for row in letters(tale, name)} == {(State.SKIPPED, "undone")}
    assert letters(tale, action, "recall", "put_back") == []


def test_what_was_undone_is_read_by_the_house_alone(tale):
    tale.to_dispatch().dispatched("ROADS")
    undo(soon(tale), "undo_dispatch").dispatched("HOUSING", "ROADS")
    status = read_status(tale.session, tale.ticket, tale.now)
    assert [step.kind for step in status.steps].count(StepKind.FORWARDED) == 1
    house = load_page(tale.session, tale.ticket, tale.town["dispatcher"], tale.now)
    told = [entry.act for entry in house.entries]
    assert "派单（已撤销）" in told
    assert "撤销派单" in told
    unit = load_page(tale.session, tale.ticket, tale.town["handler_roads"], tale.now)
    assert [entry.act for entry in unit.entries if "派单" in entry.act] == ["派单"]
    assert [(share.unit_id, share.state) for share in unit.shares] == [
        (tale.town.units["HOUSING"], "to_sign"),
        (tale.town.units["ROADS"], "to_sign"),
    ]
    assert len(find_undone(tale.events()).steps) == 1


def test_another_choice_that_was_undone_leaves_no_wish_for_the_catalogue(tale):
    wishes = select(CatalogueProposal)
    before_dispatch(tale).dispatched("WATER")
    assert [wish.count for wish in tale.session.scalars(wishes)] == [1]
    undo(soon(tale), "undo_dispatch")
    assert tale.session.scalars(wishes).all() == []
    tale.dispatched("WATER")
    before_dispatch(tale).dispatched("WATER")
    undo(soon(tale), "undo_dispatch")
    assert [wish.count for wish in tale.session.scalars(wishes)] == [1]


def test_a_step_is_undone_within_the_grace_and_no_later(tale):
    dispatch(before_dispatch(tale))
    with pytest.raises(Refused, match="undo_too_late"):
        undo(soon(tale, int(GRACE.total_seconds())), "undo_dispatch")
    assert tale.ticket.state == "in_process"


@pytest.mark.parametrize(
    ("who", "code"), [("second_dispatcher", "undo_not_yours"), ("supervisor", "not_your_role")]
)
def test_nobody_but_who_took_the_step_undoes_it(tale, who, code):
    dispatch(before_dispatch(tale))
    with pytest.raises(Refused, match=code):
        undo(soon(tale), "undo_dispatch", who)


@pytest.mark.parametrize(
    "then",
    [
        lambda tale: tale.on_share("handler_roads", "sign", "ROADS"),
        lambda tale: tale.act("dispatcher", "note", {"text": "已电话说明", "visibility": "internal"}),
    ],
)
def test_once_anybody_has_acted_since_nothing_is_undone(tale, then):
    dispatch(before_dispatch(tale))
    then(soon(tale))
    with pytest.raises(Refused, match="undo_overtaken"):
        undo(soon(tale), "undo_dispatch")


def test_a_redirect_that_took_more_than_one_share_back_stays(tale):
    redirect(pass_down(signed(tale)))
    with pytest.raises(Refused, match="undo_overtaken"):
        undo(soon(tale), "undo_redirect")


def test_once_a_message_has_gone_nothing_is_undone(tale):
    dispatch(before_dispatch(tale))
    letters(tale, "dispatch")[0].state = State.SENDING
    tale.session.flush()
    with pytest.raises(Refused, match="told_already"):
        undo(soon(tale), "undo_dispatch")


def test_of_the_unit_that_signs_and_the_dispatcher_who_undoes_exactly_one_wins(session_factory):
    with session_factory.begin() as session:
        tale = Tale(session, found_town(session)).to_dispatch().dispatched()
        number, share, version = tale.number, tale.share("HOUSING").id, tale.ticket.version
        people, now = tale.town.people, tale.now + timedelta(seconds=3)
    asks = [
        (Command(number, "undo_dispatch", {}, version), people["dispatcher"]),
        (Command(number, "sign", {}, version, "assignment", share), people["handler_housing"]),
        (Command(number, "undo_dispatch", {}, version), people["dispatcher"]),
    ]

    def ask(each) -> str:
        with suppress(Refused), session_factory.begin() as session:
            advance(session, each[0], each[1], now)
            return each[0].action
        return ""

    with ThreadPoolExecutor(len(asks)) as pool:
        won = [action for action in pool.map(ask, asks) if action]
    with session_factory() as session:
        ticket = session.scalars(select(Ticket)).one()
        assert len(won) == 1
        assert ticket.state == {"undo_dispatch": "to_dispatch", "sign": "in_process"}[won[0]]
        assert find_faults(session) == []
