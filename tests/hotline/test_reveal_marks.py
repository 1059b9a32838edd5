"""Looks at who called that stand out: what is unusual in them, who hears of it, and who may read and bound them."""

from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from hotline.models.people import ApiToken, User, UserRole
from hotline.models.reveals import IdentityReveal, Way
from hotline.models.rosters import DutyShift
from hotline.models.ticket import Ticket
from hotline.services.reveal_limits import Limits, choose_limits, load_limits
from hotline.services.revealing import Wish, reveal
from notifications.models import OutboxMessage
from tests.hotline.department.office import open_office, post, sign_in
from workflows.errors import Code, Refused
from workflows.vocabulary import Role

# A Monday morning and the night after it, in the city.
AT_WORK = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
AT_NIGHT = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
CONTACT = Wish("contact", "", Way.SCREEN)


@pytest.fixture
def office(session_factory):
    return open_office(session_factory)


@pytest.fixture
def watchers(office):
    """A security and an audit administrator."""
    with office.factory.begin() as session:
        for name, role in (("other", Role.AUDIT_ADMINISTRATOR), ("helper", Role.SECURITY_OFFICER)):
            user = session.scalars(select(User).where(User.username == name)).one()
            for held in session.scalars(select(UserRole).where(UserRole.user_id == user.id)).all():
                session.delete(held)
            session.flush()
            session.add(UserRole(user_id=user.id, role=role.value))


def look(office, number: str, now: datetime, who: str = "handler") -> tuple[str, ...]:
    """One look; gives what was unusual in it."""
    actor = office.actor(who)
    with office.factory.begin() as session:
        ticket = session.scalars(select(Ticket).where(Ticket.number == number)).one()
        reveal(session, [ticket], CONTACT, actor, now)
        row = session.scalars(select(IdentityReveal).order_by(IdentityReveal.id.desc()).limit(1)).one()
        return tuple(mark for mark in row.marks.split(",") if mark)


def bound(office, **limits: int) -> None:
    typed = {"in_units": "30", "in_centre": "200", "at_once": "20", "reason": "试行"}
    with office.factory.begin() as session:
        typed |= {name: str(number) for name, number in limits.items()}
        choose_limits(session, typed, office.actor("dispatcher"), AT_WORK)


def letters(office) -> list[tuple[str, str, str]]:
    with office.factory() as session:
        rows = session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "reveals_unusual"))
        return sorted((row.because, row.facts["why"], row.facts["count"]) for row in rows)


def test_the_days_measure_counts_twenty_four_hours_and_each_person_alone(office):
    number = office.handled()
    bound(office, in_units=2)
    for hour in range(2):
        look(office, number, AT_WORK + timedelta(hours=hour))
    with pytest.raises(Refused) as refused:
        look(office, number, AT_WORK + timedelta(hours=23))
    assert refused.value.code is Code.TOO_MANY_REVEALS
    look(office, number, AT_WORK + timedelta(hours=23), who="agent")
    look(office, number, AT_WORK + timedelta(hours=24, minutes=1))


def test_work_on_ones_own_ticket_in_duty_hours_is_nothing_unusual(office, watchers):
    assert look(office, office.handled(), AT_WORK) == ()
    assert letters(office) == []


def test_many_in_a_short_time_stand_out_and_the_watchers_hear_once_a_day(office, watchers):
    number = office.handled()
    bound(office, at_once=2)
    marks = [look(office, number, AT_WORK + timedelta(minutes=minute)) for minute in (0, 1, 2, 3, 20)]
    assert marks == [(), (), ("many",), ("many",), ()]
    assert letters(office) == [
        ("audit_administrator", "短时间多次", "1"),
        ("security_officer", "短时间多次", "1"),
    ]


def test_a_look_outside_duty_hours_stands_out_but_not_of_whoever_is_on_the_roster(office, watchers):
    number = office.handled()
    assert look(office, number, AT_NIGHT) == ("off_duty",)
    assert [why for _, why, _ in letters(office)] == ["非值班时间"] * 2
    handler = office.actor("handler")
    with office.factory.begin() as session:
        session.add(
            DutyShift(
                unit_id=handler.unit_id,
                user_id=handler.user_id,
                starts_at=AT_NIGHT - timedelta(hours=1),
                ends_at=AT_NIGHT + timedelta(hours=9),
            )
        )
    assert look(office, number, AT_NIGHT + timedelta(hours=1)) == ()


def test_tickets_somebody_does_not_work_on_stand_out_and_of_the_third_the_watchers_hear(office, watchers):
    numbers = [office.handled(title) for title in ("甲", "乙", "丙")]
    for told, number in zip((0, 0, 2), numbers, strict=True):
        assert look(office, number, AT_WORK, who="leader") == ("not_worked_on",)
        assert len(letters(office)) == told


def test_the_watchers_read_every_look_and_nobody_else_does(app, office, watchers):
    number = office.handled()
    look(office, number, AT_NIGHT)
    for who in ("other", "helper"):
        browser = sign_in(app.test_client(), who)
        page = browser.get("/reveals?unusual=1").text
        assert number in page
        assert "联系诉求人" in page
        assert "非值班时间" in page
        assert "13800000000" not in page
        assert "没有符合条件的查看" in browser.get("/reveals?sealed=1").text
    assert sign_in(app.test_client(), "dispatcher").get("/reveals").status_code == 403


def test_the_security_administrator_alone_changes_the_measure_and_says_why(app, office, watchers):
    typed = {"in_units": "12", "in_centre": "90", "at_once": "5", "reason": "夜间减少"}
    assert post(sign_in(app.test_client(), "other"), "/reveals/limits", **typed).status_code == 403
    security = sign_in(app.test_client(), "helper")
    for number in ("0", "1001", "9" * 5000):
        wrong = post(security, "/reveals/limits", **{**typed, "in_units": number, "reason": ""})
        assert wrong.status_code == 422
        assert 'value="90"' in wrong.text
    assert post(security, "/reveals/limits", **typed).status_code == 303
    with office.factory() as session:
        assert load_limits(session) == Limits(12, 90, 5)
    assert "夜间减少" in security.get("/reveals").text


def test_the_security_administrator_lands_on_what_waits_and_what_was_unusual_with_numbers(
    app, office, watchers
):
    number, now = office.handled(), datetime.now(UTC)
    look(office, number, now, who="leader")
    with office.factory.begin() as session:
        people = {user.username: user for user in session.scalars(select(User))}
        people["agent"].locked_until = now + timedelta(minutes=10)
        token = {"user_id": people["auditor"].id, "name": "数据交换", "created_at": now - timedelta(days=60)}
        session.add(ApiToken(token_hash="a" * 64, expires_at=now + timedelta(days=3), **token))
        session.add(ApiToken(token_hash="b" * 64, expires_at=now + timedelta(days=90), **token))
    assert sign_in(app.test_client(), "dispatcher").get("/reveals/overview").status_code == 403
    security = sign_in(app.test_client(), "helper")
    assert security.get("/").location == "/reveals/overview"
    page = BeautifulSoup(security.get("/reveals/overview").text, "html.parser")
    tiles = {each.dt.text: each.dd.text for each in page.select(".kpi")}
    assert tiles == {
        "待我审批": "0",
        "7 天内异常查看身份": "1",
        "7 天内查看身份": "1",
        "生效中的代理": "0",
        "24 小时内无权访问": "1由审计管理员查看",
        "24 小时内登录未成": "0由审计管理员查看",
        "锁定中的账号": "1由系统管理员处理",
        "30 天内到期的令牌": "1由系统管理员处理",
    }
    assert {number, "数据交换", office.actor("agent").name} <= set(
        page.get_text("\n", strip=True).split("\n")
    )
