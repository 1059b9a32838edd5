"""Which rows does an endpoint that names one in its address give: the second half of the access table.

Every endpoint with a variable part in its address has a line here, also where that part names no row. Without
one nobody may call it. The reach of SCOPE and OPENED is asked by the guard before the view; the others load
their row through queries that know the reader.
"""

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final


class Reach(Enum):
    """Whose rows an address may name; the sentence stands in docs/security/rights.md."""

    NO_ROW = "no row: the address holds a word, a date or a kind"
    EVERY = "any row: the role alone decides"
    SCOPE = "a ticket that `queries.scope` shows them, else 404; asked by the guard"
    PART = "a share, request or order of a ticket that `queries.scope` shows them, else 404"
    OPENED = "the ticket this browser opened with its code, else led to the look-up; asked by the guard"
    OWN = "what they made or were given themselves, else 404"
    OWN_QUIETLY = "what is their own; another's stays as it is and nothing is told of it"
    OWN_UNIT = "what belongs to their own unit, else 404"
    SUBTREE = "their own unit and those below it, else 404; any unit for administrators"
    OVERSEEN = "a substitution of their own unit's people, else 404; anybody's for the security officer"
    READABLE = "knowledge that `queries.knowledge_scope` shows them, else 404"
    BLIND = "a request that is decided without its ticket: a bulk export or the look at a sealed identity"
    LINK = "what the secret in the link opens"


class Whose(Enum):
    """How a ticket stands to the unit of whoever asks, and whether it is shown to them."""

    OWN = "in their unit's hands", True
    CHILD = "in the hands of a unit below theirs", True
    CONFIDENTIAL = "in their unit's hands, in confidence: shown without its caller", True
    CLOSED = "closed after their unit handled it", True
    ARCHIVED = "archived after their unit handled it", True
    PARENT = "in the hands of the unit above theirs", False
    OTHER = "in another unit's hands", False
    OTHER_CLOSED = "closed after another unit handled it", False
    UNASSIGNED = "not dispatched yet", False
    DRAFT = "not submitted yet", False
    RECALLED = "taken from their unit again", False
    RETURNED = "given back by their unit", False
    MERGED = "merged into another while in their unit's hands", False
    ACCUSED = "complains of their unit and is in another's hands", False

    def __init__(self, told: str, is_shown: bool) -> None:  # noqa: FBT001 - how an Enum is given its members
        self.told = told
        self.is_shown = is_shown


_TICKETS: Final = (
    *("show", "act", "ask", "issue_order", "preview", "preview_ask", "preview_order"),
    *("act_on_part", "ask_of_share", "preview_on_part", "preview_ask_of_share"),
    *("ask_to_reveal", "reveal", "clocks", "sheet", "upload", "download", "take_over", "watch", "unwatch"),
    *("keep_draft", "ask_for_data", "take_data_request"),
)
_API_OF_TICKET: Final = (
    *(
        "get_ticket",
        "reveal_caller",
        "list_actions",
        "take_action",
        "preview_action",
        "list_events",
        "list_clocks",
    ),
    *("list_assignments", "list_messages", "list_attachments", "add_attachment"),
    *("list_requests", "make_request", "list_orders", "issue_order"),
)
_CITIZEN: Final = (
    *("status", "rate", "withdraw", "supplement", "urge", "reopen", "cancel_reopening"),
    *("contact", "wish", "give_email", "own_data", "own_data_file", "leave"),
    *("correct_data", "erase_data"),
)

TICKETS: Mapping[str, Reach] = {
    **dict.fromkeys((f"tickets.{name}" for name in _TICKETS), Reach.SCOPE),
    "tickets.printed": Reach.OWN,
    **dict.fromkeys(("desk.draft", "desk.revise"), Reach.SCOPE),
    **dict.fromkeys(
        ("dispatch.send", "dispatch.redirect", "dispatch.preview", "callback.preview"), Reach.SCOPE
    ),
    **dict.fromkeys(
        (f"intake.{name}" for name in ("confirm", "approve_intake", "return_intake", "reject")), Reach.SCOPE
    ),
    **dict.fromkeys((f"api.{name}" for name in _API_OF_TICKET), Reach.SCOPE),
    **dict.fromkeys(
        ("api.take_assignment_action", "api.take_order_action", "api.decide_request"), Reach.PART
    ),
    **dict.fromkeys((f"citizen.{name}" for name in _CITIZEN), Reach.OPENED),
    "citizen.by_link": Reach.LINK,
    "requests.decide": Reach.BLIND,
    "supervisor.order": Reach.EVERY,
    **dict.fromkeys(
        (f"supervisor.{name}_data_request" for name in ("reveal", "accept", "refuse")), Reach.EVERY
    ),
    "supervisor.data_request": Reach.EVERY,
    # The audit administrator sees records alone: nothing of the ticket but its number.
    "audit.ticket": Reach.EVERY,
}
KEPT: Mapping[str, Reach] = {
    "own_sessions.end": Reach.OWN_QUIETLY,
    **dict.fromkeys(("substitutions.end", "substitutions.act"), Reach.OWN),
    "substitutions.revoke": Reach.OVERSEEN,
    **dict.fromkeys(("desk.take", "desk.put_aside"), Reach.OWN),
    **dict.fromkeys((f"search.{name}" for name in ("edit_view", "change_view", "delete_view")), Reach.OWN),
    **dict.fromkeys(("requests.cancel_export", "requests.fetch_export"), Reach.OWN),
    "department.answer_order": Reach.OWN_UNIT,
    **dict.fromkeys(
        (f"department.{name}_phrase" for name in ("edit", "save", "move", "retire", "take_up")),
        Reach.OWN_UNIT,
    ),
    **dict.fromkeys((f"rosters.{name}" for name in ("week", "add", "give", "remove", "copy")), Reach.SUBTREE),
    **dict.fromkeys(
        (
            f"knowledge.{name}"
            for name in (
                *("show", "versions", "tell_use", "doubt"),
                *("start", "edit", "save", "move", "reply"),
            )
        ),
        Reach.READABLE,
    ),
}
# What an installation is set up by: who may call it, may call it for every row.
SET_UP: Mapping[str, Reach] = {
    **dict.fromkeys(
        (
            f"calendars.{name}"
            for name in (
                *("show", "editions", "day", "correct", "week", "change_week"),
                *("official", "confirm_year", "preview", "take_year", "recount"),
            )
        ),
        Reach.EVERY,
    ),
    **dict.fromkeys(
        (f"catalogue.{name}" for name in ("take", "dismiss", "row_form", "put_row", "remove_row")),
        Reach.EVERY,
    ),
    **dict.fromkeys(
        (f"categories.{name}" for name in ("edit", "save", "confirm_end", "end", "restore")), Reach.EVERY
    ),
    **dict.fromkeys(("retention.choose", "retention.lift", "tokens.revoke"), Reach.EVERY),
    **dict.fromkeys(("duty_hours.show", "duty_hours.choose"), Reach.EVERY),
    **dict.fromkeys(
        (
            f"message_templates.{name}"
            for name in (
                *("show", "start", "edit", "save", "preview", "send_test"),
                *("confirm", "publish", "confirm_discard", "discard"),
            )
        ),
        Reach.EVERY,
    ),
    **dict.fromkeys(
        (
            f"people.{name}"
            for name in (
                *("show", "edit", "save", "deactivate", "reactivate", "unlock", "link"),
                *("link_identity", "end_sessions"),
            )
        ),
        Reach.EVERY,
    ),
    **dict.fromkeys(
        (
            f"policies.{name}"
            for name in (
                "row_form",
                "put_row",
                "try_row",
                "remove_row",
                "step_form",
                "put_step",
                "remove_step",
            )
        ),
        Reach.EVERY,
    ),
    **dict.fromkeys(("statements.edit", "statements.preview", "statements.publish"), Reach.NO_ROW),
    **dict.fromkeys(("saved_forms.edit", "saved_forms.save"), Reach.EVERY),
    **dict.fromkeys(
        (f"units.{name}" for name in ("show", "edit", "save", "moving", "move", "ending", "end", "cancel")),
        Reach.EVERY,
    ),
    **dict.fromkeys((f"watch_words.{name}" for name in ("show", "edit", "save")), Reach.EVERY),
}
WORDS: Mapping[str, Reach] = {
    **dict.fromkeys(("language.choose", "language.resize", "mailbox.set_carrier", "static"), Reach.NO_ROW),
    **dict.fromkeys(("supervisor.export_ledger", "supervisor.export_overdue"), Reach.NO_ROW),
    **dict.fromkeys(("passwords.choose", "passwords.keep"), Reach.LINK),
}

REACHES: tuple[Mapping[str, Reach], ...] = (TICKETS, KEPT, SET_UP, WORDS)
REACH: Mapping[str, Reach] = MappingProxyType(
    {name: reach for part in REACHES for name, reach in part.items()}
)
