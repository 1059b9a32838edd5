"""Who may call which endpoint: one table, a section per blueprint. What is not in it, nobody may call.

An endpoint is public, for citizens who opened a ticket, for anybody signed in, or for the roles named.
Which rows somebody sees inside is the queries' business, and which moves they may make the workflow's.
The sections of what an installation is set up by stand in access_setup.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from hotline.web.access_protection import PROTECTION
from hotline.web.access_rules import (
    ADMINISTRATORS,
    AGENTS,
    CENTRE,
    CITIZEN,
    PUBLIC,
    SIGNED_IN,
    STAFF,
    UNITS,
    Rule,
)
from hotline.web.access_setup import SETUP
from workflows.vocabulary import Role

PLUMBING: Mapping[str, Rule] = {
    "static": PUBLIC,
    "sign_in.home": PUBLIC,
    "sign_in.login": PUBLIC,
    "sign_in.logout": SIGNED_IN,
    # These let in whoever has just shown the right password, and lead anybody else to the login page.
    "second_factor.code": PUBLIC,
    "second_factor.enrol": PUBLIC,
    "second_factor.picture": PUBLIC,
    **{f"second_factor.{name}": SIGNED_IN for name in ("show", "start", "renew", "remove")},
    # Whoever holds a link that works sets the password of its account.
    "passwords.choose": PUBLIC,
    "passwords.keep": PUBLIC,
    "sign_in.stay": SIGNED_IN,
    **dict.fromkeys(("own_password.show", "own_password.change"), SIGNED_IN),
    **dict.fromkeys(("preferences.index", "preferences.choose"), SIGNED_IN),
    "language.choose": PUBLIC,
    "language.resize": PUBLIC,
    "health.healthz": PUBLIC,
    "health.readyz": PUBLIC,
    # The view itself lets in the machine it runs on and administrators.
    "health.metrics": PUBLIC,
    "openapi.spec": PUBLIC,
}
STYLEGUIDE: Mapping[str, Rule] = {"styleguide.index": ADMINISTRATORS}
DESK: Mapping[str, Rule] = {
    "desk.index": AGENTS,
    "desk.register": frozenset({Role.AGENT}),
    "desk.assist": frozenset({Role.AGENT}),
    "desk.preview": frozenset({Role.AGENT}),
    "desk.cite": frozenset({Role.AGENT}),
    "desk.fill": frozenset({Role.AGENT}),
    "desk.urge": frozenset({Role.AGENT}),
    **{f"desk.{name}": frozenset({Role.AGENT}) for name in ("calls", "keep", "take", "put_aside")},
    "desk.draft": frozenset({Role.AGENT}),
    "desk.revise": frozenset({Role.AGENT}),
    "desk.mine": AGENTS,
}
# Which tickets come up is for queries.scope to say, in every answer of these.
SEARCH: Mapping[str, Rule] = {
    **{
        f"search.{name}": STAFF
        for name in ("index", "views", "name_view", "save_view", "edit_view", "change_view", "delete_view")
    },
    "search.palette": SIGNED_IN,
    "search.ask_export": CENTRE,
}
INTAKE: Mapping[str, Rule] = {
    "intake.queue": frozenset({Role.REVIEWER}),
    "intake.confirm": frozenset({Role.REVIEWER}),
    "intake.approve_intake": frozenset({Role.REVIEWER}),
    "intake.return_intake": frozenset({Role.REVIEWER}),
    "intake.reject": frozenset({Role.REVIEWER}),
}
DISPATCH: Mapping[str, Rule] = {
    "dispatch.queue": frozenset({Role.DISPATCHER}),
    "dispatch.send": frozenset({Role.DISPATCHER}),
    **{f"dispatch.{name}": frozenset({Role.DISPATCHER}) for name in ("preview", "bulk", "redirect")},
}
CATALOGUE_READERS: Final = frozenset({Role.DISPATCHER, Role.CENTRE_LEADER, Role.ADMINISTRATOR})
CATALOGUE_EDITORS: Final = frozenset({Role.CENTRE_LEADER, Role.ADMINISTRATOR})
CATALOGUE: Mapping[str, Rule] = {
    **{
        f"catalogue.{name}": CATALOGUE_READERS
        for name in ("index", "versions", "checks", "trial", "proposals", "gather", "take", "dismiss")
    },
    **{
        f"catalogue.{name}": CATALOGUE_EDITORS
        for name in ("start_draft", "publish", "row_form", "put_row", "remove_row")
    },
}
DEPARTMENT: Mapping[str, Rule] = {
    "department.inbox": UNITS,
    "department.pressed": UNITS,
    "department.sign": frozenset({Role.HANDLER}),
    "department.unsign": frozenset({Role.HANDLER}),
    **{
        f"department.{name}": frozenset({Role.HANDLER})
        for name in ("pick_shares", "pass_down", "pass_down_many")
    },
    **{f"department.{name}": UNITS for name in ("pick_to_give", "give", "give_many")},
    **{
        f"department.{name}": UNITS
        for name in (
            *("phrases", "new_phrase", "add_phrase", "edit_phrase", "save_phrase"),
            *("move_phrase", "retire_phrase", "take_up_phrase"),
        )
    },
    "department.review": frozenset({Role.UNIT_LEADER}),
    "department.orders": UNITS,
    "department.answer_order": UNITS,
}
DECIDERS: Final = frozenset(
    {Role.DISPATCHER, Role.SUPERVISOR, Role.CENTRE_LEADER, Role.AUDITOR, Role.SECURITY_OFFICER}
)
REQUESTS: Mapping[str, Rule] = {
    "requests.queue": DECIDERS | UNITS | {Role.AGENT, Role.CALLBACK_AGENT},
    "requests.decide": frozenset({Role.SECURITY_OFFICER}),
    "requests.mine": STAFF,
    "requests.exports": STAFF,
    "requests.cancel_export": STAFF,
    "requests.fetch_export": STAFF,
}
REVIEW: Mapping[str, Rule] = {"review.queue": frozenset({Role.AUDITOR})}
CALLBACK: Mapping[str, Rule] = {
    "callback.queue": frozenset({Role.CALLBACK_AGENT}),
    "callback.preview": frozenset({Role.CALLBACK_AGENT}),
}
SUPERVISOR: Mapping[str, Rule] = {
    "supervisor.board": frozenset({Role.SUPERVISOR, Role.CENTRE_LEADER}),
    "supervisor.export": frozenset({Role.SUPERVISOR, Role.CENTRE_LEADER}),
    **{
        f"supervisor.{name}": frozenset({Role.SUPERVISOR, Role.CENTRE_LEADER})
        for name in ("orders", "order", "new_order", "suspended", "disputes", "merged", "excluded", "watched")
    },
    **{
        f"supervisor.{name}": frozenset({Role.SUPERVISOR, Role.CENTRE_LEADER})
        for name in ("export_book", "export_ledger", "export_orders")
    },
    **{
        f"supervisor.{name}": frozenset({Role.SUPERVISOR, Role.CENTRE_LEADER})
        for name in ("overdue", "forecast", "export_overdue", "pick_orders", "order_many")
    },
    "supervisor.urge": frozenset({Role.SUPERVISOR}),
    "supervisor.invalid": frozenset({Role.REVIEWER, Role.SUPERVISOR, Role.CENTRE_LEADER}),
}
FIGURES: Mapping[str, Rule] = {
    f"figures.{name}": frozenset({Role.SUPERVISOR, Role.CENTRE_LEADER})
    for name in (
        *("cockpit", "units", "trends", "daily", "tickets", "wall"),
        *("export_units", "export_trends", "export_daily", "export_tickets"),
    )
}
CITIZENS: Mapping[str, Rule] = {
    "citizen.find": PUBLIC,
    "citizen.by_link": PUBLIC,
    "citizen.help": PUBLIC,
    "citizen.privacy": PUBLIC,
    "citizen.accessibility": PUBLIC,
    # The views let in the owner of the ticket in the address alone, and lead anybody else to citizen.find.
    "citizen.status": CITIZEN,
    "citizen.rate": CITIZEN,
    "citizen.withdraw": CITIZEN,
    "citizen.supplement": CITIZEN,
    "citizen.urge": CITIZEN,
    "citizen.leave": CITIZEN,
    "citizen.reopen": CITIZEN,
    "citizen.cancel_reopening": CITIZEN,
    **dict.fromkeys(("citizen.contact", "citizen.wish", "citizen.give_email"), CITIZEN),
}
# What somebody typed is found by a token that only their browser holds.
SUBMITTING: Mapping[str, Rule] = {
    f"submitting.{name}": PUBLIC for name in ("what", "photos", "where", "who", "check", "done", "discard")
}
# Everybody reads; agents may propose. Whose entry one may write or approve is the service's business.
KNOWLEDGE_READERS: Final = STAFF | {Role.ADMINISTRATOR}
KNOWLEDGE_WRITERS: Final = frozenset(
    {Role.AGENT, Role.EXPERT, Role.REVIEWER, Role.ADMINISTRATOR, Role.HANDLER, Role.UNIT_LEADER}
)
KNOWLEDGE: Mapping[str, Rule] = {
    **{f"knowledge.{name}": KNOWLEDGE_READERS for name in ("index", "show", "versions", "tell_use", "doubt")},
    **{
        f"knowledge.{name}": KNOWLEDGE_WRITERS
        for name in ("queue", "new", "create", "start", "edit", "save", "move", "reply")
    },
}
API_CALLERS: Final = STAFF | {Role.IMPORTER}
API: Mapping[str, Rule] = {
    "api.register_ticket": API_CALLERS,
    "api.list_tickets": API_CALLERS,
    "api.get_ticket": API_CALLERS,
    "api.reveal_caller": STAFF,
    "api.list_actions": API_CALLERS,
    "api.take_action": API_CALLERS,
    "api.preview_action": API_CALLERS,
    "api.list_events": API_CALLERS,
    "api.list_clocks": API_CALLERS,
    "api.list_assignments": API_CALLERS,
    "api.list_messages": API_CALLERS,
    "api.list_attachments": API_CALLERS,
    "api.add_attachment": API_CALLERS,
    "api.list_requests": API_CALLERS,
    "api.make_request": API_CALLERS,
    "api.list_orders": API_CALLERS,
    "api.issue_order": API_CALLERS,
    "api.take_order_action": API_CALLERS,
    "api.take_assignment_action": API_CALLERS,
    "api.decide_request": API_CALLERS,
    # The telephone system knows who calls and nothing else.
    "api.announce_call": frozenset({Role.TELEPHONE}),
    "api.list_units": SIGNED_IN,
    "api.list_categories": SIGNED_IN,
    "api.list_policies": SIGNED_IN,
    "api.get_calendar": SIGNED_IN,
    "api.show_docs": PUBLIC,
    # Providers have no account here: the views check signature or key.
    **dict.fromkeys((f"api.receive_{name}_status" for name in ("twilio", "tencent", "relay")), PUBLIC),
    "api.receive_message": PUBLIC,
}
TICKETS: Mapping[str, Rule] = {
    f"tickets.{name}": STAFF
    for name in (
        "show",
        "act",
        "act_on_part",
        "ask",
        "ask_of_share",
        "issue_order",
        "preview",
        "preview_on_part",
        "preview_ask",
        "preview_ask_of_share",
        "preview_order",
        *("ask_to_reveal", "reveal"),
        "clocks",
        "sheet",
        "sheets",
        "number_copies",
        "printed",
        "upload",
        "download",
        "take_over",
        *("watch", "unwatch", "keep_draft"),
    )
}
# Outside the demo the view answers as if it were not there.
MAILBOX: Mapping[str, Rule] = {f"mailbox.{name}": PUBLIC for name in ("index", "send_sms", "set_carrier")}

SECTIONS: tuple[Mapping[str, Rule], ...] = (
    PLUMBING,
    STYLEGUIDE,
    DESK,
    SEARCH,
    INTAKE,
    DISPATCH,
    CATALOGUE,
    DEPARTMENT,
    REQUESTS,
    REVIEW,
    CALLBACK,
    SUPERVISOR,
    FIGURES,
    CITIZENS,
    SUBMITTING,
    *SETUP,
    *PROTECTION,
    KNOWLEDGE,
    API,
    TICKETS,
    MAILBOX,
)
ACCESS: Mapping[str, Rule] = MappingProxyType(
    {name: rule for part in SECTIONS for name, rule in part.items()}
)
