"""What does a citizen read on the side streets: waiting, holding, more time, coming back?"""

from datetime import date, timedelta

import pytest

from hotline.queries.likeness import Place, say_place
from hotline.queries.public_status import Stage, StepKind
from hotline.queries.wording import ROWS
from tests.hotline.public_story import MISSING, NOW, PLAN, SECRET, WORDS, story, texts, units

__all__ = ["story", "units"]


def test_whoever_must_add_something_reads_what_and_by_when(story):
    data = {"missing": MISSING, "answer_by": "2026-11-27"}
    story.share("housing")
    story.promised(NOW + timedelta(days=3), paused_at=NOW)
    story.happened("ticket", "ask_supplement", "handler", unit="housing", data=data)
    story.become(state="awaiting_supplement", came_from="in_process")
    status = story.status(offered={"supplement", "withdraw"})
    assert (status.stage, status.wanted.missing, status.wanted.answer_by) == (
        Stage.AWAITING, MISSING, date(2026, 11, 27),
    )  # fmt: skip
    assert (status.steps[0].kind, status.steps[0].unit.label_zh, status.steps[0].text) == (
        StepKind.SUPPLEMENT_ASKED, "梧桐区住建局", MISSING,
    )  # fmt: skip
    assert status.is_open
    assert status.may_supplement
    # While everything waits for the citizen, no moment is promised that could be broken.
    assert (status.due_at, status.is_overdue) == (None, False)


def test_once_it_is_added_nothing_is_wanted_any_more(story):
    story.happened(
        "ticket", "ask_supplement", "reviewer", data={"missing": MISSING, "answer_by": "2026-11-27"}
    )
    story.happened("ticket", "supplement", "citizen", data={"text": "照片已发"})
    story.become(state="intake_review")
    assert story.status().wanted is None
    assert story.steps[0] == (StepKind.SUPPLEMENTED, "照片已发")


def test_a_ticket_on_hold_tells_when_it_is_looked_at_again_and_neither_plan_nor_condition(story):
    main = story.share("housing")
    details = {"plan": PLAN, "condition": SECRET, "review_on": "2027-01-15"}
    request = story.asked("suspension", "approved", main, **details)
    story.happened(
        "request", "ask_suspension", "handler", unit="housing", subject_id=request.id, data=details
    )
    story.happened("request", "approve", "centre_leader", subject_id=request.id, data={"reason": SECRET})
    story.happened("ticket", "suspend", "system", data={"review_on": "2027-01-15"})
    story.become(state="suspended")
    status = story.status()
    assert (status.stage, status.review_on) == (Stage.SUSPENDED, date(2027, 1, 15))
    assert story.steps == [(StepKind.SUSPENDED, "")]


def test_more_time_comes_with_the_words_written_for_the_citizen_and_not_the_reason(story):
    main = story.share("housing")
    request = story.asked("extension", "approved", main, days=3, reason=SECRET, citizen_words=WORDS)
    story.promised(NOW + timedelta(days=6))
    story.happened("request", "ask_extension", "handler", unit="housing", subject_id=request.id)
    story.happened("request", "approve", "dispatcher", subject_id=request.id, data={"reason": SECRET})
    status = story.status()
    assert (status.due_at, status.delay_words) == (NOW + timedelta(days=6), WORDS)
    assert story.steps == [(StepKind.EXTENDED, WORDS)]


def test_the_words_for_a_delay_end_with_the_promise_they_explain(story):
    main = story.share("housing")
    story.asked("extension", "approved", main, days=3, citizen_words=WORDS)
    assert story.status().delay_words == ""
    story.promised(NOW + timedelta(days=6))
    story.become(round=2)
    assert story.status().delay_words == ""


def test_a_refused_extension_is_no_business_of_the_citizens(story):
    request = story.asked("extension", "refused", story.share("housing"), days=3, citizen_words=WORDS)
    story.happened("request", "ask_extension", "handler", unit="housing", subject_id=request.id)
    story.happened("request", "refuse", "dispatcher", subject_id=request.id, data={"reason": SECRET})
    assert story.steps == []


def test_a_dispute_is_told_as_work_in_progress(story):
    story.share("care", state="recalled")
    story.happened("ticket", "raise_dispute", "dispatcher", data={"reason": SECRET})
    story.become(state="in_dispute")
    assert story.status().stage.label_zh == "办理中"
    assert story.steps == [(StepKind.FORWARDED_AGAIN, "")]
    story.share("housing")
    decided = {"main_unit": story.units["housing"], "decision": SECRET}
    story.happened("ticket", "decide_dispute", "centre_leader", unit="centre", data=decided)
    story.become(state="in_process")
    assert story.status().steps[0].unit.label_zh == "梧桐区住建局"


def test_only_a_new_main_unit_is_news(story):
    main, co = story.share("housing", state="recalled"), story.share("street", is_main=False)
    story.share("care")
    moved = {"assignment": co.id, "unit": story.units["care"], "reason": SECRET}
    story.happened("ticket", "redirect", "dispatcher", data=moved)
    story.happened("assignment", "sub_dispatch", "handler", subject_id=main.id)
    story.happened("ticket", "add_co_handler", "dispatcher", data={"unit": story.units["street"]})
    assert story.steps == []
    story.happened("ticket", "redirect", "dispatcher", unit="centre", data={**moved, "assignment": main.id})
    step = story.status().steps[0]
    assert (step.kind, step.unit.label_zh) == (StepKind.FORWARDED, "梧桐区城管局")


def test_an_emergency_names_the_line_that_took_over(story):
    story.happened("ticket", "transfer_emergency", "agent", data={"line": "119", "note": SECRET})
    story.become(state="closed", outcome="transferred")
    status = story.status()
    assert (status.stage, status.emergency_line.label_zh) == (Stage.TRANSFERRED, "119 消防救援")
    assert not status.is_open


def test_an_invalid_ticket_says_so_without_the_reviewers_reasons(story):
    story.happened("ticket", "propose_invalid", "reviewer", data={"reason": SECRET})
    story.happened("ticket", "invalidate", "reviewer", data={"reason": SECRET})
    story.become(state="closed", outcome="invalid")
    assert story.status().stage is Stage.INVALID
    assert story.steps == [(StepKind.INVALID, "")]


def test_a_reopened_ticket_is_open_again_and_says_who_works_on_it(story):
    story.share("housing", state="replied", answer="已修复", round=1)
    request = story.asked("reopening", "approved", reason=SECRET)
    story.happened("ticket", "reject", "reviewer", data={"reason": "statutory_path", "path": "诉讼"})
    story.happened("request", "ask_reopening", "citizen", subject_id=request.id)
    story.become(round=2, state="in_process", outcome=None)
    story.share("housing", state="to_sign", round=2)
    story.happened("ticket", "reopen", "supervisor", unit="centre", data={"reason": SECRET})
    status = story.status()
    assert (status.stage, status.is_open, status.rejection) == (Stage.FORWARDED, True, None)
    assert [kind for kind, _ in story.steps[:2]] == [StepKind.REOPENED, StepKind.REOPENING_ASKED]


def test_a_refused_reopening_is_told(story):
    request = story.asked("reopening", "refused")
    story.happened("request", "refuse", "supervisor", subject_id=request.id, data={"reason": SECRET})
    assert story.steps == [(StepKind.REOPENING_REFUSED, "")]


def test_an_urge_is_told_unless_a_supervisor_pressed(story):
    for role in ("citizen", "agent", "supervisor"):
        story.happened("ticket", "urge", role, unit="centre", data={"words": SECRET})
    assert story.steps == [(StepKind.URGED, ""), (StepKind.URGED, "")]


def test_the_buttons_follow_what_the_tables_offer(story):
    none, some = story.status(), story.status(offered={"urge", "ask_reopening", "withdraw"})
    assert not any((none.may_supplement, none.may_urge, none.may_ask_reopening, none.may_rate_merged))
    assert (some.may_urge, some.may_ask_reopening, some.may_withdraw) == (True, True, True)
    assert not some.may_supplement


def test_of_every_event_of_the_four_machines_nothing_inner_reaches_the_citizen(story):
    """Each event carries the secret in all it says, but for what is written to the citizen."""
    main = story.share("housing", answer=SECRET, no_contact_reason=SECRET, advice=SECRET)
    wish = story.asked("extension", "approved", main, reason=SECRET, citizen_words=WORDS)
    subjects = {"assignment": main.id, "request": wish.id}
    meant = {
        "missing": MISSING,
        "master": "1",
        "number": "1",
        "reason": SECRET,
        "path": "诉讼",
        "line": "110",
    }
    fixed = {"unit": story.units["care"], "assignment": main.id, "main_unit": story.units["housing"],
             "units": [story.units["care"]], "visibility": "internal", "answer_by": "2026-11-27"}  # fmt: skip
    for machine, action in ROWS:
        named = {need.name: SECRET for need in ROWS[machine, action].needs if need.name != "co_units"}
        data = {name: {**named, **fixed, **meant}[name] for name in named}
        story.happened(
            machine, action, "handler", unit="housing", subject_id=subjects.get(machine), data=data
        )
    story.become(accused=SECRET, public_answer=SECRET)
    story.asked("suspension", "approved", main, plan=PLAN, condition=SECRET, review_on="2027-01-15")
    for state in ("in_process", "awaiting_supplement", "suspended", "in_dispute", "reply_review"):
        story.become(state=state)
        assert SECRET not in texts(story.status())
    assert "陆青野" not in texts(story.status())


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("梧桐区 春风街道 3 幢", "梧桐区春风街道 3 幢"),
        ("春风街道 3 幢", "梧桐区春风街道 3 幢"),
        ("和平路 3 号", "梧桐区春风街道和平路 3 号"),
    ],
)
def test_a_place_is_said_once_with_whatever_spaces_it_was_typed(address, said):
    assert say_place(Place("梧桐区", "春风街道", address)) == said
