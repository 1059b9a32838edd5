"""Which tickets stand on whose list: order, pages, lights, filters, and marks nobody may forge into a crash."""

import base64
import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from hotline.models.hashes import phone_hash
from hotline.queries.marks import BadCursorError
from hotline.queries.worklists import Filters, count, count_each, list_page
from tests.hotline.test_clocks_interplay import ASKED
from tests.stories.tale import Tale
from tests.stories.town import MONDAY, POOR_RATING, Town, city, found_town
from workflows.definition import SYSTEM
from workflows.vocabulary import Light

WEEK = [MONDAY + timedelta(hours=hours) for hours in range(0, 200, 5)]


@pytest.fixture
def town(session: Session) -> Town:
    return found_town(session)


@pytest.fixture
def tales(session: Session, town: Town) -> list[Tale]:
    """Tickets in every state, with and without a due moment."""

    def tale() -> Tale:
        return Tale(session, town)

    return [
        tale().register(),
        tale().register().act("agent", "submit"),
        tale().to_dispatch(type="suggestion"),
        tale().to_dispatch(urgency="urgent").dispatched(),
        tale().to_dispatch().dispatched("HOUSING", "ROADS"),
        tale().to_dispatch(type="consultation").dispatched(),
        tale().to_dispatch().dispatched().replied(),
        tale().to_call_back(),
        tale().to_call_back().closed(),
        tale().to_dispatch().act("reviewer", "reject", {"reason": "secret", "path": "无"}),
        tale().to_dispatch().act("dispatcher", "ask_supplement", ASKED),
    ]


def pages(session: Session, filters: Filters, **changes: object) -> Iterator[list[str]]:
    mark: str | None = None
    while True:
        page = list_page(
            session, SYSTEM, Filters(**{**_fields(filters), **changes, "limit": 3, "after": mark}), MONDAY
        )
        yield [row.number for row in page.rows]
        mark = page.next
        if mark is None:
            return


def _fields(filters: Filters) -> dict[str, object]:
    return {name: getattr(filters, name) for name in Filters.__slots__}


@pytest.mark.parametrize("sort", ["due_at", "-due_at", "running_due_at", "created_at", "-created_at"])
def test_pages_hold_every_ticket_once_in_the_order_of_one_long_page(session, tales, sort):
    whole = [row.number for row in list_page(session, SYSTEM, Filters(sort=sort), MONDAY).rows]
    split = [number for page in pages(session, Filters(sort=sort)) for number in page]
    assert split == whole
    assert sorted(split) == sorted(tale.number for tale in tales)
    assert count(session, SYSTEM, Filters(), MONDAY) == len(tales)


def test_tickets_without_a_due_moment_come_last_whichever_way_the_list_runs(session, tales):
    for sort in ("due_at", "-due_at"):
        due = [row.due_at for row in list_page(session, SYSTEM, Filters(sort=sort), MONDAY).rows]
        known = [moment for moment in due if moment is not None]
        assert due == sorted(known, reverse=sort.startswith("-")) + [None] * (len(due) - len(known))


def test_what_stands_still_comes_after_what_runs_where_the_list_says_so(session, tales):
    rows = list_page(session, SYSTEM, Filters(sort="running_due_at"), MONDAY).rows
    running = [row.light is not Light.PAUSED and row.due_at is not None for row in rows]
    assert running == sorted(running, reverse=True)
    assert any(row.light is Light.PAUSED and row.due_at is not None for row in rows)


def test_asking_for_a_light_lists_exactly_the_tickets_that_show_it_at_any_moment(session, tales):
    for moment in WEEK:
        rows = list_page(session, SYSTEM, Filters(), moment).rows
        for light in Light:
            found = list_page(session, SYSTEM, Filters(lights=[light]), moment).rows
            assert {row.number for row in found} == {row.number for row in rows if row.light is light}, light


def test_the_unit_on_the_line_is_the_one_that_holds_the_ticket_in_this_round(session, town):
    tale = Tale(session, town).to_call_back()
    unit = list_page(session, SYSTEM, Filters(), MONDAY).rows[0].unit
    tale.act("callback", "rework", {**POOR_RATING, "reason": "又坏了"}).ask_return(
        "handler_housing", "HOUSING"
    )
    tale.on_request("dispatcher", "approve")
    assert unit == "云江市住房和城乡建设局"
    assert list_page(session, SYSTEM, Filters(), MONDAY).rows[0].unit == ""


def test_filters_narrow_what_is_listed(session, tales, town):
    def numbers(**filters: object) -> set[str]:
        return {row.number for row in list_page(session, SYSTEM, Filters(**filters), MONDAY).rows}

    by_index = [tale.number for tale in tales]
    assert numbers(states=["draft"]) == {by_index[0]}
    assert numbers(types=["suggestion", "consultation"]) == {by_index[2], by_index[5]}
    assert numbers(urgencies=["urgent"]) == {by_index[3]}
    assert numbers(unit_ids=[town.units["ROADS"]]) == {by_index[4]}
    assert numbers(unit_ids=[town.units["HOUSING"]], assignment_states=["to_sign"]) == set(by_index[3:6])
    assert numbers(handler_id=town["handler_housing"].user_id) == set(by_index[6:9])
    assert numbers(phone_hash=phone_hash("+8613800138001")) == set(by_index)
    assert numbers(number=by_index[7]) == {by_index[7]}
    assert numbers(registered_by_id=town["second_agent"].user_id) == set()
    assert numbers(created_from=MONDAY, created_to=city("2026-11-24 00:00")) == set(by_index)


def test_lists_counted_at_once_hold_what_each_holds_counted_alone(session, tales, town):
    tales[4].ask_return("handler_roads", "ROADS").on_request("dispatcher", "approve")
    lists = [
        Filters(),
        *(Filters(states=[state]) for state in ("draft", "to_dispatch", "in_process", "closed")),
        *(Filters(lights=[light]) for light in Light),
        Filters(is_overdue=True),
        Filters(was_returned=True),
        Filters(unit_ids=[town.units["HOUSING"]], assignment_states=["to_sign"]),
        Filters(handler_id=town["handler_housing"].user_id),
        Filters(words=tales[3].ticket.title[:2]),
        Filters(words="\x00"),
        Filters(phone_hash=phone_hash("+8613800138001"), states=["in_process"]),
    ]
    seen = set()
    for viewer in (
        SYSTEM,
        *(town[who] for who in ("dispatcher", "handler_housing", "handler_roads", "handler_water")),
    ):
        for moment in WEEK[::8]:
            alone = [count(session, viewer, each, moment) for each in lists]
            assert count_each(session, viewer, lists, moment) == alone
            seen.add(tuple(alone))
    assert len(seen) > len(WEEK[::8])


def test_words_that_nothing_can_be_looked_for_by_find_nothing(session, town):
    Tale(session, town).register(content="打折 100% 是假的，商品编号 a_b")
    for words in ("%", "_", "！？"):
        assert list_page(session, SYSTEM, Filters(words=words), MONDAY).rows == []


@pytest.mark.parametrize("words", ["\x00", "路灯\x00", "\ud800"])
def test_a_text_no_ticket_can_hold_finds_nothing_on_either_database(session, tales, words):
    assert list_page(session, SYSTEM, Filters(words=words), MONDAY).rows == []
    assert list_page(session, SYSTEM, Filters(number=words), MONDAY).rows == []


def mark_of(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "mark",
    [
        "",
        "%",
        "路灯",
        "AAAA",
        mark_of({}),
        mark_of([]),
        mark_of([None]),
        mark_of([1, 1]),
        mark_of(["yesterday", 1]),
        mark_of(["2026-11-23T09:00:00", 1]),
        mark_of(["0001-01-01T00:00:00+14:00", 1]),
        mark_of([None, "x"]),
        mark_of([None, 10**30]),
        mark_of([None, -(10**30)]),
        mark_of([None, float("inf")]),
        base64.urlsafe_b64encode(b"[" * 60_000).decode(),
    ],
    ids=lambda mark: mark[:12],
)
def test_a_forged_page_mark_is_refused_as_such(session, town, mark):
    with pytest.raises(BadCursorError):
        list_page(session, SYSTEM, Filters(after=mark), MONDAY)


def test_no_page_is_longer_than_the_longest(session, tales):
    assert len(list_page(session, SYSTEM, Filters(limit=0), MONDAY).rows) == 1
    assert len(list_page(session, SYSTEM, Filters(limit=10**9), MONDAY).rows) == len(tales)
