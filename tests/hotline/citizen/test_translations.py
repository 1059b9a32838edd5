"""Everything citizens see has an English text, and the compiled catalogue is that text."""

import io
import re
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from hotline.queries.public_status import Stage, StepKind

ROOT = Path(__file__).resolve().parents[3]
CATALOGUE = ROOT / "translations/en/LC_MESSAGES/messages.po"
HAN = re.compile(r"[\u4e00-\u9fff]")
SCREENS = [*sorted((ROOT / "templates/citizen").rglob("*.html")), ROOT / "templates/citizen_base.html"]


def catalogue():
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="en")


def first(texts):
    return texts[0] if isinstance(texts, tuple) else texts


def extracted():
    with (ROOT / "translations/babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    found = extract_from_dir(ROOT, methods, options)
    return {first(message) for _, _, message, _, _ in found}


def test_every_text_is_translated_and_no_translation_is_left_over():
    known = {first(message.id): message for message in catalogue() if message.id}
    assert extracted() - set(known) == set()
    assert set(known) - extracted() == set()
    empty = [text for text, message in known.items() if not all(_strings(message)) or message.fuzzy]
    assert empty == []


def test_no_translation_is_chinese_and_each_keeps_its_variables():
    for message in catalogue():
        if message.id:
            for text in _strings(message):
                assert not HAN.search(text)
                assert set(re.findall(r"%\(\w+\)s", text)) == set(re.findall(r"%\(\w+\)s", first(message.id)))


def test_the_compiled_catalogue_is_current():
    compiled = io.BytesIO()
    write_mo(compiled, catalogue())
    assert CATALOGUE.with_suffix(".mo").read_bytes() == compiled.getvalue()


def test_no_citizen_template_has_chinese_outside_of_a_translated_text():
    for path in SCREENS:
        text = re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.DOTALL)
        text = re.sub(r"""(?:_\(|\bpgettext\("[^"]*", )(["']).*?\1[,)]""", "", text)
        # The link to the other language is written in that language.
        assert HAN.findall(text.replace(">中文<", "")) == [], path.name


def test_every_stage_and_step_has_an_english_label():
    assert [word for words in (Stage, StepKind) for word in words if HAN.search(word.label_en)] == []


def _strings(message):
    return message.string if isinstance(message.string, tuple) else (message.string,)
