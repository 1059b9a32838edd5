"""Who is told that a year has to be imported? Every administrator, once a week until it is."""

from datetime import datetime

from sqlalchemy.orm import Session

from hotline.queries.directory import list_users_with_role
from hotline.services.calendar_outlook import list_unannounced
from hotline.services.site import current_site
from hotline.services.staff_letters import Letter, write_to
from workflows.vocabulary import Role

KIND = "calendar_year_unknown"


def tell_of_unannounced(session: Session, now: datetime) -> bool:
    """Put this week's messages into the outbox, and tell whether any year is missing. Never commits.

    Asked again in the same week of the city it adds nothing.
    """
    outlooks = list_unannounced(session, now)
    if not outlooks:
        return False
    last = max(each.year for each in outlooks)
    facts = {
        "number": f"RL-{last}",
        "calendar": "、".join(dict.fromkeys(each.name for each in outlooks)),
        "years": "、".join(str(year) for year in sorted({each.year for each in outlooks})),
        "link": current_site().link("/admin/calendars"),
    }
    year, week, _ = now.astimezone(current_site().zone).isocalendar()
    letter = Letter(KIND, facts["number"], f"calendar:{year}-W{week:02}", facts, now)
    for user in list_users_with_role(session, Role.ADMINISTRATOR):
        write_to(session, user, letter)
    return True
