"""How does the access table read as a page, and does it say something about every address of the program?

docs/security/rights.md is written from here, so that a change of rights shows as a change of a page.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from flask import Flask
from werkzeug.routing import Map
from werkzeug.routing import Rule as Address

from hotline.queries.substitutions import LENDABLE
from hotline.services.separation import APART
from hotline.web.access_reach import REACH, Reach, Whose
from hotline.web.access_rules import CENTRE, UNITS, Rule, Who
from hotline.web.access_table import ACCESS
from workflows.vocabulary import Role

_HEAD = """# Who may call what, and for whose rows

Written by `flask --app wsgi check-rights --write` from `hotline/web/access_table.py` (who may call an
endpoint) and `hotline/web/access_reach.py` (whose rows it gives). Both are put to use before every view
(`hotline/web/access.py`): an endpoint without a line in them answers 403 to everybody. The same lines are
what `tests/security/test_matrix.py` expects of every address, role and ownership. What somebody may do to a
row they reach is the workflow's to say ([workflow.md](../workflow.md)).
"""
_WHO: Mapping[Who, str] = {
    Who.PUBLIC: "anybody",
    Who.CITIZEN: "a citizen who opened a ticket",
    Who.SIGNED_IN: "anybody signed in",
}
_ALWAYS: Final = frozenset({"HEAD", "OPTIONS"})


def find_gaps(addresses: Map, access: Mapping[str, Rule], reach: Mapping[str, Reach]) -> list[str]:
    """List what the two tables leave unsaid of the program's addresses, and what they say of none."""
    endpoints = {each.endpoint for each in addresses.iter_rules()}
    naming = {each.endpoint for each in addresses.iter_rules() if each.arguments}
    return [
        *(f"{name}: no line says who may call it" for name in sorted(endpoints - set(access))),
        *(f"{name}: no line says whose rows it gives" for name in sorted(naming - set(reach))),
        *(f"{name}: there is no such endpoint" for name in sorted(set(access) - endpoints)),
        *(f"{name}: no address of it names a row" for name in sorted(set(reach) - naming)),
        *(f"{name}: nobody may call it" for name, rule in sorted(access.items()) if not rule),
    ]


def render_rights(app: Flask) -> str:
    """Write docs/security/rights.md."""
    parts: dict[str, list[Address]] = {}
    for each in app.url_map.iter_rules():
        parts.setdefault(each.endpoint.rpartition(".")[0] or "static", []).append(each)
    sections = (line for name in sorted(parts) for line in _section(name, parts[name]))
    return "\n".join([_HEAD, *_reaches(), *_ownership(), *_separation(), *_standing_in(), *sections])


def _reaches() -> Iterator[str]:
    yield from ("## Whose rows", "", "| reach | what the address may name |", "|---|---|")
    yield from (f"| {each.name.lower()} | {each.value} |" for each in Reach)
    yield ""


def _ownership() -> Iterator[str]:
    yield "## Which tickets `queries.scope` shows"
    yield ""
    yield "The centre's roles: all of them. Handlers and leaders, by how the ticket stands to their unit:"
    yield ""
    yield from ("| the ticket | is shown |", "|---|---|")
    yield from (f"| {each.told} | {'yes' if each.is_shown else 'no: 404'} |" for each in Whose)
    yield ""


def _separation() -> Iterator[str]:
    yield from ("## Kept apart", "")
    yield f"Nobody holds two of: {_names(APART)}."
    yield ""


def _standing_in() -> Iterator[str]:
    yield from ("## Standing in for a colleague", "")
    yield f"These roles are lent for a time, and no others: {_said(LENDABLE)}."
    yield "A substitute is let in where these roles are, sees the rows these see, and has none of their own"
    yield "roles meanwhile; tokens of the API act for their owner alone."
    yield ""


def _section(name: str, addresses: Iterable[Address]) -> Iterator[str]:
    yield from (f"## {name}", "", "| endpoint | address | who | whose rows |", "|---|---|---|---|")
    for each in sorted(addresses, key=lambda each: (each.endpoint, each.rule, sorted(each.methods or ()))):
        reach = REACH.get(each.endpoint)
        methods = ", ".join(sorted((each.methods or set()) - _ALWAYS))
        address = f"`{methods} {each.rule}`".replace("|", "\\|")
        whose = "" if reach is None or not each.arguments else reach.name.lower()
        yield f"| {each.endpoint} | {address} | {_said(ACCESS[each.endpoint])} | {whose} |"
    yield ""


def _said(rule: Rule) -> str:
    if isinstance(rule, Who):
        return _WHO[rule]
    groups = [word for word, group in (("the centre", CENTRE), ("units", UNITS)) if group <= rule]
    grouped = {role for group in (CENTRE, UNITS) if group <= rule for role in group}
    return ", ".join([*groups, *([_names(rule - grouped)] if rule - grouped else [])])


def _names(roles: Iterable[Role]) -> str:
    wanted = frozenset(roles)
    return ", ".join(role.value for role in Role if role in wanted)
