"""Who of a unit is told when something cannot wait, and who may say so?"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from hotline.models.calendars import ALWAYS_CALENDAR
from hotline.models.directory import DirectoryChange
from hotline.models.organisation import Unit
from hotline.models.people import User
from hotline.models.rosters import DutyShift
from hotline.queries.rosters import uncovered
from hotline.services import rosters
from hotline.services.directory_changes import Signed
from hotline.services.rosters import ShiftInput
from notifications.models import OutboxMessage
from tests.hotline.clerks import hidden_of
from workflows.errors import Code, FieldCode, Refused

NOW = datetime.now(UTC)
_HOUR = timedelta(hours=1)


@pytest.fixture
def cg(city, session_factory):
    """The unit with a second person, who has a telephone."""
    with session_factory.begin() as session:
        unit_id = session.scalars(select(Unit.id).where(Unit.code == "CG")).one()
        leader = session.scalars(select(User).where(User.username == "unit-cg")).one()
        night = User(
            username="night", display_name="夜班", phone="+8613912345678", unit_id=unit_id, created_at=NOW
        )
        session.add(night)
        session.flush()
        return {"unit": unit_id, "leader": leader.id, "night": night.id}


def on_duty(session_factory, city, cg, who="unit-cg", **changes):
    given = {"user_id": cg["night"], "starts_at": NOW - _HOUR, "ends_at": NOW + 9 * _HOUR, **changes}
    with session_factory.begin() as session:
        return rosters.add_shifts(session, cg["unit"], ShiftInput(**given), Signed(city.actor(who), NOW, ""))


def told(session_factory):
    with session_factory() as session:
        kinds = OutboxMessage.kind == "new_ticket"
        return set(
            session.scalars(select(OutboxMessage.recipient).where(kinds, OutboxMessage.because == "duty"))
        )


def test_an_urgent_ticket_reaches_whoever_is_on_duty(city, cg, session_factory):
    on_duty(session_factory, city, cg)
    city.dispatched(NOW, urgency="urgent")
    assert told(session_factory) == {f"user:{cg['night']}"}


def test_while_nobody_is_on_duty_the_leader_is_told(city, cg, session_factory):
    on_duty(session_factory, city, cg, starts_at=NOW + _HOUR)
    city.dispatched(NOW, urgency="urgent")
    assert told(session_factory) == {f"user:{cg['leader']}"}


def test_an_ordinary_ticket_calls_nobody_out(city, cg, session_factory):
    on_duty(session_factory, city, cg)
    city.dispatched(NOW)
    assert told(session_factory) == set()


def test_a_leader_sees_to_the_own_roster_alone(app, city, cg, session_factory):
    with pytest.raises(Refused) as caught:
        on_duty(session_factory, city, cg, who="unit-jt")
    assert caught.value.code == Code.NOT_YOUR_ROLE
    assert city.sign_in(app, "unit-jt").get("/rosters/CG").status_code == 404
    leader, path = city.sign_in(app, "unit-cg"), "/rosters/CG/shifts"
    form = hidden_of(leader.get("/rosters/CG").text, path)
    written = {"user": cg["night"], "starts_at": "2199-01-01T17:30", "ends_at": "", "place": 1, "days": 1}
    answer = leader.post(path, data={**form, **written})
    assert answer.status_code == 422
    assert 'value="2199-01-01T17:30"' in answer.text


def test_nobody_is_on_duty_twice_at_once(city, cg, session_factory):
    on_duty(session_factory, city, cg)
    with pytest.raises(Refused) as caught:
        on_duty(session_factory, city, cg, starts_at=NOW + 8 * _HOUR, ends_at=NOW + 12 * _HOUR, place=2)
    assert [error.code for error in caught.value.errors] == [FieldCode.ON_DUTY_ALREADY]


def test_a_shift_goes_to_somebody_else_of_the_unit_and_the_record_names_both(app, city, cg, session_factory):
    on_duty(session_factory, city, cg)
    leader, monday = city.sign_in(app, "unit-cg"), (NOW - _HOUR).astimezone(ZoneInfo("Asia/Shanghai")).date()
    with session_factory() as session:
        shift_id = session.scalars(select(DutyShift.id)).one()
    address, path = f"/rosters/CG?week={monday.isoformat()}", f"/rosters/CG/shifts/{shift_id}/give"
    hidden = hidden_of(leader.get(address).text, path)
    for nobody in ("", "0", city.actor("agent").user_id):
        assert leader.post(path, data={**hidden, "request_key": "", "user": nobody}).status_code == 422
    assert leader.post(path, data={**hidden, "user": cg["leader"]}).status_code == 303
    with session_factory() as session:
        assert session.scalars(select(DutyShift.user_id)).all() == [cg["leader"]]
        newest = session.scalars(select(DirectoryChange).order_by(DirectoryChange.id.desc()).limit(1)).one()
    _, before, after = newest.changed[0]
    assert before.split()[-7:] == after.split()[-7:]
    assert before != after


def test_a_week_is_copied_once(city, cg, session_factory):
    on_duty(session_factory, city, cg, days=3)
    signed = Signed(city.actor("unit-cg"), NOW, "")
    monday = NOW + timedelta(days=4)
    for copied in (3, 0):
        with session_factory.begin() as session:
            assert rosters.copy_week(session, cg["unit"], monday, signed) == copied
    with session_factory() as session:
        begun = session.scalars(select(DutyShift.starts_at).order_by(DutyShift.starts_at)).all()
    assert [at - begun[0] for at in begun] == [timedelta(days=days) for days in (0, 1, 2, 7, 8, 9)]


def test_copying_says_how_many_shifts_came_and_owns_up_to_none(app, city, cg, session_factory):
    on_duty(session_factory, city, cg)
    begun = (NOW - _HOUR).astimezone(ZoneInfo("Asia/Shanghai")).date()
    leader, path = city.sign_in(app, "unit-cg"), "/rosters/CG/copy"
    said = []
    for later in (7, 28):
        address = f"/rosters/CG?week={(begun + timedelta(days=later)).isoformat()}"
        form = hidden_of(leader.get(address).text, path)
        said.append(leader.post(path, data=form, follow_redirects=True).text)
    assert "已照上周排好 1 班" in said[0]
    assert "没有排上：上周没有班次" in said[1]
    assert "已照上周排好" not in said[1]


def test_a_gap_is_what_neither_work_nor_a_shift_covers():
    at = [NOW + number * _HOUR for number in range(10)]
    covers = [(at[6], at[8]), (at[1], at[3]), (at[2], at[4])]
    assert uncovered((at[0], at[9]), covers) == ((at[0], at[1]), (at[4], at[6]), (at[8], at[9]))
    assert uncovered((at[2], at[3]), covers) == ()


def test_a_roster_without_anybody_never_says_that_somebody_is_there(app, city, cg):
    page = city.sign_in(app, "unit-cg").get("/rosters/CG").text
    assert "没有排人，急件通知单位领导" in page
    assert "都有人" not in page


def test_a_unit_open_around_the_clock_is_told_of_each_day_for_which_nobody_is_planned(
    app, city, cg, session_factory
):
    with session_factory.begin() as session:
        session.get_one(Unit, cg["unit"]).calendar = ALWAYS_CALENDAR
    leader, noon = city.sign_in(app, "unit-cg"), (NOW + timedelta(days=7)).replace(hour=4)

    def said():
        page = BeautifulSoup(leader.get(f"/rosters/CG?week={noon.date()}").text, "html.parser")
        return [cell.get_text(strip=True) for cell in page.select("[data-l=没有人]")], page.text

    days, page = said()
    assert days == ["没有排人"] * 7
    assert "这一周有 7 天全天是值班时间，但没有排人" in page
    on_duty(session_factory, city, cg, starts_at=noon, ends_at=noon + _HOUR)
    days, page = said()
    assert (days.count("没有空档"), days.count("没有排人")) == (1, 6)
    assert "这一周有 6 天" in page
