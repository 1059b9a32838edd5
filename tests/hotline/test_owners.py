"""Whom does a matter without a row go to: the category's owner, or the same bureau of its district."""

from datetime import UTC, date, datetime

import pytest

from hotline.models.catalog import Category
from hotline.models.organisation import Unit
from hotline.queries.catalogue import suggest

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.fixture
def bureaux(session):
    def unit(code, name, district, *, is_active=True):
        made = Unit(
            code=code, name=name, name_en="", short_name="", tier=2, kind="bureau", district=district,
            liaison_phone="", liaison_email="", is_active=is_active, valid_from_on=date(2020, 1, 1),
        )  # fmt: skip
        session.add(made)
        session.flush()
        return made

    made = {
        "east": unit("E", "东区城市管理局", "东区"),
        "west": unit("W", "西区城市管理局", "西区"),
        "ended": unit("N", "北区城市管理局", "北区", is_active=False),
        "city": unit("C", "市交通局", ""),
    }
    for code in ("east", "city"):
        session.add(Category(code=code, name=code, path=code, level=1, owner_unit_id=made[code].id))
    session.flush()
    return made


def category(session, code):
    return session.query(Category).filter_by(code=code).one().id


@pytest.mark.parametrize(
    ("code", "district", "owner"),
    [
        ("east", "东区", "east"),
        ("east", "西区", "west"),
        ("east", "", "east"),
        ("east", "北区", "east"),
        ("east", "没有的区", "east"),
        ("city", "西区", "city"),
    ],
)
def test_a_district_bureau_owns_the_matters_of_its_own_district(session, bureaux, code, district, owner):
    (found,) = suggest(session, category(session, code), district, NOW)
    assert found.unit == bureaux[owner].name


def test_nobody_is_suggested_for_a_category_whose_owner_has_ended(session, bureaux):
    bureaux["city"].is_active = False
    session.flush()
    assert suggest(session, category(session, "city"), "西区", NOW) == ()
    assert suggest(session, None, "西区", NOW) == ()
