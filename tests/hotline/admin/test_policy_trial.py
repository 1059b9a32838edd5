"""A version of the limits played against tickets that lived through the door, and which version each keeps."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select

from hotline.admin.policy_trials import run_trial, span_of
from hotline.models.catalog import Category
from hotline.models.clocks import Clock
from hotline.models.organisation import Unit
from hotline.models.policies import PolicyRow, PolicyVersion
from hotline.queries.policy_pages import list_editions
from hotline.queries.policy_trial import Span, last_month, list_rounds
from hotline.services.lifecycle import Command
from hotline.services.policies import calendars_of, read_policy
from hotline.services.policy_drafts import Publication, publish, start_draft
from hotline.services.policy_edits import RowInput, put_row
from hotline.services.site import current_site
from tests.hotline.supervisor.small_city import SmallCity
from workflows.definition import Actor, ActorKind
from workflows.simulation import Rules, judge
from workflows.vocabulary import Role

MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
WEEK = Span(MONDAY - HOUR, MONDAY + 5 * DAY, "这一周")
LEADER = Actor(ActorKind.USER, "中心领导", frozenset({Role.CENTRE_LEADER}))


def shorten(city: SmallCity, on: date, *rows: RowInput, is_published: bool = True) -> None:
    """Draft rows of urgent handling and the like, and publish them from a date on."""
    admin, now = city.actor("administrator"), datetime.combine(on, MONDAY.timetz())
    with city.factory.begin() as session:
        newest = session.scalars(select(PolicyVersion.number).order_by(PolicyVersion.number.desc())).first()
        draft = start_draft(session, newest, admin, now)
        for row in rows:
            old = session.scalar(
                select(PolicyRow.id).where(
                    PolicyRow.version_id == draft.id,
                    PolicyRow.clock == row.clock,
                    PolicyRow.limit_class == row.limit_class,
                    PolicyRow.is_rework.is_(row.is_rework),
                )
            )
            is_narrow = row.category_id or row.unit_tier
            told = row if is_narrow else RowInput(**{**fields(row), "row_id": old})
            put_row(session, told, draft.revision, admin, now)
        if is_published:
            publish(session, Publication(on, "缩短", draft.revision), LEADER, now)


def fields(row: RowInput) -> dict[str, object]:
    return {name: getattr(row, name) for name in row.__dataclass_fields__}


def handling(hours: int, word: str = "ordinary", **more) -> RowInput:
    return RowInput("handle", word, hours, "hours", **more)


def trial_of(city: SmallCity, span: Span = WEEK):
    with city.factory() as session:
        first, draft = (
            next(each for each in list_editions(session, MONDAY.date()) if each.number == number)
            for number in (1, 2)
        )
        return run_trial(session, first, draft, span)


def clocks(city: SmallCity, number: str, name: str) -> list[Clock]:
    ticket = city.ticket(number)
    with city.factory() as session:
        query = select(Clock).where(Clock.ticket_id == ticket.id, Clock.name == name).order_by(Clock.id)
        return list(session.scalars(query))


def test_the_trial_counts_who_would_be_late_and_names_them(city):
    quick, slow = city.to_call_back(MONDAY), city.dispatched(MONDAY, unit="JT")
    city.dispatched(MONDAY + 10 * DAY)
    shorten(city, MONDAY.date(), handling(24), is_published=False)
    found = trial_of(city)
    assert found.sentence == "用第 2 版，这一周：超期 1 件，现行第 1 版 0 件"
    assert (found.trial.total.tickets, found.trial.newly_late) == (2, 1)
    assert [(each.number, each.unit, each.is_newly_late) for each in found.moved] == [
        (slow, "市交通局", True)
    ]
    assert [(name, group.after.late) for name, group in found.units] == [("市交通局", 1), ("梧桐区城管局", 0)]
    assert quick not in {each.number for each in found.moved}


def test_a_row_for_a_category_or_a_tier_touches_its_tickets_alone(city):
    with city.factory.begin() as session:
        lamps = session.scalars(select(Category)).one()
        top = Category(code="CG", name="城市管理", path="城市管理", level=1)
        session.add(top)
        session.flush()
        lamps.parent_id = top.id
        session.scalars(select(Unit).where(Unit.code == "JT")).one().tier = 3
        top_id = top.id
    city.dispatched(MONDAY)
    city.dispatched(MONDAY, unit="JT")
    shorten(city, MONDAY.date(), handling(24, "any", unit_tier=3), is_published=False)
    assert trial_of(city).trial.total.after.late == 1
    admin = city.actor("administrator")
    with city.factory.begin() as session:
        draft = session.scalars(select(PolicyVersion).where(PolicyVersion.state == "draft")).one()
        put_row(session, handling(24, "any", category_id=top_id), draft.revision, admin, MONDAY)
    assert trial_of(city).trial.total.after.late == 2


def test_a_called_off_ticket_and_one_of_another_time_are_left_out(city):
    called_off, _ = city.dispatched(MONDAY), city.dispatched(MONDAY + 10 * DAY)
    data = {"reason": "诉求人要求撤回", "is_identity_checked": True}
    city.act("agent", Command(called_off, "withdraw", data), MONDAY + HOUR)
    with city.factory() as session:
        assert list(list_rounds(session, WEEK)) == []


def test_the_limits_a_ticket_was_given_are_found_again_to_the_second(city):
    held = city.dispatched(MONDAY)
    city.share_act(held, "sign", {}, MONDAY + HOUR)
    asked = {"missing": "请补充楼栋号", "answer_by": "2026-11-27"}
    city.act("dispatcher", Command(held, "ask_supplement", asked), MONDAY + 2 * HOUR)
    city.act("agent", Command(held, "supplement", {"text": "三单元"}), MONDAY + 2 * DAY)
    city.replied(MONDAY + 3 * HOUR)
    with city.factory() as session:
        policy = read_policy(session, session.scalars(select(PolicyVersion)).one())
        rules = Rules(policy, calendars_of(session, policy))
        rounds = [each for ticket in list_rounds(session, WEEK) for each in ticket]
        ours = {each.line: judge(rules, each, WEEK.until).clock.due_at for each in rounds}
        kept = dict(
            session.execute(
                select(Clock.ticket_id, Clock.due_at).where(
                    Clock.name == "handle", Clock.assignment_id.is_(None)
                )
            ).all()
        )
    assert any(each.befell for each in rounds)
    assert ours == kept


def test_last_month_is_the_citys_calendar_month(city):
    span = last_month(datetime(2026, 11, 30, 17, tzinfo=UTC), current_site().zone)
    assert (span.label, span.since, span.until) == (
        "上个月（2026 年 11 月）",
        datetime(2026, 10, 31, 16, tzinfo=UTC),
        datetime(2026, 11, 30, 16, tzinfo=UTC),
    )
    assert span_of("30", MONDAY, current_site().zone).since == MONDAY - 30 * DAY
    assert span_of("31", MONDAY, current_site().zone).label == "上个月（2026 年 10 月）"


def test_publishing_moves_no_clock_that_runs_and_holds_for_what_is_dispatched_later(city):
    before, waiting = city.dispatched(MONDAY), city.accepted(MONDAY)
    due = [clock.due_at for clock in clocks(city, before, "handle")]
    shorten(city, MONDAY.date() + DAY, handling(24))
    assert [clock.due_at for clock in clocks(city, before, "handle")] == due
    at = MONDAY + 2 * HOUR
    data = {"main_unit": "CG", "choice_reason": "属地管理"}
    city.act("dispatcher", Command(waiting, "dispatch", data), at)
    assert city.ticket(waiting).policy_version_id == city.ticket(before).policy_version_id
    later = city.dispatched(MONDAY + DAY)
    assert clocks(city, later, "handle")[0].due_at == MONDAY + DAY + 24 * HOUR
    assert city.ticket(later).policy_version_id != city.ticket(before).policy_version_id


def test_a_clock_that_starts_late_in_a_tickets_life_keeps_the_version_of_its_dispatch(city):
    rework = handling(1, is_rework=True)
    review = RowInput("review", "any", 1, "hours")
    number = city.dispatched(MONDAY)
    frozen = city.ticket(number).policy_version_id
    shorten(city, MONDAY.date(), rework, review)
    city.share_act(number, "sign", {}, MONDAY + HOUR)
    contact = {"contacted_at": MONDAY + HOUR, "way": "phone", "result": "已联系。"}
    city.act("unit-cg", Command(number, "record_contact", contact), MONDAY + HOUR)
    reply = {"contact": "contacted", "result": "resolved", "answer": "已更换六盏灯具，现场复核全部亮灯。"}
    city.share_act(number, "submit_reply", reply, MONDAY + 2 * HOUR)
    assert clocks(city, number, "review")[0].due_at > MONDAY + DAY
    kept = [clock for name in ("sign", "contact", "handle", "review") for clock in clocks(city, number, name)]
    with city.factory() as session:
        rows = [session.get_one(PolicyRow, clock.policy_row_id) for clock in kept]
    assert {row.version_id for row in rows} == {frozen}
