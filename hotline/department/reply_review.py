"""What does a unit's leader read before a reply leaves the house, and may they decide on it?"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from hotline.models.ticket import Assignment
from hotline.queries.replies import GivenReply, list_replies
from hotline.queries.ticket_page import TicketPage
from hotline.queries.ticket_parts import Share
from hotline.queries.timeline import Entry
from hotline.services.watching import list_weak_words
from hotline.web.text_diff import Piece, compare
from hotline.web.ticket_moves import Look, Move, list_moves
from hotline.web.ticket_panel import MoveForm, make_form, show_page
from workflows.texts import Check, ReplyText, check_reply
from workflows.vocabulary import AssignmentState


@dataclass(frozen=True, slots=True)
class Compared:
    """An earlier reply beside the one that waits: why it came back, and what was changed since."""

    earlier: GivenReply
    back: Entry | None
    answer: tuple[Piece, ...]
    public_answer: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class ReplyToReview:
    """One reply in full. `approve` and `refuse` are None where they are not offered to this leader.

    `compared` is None for a first reply; `earlier` are all that may be compared with, the latest first.
    """

    page: TicketPage
    share: Share | None
    checks: tuple[Check, ...]
    earlier: Sequence[GivenReply]
    compared: Compared | None
    is_own_work: bool
    approve: Move | None
    refuse: MoveForm | None
    next_url: str


def load_reply(look: Look, next_url: str, against: int | None = None) -> ReplyToReview:
    """Read the reply that waits on this ticket, the earliest if several of the viewer's units wait.

    `against` is the number of the reply to compare with, else it is the one before.
    """
    page = show_page(look)
    waiting = AssignmentState.UNIT_REVIEW.value
    share = next((each for each in page.shares if each.is_ours and each.state == waiting), None)
    moves = [move for move in list_moves(look) if share and move.target.subject_id == share.id]
    approve = next((move for move in moves if move.target.action == "approve_unit_reply"), None)
    refuse = next((move for move in moves if move.target.action == "refuse_unit_reply"), None)
    earlier = [] if share is None else list_replies(look.session, share.id)[-2::-1]
    return ReplyToReview(
        page=page,
        share=share,
        checks=() if share is None else check_reply(_text_of(look, share, len(page.files))),
        earlier=earlier,
        compared=None if share is None else _compared(page, share, earlier, against),
        is_own_work=share is not None and _handler_id(look, share.id) in look.viewer.ids,
        approve=approve,
        refuse=None if refuse is None else make_form(look, page, refuse, next_url),
        next_url=next_url,
    )


def find_back(look: Look, page: TicketPage) -> Entry | None:
    """Find what sent the reply back that the viewer's units have to mend now."""
    at_work = (each for each in page.shares if each.is_ours and each.answer)
    share = next((each for each in at_work if each.state == AssignmentState.HANDLING), None)
    replies = [] if share is None else list_replies(look.session, share.id)
    number = replies[-1].back if replies else None
    return next((entry for entry in page.entries if entry.number == number), None)


def _text_of(look: Look, share: Share, files: int) -> ReplyText:
    words = list_weak_words(look.session, f"{share.answer}\n{share.public_answer}", look.now)
    said = (share.contact, share.no_contact_reason, share.result, share.answer, share.public_answer)
    return ReplyText(*said, files, words)


def _compared(
    page: TicketPage, share: Share, earlier: Sequence[GivenReply], against: int | None
) -> Compared | None:
    if not earlier:
        return None
    chosen = next((each for each in earlier if each.number == against), earlier[0])
    return Compared(
        earlier=chosen,
        back=next((entry for entry in page.entries if entry.number == chosen.back), None),
        answer=compare(chosen.answer, share.answer),
        public_answer=compare(chosen.public_answer, share.public_answer),
    )


def _handler_id(look: Look, share_id: int) -> int | None:
    handler_id: int | None = look.session.scalar(
        select(Assignment.handler_id).where(Assignment.id == share_id)
    )
    return handler_id
