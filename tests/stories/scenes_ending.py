"""Scenes of the ticket's rows from the reply to the archive, and of those beside the road."""

from datetime import timedelta

from tests.stories.scene import Data, Press, Scene, days, minutes
from tests.stories.scenes_handling import merged_and_answered, signed, with_unit
from tests.stories.scenes_intake import REASON, REJECT, submitted
from tests.stories.tale import Tale
from tests.stories.town import CONTENT_RATING, POOR_RATING

EXCLUSION: Data = {"ground": "beyond_policy", "evidence": "诉求超出现行补贴政策，附文件条款。"}
_SENT_BACK: Data = {"reasons": ["missed_points", "evasive"], "note": "没有回答恢复时间"}
_NO_CALLBACK: Data = {"outcome": "resolved"}
_WITHDRAW: Data = {"reason": "已自行解决", "is_identity_checked": True}
_MISSED: Data = {"result": "no_answer"}


def reviewed(tale: Tale) -> Tale:
    return with_unit(tale).replied()


def closed(tale: Tale) -> Tale:
    return tale.to_call_back().closed()


def exclusion_asked(tale: Tale) -> Tale:
    return closed(tale).ask("leader_housing", "ask_exclusion", "HOUSING", EXCLUSION)


def _called_twice(tale: Tale) -> Tale:
    """In the evening of one day and in the afternoon of the next; the third call is for this morning."""
    this_morning = tale.now
    tale.now -= timedelta(days=4)
    tale.to_call_back()
    for hours in (58, 43):
        tale.now = this_morning - timedelta(hours=hours)
        tale.act("callback", "record_call_attempt", _MISSED)
    tale.now = this_morning
    return tale


def _master_closed(tale: Tale) -> Tale:
    merged_and_answered(tale)
    follower, tale.number = tale.number, tale.first
    tale.closed()
    tale.number = follower
    return tale


def _no_main_unit(tale: Tale) -> Tale:
    return submitted(tale).act("reviewer", "reject", REJECT)


CLOSING_SCENES = (
    Scene(
        "ticket.send_back_reply",
        reviewed,
        Press("auditor", "ticket", "send_back_reply", _SENT_BACK),
        "in_process",
        "unit:reply_sent_back",
        no=(("supervisor", "not_your_role"),),
    ),
    Scene(
        "ticket.approve_reply",
        reviewed,
        Press("auditor", "ticket", "approve_reply"),
        "to_call_back",
        "citizen:replied",
        no=(("callback", "not_your_role"),),
    ),
    Scene(
        "ticket.close_without_callback",
        lambda tale: tale.to_dispatch(callback_wanted=False).dispatched().replied(),
        Press("auditor", "ticket", "close_without_callback", _NO_CALLBACK),
        "closed",
        "citizen:closed",
        no=(("callback", "not_your_role"),),
    ),
    Scene(
        "ticket.book_call",
        lambda tale: tale.to_call_back(),
        Press("callback", "ticket", "book_call", {"call_at": "2026-11-24T18:30", "note": "下班后方便"}),
        "to_call_back",
        no=(("auditor", "not_your_role"),),
        again="",
    ),
    Scene(
        "ticket.record_call_attempt",
        lambda tale: tale.to_call_back(),
        Press("callback", "ticket", "record_call_attempt", _MISSED),
        "to_call_back",
        no=(("auditor", "not_your_role"),),
        again="",
    ),
    Scene(
        "ticket.close",
        lambda tale: tale.to_call_back(),
        Press("callback", "ticket", "close", CONTENT_RATING),
        "closed",
        "citizen:closed",
        no=(("auditor", "not_your_role"),),
    ),
    Scene(
        "ticket.close",
        _called_twice,
        Press("callback", "ticket", "record_call_attempt", _MISSED),
        "closed",
        "citizen:closed",
    ),
    Scene("ticket.close", lambda tale: tale.to_call_back(), days(7.1), "closed", "citizen:closed"),
    Scene(
        "ticket.rework",
        lambda tale: tale.to_call_back(),
        Press("callback", "ticket", "rework", {**POOR_RATING, "reason": "电梯第二天又停了"}),
        "in_process",
        "unit:rework_unit citizen:reworked user:supervisor_rework",
        no=(("auditor", "not_your_role"),),
    ),
    Scene(
        "ticket.withdraw",
        with_unit,
        Press("agent", "ticket", "withdraw", _WITHDRAW),
        "closed",
        "unit:ticket_withdrawn citizen:withdrawn",
        no=(("dispatcher", "not_your_role"),),
    ),
)
AFTERWARDS_SCENES = (
    Scene(
        "ticket.reopen@has_main_unit",
        closed,
        Press("supervisor", "ticket", "reopen", REASON),
        "in_process",
        "unit:reopened_unit citizen:reopened",
        no=(("dispatcher", "not_your_role"),),
    ),
    Scene(
        "ticket.reopen@has_no_main_unit",
        _no_main_unit,
        Press("supervisor", "ticket", "reopen", REASON),
        "to_dispatch",
        "citizen:reopened",
        no=(("dispatcher", "not_your_role"),),
    ),
    Scene(
        "ticket.exclude",
        exclusion_asked,
        Press("centre_leader", "request", "approve"),
        "closed",
        # What the unit hears of it stands with the approval that it follows from.
        "",
        no=(("centre_leader", "not_your_role"),),
        again="",
    ),
    Scene(
        "ticket.include",
        lambda tale: exclusion_asked(tale).on_request("centre_leader", "approve"),
        Press("centre_leader", "ticket", "include", REASON),
        "closed",
        "unit:included",
        no=(("supervisor", "not_your_role"),),
        again="not_excluded",
    ),
    Scene(
        "ticket.archive@stands_alone",
        closed,
        days(31),
        "archived",
        no=(("supervisor", "not_your_role"),),
    ),
    Scene(
        "ticket.archive@is_merged",
        _master_closed,
        days(31),
        "archived",
        no=(("supervisor", "not_your_role"),),
    ),
)
WATCHING_SCENES = (
    Scene(
        "ticket.warn",
        signed,
        days(4.5),
        "in_process",
        "unit:due_soon",
        no=(("supervisor", "not_your_role"),),
    ),
    Scene("ticket.warn", submitted, minutes(80), "intake_review", "user:due_soon_centre"),
    Scene("ticket.warn", reviewed, days(1.3), "reply_review", "user:due_soon_centre"),
    Scene(
        "ticket.mark_overdue",
        signed,
        days(8),
        "in_process",
        "unit:overdue user:overdue user:overdue_supervisor",
        no=(("supervisor", "not_your_role"),),
    ),
    Scene("ticket.mark_overdue", submitted, minutes(130), "intake_review", "user:overdue_supervisor"),
    Scene(
        "ticket.escalate",
        with_unit,
        Press("supervisor", "ticket", "escalate", {"level": "4", "reason": "多次催办没有进展"}),
        "in_process",
        "user:escalated",
        no=(("dispatcher", "not_your_role"),),
        again="level_not_higher",
    ),
    Scene(
        "ticket.escalate",
        signed,
        days(9),
        "in_process",
        "unit:urged_overdue user:urged_overdue user:escalated",
    ),
    Scene(
        "ticket.urge",
        with_unit,
        Press("agent", "ticket", "urge", {"words": "老人已经三天没有下楼"}),
        "in_process",
        "unit:urged citizen:urge_noted",
        no=(("auditor", "not_your_role"),),
        again="urged_recently",
    ),
    Scene(
        "ticket.urge",
        submitted,
        Press("supervisor", "ticket", "urge"),
        "intake_review",
        "user:urged_centre",
        no=(("auditor", "not_your_role"),),
        again="urged_recently",
    ),
    Scene(
        "ticket.reclassify",
        with_unit,
        Press("dispatcher", "ticket", "reclassify", {"urgency": "urgent", **REASON}),
        "in_process",
        "unit:reclassified",
        no=(("agent", "not_your_role"),),
        again="nothing_changed",
    ),
    Scene(
        "ticket.note",
        with_unit,
        Press("dispatcher", "ticket", "note", {"text": "已电话核实地址", "visibility": "internal"}),
        "in_process",
        no=(("handler_water", "not_found"),),
        again="",
    ),
)
