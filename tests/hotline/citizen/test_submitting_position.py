"""Where somebody stood goes with a request when they press for it, and is seen by whoever may know them."""

import pytest
from sqlalchemy import select

from hotline.models.ticket import Ticket
from hotline.queries.scope import find_position
from tests.hotline.citizen.submission import fill_in, one, submit
from workflows.vocabulary import Role

HERE = {"latitude": "30.251234", "longitude": "120.151234"}
DEGREES = (30.251234, 120.151234)


@pytest.fixture(autouse=True)
def folder(app, city, tmp_path):
    app.config["ATTACHMENT_FOLDER"] = tmp_path / "files"


def sent(session_factory):
    return one(session_factory, select(Ticket))


def test_a_position_is_shown_before_sending_and_goes_with_the_request(client, session_factory):
    assert "30.251234, 120.151234" in fill_in(client, **HERE).text
    submit(client, **HERE)
    ticket = sent(session_factory)
    assert (ticket.latitude, ticket.longitude) == DEGREES


def test_its_citizen_finds_it_among_what_is_kept_of_them(client):
    number = submit(client, **HERE)
    assert "30.251234, 120.151234" in client.get(f"/status/{number}/data").text


@pytest.mark.parametrize(
    "said",
    [
        {"latitude": "30.25"},
        {"latitude": "91", "longitude": "120"},
        {"latitude": "nan", "longitude": "120"},
        {"latitude": "<b>", "longitude": "120"},
        {**HERE, "no_place": "y", "address": ""},
    ],
)
def test_half_a_position_none_of_this_globe_and_one_of_no_place_are_none(client, session_factory, said):
    submit(client, **said)
    ticket = sent(session_factory)
    assert (ticket.latitude, ticket.longitude) == (None, None)


@pytest.mark.parametrize(("privacy", "shown"), [("open", DEGREES), ("confidential", None)])
def test_a_unit_reads_it_unless_it_may_not_know_whose_it_is(client, city, session_factory, privacy, shown):
    submit(client, privacy=privacy, **HERE)
    ticket = sent(session_factory)
    assert find_position(ticket, city.actors[Role.HANDLER]) == shown
    assert find_position(ticket, city.actors[Role.DISPATCHER]) == DEGREES
