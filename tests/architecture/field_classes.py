"""Purpose, time and class of what every table holds: the data of the field register."""

# table: (purpose, kept, {class: columns that can hold words})
_FOREVER, _SETUP = "with the ticket, for good", "while the installation runs"
_RULES = "retention rule"
_STAFF = "while employed, then deactivated"
_NONE: dict[str, str] = {}
FIELDS: dict[str, tuple[str, str, dict[str, str]]] = {
    "areas": ("the city's districts and streets", _SETUP, {"public": "code name level"}),
    "audit_heads": ("proof of the audit trail's length", "for good", {"internal": "hash proof"}),
    "audit_links": ("chain of the audit trail", "for good", {"internal": "hash"}),
    "audit_records": (
        "who saw or did what",
        f"{_RULES} audit, 180 days at least",
        {
            "internal": "kind result actor_kind ticket_number endpoint request_id facts",
            "personal": "actor_name ip",
        },
    ),
    "calendars": ("working time", _SETUP, {"public": "code name zone revision"}),
    "calendar_days": ("working time", _SETUP, {"public": "kind name source hours"}),
    "calendar_hours": ("working time", _SETUP, _NONE),
    "calendar_editions": ("working time", _SETUP, {"internal": "revision note origin"}),
    "citizens": (
        "who asked: to answer and call back",
        f"{_RULES} reporter",
        {
            "personal": "name name_hash phone phone_hash email email_hash language",
            "sensitive": "guardian_phone is_minor id_number id_number_hash",
        },
    ),
    "demo_outages": ("demo only", "demo only", {"internal": "provider"}),
    "idempotency_keys": (
        "a repeat acts once",
        "one day",
        {"internal": "owner key request_hash location", "personal": "body"},
    ),
    "inbound_messages": (
        "SMS from citizens",
        f"{_RULES} messages",
        {
            "internal": "provider provider_reference meaning outcome subject",
            "personal": "address address_hash body",
        },
    ),
    "jottings": (
        "an unsent request",
        "one day",
        {"internal": "token_hash ticket_number", "personal": "typed"},
    ),
    "jotting_files": (
        "files of an unsent request",
        "one day",
        {"internal": "content_type digest storage_name", "personal": "name"},
    ),
    "mailbox_messages": (
        "messages inside the application",
        f"{_RULES} messages",
        {"internal": "message_id kind channel recipient subject", "personal": "address title body"},
    ),
    "opt_outs": (
        "who wants no messages",
        "while it is wanted",
        {"internal": "channel", "personal": "address_hash"},
    ),
    "outbox_messages": (
        "messages to send and sent",
        f"{_RULES} messages",
        {
            "internal": "id key kind channel recipient language subject topic because order_key digest_key state "
            "skip_reason owner provider provider_reference last_error",
            "personal": "address address_hash facts",
        },
    ),
    "deliveries": (
        "attempts to send",
        "with the message",
        {"internal": "provider outcome error_code provider_reference"},
    ),
    "received_receipts": (
        "receipts of providers",
        "with the message",
        {"internal": "provider reference status error_code"},
    ),
    "sending_caps": ("limits of a day", _SETUP, _NONE),
    "sending_switches": ("whether anything is sent", _SETUP, {"internal": "reason note changed_by mark"}),
    "sms_uses": (
        "what was charged",
        "one year, then by hand",
        {"internal": "message_id", "personal": "address_hash"},
    ),
    "template_versions": ("words of messages", _SETUP, {"internal": "kind state note revision"}),
    "template_texts": ("words of messages", _SETUP, {"public": "language text words"}),
    "template_makers": ("words of messages", _SETUP, _NONE),
    "vendor_templates": ("words of messages", _SETUP, {"internal": "provider language number facts"}),
    "saved_forms": ("ready-made records", _SETUP, _NONE),
    "saved_form_versions": (
        "ready-made records",
        _SETUP,
        {"internal": "name type title content questions answer reason"},
    ),
    "ticket_numbers": ("serials", "for good", _NONE),
    "units": (
        "who handles",
        _SETUP,
        {
            "public": "code name name_en short_name kind district",
            "internal": "calendar",
            "personal": "liaison_phone liaison_email",
        },
    ),
    "word_groups": ("watched words", _SETUP, _NONE),
    "word_versions": (
        "watched words",
        _SETUP,
        {"internal": "name kind words exceptions line procedure reason"},
    ),
    "categories": (
        "what tickets are about",
        _SETUP,
        {"public": "code name name_en path initials synonyms place"},
    ),
    "category_changes": ("what tickets are about", _SETUP, {"internal": "act changes reason"}),
    "users": (
        "accounts of staff",
        _STAFF,
        {
            "internal": "username kind language theme density",
            "personal": "display_name staff_number phone email",
            "sensitive": "password_hash",
        },
    ),
    "api_tokens": ("other systems", "until revoked", {"internal": "name scopes", "sensitive": "token_hash"}),
    "used_passwords": ("that none comes back", _STAFF, {"sensitive": "password_hash"}),
    "known_devices": ("that strangers lock nobody out", _STAFF, {"sensitive": "token_hash"}),
    "linked_identities": ("signing in by the city's own sign-in", _STAFF, {"personal": "issuer subject"}),
    "barred_units": ("whom a report is kept from", "as the ticket", _NONE),
    "password_links": ("setting a password", "one use", {"sensitive": "token_hash"}),
    "second_factors": ("proof of who signs in", _STAFF, {"sensitive": "secret"}),
    "recovery_codes": ("proof of who signs in", _STAFF, {"sensitive": "code_hash"}),
    "user_roles": ("what somebody may do", _STAFF, {"internal": "role"}),
    "user_sessions": (
        "who is signed in",
        "12 hours at most",
        {"sensitive": "token_hash", "personal": "ip user_agent"},
    ),
    "catalogue_versions": ("who handles what", _SETUP, {"internal": "state"}),
    "catalogue_rows": ("who handles what", _SETUP, {"public": "district limit_class basis"}),
    "catalogue_makers": ("who handles what", _SETUP, _NONE),
    "catalogue_co_units": ("who handles what", _SETUP, _NONE),
    "catalogue_proposals": (
        "who handles what",
        _SETUP,
        {"internal": "district co_unit_ids cause state decision_reason"},
    ),
    "directory_changes": (
        "changes of units and people",
        "for good",
        {"internal": "listed act reason", "personal": "changed by_name"},
    ),
    "substitutions": (
        "who stands in for whom",
        "for good, as part of the trail",
        {"internal": "roles ending", "personal": "reason"},
    ),
    "duty_shifts": ("who is on duty", _SETUP, _NONE),
    "incoming_calls": (
        "calls at a desk",
        "until the call is over, two days at most",
        {"internal": "reference kept_by ticket_number", "personal": "phone typed"},
    ),
    "phrases": ("phrases of staff", _SETUP, {"internal": "use title text revision"}),
    "policy_versions": ("promises of time", _SETUP, {"internal": "state note revision"}),
    "policy_makers": ("promises of time", _SETUP, _NONE),
    "policy_rows": (
        "promises of time",
        _SETUP,
        {
            "public": "clock selector limit_class ticket_type unit calendar start_rule day_end_rule yellow_unit "
            "orange_unit pauses_in"
        },
    ),
    "policy_steps": ("promises of time", _SETUP, {"public": "limit_class unit"}),
    "data_requests": (
        "what citizens ask about their own data",
        f"with the ticket; what was typed: {_RULES} reporter",
        {"internal": "kind field state proof identified", "personal": "old_value new_value reason answer"},
    ),
    "privacy_statements": (
        "what people are told of their data",
        "for good",
        {"public": "kind text text_en", "internal": "reason"},
    ),
    "retention_rules": ("how long is kept", "for good", {"internal": "kind reason"}),
    "legal_holds": ("what must not be erased", "for good", {"internal": "reason lift_reason"}),
    "tombstones": ("what was erased", "for good", {"internal": "kind batch"}),
    "saved_views": ("searches people keep", _STAFF, {"internal": "name conditions sharing"}),
    "tickets": (
        "the request itself",
        _FOREVER,
        {
            "public": "number outcome type public_answer",
            "internal": "state urgency channel district street came_from appeal_upheld leading_clock direct_answer",
            "personal": "title content address latitude longitude",
            "sensitive": "query_code link_token link_hash accused",
        },
    ),
    "ticket_words": ("finding tickets", _FOREVER, {"personal": "words"}),
    "ticket_claims": ("who works on it now", "three minutes", {"internal": "state"}),
    "ticket_watches": ("what people put by", _STAFF, _NONE),
    "ticket_events": (
        "what became of a ticket",
        _FOREVER,
        {
            "internal": "machine action from_state to_state actor_kind role previous_hash hash",
            "personal": "actor_name ip data",
        },
    ),
    "assignments": (
        "a unit's share",
        _FOREVER,
        {"internal": "state advice contact no_contact_reason result answer", "public": "public_answer"},
    ),
    "requests": (
        "what somebody asks and another decides",
        _FOREVER,
        {"internal": "kind state reason basis suggested_unit details decision_reason"},
    ),
    "ratings": (
        "what the citizen said of it",
        _FOREVER,
        {"internal": "solved satisfaction rated_by", "personal": "comment"},
    ),
    "supervision_orders": ("orders to units", _FOREVER, {"internal": "state cause opinion closing_opinion"}),
    "order_units": ("orders to units", _FOREVER, {"internal": "answer refused_reason"}),
    "identity_reveals": (
        "who saw who called, and what for",
        "for good",
        {"internal": "purpose words way shown marks"},
    ),
    "reveal_limits": ("how many looks a day", "for good", {"internal": "reason"}),
    "printed_copies": ("numbered copies", _FOREVER, {"internal": "batch"}),
    "watch_marks": ("watched words found", _FOREVER, {"internal": "words"}),
    "attachments": (
        "files of a ticket",
        f"{_RULES} files",
        {"internal": "content_type digest storage_name visibility", "personal": "name"},
    ),
    "clocks": ("promises that run", _FOREVER, {"internal": "name unit calendar"}),
    "clock_changes": ("promises that moved", _FOREVER, {"internal": "reason"}),
    "timers": ("moments to act", _FOREVER, {"internal": "kind state refusal_code"}),
    "exports": (
        "tables taken out",
        "file one day, row for good",
        {"internal": "filter storage_name watermark"},
    ),
    "taken_rows": ("rows taken out in a day", "for good", _NONE),
    "export_events": (
        "tables taken out",
        "for good",
        {
            "internal": "action from_state to_state actor_kind role data previous_hash hash",
            "personal": "actor_name ip",
        },
    ),
    "knowledge_entries": ("answers agents read", _SETUP, _NONE),
    "knowledge_versions": (
        "answers agents read",
        _SETUP,
        {"internal": "state title questions answer talking_point basis reason revision"},
    ),
    "knowledge_citations": ("answers agents read", _SETUP, _NONE),
    "knowledge_corrections": ("answers agents read", _SETUP, {"internal": "doubt state answer"}),
    "knowledge_makers": ("answers agents read", _SETUP, _NONE),
    "knowledge_marks": ("answers agents read", _SETUP, _NONE),
    "knowledge_terms": ("answers agents read", _SETUP, {"internal": "term"}),
}
