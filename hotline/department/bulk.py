"""How are many tickets signed for at once: each by itself, so that one that will not go holds up no other?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from hotline.department.worklist import own_shares
from hotline.queries.scope import find_visible
from hotline.services.lifecycle import Command, advance
from hotline.web.errors import problem_of_refusal
from hotline.web.transaction import transaction
from workflows.definition import Actor
from workflows.errors import Code, Refused
from workflows.vocabulary import Machine

MOST_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Signed:
    """What became of the tickets that were ticked; `failures` are (number, sentence) pairs."""

    numbers: tuple[str, ...]
    failures: tuple[tuple[str, str], ...]


def sign_all(
    numbers: Sequence[str], versions: Mapping[str, int | None], actor: Actor, now: datetime
) -> Signed:
    """Sign for each ticket in a transaction of its own; `versions` are those the person saw."""
    done, failures = [], []
    for number in dict.fromkeys(numbers[:MOST_AT_ONCE]):
        try:
            _sign(number, versions.get(number), actor, now)
        except Refused as refusal:
            failures.append((number, problem_of_refusal(refusal).text))
        else:
            done.append(number)
    return Signed(tuple(done), tuple(failures))


def _sign(number: str, version: int | None, actor: Actor, now: datetime) -> None:
    with transaction() as session:
        # Another unit's ticket looks absent here as everywhere.
        share = own_shares(session, actor, [number]).get(number)
        if share is None or find_visible(session, number, actor) is None:
            raise Refused(Code.NOT_FOUND)
        command = Command(number, "sign", {}, version, Machine.ASSIGNMENT, share.id)
        advance(session, command, actor, now)
