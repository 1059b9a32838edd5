"""How are many tickets signed for at once?"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from hotline.department.worklist import own_shares
from hotline.queries.scope import find_visible
from hotline.services.lifecycle import Command, advance
from hotline.web.bulk import Pressed, press_each
from workflows.definition import Actor
from workflows.errors import Code, Refused
from workflows.vocabulary import Machine


def sign_all(
    numbers: Sequence[str], versions: Mapping[str, int | None], actor: Actor, now: datetime
) -> Pressed:
    """Sign for each ticket; `versions` are those the person saw."""

    def sign(session: Session, number: str) -> None:
        # Another unit's ticket looks absent here as everywhere.
        share = own_shares(session, actor, [number]).get(number)
        if share is None or find_visible(session, number, actor) is None:
            raise Refused(Code.NOT_FOUND)
        command = Command(number, "sign", {}, versions.get(number), Machine.ASSIGNMENT, share.id)
        advance(session, command, actor, now)

    return press_each(numbers, sign, now)
