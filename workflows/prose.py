"""What do the machines, states and clocks mean to somebody who runs a hotline and writes no code?"""

from collections.abc import Mapping

from workflows.vocabulary import ClockName, Machine

MACHINES: Mapping[Machine, str] = {
    Machine.TICKET: (
        "One citizen's matter from the first word to the archive. The state tells whose turn it is: the "
        "agent's, the reviewer's, the dispatcher's, the units', the auditor's or the callback agent's. How a "
        "closed ticket ended is its outcome, not another state."
    ),
    Machine.ASSIGNMENT: (
        "One unit's share of a ticket. A ticket has one main share, which answers the citizen, and any "
        "number of supporting ones; a unit may pass its share down to a unit below it, up to the third tier. "
        "Each round of handling has shares of its own."
    ),
    Machine.REQUEST: (
        "Something one person asks and another decides, never the same one: giving a ticket back, more time, "
        "suspension, reopening, exclusion from the figures, an appeal against them, a look at a sealed "
        "identity, a bulk export. The handling time runs on while a request waits."
    ),
    Machine.ORDER: (
        "A written order of the centre to one unit or, jointly, to several, with a due date of its own. "
        "Closing the ticket does not close the order, and an open order keeps the ticket from the archive."
    ),
}

STATES: Mapping[tuple[Machine, str], str] = {
    (Machine.TICKET, "draft"): "being written down by the agent",
    (Machine.TICKET, "intake_review"): "complete; a reviewer checks category, urgency and confidentiality",
    (
        Machine.TICKET,
        "awaiting_supplement",
    ): "waits for the citizen, five working days at most; clocks stand still",
    (Machine.TICKET, "to_dispatch"): "in the pool; a dispatcher picks the units",
    (Machine.TICKET, "in_process"): "with the units",
    (Machine.TICKET, "in_dispute"): "no unit accepts it; the centre leader decides after a meeting",
    (Machine.TICKET, "reply_review"): "answered; an auditor checks the answer",
    (Machine.TICKET, "to_call_back"): "the citizen is asked whether it is solved",
    (Machine.TICKET, "suspended"): "waits for money, policy or season; looked at again within ninety days",
    (Machine.TICKET, "closed"): "over; may be reopened for thirty days",
    (Machine.TICKET, "archived"): "read-only",
    (Machine.ASSIGNMENT, "to_sign"): "given to the unit, not yet taken",
    (Machine.ASSIGNMENT, "handling"): "the unit is at work",
    (Machine.ASSIGNMENT, "sub_dispatched"): "passed down; the unit below is at work",
    (Machine.ASSIGNMENT, "unit_review"): "answered; the unit's leader checks the answer",
    (Machine.ASSIGNMENT, "replied"): "the unit has answered",
    (Machine.ASSIGNMENT, "returned"): "given back by the unit",
    (Machine.ASSIGNMENT, "recalled"): "taken back from the unit, or given by mistake and undone",
    (Machine.REQUEST, "requested"): "waits for a decision",
    (Machine.REQUEST, "approved"): "granted",
    (Machine.REQUEST, "refused"): "not granted",
    (Machine.REQUEST, "cancelled"): "taken back by whoever asked, or overtaken by events",
    (Machine.ORDER, "issued"): "waits for the units' answers",
    (Machine.ORDER, "answered"): "every unit has answered; the supervisor reads",
    (Machine.ORDER, "closed"): "the centre is content with the answers",
    (Machine.ORDER, "withdrawn"): "issued by mistake and called off before anybody answered; nothing counts",
}

CLOCKS: Mapping[ClockName, str] = {
    ClockName.DISPATCH: "from submission until the units have the ticket",
    ClockName.SIGN: "until the unit takes its share; after that the system signs and counts it late",
    ClockName.CONTACT: "until the unit has spoken to the citizen",
    ClockName.HANDLE: "from the first dispatch until the answer; neither a return nor another unit resets it",
    ClockName.REVIEW: "until the auditor has checked the answer",
    ClockName.CALLBACK: "until the citizen was asked or has rated",
    ClockName.DISPUTE: "until the centre leader has decided",
    ClockName.DECISION: "until a request is decided",
    ClockName.SUPERVISION: "until the units have answered an order",
    ClockName.SUPPLEMENT: "the last day for the citizen's details",
    ClockName.SUSPENSION: "the day a suspended ticket is looked at again",
    ClockName.ARCHIVE: "the days a closed ticket may still be reopened",
}
