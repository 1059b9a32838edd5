"""What may a citizen read of their own ticket: where it stands, what has happened and what was answered?

Nothing internal passes through here: no handler's name, no internal note, no light. Words and dates only.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.clocks import Clock
from hotline.models.organisation import Unit, UnitKind
from hotline.models.ticket import Assignment, Rating, Ticket, TicketEvent
from workflows.choices import RejectionReason, Visibility
from workflows.vocabulary import AssignmentState, ClockName, Machine, Outcome, Role, TicketState, Word

_GONE = frozenset({"returned", "recalled"})
_APPROVALS = frozenset({"approve_reply", "close_without_callback"})


class Stage(Word):
    """Where a ticket stands in its citizen's eyes; the labels are the public states, some of them twice."""

    CHECKED = "checked", "已受理", "Accepted"
    ASSIGNED = "assigned", "已受理", "Accepted"
    FORWARDED = "forwarded", "已转办", "Forwarded"
    IN_HAND = "in_hand", "办理中", "In progress"
    ANSWER_CHECKED = "answer_checked", "办理中", "In progress"
    ANSWERED = "answered", "已答复", "Answered"
    CLOSED = "closed", "已办结", "Closed"
    REJECTED = "rejected", "不予受理", "Not accepted"
    WITHDRAWN = "withdrawn", "已撤回", "Withdrawn"


class StepKind(Word):
    """What happened, in a citizen's words."""

    ACCEPTED = "accepted", "已受理", "Accepted"
    FORWARDED = "forwarded", "已转办", "Forwarded"
    FORWARDED_AGAIN = "forwarded_again", "正在重新确定承办单位", "Another unit is being chosen"
    RECEIVED = "received", "承办单位已接收", "Received by the unit"
    CONTACTED = "contacted", "工作人员已与您联系", "The unit contacted you"
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
    UNRATED = "unrated", "未收到您的评价，已办结", "Closed without your rating"
    CLOSED = "closed", "已办结", "Closed"
    REJECTED = "rejected", "不予受理", "Not accepted"
    WITHDRAWN = "withdrawn", "已撤回", "Withdrawn"
    NOTE = "note", "补充说明", "A note for you"


_STEPS: Mapping[tuple[str, str], StepKind] = {
    (Machine.TICKET, "submit"): StepKind.ACCEPTED,
    (Machine.TICKET, "submit_trusted"): StepKind.ACCEPTED,
    (Machine.TICKET, "answer_directly"): StepKind.ANSWERED,
    (Machine.TICKET, "reject"): StepKind.REJECTED,
    (Machine.TICKET, "dispatch"): StepKind.FORWARDED,
    (Machine.TICKET, "return_to_dispatch"): StepKind.FORWARDED_AGAIN,
    (Machine.ASSIGNMENT, "sign"): StepKind.RECEIVED,
    (Machine.ASSIGNMENT, "sign_overdue"): StepKind.RECEIVED,
    (Machine.TICKET, "record_contact"): StepKind.CONTACTED,
    (Machine.TICKET, "finish_handling"): StepKind.ANSWER_SENT_IN,
    (Machine.TICKET, "send_back_reply"): StepKind.ANSWER_SENT_BACK,
    (Machine.TICKET, "approve_reply"): StepKind.ANSWERED,
    (Machine.TICKET, "close_without_callback"): StepKind.CLOSED,
    (Machine.TICKET, "record_call_attempt"): StepKind.NOT_REACHED,
    (Machine.TICKET, "rework"): StepKind.REWORKED,
    (Machine.TICKET, "close"): StepKind.CLOSED,
    (Machine.TICKET, "withdraw"): StepKind.WITHDRAWN,
}
_STAGES: Mapping[str, Stage] = {
    TicketState.DRAFT: Stage.CHECKED,
    TicketState.INTAKE_REVIEW: Stage.CHECKED,
    TicketState.TO_DISPATCH: Stage.ASSIGNED,
    TicketState.REPLY_REVIEW: Stage.ANSWER_CHECKED,
    TicketState.TO_CALL_BACK: Stage.ANSWERED,
}
_ENDS: Mapping[str, Stage] = {Outcome.REJECTED: Stage.REJECTED, Outcome.WITHDRAWN: Stage.WITHDRAWN}
_CLOSED_BY = {Role.CITIZEN.value: StepKind.RATED, Role.SYSTEM.value: StepKind.UNRATED}


@dataclass(frozen=True, slots=True)
class Name:
    """What a unit is called in both languages; read like a word of the vocabulary."""

    label_zh: str
    label_en: str


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened."""

    kind: StepKind
    at: datetime
    unit: Name | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer the citizen may read; without a unit it is the hotline's own."""

    text: str
    at: datetime | None
    unit: Name | None = None


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a matter was not accepted and which way is open instead."""

    reason: RejectionReason
    path: str


@dataclass(frozen=True, slots=True)
class PublicStatus:
    """Everything the status page shows. `due_at` is the promised moment while one runs; newest come first."""

    number: str
    version: int
    stage: Stage
    unit: Name | None
    due_at: datetime | None
    is_overdue: bool
    steps: Sequence[Step]
    replies: Sequence[Reply]
    rejection: Rejection | None
    title: str
    content: str
    place: str
    channel: str
    created_at: datetime
    round: int

    @property
    def is_open(self) -> bool:
        return self.stage not in {Stage.CLOSED, Stage.REJECTED, Stage.WITHDRAWN}

    @property
    def is_to_be_rated(self) -> bool:
        return self.stage is Stage.ANSWERED


@dataclass(frozen=True, slots=True)
class _Record:
    """The rows the page is made of."""

    ticket: Ticket
    events: Sequence[TicketEvent]
    shares: Mapping[int, Assignment]
    units: Mapping[int, Name]

    @property
    def main(self) -> Assignment | None:
        mains = [each for each in self.shares.values() if each.is_main and each.state not in _GONE]
        return mains[-1] if mains else None


def read_status(session: Session, ticket: Ticket, now: datetime) -> PublicStatus:
    """Read what the citizen of this ticket may see of it; whoever asks must have opened it before."""
    record = _read(session, ticket)
    due_at = _promised(session, ticket.id)
    return PublicStatus(
        number=ticket.number,
        version=ticket.version,
        stage=_stage(record),
        unit=record.units.get(record.main.unit_id) if record.main else None,
        due_at=due_at,
        is_overdue=due_at is not None and due_at < now,
        steps=[step for event in reversed(record.events) if (step := _step(event, record))],
        replies=_replies(record),
        rejection=_rejection(record.events),
        title=ticket.title,
        content=ticket.content,
        place=f"{ticket.district}{ticket.street}{ticket.address}",
        channel=ticket.channel,
        created_at=ticket.created_at,
        round=ticket.round,
    )


def find_own_rating(session: Session, ticket: Ticket) -> Rating | None:
    """Find the last rating the citizen gave by themselves, not over the telephone."""
    of_ticket = select(Rating).where(Rating.ticket_id == ticket.id, Rating.rated_by == Role.CITIZEN.value)
    return session.scalar(of_ticket.order_by(Rating.id.desc()).limit(1))


def _read(session: Session, ticket: Ticket) -> _Record:
    events = session.scalars(
        select(TicketEvent).where(TicketEvent.ticket_id == ticket.id).order_by(TicketEvent.number)
    ).all()
    shares = session.scalars(
        select(Assignment).where(Assignment.ticket_id == ticket.id).order_by(Assignment.id)
    ).all()
    wanted = {share.unit_id for share in shares} | {event.unit_id for event in events} - {None}
    return _Record(ticket, events, {share.id: share for share in shares}, _names(session, wanted))


def _names(session: Session, unit_ids: Iterable[int | None]) -> dict[int, Name]:
    units = session.scalars(select(Unit).where(Unit.id.in_(set(unit_ids))))
    # The citizen speaks with the hotline, so its own centre is not named as a unit.
    return {
        unit.id: Name(unit.name, unit.name_en or unit.name) for unit in units if unit.kind != UnitKind.CENTRE
    }


def _promised(session: Session, ticket_id: int) -> datetime | None:
    running = select(Clock.due_at).where(
        Clock.ticket_id == ticket_id, Clock.name == ClockName.HANDLE.value, Clock.stopped_at.is_(None)
    )
    return session.scalar(running.order_by(Clock.id.desc()).limit(1))


def _stage(record: _Record) -> Stage:
    ticket, main = record.ticket, record.main
    if ticket.outcome is not None:
        return _ENDS.get(ticket.outcome, Stage.CLOSED)
    if ticket.state == TicketState.IN_PROCESS and main is not None and main.state == AssignmentState.TO_SIGN:
        return Stage.FORWARDED
    return _STAGES.get(ticket.state, Stage.IN_HAND)


def _step(event: TicketEvent, record: _Record) -> Step | None:
    if event.action == "note":
        is_open = event.data.get("visibility") == Visibility.CITIZEN
        unit = record.units.get(event.unit_id or 0)
        return Step(StepKind.NOTE, event.at, unit, str(event.data["text"])) if is_open else None
    kind = _STEPS.get((event.machine, event.action))
    share = record.shares.get(event.subject_id or 0) if event.machine == Machine.ASSIGNMENT else None
    if kind is None or (share is not None and not share.is_main):
        return None
    if kind is StepKind.CLOSED:
        kind = _CLOSED_BY.get(event.role, kind) if event.action == "close" else kind
    return Step(kind, event.at, record.units.get(_unit_concerned(event, share)))


def _unit_concerned(event: TicketEvent, share: Assignment | None) -> int:
    if share is not None:
        return share.unit_id
    return int(event.data.get("main_unit") or event.unit_id or 0)


def _replies(record: _Record) -> list[Reply]:
    """List what was approved for the citizen; an answer that is still being checked is not there yet."""
    ticket = record.ticket
    approved = {event.round: event.at for event in record.events if event.action in _APPROVALS}
    found = [
        Reply(share.answer, approved[share.round], record.units.get(share.unit_id))
        for share in record.shares.values()
        if share.is_main and share.state == "replied" and share.answer and share.round in approved
    ]
    if ticket.direct_answer:
        found.append(Reply(ticket.direct_answer, ticket.closed_at))
    return found[::-1]


def _rejection(events: Iterable[TicketEvent]) -> Rejection | None:
    for event in events:
        if event.action == "reject":
            return Rejection(RejectionReason(event.data["reason"]), str(event.data.get("path", "")))
    return None
