"""An entry is written by its unit, approved there, published by the centre, and never by whoever wrote it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from hotline.models.knowledge import KnowledgeVersion, VersionState
from hotline.models.organisation import Unit
from hotline.queries.knowledge_scope import maker_ids
from hotline.queries.knowledge_search import Narrowed, find_holding, search
from hotline.services import knowledge
from hotline.services.knowledge import Asked
from hotline.services.knowledge_corrections import Reply, answer, raise_doubt
from hotline.services.knowledge_use import end_what_is_over
from tests.hotline.knowledge.book import LIFT, TODAY
from workflows.errors import Code, FieldCode, Refused


def refusal_of(act, *given, **more):
    with pytest.raises(Refused) as refused:
        act(*given, **more)
    return refused.value


def states_of(session, entry_id):
    rows = select(KnowledgeVersion.state).where(KnowledgeVersion.entry_id == entry_id)
    return list(session.scalars(rows.order_by(KnowledgeVersion.number)))


def test_an_entry_goes_from_its_unit_through_the_centre_to_everybody(book):
    version = book.draft()
    for name, by, state in (
        ("submit", "handler_housing", VersionState.UNIT_REVIEW),
        ("approve", "leader_housing", VersionState.CENTRE_REVIEW),
        ("publish", "reviewer", VersionState.PUBLISHED),
    ):
        assert find_holding(book.session, version.entry_id, TODAY) is None
        assert book.move(version, name, by).state == state
    assert find_holding(book.session, version.entry_id, TODAY).title == LIFT.title


def test_what_the_centre_answers_for_itself_needs_no_unit(book, session):
    session.get_one(Unit, book.town.units["WATER"]).kind = "centre"
    version = book.draft(unit="WATER", by="reviewer")
    assert book.move(version, "submit", "reviewer").state == VersionState.CENTRE_REVIEW


@pytest.mark.parametrize(
    ("writer", "name", "decider"),
    [("leader_housing", "approve", "leader_housing"), ("reviewer", "publish", "reviewer")],
)
def test_whoever_wrote_it_does_not_approve_it(book, writer, name, decider):
    version = book.draft(by=writer)
    book.move(version, "submit", writer)
    if name == "publish":
        book.move(version, "approve", "leader_housing")
    assert refusal_of(book.move, version, name, decider).code == Code.OWN_WORK


def standing_in(book, substitute, principal):
    """The same town, in which one of them acts for the other."""
    acting, away = book.town[substitute], book.town[principal]
    both = replace(away, user_id=acting.user_id, for_id=away.user_id)
    return replace(book, town=replace(book.town, people={**book.town.people, "substitute": both}))


def test_neither_of_two_who_stand_in_for_one_another_approves_what_the_other_wrote(book):
    book = standing_in(book, "handler_housing", "leader_housing")
    for writer, decider in (("leader_housing", "substitute"), ("substitute", "leader_housing")):
        version = book.draft(by=writer)
        book.move(version, "submit", writer)
        assert refusal_of(book.move, version, "approve", decider).code == Code.OWN_WORK
    approved = book.draft(by="reviewer")
    book.move(approved, "submit", "reviewer")
    book.move(approved, "approve", "substitute")
    assert {book.town[name].user_id for name in ("handler_housing", "leader_housing")} <= maker_ids(
        book.session, approved.id
    ) | {approved.unit_approved_by_id}


def test_neither_of_the_two_answers_a_doubt_the_other_raised(book):
    version = book.published()
    book = standing_in(book, "handler_housing", "leader_housing")
    for asker, other in (("leader_housing", "substitute"), ("substitute", "leader_housing")):
        doubt = raise_doubt(book.session, version.id, "到场时间改了。", book.town[asker], book.now)
        reply = Reply("declined", "没有改。")
        refusal = refusal_of(answer, book.session, doubt.id, reply, book.town[other], book.now)
        assert refusal.code == Code.OWN_WORK
        answer(book.session, doubt.id, reply, book.town["reviewer"], book.now)


def test_whoever_stood_in_for_the_unit_does_not_publish(book):
    version = book.draft()
    book.move(version, "submit", "handler_housing")
    book.move(version, "approve", "administrator")
    assert refusal_of(book.move, version, "publish", "administrator").code == Code.OWN_WORK
    assert book.move(version, "publish", "reviewer").state == VersionState.PUBLISHED


@pytest.mark.parametrize("stranger", ["handler_roads", "agent", "dispatcher", "leader_street"])
def test_nobody_else_may_write_or_submit_the_draft_of_a_unit(book, stranger):
    version = book.draft()
    assert refusal_of(book.move, version, "submit", stranger).code == Code.NOT_YOUR_ROLE
    written = refusal_of(
        knowledge.put_words, book.session, version.entry_id, version.revision, LIFT, book.town[stranger]
    )
    assert written.code == Code.NOT_FOUND


def test_an_agent_may_propose_and_finish_what_they_proposed(book):
    version = book.draft(by="agent")
    again = replace(LIFT, title="电梯停运找谁", category_id=book.category("PROPERTY"))
    seen = version.revision
    knowledge.put_words(book.session, version.entry_id, seen, again, book.town["agent"])
    assert book.move(version, "submit", "agent").state == VersionState.UNIT_REVIEW


def test_a_unit_writes_only_for_itself_and_those_below(book):
    assert refusal_of(book.draft, unit="ROADS", by="handler_housing").code == Code.NOT_YOUR_ROLE
    assert book.draft(unit="STREET", by="handler_housing").state == VersionState.DRAFT


def test_a_draft_without_what_a_reader_must_know_is_not_submitted(book):
    version = book.draft(replace(LIFT, basis="", talking_point=""))
    refusal = refusal_of(book.move, version, "submit", "handler_housing")
    assert {error.field for error in refusal.errors} == {"basis", "talking_point"}
    assert version.state == VersionState.DRAFT


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"title": ""}, "title", FieldCode.REQUIRED),
        ({"title": "电" * 101}, "title", FieldCode.TOO_LONG),
        ({"answer": "找王师傅，13800138001。"}, "answer", FieldCode.NAMES_SOMEBODY),
        (
            {"valid_from_on": TODAY, "valid_until_on": TODAY - timedelta(days=1)},
            "valid_until_on",
            FieldCode.ENDS_BEFORE_BEGINNING,
        ),
        ({"category_id": 987_654}, "category", FieldCode.UNKNOWN_CATEGORY),
    ],
)
def test_what_no_entry_may_say_is_refused_by_name(book, changes, field, code):
    refusal = refusal_of(book.draft, replace(LIFT, **changes))
    assert (field, code) in [(error.field, error.code) for error in refusal.errors]


def test_sending_back_needs_a_reason_and_gives_it_to_the_writer(book):
    version = book.draft()
    book.move(version, "submit", "handler_housing")
    assert refusal_of(book.move, version, "send_back", "leader_housing").errors[0].field == "reason"
    book.move(version, "send_back", "leader_housing", "依据是旧办法")
    assert (version.state, version.reason) == (VersionState.DRAFT, "依据是旧办法")


def test_published_words_stay_and_a_change_is_the_next_version(book, session):
    first = book.published()
    second = knowledge.start_version(session, first.entry_id, book.town["handler_housing"], book.now)
    changed = replace(LIFT, answer="物业应在一小时内到场。", category_id=first.category_id)
    knowledge.put_words(session, first.entry_id, second.revision, changed, book.town["handler_housing"])
    assert first.answer == LIFT.answer
    assert find_holding(session, first.entry_id, TODAY).version_number == 1
    book.publish(second)
    assert states_of(session, first.entry_id) == [VersionState.SUPERSEDED, VersionState.PUBLISHED]
    assert find_holding(session, first.entry_id, TODAY).answer == changed.answer


def test_an_entry_has_one_draft_at_a_time(book, session):
    first = book.published()
    knowledge.start_version(session, first.entry_id, book.town["handler_housing"], book.now)
    refusal = refusal_of(knowledge.start_version, session, first.entry_id, book.town["reviewer"], book.now)
    assert refusal.code == Code.DRAFT_OPEN


def test_a_change_made_on_an_older_look_is_refused(book, session):
    version = book.draft()
    seen = version.revision
    again = replace(LIFT, category_id=version.category_id)
    knowledge.put_words(session, version.entry_id, seen, again, book.town["handler_housing"])
    stale = refusal_of(
        knowledge.put_words, session, version.entry_id, seen, again, book.town["leader_housing"]
    )
    assert stale.code == Code.DRAFT_CHANGED
    asked = Asked(version.entry_id, "submit", seen)
    moved = refusal_of(knowledge.move, session, asked, book.town["handler_housing"], book.now)
    assert moved.code == Code.DRAFT_CHANGED


def test_an_entry_runs_out_on_the_day_after_its_last(book, session):
    last_day = TODAY + timedelta(days=3)
    version = book.published(valid_until_on=last_day)
    assert end_what_is_over(session, book.later(days=3).now) == 0
    assert find_holding(session, version.entry_id, last_day) is not None
    # The dates count even before the job has run.
    assert find_holding(session, version.entry_id, last_day + timedelta(days=1)) is None
    assert end_what_is_over(session, book.later(days=4).now) == 1
    assert version.state == VersionState.EXPIRED
    assert end_what_is_over(session, book.later(days=4).now) == 0


def test_what_was_not_looked_at_for_half_a_year_is_due_and_still_holds(book, session):
    version = book.published()
    assert version.review_on == TODAY + knowledge.REVIEWED_EVERY
    then = book.later(days=183)
    assert end_what_is_over(session, then.now) == 1
    assert version.state == VersionState.DUE_FOR_REVIEW
    assert find_holding(session, version.entry_id, then.today) is not None
    then.move(version, "renew", "leader_housing")
    assert (version.state, version.review_on) == (
        VersionState.PUBLISHED,
        then.today + knowledge.REVIEWED_EVERY,
    )


def test_what_begins_later_is_not_told_before(book, session):
    version = book.published(valid_from_on=date(2027, 1, 1))
    assert search(session, "电梯", Narrowed(), TODAY) == []
    assert find_holding(session, version.entry_id, date(2027, 1, 1)) is not None


def test_a_withdrawn_entry_is_told_no_more(book, session):
    version = book.published()
    book.move(version, "withdraw", "leader_housing", "办法已废止")
    assert find_holding(session, version.entry_id, TODAY) is None
    assert search(session, "电梯", Narrowed(), TODAY) == []
