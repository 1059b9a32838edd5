"""Under which heading does the menu of a ticket put each action, so that twenty stay readable?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hotline.web.ticket_moves import Move
from workflows.vocabulary import Machine

_HANDLING = "办理"
_TOGETHER = "协作"
_SUPERVISION = "督办"
_CORRECTION = "纠正"
_REQUESTS = "申请"
_HEADINGS = (_HANDLING, _TOGETHER, _SUPERVISION, _CORRECTION, _REQUESTS)
_OF_ACTIONS: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "sub_dispatch",
            "take_back",
            "give",
            "give_back",
            "add_co_handler",
            "redirect",
            "raise_dispute",
            "decide_dispute",
            "merge",
        ),
        _TOGETHER,
    ),
    **dict.fromkeys(("urge", "escalate"), _SUPERVISION),
    **dict.fromkeys(
        ("reclassify", "unmerge", "propose_invalid", "invalidate", "drop_invalid", "reopen", "include"),
        _CORRECTION,
    ),
}
_OF_MACHINES: Mapping[Machine, str] = {Machine.ORDER: _SUPERVISION, Machine.REQUEST: _REQUESTS}


@dataclass(frozen=True, slots=True)
class Section:
    """Moves under one heading."""

    label: str
    moves: tuple[Move, ...]


def sections_of(moves: Iterable[Move]) -> tuple[Section, ...]:
    """Sort moves under their headings, in the order of the headings; an empty one is left out."""
    found: dict[str, list[Move]] = {heading: [] for heading in _HEADINGS}
    for move in moves:
        found[_heading(move)].append(move)
    return tuple(Section(heading, tuple(under)) for heading, under in found.items() if under)


def _heading(move: Move) -> str:
    of_machine = _OF_MACHINES.get(move.target.machine, _HANDLING)
    return _OF_ACTIONS.get(move.target.action, of_machine)
