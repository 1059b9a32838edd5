"""Who may call what protects people and what watches over it: sections of the access table."""

from collections.abc import Mapping

from hotline.web.access_rules import ADMINISTRATORS, CITIZEN, Rule
from workflows.vocabulary import Role

# Records alone: nothing of a ticket is shown there but its number.
AUDIT: Mapping[str, Rule] = {
    f"audit.{name}": frozenset({Role.AUDIT_ADMINISTRATOR}) for name in ("index", "ticket")
}
RETENTION: Mapping[str, Rule] = {
    f"retention.{name}": ADMINISTRATORS for name in ("index", "plan", "choose", "hold", "lift")
}
# As all pages of a citizen's ticket: the view lets in the owner of the ticket in the address alone.
OWN_DATA: Mapping[str, Rule] = {f"citizen.{name}": CITIZEN for name in ("own_data", "own_data_file")}
PROTECTION = (AUDIT, RETENTION, OWN_DATA)
