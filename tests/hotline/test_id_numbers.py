"""The number of a caller's identity document: whole, well typed, kept only where somebody gave it, and masked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.hashes import id_number_hash
from hotline.models.ticket import Citizen
from hotline.services.id_numbers import normal_id_number
from hotline.web.filters import mask_id_number
from tests.stories.tale import Tale
from tests.stories.town import COMPLAINT, found_town
from workflows.errors import FieldCode, Refused

# The example of the standard itself.
RESIDENT = "11010519491231002X"


@pytest.mark.parametrize(
    ("raw", "normal"),
    [
        (RESIDENT, RESIDENT),
        ("110105 19491231 002x", RESIDENT),
        ("１１０１０５１９４９１２３１００２Ｘ", RESIDENT),
        ("810000199001010019", "810000199001010019"),
        ("930010199001010019", "930010199001010019"),
        ("e12345678", "E12345678"),
        ("H12345678", "H12345678"),
        ("  ", ""),
    ],
)
def test_one_number_has_one_form_however_it_is_written(raw, normal):
    assert normal_id_number(raw) == normal
    assert normal_id_number(normal) == normal


@pytest.mark.parametrize(
    "raw",
    [
        "110105194912310021",
        "11010519491231002",
        "1101051949123100 2XX",
        "330102199102300019",
        "110105491231002",
        "E1234567890",
        "ABCDEFG",
        "E1234567!",
    ],
)
def test_a_slip_of_the_pen_is_refused_on_its_field(raw):
    with pytest.raises(Refused) as refusal:
        normal_id_number(raw)
    assert [(error.field, error.code) for error in refusal.value.errors] == [
        ("id_number", FieldCode.BAD_ID_NUMBER)
    ]


@pytest.mark.parametrize("place", range(18))
def test_every_single_wrong_digit_is_noticed(place):
    for digit in "0123456789X":
        typed = RESIDENT[:place] + digit + RESIDENT[place + 1 :]
        if typed != RESIDENT:
            with pytest.raises(Refused):
                normal_id_number(typed)


@given(st.text(max_size=40))
def test_no_text_breaks_the_reading_of_a_number(raw):
    try:
        normal = normal_id_number(raw)
    except Refused:
        return
    assert normal.isascii()
    assert normal_id_number(normal) == normal


@pytest.mark.parametrize(
    ("number", "masked"),
    [(RESIDENT, "11**************2X"), ("E12345678", "*******78"), ("1", "1"), ("", ""), (None, "")],
)
def test_a_masked_number_tells_two_ends_of_a_card_and_one_of_anything_else(number, masked):
    assert mask_id_number(number) == masked


def test_a_number_is_found_by_its_hash_follows_a_change_and_goes_with_the_caller(session: Session):
    tale = Tale(session, found_town(session))
    tale.register(id_number="110105 19491231 002x")
    citizen = session.scalars(select(Citizen).where(Citizen.id_number_hash == id_number_hash(RESIDENT))).one()
    assert citizen.id_number == RESIDENT
    tale.act("agent", "revise", {**COMPLAINT, "id_number": "E12345678"})
    assert (citizen.id_number, citizen.id_number_hash) == ("E12345678", id_number_hash("E12345678"))
    tale.act("agent", "revise", COMPLAINT)
    assert citizen.id_number == "E12345678"
    tale.act("agent", "revise", {**COMPLAINT, "no_id_number": True})
    kept = select(Citizen.id_number, Citizen.id_number_hash, Citizen.phone.is_not(None))
    assert session.execute(kept).all() == [(None, None, True)]
    tale.act("agent", "revise", {**COMPLAINT, "is_anonymous": True})
    assert session.scalars(select(Citizen)).all() == []


def test_a_call_without_a_number_keeps_none(session: Session):
    tale = Tale(session, found_town(session)).register()
    citizen = session.get_one(Citizen, tale.ticket.citizen_id)
    assert (citizen.id_number, citizen.id_number_hash) == (None, None)


def test_a_wrong_number_is_refused_beside_what_else_is_wrong(session: Session):
    with pytest.raises(Refused) as refusal:
        Tale(session, found_town(session)).register(id_number="110105194912310021", phone="12")
    assert {error.field for error in refusal.value.errors} == {"phone", "id_number"}
