"""Scenes of the ticket's rows from the first word to dispatch, and of waiting for its citizen."""

from functools import partial

from tests.stories.scene import Data, Press, Scene, days
from tests.stories.tale import Tale
from tests.stories.town import COMPLAINT, POOR_RATING

SOON = "2026-11-25"
MISSING: Data = {"missing": "请补充楼栋和电梯编号", "answer_by": SOON}
LINE: Data = {"line": "110", "handed_over_at": "2026-11-23T09:10", "note": "已三方通话"}
REASON: Data = {"reason": "内容与事实不符，无法核实"}
ANSWER: Data = {"answer": "图书馆周一闭馆，周二至周日九点开放。", "source": "知识库：图书馆开放时间"}
REJECT: Data = {"reason": "statutory_path", "path": "请向梧桐区人民法院咨询"}
_SUPPLEMENT: Data = {"text": "三号楼二单元，电梯编号 0318。"}


def submitted(tale: Tale) -> Tale:
    return tale.register().act("agent", "submit")


def given_back(tale: Tale) -> Tale:
    """The main unit gave it back while the supporting one still has it."""
    tale.to_dispatch().dispatched("HOUSING", "ROADS").ask_return("handler_housing", "HOUSING")
    return tale.on_request("dispatcher", "approve")


def proposed(tale: Tale) -> Tale:
    return tale.to_dispatch().dispatched().act("reviewer", "propose_invalid", REASON)


def _waiting(state: str, tale: Tale) -> Tale:
    if state == "intake_review":
        return submitted(tale).act("reviewer", "ask_supplement", MISSING)
    tale.to_dispatch()
    if state == "in_process":
        tale.dispatched()
    return tale.act("dispatcher", "ask_supplement", MISSING)


INTAKE_SCENES = (
    Scene(
        "ticket.revise",
        lambda tale: tale.register(),
        Press("agent", "ticket", "revise", {**COMPLAINT, "content": "电梯今天又停了，请派人看看。"}),
        "draft",
        no=(("reviewer", "not_your_role"),),
        again="",
    ),
    Scene(
        "ticket.submit",
        lambda tale: tale.register(),
        Press("agent", "ticket", "submit"),
        "intake_review",
        "citizen:accepted",
        no=(("reviewer", "not_your_role"),),
    ),
    Scene(
        "ticket.submit_trusted",
        lambda tale: tale.register(),
        Press("second_agent", "ticket", "submit_trusted"),
        "to_dispatch",
        "citizen:accepted",
        no=(("dispatcher", "not_your_role"), ("agent", "no_trusted_intake")),
    ),
    Scene(
        "ticket.answer_directly",
        lambda tale: tale.register(type="consultation"),
        Press("agent", "ticket", "answer_directly", ANSWER),
        "closed",
        "citizen:answered",
        no=(("dispatcher", "not_your_role"),),
    ),
    Scene(
        "ticket.approve_intake",
        submitted,
        Press("reviewer", "ticket", "approve_intake"),
        "to_dispatch",
        no=(("agent", "not_your_role"),),
    ),
    Scene(
        "ticket.return_intake",
        submitted,
        Press("reviewer", "ticket", "return_intake", REASON),
        "draft",
        "user:intake_returned",
        no=(("agent", "not_your_role"),),
    ),
    Scene(
        "ticket.reject",
        submitted,
        Press("reviewer", "ticket", "reject", REJECT),
        "closed",
        "citizen:rejected",
        no=(("dispatcher", "not_your_role"),),
    ),
    Scene(
        "ticket.reject",
        given_back,
        Press("reviewer", "ticket", "reject", REJECT),
        "closed",
        "citizen:rejected unit:ticket_recalled",
        no=(("agent", "not_your_role"),),
    ),
)
_ASKERS = {"intake_review": "reviewer", "to_dispatch": "dispatcher", "in_process": "handler_housing"}
_READY = {
    "intake_review": submitted,
    "to_dispatch": lambda tale: tale.to_dispatch(),
    "in_process": lambda tale: tale.to_dispatch().dispatched(),
}
WAITING_SCENES = (
    *(
        Scene(
            "ticket.ask_supplement",
            _READY[state],
            Press(who, "ticket", "ask_supplement", MISSING),
            "awaiting_supplement",
            "citizen:supplement_needed",
            no=(("auditor", "not_your_role"),),
        )
        for state, who in _ASKERS.items()
    ),
    *(
        Scene(
            f"ticket.supplement@came_from_{state}",
            partial(_waiting, state),
            Press("agent", "ticket", "supplement", _SUPPLEMENT),
            state,
            "user:supplement_received",
            no=(("dispatcher", "not_your_role"),),
        )
        for state in _ASKERS
    ),
    *(
        Scene(
            f"ticket.supplement_expired@came_from_{state}",
            partial(_waiting, state),
            days(3),
            state,
            "user:supplement_received",
            no=(("dispatcher", "not_your_role"),),
        )
        for state in _ASKERS
    ),
    Scene(
        "ticket.add_details",
        submitted,
        Press("agent", "ticket", "add_details", _SUPPLEMENT),
        "intake_review",
        no=(("dispatcher", "not_your_role"),),
        again="",
    ),
    Scene(
        "ticket.add_details",
        lambda tale: tale.to_dispatch().dispatched(),
        Press("agent", "ticket", "add_details", _SUPPLEMENT),
        "in_process",
        "unit:details_added",
        no=(("dispatcher", "not_your_role"),),
        again="",
    ),
    Scene(
        "ticket.rate_answer",
        lambda tale: tale.register(type="consultation").act("agent", "answer_directly", ANSWER),
        Press("callback", "ticket", "rate_answer", POOR_RATING),
        "closed",
        "user:answer_dissatisfied",
        no=(("dispatcher", "not_your_role"),),
        again="rated_already",
    ),
    Scene(
        "ticket.transfer_emergency",
        submitted,
        Press("agent", "ticket", "transfer_emergency", LINE),
        "closed",
        "citizen:transferred user:emergency_transferred",
        no=(("auditor", "not_your_role"),),
    ),
    Scene(
        "ticket.transfer_emergency",
        given_back,
        Press("dispatcher", "ticket", "transfer_emergency", LINE),
        "closed",
        "citizen:transferred user:emergency_transferred unit:ticket_recalled",
        no=(("auditor", "not_your_role"),),
    ),
    Scene(
        "ticket.propose_invalid",
        submitted,
        Press("reviewer", "ticket", "propose_invalid", REASON),
        "intake_review",
        "user:invalid_proposed",
        no=(("dispatcher", "not_your_role"),),
        again="proposed_already",
    ),
    Scene(
        "ticket.drop_invalid",
        proposed,
        Press("second_reviewer", "ticket", "drop_invalid", REASON),
        "in_process",
        no=(("dispatcher", "not_your_role"),),
        again="no_proposal",
    ),
    Scene(
        "ticket.invalidate",
        proposed,
        Press("second_reviewer", "ticket", "invalidate", REASON),
        "closed",
        "unit:ticket_recalled",
        no=(("dispatcher", "not_your_role"), ("reviewer", "second_person_needed")),
    ),
)
