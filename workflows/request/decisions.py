"""Who may decide what was asked, and what follows."""

from dataclasses import dataclass, field

from workflows.data import choice, text
from workflows.definition import (
    ClockOp,
    ClockOrder,
    Effect,
    FollowUp,
    Notice,
    Transition,
)
from workflows.request.parts import DECIDERS, STOP, UNIT, K
from workflows.ticket.parts import STAFF, WAITED_FOR
from workflows.vocabulary import Audience, ClockName, Machine, RequestState, Role

_R = RequestState
_OPTIONAL = (text("reason", 500, required=False),)
_REQUIRED = (text("reason", 500),)
_TOLD_UNIT = (Notice(Audience.UNIT, "request_decided"),)
_TOLD_RETURN = (Notice(Audience.UNIT, "return_decided"),)
_TOLD_ASKER = (Notice(Audience.REQUEST_ASKER, "request_decided_staff"),)
_EXTENDS = ClockOrder(ClockOp.EXTEND, ClockName.HANDLE)


@dataclass(frozen=True, slots=True)
class _Kind:
    """How one kind is decided; `when` tells it apart, `approvable` holds what a refusal does not need.

    `labels` are what approving and refusing are called where those words do not fit.
    """

    when: str
    label: str
    roles: frozenset[Role]
    told: tuple[Notice, ...]
    follow: tuple[FollowUp, ...] = ()
    guards: tuple[str, ...] = ()
    approvable: tuple[str, ...] = ()
    effects: tuple[Effect, ...] = ()
    clocks: tuple[ClockOrder, ...] = ()
    told_citizen: tuple[Notice, ...] = ()
    refused_effects: tuple[Effect, ...] = ()
    deadline: tuple[ClockOrder, ...] = (STOP,)
    told_citizen_no: tuple[Notice, ...] = field(default=())
    labels: tuple[str, str] = ("", "")
    sayable: tuple[str, ...] = ()


_ACCEPT = (FollowUp(Machine.ASSIGNMENT, "accept_return", must=True),)
_KINDS = (
    _Kind(
        "is_return_to_centre",
        "退单",
        DECIDERS[K.RETURN],
        _TOLD_RETURN,
        _ACCEPT,
        approvable=("ticket_is_not_held", "assignment_is_open"),
        refused_effects=(Effect.FORBID_RETURN,),
    ),
    _Kind(
        "is_return_of_child",
        "退回下派",
        UNIT,
        _TOLD_RETURN,
        _ACCEPT,
        guards=("is_above_asking_unit",),
        approvable=("ticket_is_not_held", "assignment_is_open"),
    ),
    _Kind(
        "is_extension",
        "延期",
        DECIDERS[K.EXTENSION],
        _TOLD_UNIT,
        guards=("is_endorsed", "leader_decides_the_second"),
        approvable=("handling_runs", "extension_is_left"),
        effects=(Effect.COUNT_EXTENSION,),
        clocks=(_EXTENDS,),
        told_citizen=(Notice(Audience.CITIZEN, "extended"),),
    ),
    _Kind(
        "is_suspension",
        "挂账",
        DECIDERS[K.SUSPENSION],
        _TOLD_UNIT,
        (FollowUp(Machine.TICKET, "suspend", ("review_on",), must=True),),
        approvable=("ticket_in_process",),
    ),
    _Kind(
        "is_reopening",
        "重启",
        DECIDERS[K.REOPENING],
        (),
        (FollowUp(Machine.TICKET, "reopen", ("reason",), must=True),),
        told_citizen_no=(Notice(Audience.CITIZEN, "reopening_refused"),),
    ),
    _Kind(
        "is_exclusion",
        "剔除",
        DECIDERS[K.EXCLUSION],
        _TOLD_UNIT,
        (FollowUp(Machine.TICKET, "exclude", must=True),),
        guards=("is_endorsed",),
    ),
    _Kind(
        "is_assessment_appeal",
        "考核申诉",
        DECIDERS[K.ASSESSMENT_APPEAL],
        _TOLD_UNIT,
        effects=(Effect.UPHOLD_APPEAL,),
    ),
    _Kind("is_identity_disclosure", "查看保密身份", DECIDERS[K.IDENTITY_DISCLOSURE], _TOLD_ASKER),
    _Kind(
        "is_bulk_export",
        "批量导出",
        DECIDERS[K.BULK_EXPORT],
        (Notice(Audience.REQUEST_ASKER, "export_decided"),),
        deadline=(),
    ),
    # The centre asks the citizen and passes the answer on, or says that they were not reached.
    _Kind(
        "is_centre_contact",
        "经中心联系",
        DECIDERS[K.CENTRE_CONTACT],
        _TOLD_UNIT,
        labels=("转达答复", "没有联系上"),
        sayable=("answer_names_nobody",),
    ),
)


def _approve(kind: _Kind) -> Transition:
    return Transition(
        action="approve",
        label_zh=kind.labels[0] or f"同意{kind.label}",
        label_en="Approve",
        sources=(_R.REQUESTED,),
        target=_R.APPROVED,
        roles=kind.roles,
        needs=_OPTIONAL,
        when=(kind.when,),
        guards=("not_own_request", *kind.guards, *kind.approvable, *kind.sayable),
        effects=(Effect.DECIDE_REQUEST, *kind.effects),
        clocks=(*kind.deadline, *kind.clocks),
        notices=(*kind.told, *kind.told_citizen),
        follow_ups=(*kind.follow, WAITED_FOR),
    )


def _refuse(kind: _Kind) -> Transition:
    return Transition(
        action="refuse",
        label_zh=kind.labels[1] or f"驳回{kind.label}",
        label_en="Refuse",
        sources=(_R.REQUESTED,),
        target=_R.REFUSED,
        roles=kind.roles,
        needs=_REQUIRED,
        when=(kind.when,),
        guards=("not_own_request", *kind.guards, *kind.sayable),
        effects=(Effect.DECIDE_REQUEST, *kind.refused_effects),
        clocks=kind.deadline,
        notices=(*kind.told, *kind.told_citizen_no),
        follow_ups=(WAITED_FOR,),
    )


def _endorse(when: str, label: str, told: Audience) -> Transition:
    return Transition(
        action="endorse",
        label_zh=f"转报{label}",
        label_en="Endorse and pass on",
        sources=(_R.REQUESTED,),
        target=None,
        roles=UNIT,
        needs=_OPTIONAL,
        when=(when,),
        guards=("awaits_endorsement", "is_above_asking_unit", "not_own_request"),
        effects=(Effect.ENDORSE_REQUEST,),
        notices=(Notice(told, "request_to_decide"),),
    )


def _refuse_below(when: str, label: str) -> Transition:
    """What the unit above does not pass on, it refuses, so that nothing waits between the two."""
    return Transition(
        action="refuse",
        label_zh=f"驳回{label}",
        label_en="Refuse",
        sources=(_R.REQUESTED,),
        target=_R.REFUSED,
        roles=UNIT,
        needs=_REQUIRED,
        when=(when, "is_of_lowest_tier"),
        guards=("awaits_endorsement", "is_above_asking_unit", "not_own_request"),
        effects=(Effect.DECIDE_REQUEST,),
        clocks=(STOP,),
        notices=_TOLD_UNIT,
        follow_ups=(WAITED_FOR,),
    )


_PASSED_ON = (
    ("is_extension", "延期", Audience.REQUEST_DECIDERS),
    ("is_exclusion", "剔除", Audience.CENTRE_LEADER),
)
DECISIONS = (
    *(_approve(kind) for kind in _KINDS),
    *(_refuse(kind) for kind in _KINDS),
    *(_refuse_below(when, label) for when, label, _ in _PASSED_ON),
    *(_endorse(*each) for each in _PASSED_ON),
    Transition(
        action="cancel",
        label_zh="撤回申请",
        label_en="Cancel",
        sources=(_R.REQUESTED,),
        target=_R.CANCELLED,
        roles=STAFF | frozenset({Role.CITIZEN, Role.SYSTEM}),
        guards=("own_ticket", "own_request"),
        effects=(Effect.DECIDE_REQUEST,),
        clocks=(STOP,),
        follow_ups=(WAITED_FOR,),
    ),
    Transition(
        action="view_identity",
        label_zh="查看保密身份",
        label_en="See the sealed identity",
        sources=(_R.APPROVED,),
        target=None,
        roles=STAFF,
        when=("is_identity_disclosure",),
        guards=("own_request", "may_see", "disclosure_is_fresh"),
        effects=(Effect.MARK_VIEWED,),
    ),
    Transition(
        action="mark_decision_overdue",
        label_zh="审批超时",
        label_en="Mark the decision overdue",
        sources=(_R.REQUESTED,),
        target=None,
        roles=frozenset({Role.SYSTEM}),
        needs=(choice("clock", ClockName),),
        notices=(
            Notice(Audience.REQUEST_DECIDERS, "overdue_supervisor"),
            Notice(Audience.SUPERVISOR, "overdue_supervisor"),
        ),
    ),
)
