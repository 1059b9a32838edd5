"""Who is told that a day's SMS run out? Supervisors and administrators, once at each mark of each day."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from hotline.queries.directory import list_users_with_role
from hotline.services.site import current_site
from hotline.services.staff_letters import Letter, write_to
from notifications.spending import count_segments_of_day, read_caps
from workflows.vocabulary import Role

KIND = "sms_spending"
# In hundredths of the day's cap: early enough to raise it, and when it is reached.
_MARKS = (100, 80)
_HUNDRED = 100


def tell_of_spending(session: Session, now: datetime) -> int | None:
    """Put the messages of the highest mark that is reached into the outbox; gives the mark. Never commits.

    Asked again on the same day of the city it adds nothing.
    """
    most = read_caps(session).segments_per_day
    if not most:
        return None
    zone = current_site().zone
    used = count_segments_of_day(session, now, zone)
    mark = next((mark for mark in _MARKS if used * _HUNDRED >= most * mark), None)
    if mark is not None:
        day = now.astimezone(zone).date().isoformat()
        facts = {
            "number": f"DX-{day}",
            "used": str(used),
            "most": str(most),
            "share": str(used * _HUNDRED // most),
        }
        _write(session, Letter(KIND, "", f"spending:{day}:{mark}", facts, now))
    return mark


def _write(session: Session, letter: Letter) -> None:
    """Somebody who is both hears once, in the capacity that comes first."""
    told: set[int] = set()
    for role in (Role.SUPERVISOR, Role.ADMINISTRATOR):
        for user in list_users_with_role(session, role):
            if user.id not in told:
                told.add(user.id)
                write_to(session, user, replace(letter, because=role.value))
