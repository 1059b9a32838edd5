"""A report against a unit is not there for it, nor for the unit over it: on no page, in no list, in no count.

Every address that can be asked for is opened before there is a report and after, at the same moment of a
clock that stands still: for the people of the accused unit the city must look the same.
"""

import re
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from sqlalchemy import select, update
from werkzeug.routing import IntegerConverter

from hotline.models.access import Attachment
from hotline.models.barred_units import BarredUnit
from hotline.models.organisation import Unit
from hotline.models.people import User
from hotline.models.ticket import Request, Ticket
from hotline.queries.directory import subtree_ids
from hotline.scheduler import bar_units
from hotline.services import accounts, api_tokens
from hotline.services.accounts import NewUser
from hotline.web.access_table import ACCESS
from notifications.models import OutboxMessage
from tests.stories.stage import Stage
from tests.stories.test_twelve_waiting import EXTENSION
from workflows.vocabulary import UNIT_ROLES, Role

ACCUSED = ("handler_street", "leader_street")
OVER_IT = ("handler_housing", "leader_housing")
BESIDE_IT = "云江市房屋安全鉴定中心"
CALLER = {"citizen_name": "苏见微", "phone": "13911112222"}
WORD = "礼金卡三千元"
REPORT = {
    "type": "report",
    "is_confidential": True,
    "accused": "梧桐区文昌街道办事处副主任钱某",
    "content": f"文昌街道办事处副主任钱某收受物业公司{WORD}，对电梯停运不管不问。",
    "title": f"收受{WORD}",
    **CALLER,
}
ABSENT_ID = 987_654
_LISTS = ({"q": WORD}, {"q": "电梯停运"}, {"phone": CALLER["phone"]}, {"count": "1"})
_SEARCHING = (".index", ".list_tickets", ".palette", ".inbox", ".views")
_BY_CHANCE = (
    re.compile(r'(name="csrf_token" value=|name="csrf-token" content=)"[^"]+"'),
    re.compile(r'name="request_key" value="[^"]+"'),
    re.compile(r'"(request_id|trace_id)": ?"[^"]+"'),
    re.compile(r"\b[0-9a-f]{16}\b"),
)
# In the demo alone everybody reads the messages that would have gone to telephones; elsewhere it is one's own.
_NOT_WALKED = ("static", "mailbox.", "styleguide.", "health.", "openapi.", "sign_in.logout", "language.")


@pytest.fixture
def city(stage: Stage) -> Stage:
    """The city with a unit beside the accused one, under the same roof, and an ordinary ticket of theirs."""
    with stage.factory.begin() as session:
        beside = Unit(
            code="SAFETY",
            name=BESIDE_IT,
            parent_id=stage.units["HOUSING"],
            tier=3,
            liaison_phone="13900000009",
        )
        session.add(beside)
        session.flush()
        stage.units["SAFETY"] = beside.id
        for name, role in (("handler_safety", Role.HANDLER), ("leader_safety", Role.UNIT_LEADER)):
            new = NewUser(name, name, unit_id=beside.id, roles=frozenset({role}))
            user = accounts.create_user(session, new, stage.now)
            session.flush()
            stage.tokens[name] = api_tokens.issue_token(
                session, user.id, api_tokens.Grant("stories"), stage.now
            )
        assert beside.id in subtree_ids(session, stage.units["HOUSING"])
    return stage


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_for_the_accused_and_the_unit_over_it_the_city_looks_the_same(city):
    ordinary = city.dispatched("HOUSING", **CALLER)
    city.dispatched("STREET", content="文昌路电梯停运三天，物业不修。")
    moment = city.now
    nothing = {"number": ordinary[:-4] + "0000", "ids": (ABSENT_ID,)}
    before = {who: dict(walk(city, who, ordinary, nothing)) for who in ("handler_street", "leader_housing")}
    number, ids = a_report_at_work(city)
    city.clock.move_to(moment)
    for who, seen in before.items():
        assert sum(status == 200 for status, _ in seen.values()) > 50
        changed = [
            (place, first_difference(seen[place][1], body))
            for place, (status, body) in walk(city, who, ordinary, {"number": number, "ids": ids})
            if (status, body) != seen[place]
        ]
        assert changed == [], who
    assert city.page("handler_safety", number) != ""


def test_nobody_there_is_told_and_what_the_handlers_ask_goes_past_them(city):
    number, _ = a_report_at_work(city)
    city.wait(days=9)
    with city.factory() as session:
        told = set(session.scalars(select(OutboxMessage.recipient).where(OutboxMessage.subject == number)))
        users = session.scalars(select(User).where(User.username.in_((*ACCUSED, *OVER_IT)))).all()
        asked = session.scalars(select(Request).where(Request.kind == "extension")).one()
    kept_away = {f"unit:{city.units[code]}" for code in ("HOUSING", "STREET")} | {
        f"user:{each.id}" for each in users
    }
    assert told & kept_away == set()
    assert asked.endorsed_at is None
    assert any(name.startswith("unit:") for name in told)
    city.end()


def test_who_is_accused_only_later_or_under_a_new_name_loses_sight_of_it_too(city):
    number = city.dispatched("STREET", type="complaint", content="办事处楼道堆放杂物。")
    assert city.page("handler_street", number) != ""
    with city.factory.begin() as session:
        ticket = session.scalars(select(Ticket).where(Ticket.number == number)).one()
        ticket.accused = "梧桐区新设社区中心"
    bar_units(city.factory)
    assert city.page("handler_street", number) != ""
    with city.factory.begin() as session:
        session.execute(update(Unit).where(Unit.code == "STREET").values(name="梧桐区新设社区中心"))
    bar_units(city.factory)
    assert city.page("handler_street", number) == city.page("leader_housing", number) == ""
    assert number not in city.found_by("handler_street")
    with city.factory() as session:
        barred = set(session.scalars(select(BarredUnit.unit_id)))
    assert barred == {city.units["STREET"], city.units["HOUSING"]}


def a_report_at_work(city: Stage) -> tuple[str, tuple[int, ...]]:
    """A report against the street that the unit beside it handles, with everything that hangs on a ticket."""
    number = city.register(**REPORT)
    city.act("reviewer", number, "approve_intake")
    city.dispatch(number, "SAFETY")
    city.on_share("handler_safety", number, "SAFETY", "sign")
    city.ask("handler_safety", number, "SAFETY", "extension", days=2, **EXTENSION)
    city.order("supervisor", number, "issue", level="3", units=[city.units["SAFETY"]], opinion="请限期核查")
    ids = {city.share(number, "SAFETY").id, city.request(number).id, city.orders(number)[-1].id}
    with city.factory.begin() as session:
        ticket = session.scalars(select(Ticket).where(Ticket.number == number)).one()
        attached = Attachment(
            ticket_id=ticket.id,
            name="证据.jpg",
            content_type="image/jpeg",
            size=3,
            digest="0" * 64,
            storage_name="not-there",
            uploaded_at=city.now,
        )
        session.add(attached)
        session.flush()
        return number, tuple(sorted({*ids, attached.id, ticket.id}))


def walk(
    city: Stage, who: str, ordinary: str, known: dict[str, Any]
) -> Iterator[tuple[str, tuple[int, str]]]:
    """Open every address that takes a GET: where, and the status with the body made comparable."""
    browser, token = city.browser(who), {"Authorization": f"Bearer {city.tokens[who]}"}
    for rule in sorted(city.app.url_map.iter_rules(), key=str):
        allowed = ACCESS.get(rule.endpoint)
        if "GET" not in rule.methods or rule.endpoint.startswith(_NOT_WALKED):
            continue
        if isinstance(allowed, frozenset) and not allowed & UNIT_ROLES:
            continue
        headers = token if rule.endpoint.startswith("api.") else {}
        for place, path in fillings(rule, ordinary, known):
            answer = browser.get(path, headers=headers)
            yield place, (answer.status_code, comparable(answer, known))
            if rule._converters or answer.status_code != 200 or not rule.endpoint.endswith(_SEARCHING):
                continue
            for query in _LISTS:
                answer = browser.get(path, query_string=query, headers=headers)
                yield f"{place} {query}", (answer.status_code, comparable(answer, known))


def fillings(rule: Any, ordinary: str, known: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Fill an address in with what belongs to the report, and with the ordinary ticket."""
    numbers = {"report": known["number"], "ordinary": ordinary} if "number" in rule._converters else {"": ""}
    is_row = {name: isinstance(each, IntegerConverter) for name, each in rule._converters.items()}
    ids = known["ids"] if any(is_row.values()) else (0,)
    for (whose, number), one in product(numbers.items(), ids):
        filled = {name: one if is_one else "note" for name, is_one in is_row.items()}
        filled |= {name: "assignments" for name in is_row if name == "part"}
        filled |= {name: number for name in is_row if name == "number"}
        try:
            yield f"{rule.endpoint} {rule} {whose}", rule.build(filled, append_unknown=False)[1]
        except ValueError:  # an address of which nothing here is a part
            continue


def comparable(answer: Any, known: dict[str, Any]) -> str:
    body = (
        answer.get_data(as_text=True)
        if answer.is_streamed is False and "zip" not in answer.content_type
        else ""
    )
    body = (body + answer.headers.get("Location", "")).replace(known["number"], "NUMBER")
    for pattern in _BY_CHANCE:
        body = pattern.sub("", body)
    return body


def first_difference(one: str, two: str) -> tuple[str, str]:
    place = next(
        (at for at, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two))
    )
    return one[max(0, place - 120) : place + 200], two[max(0, place - 120) : place + 200]
