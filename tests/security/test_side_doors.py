"""Everywhere a row may be named beside the address: nobody gets at what is another unit's by any of them.

A unit's handler and leader name every ticket that is not shown to them, by number, by a word of its record, by the
ids of its parts within their own ticket, in searches, lists of many, prints, forms and the API. Nothing of it is
told and nothing changes.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pytest

from hotline.web.access_reach import Whose
from hotline.web.security import limiter
from tests.security.asking import Doors
from tests.security.city import canary, found_city
from tests.security.test_matrix import digest
from workflows.vocabulary import Role

FOREIGN = tuple(whose for whose in Whose if not whose.is_shown)


class Door(NamedTuple):
    """One request that names something foreign."""

    method: str
    path: str
    data: Mapping[str, Any]


@pytest.fixture
def doors(app, session_factory, monkeypatch) -> Doors:
    monkeypatch.setattr(limiter, "enabled", False)
    return Doors(app, found_city(session_factory))


def by_number(doors: Doors, whose: Whose) -> Iterator[Door]:
    """Places that take a number or words."""
    number = doors.city.tickets[whose]
    for path in ("/search", "/palette", "/search/views", "/requests/mine", "/api/v1/tickets"):
        for words in (number, canary(whose), number[-5:]):
            yield Door("GET", path, {"q": words, "number": words, "search": words})
    for path in ("/inbox", "/inbox/orders", "/requests", "/knowledge/new", "/knowledge"):
        yield Door("GET", path, {"ticket": number, "number": number, "id": number, "q": canary(whose)})
    many = {"number": [number], f"version-{number}": "1", "unit": "STREET", "task": "办理"}
    for endpoint in ("tickets.sheets", "tickets.number_copies", "department.sign", "department.unsign"):
        yield Door("POST", url(doors, endpoint), {**many, "notes": "y", "caller": "y"})
    for endpoint in ("department.pick_shares", "department.pass_down_many"):
        yield Door("POST", url(doors, endpoint), many)


def by_part(doors: Doors, whose: Whose) -> Iterator[Door]:
    """Parts of a foreign ticket, named as if they were one's own ticket's, and in bodies."""
    own, parts = doors.city.tickets[Whose.OWN], doors.city.parts[doors.city.tickets[whose]]
    share, file = parts["share"], parts["file"]
    yield Door("GET", f"/tickets/{own}/attachments/{file}", {})
    for action in ("sign", "submit_reply", "approve_unit_reply", "sub_dispatch"):
        for end in ("", "/preview"):
            yield Door("POST", f"/tickets/{own}/assignments/{share}/actions/{action}{end}", {"version": "1"})
        yield Door("POST", f"/api/v1/assignments/{share}/actions/{action}", {"version": 1, "data": {}})
    for kind in ("ask_return", "ask_extension"):
        yield Door("POST", f"/tickets/{own}/assignments/{share}/requests/{kind}", {"version": "1"})
        asked: dict[str, Any] = {
            "action": kind,
            "kind": kind,
            "assignment_id": str(share),
            "version": 1,
            "data": {},
        }
        yield Door("POST", f"/api/v1/tickets/{own}/requests", asked)
    for part, found in (("requests", parts["request"]), ("orders", parts["order"])):
        for action in ("approve", "refuse", "cancel", "endorse", "answer", "close"):
            yield Door("POST", f"/tickets/{own}/{part}/{found}/actions/{action}", {"version": "1"})
            yield Door("POST", f"/api/v1/{part}/{found}/actions/{action}", {"version": 1, "data": {}})
    yield Door("POST", f"/inbox/orders/{parts['order']}", {"answer": "已办"})


def url(doors: Doors, endpoint: str) -> str:
    return next(iter(doors.app.url_map.iter_rules(endpoint))).rule


@pytest.mark.parametrize("role", [Role.HANDLER, Role.UNIT_LEADER])
def test_no_side_door_gives_away_or_changes_what_is_another_units(doors, engine, role):
    before, tried, told_of = digest(engine), 0, []
    for whose in FOREIGN:
        for door in (*by_number(doors, whose), *by_part(doors, whose)):
            answer = doors.send(role, door.method, door.path, door.data)
            told = answer.get_data(as_text=True)
            echoed = {str(value) for value in door.data.values()}
            is_told = canary(whose) in told and canary(whose) not in echoed
            told_of += [door] if is_told else []
            assert answer.status_code < 500, door
            tried += 1
    assert told_of == []
    assert digest(engine) == before
    assert tried >= 500


def test_the_same_doors_open_for_what_is_theirs(doors):
    """So that what is not found above is not merely asked for in the wrong place."""
    number = doors.city.tickets[Whose.OWN]
    for path in ("/search", "/api/v1/tickets"):
        assert number in doors.send(Role.HANDLER, "GET", path, {"q": canary(Whose.OWN)}).text
    assert canary(Whose.OWN) in doors.send(Role.HANDLER, "POST", "/tickets/print", {"number": [number]}).text
