"""Who may call what an installation is set up and watched by: sections of the access table."""

from collections.abc import Mapping
from typing import Final

from hotline.web.access_rules import ADMINISTRATORS, UNITS, Rule
from workflows.vocabulary import Role

ADMIN: Mapping[str, Rule] = {f"admin.{name}": ADMINISTRATORS for name in ("index", "workflow")}
DIRECTORY: Mapping[str, Rule] = {
    **{
        f"units.{name}": ADMINISTRATORS
        for name in (
            *("index", "new", "create", "show", "edit", "save"),
            *("moving", "move", "ending", "end", "cancel"),
        )
    },
    **{
        f"people.{name}": ADMINISTRATORS
        for name in (
            *("index", "new", "create", "show", "edit", "save"),
            *("deactivate", "reactivate", "unlock", "link"),
        )
    },
}
# Whose roster somebody may see or change is the view's and the service's business.
ROSTERS: Mapping[str, Rule] = {
    "rosters.index": UNITS,
    "rosters.week": UNITS | ADMINISTRATORS,
    **{
        f"rosters.{name}": frozenset({Role.UNIT_LEADER, Role.ADMINISTRATOR})
        for name in ("add", "give", "remove", "copy")
    },
}
CALENDARS: Mapping[str, Rule] = {
    f"calendars.{name}": ADMINISTRATORS
    for name in (
        *("index", "show", "editions", "day", "correct", "week", "change_week"),
        *("official", "confirm_year", "preview", "take_year", "new", "create", "recount"),
    )
}
DUTY_HOURS: Mapping[str, Rule] = {f"duty_hours.{name}": ADMINISTRATORS for name in ("show", "choose")}
# A draft is written by administrators and published by another of them, or by the centre's leader.
POLICY_READERS: Final = frozenset({Role.CENTRE_LEADER, Role.ADMINISTRATOR})
POLICIES: Mapping[str, Rule] = {
    **{
        f"policies.{name}": POLICY_READERS
        for name in ("index", "versions", "compare", "trial", "confirm", "publish")
    },
    **{
        f"policies.{name}": ADMINISTRATORS
        for name in (
            *("start_draft", "confirm_discard", "discard"),
            *("row_form", "put_row", "try_row", "remove_row", "step_form", "put_step", "remove_step"),
        )
    },
}
MESSAGE_TEMPLATES: Mapping[str, Rule] = {
    **{f"message_templates.{name}": POLICY_READERS for name in ("index", "show", "confirm", "publish")},
    **{
        f"message_templates.{name}": ADMINISTRATORS
        for name in ("start", "edit", "save", "preview", "send_test", "confirm_discard", "discard")
    },
}
CATEGORIES: Mapping[str, Rule] = {
    f"categories.{name}": ADMINISTRATORS
    for name in (
        *("index", "edit", "save", "confirm_end", "end", "restore"),
        *("export", "table", "try_table", "put_table"),
    )
}
SAVED_FORMS: Mapping[str, Rule] = {
    f"saved_forms.{name}": ADMINISTRATORS for name in ("index", "edit", "save")
}
STATEMENTS: Mapping[str, Rule] = {
    f"statements.{name}": ADMINISTRATORS for name in ("index", "edit", "preview", "publish")
}
WATCH_WORDS: Mapping[str, Rule] = {
    f"watch_words.{name}": ADMINISTRATORS for name in ("index", "try_text", "plant", "show", "edit", "save")
}
# Supervisors see whether people are told; stopping and sending again is the administrators'.
DELIVERY: Mapping[str, Rule] = {
    "delivery.board": frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR}),
    **{f"delivery.{name}": ADMINISTRATORS for name in ("pause", "resume", "redrive", "choose")},
}
SETUP: tuple[Mapping[str, Rule], ...] = (
    ADMIN,
    DIRECTORY,
    ROSTERS,
    DUTY_HOURS,
    CALENDARS,
    POLICIES,
    MESSAGE_TEMPLATES,
    CATEGORIES,
    SAVED_FORMS,
    STATEMENTS,
    WATCH_WORDS,
    DELIVERY,
)
