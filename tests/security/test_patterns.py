"""No text makes a pattern run for ever: none repeats what repeats, and the longest hostile text is refused at the door."""

import importlib
import pkgutil
import re
from re import _constants as codes  # type: ignore[attr-defined]  # the reader of patterns has no other name
from re import _parser as reader  # type: ignore[attr-defined]  # same

import pytest

import hotline
import notifications
import workflows
from tests.hotline.api.city import BODY

# A repetition within a repetition, each told from the next by a sign that only it may hold.
LOOKED_AT = {
    r"[A-Za-z0-9]+(?:[.:-][A-Za-z0-9]+)*|.",
    r"[ \t]*\n(?:[ \t]*\n){2,}",
    r"([A-Za-z0-9-]{1,24})~([a-z_]+)((?:~[a-z_]+\.[a-z_]+\.[^~]{0,40})*)",
}
MANY = 50
KILOBYTE = 1024


def patterns() -> dict[str, re.Pattern]:
    found = {}
    for package in (hotline, notifications, workflows):
        for each in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            for name, value in vars(importlib.import_module(each.name)).items():
                if isinstance(value, re.Pattern):
                    found[f"{each.name}.{name}"] = value
    return found


def repeats_a_repetition(parsed, *, is_inside: bool = False) -> bool:
    for code, given in parsed:
        if code in {codes.MAX_REPEAT, codes.MIN_REPEAT}:
            _, most, body = given
            is_endless = most is codes.MAXREPEAT or most > MANY
            if (is_endless and is_inside) or repeats_a_repetition(body, is_inside=is_inside or is_endless):
                return True
        inner = {
            codes.SUBPATTERN: lambda g: [g[3]],
            codes.BRANCH: lambda g: g[1],
            codes.ASSERT: lambda g: [g[1]],
        }
        if code in inner and any(repeats_a_repetition(b, is_inside=is_inside) for b in inner[code](given)):
            return True
    return False


def test_no_pattern_repeats_a_repetition():
    known = patterns()
    assert len(known) > 50
    found = {
        each.pattern
        for each in known.values()
        if repeats_a_repetition(reader.parse(each.pattern, each.flags))
    }
    assert found == LOOKED_AT


@pytest.mark.parametrize("pattern", ["^(a+)+$", "(a*)*b", "(?:a|b+)+c", "(.*,){60,}x"])
def test_a_pattern_that_would_run_for_ever_is_seen(pattern):
    assert repeats_a_repetition(reader.parse(pattern))


def test_every_pattern_comes_to_an_end_on_a_hostile_text():
    hostile = [
        sign * 1_500 + "!" for sign in ("a", "0", " ", "\t\n", "a.", "-", "{", "[[", "（", "1:", "+8", "电")
    ]
    for pattern in patterns().values():
        for text in hostile:
            if isinstance(pattern.pattern, str):
                pattern.search(text)
                pattern.fullmatch(text)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_hundred_kilobytes_in_any_field_are_refused(api):
    for sign in ("a", "0", "电", " a", "+8", "a@", "<"):
        text = sign * (100 * KILOBYTE // len(sign.encode()))
        for field in ("content", "title", "accused", "category", "type", "urgency"):
            assert api.post("agent", "/tickets", {**BODY, field: text}).status_code == 422
        for inner, fields in (
            ("caller", ("name", "phone", "email")),
            ("place", ("district", "street", "address")),
        ):
            for field in fields:
                body = {**BODY, inner: {**BODY[inner], field: text}}
                assert api.post("agent", "/tickets", body).status_code == 422
        assert api.client.get(
            "/api/v1/tickets", query_string={"q": text[:4_000]}, headers=api.headers("agent")
        ).status_code in {200, 422}
