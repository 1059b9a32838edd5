"""Which rows do words name: by id or code, only what is there, and never a crash."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update
from sqlalchemy.orm import Session

from hotline.models.catalog import Category
from hotline.models.organisation import Unit
from hotline.services.references import resolve
from tests.stories.town import Town, found_town
from workflows.definition import Need, NeedKind
from workflows.errors import Refused

NEEDS = (
    Need("main_unit", NeedKind.UNIT),
    Need("co_units", NeedKind.UNITS, is_required=False),
    Need("category", NeedKind.CATEGORY, is_required=False),
)


@pytest.fixture
def town(session: Session) -> Town:
    return found_town(session)


def test_a_unit_is_named_by_its_code_or_its_id_as_number_or_text(session, town):
    housing, roads = town.units["HOUSING"], town.units["ROADS"]
    for value in ("HOUSING", housing, str(housing)):
        assert resolve(session, NEEDS, {"main_unit": value})["main_unit"] == housing
    assert resolve(session, NEEDS, {"co_units": ["ROADS", str(housing)]})["co_units"] == [roads, housing]
    assert resolve(session, NEEDS, {"co_units": "ROADS"})["co_units"] == [roads]


def test_a_code_of_digits_is_a_code_before_it_is_somebodys_id(session, town):
    street = town.units["STREET"]
    session.execute(update(Unit).where(Unit.code == "WATER").values(code=str(street)))
    assert resolve(session, NEEDS, {"main_unit": str(street)})["main_unit"] == town.units["WATER"]
    assert resolve(session, NEEDS, {"main_unit": street})["main_unit"] == street


def test_only_an_active_leaf_is_a_category(session, town):
    assert isinstance(resolve(session, NEEDS, {"category": "PROPERTY"})["category"], int)
    for values in ({"is_active": False}, {"is_leaf": False}):
        session.execute(update(Category).where(Category.code == "PROPERTY").values(values))
        with pytest.raises(Refused) as refusal:
            resolve(session, NEEDS, {"category": "PROPERTY"})
        assert refusal.value.errors[0].code == "unknown_category"
        session.execute(update(Category).values(is_active=True, is_leaf=True))


def test_what_is_left_empty_is_left_for_the_table_to_judge(session, town):
    data = {"main_unit": "", "co_units": [], "category": None}
    assert resolve(session, NEEDS, data) == data


@pytest.mark.parametrize(
    "value",
    [
        "\x00",
        "HOUSING\x00",
        "\ud800",
        "-1",
        "9" * 40,
        "٣",
        True,
        0.5,
        {"a": 1},
        b"HOUSING",
        10**30,
        "x" * 10**5,
    ],
)
def test_what_names_nothing_is_refused_on_its_field_on_either_database(session, town, value):
    for name in ("main_unit", "category", "co_units"):
        with pytest.raises(Refused) as refusal:
            resolve(session, NEEDS, {name: [value] if name == "co_units" else value})
        assert refusal.value.errors[0].field == name


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(value=st.one_of(st.text(), st.integers(), st.lists(st.text(), max_size=3)))
def test_no_value_breaks_the_look_up(session, town, value):
    codes = {"unknown_unit", "unknown_category"}
    try:
        resolve(session, NEEDS, {"main_unit": value, "co_units": value, "category": value})
    except Refused as refusal:
        codes |= {error.code for error in refusal.errors}
    assert codes == {"unknown_unit", "unknown_category"}
