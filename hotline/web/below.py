"""What became of the work that a unit passed down, and may its answer be taken over?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from sqlalchemy import select
from sqlalchemy.orm import aliased

from hotline.models.clocks import Clock
from hotline.models.ticket import Assignment
from hotline.queries.directory import unit_names
from hotline.web.action_defaults import ADOPT
from hotline.web.ticket_moves import Look
from hotline.web.ticket_panel import Detail
from workflows.choices import ContactMade, Result
from workflows.vocabulary import CENTRE_ROLES, AssignmentState, ClockName


@dataclass(frozen=True, slots=True)
class Below:
    """One share that was passed down; `adopt_url` leads to the own reply, filled with this answer."""

    unit: str
    state: AssignmentState
    advice: str
    due_at: datetime | None
    replied_at: datetime | None
    answer: str
    result: str
    contact: str
    adopt_url: str


def list_below(look: Look, detail: Detail) -> tuple[Below, ...]:
    """List what units below made of the viewer's units' shares, for the centre of all; the latest first."""
    parent = aliased(Assignment)
    passed = select(Assignment).join(parent, parent.id == Assignment.parent_id)
    passed = passed.where(
        Assignment.ticket_id == look.ticket.id, Assignment.state != AssignmentState.RECALLED.value
    )
    if not look.viewer.roles & CENTRE_ROLES:
        passed = passed.where(parent.unit_id.in_(look.viewer.subtree_unit_ids))
    shares = look.session.scalars(passed.order_by(Assignment.id.desc())).all()
    if not shares:
        return ()
    names = unit_names(look.session, (share.unit_id for share in shares))
    due = _due(look, shares)
    return tuple(_below(share, names[share.unit_id], due.get(share.id), detail) for share in shares)


def _below(share: Assignment, unit: str, due_at: datetime | None, detail: Detail) -> Below:
    return Below(
        unit=unit,
        state=AssignmentState(share.state),
        advice=share.advice,
        due_at=due_at,
        replied_at=share.replied_at,
        answer=share.answer or "",
        result=Result(share.result).label_zh if share.result else "",
        contact=ContactMade(share.contact).label_zh if share.contact else "",
        adopt_url=_adopt_url(share, detail),
    )


def _adopt_url(share: Assignment, detail: Detail) -> str:
    reply = None if detail.reply is None else detail.reply.move
    if share.state != AssignmentState.REPLIED or reply is None or reply.target.subject_id != share.parent_id:
        return ""
    return f"{reply.url}?{urlencode({ADOPT: share.id, 'next': detail.next_url})}"


def _due(look: Look, shares: Sequence[Assignment]) -> Mapping[int | None, datetime]:
    running = select(Clock.assignment_id, Clock.due_at).where(
        Clock.assignment_id.in_([share.id for share in shares]),
        Clock.name == ClockName.HANDLE.value,
        Clock.stopped_at.is_(None),
    )
    return {share_id: due_at for share_id, due_at in look.session.execute(running)}  # noqa: C416 - a Row is no pair to mypy
