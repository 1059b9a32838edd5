"""What may styles and scripts use? What Chromium 109, Firefox ESR 128 and Safari 15.4 all have, and nothing younger.

Styles are parsed, and what is not known to be old enough is a fault: a new feature is looked up once and added
here. Scripts are read by words: their syntax has hardly grown since the baseline, their library has.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import tinycss2
from tinycss2.ast import Node

AT_RULES = frozenset({"layer", "media", "supports", "keyframes", "page", "font-face", "import"})
_HOLDING_RULES = frozenset({"layer", "media", "supports", "keyframes"})
FUNCTIONS = frozenset(
    {
        *(
            "rgb",
            "rgba",
            "hsl",
            "hsla",
            "var",
            "env",
            "calc",
            "min",
            "max",
            "clamp",
            "attr",
            "url",
            "counter",
        ),
        *(
            "minmax",
            "repeat",
            "fit-content",
            "inset",
            "circle",
            "linear-gradient",
            "repeating-linear-gradient",
        ),
        *("cubic-bezier", "steps", "translate", "translatex", "translatey", "rotate", "scale"),
    }
)
PSEUDO_CLASSES = frozenset(
    {
        *(
            "active",
            "after",
            "before",
            "checked",
            "disabled",
            "empty",
            "enabled",
            "first-child",
            "first-of-type",
        ),
        *("focus", "focus-visible", "focus-within", "hover", "indeterminate", "invalid", "is", "lang"),
        *(
            "last-child",
            "last-of-type",
            "link",
            "not",
            "nth-child",
            "nth-of-type",
            "only-child",
            "placeholder",
        ),
        *("placeholder-shown", "root", "target", "visited", "where", "backdrop", "marker", "first-letter"),
        *("file-selector-button", "-webkit-details-marker", "-webkit-meter-bar", "-webkit-progress-bar"),
        *("-webkit-progress-value", "-moz-progress-bar"),
    }
)
UNITS = frozenset(
    {"px", "em", "rem", "ch", "ex", "vh", "vw", "vmin", "vmax", "fr", "s", "ms", "deg", "mm", "pt"}
)
# Younger than the baseline, or there under a prefix only.
PROPERTIES = frozenset(
    {
        *(
            "anchor-name",
            "animation-timeline",
            "backdrop-filter",
            "container",
            "container-type",
            "content-visibility",
        ),
        *(
            "container-name",
            "field-sizing",
            "hyphenate-limit-chars",
            "inset-area",
            "interpolate-size",
            "mask",
        ),
        *("mask-image", "overlay", "position-anchor", "position-area", "position-try", "scrollbar-color"),
        *(
            "scrollbar-gutter",
            "scrollbar-width",
            "text-box",
            "text-spacing-trim",
            "text-wrap",
            "text-wrap-style",
        ),
        *(
            "transition-behavior",
            "view-timeline",
            "view-transition-name",
            "white-space-collapse",
            "word-break-phrase",
        ),
    }
)
VALUES = frozenset({"subgrid", "masonry", "allow-discrete", "auto-phrase", "balance", "pretty"})

_SCRIPT_WORDS = (
    (r"\.(?:toSorted|toReversed|toSpliced|with)\(", "a copying method of arrays: Safari 16, Chromium 110"),
    (r"\b(?:Object|Map)\.groupBy\b|Array\.fromAsync\b|Promise\.(?:withResolvers|try)\b", "after 2023"),
    (r"\.(?:isWellFormed|toWellFormed|intersection|isSubsetOf|symmetricDifference)\(", "after 2023"),
    (r"\bAbortSignal\.(?:timeout|any)\b|\bURL\.(?:canParse|parse)\b", "Safari 16 or later"),
    (
        r"\b(?:CompressionStream|OffscreenCanvas|URLPattern|EditContext|Temporal|CloseWatcher)\b",
        "Safari 16.4",
    ),
    (r"\brequestIdleCallback\b|\bnavigator\.userActivation\b|\bscheduler\.", "missing in Safari"),
    (r"\bstartViewTransition\b|\.(?:show|hide|toggle)Popover\(|\bpopover", "Chromium 111 or later"),
    (r"\.(?:checkVisibility|setHTML|setHTMLUnsafe|moveBefore|requestClose)\(", "Safari 17 or later"),
    (r"\.inert\b|['\"]inert['\"]", "inert: Safari 15.5"),
    (r"['\"]scrollend['\"]|['\"]beforetoggle['\"]", "an event Safari has not"),
    (r"\bstatic\s*\{", "static block of a class: Safari 16.4"),
    (r"\(\?<[=!]", "look-behind: Safari 16.4"),
    (r"/[dgimsuy]*v[dgimsuy]*\.(?:test|exec)\(", "flag v of regular expressions: Chromium 112"),
    (r"\bimport\b[^;\n]*\bwith\s*\{|\bawait\s+using\b", "syntax after 2023"),
    (r"\beval\(|\bnew Function\(|\.setAttribute\(['\"]style|\.innerHTML\s*=", "the content policy or a leak"),
    (r"\b(?:localStorage|indexedDB)\b", "nothing is kept on a shared desk"),
)
_COMMENT = re.compile(r"/\*.*?\*/|(?<![:'\"\\])//[^\n]*", re.DOTALL)


def faults_of_css(text: str) -> list[str]:
    """What a browser of the baseline would drop, with the line it stands on."""
    rules = tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True)
    return [fault for rule in rules for fault in _of_rule(rule)]


def faults_of_script(text: str) -> list[str]:
    """What a browser of the baseline has not, or what no script of ours may do."""
    code = _COMMENT.sub("", text)
    return [
        f"{found.group(0)}: {why}" for pattern, why in _SCRIPT_WORDS for found in re.finditer(pattern, code)
    ]


def _of_rule(rule: Node) -> Iterator[str]:
    if rule.type == "error":
        yield f"{rule.source_line}: {rule.message}"
    elif rule.type == "at-rule":
        yield from _of_at_rule(rule)
    else:
        yield from _of_selector(rule.prelude)
        yield from _of_block(rule.content)


def _of_at_rule(rule: Any) -> Iterator[str]:
    if rule.lower_at_keyword not in AT_RULES:
        yield f"{rule.source_line}: @{rule.lower_at_keyword}"
        return
    if rule.lower_at_keyword == "media" and re.search(r"[<>]", tinycss2.serialize(rule.prelude)):
        yield f"{rule.source_line}: a range of widths"
    if rule.content is None:
        return
    if rule.lower_at_keyword in _HOLDING_RULES:
        for inner in tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True):
            yield from _of_rule(inner)
    else:
        yield from _of_block(rule.content)


def _of_selector(tokens: Iterable[Any]) -> Iterator[str]:
    listed = list(tokens)
    for before, token in zip([None, *listed], listed, strict=False):
        is_pseudo = before is not None and before.type == "literal" and before.value == ":"
        name = getattr(token, "lower_value", None) or getattr(token, "lower_name", "")
        if is_pseudo and token.type in {"ident", "function"} and name not in PSEUDO_CLASSES:
            yield f"{token.source_line}: :{name}"
        if token.type == "literal" and token.value == "&":
            yield f"{token.source_line}: nested"
        if token.type == "function":
            if re.search(r"\bof\b", tinycss2.serialize(token.arguments)):
                yield f"{token.source_line}: nth-child of"
            yield from _of_selector(token.arguments)


def _of_block(content: Any) -> Iterator[str]:
    for part in tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True):
        if part.type == "error":
            yield f"{part.source_line}: {part.message}"
        elif part.type == "declaration":
            if part.lower_name in PROPERTIES:
                yield f"{part.source_line}: {part.lower_name}"
            yield from _of_value(part.value)
        else:
            yield f"{part.source_line}: nested rule"


def _of_value(tokens: Iterable[Any]) -> Iterator[str]:
    for token in tokens:
        if token.type == "function":
            if token.lower_name not in FUNCTIONS or _is_relative(token):
                yield f"{token.source_line}: {token.lower_name}()"
            yield from _of_value(token.arguments)
        elif token.type == "dimension" and token.lower_unit not in UNITS:
            yield f"{token.source_line}: {token.unit}"
        elif token.type == "ident" and token.lower_value in VALUES:
            yield f"{token.source_line}: {token.value}"


def _is_relative(function: Any) -> bool:
    """Say whether it is `rgb(from …)`, a colour made of another one."""
    words = [token for token in function.arguments if token.type != "whitespace"]
    return bool(words) and words[0].type == "ident" and words[0].lower_value == "from"
