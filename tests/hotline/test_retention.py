"""What is kept long enough is erased, whole and once; what is open or held is not, and no figure changes."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, text

from database import Base
from hotline.models.access import Attachment
from hotline.models.audit import AuditRecord
from hotline.models.hashes import id_number_hash, name_hash, phone_hash
from hotline.models.retention import LegalHold, RetentionKind, RetentionRule, Tombstone
from hotline.models.ticket import Citizen, Request, Ticket
from hotline.scheduler import erase_what_is_over
from hotline.services import retention
from hotline.services.attachments import Shelf
from hotline.services.file_checks import Checked
from hotline.services.identity import normal_phone
from hotline.services.legal_holds import lift_hold, place_hold
from hotline.services.lifecycle import Command
from hotline.services.retention import erase_some, foresee
from hotline.services.retention_rules import choose_days, load_rules
from notifications.models import InboundMessage, OutboxMessage, State
from sealing import keyed_hash
from tests.hotline.clerks import hidden_of
from workflows.definition import SYSTEM
from workflows.errors import Refused

NAME, PHONE, MAIL = "刁甲乙", "13912340987", "canary@example.cn"
DOCUMENT = "33010219910307018X"
RATED = {"solved": "yes", "satisfaction": "satisfied", "was_contacted": True}
PERIOD = timedelta(days=365)
EARLIER = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def shelf(tmp_path):
    return Shelf(tmp_path / "files")


def closed(city, now, **record) -> str:
    person = {"citizen_name": NAME, "phone": PHONE, "email": MAIL, "id_number": DOCUMENT}
    person |= {"accused": f"{NAME}的邻居", **record}
    number = city.to_call_back(now - timedelta(minutes=5), **person)
    city.act("callback", Command(number, "close", RATED), now)
    return number


def file_of(city, shelf, number, now) -> None:
    sender, file = city.actor("unit-cg"), Checked("证.pdf", "application/pdf", b"%PDF-")
    with city.factory.begin() as session:
        ticket = session.scalars(select(Ticket).where(Ticket.number == number)).one()
        shelf.store(session, ticket, file, sender, now)


def settle_messages(city) -> None:
    with city.factory.begin() as session:
        for row in session.scalars(select(OutboxMessage)):
            row.state = State.DELIVERED
        number = session.scalar(select(Ticket.number))
        common = {"address": PHONE, "body": f"{NAME} {PHONE}", "subject": number}
        session.add(
            InboundMessage(
                provider="x",
                provider_reference="1",
                address_hash="h",
                received_at=EARLIER,
                meaning="text",
                **common,
            )
        )


def found_anywhere(session, words) -> set[str]:
    """The tables, sealed columns opened, in which one of the words still stands."""
    return {
        table.name
        for table in Base.metadata.sorted_tables
        for row in session.execute(select(table))
        if any(word in str(value) for value in row for word in words)
    }


def figures(session) -> list:
    """The rows every figure is counted from, the reporter left out."""
    untold = {"accused"}
    columns = [column for column in Ticket.__table__.columns if column.name not in untold]
    events = text("SELECT count(*), min(hash), max(hash) FROM ticket_events")
    return [*session.execute(select(*columns).order_by(Ticket.id)).all(), session.execute(events).all()]


def test_a_year_after_closing_all_that_is_over_is_erased_and_nothing_else(city, shelf, now):
    over = [closed(city, now) for _ in range(3)]
    young, held = closed(city, now + timedelta(days=2)), closed(city, now)
    still_open = city.dispatched(now, citizen_name=NAME, phone=PHONE)
    for number in (*over, held, still_open):
        file_of(city, shelf, number, now)
    settle_messages(city)
    who, days = city.actor("administrator"), ("365", "附件与身份同时清除")
    with city.factory.begin() as session:
        place_hold(session, held, ("行政复议", ""), who, now)
        choose_days(session, RetentionKind.FILES, days, who, now)
        before = figures(session)
    later = now + timedelta(days=366)
    with city.factory() as session:
        assert [(each.due, each.held) for each in foresee(session, later)] == [(3, 1)] * 3
        assert {(each.due, each.held) for each in foresee(session, now + PERIOD - timedelta(days=1))} == {
            (0, 0)
        }
    assert erase_what_is_over(city.factory, shelf, later) == {"reporter": 3, "files": 3, "messages": 3}
    with city.factory() as session:
        assert figures(session) == before
        kept = select(Ticket.number).join(Citizen).where(Citizen.phone.is_not(None))
        assert set(session.scalars(kept)) == {young, held, still_open}
        assert session.scalar(select(func.count(Attachment.id))) == len(list(shelf.folder.iterdir())) == 2
        stones = session.scalars(select(Tombstone)).all()
        assert len(stones) == 9
        assert len({stone.batch for stone in stones}) == 1
        files = [stone for stone in stones if stone.kind == "files"]
        assert {(stone.days, stone.rule_id is not None, stone.rows) for stone in files} == {(365, True, 1)}
        recorded = session.scalars(select(AuditRecord.facts).where(AuditRecord.endpoint == "retention")).all()
        assert [(facts["erased"], facts["tickets"]) for facts in recorded] == [
            ("reporter", 3),
            ("files", 3),
            ("messages", 3),
        ]
    assert erase_what_is_over(city.factory, shelf, later) == {"reporter": 0, "files": 0, "messages": 0}


def test_nothing_of_whoever_reported_is_left_anywhere(city, shelf, now):
    closed(city, now)
    settle_messages(city)
    hashes = (name_hash(NAME), phone_hash(normal_phone(PHONE)), keyed_hash(f"email:{MAIL}"))
    hashes += (id_number_hash(DOCUMENT),)
    with city.factory() as session:
        assert found_anywhere(session, (NAME, PHONE, MAIL, DOCUMENT)) >= {"citizens", "outbox_messages"}
        assert all("citizens" in found_anywhere(session, (each,)) for each in hashes)
    erase_what_is_over(city.factory, shelf, now + timedelta(days=366))
    with city.factory() as session:
        assert found_anywhere(session, (NAME, PHONE, MAIL, DOCUMENT)) == set()
        assert "citizens" not in found_anywhere(session, hashes)


def test_a_hold_ends_on_its_day_or_when_it_is_lifted(city, shelf, now):
    dated, lifted, number = closed(city, now), closed(city, now), city.dispatched(now)
    later, who = now + timedelta(days=400), city.actor("administrator")
    with city.factory.begin() as session:
        place_hold(session, dated, ("审计", (later.date() + timedelta(days=1)).isoformat()), who, now)
        hold_id = place_hold(session, lifted, ("诉讼", ""), who, now).id
        for given in (("", ""), ("因", "31/12"), ("因", "2020-01-01"), ("长" * 201, "")):
            with pytest.raises(Refused):
                place_hold(session, number, given, who, now)
        with pytest.raises(Refused):
            place_hold(session, "YJ20200101-00001", ("因", ""), who, now)
    assert erase_what_is_over(city.factory, shelf, later)["reporter"] == 0
    with city.factory.begin() as session:
        lift_hold(session, hold_id, "已结案", who, later)
        lift_hold(session, hold_id, "再次", who, later)
        assert session.get_one(LegalHold, hold_id).lift_reason == "已结案"
    assert erase_what_is_over(city.factory, shelf, later)["reporter"] == 1
    assert erase_what_is_over(city.factory, shelf, later + timedelta(days=3))["reporter"] == 1


def test_what_is_not_over_for_the_citizen_is_not_erased(city, shelf, now):
    follower, asked = closed(city, now), closed(city, now)
    master = city.dispatched(now)
    with city.factory.begin() as session:
        ids = {row.number: row.id for row in session.execute(select(Ticket.number, Ticket.id))}
        session.get_one(Ticket, ids[follower]).master_id = ids[master]
        session.add(
            Request(ticket_id=ids[asked], kind="reopening", state="requested", basis="x", asked_at=now)
        )
    later = now + timedelta(days=366)
    assert erase_what_is_over(city.factory, shelf, later)["reporter"] == 0
    with city.factory.begin() as session:
        ticket = session.get_one(Ticket, ids[master])
        ticket.state, ticket.outcome, ticket.closed_at = "closed", "solved", later
    assert erase_what_is_over(city.factory, shelf, later + timedelta(days=364))["reporter"] == 0
    assert erase_what_is_over(city.factory, shelf, later + PERIOD)["reporter"] == 2


def test_a_run_that_dies_in_the_middle_is_taken_up_again(city, shelf, now, monkeypatch):
    for _ in range(5):
        closed(city, now)
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    later = now + timedelta(days=366)
    with city.factory.begin() as session:
        assert len(erase_some(session, shelf, RetentionKind.REPORTER, "first", later)) == 2
    with city.factory() as session:
        erase_some(session, shelf, RetentionKind.REPORTER, "dies", later)
        session.rollback()
    assert erase_what_is_over(city.factory, shelf, later)["reporter"] == 3
    with city.factory() as session:
        of_reporter = select(Tombstone.ticket_id).where(Tombstone.kind == "reporter")
        assert len(set(session.scalars(of_reporter))) == len(session.scalars(of_reporter).all()) == 5


def test_a_period_outside_the_law_is_refused(city, now):
    outside = ["", "x", "-1", "0", "89", "3651", "1e3", "٣٦٥", "9" * 5000]
    with city.factory.begin() as session:
        for kind, days in itertools.product(RetentionKind, outside):
            with pytest.raises(Refused):
                choose_days(session, kind, (days, "因"), SYSTEM, now)


def test_audit_records_are_kept_half_a_year_at_least_and_the_newest_rule_holds(city, now):
    with city.factory.begin() as session:
        with pytest.raises(Refused):
            choose_days(session, RetentionKind.AUDIT, ("179", "因"), SYSTEM, now)
        for days in ("180", "400"):
            choose_days(session, RetentionKind.AUDIT, (days, "因"), SYSTEM, now)
        assert load_rules(session)[RetentionKind.AUDIT].days == 400
        assert session.scalar(select(func.count(RetentionRule.id))) == 2


def test_an_administrator_chooses_holds_and_reads_what_was_erased(app, city, shelf, now):
    number = closed(city, now)
    browser, path = city.sign_in(app, "administrator"), "/admin/retention"

    def press(action, **typed):
        hidden = hidden_of(browser.get(path).text, action)
        return browser.post(action, data={**hidden, **typed})

    low = press(f"{path}/rules/audit", days="30", reason="省空间")
    assert low.status_code == 422
    assert 'href="#f-days-audit"' in low.text
    chosen = {"days": "200", "reason": "市政府通知", "confirmed": "200"}
    assert press(f"{path}/rules/reporter", **chosen).status_code == 303
    assert press(f"{path}/holds", number=number, reason="诉讼").status_code == 303
    page = browser.get(f"{path}/plan").text
    assert "市政府通知" in page
    assert number in page
    assert "到期 <b>0</b> 件" in page
    with city.factory() as session:
        hold_id = session.scalar(select(LegalHold.id))
        recorded = session.execute(
            select(AuditRecord.endpoint, AuditRecord.kind, AuditRecord.result, AuditRecord.ticket_number)
        ).all()
    assert ("retention.choose", "set_up", "done", "") in recorded
    assert ("retention.hold", "set_up", "done", number) in recorded
    assert press(f"{path}/holds/{hold_id}/lift", reason="").status_code == 422
    assert press(f"{path}/holds/{hold_id}/lift", reason="已判决").status_code == 303
    erase_what_is_over(city.factory, shelf, now + timedelta(days=366))
    assert "清除记录" in browser.get(path).text
    assert "200 天" in browser.get(path).text
    assert city.sign_in(app, "supervisor").get(path).status_code == 403


def test_fewer_days_are_taken_only_from_whoever_saw_how_much_they_erase(app, city, now):
    closed(city, now - timedelta(days=120))
    browser, path = city.sign_in(app, "administrator"), "/admin/retention"
    action = f"{path}/rules/reporter"

    def choose(days: str, **typed):
        hidden = hidden_of(browser.get(path).text, action)
        return browser.post(action, data={**hidden, "days": days, "reason": "市政府通知", **typed})

    asked = choose("90")
    assert "清除 <b>1</b> 件工单的诉求人身份" in asked.text
    assert choose("90", confirmed="100").status_code == 200
    with city.factory() as session:
        assert load_rules(session)[RetentionKind.REPORTER].days == 365
    assert choose("400").status_code == 303
    assert choose("90", confirmed="90").status_code == 303


def test_the_commands_tell_erase_hold_and_lift(app, city, now):
    number = closed(city, now - timedelta(days=400))
    run = app.test_cli_runner().invoke
    made = run(args=["retention", "hold", number, "--reason", "诉讼"])
    assert "reporter: 365 days, 0 tickets due, 1 held" in run(args=["retention", "plan"]).output
    assert "reporter: 0 tickets" in run(args=["retention", "run"]).output
    assert run(args=["retention", "hold", number, "--reason", ""]).exit_code == 1
    run(args=["retention", "lift", made.output.split()[1], "--reason", "已判决"])
    assert "reporter: 1 tickets" in run(args=["retention", "run"]).output
