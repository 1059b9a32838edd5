"""Who is told that a year has to be imported? Every administrator, once a week until it is."""

from datetime import datetime

from sqlalchemy.orm import Session

from hotline.models.people import User
from hotline.queries.directory import list_users_with_role
from hotline.services.calendar_outlook import list_unannounced
from hotline.services.site import current_site
from notifications.catalog import Channel, channels_for
from notifications.outbox import Message, put
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
    for user in list_users_with_role(session, Role.ADMINISTRATOR):
        _tell(session, user, facts, now)
    return True


def _tell(session: Session, user: User, facts: dict[str, str], now: datetime) -> None:
    year, week, _ = now.astimezone(current_site().zone).isocalendar()
    addresses = {Channel.MAILBOX: user.username, Channel.EMAIL: user.email}
    for channel in channels_for(KIND):
        if not addresses.get(channel):
            continue
        message = Message(
            key=f"calendar:{year}-W{week:02}:{KIND}:user:{user.id}:{channel}",
            kind=KIND,
            channel=channel,
            recipient=f"user:{user.id}",
            address=addresses[channel],
            language=user.language,
            facts=facts,
            subject=facts["number"],
            order_key=f"calendar:user:{user.id}",
            urgent=False,
            created_at=now,
        )
        put(session, message)
