"""Which endpoints are recorded as what in the audit trail; what changes something is recorded in any case."""

from collections.abc import Mapping

from hotline.models.audit import AuditKind

# Looks that are no change and are recorded each time.
TAKING: Mapping[str, AuditKind] = {
    "tickets.reveal": AuditKind.REVEAL,
    "api.reveal_caller": AuditKind.REVEAL,
    "supervisor.reveal_data_request": AuditKind.REVEAL,
    "api.get_ticket": AuditKind.SEE_TICKET,
    "sign_in.logout": AuditKind.SIGN_OUT,
}
# Blueprints that set the installation up.
SETTING_UP = frozenset(
    {
        "admin",
        "calendars",
        "catalogue",
        "categories",
        "delivery",
        "duty_hours",
        "message_templates",
        "people",
        "policies",
        "retention",
        "reveals",
        "saved_forms",
        "statements",
        "tokens",
        "units",
        "watch_words",
    }
)
# No answer of these leaves without its record.
GIVING_AWAY = frozenset(
    {
        AuditKind.REVEAL,
        AuditKind.PRINT,
        AuditKind.TAKE_FILE,
        AuditKind.FIND_PHONE,
        AuditKind.FIND_NAME,
        AuditKind.FIND_ID_NUMBER,
    }
)
