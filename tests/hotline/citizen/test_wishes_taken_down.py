"""A caller asks on the telephone to have put right, or erased, what is kept of them."""

from sqlalchemy import select

from hotline.models.data_requests import DataRequest
from tests.hotline.citizen.wishes import WHY, signed_in
from tests.hotline.clerks import hidden_of
from workflows.vocabulary import Role


def test_an_agent_writes_down_a_callers_wish_and_how_they_saw_who_was_speaking(
    app, number, supervisor, session_factory
):
    agent, path = signed_in(app, session_factory, Role.AGENT), f"/tickets/{number}/data-request"
    assert path in agent.get(f"/tickets/{number}").text
    typed = {"wanted": "name", "value": "刁甲丙", "reason": WHY}
    for wrong, blamed in (
        ({}, "identified"),
        ({"identified": "x"}, "identified"),
        ({"wanted": "x"}, "wanted"),
    ):
        answer = agent.post(path, data={**hidden_of(agent.get(path).text, path), **typed, **wrong})
        assert answer.status_code == 422
        assert f'href="#f-{blamed}"' in answer.text
        assert "刁甲丙" in answer.text
    sent = {**typed, "identified": "calling"}
    assert agent.post(path, data={**hidden_of(agent.get(path).text, path), **sent}).status_code == 303
    erasing = {"wanted": "erasure", "reason": WHY, "identified": "in_person"}
    assert agent.post(path, data={**hidden_of(agent.get(path).text, path), **erasing}).status_code == 303
    with session_factory() as session:
        rows = session.scalars(select(DataRequest).order_by(DataRequest.id)).all()
        assert [(row.kind, row.field, row.identified) for row in rows] == [
            ("correction", "name", "calling"),
            ("erasure", "", "in_person"),
        ]
        assert {row.taken_by_id is None for row in rows} == {False}
    assert "能说出登记的信息" in supervisor.get(f"/board/data-requests/{rows[0].id}").text
    assert supervisor.get(path).status_code == 403
