"""Who may call what protects people and what watches over it: sections of the access table."""

from collections.abc import Mapping

from hotline.web.access_rules import ADMINISTRATORS, Rule
from workflows.vocabulary import Role

# Records alone: nothing of a ticket is shown there but its number.
AUDIT: Mapping[str, Rule] = {
    f"audit.{name}": frozenset({Role.AUDIT_ADMINISTRATOR}) for name in ("index", "ticket")
}
RETENTION: Mapping[str, Rule] = {
    f"retention.{name}": ADMINISTRATORS for name in ("index", "plan", "choose", "hold", "lift")
}
PROTECTION = (AUDIT, RETENTION)
