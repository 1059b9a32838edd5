"""Who is told that a citizen asks something about their own data, and that the term to answer it runs out?"""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.data_requests import DataRequest, DataRequestKind, DataRequestState
from hotline.models.people import User
from hotline.models.ticket import Ticket
from hotline.queries.directory import list_users_with_role
from hotline.queries.substitutions import list_standing_in, roles_in
from hotline.services.calendars import load_calendar
from hotline.services.reasons import SUBSTITUTE
from hotline.services.site import current_site
from hotline.services.staff_letters import Letter, write_to
from workflows.choices import PersonalField
from workflows.counting import TimeUnit
from workflows.vocabulary import Role

TO_DECIDE, DUE = "data_request_to_decide", "data_request_due"
# PIPL, article 50, asks for an answer in time and names no number: 15 working days are the practice of
# authorities. Whoever decides is reminded three working days before.
ANSWERED_WITHIN, REMINDED_AFTER = 15, 12
# No calendar has so many days off that twelve working days begin later than this.
_SOONEST = timedelta(days=REMINDED_AFTER)


def answer_due_at(session: Session, asked_at: datetime) -> datetime:
    """Tell until when a wish is to be answered."""
    return load_calendar(session).add(asked_at, ANSWERED_WITHIN, TimeUnit.WORKING_DAYS)


def tell_deciders(session: Session, ticket: Ticket, row: DataRequest, now: datetime, kind: str) -> None:
    """Write to the supervisors and whoever stands in for one; of one wish each hears once. Never commits."""
    due_at = answer_due_at(session, row.asked_at)
    site = current_site()
    for user, because in _deciders(session, now):
        is_english = user.language == "en"
        facts = {
            "number": ticket.number,
            "asked": _asked(row, is_english=is_english),
            "due": site.local(due_at, is_english=is_english),
            "link": site.link(f"/board/data-requests/{row.id}"),
        }
        write_to(session, user, Letter(kind, ticket.number, f"data:{row.id}", facts, now, because))


def remind_deciders(session: Session, now: datetime) -> int:
    """Remind of every wish whose term nears; tells how many there are. Twice is harmless; never commits."""
    is_open = (DataRequest.state == DataRequestState.OPEN.value, DataRequest.asked_at <= now - _SOONEST)
    waiting = select(DataRequest, Ticket).join(Ticket, Ticket.id == DataRequest.ticket_id).where(*is_open)
    found = session.execute(waiting.order_by(DataRequest.id)).all()
    calendar = load_calendar(session) if found else None
    count = 0
    for row, ticket in found:
        if calendar and calendar.add(row.asked_at, REMINDED_AFTER, TimeUnit.WORKING_DAYS) <= now:
            tell_deciders(session, ticket, row, now, DUE)
            count += 1
    return count


def _deciders(session: Session, now: datetime) -> list[tuple[User, str]]:
    people = {
        user.id: (user, str(Role.SUPERVISOR)) for user in list_users_with_role(session, Role.SUPERVISOR)
    }
    principals = frozenset(people)
    for row, substitute in list_standing_in(session, now):
        if row.principal_id in principals and Role.SUPERVISOR in roles_in(row.roles):
            people.setdefault(substitute.id, (substitute, SUBSTITUTE))
    return list(people.values())


def _asked(row: DataRequest, *, is_english: bool) -> str:
    kind = DataRequestKind(row.kind)
    words = [kind, *([PersonalField(row.field)] if row.field else [])]
    said = [word.label_en if is_english else word.label_zh for word in words]
    return ": ".join(said) if is_english else "：".join(said)
