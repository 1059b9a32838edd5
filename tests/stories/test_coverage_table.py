"""Does the page that says which row is lived through say what the tables and scenes say?"""

from tests.stories import coverage_table
from tests.stories.scenes import OWN_DOORS, ROWS, SCENES
from workflows.vocabulary import Role


def test_the_page_is_as_the_tables_and_scenes_are():
    found = coverage_table.PAGE.read_text(encoding="utf-8")
    assert found == coverage_table.render(), "run: python -m tests.stories.coverage_table"


def test_every_row_a_person_may_take_is_pressed_at_a_form():
    pressed = {scene.row for scene in SCENES if scene.is_pressed} | OWN_DOORS.keys()
    for_people = {name for name, row in ROWS.items() if row.roles - {Role.SYSTEM}}
    assert sorted(for_people - pressed) == []


def test_every_row_the_system_takes_alone_is_set_off_by_something_else():
    alone = {name for name, row in ROWS.items() if row.roles == {Role.SYSTEM}}
    assert [scene.row for scene in SCENES if scene.row in alone and scene.is_pressed] == []
