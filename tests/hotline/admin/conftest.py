"""Who works on the calendars in these tests, and who works beside them."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from hotline.models.calendars import Calendar, DayKind
from hotline.services.calendars import Amendment, Author, DayMark, amend
from hotline.services.directory_changes import Signed
from tests.hotline.department.office import csrf

NOW = datetime.now(UTC)


@pytest.fixture
def signed(city):
    return Signed(city.actor("administrator"), datetime.now(UTC), "机构改革方案")


@pytest.fixture
def post(administrator):
    def send(path: str, edition: int | None = 1, **data):
        seen = {} if edition is None else {"edition": edition}
        url = f"/admin/calendars{path}"
        return administrator.post(url, data={"csrf_token": csrf(administrator), **seen, **data})

    return send


@pytest.fixture
def meanwhile(session_factory):
    """Another administrator who saves an edition."""

    def save(on: date) -> None:
        with session_factory.begin() as session:
            calendar_id = session.scalars(select(Calendar.id).where(Calendar.code == "city")).one()
            mark = DayMark(on, DayKind.HOLIDAY, "市运动会", "市政府通知")
            amend(session, calendar_id, Amendment((mark,)), Author(NOW, "运动会放假"))

    return save
