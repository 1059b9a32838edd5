"""What does an auditor lay side by side: what the citizen asked, and what each unit answered?"""

from dataclasses import dataclass

from hotline.queries.ticket_page import TicketPage
from hotline.queries.ticket_parts import Share
from hotline.services.watching import list_weak_words
from hotline.web.ticket_moves import Look, Move, list_moves
from hotline.web.ticket_panel import MoveForm, make_form, show_page
from hotline.web.workplaces import SentBack
from workflows.texts import find_leaks, find_weak_spots

_PASSING = ("approve_reply", "close_without_callback")


@dataclass(frozen=True, slots=True)
class Answered:
    """One unit's reply and what deserves a second look in it; `is_clean` ones passed every check."""

    share: Share
    weak_spots: tuple[str, ...]
    leaks: tuple[str, ...]

    @property
    def is_clean(self) -> bool:
        return not self.weak_spots and not self.leaks


@dataclass(frozen=True, slots=True)
class Matter:
    """The right half of the review page.

    `passing` is the form that lets the reply through, with or without a callback; `other` is the second way
    where both are open.
    """

    page: TicketPage
    answers: tuple[Answered, ...]
    passing: MoveForm | None
    other: Move | None
    send_back: MoveForm | None
    next_url: str


def load_matter(look: Look, next_url: str, sent: SentBack) -> Matter:
    """Read the replies of the ticket's present round, the main unit's first, and the auditor's forms."""
    page = show_page(look)
    moves = {move.target.action: move for move in list_moves(look)}
    ways = [moves[name] for name in _PASSING if name in moves]
    back = moves.get("send_back_reply")
    now_open = [each for each in page.shares if each.is_live and each.round == page.round and each.answer]
    return Matter(
        page=page,
        answers=tuple(_answered(look, each) for each in sorted(now_open, key=lambda each: not each.is_main)),
        passing=sent.in_place_of(make_form(look, page, ways[0], next_url) if ways else None),
        other=ways[1] if len(ways) > 1 else None,
        send_back=sent.in_place_of(None if back is None else make_form(look, page, back, next_url)),
        next_url=next_url,
    )


def _answered(look: Look, share: Share) -> Answered:
    words = list_weak_words(look.session, f"{share.answer}\n{share.public_answer}", look.now)
    return Answered(
        share=share,
        weak_spots=tuple(find_weak_spots(share.answer, words)),
        leaks=tuple(dict.fromkeys([*find_leaks(share.answer), *find_leaks(share.public_answer)])),
    )
