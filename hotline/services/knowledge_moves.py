"""How does a version of the knowledge base get from draft to published and to its end: one row per move."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from hotline.models.knowledge import LIVE, KnowledgeVersion, VersionState
from hotline.queries.knowledge_scope import EDITORS, PUBLISHERS, UNIT_WRITERS, is_of_unit, maker_ids
from workflows.definition import Actor
from workflows.errors import Code, Refused
from workflows.vocabulary import Role

_V = VersionState
_LEADERS = frozenset({Role.UNIT_LEADER})
# Many units have nobody in the system; an administrator who has their word stands in for them.
_INSTEAD_OF_LEADERS = frozenset({Role.ADMINISTRATOR})


@dataclass(frozen=True, slots=True)
class Move:
    """One way from a state to the next: who may, in the centre and in the unit that answers for the entry.

    `by_maker` lets whoever wrote the version, `by_another` nobody who had a hand in it so far.
    """

    name: str
    label: str
    sources: tuple[VersionState, ...]
    target: VersionState
    centre: frozenset[Role] = frozenset()
    unit: frozenset[Role] = frozenset()
    by_maker: bool = False
    by_another: bool = False
    needs_reason: bool = False


MOVES: tuple[Move, ...] = (
    Move("submit", "提交审核", (_V.DRAFT,), _V.UNIT_REVIEW, EDITORS, UNIT_WRITERS, by_maker=True),
    Move("discard", "作废草稿", (_V.DRAFT,), _V.DISCARDED, EDITORS, UNIT_WRITERS, by_maker=True),
    Move(
        "approve",
        "单位审核通过",
        (_V.UNIT_REVIEW,),
        _V.CENTRE_REVIEW,
        _INSTEAD_OF_LEADERS,
        _LEADERS,
        by_another=True,
    ),
    Move(
        "send_back",
        "退回修改",
        (_V.UNIT_REVIEW,),
        _V.DRAFT,
        _INSTEAD_OF_LEADERS,
        _LEADERS,
        needs_reason=True,
    ),
    Move("publish", "发布", (_V.CENTRE_REVIEW,), _V.PUBLISHED, PUBLISHERS, by_another=True),
    Move("send_back", "退回修改", (_V.CENTRE_REVIEW,), _V.DRAFT, PUBLISHERS, needs_reason=True),
    Move("renew", "复核无误，继续使用", LIVE, _V.PUBLISHED, PUBLISHERS, _LEADERS),
    Move("withdraw", "下架", (*LIVE, _V.EXPIRED), _V.WITHDRAWN, PUBLISHERS, _LEADERS, needs_reason=True),
)


def find_move(name: str, state: str) -> Move:
    """Find the move of that name from a state; raises Refused when there is none."""
    named = [move for move in MOVES if move.name == name]
    if not named:
        raise Refused(Code.UNKNOWN_ACTION)
    found = next((move for move in named if state in move.sources), None)
    if found is None:
        raise Refused(Code.NOT_IN_THIS_STATE)
    return found


def list_moves(session: Session, version: KnowledgeVersion, unit_id: int, actor: Actor) -> Sequence[Move]:
    """List the moves somebody may make now."""
    return [
        move
        for move in MOVES
        if version.state in move.sources and why_not(session, move, version, unit_id, actor) is None
    ]


def why_not(
    session: Session, move: Move, version: KnowledgeVersion, unit_id: int, actor: Actor
) -> Code | None:
    """Tell why somebody may not make a move; None when they may."""
    makers = maker_ids(session, version.id)
    is_maker = bool(actor.ids & makers)
    may = bool(actor.roles & move.centre) or (move.by_maker and is_maker)
    may = may or (is_of_unit(actor, unit_id) and bool(actor.roles & move.unit))
    if not may:
        return Code.NOT_YOUR_ROLE
    has_approved = version.unit_approved_by_id in actor.ids
    return Code.OWN_WORK if move.by_another and (is_maker or has_approved) else None
