"""What must a token be for to call an endpoint of the API?

By its method, if no line here says otherwise: who only reads needs `read`, who changes something `write`. One
of the scopes named is enough. What its account may do is the access table's business as ever.
"""

from collections.abc import Mapping

from hotline.models.people import Scope
from hotline.web.security import SAFE_METHODS

# Without units and categories nobody can hand a ticket in.
_REFERENCE = frozenset({Scope.READ, Scope.WRITE, Scope.INTAKE})
SCOPES: Mapping[str, frozenset[Scope]] = {
    "api.register_ticket": frozenset({Scope.INTAKE}),
    "api.announce_call": frozenset({Scope.CALLS}),
    **{
        f"api.{name}": _REFERENCE
        for name in ("list_units", "list_categories", "list_policies", "get_calendar")
    },
}


def is_in_scope(scopes: frozenset[Scope], endpoint: str, method: str) -> bool:
    """Whether a token for these may call an endpoint with a method."""
    by_method = frozenset({Scope.READ if method in SAFE_METHODS else Scope.WRITE})
    return bool(scopes & SCOPES.get(endpoint, by_method))
