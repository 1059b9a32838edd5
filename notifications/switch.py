"""May messages go out at all? One row says so, to every worker, until somebody says otherwise."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from notifications.models import SendingSwitch
from notifications.once import insert_once

_ROW = 1
# Asked before each message, so on the table itself: a mapper would triple the cost.
_SWITCH = SendingSwitch.__table__
_IS_PAUSED = select(_SWITCH.c.is_paused).where(_SWITCH.c.id == _ROW)


class Reason(StrEnum):
    """Why nothing goes out."""

    OPERATOR = "operator"  # somebody said so
    RESTORED = "restored"  # this database is a copy or an older state: what waits in it may have gone out


@dataclass(frozen=True, slots=True)
class Switch:
    """How the switch stands, and who moved it last."""

    is_paused: bool = False
    reason: str | None = None
    note: str = ""
    changed_by: str | None = None
    changed_at: datetime | None = None


def is_paused(session: Session) -> bool:
    """Ask before sending; a message already begun goes out."""
    return bool(session.connection().execute(_IS_PAUSED).scalar())


def read(session: Session) -> Switch:
    """Read how the switch stands."""
    columns = [getattr(SendingSwitch, name) for name in Switch.__dataclass_fields__]
    row = session.execute(select(*columns).where(SendingSwitch.id == _ROW)).first()
    return Switch() if row is None else Switch(**row._asdict())


def pause(session: Session, by: str, now: datetime, reason: Reason = Reason.OPERATOR, note: str = "") -> None:
    """Stop every worker at its next message; `note` is why, in the words of whoever did. Locks the switch."""
    write(session, is_paused=True, reason=reason, note=note, changed_by=by, changed_at=now)


def resume(session: Session, by: str, now: datetime) -> None:
    """Let messages go out again. The database counts as the real one from here on. Locks the switch."""
    since = {"changed_by": by, "changed_at": now}
    write(session, is_paused=False, reason=None, note="", mark=None, seen_at=None, **since)


def write(session: Session, **values: Any) -> None:
    """Change columns of the one row, making it first where it is missing."""
    insert_once(session, SendingSwitch, {"id": _ROW, "is_paused": False})
    session.execute(
        update(SendingSwitch)
        .where(SendingSwitch.id == _ROW)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
