"""Whoever answers for an entry hears of a doubt, and of the day on which to look at it again."""

from datetime import timedelta

from sqlalchemy import select

from hotline.models.people import UserRole
from hotline.services.knowledge_corrections import Reply, answer, raise_doubt
from hotline.services.knowledge_use import end_what_is_over
from notifications.models import OutboxMessage
from tests.hotline.knowledge.book import LIFT, TODAY
from tests.stories.town import city


def told(session, kind):
    rows = select(OutboxMessage).where(OutboxMessage.kind == kind).order_by(OutboxMessage.id)
    return list(session.scalars(rows))


def test_a_doubt_is_told_to_the_leader_of_the_unit_with_its_due_moment(book, session):
    version = book.published()
    doubt = raise_doubt(session, version.id, "物业到场时间改了。", book.town["agent"], book.now)
    # Monday 09:12 and two working days later, by the unit's calendar.
    assert doubt.due_at == city("2026-11-25 09:12")
    (letter,) = told(session, "knowledge_doubted")
    assert letter.recipient == book.town.user("leader_housing")
    assert letter.facts["entry"] == LIFT.title
    assert letter.facts["due"] == "11月25日09:12"


def test_a_reply_tells_nobody_twice(book, session):
    version = book.published()
    doubt = raise_doubt(session, version.id, "到场时间改了。", book.town["agent"], book.now)
    answer(session, doubt.id, Reply("declined", "没有改。"), book.town["handler_housing"], book.now)
    assert len(told(session, "knowledge_doubted")) == 1


def test_what_ran_out_is_told_once(book, session):
    version = book.published(valid_until_on=TODAY)
    tomorrow = book.later(days=1).now
    end_what_is_over(session, tomorrow)
    end_what_is_over(session, tomorrow + timedelta(hours=1))
    (letter,) = told(session, "knowledge_to_check")
    assert letter.recipient == book.town.user("leader_housing")
    assert letter.facts["number"] == f"ZS{version.entry_id:05d}"


def test_where_a_unit_has_no_leader_the_reviewers_hear_of_it(book, session):
    version = book.published()
    leader = book.town["leader_housing"].user_id
    session.delete(session.get_one(UserRole, (leader, "unit_leader")))
    session.flush()
    raise_doubt(session, version.id, "到场时间改了。", book.town["agent"], book.now)
    people = {letter.recipient for letter in told(session, "knowledge_doubted")}
    assert people == {book.town.user("reviewer"), book.town.user("second_reviewer")}
