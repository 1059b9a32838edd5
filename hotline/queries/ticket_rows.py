"""How does each row of a ticket become a part of its page, and which of them may a unit see?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from sqlalchemy import Select, select

from hotline.models.access import Attachment
from hotline.models.clocks import Clock
from hotline.models.policies import PolicyRow
from hotline.models.ticket import Assignment, Rating, Request, TicketEvent
from hotline.queries.ticket_parts import Asked, File, Rated, Share, Ticking
from hotline.queries.timeline_acts import Told
from hotline.queries.wording import Names
from notifications.models import OutboxMessage
from notifications.reminders import Why
from workflows.choices import ReturnReason, Satisfaction, Solved, Visibility
from workflows.counting import TimeUnit
from workflows.definition import Actor
from workflows.sla import ClockReading, light
from workflows.vocabulary import CENTRE_ROLES, UNIT_ROLES, ClockName, Machine, Role, Word

_GONE = frozenset({"recalled", "returned"})


@dataclass(frozen=True, slots=True)
class Known:
    """Names of everything the rows point at, and which unit holds which share."""

    rows: Names
    users: Mapping[int, str]
    units_of_shares: Mapping[int, int]

    def unit(self, unit_id: int | None) -> str:
        return self.rows.units.get(unit_id or 0, "")

    def user(self, user_id: int | None) -> str:
        return self.users.get(user_id or 0, "")

    def unit_of_share(self, share_id: int | None) -> str:
        return self.unit(self.units_of_shares.get(share_id or 0))


@dataclass(frozen=True, slots=True)
class Sight:
    """What one viewer may see of other units: a main unit sees its co-handlers, they do not see it."""

    sees_all: bool
    own_units: frozenset[int]
    user_id: int | None
    open_units: frozenset[int]
    own_shares: frozenset[int]

    @classmethod
    def of(cls, viewer: Actor, shares: Sequence[Assignment]) -> Self:
        """Work out the sight of a viewer on a ticket with these shares."""
        own = [share for share in shares if share.unit_id in viewer.subtree_unit_ids]
        answers_for_all = any(share.is_main and share.state not in _GONE for share in own)
        standing = {share.unit_id for share in shares if share.state not in _GONE}
        return cls(
            sees_all=not viewer.roles & UNIT_ROLES or bool(viewer.roles & CENTRE_ROLES),
            own_units=viewer.subtree_unit_ids,
            user_id=viewer.user_id,
            open_units=frozenset(standing) | viewer.subtree_unit_ids,
            own_shares=frozenset(
                share.id for share in shares if share in own or (answers_for_all and share.state not in _GONE)
            ),
        )

    def sees(self, unit_id: int) -> bool:
        """Whether a unit's share is shown at all: of those that are gone, only one's own."""
        return self.sees_all or unit_id in self.open_units

    def sees_share(self, share_id: int | None) -> bool:
        """Whether the inner life of a share is shown: its answer, requests and clocks."""
        return self.sees_all or share_id is None or share_id in self.own_shares

    def sees_request(self, row: Request) -> bool:
        """What is asked of the whole ticket concerns the centre and whoever asked."""
        if self.sees_all or (row.asked_by_id is not None and row.asked_by_id == self.user_id):
            return True
        return row.assignment_id is not None and self.sees_share(row.assignment_id)

    def sees_event(self, event: TicketEvent, told: Told) -> bool:
        """An order is seen by the units it names; a note of another unit for itself by nobody else."""
        if self.sees_all or self.did(event):
            return True
        if event.machine == Machine.TICKET:
            is_inner = event.action == "note" and event.data.get("visibility") != Visibility.CITIZEN
            return not (is_inner and event.role in UNIT_ROLES)
        if event.machine == Machine.ORDER:
            return self._is_ordered(told.issues.get(event.subject_id or 0))
        request = told.request(event)
        return self.sees_share(event.subject_id) if request is None else self.sees_request(request)

    def did(self, event: TicketEvent) -> bool:
        """Whether somebody of the viewer's own units acted."""
        return event.unit_id in self.own_units

    def _is_ordered(self, issue: TicketEvent | None) -> bool:
        named = issue.data.get("units") or () if issue is not None else ()
        return not self.own_units.isdisjoint(int(unit_id) for unit_id in named)

    def sees_clock(self, row: Clock) -> bool:
        return self.sees_all or (row.order_id is None and self.sees_share(row.assignment_id))

    def sees_file(self, row: Attachment) -> bool:
        return row.visibility == Visibility.CITIZEN or self.sees_share(row.assignment_id)

    def sees_message(self, row: OutboxMessage) -> bool:
        kind, _, row_id = row.recipient.partition(":")
        if row.skip_reason == Why.UNDONE:
            return self.sees_all
        if self.sees_all or kind in {"citizen", "phone"}:
            return True
        if kind == "unit":
            return int(row_id) in self.own_units
        return int(row_id) == self.user_id


def clocks_of(ticket_id: int) -> Select[Any]:
    """Query a ticket's clocks that were not cancelled, each with the amount of its limit."""
    query: Select[Any] = select(Clock, PolicyRow.amount)  # type: ignore[assignment]  # typed by its columns
    return query.outerjoin(PolicyRow, PolicyRow.id == Clock.policy_row_id).where(
        Clock.ticket_id == ticket_id, Clock.is_cancelled.is_(False)
    )


def share(row: Assignment, names: Known, sight: Sight) -> Share:
    """Show one share; of a unit that is none of the viewer's business only that it takes part."""
    is_open = sight.sees_share(row.id)
    return Share(
        id=row.id,
        unit_id=row.unit_id,
        unit=names.unit(row.unit_id),
        is_main=row.is_main,
        round=row.round,
        state=row.state,
        handler=names.user(row.handler_id) if is_open else "",
        advice=row.advice,
        created_at=row.created_at,
        sign_due_at=row.sign_due_at,
        due_at=row.due_at,
        signed_at=row.signed_at,
        is_signed_late=bool(row.is_signed_late),
        replied_at=row.replied_at,
        contact=row.contact or "",
        no_contact_reason=(row.no_contact_reason or "") if is_open else "",
        result=(row.result or "") if is_open else "",
        answer=(row.answer or "") if is_open else "",
        public_answer=(row.public_answer or "") if is_open else "",
        is_ours=row.unit_id in sight.own_units,
        is_below=row.parent_id is not None,
        passed_by=names.unit_of_share(row.parent_id),
    )


def asked(row: Request, names: Known) -> Asked:
    """Show one request."""
    return Asked(
        id=row.id,
        assignment_id=row.assignment_id,
        unit=names.unit_of_share(row.assignment_id),
        kind=row.kind,
        state=row.state,
        reason=_label(ReturnReason, row.reason),
        basis=row.basis,
        suggested_unit=row.suggested_unit,
        asked_by=names.user(row.asked_by_id),
        asked_at=row.asked_at,
        decided_by=names.user(row.decided_by_id),
        decided_at=row.decided_at,
        decision_reason=row.decision_reason,
    )


def rated(row: Rating) -> Rated:
    """Show one rating."""
    return Rated(
        round=row.round,
        solved=_label(Solved, row.solved),
        satisfaction=_label(Satisfaction, row.satisfaction),
        comment=row.comment,
        rated_by=_label(Role, row.rated_by),
        rated_at=row.rated_at,
    )


def ticking(row: Any, names: Known, now: datetime) -> Ticking:
    """Show one clock with the light it has now."""
    clock, amount = row
    reading = ClockReading(
        clock.started_at, clock.due_at, clock.yellow_at, clock.orange_at, clock.paused_at, clock.stopped_at
    )
    return Ticking(
        id=clock.id,
        name=ClockName(clock.name),
        assignment_id=clock.assignment_id,
        unit=names.unit_of_share(clock.assignment_id),
        light=light(reading, now),
        limit="" if amount is None else f"{amount} {_measure(clock.unit)}",
        time_unit=clock.unit,
        started_at=clock.started_at,
        due_at=clock.due_at,
        original_due_at=clock.original_due_at,
        paused_at=clock.paused_at,
        stopped_at=clock.stopped_at,
        paused_for=timedelta(seconds=clock.paused_seconds),
        is_rework=clock.is_rework,
    )


def file(row: Attachment, names: Known) -> File:
    """Show one attachment."""
    return File(
        id=row.id,
        name=row.name,
        content_type=row.content_type,
        size=row.size,
        visibility=row.visibility,
        is_personal=row.is_personal,
        uploaded_by=names.user(row.uploaded_by_id),
        uploaded_at=row.uploaded_at,
    )


def _measure(unit: str) -> str:
    return {
        TimeUnit.MINUTES: "分钟",
        TimeUnit.HOURS: "小时",
        TimeUnit.DAYS: "天",
        TimeUnit.WORKING_HOURS: "个工作小时",
        TimeUnit.WORKING_DAYS: "个工作日",
    }[TimeUnit(unit)]


def _label(words: type[Word], value: str | None) -> str:
    return next((word.label_zh for word in words if word.value == value), value or "")
