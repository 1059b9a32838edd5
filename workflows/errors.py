"""How does the workflow say no: one exception with a code, the field it concerns and nothing else.

The sentences people read live with the screens; here are only the codes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Code(StrEnum):
    """Every reason a move can be refused. The web maps each to a sentence and an HTTP status."""

    UNKNOWN_ACTION = "unknown_action"
    NOT_YOUR_ROLE = "not_your_role"
    NOT_FOUND = "not_found"
    NOT_YOUR_UNIT = "not_your_unit"
    NOT_YOUR_TICKET = "not_your_ticket"
    NOT_IN_THIS_STATE = "not_in_this_state"
    STALE_VERSION = "stale_version"
    STALE_EDITION = "stale_edition"
    INVALID_INPUT = "invalid_input"
    OWN_WORK = "own_work"
    OWN_REQUEST = "own_request"
    OWN_DISPUTE = "own_dispute"
    OWN_ORDER = "own_order"
    OWN_ORDER_ANSWER = "own_order_answer"
    NO_TRUSTED_INTAKE = "no_trusted_intake"
    REPORTS_NEED_DISPATCH = "reports_need_dispatch"
    UNIT_INACTIVE = "unit_inactive"
    UNIT_ACCUSED = "unit_accused"
    UNIT_HAS_IT_ALREADY = "unit_has_it_already"
    HOLDS_IT_ALREADY = "holds_it_already"
    IN_NOBODYS_HAND = "in_nobodys_hand"
    REASON_FOR_CHOICE_NEEDED = "reason_for_choice_needed"
    MAIN_NOT_REPLIED = "main_not_replied"
    CO_HANDLERS_OPEN = "co_handlers_open"
    CALLBACK_WANTED = "callback_wanted"
    CALLBACK_NOT_WANTED = "callback_not_wanted"
    PUBLIC_ANSWER_MISSING = "public_answer_missing"
    PUBLIC_ANSWER_LEAKS = "public_answer_leaks"
    REPLY_NEEDS_A_SECOND_LOOK = "reply_needs_a_second_look"
    NOT_CONTENT = "not_content"
    CONTENT_NEEDS_NO_REWORK = "content_needs_no_rework"
    TOO_EARLY = "too_early"
    SAFETY_REPORT = "safety_report"
    IDENTITY_NOT_CHECKED = "identity_not_checked"
    WINDOW_OPEN = "window_open"
    OPEN_REQUEST = "open_request"
    RETURN_WINDOW_OVER = "return_window_over"
    RETURN_FORBIDDEN = "return_forbidden"
    CLOCK_NOT_RUNNING = "clock_not_running"
    TICKET_NOT_IN_PROCESS = "ticket_not_in_process"
    MASTER_NOT_OPEN = "master_not_open"
    MASTER_IS_ITSELF = "master_is_itself"
    MERGE_CYCLE = "merge_cycle"
    HAS_FOLLOWERS = "has_followers"
    CONFIDENTIAL_MIX = "confidential_mix"
    NOT_MERGED = "not_merged"
    MASTER_NOT_ANSWERED = "master_not_answered"
    RATED_ALREADY = "rated_already"
    NOT_ANSWERED_DIRECTLY = "not_answered_directly"
    ANSWER_FOR_FOLLOWERS_MISSING = "answer_for_followers_missing"
    URGED_RECENTLY = "urged_recently"
    SECOND_PERSON_NEEDED = "second_person_needed"
    NO_PROPOSAL = "no_proposal"
    PROPOSED_ALREADY = "proposed_already"
    NOTHING_CHANGED = "nothing_changed"
    TOO_MANY_ROWS_TAKEN = "too_many_rows_taken"
    LEVEL_NOT_HIGHER = "level_not_higher"
    NO_DISPUTE_YET = "no_dispute_yet"
    NOT_REOPENABLE = "not_reopenable"
    REOPEN_WINDOW_OVER = "reopen_window_over"
    UNIT_NOT_BELOW = "unit_not_below"
    SHARE_NOT_LIVE = "share_not_live"
    NOT_MAIN_SHARE = "not_main_share"
    EXTENSION_TOO_LATE = "extension_too_late"
    EXTENSIONS_SPENT = "extensions_spent"
    NO_EXTENSION = "no_extension"
    LEADER_DECIDES = "leader_decides"
    ENDORSEMENT_NEEDED = "endorsement_needed"
    ENDORSED_ALREADY = "endorsed_already"
    UPHELD_ALREADY = "upheld_already"
    APPEAL_WINDOW_OVER = "appeal_window_over"
    TICKET_NOT_CLOSED = "ticket_not_closed"
    NOT_CONFIDENTIAL = "not_confidential"
    DISCLOSURE_OVER = "disclosure_over"
    NOT_EXCLUDED = "not_excluded"
    EXCLUDED_ALREADY = "excluded_already"
    OPEN_ORDER = "open_order"
    UNIT_NOT_ORDERED = "unit_not_ordered"
    ANSWERED_ALREADY = "answered_already"
    CLAIMED_BY_ANOTHER = "claimed_by_another"
    IDEMPOTENCY_MISMATCH = "idempotency_mismatch"
    TWIN_IN_FLIGHT = "twin_in_flight"
    DRAFT_OPEN = "draft_open"
    DRAFT_CHANGED = "draft_changed"
    PHRASE_CHANGED = "phrase_changed"
    DRAFT_HAS_FAULTS = "draft_has_faults"
    NO_ADDRESS = "no_address"
    RECORD_CHANGED = "record_changed"
    UNIT_NOT_EMPTY = "unit_not_empty"
    UNIT_ENDED = "unit_ended"
    NO_ENDING_PLANNED = "no_ending_planned"
    LAST_ADMINISTRATOR = "last_administrator"
    OWN_ACCOUNT = "own_account"
    OUT_OF_SCOPE = "out_of_scope"
    UNDO_TOO_LATE = "undo_too_late"
    UNDO_OVERTAKEN = "undo_overtaken"
    UNDO_NOT_YOURS = "undo_not_yours"
    TOLD_ALREADY = "told_already"


class FieldCode(StrEnum):
    """Every reason a single field can be refused."""

    REQUIRED = "required"
    TOO_LONG = "too_long"
    NOT_A_CHOICE = "not_a_choice"
    NOT_A_NUMBER = "not_a_number"
    NOT_AN_INSTANT = "not_an_instant"
    NOT_A_FLAG = "not_a_flag"
    NOT_TEXT = "not_text"
    UNKNOWN_FIELD = "unknown_field"
    UNKNOWN_UNIT = "unknown_unit"
    UNKNOWN_CATEGORY = "unknown_category"
    UNKNOWN_DISTRICT = "unknown_district"
    BAD_PHONE = "bad_phone"
    BAD_EMAIL = "bad_email"
    BAD_CHARACTER = "bad_character"
    IN_THE_FUTURE = "in_the_future"
    PLACE_NEEDED = "place_needed"
    ACCUSED_NEEDED = "accused_needed"
    CATEGORY_NEEDED = "category_needed"
    CONTACT_NEEDED = "contact_needed"
    CITATION_NEEDED = "citation_needed"
    NOT_A_DATE = "not_a_date"
    IN_THE_PAST = "in_the_past"
    TOO_LATE = "too_late"
    TOO_LARGE = "too_large"
    UNKNOWN_TICKET = "unknown_ticket"
    UNKNOWN_ASSIGNMENT = "unknown_assignment"
    NOT_A_COLLEAGUE = "not_a_colleague"
    BEING_CHANGED = "being_changed"
    UNKNOWN_ZONE = "unknown_zone"
    BAD_CODE = "bad_code"
    TAKEN = "taken"
    TOO_MANY = "too_many"
    BAD_HOURS = "bad_hours"
    NEVER_OPEN = "never_open"
    SPAN_TOO_LONG = "span_too_long"
    ENDS_BEFORE_BEGINNING = "ends_before_beginning"
    NOT_IN_RANGE = "not_in_range"
    WARNS_TOO_EARLY = "warns_too_early"
    ORANGE_BEFORE_YELLOW = "orange_before_yellow"
    UNIT_DOES_NOT_FIT = "unit_does_not_fit"
    ROW_EXISTS = "row_exists"
    NOT_RISING = "not_rising"
    NO_REWORK_LIMIT = "no_rework_limit"
    UNPAIRED_MARK = "unpaired_mark"
    NESTED_PART = "nested_part"
    NO_GAP_IN_PART = "no_gap_in_part"
    UNKNOWN_FACT = "unknown_fact"
    MAY_BE_MISSING = "may_be_missing"
    BAD_TEMPLATE_NUMBER = "bad_template_number"
    NOT_IN_TEXT = "not_in_text"
    UNKNOWN_ENTRY = "unknown_entry"
    NAMES_SOMEBODY = "names_somebody"
    BAD_UNIT_CODE = "bad_unit_code"
    TOO_DEEP = "too_deep"
    UNDER_ITSELF = "under_itself"
    UNFIT_SUCCESSOR = "unfit_successor"
    BAD_USERNAME = "bad_username"
    NO_UNIT_ROLE = "no_unit_role"
    ON_DUTY_ALREADY = "on_duty_already"
    ROLES_EXCLUDE = "roles_exclude"
    OWN_ROLES = "own_roles"
    BEYOND_RIGHTS = "beyond_rights"
    PASSWORD_TOO_SHORT = "password_too_short"  # noqa: S105 - a code, no password
    PASSWORD_TOO_FEW_KINDS = "password_too_few_kinds"  # noqa: S105 - same
    PASSWORD_HOLDS_WORD = "password_holds_word"  # noqa: S105 - same
    PASSWORD_COMMON = "password_common"  # noqa: S105 - same
    PASSWORD_USED_BEFORE = "password_used_before"  # noqa: S105 - same
    NOT_A_SYSTEM = "not_a_system"
    NO_TOKEN_FOR_ROLE = "no_token_for_role"  # noqa: S105 - a code, no token
    BEYOND_ACCOUNT = "beyond_account"
    NOT_THE_SAME = "not_the_same"
    NOTHING_TO_KEEP = "nothing_to_keep"
    PAST_MOMENT = "past_moment"
    NOT_CALL_HOURS = "not_call_hours"
    NO_CALL_HOURS_LEFT = "no_call_hours_left"
    FORBIDDEN_WORDS = "forbidden_words"
    TOO_MANY_LINES = "too_many_lines"
    LINES_TOO_SHORT = "lines_too_short"
    LINES_TOO_LONG = "lines_too_long"
    LINES_WITH_SEVERAL = "lines_with_several"
    LINES_REPEATED = "lines_repeated"
    LINES_WITHOUT_A_WORD = "lines_without_a_word"
    BAD_NAME = "bad_name"
    BAD_CATEGORY_CODE = "bad_category_code"
    HAS_CHILDREN = "has_children"
    PARENT_ENDED = "parent_ended"
    KIND_IS_FIXED = "kind_is_fixed"
    COLUMNS_MISSING = "columns_missing"
    ROWS_AT_FAULT = "rows_at_fault"
    BAD_CELL = "bad_cell"
    NOT_A_TABLE = "not_a_table"


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field and what is wrong with it; `limit` fills the sentence (a length, a list of choices)."""

    field: str
    code: str
    limit: str = ""


class Refused(Exception):  # noqa: N818 - the glossary's word for a coded reason why not
    """A move that is not allowed. `field` names the input to mend, if one input is to blame."""

    def __init__(
        self,
        code: str,
        field: str | None = None,
        errors: tuple[FieldError, ...] = (),
        details: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.errors = errors
        self.details: Mapping[str, str] = MappingProxyType(dict(details or {}))


def invalid(*errors: FieldError) -> Refused:
    """Build the refusal that lists every field to mend."""
    return Refused(Code.INVALID_INPUT, errors[0].field, errors)
