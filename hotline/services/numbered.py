"""How does something that is published in versions get its next number, with nobody else's in between?"""

from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.saved_forms import SavedForm
from hotline.models.watch_words import WordGroup
from workflows.errors import Code, Refused

_Numbered = TypeVar("_Numbered", SavedForm, WordGroup)


def take_hold(session: Session, model: type[_Numbered], row_id: int | None, seen: int) -> _Numbered:
    """Lock the row and count one version more, or add one that begins with 1. Flushes.

    Raises Refused for a row that is not there, and STALE_EDITION where its newest version was not seen.
    """
    if row_id is None:
        new = model(number=1)
        session.add(new)
        session.flush()
        return new
    found = session.scalar(select(model).where(model.id == row_id).with_for_update())
    if found is None:
        raise Refused(Code.NOT_FOUND)
    if found.number != seen:
        raise Refused(Code.STALE_EDITION)
    found.number += 1
    session.flush()
    return found
