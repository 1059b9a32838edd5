"""Who hears of an export? Whoever may allow it, and then its asker: it has no ticket to tell them by."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from hotline.models.people import User
from hotline.models.ticket import Request
from hotline.queries.directory import list_users_with_role
from hotline.queries.exports import export_number
from hotline.services.site import current_site
from hotline.services.staff_letters import Letter, write_to
from workflows.definition import Decision, Notice
from workflows.request.parts import DECIDERS
from workflows.vocabulary import Audience, RequestKind, RequestState


@dataclass(frozen=True, slots=True)
class ExportStep:
    """One step of an export: which of its events it is, what was decided, by whom (a user's id) and when."""

    number: int
    decision: Decision
    actor_id: int | None
    now: datetime


def tell_of_export(session: Session, request: Request, step: ExportStep) -> None:
    """Put the messages of one step into the outbox; nobody hears of their own act. Never commits."""
    for notice in step.decision.notices:
        for user in _people(session, request, notice):
            if user.id != step.actor_id:
                _put(session, request, step, (notice.kind, user))


def _people(session: Session, request: Request, notice: Notice) -> Iterable[User]:
    if notice.audience is Audience.REQUEST_ASKER:
        asker = session.get(User, request.asked_by_id)
        return [asker] if asker is not None and asker.is_active else []
    found = [list_users_with_role(session, role) for role in sorted(DECIDERS[RequestKind.BULK_EXPORT])]
    return {user.id: user for users in found for user in users}.values()


def _put(session: Session, request: Request, step: ExportStep, told: tuple[str, User]) -> None:
    kind, user = told
    number = export_number(request.id)
    facts = _facts(session, request, step, user)
    write_to(session, user, Letter(kind, number, f"{number}:{step.number}", facts, step.now))


def _facts(session: Session, request: Request, step: ExportStep, user: User) -> dict[str, str]:
    """What was typed stays out of messages: it is read where it is decided."""
    state = RequestState(step.decision.to_state)
    is_decided = state is not RequestState.REQUESTED
    asker = session.get(User, request.asked_by_id)
    link = current_site().link("/exports" if is_decided else "/requests")
    facts = {"number": export_number(request.id), "link": link}
    if is_decided:
        return {**facts, "decision": state.label_en if user.language == "en" else state.label_zh}
    return {**facts, "asker": "" if asker is None else asker.display_name}
