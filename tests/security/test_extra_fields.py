"""Fields that nobody asked for change nothing, whether a machine sends them or a form is sent with more in it."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from hotline.api.routes import PREFIX, ROUTES
from hotline.models.organisation import Unit
from hotline.models.people import User
from hotline.models.ticket import Assignment, Citizen, Ticket
from hotline.services import accounts, api_tokens
from hotline.services.accounts import NewUser
from tests.security.guessed import GUESSED
from tests.stories.stage import RefusedError, Stage
from workflows.vocabulary import Role

# What is read of a request before any row does not differ between the databases.
pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)

TABLES = (User, Unit, Ticket, Assignment, Citizen)
NAMES = sorted({column.name for table in TABLES for column in table.__table__.c} | set(GUESSED))
FORMS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("agent", "actions/note", {"text": "已电话核实", "visibility": "internal"}),
    ("agent", "actions/urge", {"content": "诉求人再次来电，请尽快处理"}),
    ("handler_housing", "assignments/{share}/actions/sign", {}),
    ("handler_housing", "actions/note", {"text": "已到现场", "visibility": "internal"}),
)


# Where a path has a gap; what stands there need not be, for a body is read first.
GAPS = {"assignment_id": "1", "request_id": "1", "order_id": "1"}


def test_a_machine_is_told_of_every_field_there_is_not_on_every_call(stage: Stage):
    number, told, untold = stage.dispatched(), {}, []
    calls = [route for route in ROUTES if route.method == "POST" and route.body is not None]
    for route in calls:
        unknown = [name for name in NAMES if name not in route.body.model_fields]
        path = filled(route.path, number)
        who = "telephone" if route.name == "announce_call" else "agent"
        answer = stage.app.test_client().post(
            f"{PREFIX}{path}",
            json={**route.example, **dict.fromkeys(unknown, 1)},
            headers={"Authorization": f"Bearer {token_of(stage, who)}"},
        )
        told[route.name] = answer.status_code
        untold += [(route.name, name) for name in unknown if f'"{name}"' not in answer.text]
    assert len(calls) > 8
    assert set(told.values()) == {422}, told
    assert untold == []


def filled(path: str, number: str) -> str:
    gaps = {**GAPS, "number": number, "action": "approve" if "request_id" in path else "note"}
    for name, value in gaps.items():
        path = path.replace(f"<{name}>", value)
    return path


def token_of(stage: Stage, who: str) -> str:
    """A telephone system has a role of its own, and is nobody of the stage."""
    if who in stage.tokens:
        return stage.tokens[who]
    now = datetime.now(UTC)
    with stage.factory.begin() as session:
        new = NewUser(who, "电话平台", roles=frozenset({Role.TELEPHONE}))
        user = accounts.create_user(session, new, now, accounts.CHEAP_HASHER)
        return api_tokens.issue_token(session, user.id, api_tokens.Grant("attack"), now)


def test_no_action_takes_a_field_it_does_not_name(stage: Stage):
    number, said = stage.dispatched(), {"text": "已电话核实", "visibility": "internal"}
    refused = []
    for name in set(NAMES) - set(said):
        with pytest.raises(RefusedError) as caught:
            stage.act("agent", number, "note", **said, **{name: 1})
        refused.append(caught.value.status)
    assert set(refused) == {422}


@pytest.mark.parametrize(("who", "form", "said"), FORMS)
def test_a_form_changes_what_it_changes_and_no_column_more(
    stage: Stage, who: str, form: str, said: dict[str, str]
):
    changed = []
    for smuggles in (False, True):
        number = stage.dispatched()
        path = form.format(share=stage.share(number, "HOUSING").id)
        page = stage.browser(who).get(f"/tickets/{number}/{path}").text
        asked = set(re.findall(r'name="([\w-]+)"', page))
        more = dict.fromkeys(set(NAMES) - asked - set(said), "1") if smuggles else {}
        assert not smuggles or len(more) > 100
        before = dict(rows_of(stage, number))
        stage.fill_in(who, number, path, **said, **more)
        after = dict(rows_of(stage, number))
        changed.append({place for place in after if before.get(place) != after[place]})
    assert changed[1] <= changed[0]


def rows_of(stage: Stage, number: str) -> Iterator[tuple[tuple[str, str], object]]:
    """Every column of the ticket, its shares, its caller and of all people and units; moments by being there."""
    with stage.factory() as session:
        ticket = session.scalars(select(Ticket).where(Ticket.number == number)).one()
        wanted = (
            select(Ticket.__table__).where(Ticket.id == ticket.id),
            select(Assignment.__table__).where(Assignment.ticket_id == ticket.id),
            select(Citizen.__table__).where(Citizen.id == ticket.citizen_id),
            select(User.__table__),
            select(Unit.__table__),
        )
        for place, query in enumerate(wanted):
            for turn, row in enumerate(session.execute(query.order_by(query.selected_columns[0])).mappings()):
                for name, value in row.items():
                    told = value is None if isinstance(value, datetime) else value
                    yield (f"{place}.{turn}", name), told
