"""What may a line of the access table say?"""

from enum import Enum
from typing import Final

from workflows.vocabulary import CENTRE_ROLES, UNIT_ROLES, Role


class Who(Enum):
    """Endpoints that do not ask for a role."""

    PUBLIC = "public"
    CITIZEN = "citizen"
    SIGNED_IN = "signed_in"


Rule = Who | frozenset[Role]

PUBLIC: Final = Who.PUBLIC
CITIZEN: Final = Who.CITIZEN
SIGNED_IN: Final = Who.SIGNED_IN
CENTRE: Final = CENTRE_ROLES
UNITS: Final = UNIT_ROLES
STAFF: Final = CENTRE_ROLES | UNIT_ROLES
AGENTS: Final = frozenset({Role.AGENT, Role.EXPERT})
ADMINISTRATORS: Final = frozenset({Role.ADMINISTRATOR})
