"""What may a citizen read of their own ticket: where it stands, what has happened and what was answered?

Nothing internal passes through here: no handler's name, no internal note, no request or order of the offices,
nothing of any other caller, no light. Words and dates only.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.access import Attachment
from hotline.models.clocks import Clock
from hotline.models.organisation import Unit, UnitKind
from hotline.models.ticket import Assignment, Rating, Request, Ticket, TicketEvent
from hotline.queries.likeness import place_of
from hotline.queries.public_parts import (
    Followed,
    Name,
    PublicStatus,
    Rejection,
    Reply,
    Step,
    Wanted,
)
from hotline.queries.public_steps import step_kind
from hotline.queries.public_words import ENDS, STAGES, Stage, StepKind
from hotline.queries.said_same import is_claim
from hotline.queries.undone import find_undone
from workflows.choices import EmergencyLine, RejectionReason, Visibility
from workflows.definition import ActorKind
from workflows.vocabulary import (
    AssignmentState,
    ClockName,
    Machine,
    RequestKind,
    RequestState,
    Role,
    TicketState,
)

__all__ = ["PublicStatus", "Stage", "StepKind", "find_own_rating", "read_status"]

_GONE = frozenset({"returned", "recalled"})
_OWN_WORDS = frozenset({"supplement", "add_details"})
_APPROVALS = frozenset({"approve_reply", "close_without_callback"})
# Whoever acted speaks for the hotline, not for the unit they sit in.
_OF_THE_HOTLINE = frozenset({StepKind.URGED, StepKind.REOPENED, StepKind.RESUMED})


@dataclass(frozen=True, slots=True)
class _Record:
    """The rows the page is made of."""

    ticket: Ticket
    events: Sequence[TicketEvent]
    shares: Mapping[int, Assignment]
    requests: Mapping[int, Request]
    units: Mapping[int, Name]
    due_at: datetime | None
    pass_on_by: datetime | None
    own_files: Sequence[str]

    @property
    def main(self) -> Assignment | None:
        mains = [each for each in self.shares.values() if each.is_main and each.state not in _GONE]
        return mains[-1] if mains else None

    @property
    def unit(self) -> Name | None:
        return self.units.get(self.main.unit_id) if self.main else None

    def last(self, action: str) -> TicketEvent | None:
        return next((event for event in reversed(self.events) if event.action == action), None)

    def granted(self, kind: RequestKind) -> Request | None:
        """The request of this kind that was agreed to last."""
        found = (r for r in reversed(list(self.requests.values())) if r.kind == kind)
        return next((r for r in found if r.state == RequestState.APPROVED), None)


def read_status(
    session: Session, ticket: Ticket, now: datetime, offered: Collection[str] = ()
) -> PublicStatus:
    """Read what the citizen of this ticket may see of it; whoever asks must have opened it before.

    `offered` names the actions that the tables offer this citizen, for the page's buttons.
    """
    record = _read(session, ticket)
    return PublicStatus(
        number=ticket.number,
        version=ticket.version,
        stage=(stage := _stage(record)),
        unit=record.unit,
        due_at=record.due_at,
        is_overdue=_is_past(record.due_at, now),
        pass_on_by=record.pass_on_by,
        is_passed_on_late=_is_past(record.pass_on_by, now),
        steps=[step for event in reversed(record.events) if (step := _step(event, record))],
        replies=_replies(record),
        rejection=_rejection(record) if stage is Stage.REJECTED else None,
        wanted=_wanted(record) if stage is Stage.AWAITING else None,
        review_on=_review_on(record) if stage is Stage.SUSPENDED else None,
        delay_words=_delay_words(record),
        emergency_line=_emergency_line(record) if stage is Stage.TRANSFERRED else None,
        followed=_followed(session, ticket, now) if stage is Stage.MERGED else None,
        title=ticket.title,
        content=ticket.content,
        place=place_of(ticket),
        channel=ticket.channel,
        created_at=ticket.created_at,
        own_files=record.own_files,
        round=ticket.round,
        offered=frozenset(offered),
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
    requests = session.scalars(
        select(Request).where(Request.ticket_id == ticket.id).order_by(Request.id)
    ).all()
    wanted = {share.unit_id for share in shares} | {event.unit_id for event in events} - {None}
    undone = find_undone(events)
    return _Record(
        ticket=ticket,
        events=[event for event in events if not undone.hides(event)],
        shares={share.id: share for share in shares},
        requests={request.id: request for request in requests},
        units=_names(session, wanted),
        due_at=_promised(session, ticket.id, ClockName.HANDLE),
        pass_on_by=_promised(session, ticket.id, ClockName.DISPATCH),
        own_files=_own_files(session, ticket.id),
    )


def _names(session: Session, unit_ids: Iterable[int | None]) -> dict[int, Name]:
    units = session.scalars(select(Unit).where(Unit.id.in_(set(unit_ids))))
    # The citizen speaks with the hotline, so its own centre is not named as a unit.
    return {
        unit.id: Name(unit.name, unit.name_en or unit.name) for unit in units if unit.kind != UnitKind.CENTRE
    }


def _own_files(session: Session, ticket_id: int) -> Sequence[str]:
    """List what the citizen sent by themselves; nobody signed in has laid it there."""
    own = select(Attachment.name).where(
        Attachment.ticket_id == ticket_id,
        Attachment.uploaded_by_id.is_(None),
        Attachment.visibility == Visibility.CITIZEN.value,
    )
    return session.scalars(own.order_by(Attachment.id)).all()


def _promised(session: Session, ticket_id: int, name: ClockName) -> datetime | None:
    """Find the promised moment; while the clock is paused nothing is promised."""
    running = select(Clock.due_at).where(
        Clock.ticket_id == ticket_id,
        Clock.assignment_id.is_(None),
        Clock.name == name.value,
        Clock.stopped_at.is_(None),
        Clock.paused_at.is_(None),
    )
    return session.scalar(running.order_by(Clock.id.desc()).limit(1))


def _is_past(due_at: datetime | None, now: datetime) -> bool:
    return due_at is not None and due_at < now


def _stage(record: _Record) -> Stage:
    ticket, main = record.ticket, record.main
    if ticket.outcome is not None:
        return ENDS.get(ticket.outcome, Stage.CLOSED)
    if ticket.state == TicketState.IN_PROCESS and main is not None and main.state == AssignmentState.TO_SIGN:
        return Stage.FORWARDED
    return STAGES.get(ticket.state, Stage.IN_HAND)


def _step(event: TicketEvent, record: _Record) -> Step | None:
    share = _share(event, record)
    request = record.requests.get(event.subject_id or 0) if event.machine == Machine.REQUEST else None
    kind = step_kind(event, request, share)
    if kind is None:
        return None
    return Step(kind, event.at, record.units.get(_unit_concerned(event, share, kind)), _words(event, record))


def _share(event: TicketEvent, record: _Record) -> Assignment | None:
    """The unit's share that an event is about, if it is about one."""
    if event.machine == Machine.ASSIGNMENT:
        return record.shares.get(event.subject_id or 0)
    return record.shares.get(int(event.data["assignment"])) if event.action == "redirect" else None


def _unit_concerned(event: TicketEvent, share: Assignment | None, kind: StepKind) -> int:
    if kind in _OF_THE_HOTLINE:
        return 0
    if event.action == "redirect":
        return int(event.data["unit"])
    if share is not None:
        return share.unit_id
    return int(event.data.get("main_unit") or event.unit_id or 0)


def _words(event: TicketEvent, record: _Record) -> str:
    """Say what was written for the citizen or by them with this event; everything else stays in the house."""
    if event.actor_kind == ActorKind.CITIZEN and event.action in _OWN_WORDS and not is_claim(event):
        return str(event.data.get("text", ""))
    if event.action == "note":
        return str(event.data["text"])
    if event.action == "ask_supplement":
        return str(event.data["missing"])
    if event.machine == Machine.REQUEST and event.action == "approve":
        return str(record.requests[event.subject_id or 0].details.get("citizen_words", ""))
    return ""


def _replies(record: _Record) -> list[Reply]:
    """List what was approved for the citizen; an answer that is still being checked is not there yet."""
    ticket = record.ticket
    approved = _approvals(record)
    found = [
        Reply(share.answer, approved[share.round], record.units.get(share.unit_id))
        for share in record.shares.values()
        if share.is_main and share.state == "replied" and share.answer and share.round in approved
    ]
    if ticket.direct_answer:
        found.append(Reply(ticket.direct_answer, ticket.closed_at))
    return found[::-1]


def _approvals(record: _Record) -> dict[int, datetime]:
    return {event.round: event.at for event in record.events if event.action in _APPROVALS}


def _rejection(record: _Record) -> Rejection | None:
    event = record.last("reject")
    if event is None:
        return None
    return Rejection(RejectionReason(event.data["reason"]), str(event.data.get("path", "")))


def _wanted(record: _Record) -> Wanted | None:
    event = record.last("ask_supplement")
    if event is None:
        return None
    return Wanted(str(event.data["missing"]), date.fromisoformat(str(event.data["answer_by"])))


def _review_on(record: _Record) -> date | None:
    request = record.granted(RequestKind.SUSPENSION)
    return None if request is None else date.fromisoformat(str(request.details["review_on"]))


def _delay_words(record: _Record) -> str:
    """Repeat what the unit wrote to the citizen with the last extension, while that promise runs."""
    request = record.granted(RequestKind.EXTENSION)
    share = record.shares.get(request.assignment_id or 0) if request is not None else None
    if request is None or record.due_at is None or share is None or share.round != record.ticket.round:
        return ""
    return str(request.details.get("citizen_words", ""))


def _emergency_line(record: _Record) -> EmergencyLine | None:
    event = record.last("transfer_emergency")
    return None if event is None else EmergencyLine(event.data["line"])


def _followed(session: Session, ticket: Ticket, now: datetime) -> Followed | None:
    """Read of the master what every follower may know; its words, place and caller are somebody else's."""
    master = session.get(Ticket, ticket.master_id) if ticket.master_id is not None else None
    if master is None:
        return None
    record = _read(session, master)
    approved = max(_approvals(record).values(), default=None)
    answer = None
    if approved is not None and master.public_answer:
        answer = Reply(master.public_answer, approved, record.unit)
    return Followed(
        number=master.number,
        stage=_stage(record),
        unit=record.unit,
        due_at=record.due_at,
        is_overdue=_is_past(record.due_at, now),
        answer=answer,
    )
