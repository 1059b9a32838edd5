"""The same request again: the first answer for a day, an error for another request, nothing for a stranger."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hotline.models.access import IdempotencyKey
from hotline.services.idempotency import KEPT_FOR, Answer, Asked, digest, find_answer, forget_old, keep_answer
from tests.stories.town import MONDAY
from workflows.errors import Refused

ASKED = Asked("user:1", "key", digest("POST", "/tickets", "body"))
ANSWER = Answer(201, '{"number": "YJ20261123-00001"}', "/tickets/YJ20261123-00001")


def test_the_first_answer_is_given_again_byte_for_byte(session: Session):
    assert find_answer(session, ASKED, MONDAY) is None
    keep_answer(session, ASKED, ANSWER, MONDAY)
    assert find_answer(session, ASKED, MONDAY + timedelta(hours=23)) == ANSWER


def test_the_same_key_with_another_request_is_an_error(session: Session):
    keep_answer(session, ASKED, ANSWER, MONDAY)
    with pytest.raises(Refused) as refusal:
        find_answer(session, Asked(ASKED.owner, ASKED.key, digest("other")), MONDAY)
    assert refusal.value.code == "idempotency_mismatch"


def test_one_persons_key_says_nothing_to_another(session: Session):
    keep_answer(session, ASKED, ANSWER, MONDAY)
    assert find_answer(session, Asked("user:2", ASKED.key, ASKED.request_hash), MONDAY) is None


def test_after_a_day_the_key_is_free_again(session: Session):
    keep_answer(session, ASKED, ANSWER, MONDAY)
    later = MONDAY + KEPT_FOR
    assert find_answer(session, ASKED, later) is None
    keep_answer(session, ASKED, Answer(200), later)
    assert find_answer(session, ASKED, later) == Answer(200)
    forget_old(session, later + KEPT_FOR)
    assert session.scalar(select(func.count(IdempotencyKey.id))) == 0


def test_a_twin_that_was_faster_is_told_and_takes_the_whole_act_back(session: Session):
    keep_answer(session, ASKED, ANSWER, MONDAY)
    with pytest.raises(Refused) as refusal, session.begin_nested():
        keep_answer(session, ASKED, Answer(500), MONDAY)
    assert refusal.value.code == "twin_in_flight"
    assert find_answer(session, ASKED, MONDAY) == ANSWER


def test_the_kept_body_is_not_readable_in_the_table(session: Session):
    keep_answer(session, ASKED, ANSWER, MONDAY)
    rows = str(session.connection().exec_driver_sql("SELECT body FROM idempotency_keys").all())
    assert "YJ20261123" not in rows


def test_no_two_requests_share_a_digest_by_moving_a_border():
    assert digest("ab", "c") != digest("a", "bc")
    assert digest("ab") != digest("a", "b")
    assert digest("甲") == digest("甲".encode())
