"""Which rules of the screens can a machine hold: the content policy, Chinese typography, size.

Each check takes a text and returns what is wrong, one line per finding; the tests feed it every file and planted violations.
"""

import re

HAN = r"[\u3400-\u4dbf\u4e00-\u9fff]"
LONGEST_TEMPLATE = 150

_MARKUP = (
    (re.compile(r"<[^>]*\sstyle\s*="), "inline style"),
    (re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE), "inline event attribute"),
    (re.compile(r"<[^>]*\shx-on"), "hx-on needs eval"),
    (re.compile(r"hx-(?:vals|headers)\s*=\s*[\"']\s*js:"), "js: needs eval"),
    (re.compile(r"hx-trigger\s*=\s*[\"'][^\"']*\[(?!\{)"), "a filter of a trigger needs eval"),
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


def _search(text: str, rules: tuple[tuple[re.Pattern[str], str], ...]) -> list[str]:
    return [f"{name}: {match.group(0)!r}" for pattern, name in rules for match in pattern.finditer(text)]
