"""How many rows of tickets may somebody take out in a day without another person's leave?

A few at once are part of the work; piece after piece is a bulk export, which somebody else has to allow.
"""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hotline.models.exports import TakenRows
from hotline.models.people import User
from workflows.definition import Actor
from workflows.errors import Code, Refused

MOST_AT_ONCE = 100
MOST_A_DAY = 1_000
_DAY = timedelta(days=1)


def take_rows(session: Session, count: int, actor: Actor, now: datetime) -> None:
    """Count rows that leave, in the caller's transaction. Raises Refused past a day's measure.

    Locks the taker's account: two presses at once are counted one after the other.
    """
    session.execute(select(User.id).where(User.id == actor.user_id).with_for_update())
    taken = select(func.sum(TakenRows.rows)).where(
        TakenRows.user_id == actor.user_id, TakenRows.at > now - _DAY
    )
    if (session.scalar(taken) or 0) + count > MOST_A_DAY:
        raise Refused(Code.TOO_MANY_ROWS_TAKEN)
    session.add(TakenRows(user_id=actor.user_id, rows=count, at=now))
    session.flush()
