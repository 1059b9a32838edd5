"""How the limits are changed: in the one draft, checked field by field, and published by somebody else."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hotline.services.policies import current_policy, get_policy
from hotline.services.policy_drafts import Publication, discard, publish, start_draft
from hotline.services.policy_edits import StepInput, put_row, put_step, remove_row, remove_step
from hotline.services.policy_faults import list_faults
from tests.hotline.admin.limits_desk import NOW, LimitsDesk, handling
from workflows.errors import Refused
from workflows.policy import Case
from workflows.vocabulary import Role

TODAY = NOW.date()


@pytest.fixture
def desk(session) -> LimitsDesk:
    return LimitsDesk(session)


def refused(act) -> Refused:
    with pytest.raises(Refused) as caught:
        act()
    return caught.value


def fields_of(refusal: Refused) -> dict[str, str]:
    return {error.field: str(error.code) for error in refusal.errors}


def test_a_draft_begins_as_a_copy_of_rows_and_ladder(desk):
    draft = desk.draft()
    assert (draft.number, draft.state, draft.based_on_id) == (2, "draft", desk.first.id)
    copied, shipped = (
        [
            (row.clock, row.selector, row.amount, row.unit, row.calendar, row.pauses_in)
            for row in desk.rows(version)
        ]
        for version in (draft, desk.first)
    )
    assert copied == shipped
    climbed, shipped_climb = (
        [(step.limit_class, step.level, step.amount, step.unit) for step in desk.steps(version)]
        for version in (draft, desk.first)
    )
    assert sorted(climbed) == sorted(shipped_climb)
    assert current_policy(desk.session, TODAY).number == 1


def test_there_is_one_draft_at_a_time_whoever_began_it(desk):
    desk.draft()
    assert refused(lambda: start_draft(desk.session, 1, desk.other_admin, NOW)).code == "draft_open"
    assert refused(lambda: start_draft(desk.session, 9, desk.other_admin, NOW)).code == "draft_open"


def test_a_draft_begins_from_any_version_that_exists(desk):
    desk.publish(desk.draft())
    assert start_draft(desk.session, 1, desk.admin, NOW).based_on_id == desk.first.id
    discard(desk.session, desk.session.get_one(type(desk.first), desk.first.id + 2).revision, desk.admin)
    assert refused(lambda: start_draft(desk.session, 9, desk.admin, NOW)).code == "not_found"


def test_a_discarded_draft_stays_readable_and_its_number_is_not_given_again(desk):
    draft = desk.draft()
    discard(desk.session, draft.revision, desk.other_admin)
    assert (draft.state, len(desk.rows(draft)) > 0) == ("discarded", True)
    assert desk.draft().number == 3
    assert current_policy(desk.session, TODAY).number == 1


def test_a_row_for_a_new_case_is_added_and_one_that_is_there_is_changed(desk):
    draft = desk.draft()
    narrow = put_row(desk.session, handling(category_id=desk.heating.id), draft.revision, desk.admin, NOW)
    own = desk.row(draft, "handle", "ordinary")
    changed = handling(4, limit_class="ordinary", unit="working_days", row_id=own.id)
    assert put_row(desk.session, changed, draft.revision, desk.admin, NOW) is own
    desk.publish(draft)
    policy = current_policy(desk.session, TODAY)
    heating = Case("urgent", "help", frozenset({desk.heating.id}))
    found = [
        policy.find("handle", case) for case in (heating, Case("urgent", "help"), Case("ordinary", "help"))
    ]
    assert [entry.limit.amount for entry in found if entry] == [12, 24, 4]
    assert narrow.selector == f"urgent//{desk.heating.id}//first"


def test_an_unknown_word_a_wrong_number_and_half_a_warning_are_named_with_their_field(desk):
    draft = desk.draft()
    bad = handling(
        clock="lunch",
        limit_class="soon",
        ticket_type="gossip",
        category_id=999_999,
        unit_tier=4,
        unit="moons",
        calendar="mars",
        start_rule="never",
        day_end_rule="noon",
        is_rework=True,
        yellow_amount=3,
        orange_unit="hours",
        pauses_in=("closed",),
    )
    refusal = refused(lambda: put_row(desk.session, bad, draft.revision, desk.admin, NOW))
    assert fields_of(refusal) == {
        **dict.fromkeys(("clock", "limit_class", "ticket_type", "unit_tier", "unit"), "not_a_choice"),
        **dict.fromkeys(("calendar", "start_rule", "day_end_rule", "pauses_in"), "not_a_choice"),
        "category": "unknown_category",
        "is_rework": "no_rework_limit",
        "yellow_unit": "nothing_chosen",
        "orange_amount": "required",
    }
    assert len(desk.rows(draft)) == len(desk.rows(desk.first))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"amount": 0}, {"amount": "not_in_range"}),
        ({"amount": -1}, {"amount": "not_in_range"}),
        ({"yellow_amount": 100, "yellow_unit": "percent"}, {"yellow_amount": "not_in_range"}),
        ({"yellow_amount": 13, "yellow_unit": "hours"}, {"yellow_amount": "warns_too_early"}),
        (
            {"yellow_amount": 1, "yellow_unit": "hours", "orange_amount": 2, "orange_unit": "hours"},
            {"orange_amount": "orange_before_yellow"},
        ),
        ({"ticket_type": ""}, {"limit_class": "row_exists"}),
        ({"clock": "extension"}, {"unit": "unit_does_not_fit"}),
        (
            {"clock": "second_extension", "limit_class": "consultation", "unit": "working_days", "amount": 3},
            {"amount": "too_large"},
        ),
        (
            {"clock": "second_extension", "limit_class": "consultation", "unit": "days", "amount": 1},
            {"unit": "unit_does_not_fit"},
        ),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(desk, more, said):
    draft = desk.draft()
    given = handling(**{"ticket_type": "help", **more})
    refusal = refused(lambda: put_row(desk.session, given, draft.revision, desk.admin, NOW))
    assert fields_of(refusal) == said


def test_a_change_made_on_an_older_state_of_the_draft_overwrites_nothing(desk):
    draft = desk.draft()
    seen = draft.revision
    own = desk.row(draft, "handle", "urgent")
    put_row(desk.session, handling(20, row_id=own.id), seen, desk.admin, NOW)
    step = desk.steps(draft)[0]
    acts = (
        lambda: put_row(desk.session, handling(6, row_id=own.id), seen, desk.other_admin, NOW),
        lambda: remove_row(desk.session, own.id, seen, desk.other_admin),
        lambda: put_step(desk.session, StepInput("any", 5, 9, "days"), seen, desk.other_admin, NOW),
        lambda: remove_step(desk.session, step.id, seen, desk.other_admin),
        lambda: discard(desk.session, seen, desk.other_admin),
        lambda: publish(desk.session, Publication(TODAY, "说明", seen), desk.leader, NOW),
    )
    assert {refused(act).code for act in acts} == {"draft_changed"}
    assert own.amount == 20


def test_a_refused_change_leaves_the_draft_as_it_was(desk):
    draft = desk.draft()
    seen = draft.revision
    refused(lambda: put_row(desk.session, handling(0), seen, desk.other_admin, NOW))
    assert draft.revision == seen
    assert desk.publish(draft, by=desk.other_admin).state == "published"


def test_a_substitute_does_not_publish_for_whoever_had_a_hand_in_the_draft(desk):
    draft = desk.draft()
    put_row(desk.session, handling(ticket_type="help"), draft.revision, desk.other_admin, NOW)
    stands_in = replace(desk.leader, for_id=desk.other_admin.user_id)
    assert refused(lambda: desk.publish(draft, by=stands_in)).code == "own_work"


def test_whoever_had_a_hand_in_the_draft_does_not_publish_it(desk):
    draft = desk.draft()
    put_row(desk.session, handling(ticket_type="help"), draft.revision, desk.other_admin, NOW)
    for maker in (desk.admin, desk.other_admin):
        assert refused(lambda maker=maker: desk.publish(draft, by=maker)).code == "own_work"
    assert desk.publish(draft).published_by_id == desk.leader.user_id


def test_only_administrators_draft_and_nobody_below_the_centres_leader_publishes(desk):
    draft = desk.draft()
    supervisor = desk.person("supervisor", Role.SUPERVISOR)
    assert refused(lambda: desk.publish(draft, by=supervisor)).code == "not_your_role"
    given, seen = handling(ticket_type="help"), draft.revision
    acts = (
        lambda: put_row(desk.session, given, seen, desk.leader, NOW),
        lambda: remove_row(desk.session, 1, seen, desk.leader),
        lambda: put_step(desk.session, StepInput("any", 5, 9, "days"), seen, desk.leader, NOW),
        lambda: discard(desk.session, seen, desk.leader),
        lambda: start_draft(desk.session, 1, desk.leader, NOW),
    )
    assert {refused(act).code for act in acts} == {"not_your_role"}


def test_a_published_version_is_out_of_reach_of_every_change(desk):
    shipped = [(row.id, row.amount) for row in desk.rows(desk.first)]
    row, step = desk.rows(desk.first)[0], desk.steps(desk.first)[0]
    given = handling(1, row_id=row.id, ticket_type="praise")
    seen = desk.draft().revision
    acts = (
        lambda: put_row(desk.session, given, seen, desk.admin, NOW),
        lambda: remove_row(desk.session, row.id, seen, desk.admin),
        lambda: put_step(desk.session, StepInput("any", 5, 9, "days", step.id), seen, desk.admin, NOW),
        lambda: remove_step(desk.session, step.id, seen, desk.admin),
    )
    assert {refused(act).code for act in acts} == {"not_found"}
    discard(desk.session, seen, desk.admin)
    assert (
        refused(lambda: remove_row(desk.session, row.id, desk.first.revision, desk.admin)).code == "not_found"
    )
    assert [(row.id, row.amount) for row in desk.rows(desk.first)] == shipped


def test_a_version_is_published_from_today_on_at_the_earliest_and_says_why(desk):
    draft = desk.draft()
    early = refused(lambda: desk.publish(draft, TODAY - timedelta(days=1), note=" "))
    assert fields_of(early) == {"valid_from": "in_the_past", "note": "required"}
    without = Publication(None, "字" * 501, draft.revision)
    refusal = refused(lambda: publish(desk.session, without, desk.leader, NOW))
    assert fields_of(refusal) == {"valid_from": "not_a_date", "note": "too_long"}
    desk.publish(draft, TODAY + timedelta(days=3))
    assert current_policy(desk.session, TODAY + timedelta(days=2)).number == 1
    assert current_policy(desk.session, TODAY + timedelta(days=3)).number == 2
    assert get_policy(desk.session, desk.first.id).number == 1


def test_a_draft_that_leaves_a_class_without_a_promise_is_not_published(desk):
    draft = desk.draft()
    for word in ("urgent", "hard"):
        own = desk.row(draft, "handle", word)
        remove_row(desk.session, own.id, draft.revision, desk.admin)
    assert [fault.words for fault in list_faults(desk.session, draft)] == [
        "“紧急”还没有，请新增这一类的时限",
        "“疑难”还没有，请新增这一类的时限",
    ]
    assert refused(lambda: desk.publish(draft)).code == "draft_has_faults"


def test_the_shipped_limits_have_no_faults(desk):
    assert list_faults(desk.session, desk.first) == ()


def test_a_row_for_a_category_that_ended_keeps_the_draft_from_being_published(desk):
    draft = desk.draft()
    put_row(desk.session, handling(category_id=desk.heating.id), draft.revision, desk.admin, NOW)
    desk.heating.is_active = False
    desk.session.flush()
    assert ["供暖" in fault.words for fault in list_faults(desk.session, draft)] == [True]


def test_a_ladder_rises_in_time_and_has_each_level_once(desk):
    draft = desk.draft()

    def put(*given):
        return put_step(desk.session, StepInput(*given), draft.revision, desk.admin, NOW)

    assert fields_of(refused(lambda: put("soon", 7, 0, "moons"))) == {
        **dict.fromkeys(("limit_class", "level", "unit"), "not_a_choice"),
        "amount": "not_in_range",
    }
    assert fields_of(refused(lambda: put("any", 4, 9, "days"))) == {"level": "row_exists"}
    assert fields_of(refused(lambda: put("any", 5, 2, "working_days"))) == {"amount": "not_rising"}
    added = put("any", 5, 10, "working_days")
    put("report", 3, 4, "hours")
    assert fields_of(refused(lambda: put("any", 5, 3, "working_days", added.id))) == {"amount": "not_rising"}
    remove_step(desk.session, added.id, draft.revision, desk.admin)
    shipped, now = (
        {(each.limit_class, each.level) for each in desk.steps(version)} for version in (desk.first, draft)
    )
    assert now - shipped == {("report", 3)}
    assert shipped < now
