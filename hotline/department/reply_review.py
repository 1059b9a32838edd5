"""What does a unit's leader read before a reply leaves the house, and may they decide on it?"""

from dataclasses import dataclass

from sqlalchemy import select

from hotline.models.ticket import Assignment
from hotline.queries.ticket_page import TicketPage, load_page
from hotline.queries.ticket_parts import Share
from hotline.services.watching import list_weak_words
from hotline.web.ticket_moves import Look, Move, list_moves
from hotline.web.ticket_panel import MoveForm, make_form
from workflows.texts import find_leaks, find_weak_spots
from workflows.vocabulary import AssignmentState


@dataclass(frozen=True, slots=True)
class ReplyToReview:
    """One reply in full. `approve` and `refuse` are None where they are not offered to this leader."""

    page: TicketPage
    share: Share | None
    spots: tuple[str, ...]
    is_own_work: bool
    approve: Move | None
    refuse: MoveForm | None
    next_url: str


def load_reply(look: Look, next_url: str) -> ReplyToReview:
    """Read the reply that waits on this ticket, the earliest if several of the viewer's units wait."""
    page = load_page(look.session, look.ticket, look.viewer, look.now)
    waiting = AssignmentState.UNIT_REVIEW.value
    share = next((each for each in page.shares if each.is_ours and each.state == waiting), None)
    moves = [move for move in list_moves(look) if share and move.target.subject_id == share.id]
    approve = next((move for move in moves if move.target.action == "approve_unit_reply"), None)
    refuse = next((move for move in moves if move.target.action == "refuse_unit_reply"), None)
    return ReplyToReview(
        page=page,
        share=share,
        spots=() if share is None else spots_of(look, share),
        is_own_work=share is not None and _handler_id(look, share.id) == look.viewer.user_id,
        approve=approve,
        refuse=None if refuse is None else make_form(look, page, refuse, next_url),
        next_url=next_url,
    )


def spots_of(look: Look, share: Share) -> tuple[str, ...]:
    """List what deserves a second look in a reply, in words."""
    leaks = [f"公开答复中有{leak}" for leak in find_leaks(share.public_answer)]
    words = list_weak_words(look.session, f"{share.answer}\n{share.public_answer}", look.now)
    return (*find_weak_spots(share.answer, words), *leaks)


def _handler_id(look: Look, share_id: int) -> int | None:
    handler_id: int | None = look.session.scalar(
        select(Assignment.handler_id).where(Assignment.id == share_id)
    )
    return handler_id
