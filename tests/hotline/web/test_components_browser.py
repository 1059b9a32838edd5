"""Does the kit hold in a real browser: no accessibility fault in any look, and no key stolen from an input method?"""

import threading
from pathlib import Path
from urllib.parse import parse_qs

import axe_playwright_python
import pytest
from flask import Flask
from flask_babel import Babel
from flask_wtf import CSRFProtect
from jinja2 import StrictUndefined
from werkzeug.serving import make_server

from hotline.web import styleguide
from hotline.web.filters import register_filters
from hotline.web.ui import register_ui

ROOT = Path(__file__).resolve().parents[3]
AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"
PAGE = """{% extends "base.html" %}{% block main %}<h1>x</h1>
<form method="post" action="/">{{ ui.form_head() }}{{ ui.textarea("answer", label="答复内容", max=1000) }}
{{ ui.button("提交", kind="primary", key="F9") }}</form>{% endblock %}"""

PICKER = """{% extends "base.html" %}{% block scripts %}
<script src="{{ url_for('static', filename='js/combobox.js') }}" defer></script>{% endblock %}{% block main %}<h1>x</h1>
<form method="post" action="/">{{ ui.select("owner", [("7", "梧桐区城市管理局（梧桐区城管局）")], label="承办单位",
blank="不指定", attrs={"data-combo": true, "data-free": true}) }}{{ ui.button("保存", kind="primary", key="Ctrl+Enter") }}</form>{% endblock %}"""

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address():
    app = Flask("kit", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    app.config.update(SECRET_KEY="test", BABEL_DEFAULT_LOCALE="zh", WTF_CSRF_ENABLED=False)
    app.jinja_options = {**app.jinja_options, "undefined": StrictUndefined, "autoescape": True}
    CSRFProtect(app)
    Babel(app)
    register_ui(app)
    register_filters(app)
    app.register_blueprint(styleguide.blueprint)
    app.add_url_rule("/form", "form", lambda: app.jinja_env.from_string(PAGE).render(styleguide_context(app)))
    app.add_url_rule(
        "/picker", "picker", lambda: app.jinja_env.from_string(PICKER).render(styleguide_context(app))
    )
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


def styleguide_context(app):
    context = {}
    app.update_template_context(context)
    return context


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_gallery_has_no_accessibility_fault(browser, address, theme, width):
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=theme)
    page.goto(f"{address}/styleguide/")
    found = page.evaluate(AXE.read_text() + ";axe.run()")["violations"]
    assert [(fault["id"], [node["target"] for node in fault["nodes"]]) for fault in found] == []
    page.close()


def test_the_gallery_fits_320_pixels(browser, address):
    page = browser.new_page(viewport={"width": 320, "height": 700})
    page.goto(f"{address}/styleguide/")
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.close()


def test_an_input_method_keeps_its_keys_and_hints_wait_for_it(browser, address):
    page = browser.new_page()
    page.goto(f"{address}/form")
    page.focus("#answer")
    page.evaluate(
        "settled = sent = 0; addEventListener('settled', () => settled++);"
        "addEventListener('submit', event => { sent++; event.preventDefault(); }, true)"
    )
    keyboard = page.context.new_cdp_session(page)
    keyboard.send("Input.imeSetComposition", {"text": "dian ti", "selectionStart": 7, "selectionEnd": 7})
    key = {"type": "rawKeyDown", "key": "Process", "code": "F9", "windowsVirtualKeyCode": 229}
    keyboard.send("Input.dispatchKeyEvent", key)
    assert page.evaluate("[settled, sent]") == [0, 0]
    keyboard.send("Input.insertText", {"text": "电梯"})
    page.keyboard.press("F9")
    assert page.evaluate("[settled, sent]") == [1, 1]
    assert page.inner_text(".f__count") == "2 / 1000 字"
    page.close()


@pytest.mark.parametrize(("typed", "sent"), [("城管", "7"), ("没有的单位", "没有的单位"), ("", "")])
def test_what_somebody_typed_for_a_choice_is_sent_by_the_key_that_saves(browser, address, typed, sent):
    page = browser.new_page()
    page.goto(f"{address}/picker")
    page.get_by_role("combobox", name="承办单位").click()
    page.keyboard.type(typed)
    with page.expect_request(lambda request: request.method == "POST") as pressed:
        page.keyboard.press("Control+Enter")
    assert parse_qs(pressed.value.post_data, keep_blank_values=True)["owner"] == [sent]
    page.close()
