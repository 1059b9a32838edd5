"""Does a look at a citizen's own wish go through the one door to who called?"""

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from hotline.models.reveals import IdentityReveal, Purpose, RevealLimit
from hotline.models.ticket import Ticket
from tests.hotline.citizen.wishes import ask, decide, last_id
from tests.hotline.clerks import hidden_of

NEW = "13700002222"
KEPT = "13912340987"


@pytest.fixture
def path(client, number, session_factory) -> str:
    ask(client, number, "phone", NEW)
    return f"/board/data-requests/{last_id(session_factory)}"


def look(supervisor, path):
    hidden = hidden_of(supervisor.get(path).text, f"{path}/accept")
    return supervisor.post(f"{path}/reveal", data=hidden)


def looks(session_factory) -> list[IdentityReveal]:
    with session_factory() as session:
        return list(session.scalars(select(IdentityReveal)))


def test_the_look_is_kept_with_its_purpose_and_what_it_showed(path, supervisor, session_factory):
    assert KEPT in look(supervisor, path).text
    kept = looks(session_factory)
    assert [(row.purpose, row.way, row.shown) for row in kept] == [(Purpose.OTHER, "screen", "phone")]
    assert "个人信息申请" in kept[0].words


def test_a_look_at_a_ticket_nobody_works_on_stands_out_as_every_other(path, supervisor, session_factory):
    look(supervisor, path)
    assert "not_worked_on" in looks(session_factory)[0].marks.split(",")


def test_it_is_gone_after_half_a_minute(path, supervisor):
    answer = look(supervisor, path)
    assert "no-store" in answer.headers["Cache-Control"]
    assert 'data-vanish="30"' in answer.text
    assert f'<noscript><meta http-equiv="refresh" content="30; url={path}"></noscript>' in answer.text


def test_past_the_days_measure_there_is_none(path, supervisor, session_factory):
    with session_factory.begin() as session:
        few = {"in_units": 1, "in_centre": 1, "at_once": 1}
        session.add(RevealLimit(**few, reason="试", made_at=datetime.now(UTC)))
    assert look(supervisor, path).status_code == 200
    refused = look(supervisor, path)
    assert refused.status_code != 200
    assert KEPT not in refused.text
    assert len(looks(session_factory)) == 1


def test_the_sealed_identity_of_a_confidential_ticket_stays_shut_and_the_wish_can_be_decided(
    path, supervisor, number, session_factory
):
    with session_factory.begin() as session:
        session.scalars(select(Ticket).where(Ticket.number == number)).one().is_confidential = True
    page = supervisor.get(path).text
    assert f"{path}/reveal" not in page
    assert "申请披露身份" in page
    refused = supervisor.post(f"{path}/reveal", data=hidden_of(page, f"{path}/accept"))
    assert refused.status_code == 403
    for secret in (KEPT, NEW):
        assert secret not in refused.text
    assert looks(session_factory) == []
    assert decide(supervisor, path.rsplit("/", 1)[1], "refuse", answer="未能核实是本人").status_code == 303


def test_what_was_typed_of_the_answer_outlives_the_look(path, supervisor):
    typed = {**hidden_of(supervisor.get(path).text, f"{path}/accept"), "answer": "已回拨原号码核实"}
    assert re.search(r">\s*已回拨原号码核实</textarea>", supervisor.post(f"{path}/reveal", data=typed).text)
