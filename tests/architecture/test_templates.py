"""Do all templates keep the rules, and would the checks notice if they did not?"""

import re
from pathlib import Path

import pytest

from tests.architecture.template_lint import (
    faults_of_forms,
    faults_of_markup,
    faults_of_size,
    faults_of_typography,
)

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SCREENS = [path for path in TEMPLATES if "messages" not in path.parts]
CSS = ROOT / "static/css/app.css"
SPRITE = ROOT / "static/icons.svg"


def _name(path):
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", SCREENS, ids=_name)
def test_a_screen_has_nothing_the_content_security_policy_forbids(path):
    assert faults_of_markup(path.read_text()) == []


@pytest.mark.parametrize("path", SCREENS, ids=_name)
def test_a_form_that_is_filled_in_is_checked_in_the_words_of_the_application(path):
    assert faults_of_forms(path.read_text()) == []


def test_a_form_left_to_the_browser_is_found():
    form = '<form {}method="post">{{{{ ui.field("name", required=True) }}}}</form>'
    assert faults_of_forms(form.format(""))
    assert not faults_of_forms(form.format("novalidate "))


@pytest.mark.parametrize("path", TEMPLATES, ids=_name)
def test_a_template_sets_chinese_with_full_width_punctuation_and_one_space(path):
    assert faults_of_typography(path.read_text()) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=_name)
def test_a_template_is_at_most_150_lines(path):
    assert faults_of_size(path.read_text()) == []


@pytest.mark.parametrize(
    "planted",
    [
        '<p style="color:red">x</p>',
        '<button type="button" onclick="go()">x</button>',
        "<script>go()</script>",
        '<script src="a.js">go()</script>',
        "<style>p{}</style>",
        '<form hx-on:submit="go()">',
        """<div hx-vals='js:{a: go()}'>""",
        '<input hx-trigger="input[!event.isComposing]">',
        "<div popover>",
    ],
)
def test_planted_markup_violations_are_found(planted):
    assert faults_of_markup(planted)


@pytest.mark.parametrize(
    "planted", ["标题:内容", "你好, 世界", "真的?", "第3步", "共 20件", "电话tel", "大屏  LED"]
)
def test_planted_typography_violations_are_found(planted):
    assert faults_of_typography(planted)


@pytest.mark.parametrize(
    "fine",
    ["第 3 步，共 3 步", "草稿已保存 10:32:07", '_("%(who)s修改了", who=x)', "{# 注释:x #}", "110、119"],
)
def test_good_typography_passes(fine):
    assert faults_of_typography(fine) == []


def test_a_long_template_is_found():
    assert faults_of_size("x\n" * 151)


def test_the_two_dark_blocks_are_equal():
    blocks = re.findall(r"\[data-theme=\"(dark|auto)\"\] \{([^}]*)\}", CSS.read_text())
    assert [name for name, _ in blocks] == ["dark", "auto"]
    assert blocks[0][1] == blocks[1][1]


def test_every_icon_named_in_a_template_is_drawn():
    drawn = set(re.findall(r'<symbol id="(\w+)"', SPRITE.read_text()))
    named = {name for path in TEMPLATES for name in re.findall(r'icon(?:\(|=)"(\w+)"', path.read_text())}
    assert named - drawn == set()


def test_no_screen_names_the_demo_city_for_every_installation():
    named = [_name(path) for path in TEMPLATES if re.search("云江|Yunjiang", path.read_text())]
    assert named == []
