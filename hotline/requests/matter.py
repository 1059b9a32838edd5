"""What does somebody need before they decide a request: its words, its history, and what a yes would do?"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from hotline.queries.requests import RequestLine, list_of_ticket
from hotline.queries.scope import may_see_identity
from hotline.queries.ticket_parts import Share
from hotline.services.lifecycle import Command
from hotline.services.rehearsal import Rehearsal, Turn, rehearse
from hotline.web.action_preview import Preview
from hotline.web.rehearsing import try_out
from hotline.web.ticket_moves import Look, Move, list_moves, look_at
from hotline.web.ticket_panel import MoveForm, make_form, show_page
from workflows.vocabulary import ClockName, Machine, RequestKind

_DECIDING = ("approve", "endorse", "refuse")
_ON_TICKETS_NOBODY_SEES = frozenset({RequestKind.IDENTITY_DISCLOSURE, RequestKind.BULK_EXPORT})


@dataclass(frozen=True, slots=True)
class Matter:
    """The right half of the page. `form` is the first decision's, whose fields all decisions share.

    `answers` are the units' of the present round. `due_after` is when the ticket would fall due if more time
    were given.
    """

    line: RequestLine
    content: str
    answers: tuple[Share, ...]
    earlier: tuple[RequestLine, ...]
    moves: tuple[Move, ...]
    form: MoveForm | None
    preview: Preview | None
    due_after: datetime | None

    @property
    def main(self) -> Move:
        return self.moves[0]

    @property
    def others(self) -> tuple[Move, ...]:
        return self.moves[1:]


def is_blind(line: RequestLine) -> bool:
    """Whether whoever decides may not see the ticket itself."""
    return line.kind in _ON_TICKETS_NOBODY_SEES


def load_matter(line: RequestLine, next_url: str, now: datetime) -> Matter:
    """Read the request's ticket, what was asked about it before, and try a yes out."""
    look = look_at(line.number, now)
    page = show_page(look)
    # The page holds only the requests its viewer may see.
    seen = {asked.id for asked in page.requests} - {line.id}
    earlier = tuple(each for each in list_of_ticket(look.session, line.number, now) if each.id in seen)
    moves = _moves(look, line.id)
    answers = tuple(each for each in page.shares if each.is_live and each.round == page.round and each.answer)
    if not moves:
        return Matter(line, look.ticket.content, answers, earlier, (), None, None, None)
    form = make_form(look, page, moves[0], next_url)
    told, due_after = _try_out(look, moves[0], form.preview)
    return Matter(line, look.ticket.content, answers, earlier, moves, form, told, due_after)


def _moves(look: Look, request_id: int) -> tuple[Move, ...]:
    found = {
        move.target.action: move
        for move in list_moves(look)
        if move.target.machine is Machine.REQUEST and move.target.subject_id == request_id
    }
    return tuple(found[action] for action in _DECIDING if action in found)


def _try_out(look: Look, move: Move, static: Preview) -> tuple[Preview, datetime | None]:
    target, played = move.target, list[Rehearsal]()
    command = Command(look.ticket.number, target.action, {}, None, target.machine, target.subject_id)

    def play(session: Session) -> Rehearsal:
        played.append(rehearse(session, command, look.viewer, look.now))
        return played[0]

    shows_phone = may_see_identity(look.ticket, look.viewer)
    told = try_out(static, play, target.action, shows_phone=shows_phone)
    clocks = played[0].clocks if played else ()
    moved = (clock.due_at for clock in clocks if clock.turn is Turn.MOVES and clock.name == ClockName.HANDLE)
    return told, next(moved, None)
