"""The form that gives a ticket back: whose it should be is found in the catalogue of units."""

import re

from sqlalchemy import select

from hotline.models.organisation import Unit
from tests.hotline.ticket_story import hidden_fields, share_of, sign_in


def _share_id(session_factory, number: str) -> int:
    with session_factory() as session:
        return share_of(session, number).id


def test_a_return_names_the_right_unit_from_the_catalogue_and_never_its_own(
    client, session_factory, city, number
):
    sign_in(client, "wang")
    url = f"/tickets/{number}/assignments/{_share_id(session_factory, number)}/requests/ask_return"
    page = client.get(url).text
    field = re.search(r'<select[^>]*name="suggested_unit"[^>]*>(.*?)</select>', page, re.DOTALL)
    assert "data-combo" in field[0]
    names = re.findall(r'<option value="([^"]+)"', field[1])
    with session_factory() as session:
        units = {unit.id: unit.name for unit in session.scalars(select(Unit))}
    assert units[city.units["water"]] in names
    assert units[city.units["housing"]] not in names
    assert re.search(r'value="云江市水务集团" data-initials="yjsswjt yunjiangshishuiwujituan"', field[1])
    data = hidden_fields(page) | {
        "reason": "not_our_duty",
        "basis": "三定方案第五条",
        "suggested_unit": "云江市水务集团",
    }
    back = client.post(url, data=data | {"basis": ""})
    assert re.search(r'<option value="云江市水务集团"[^>]* selected>', back.text)
    assert client.post(url, data=data).status_code == 303
    assert "建议承办单位：云江市水务集团" in client.get(f"/tickets/{number}").text
