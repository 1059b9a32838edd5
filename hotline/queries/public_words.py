"""In which words does a citizen read how their ticket stands and what has happened to it?"""

from collections.abc import Mapping

from workflows.vocabulary import Machine, Outcome, RequestKind, Role, TicketState, Word


class Stage(Word):
    """Where a ticket stands in its citizen's eyes; the labels are the public states, some of them twice."""

    CHECKED = "checked", "已受理", "Accepted"
    AWAITING = "awaiting", "等待您补充", "Waiting for your details"
    ASSIGNED = "assigned", "已受理", "Accepted"
    FORWARDED = "forwarded", "已转办", "Forwarded"
    IN_HAND = "in_hand", "办理中", "In progress"
    DISPUTED = "disputed", "办理中", "In progress"
    SUSPENDED = "suspended", "跟踪办理", "On hold"
    ANSWER_CHECKED = "answer_checked", "办理中", "In progress"
    ANSWERED = "answered", "已答复", "Answered"
    CLOSED = "closed", "已办结", "Closed"
    MERGED = "merged", "并案办理", "Handled with another request"
    TRANSFERRED = "transferred", "已转紧急处置", "Handed to the emergency line"
    REJECTED = "rejected", "不予受理", "Not accepted"
    INVALID = "invalid", "判为无效", "Found not valid"
    WITHDRAWN = "withdrawn", "已撤回", "Withdrawn"


class StepKind(Word):
    """What happened, in a citizen's words."""

    ACCEPTED = "accepted", "已受理", "Accepted"
    TRANSFERRED = "transferred", "已转紧急处置", "Handed to the emergency line"
    SUPPLEMENT_ASKED = "supplement_asked", "请您补充情况", "You were asked for more details"
    SUPPLEMENTED = "supplemented", "已补充情况", "More details were added"
    JOINED = (
        "joined",
        "您选择与附近的一件诉求一并办理",
        "You asked to have it handled with a request from nearby",
    )
    SUPPLEMENT_MISSED = (
        "supplement_missed",
        "未收到补充，按现有情况继续办理",
        "No details came; work goes on with what is known",
    )
    FORWARDED = "forwarded", "已转办", "Forwarded"
    FORWARDED_AGAIN = "forwarded_again", "正在重新确定承办单位", "Another unit is being chosen"
    RECEIVED = "received", "承办单位已接收", "Received by the unit"
    CONTACTED = "contacted", "工作人员已与您联系", "The unit contacted you"
    URGED = "urged", "已催办", "A reminder was sent"
    EXTENDED = "extended", "延长办理时间", "More time was given"
    SUSPENDED = "suspended", "暂不具备办理条件，列入跟踪办理", "Put on hold until it can be done"
    RESUMED = "resumed", "恢复办理", "Work goes on"
    ANSWER_SENT_IN = (
        "answer_sent_in",
        "承办单位已提交办理结果，正在审核",
        "The unit's answer is being checked",
    )
    ANSWER_SENT_BACK = "answer_sent_back", "审核后要求承办单位补充办理", "The unit was asked to do more"
    ANSWERED = "answered", "已答复", "Answered"
    NOT_REACHED = "not_reached", "回访电话未接通", "We could not reach you by telephone"
    REWORKED = "reworked", "按您的评价退回重办", "Sent back for rework after your rating"
    RATED = "rated", "您已评价，已办结", "Rated by you and closed"
    RATED_MERGED = "rated_merged", "您已评价", "Rated by you"
    UNRATED = "unrated", "未收到您的评价，已办结", "Closed without your rating"
    CLOSED = "closed", "已办结", "Closed"
    REOPENING_ASKED = "reopening_asked", "已申请重新办理", "Reopening was asked for"
    REOPENING_REFUSED = "reopening_refused", "重新办理申请未获同意", "Reopening was not agreed to"
    REOPENED = "reopened", "重新启动办理", "Reopened"
    MERGED = "merged", "与同一事项的诉求并案办理", "Now handled with a request about the same matter"
    UNMERGED = "unmerged", "解除并案，单独办理", "Now handled on its own"
    REJECTED = "rejected", "不予受理", "Not accepted"
    INVALID = "invalid", "判为无效", "Found not valid"
    WITHDRAWN = "withdrawn", "已撤回", "Withdrawn"
    NOTE = "note", "补充说明", "A note for you"


STEPS: Mapping[tuple[str, str], StepKind] = {
    (Machine.TICKET, "submit"): StepKind.ACCEPTED,
    (Machine.TICKET, "submit_trusted"): StepKind.ACCEPTED,
    (Machine.TICKET, "answer_directly"): StepKind.ANSWERED,
    (Machine.TICKET, "transfer_emergency"): StepKind.TRANSFERRED,
    (Machine.TICKET, "ask_supplement"): StepKind.SUPPLEMENT_ASKED,
    (Machine.TICKET, "supplement"): StepKind.SUPPLEMENTED,
    (Machine.TICKET, "add_details"): StepKind.SUPPLEMENTED,
    (Machine.TICKET, "supplement_expired"): StepKind.SUPPLEMENT_MISSED,
    (Machine.TICKET, "reject"): StepKind.REJECTED,
    (Machine.TICKET, "invalidate"): StepKind.INVALID,
    (Machine.TICKET, "merge"): StepKind.MERGED,
    (Machine.TICKET, "unmerge"): StepKind.UNMERGED,
    (Machine.TICKET, "rate_merged"): StepKind.RATED_MERGED,
    (Machine.TICKET, "rate_answer"): StepKind.RATED_MERGED,
    (Machine.TICKET, "dispatch"): StepKind.FORWARDED,
    (Machine.TICKET, "return_to_dispatch"): StepKind.FORWARDED_AGAIN,
    (Machine.TICKET, "redirect"): StepKind.FORWARDED,
    (Machine.TICKET, "raise_dispute"): StepKind.FORWARDED_AGAIN,
    (Machine.TICKET, "decide_dispute"): StepKind.FORWARDED,
    (Machine.ASSIGNMENT, "sign"): StepKind.RECEIVED,
    (Machine.ASSIGNMENT, "sign_overdue"): StepKind.RECEIVED,
    (Machine.TICKET, "record_contact"): StepKind.CONTACTED,
    (Machine.TICKET, "urge"): StepKind.URGED,
    (Machine.TICKET, "suspend"): StepKind.SUSPENDED,
    (Machine.TICKET, "resume"): StepKind.RESUMED,
    (Machine.TICKET, "finish_handling"): StepKind.ANSWER_SENT_IN,
    (Machine.TICKET, "send_back_reply"): StepKind.ANSWER_SENT_BACK,
    (Machine.TICKET, "approve_reply"): StepKind.ANSWERED,
    (Machine.TICKET, "close_without_callback"): StepKind.CLOSED,
    (Machine.TICKET, "record_call_attempt"): StepKind.NOT_REACHED,
    (Machine.TICKET, "rework"): StepKind.REWORKED,
    (Machine.TICKET, "close"): StepKind.CLOSED,
    (Machine.REQUEST, "ask_reopening"): StepKind.REOPENING_ASKED,
    (Machine.TICKET, "reopen"): StepKind.REOPENED,
    (Machine.TICKET, "withdraw"): StepKind.WITHDRAWN,
}
# Of what units ask, a citizen hears only that more time was given; of their own request, how it was decided.
DECISIONS: Mapping[tuple[str, str], StepKind] = {
    (RequestKind.EXTENSION, "approve"): StepKind.EXTENDED,
    (RequestKind.REOPENING, "refuse"): StepKind.REOPENING_REFUSED,
}
CLOSED_BY: Mapping[str, StepKind] = {Role.CITIZEN: StepKind.RATED, Role.SYSTEM: StepKind.UNRATED}
STAGES: Mapping[str, Stage] = {
    TicketState.DRAFT: Stage.CHECKED,
    TicketState.INTAKE_REVIEW: Stage.CHECKED,
    TicketState.AWAITING_SUPPLEMENT: Stage.AWAITING,
    TicketState.TO_DISPATCH: Stage.ASSIGNED,
    TicketState.IN_DISPUTE: Stage.DISPUTED,
    TicketState.SUSPENDED: Stage.SUSPENDED,
    TicketState.REPLY_REVIEW: Stage.ANSWER_CHECKED,
    TicketState.TO_CALL_BACK: Stage.ANSWERED,
}
ENDS: Mapping[str, Stage] = {
    Outcome.REJECTED: Stage.REJECTED,
    Outcome.INVALID: Stage.INVALID,
    Outcome.WITHDRAWN: Stage.WITHDRAWN,
    Outcome.MERGED: Stage.MERGED,
    Outcome.TRANSFERRED: Stage.TRANSFERRED,
}
# A merged request is over as a ticket of its own and open as long as the one it follows.
OVER = frozenset({Stage.CLOSED, *ENDS.values()})
