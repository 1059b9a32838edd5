"""Which rules of the screens can a machine hold: CSP, Chinese typography, size of templates, safe CSS.

Each check takes a text and returns what is wrong, one line per finding; the tests feed it every file and planted violations.
"""

import re
from collections.abc import Iterator

HAN = r"[\u3400-\u4dbf\u4e00-\u9fff]"
LONGEST_TEMPLATE = 150

_MARKUP = (
    (re.compile(r"<[^>]*\sstyle\s*="), "inline style"),
    (re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE), "inline event attribute"),
    (re.compile(r"<[^>]*\shx-on"), "hx-on needs eval"),
    (re.compile(r"<script(?![^>]*\ssrc=)", re.IGNORECASE), "inline script"),
    (re.compile(r"<script[^>]*>\s*[^<\s]", re.IGNORECASE), "script with a body"),
    (re.compile(r"<style\b", re.IGNORECASE), "inline style sheet"),
    (re.compile(r"<[^>]*\spopover\b"), "popover is younger than Chromium 109"),
)
_TYPOGRAPHY = (
    (re.compile(f"{HAN}\\s?[,:;?!]|[,:;?!]\\s?{HAN}"), "half-width punctuation next to Han"),
    (re.compile(f"{HAN}[A-Za-z0-9]|[A-Za-z0-9]{HAN}"), "no space between Han and Latin or digit"),
    (
        re.compile(f"{HAN} {{2,}}[A-Za-z0-9]|[A-Za-z0-9] {{2,}}{HAN}"),
        "more than one space between Han and Latin or digit",
    ),
)
_FORM = re.compile(r"<form\b([^>]*)>(.*?)(?:</form>|\Z)", re.DOTALL)
# What is filled in: a macro of a field, a partial or a block of the caller that may bring one.
_FILLED_IN = re.compile(
    r"ui\.(?:textarea|field|select|segmented|radios|file_upload)\(|include |caller\(|required"
)
_CSS = (":has(", "color-mix(", "oklch(", "light-dark(", "@scope", ":popover-open")
_JINJA_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|&#?\w+;")


def faults_of_markup(text: str) -> list[str]:
    """What the content security policy or Chromium 109 would break."""
    return _search(_JINJA_COMMENT.sub("", text), _MARKUP)


def faults_of_forms(text: str) -> list[str]:
    """Posted forms that a browser would check, in its own words and language, before the application does."""
    forms = [found.groups() for found in _FORM.finditer(_JINJA_COMMENT.sub("", text))]
    return [
        tag.strip()
        for tag, body in forms
        if 'method="post"' in tag and _FILLED_IN.search(body) and "novalidate" not in tag
    ]


def faults_of_typography(text: str) -> list[str]:
    """Chinese set wrongly; what a translation puts in for a placeholder is not judged."""
    return _search(_PLACEHOLDER.sub("", _JINJA_COMMENT.sub("", text)), _TYPOGRAPHY)


def faults_of_size(text: str) -> list[str]:
    """A template longer than the house allows."""
    lines = text.count("\n")
    return [f"{lines} lines, {LONGEST_TEMPLATE} allowed"] if lines > LONGEST_TEMPLATE else []


def faults_of_css(text: str) -> list[str]:
    """What is younger than Chromium 109, Firefox ESR 128 or Safari 15.4."""
    code = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    return [word for word in _CSS if word in code] + [f"nested: {rule}" for rule in _nested_rules(code)]


def _nested_rules(code: str) -> Iterator[str]:
    open_rules: list[str] = []
    for match in re.finditer(r"([^{};]*)([{};])", code):
        prelude, sign = match.group(1).strip(), match.group(2)
        if sign == "{":
            if any(not rule.startswith("@") for rule in open_rules):
                yield prelude
            open_rules.append(prelude)
        elif sign == "}":
            open_rules.pop()


def _search(text: str, rules: tuple[tuple[re.Pattern[str], str], ...]) -> list[str]:
    return [f"{name}: {match.group(0)!r}" for pattern, name in rules for match in pattern.finditer(text)]
