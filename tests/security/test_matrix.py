"""The access table against the program: every address, asked as every role, for rows of every ownership.

What is expected is written nowhere but in the table (hotline/web/access_table.py and access_reach.py), so the
table is the specification and the guard at once; docs/security/rights.md shows it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Engine, select
from werkzeug.routing import Rule as Address

from database import Base
from hotline.queries.knowledge_scope import EDITORS
from hotline.web.access_page import find_gaps, render_rights
from hotline.web.access_reach import REACH, Reach, Whose
from hotline.web.access_rules import Who
from hotline.web.access_table import ACCESS
from hotline.web.security import limiter
from tests.architecture.source import ROOT
from tests.security.asking import Came, Doors, open_doors
from tests.security.city import PEOPLE, City, found_city
from workflows.vocabulary import CENTRE_ROLES, UNIT_ROLES, Role

EVERYBODY = ("nobody", "citizen", *PEOPLE)
# What the guards write of whom they turned away.
_RECORDS = frozenset({"audit_records", "audit_links", "audit_heads"})
# Whoever opens a ticket of a pool has it in hand for three minutes.
_RECORDS_OF_LOOKING = frozenset({"ticket_claims"})
_ALWAYS = frozenset({"HEAD", "OPTIONS"})


@pytest.fixture
def doors(make_app, settings, session_factory, monkeypatch) -> Doors:
    made = make_app(settings)
    monkeypatch.setattr(limiter, "enabled", False)
    return open_doors(made, found_city(session_factory))


def asked(doors: Doors) -> Iterator[tuple[Address, str]]:
    for address in doors.app.url_map.iter_rules():
        for method in sorted((address.methods or set()) - _ALWAYS):
            yield address, method


def digest(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    tables = [
        table for table in Base.metadata.sorted_tables if table.name not in _RECORDS | _RECORDS_OF_LOOKING
    ]
    with engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in tables
        }


def values(city: City, role: Role | str, number: str) -> dict[str, Any]:
    """Fill every variable part of an address; `number` is the ticket's."""
    someone = role if isinstance(role, Role) else Role.AGENT
    parts = city.parts[number]
    mine = {kind: rows[someone] for kind, rows in city.mine.items()}
    return {
        **mine,
        "number": number,
        "action": "note",
        "part": "assignments",
        "subject_id": parts["share"] or 1,
        "assignment_id": parts["share"] or 1,
        "file_id": parts["file"],
        "code": city.units["own"],
        "username": "one_agent",
        "language": "zh",
        "size": "normal",
        "name": "suspended",
        "kind": "xlsx",
        "shift_id": city.shifts["HOUSING"],
        "token": "no-such-token",
        "filename": "css/base.css",
        "year": 2026,
        **dict.fromkeys(
            (
                *("hold_id", "token_id", "category_id", "form_id", "group_id", "proposal_id", "row_id"),
                *("row_number", "step_id"),
            ),
            1,
        ),
    }


def own_values(city: City, address: Address, role: Role | str) -> dict[str, Any]:
    """Whatever the address names, it is the asker's own."""
    found = values(city, role, city.tickets[Whose.OWN])
    if address.endpoint.startswith("knowledge."):
        found |= {**city.entries["own"], "name": "submit"}
    if address.endpoint == "requests.decide":
        found |= {"action": "approve"}
    return found


def at_the_door(endpoint: str, who: Role | str) -> Came:
    """What the table promises somebody who asks for a row of their own."""
    rule = ACCESS[endpoint]
    is_signed_in = isinstance(who, Role)
    if rule is Who.CITIZEN:
        return Came.REACHED if who == "citizen" else Came.FIND
    if rule is Who.PUBLIC or (is_signed_in and rule is Who.SIGNED_IN):
        return Came.REACHED
    if not is_signed_in:
        return Came.LOGIN
    if isinstance(rule, frozenset) and who not in rule:
        return Came.FORBIDDEN
    is_shown = who in CENTRE_ROLES | UNIT_ROLES
    return Came.ABSENT if REACH.get(endpoint) is Reach.SCOPE and not is_shown else Came.REACHED


def test_every_address_lets_in_whom_the_table_names_and_turns_away_everybody_else(doors, engine):
    before, wrong, met = digest(engine), [], set()
    for address, method in asked(doors):
        for who in EVERYBODY:
            path = doors.path(address, own_values(doors.city, address, who))
            came = doors.knock(who, method, path, at_door=True)
            met.add((address.rule, method))
            if came is not at_the_door(address.endpoint, who):
                wrong.append((method, path, str(who), came, at_the_door(address.endpoint, who)))
    assert not wrong, "\n".join(map(str, wrong))
    assert met == {(address.rule, method) for address, method in asked(doors)}
    assert digest(engine) == before


@dataclass(frozen=True, slots=True)
class Row:
    """One row that an address may name, and whether whoever asks may have it."""

    named: dict[str, Any]
    is_given: bool


def rows_of(city: City, endpoint: str, role: Role) -> Iterator[Row]:
    """The rows of every ownership that an address may name, by the reach of its endpoint."""
    ours = values(city, role, city.tickets[Whose.OWN]) | _ACTIONS.get(endpoint, {})
    for named, is_given in _ROWS[REACH[endpoint]](city, role):
        yield Row(ours | named, is_given)


Named = Iterator[tuple[dict[str, Any], bool]]


def _tickets(city: City, role: Role) -> Named:
    """All of them for units; the centre sees every one, so it is asked about those furthest apart."""
    wanted = Whose if role in UNIT_ROLES else (Whose.OTHER, Whose.DRAFT, Whose.MERGED)
    for whose in wanted:
        is_shown = whose.is_shown if role in UNIT_ROLES else role in CENTRE_ROLES
        yield values(city, role, city.tickets[whose]), is_shown


def _parts(city: City, role: Role) -> Named:
    for whose in (Whose.OWN, Whose.OTHER):
        is_shown = whose.is_shown if role in UNIT_ROLES else role in CENTRE_ROLES
        yield _part(city, city.tickets[whose]), is_shown


def _own(city: City, role: Role) -> Named:
    yield {}, True
    yield dict(city.others), False


def _of_subtree(city: City, role: Role) -> Named:
    for code, shift in city.shifts.items():
        yield {"code": code, "shift_id": shift}, code != "WATER" or role not in UNIT_ROLES


def _overseen(city: City, role: Role) -> Named:
    yield {}, True
    yield {"substitution_id": city.others["substitution_id"]}, role is Role.SECURITY_OFFICER


def _knowledge(city: City, role: Role) -> Named:
    yield dict(city.entries["own"]), role in UNIT_ROLES | EDITORS
    yield dict(city.entries["other"]), role in EDITORS


def _blind(city: City, role: Role) -> Named:
    yield {"request_id": city.others["request_id"]}, True
    yield _part(city, city.tickets[Whose.OWN]), False


_ROWS = {
    Reach.SCOPE: _tickets,
    Reach.PART: _parts,
    Reach.OWN: _own,
    Reach.OWN_UNIT: _own,
    Reach.SUBTREE: _of_subtree,
    Reach.OVERSEEN: _overseen,
    Reach.READABLE: _knowledge,
    Reach.BLIND: _blind,
}
_ACTIONS: dict[str, dict[str, Any]] = {
    "api.take_assignment_action": {"action": "sign"},
    "api.take_order_action": {"action": "answer"},
    "api.decide_request": {"action": "approve"},
    "requests.decide": {"action": "approve"},
    "knowledge.move": {"name": "submit"},
}


def _part(city: City, number: str) -> dict[str, int]:
    parts = city.parts[number]
    return {"assignment_id": parts["share"], "request_id": parts["request"], "order_id": parts["order"]}


def askers(endpoint: str) -> list[Role]:
    rule = ACCESS[endpoint]
    return sorted(rule if isinstance(rule, frozenset) else PEOPLE)


def test_every_address_gives_the_rows_that_are_theirs_and_no_other(doors, engine):
    """Which tickets are whose is the guard's to say; every other row is asked for with its view behind it."""
    before, wrong, met = digest(engine), [], set()
    whole = {name for name, reach in REACH.items() if reach in _ROWS}
    for address, method in asked(doors):
        name = address.endpoint
        for role in askers(name) if name in whole else ():
            for row in rows_of(doors.city, name, role):
                path = doors.path(address, row.named)
                came = doors.knock(role, method, path, at_door=REACH[name] is Reach.SCOPE)
                met.add((name, row.is_given))
                if (came is Came.ABSENT) is row.is_given or came in {Came.FAULT, Came.LOGIN}:
                    wrong.append((method, path, role.value, came, row.is_given))
    assert not wrong, "\n".join(map(str, wrong))
    assert {name for name, is_given in met if is_given} == whole
    assert digest(engine) == before


def test_a_citizen_has_the_ticket_they_opened_and_no_other(doors, engine):
    before, wrong = digest(engine), []
    for address, method in asked(doors):
        # Whoever leaves is at the look-up and has opened nothing any more.
        if REACH.get(address.endpoint) is Reach.OPENED and address.endpoint != "citizen.leave":
            for whose, number in doors.city.tickets.items():
                came = doors.knock("citizen", method, doors.path(address, {"number": number}))
                if (came is Came.FIND) is (whose is Whose.OWN):
                    wrong.append((method, address.rule, whose, came))
    assert not wrong, "\n".join(map(str, wrong))
    assert digest(engine) == before


def test_looking_changes_nothing_and_breaks_nowhere(doors, engine):
    """Every page without a row in its address, as every role that may open it; a commit would show."""
    before, wrong = digest(engine), []
    for address, method in asked(doors):
        if method == "GET" and REACH.get(address.endpoint) in {None, Reach.EVERY}:
            rule = ACCESS[address.endpoint]
            for role in sorted(rule if isinstance(rule, frozenset) else {Role.AGENT, Role.HANDLER}):
                path = doors.path(address, own_values(doors.city, address, role))
                came = doors.knock(role, method, path)
                is_refused = came in {Came.FORBIDDEN, Came.LOGIN} and rule is not Who.PUBLIC
                if is_refused or (came is Came.FAULT and address.endpoint != "health.readyz"):
                    wrong.append((path, role.value, came))
    assert not wrong, "\n".join(map(str, wrong))
    assert digest(engine) == before


def test_an_endpoint_without_a_line_is_refused_to_everybody(doors, monkeypatch):
    """Taking a line out fails twice: the program refuses what it said nothing about, and the gap is named."""
    addresses = doors.app.url_map
    assert find_gaps(addresses, ACCESS, REACH) == []
    for name in ACCESS:
        left = {each: rule for each, rule in ACCESS.items() if each != name}
        gaps = find_gaps(addresses, left, REACH)
        assert gaps == [f"{name}: no line says who may call it"]
    for name in REACH:
        left = {each: reach for each, reach in REACH.items() if each != name}
        assert find_gaps(addresses, ACCESS, left) == [f"{name}: no line says whose rows it gives"]
    without = {each: reach for each, reach in REACH.items() if each != "tickets.show"}
    monkeypatch.setattr("hotline.web.access.REACH", without)
    path = f"/tickets/{doors.city.tickets[Whose.OWN]}"
    assert {doors.knock(role, "GET", path) for role in PEOPLE} == {Came.FORBIDDEN}


def test_the_page_of_rights_is_the_table_that_is_enforced(shared_app):
    page = (ROOT / "docs" / "security" / "rights.md").read_text(encoding="utf-8")
    assert page == render_rights(shared_app), "run: .venv/bin/flask --app wsgi check-rights --write"
