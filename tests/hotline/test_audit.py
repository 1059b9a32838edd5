"""What the audit trail keeps of a day at the hotline, and that nobody changes it unseen."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select, text, update

from hotline.models.audit import AuditHead, AuditKind, AuditLink, AuditRecord, AuditResult
from hotline.services import audit
from hotline.services.audit import Asked, Deed
from hotline.services.audit_chain import link_new, verify
from tests.hotline.department.office import GOOD_REPLY, Office, open_office, post, sign_in
from workflows.definition import Actor, ActorKind

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
SOMEBODY = Actor(ActorKind.CITIZEN, "", frozenset())


@pytest.fixture
def office(session_factory):
    return open_office(session_factory)


@pytest.fixture
def records(office):
    """What was kept, oldest first, as (kind, result, ticket number)."""

    def read() -> list[tuple[str, str, str]]:
        with office.factory() as session:
            rows = session.scalars(select(AuditRecord).order_by(AuditRecord.id))
            return [(row.kind, row.result, row.ticket_number) for row in rows]

    return read


def fail_to_sign_in(browser, username: str, password: str) -> None:
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/login").text)[1]
    typed = {"username": username, "password": password, "csrf_token": token}
    assert browser.post("/login", data=typed).status_code == 422


def test_coming_in_and_failing_to_are_kept_with_the_account_and_without_what_was_typed(office, app, records):
    browser = app.test_client()
    sign_in(browser, "dispatcher")
    fail_to_sign_in(app.test_client(), "dispatcher", "Dispatcher-secret-9")
    fail_to_sign_in(app.test_client(), "Typed-in-the-wrong-box", "x")
    post(browser, "/logout")
    assert records() == [
        ("sign_in", "done", ""),
        ("sign_in", "refused", ""),
        ("sign_in", "refused", ""),
        ("sign_out", "done", ""),
    ]
    with office.factory() as session:
        rows = session.scalars(select(AuditRecord).order_by(AuditRecord.id)).all()
        kept = " ".join(str(vars(row)) for row in rows)
        assert [bool(row.facts.get("account")) for row in rows] == [True, True, False, False]
    assert "secret-9" not in kept
    assert "wrong-box" not in kept


def test_opening_a_ticket_is_kept_once_for_a_while_and_a_foreign_unit_is_kept_as_turned_away(
    office, app, records
):
    number = office.handled()
    handler = sign_in(app.test_client(), "handler")
    handler.get(f"/tickets/{number}")
    handler.get(f"/tickets/{number}")
    assert sign_in(app.test_client(), "other").get(f"/tickets/{number}").status_code == 404
    assert [row for row in records() if row[2]] == [
        ("see_ticket", "done", number),
        ("look", "denied", number),
    ]


def waits_for_leader(office) -> str:
    number = office.handled()
    office.on_share(number, "handler", "submit_reply", GOOD_REPLY)
    return number


def waits_for_answer(office) -> str:
    number = office.dispatched()
    office.ask_return(number)
    return number


@pytest.mark.parametrize(
    ("bring", "reader", "screen"),
    [
        (Office.waiting, "dispatcher", "/dispatch"),
        (waits_for_answer, "dispatcher", "/requests"),
        (waits_for_leader, "leader", "/inbox/review"),
        (Office.replied, "auditor", "/review"),
    ],
)
def test_a_ticket_shown_in_full_on_a_worklist_is_kept_as_seen(office, app, records, bring, reader, screen):
    number = bring(office)
    assert number in sign_in(app.test_client(), reader).get(screen).text
    assert ("see_ticket", "done", number) in records()


def test_what_somebody_changes_is_kept_with_the_change_and_a_refused_one_as_refused(office, app, records):
    number = office.dispatched()
    share = office.share(number)
    handler = sign_in(app.test_client(), "handler")
    url = f"/tickets/{number}/assignments/{share.id}/actions/sign"
    version = office.ticket(number).version
    post(handler, url, version=version, request_key="first")
    post(handler, url, version=version, request_key="second")
    done, refused = [row for row in records() if row[0] == "act"]
    assert (done, refused[1]) == (("act", "done", number), "refused")


def printed(browser, number: str):
    numbered = post(browser, "/tickets/prints", number=number)
    return browser.get(numbered.headers["Location"])


def test_seeing_who_called_and_printing_are_kept_each_time(office, app, records):
    number = office.dispatched()
    dispatcher = sign_in(app.test_client(), "dispatcher")
    for _ in range(2):
        assert post(dispatcher, f"/tickets/{number}/reveal", purpose="contact").status_code == 200
        assert printed(dispatcher, number).status_code == 200
    kinds = [row[0] for row in records() if row[2] == number]
    assert kinds.count("reveal") == 2
    assert kinds.count("print") == 2


def test_an_answer_that_gives_something_away_does_not_leave_without_its_record(
    office, app, session_factory, monkeypatch
):
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    number = office.dispatched()
    dispatcher = sign_in(app.test_client(), "dispatcher")
    with session_factory.begin() as session:
        session.execute(text("ALTER TABLE audit_records RENAME TO audit_records_gone"))
    try:
        answer = post(dispatcher, f"/tickets/{number}/reveal", purpose="contact")
    finally:
        with session_factory.begin() as session:
            session.execute(text("ALTER TABLE audit_records_gone RENAME TO audit_records"))
    assert answer.status_code >= 500
    assert "陈" not in answer.text


def keep(session, count: int) -> None:
    for minute in range(count):
        deed = Deed(AuditKind.ACT, ticket_number=f"YJ{minute:05d}", facts={"action": "sign"})
        audit.record(session, deed, SOMEBODY, Asked("tickets.act"), NOW + timedelta(minutes=minute))


@pytest.fixture
def chain(session):
    """A trail of some length, linked in two steps."""
    keep(session, 6)
    link_new(session, NOW)
    keep(session, 4)
    link_new(session, NOW)
    return session


def test_a_whole_chain_holds_and_its_head_can_be_noted_and_asked_for_later(chain):
    noted = verify(chain)
    assert (noted.links, noted.unlinked, noted.breaks) == (10, 0, ())
    keep(chain, 3)
    assert verify(chain).unlinked == 3
    link_new(chain, NOW)
    number, _, last = noted.head.partition(":")
    assert verify(chain, (int(number), last)).breaks == ()
    assert verify(chain, (int(number), "0" * 64)).breaks


@pytest.mark.parametrize(
    "tamper",
    [
        lambda: [update(AuditRecord).where(AuditRecord.ticket_number == "YJ00004").values(actor_name="别人")],
        lambda: [delete(AuditRecord).where(AuditRecord.ticket_number == "YJ00005")],
        lambda: [delete(AuditLink).where(AuditLink.number == 4)],
        lambda: [delete(AuditLink).where(AuditLink.number == 10)],
        lambda: [
            update(AuditHead).values(
                number=9, hash=select(AuditLink.hash).where(AuditLink.number == 9).scalar_subquery()
            )
        ],
        lambda: [update(AuditLink).where(AuditLink.number == 3).values(hash="0" * 64)],
    ],
    ids=["changed", "removed", "link removed", "end cut off", "head moved back", "link changed"],
)
def test_whoever_changes_the_trail_past_the_program_is_found_out(chain, tamper):
    for statement in tamper():
        chain.execute(statement)
    chain.expire_all()
    assert verify(chain).breaks


def test_two_records_that_changed_places_are_found(chain):
    first, second = chain.scalars(select(AuditLink).where(AuditLink.number.in_((2, 3)))).all()
    there, here = second.record_id, first.record_id
    chain.execute(update(AuditLink).where(AuditLink.number == 2).values(record_id=-1))
    chain.execute(update(AuditLink).where(AuditLink.number == 3).values(record_id=here))
    chain.execute(update(AuditLink).where(AuditLink.number == 2).values(record_id=there))
    chain.expire_all()
    assert [each.number for each in verify(chain).breaks] == [2, 3]


def test_results_and_kinds_have_words_for_the_screen():
    assert all(word.label_zh for word in (*AuditKind, *AuditResult))
