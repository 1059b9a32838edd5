"""Who called is shown for a purpose, to whom it is open, so many times a day, and each look is kept."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from hotline.models.audit import AuditRecord
from hotline.models.reveals import IdentityReveal
from hotline.services.reveal_limits import choose_limits
from tests.hotline.department.office import open_office, post, sign_in

NAME, PHONE = "陈", "13800000000"
LIMITS = {"in_units": "2", "in_centre": "3", "at_once": "2", "reason": "试行"}


@pytest.fixture
def office(session_factory):
    return open_office(session_factory)


@pytest.fixture
def handler(app, office):
    return sign_in(app.test_client(), "handler")


@pytest.fixture
def narrow(office):
    """Two looks a day for units, three for the centre."""
    with office.factory.begin() as session:
        choose_limits(session, LIMITS, office.actor("dispatcher"), datetime.now(UTC))


def looks(office) -> list[tuple[str, str, str]]:
    with office.factory() as session:
        rows = session.scalars(select(IdentityReveal).order_by(IdentityReveal.id))
        return [(row.purpose, row.way, row.shown) for row in rows]


def on_record(office) -> list[tuple[str, dict]]:
    with office.factory() as session:
        rows = session.scalars(
            select(AuditRecord).where(AuditRecord.kind == "reveal").order_by(AuditRecord.id)
        )
        return [(row.result, row.facts) for row in rows]


def test_one_press_with_a_purpose_shows_it_for_half_a_minute_and_keeps_the_look(handler, office):
    number = office.handled()
    assert PHONE not in handler.get(f"/tickets/{number}/reveal").text
    answer = post(handler, f"/tickets/{number}/reveal", purpose="address")
    assert PHONE in answer.text
    assert answer.headers["Refresh"] == f"30; url=/tickets/{number}"
    assert answer.headers["Cache-Control"] == "no-store"
    assert PHONE not in handler.get(f"/tickets/{number}").text
    assert looks(office) == [("address", "screen", "name,phone")]
    assert on_record(office) == [
        ("done", {"purpose": "address", "way": "screen", "shown": "name,phone"}),
    ]


@pytest.mark.parametrize(
    ("typed", "why"),
    [({}, "purpose"), ({"purpose": "curiosity"}, "purpose"), ({"purpose": "other"}, "words")],
)
def test_without_a_purpose_it_is_refused_and_the_refusal_is_on_record(handler, office, typed, why):
    number = office.handled()
    answer = post(handler, f"/tickets/{number}/reveal", **typed)
    assert answer.status_code == 422
    assert PHONE not in answer.text
    assert "点一个目的" in answer.text
    assert looks(office) == []
    assert on_record(office) == [("refused", {"why": why})]


def test_another_purpose_is_written_out(handler, office):
    number = office.handled()
    assert PHONE in post(handler, f"/tickets/{number}/reveal", purpose="other", words="核对发票抬头").text
    with office.factory() as session:
        assert session.scalars(select(IdentityReveal.words)).one() == "核对发票抬头"


def test_whoever_is_under_age_is_shown_for_a_written_purpose_only(handler, office):
    number = office.waiting(is_minor=True)
    office.act("dispatcher", number, "dispatch", {"main_unit": "WT-ZJ", "choice_reason": "职责所在"})
    office.on_share(number, "handler", "sign")
    assert post(handler, f"/tickets/{number}/reveal", purpose="contact").status_code == 422
    assert PHONE in post(handler, f"/tickets/{number}/reveal", purpose="contact", words="监护人要求回电").text


def test_a_unit_sees_it_while_it_works_on_the_ticket_and_no_longer(handler, office):
    number = office.replied()
    assert post(handler, f"/tickets/{number}/reveal", purpose="contact").status_code == 403
    assert "查看（留痕）" not in handler.get(f"/tickets/{number}").text
    assert on_record(office) == [("denied", {})]


@pytest.mark.parametrize(("who", "status"), [("agent", 200), ("dispatcher", 200), ("auditor", 403)])
def test_of_a_confidential_ticket_only_who_speaks_with_citizens_is_shown_it(app, office, who, status):
    number = office.waiting(is_confidential=True)
    browser = sign_in(app.test_client(), who)
    assert post(browser, f"/tickets/{number}/reveal", purpose="contact").status_code == status


def test_page_and_paper_count_together_and_past_the_days_measure_there_is_none(handler, office, narrow):
    number = office.handled()
    assert post(handler, f"/tickets/{number}/reveal", purpose="contact").status_code == 200
    printed = {"number": number, "caller": "1", "purpose": "visit", "request_key": "one"}
    for _ in range(2):  # one press, sent twice, is one copy and one look
        paper = post(handler, "/tickets/prints", **printed)
        assert PHONE in handler.get(paper.location).text
    for url, typed in (
        (f"/tickets/{number}/reveal", {}),
        ("/tickets/prints", {"number": number, "caller": "1"}),
    ):
        refused = post(handler, url, purpose="contact", **typed)
        assert refused.status_code == 409
        assert "次数已满" in refused.text
        assert PHONE not in refused.text
    assert looks(office) == [("contact", "screen", "name,phone"), ("visit", "paper", "name,phone")]


def test_the_caller_goes_to_paper_for_a_purpose_only(handler, office):
    number = office.handled()
    answer = post(handler, "/tickets/prints", number=number, caller="1")
    assert answer.status_code == 422
    assert PHONE not in answer.text
    assert 'name="caller" value="1" checked' in answer.text
    assert looks(office) == []
