"""Who may ask for what."""

from workflows.choices import AppealSubject, ExclusionGround, ReturnReason
from workflows.data import REOPENING_LIMIT, choice, text
from workflows.definition import NEW, Effect, Need, NeedKind, Notice, Transition
from workflows.request.parts import ASKS_OF_NOTHING, AUDIENCE_OF, HANDLER, KIND_OF_ASK, START, UNIT
from workflows.ticket.parts import STAFF
from workflows.vocabulary import Audience, RequestState, Role

# Which wishes pass the unit above first: the condition for the centre, and the one for the unit above.
_WAYS = {
    "ask_return": ("is_no_child", "is_child"),
    "ask_extension": ("is_of_upper_tier", "is_of_lowest_tier"),
    "ask_exclusion": ("is_of_upper_tier", "is_of_lowest_tier"),
}
_TOLD = {"ask_return": "return_requested", "ask_export": "export_to_decide"}


def _below(when: str) -> tuple[Notice, ...]:
    return (Notice(Audience.PARENT_UNIT, "request_to_decide", when),) if when else ()


def _ask(
    action: str,
    labels: tuple[str, str],
    roles: frozenset[Role],
    needs: tuple[Need, ...],
    guards: tuple[str, ...],
) -> Transition:
    kind = KIND_OF_ASK[action]
    up, down = _WAYS.get(action, ("", ""))
    told = _TOLD.get(action, "request_to_decide")
    return Transition(
        action=action,
        label_zh=labels[0],
        label_en=labels[1],
        sources=(NEW,),
        target=RequestState.REQUESTED,
        roles=roles,
        needs=needs,
        guards=guards,
        effects=(Effect.OPEN_REQUEST,),
        # An export is about no ticket, and so no ticket's clock can watch it.
        clocks=() if action in ASKS_OF_NOTHING else (START,),
        notices=(Notice(AUDIENCE_OF[kind], told, up), *_below(down)),
    )


ASKS = (
    _ask(
        "ask_return",
        ("申请退单", "Ask to return"),
        HANDLER,
        (
            choice("reason", ReturnReason),
            text("basis", 500),
            text("suggested_unit", 100, required=False),
        ),
        (
            "acts_for_unit",
            "ticket_in_process",
            "assignment_is_open",
            "return_not_forbidden",
            "within_return_window",
            "no_open_return",
        ),
    ),
    _ask(
        "ask_extension",
        ("申请延期", "Ask for more time"),
        HANDLER,
        (text("reason", 1000), Need("days", NeedKind.NUMBER), text("citizen_words", 200)),
        (
            "acts_for_unit",
            "ticket_in_process",
            "assignment_is_open",
            "before_due_by_4h",
            "extension_is_left",
            "days_within_policy",
            "no_open_extension",
        ),
    ),
    _ask(
        "ask_suspension",
        ("申请挂账", "Ask to suspend"),
        HANDLER,
        (text("plan", 1000), text("condition", 500), Need("review_on", NeedKind.DATE)),
        (
            "acts_for_unit",
            "ticket_in_process",
            "assignment_is_open",
            "is_main_share",
            "dates_are_to_come",
            "review_on_is_soon",
            "no_open_suspension",
        ),
    ),
    _ask(
        "ask_reopening",
        ("申请重启", "Ask to reopen"),
        frozenset({Role.CITIZEN, Role.AGENT}),
        (text("reason", REOPENING_LIMIT),),
        ("own_ticket", "is_closed", "outcome_reopenable", "within_30_days", "not_asked_already"),
    ),
    _ask(
        "ask_exclusion",
        ("申请剔除", "Ask to exclude"),
        UNIT,
        (choice("ground", ExclusionGround), text("evidence", 1000)),
        ("acts_for_unit", "is_live_share", "is_recently_closed", "not_yet_excluded", "no_open_exclusion"),
    ),
    _ask(
        "ask_appeal",
        ("考核申诉", "Appeal the assessment"),
        UNIT,
        (choice("about", AppealSubject), text("evidence", 1000)),
        ("acts_for_unit", "is_live_share", "is_recently_closed", "appeal_is_new"),
    ),
    _ask(
        "ask_disclosure",
        ("申请查看保密身份", "Ask to see the sealed identity"),
        STAFF,
        (text("purpose", 500),),
        ("may_see", "holds_a_sealed_identity", "no_open_disclosure"),
    ),
    _ask(
        "ask_export",
        ("申请批量导出", "Ask for a bulk export"),
        STAFF,
        (text("filter", 1000), text("purpose", 500)),
        (),
    ),
    _ask(
        "ask_contact",
        ("请中心联系诉求人", "Ask the centre to contact the citizen"),
        HANDLER,
        (text("question", 1000),),
        (
            "acts_for_unit",
            "ticket_in_process",
            "assignment_is_open",
            "holds_a_sealed_identity",
            "no_open_contact",
        ),
    ),
)
