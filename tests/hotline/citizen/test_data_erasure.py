"""A citizen asks to have erased who they are: decided by somebody, after the matter, and never against a hold."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from hotline.models.data_requests import DataRequest
from hotline.models.retention import LegalHold, Tombstone
from hotline.scheduler import erase_what_is_over
from hotline.services.attachments import Shelf
from hotline.services.legal_holds import place_hold
from notifications.models import OutboxMessage, State
from tests.hotline.citizen.journeys import open_with_code
from tests.hotline.citizen.wishes import OWN, ask, ask_erasing, citizen_of, decide, last_id
from workflows.vocabulary import Role


def test_an_erasure_needs_the_end_of_the_matter_no_hold_and_proof(client, city, supervisor, session_factory):
    number = city.closed(**OWN)
    open_with_code(client, city, number)
    ask_erasing(client, number)
    request_id = last_id(session_factory)
    with session_factory.begin() as session:
        officer = city.actors[Role.SUPERVISOR]
        hold = place_hold(session, number, ("法院调查", ""), officer, datetime.now(UTC)).id
    held = decide(supervisor, request_id, "accept", proof="called_back")
    assert held.status_code == 409
    assert "保留" in held.text
    assert citizen_of(session_factory, number).name == "刁甲乙"
    lift(session_factory, hold)
    assert decide(supervisor, request_id, "accept").status_code == 422
    assert decide(supervisor, request_id, "accept", proof="called_back").status_code == 303
    citizen = citizen_of(session_factory, number)
    assert (citizen.name, citizen.phone, citizen.phone_hash, citizen.email) == (None,) * 4
    with session_factory() as session:
        stones = session.execute(select(Tombstone.kind, Tombstone.batch).order_by(Tombstone.kind)).all()
        assert [tuple(each) for each in stones] == [
            (kind, f"request-{request_id}") for kind in ("files", "messages", "reporter")
        ]
        row = session.scalars(select(DataRequest)).one()
        assert (row.state, row.reason) == ("accepted", None)


def lift(session_factory, hold_id) -> None:
    with session_factory.begin() as session:
        session.get_one(LegalHold, hold_id).lifted_at = datetime.now(UTC)


def test_nothing_is_erased_of_a_matter_that_goes_on(client, city, supervisor, session_factory):
    number = city.dispatched(**OWN)
    open_with_code(client, city, number)
    ask_erasing(client, number)
    answer = decide(supervisor, last_id(session_factory), "accept", proof="called_back")
    assert answer.status_code == 409
    assert "还在办理" in answer.text
    assert citizen_of(session_factory, number).name == "刁甲乙"


def test_what_still_waits_to_be_sent_is_called_off_and_nothing_of_it_is_left(
    client, city, supervisor, session_factory
):
    number = city.closed(**OWN)
    open_with_code(client, city, number)
    ask_erasing(client, number)
    with session_factory.begin() as session:
        in_hand = session.scalars(about(number).order_by(OutboxMessage.id)).first()
        in_hand.state = State.SENDING
        taken = in_hand.id
    decide(supervisor, last_id(session_factory), "accept", proof="called_back")
    with session_factory() as session:
        rows = session.scalars(about(number)).all()
        assert {(row.address, row.address_hash, str(dict(row.facts))) for row in rows} == {("", "", "{}")}
        assert {row.skip_reason for row in rows if row.id != taken} == {"erased"}
        assert session.get_one(OutboxMessage, taken).state == State.SENDING
        waiting = select(OutboxMessage).where(OutboxMessage.state == State.CREATED)
        assert session.scalars(waiting.where(OutboxMessage.recipient.startswith("user:"))).first()


def about(number):
    """Everything to be sent to the citizen of a ticket."""
    to_citizen = OutboxMessage.recipient.startswith("citizen:")
    return select(OutboxMessage).where(OutboxMessage.subject == number, to_citizen)


def test_what_is_to_be_put_right_is_not_erased_meanwhile_and_what_was_typed_goes_with_the_person(
    client, city, supervisor, session_factory, tmp_path
):
    number = city.closed(**OWN)
    open_with_code(client, city, number)
    ask(client, number, "name", "刁甲丙")
    later = datetime.now(UTC) + timedelta(days=366)
    shelf = Shelf(tmp_path)
    assert erase_what_is_over(session_factory, shelf, later)["reporter"] == 0
    decide(supervisor, last_id(session_factory), "accept", answer="已更正")
    assert erase_what_is_over(session_factory, shelf, later)["reporter"] == 1
    with session_factory() as session:
        row = session.scalars(select(DataRequest)).one()
        assert (row.old_value, row.new_value, row.reason, row.answer) == (None,) * 4
