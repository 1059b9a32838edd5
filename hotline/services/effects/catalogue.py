"""What the dispatch catalogue learns from a decided dispute, and from a unit it would not have suggested."""

from hotline.models.catalogue import ProposalCause
from hotline.services.catalogue_proposals import UnitChoice, note_choice, propose
from hotline.services.effects.change import Change


def propose_catalogue_row(change: Change) -> None:
    propose(change.session, change.ticket, _choice(change), ProposalCause.DISPUTE, change.now)


def propose_other_unit(change: Change) -> None:
    note_choice(change.session, change.ticket, _choice(change), change.now)


def _choice(change: Change) -> UnitChoice:
    return UnitChoice(change.data["main_unit"], tuple(change.data.get("co_units") or ()))
