"""Scenes of the rows of requests, kind by kind: asked, agreed to, refused."""

from dataclasses import dataclass, field

from tests.stories.scene import Bring, Data, Press, Scene, days
from tests.stories.scenes_ending import EXCLUSION, closed
from tests.stories.scenes_handling import SUSPENSION, with_unit
from tests.stories.scenes_intake import REASON
from tests.stories.scenes_shares import passed_down
from tests.stories.tale import Tale
from tests.stories.town import RETURN

EXTENSION: Data = {"reason": "配件需从外地调运", "days": 3, "citizen_words": "配件在途，预计周五修好。"}
_APPEAL: Data = {"about": "lateness", "evidence": "系统停机三小时，有运维记录。"}
_REOPENING: Data = {"reason": "电梯修好两天后又停了"}
_QUESTION: Data = {"question": "请问何时方便进楼查看？"}
_PURPOSE: Data = {"purpose": "核实举报线索，需与举报人联系"}


def _sealed(tale: Tale) -> Tale:
    return tale.to_dispatch(is_confidential=True)


def _street(tale: Tale) -> Tale:
    return tale.to_dispatch().dispatched("STREET")


def _street_closed(tale: Tale) -> Tale:
    return tale.to_dispatch().dispatched("STREET").replied("STREET").act("auditor", "approve_reply").closed()


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind is asked for and decided; `told` hear of the wish, `decided` of either answer.

    `folded` is what an approval tells at once, in place of the answer and of what follows from it.
    """

    name: str
    ask: str
    ready: Bring
    asker: str
    unit: str
    data: Data
    stranger: str
    told: str
    decider: str
    decided: str
    approved: str = ""
    refused: str = ""
    endorser: str = ""
    is_blind: bool = False
    folded: str = ""
    answer: Data = field(default_factory=dict)
    outsider: str = "callback"

    @property
    def press(self) -> Press:
        return Press(self.asker, "request", self.ask, self.data, self.unit)

    def asked(self, tale: Tale) -> Tale:
        self.ready(tale)
        return tale.ask(self.asker, self.ask, self.unit, self.data)

    def endorsed(self, tale: Tale) -> Tale:
        self.asked(tale)
        return tale.on_request(self.endorser, "endorse") if self.endorser else tale


KINDS = (
    Kind(
        "return_to_centre",
        "ask_return",
        with_unit,
        "handler_housing",
        "HOUSING",
        RETURN,
        "leader_housing",
        "user:return_requested",
        "dispatcher",
        "unit:return_decided",
    ),
    Kind(
        "return_of_child",
        "ask_return",
        passed_down,
        "handler_street",
        "STREET",
        RETURN,
        "leader_street",
        "unit:request_to_decide",
        "handler_housing",
        "unit:return_decided",
    ),
    Kind(
        "extension",
        "ask_extension",
        with_unit,
        "handler_housing",
        "HOUSING",
        EXTENSION,
        "leader_housing",
        "user:request_to_decide",
        "dispatcher",
        "unit:request_decided",
        "citizen:extended",
    ),
    Kind(
        "extension",
        "ask_extension",
        _street,
        "handler_street",
        "STREET",
        EXTENSION,
        "leader_street",
        "unit:request_to_decide",
        "supervisor",
        "unit:request_decided",
        "citizen:extended",
        endorser="leader_housing",
    ),
    Kind(
        "suspension",
        "ask_suspension",
        with_unit,
        "handler_housing",
        "HOUSING",
        SUSPENSION,
        "leader_housing",
        "user:request_to_decide",
        "centre_leader",
        "unit:request_decided",
    ),
    Kind(
        "reopening",
        "ask_reopening",
        closed,
        "agent",
        "",
        _REOPENING,
        "dispatcher",
        "user:request_to_decide",
        "supervisor",
        "",
        "",
        "citizen:reopening_refused",
    ),
    Kind(
        "exclusion",
        "ask_exclusion",
        closed,
        "leader_housing",
        "HOUSING",
        EXCLUSION,
        "dispatcher",
        "user:request_to_decide",
        "centre_leader",
        "unit:request_decided",
        folded="unit:several",
    ),
    Kind(
        "exclusion",
        "ask_exclusion",
        _street_closed,
        "handler_street",
        "STREET",
        EXCLUSION,
        "dispatcher",
        "unit:request_to_decide",
        "centre_leader",
        "unit:request_decided",
        endorser="handler_housing",
        folded="unit:several",
    ),
    Kind(
        "assessment_appeal",
        "ask_appeal",
        closed,
        "handler_housing",
        "HOUSING",
        _APPEAL,
        "dispatcher",
        "user:request_to_decide",
        "auditor",
        "unit:request_decided",
    ),
    Kind(
        "identity_disclosure",
        "ask_disclosure",
        _sealed,
        "dispatcher",
        "",
        _PURPOSE,
        "handler_water",
        "user:request_to_decide",
        "security",
        "user:request_decided_staff",
        is_blind=True,
    ),
    Kind(
        "centre_contact",
        "ask_contact",
        lambda tale: _sealed(tale).dispatched("WATER").on_share("handler_water", "sign", "WATER"),
        "handler_water",
        "WATER",
        _QUESTION,
        "dispatcher",
        "user:request_to_decide",
        "dispatcher",
        "unit:request_decided",
        answer={"reason": "诉求人说周六上午在家，可以进楼查看。"},
        outsider="supervisor",
    ),
)
_DISCLOSURE = next(kind for kind in KINDS if kind.name == "identity_disclosure")


def _together(*kinds: str) -> str:
    return " ".join(kind for kind in kinds if kind)


def _asking(kind: Kind) -> Scene:
    refusal = "not_found" if kind.stranger == "handler_water" else "not_your_role"
    return Scene(
        f"request.{kind.ask}",
        kind.ready,
        kind.press,
        "requested",
        kind.told,
        no=((kind.stranger, refusal),),
        again="open_request",
    )


def _deciding(kind: Kind, action: str, state: str, citizen: str) -> Scene:
    data = REASON if action == "refuse" else kind.answer
    return Scene(
        f"request.{action}@is_{kind.name}",
        kind.endorsed,
        Press(kind.decider, "request", action, data, is_blind=kind.is_blind),
        state,
        (action == "approve" and kind.folded) or _together(kind.decided, citizen),
        no=((kind.outsider, "not_your_role"),),
    )


def _endorsing(kind: Kind) -> Scene:
    return Scene(
        f"request.endorse@is_{kind.name}",
        kind.asked,
        Press(kind.endorser, "request", "endorse"),
        "requested",
        "user:request_to_decide",
        no=((kind.decider, "not_your_role"), (kind.asker, "not_your_unit")),
        again="endorsed_already",
    )


def _refusing_below(kind: Kind) -> Scene:
    """The unit above says no instead of passing the wish on."""
    return Scene(
        f"request.refuse@is_{kind.name}+is_of_lowest_tier",
        kind.asked,
        Press(kind.endorser, "request", "refuse", REASON),
        "refused",
        kind.decided,
        no=(("callback", "not_your_role"),),
    )


REQUEST_SCENES = (
    *(_asking(kind) for kind in KINDS),
    *(_deciding(kind, "approve", "approved", kind.approved) for kind in KINDS),
    *(_deciding(kind, "refuse", "refused", kind.refused) for kind in KINDS),
    *(_endorsing(kind) for kind in KINDS if kind.endorser),
    *(_refusing_below(kind) for kind in KINDS if kind.endorser),
    Scene(
        "request.cancel",
        KINDS[0].asked,
        Press("handler_housing", "request", "cancel"),
        "cancelled",
        no=(("dispatcher", "not_your_ticket"),),
    ),
    Scene(
        "request.view_identity@is_identity_disclosure",
        lambda tale: _DISCLOSURE.asked(tale).on_request("security", "approve"),
        Press("dispatcher", "request", "view_identity"),
        "approved",
        no=(("supervisor", "not_your_ticket"),),
        again="disclosure_over",
    ),
    Scene(
        "request.mark_decision_overdue",
        KINDS[0].asked,
        days(1),
        "requested",
        "user:overdue_supervisor",
        no=(("dispatcher", "not_your_role"),),
    ),
)
