"""Does an administrator choose when a unit is on duty, and does the list say so?"""

from sqlalchemy import select

from hotline.models.organisation import Unit
from tests.hotline.clerks import hidden_of

PATH = "/admin/units/CG/duty-hours"


def kept(session_factory):
    with session_factory() as session:
        return session.scalar(select(Unit.calendar).where(Unit.code == "CG"))


def choose(client, code):
    return client.post(PATH, data={**hidden_of(client.get(PATH).text, PATH), "calendar": code})


def test_a_unit_is_given_another_calendar_and_the_list_names_it(administrator, session_factory):
    answer = choose(administrator, "always")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/admin/units/CG")
    assert kept(session_factory) == "always"
    page = administrator.get("/admin/units/CG").text
    assert "已保存" in page
    assert "全天候（7×24）" in page
    assert '<option value="always" selected>' in administrator.get(PATH).text


def test_an_unknown_calendar_is_refused_beside_the_field_and_nothing_changes(administrator, session_factory):
    answer = choose(administrator, "moon")
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert "还没有保存" in answer.text
    assert kept(session_factory) == "city"


def test_a_unit_that_does_not_exist_has_no_duty_hours(administrator):
    assert administrator.get("/admin/units/NOBODY/duty-hours").status_code == 404


def test_nobody_else_chooses(app, city, session_factory):
    client = city.sign_in(app, "supervisor")
    assert client.get(PATH).status_code == 403
    assert kept(session_factory) == "city"
