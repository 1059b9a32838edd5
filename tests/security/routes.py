"""Every request there can be: each route with each of its methods, its gaps filled in."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Flask
from werkzeug.routing import AnyConverter, IntegerConverter, Rule

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Asked:
    """One method of one route."""

    endpoint: str
    method: str
    path: str

    @property
    def is_unsafe(self) -> bool:
        return self.method not in SAFE

    @property
    def is_api(self) -> bool:
        return self.endpoint.startswith(("api.", "openapi."))


def requests_of(app: Flask) -> Iterator[Asked]:
    """List every method of every route, with a 1 or a number of a ticket in each gap; files are left out."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        with app.test_request_context():
            built = rule.build(_fitting(rule), append_unknown=False)
        assert built is not None, rule
        _, path = built
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield Asked(rule.endpoint, method, path)


def _fitting(rule: Rule) -> dict[str, object]:
    return {name: _fill(name, converter) for name, converter in rule._converters.items()}


def _fill(name: str, converter: object) -> object:
    if isinstance(converter, IntegerConverter):
        return 1
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    return "YJ20261123-00001" if name == "number" else "1"
