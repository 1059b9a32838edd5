"""Do styles and scripts keep to the oldest browsers of the city's desks, and would the check notice if they did not?"""

import gzip
import hashlib
import json
import re

import pytest

from tests.architecture.baseline_lint import faults_of_css, faults_of_script
from tests.architecture.source import ROOT

CSS = ROOT / "static/css/app.css"
SCRIPTS = sorted((ROOT / "static/js").glob("*.js"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
VENDORED = sorted(path for path in (ROOT / "static/vendor").iterdir() if path.is_dir())
HTMX = {
    "includeIndicatorStyles": False,
    "allowEval": False,
    "allowScriptTags": False,
    "selfRequestsOnly": True,
    "historyCacheSize": 0,
}


def test_the_style_sheet_uses_only_what_every_browser_of_the_baseline_has():
    assert faults_of_css(CSS.read_text()) == []


@pytest.mark.parametrize(
    "planted",
    [
        "a:has(b){}",
        "a{color:color-mix(in srgb,red,blue)}",
        "a{color:oklch(1 0 0)}",
        "a{color:light-dark(#fff,#000)}",
        "a{color:rgb(from red r g b)}",
        "@scope (a){b{}}",
        "@container (width > 1px){b{}}",
        "@container style(--a:1){b{}}",
        "@starting-style{a{top:0}}",
        "@property --a{syntax:'*'}",
        "@layer x{a{b{color:red}}}",
        "a{&:hover{color:red}}",
        "a{@media print{color:red}}",
        "@media (width >= 900px){a{top:0}}",
        "a:popover-open{top:0}",
        "a:user-invalid{top:0}",
        "a:not(:modal){top:0}",
        "li:nth-child(2 of .x){top:0}",
        "a{width:5cqw}",
        "a{text-wrap:balance}",
        "a{grid-template-columns:subgrid}",
        "a{color red}",
    ],
)
def test_a_planted_style_that_is_too_young_is_found(planted):
    assert faults_of_css(planted)


def test_what_the_baseline_has_is_let_through():
    old = (
        "@layer a{@media (min-width:901px){b:not(.x):nth-child(2n+1)::before{inset:0;width:calc(100% - 2px)}}}"
        "@supports (inset:0){a{color:rgb(1 2 3 / 0.5);accent-color:var(--x);clip-path:inset(50%)}}"
        "@keyframes k{from{top:0}50%{top:1px}}@page{size:A4;margin:16mm}"
    )
    assert faults_of_css(old) == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_uses_only_what_every_browser_of_the_baseline_has(path):
    assert faults_of_script(path.read_text()) == []


@pytest.mark.parametrize(
    "planted",
    [
        "rows.toSorted()",
        "Object.groupBy(rows, f)",
        "new Set(a).isSubsetOf(b)",
        "fetch(u, {signal: AbortSignal.timeout(5)})",
        "requestIdleCallback(go)",
        "document.startViewTransition(go)",
        "menu.showPopover()",
        "pane.inert = true",
        "class A { static { go(); } }",
        "text.replace(/(?<=a)b/, '')",
        "eval('1')",
        "localStorage.setItem('phone', phone)",
    ],
)
def test_a_planted_script_that_is_too_young_or_forbidden_is_found(planted):
    assert faults_of_script(planted)


def test_what_scripts_may_use_is_let_through():
    old = "const n = rows?.at(-1) ?? structuredClone(x); rows.findLast(f); Object.hasOwn(o, 'k'); // a.toSorted()"
    assert faults_of_script(old) == []


def test_htmx_is_told_to_run_no_code_from_pages_and_to_keep_no_page():
    frame = (ROOT / "templates/base.html").read_text()
    assert json.loads(re.search(r"name=\"htmx-config\" content='([^']*)'", frame).group(1)) == HTMX


def test_styles_and_scripts_stay_within_their_weight():
    scripts = b"".join(path.read_bytes() for path in SCRIPTS)
    assert len(gzip.compress(CSS.read_bytes())) <= 15_000
    assert len(gzip.compress(scripts)) <= 20_000


@pytest.mark.parametrize("folder", VENDORED, ids=lambda path: path.name)
def test_what_others_wrote_has_its_licence_and_is_the_file_noted(folder):
    assert (folder / "LICENSE").stat().st_size > 100
    noted = (folder / "VERSION").read_text()
    for script in folder.glob("*.js"):
        assert f"sha256: {hashlib.sha256(script.read_bytes()).hexdigest()}" in noted


def test_only_a_citizens_own_form_keeps_words_in_the_browser_and_only_in_its_tab() -> None:
    keeping = {path.name for path in SCRIPTS if "sessionStorage" in path.read_text(encoding="utf-8")}
    loading = [path for path in TEMPLATES if "typed.js" in path.read_text(encoding="utf-8")]
    assert keeping == {"typed.js"}
    assert {path.name for path in loading} == {"citizen_base.html"}
