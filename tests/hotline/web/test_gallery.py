"""Does the gallery show every component with everything that can be said to it, and in every state?"""

import re
from collections import defaultdict
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import render_template

from hotline.web import styleguide
from hotline.web.ui import Control

ROOT = Path(__file__).resolve().parents[3]
COMPONENTS = sorted(path.stem for path in (ROOT / "templates/components").glob("*.html"))
LONG = 16
# These are for the page around a component and change nothing of how it looks.
UNSEEN = {"action", "at_field", "attrs", "bulk_key", "hidden", "id", "multiple", "name", "value"}
# These say what they are given by the program, never a text that somebody wrote.
BOUNDED = {
    "bulk_bar",
    "form_head",
    "icon",
    "kbd",
    "light",
    "light_dot",
    "pager",
    "status_tag",
    "ticket_number",
    "time",
}
# What a component may be given none of.
LISTS = {"items", "entries", "pieces", "parts", "options", "errors"}
# A look that is not of the page or of a table: each belongs to a component.
LOOKS = re.compile(r"\.((?:alert|btn|tag|sla|meter|note|tl__dot|f)--\w+)")


class Recorder:
    """Stands in for `ui` and notes what the gallery says to each component; what those say to others is theirs."""

    def __init__(self, ui):
        self._ui, self._depth = ui, 0
        self.calls = defaultdict(list)

    def __getattr__(self, name):
        macro = getattr(self._ui, name)

        def call(*given, **named):
            if self._depth == 0:
                self.calls[name].append({**dict(zip(macro.arguments, given, strict=False)), **named})
            self._depth += 1
            try:
                return macro(*given, **named)
            finally:
                self._depth -= 1

        return call


@pytest.fixture
def shown(kit):
    recorder = Recorder(kit.jinja_env.globals["ui"])
    kit.jinja_env.globals["ui"] = recorder
    page = BeautifulSoup(render_template("styleguide/index.html", **styleguide.gallery()), "html.parser")
    return recorder, page


def test_everything_that_can_be_said_to_a_component_is_said_in_the_gallery(kit, shown):
    recorder, _ = shown
    missing = {}
    for name in COMPONENTS:
        said = {word for call in recorder.calls[name] for word in call}
        missing[name] = set(getattr(kit.jinja_env.globals["ui"]._ui, name).arguments) - said
    assert {name: words - UNSEEN for name, words in missing.items() if words - UNSEEN} == {}


def test_every_component_is_shown_with_a_text_as_long_as_people_write(shown):
    recorder, page = shown
    short = {name for name in COMPONENTS if not any(is_long(call) for call in recorder.calls[name])}
    assert short - BOUNDED - {"hint_card"} == set()
    assert any(len(card.text) >= LONG for card in page.select(".hint-card"))


def test_every_component_that_takes_a_list_is_shown_with_nothing_in_it(kit, shown):
    recorder, _ = shown
    for name in set(COMPONENTS) - {"field_notes"}:
        arguments = getattr(kit.jinja_env.globals["ui"]._ui, name).arguments
        for word in LISTS & set(arguments) - ({"errors"} if name != "error_summary" else set()):
            given = [call[word] for call in recorder.calls[name] if word in call]
            assert [] in given, (name, word)


def test_every_field_is_shown_with_what_is_wrong_with_it(kit, shown):
    recorder, _ = shown
    wrong = {name for name in COMPONENTS if any(call.get("errors") for call in recorder.calls[name])}
    takes = {
        name for name in COMPONENTS if "errors" in getattr(kit.jinja_env.globals["ui"]._ui, name).arguments
    }
    assert wrong == takes


def test_every_look_the_style_sheet_has_for_a_component_is_shown(shown):
    _, page = shown
    styled = set(LOOKS.findall((ROOT / "static/css/app.css").read_text()))
    worn = {name for tag in page.select("[class]") for name in tag["class"]}
    assert styled - worn == set()


def test_the_gallery_is_shown_light_and_dark_on_demand(kit):
    for theme in ("light", "dark"):
        page = BeautifulSoup(kit.test_client().get(f"/styleguide/?theme={theme}").text, "html.parser")
        assert page.html["data-theme"] == theme
        assert page.select_one(f"a[href='/styleguide/?theme={theme}']")["aria-current"]
    page = BeautifulSoup(kit.test_client().get("/styleguide/?theme=none").text, "html.parser")
    assert page.html["data-theme"] == "auto"


def is_long(said) -> bool:
    """Whether there is a long text somewhere in what was said."""
    if isinstance(said, str):
        return len(said) >= LONG
    if isinstance(said, dict):
        return any(is_long(each) for each in said.values())
    if isinstance(said, Control):
        return is_long([said.label, said.hint, *said.errors])
    return isinstance(said, list | tuple) and any(is_long(each) for each in said)
