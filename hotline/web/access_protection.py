"""Who may call what protects people and what watches over it: sections of the access table."""

from collections.abc import Mapping

from hotline.queries.substitutions import OVERSEERS
from hotline.web.access_rules import ADMINISTRATORS, CITIZEN, PUBLIC, SIGNED_IN, Rule
from workflows.vocabulary import Role

# Records alone: nothing of a ticket is shown there but its number.
AUDIT: Mapping[str, Rule] = {
    f"audit.{name}": frozenset({Role.AUDIT_ADMINISTRATOR}) for name in ("export", "index", "ticket")
}
# Who saw who called; only the security administrator changes how many a day.
REVEALS: Mapping[str, Rule] = {
    "reveals.index": frozenset({Role.SECURITY_OFFICER, Role.AUDIT_ADMINISTRATOR}),
    "reveals.choose": frozenset({Role.SECURITY_OFFICER}),
    # Of the trail and of accounts it shows numbers and names; their own pages stay with their administrators.
    "reveals.overview": frozenset({Role.SECURITY_OFFICER}),
}
RETENTION: Mapping[str, Rule] = {
    f"retention.{name}": ADMINISTRATORS for name in ("index", "plan", "choose", "hold", "lift")
}
# Whom a token may be given to is the service's business.
TOKENS: Mapping[str, Rule] = {f"tokens.{name}": ADMINISTRATORS for name in ("index", "issue", "revoke")}
SESSIONS: Mapping[str, Rule] = {
    **{f"own_sessions.{name}": SIGNED_IN for name in ("index", "end", "end_others")},
    "people.end_sessions": ADMINISTRATORS,
}
# Whom somebody looks after is the query's business.
SUBSTITUTIONS: Mapping[str, Rule] = {
    **{f"substitutions.{name}": SIGNED_IN for name in ("index", "name", "end", "act", "leave")},
    **{f"substitutions.{name}": OVERSEERS for name in ("overseen", "name_for", "revoke")},
}
# As all pages of a citizen's ticket: the view lets in the owner of the ticket in the address alone.
OWN_DATA: Mapping[str, Rule] = {
    **{f"citizen.{name}": CITIZEN for name in ("own_data", "own_data_file", "correct_data", "erase_data")},
    **{
        f"supervisor.{name}": frozenset({Role.SUPERVISOR})
        for name in (
            *("data_requests", "data_request"),
            *("reveal_data_request", "accept_data_request", "refuse_data_request"),
        )
    },
    **{f"tickets.{name}": frozenset({Role.AGENT}) for name in ("ask_for_data", "take_data_request")},
}
# Both answer as if they were not there where no provider is configured.
SINGLE_SIGN_ON: Mapping[str, Rule] = {
    **{f"single_sign_on.{name}": PUBLIC for name in ("leave", "back")},
    "people.link_identity": ADMINISTRATORS,
}
PROTECTION: tuple[Mapping[str, Rule], ...] = (
    *(AUDIT, REVEALS, RETENTION, TOKENS),
    *(SESSIONS, SUBSTITUTIONS, OWN_DATA, SINGLE_SIGN_ON),
)
