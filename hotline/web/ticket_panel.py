"""What do the partials of a ticket need: its page, the buttons of this viewer, the forms behind them?

Split views (inbox, queue, review, callback) embed partials/ticket_detail.html with `detail` from detail_of().
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlencode

from flask import request, url_for
from sqlalchemy.orm import Session

from hotline.models.audit import AuditKind
from hotline.models.reveals import Purpose
from hotline.queries.orders import OrderLine, list_of_ticket
from hotline.queries.reveals import is_open_to
from hotline.queries.ticket_page import TicketPage, load_page
from hotline.queries.ticket_parts import Asked, Share, Ticking
from hotline.queries.timeline import Entry, Strand, read_chapters
from hotline.queries.watches import is_watched
from hotline.services.audit import Deed
from hotline.services.calendars import load_calendar
from hotline.web.access import may_call
from hotline.web.action_defaults import ADOPT, known_values
from hotline.web.action_forms import Complaints, FormField, Values, initial_values, make_fields
from hotline.web.action_menu import Section, sections_of
from hotline.web.action_preview import Preview, preview
from hotline.web.audit import note
from hotline.web.moments import city_time
from hotline.web.phrase_picker import Picker, picker_of
from hotline.web.reply_checks import check_typed
from hotline.web.reply_draft import DraftMark, mark_of, read_draft
from hotline.web.ticket_moves import Look, Move, list_moves
from hotline.web.ui import new_request_key
from workflows.counting import TimeUnit
from workflows.definition import Actor
from workflows.texts import Check
from workflows.vocabulary import ClockName, Light, RequestKind, RequestState, TicketState

_PERCENT = 100
# So many buttons are found faster than a menu.
_FEW = 3
_TO_DO = frozenset({"to_sign", "handling"})

# After these the same person goes on with the same ticket.
_STAYING = frozenset({"note", "record_contact"})


@dataclass(frozen=True, slots=True)
class MoveForm:
    """A form for one move, with the preview of what it will do."""

    move: Move
    number: str
    version: int
    fields: tuple[FormField, ...]
    preview: Preview
    next_url: str
    request_key: str
    errors: tuple[tuple[str, str], ...] = ()
    problem: str = ""
    spots: str = ""
    picker: Picker | None = None
    checks: tuple[Check, ...] = ()
    draft: DraftMark | None = None

    def field(self, name: str) -> FormField:
        """Find one field by name, for forms with a layout of their own."""
        return next(each for each in self.fields if each.name == name)


@dataclass(frozen=True, slots=True)
class Typed:
    """What came with a form that comes back, and what is wrong with it."""

    values: Values
    request_key: str = ""
    errors: Complaints = field(default_factory=dict)
    problem: str = ""
    spots: str = ""


@dataclass(frozen=True, slots=True)
class Detail:
    """Everything partials/ticket_detail.html reads."""

    page: TicketPage
    moves: tuple[Move, ...]
    chapters: tuple[Mapping[str, object], ...]
    strands: tuple[Mapping[str, object], ...]
    percent: int | None
    next_url: str
    stay_url: str
    reply: MoveForm | None
    orders: tuple[OrderLine, ...]
    task: Share | None
    may_reveal: bool
    is_watched: bool

    @property
    def purposes(self) -> tuple[Purpose, ...]:
        """For what somebody may want to see who called."""
        return tuple(Purpose)

    @property
    def may_take_data_request(self) -> bool:
        """Whether somebody may write down what the caller asks about their own data."""
        return may_call("tickets.ask_for_data")

    @property
    def may_add_files(self) -> bool:
        """Files are noted in the trail, so whoever may note may add them."""
        return any(move.target.action == "note" for move in self.moves)

    def form_url(self, move: Move) -> str:
        """Where a move's form is, and where to go after it: on, or back here if the ticket stays as it is.

        Who thinks better of it comes back here in any case.
        """
        after = self.stay_url if move.target.action in _STAYING else self.next_url
        return f"{move.url}?{urlencode({'next': after, 'back': self.stay_url})}"

    @property
    def primary(self) -> Move | None:
        """The move this page is about; the reply form has its own button.

        Nobody is led to sign for what they asked to return: it may be signed for, lest its time runs out.
        """
        mains = (move for move in self.moves if not move.is_quiet)
        return next((move for move in mains if not self._is_being_returned(move)), None)

    @property
    def at_hand(self) -> tuple[Move, ...]:
        """The buttons that stand open: the main act first, what has a key of its own, what may be undone."""
        first = () if self.primary is None else (self.primary,)
        rest = tuple(move for move in self.moves if move != self.primary)
        keyed = tuple(move for move in rest if move.key or move.is_undoing or self._is_awaited(move))
        return (*first, *(rest if len(rest) - len(keyed) <= _FEW else keyed))

    @property
    def open_requests(self) -> tuple[Asked, ...]:
        """What somebody asked and nobody has decided yet."""
        return tuple(asked for asked in self.page.requests if asked.state == RequestState.REQUESTED)

    def _is_being_returned(self, move: Move) -> bool:
        """Whether the share that is to be signed for is asked to be taken back."""
        given_back = {each.assignment_id for each in self.open_requests if each.kind == RequestKind.RETURN}
        return move.target.action == "sign" and move.target.subject_id in given_back

    def _is_awaited(self, move: Move) -> bool:
        """Whether its clock runs: the citizen is to be called first."""
        running = {clock.name for clock in self.page.clocks if clock.stopped_at is None}
        return move.target.action == "record_contact" and ClockName.CONTACT in running

    @property
    def menu(self) -> tuple[Section, ...]:
        """Everything else, under headings."""
        return sections_of(move for move in self.moves if move not in self.at_hand)


def show_page(look: Look) -> TicketPage:
    """Read a ticket for a screen that shows it in full, and have it kept who saw it."""
    page = load_page(look.session, look.ticket, look.viewer, look.now)
    note(Deed(AuditKind.SEE_TICKET, ticket_number=page.number))
    return page


def detail_of(
    look: Look,
    next_url: str | None = None,
    strand: str = "",
    *,
    stay_url: str | None = None,
) -> Detail:
    """Read a ticket for partials/ticket_detail.html.

    After an action the browser goes to `next_url`, or to `stay_url` after one that leaves the ticket where it
    is, such as a note.
    """
    page = show_page(look)
    moves = list_moves(look)
    back = next_url or url_for("tickets.show", number=page.number)
    reply = next((move for move in moves if move.target.action == "submit_reply"), None)
    return Detail(
        page=page,
        moves=moves,
        chapters=tuple(_chapters(page, strand)),
        strands=tuple(_strands(strand, page.number)),
        percent=_percent(look.session, page.leading, look.now),
        next_url=back,
        stay_url=stay_url or back,
        reply=None if reply is None else make_form(look, page, reply, back),
        orders=tuple(list_of_ticket(look.session, look.ticket, look.viewer, look.now)),
        task=_task(page, look.viewer),
        may_reveal=may_reveal(page, look.viewer),
        is_watched=is_watched(look.session, look.ticket, look.viewer),
    )


def make_form(
    look: Look, page: TicketPage, move: Move, next_url: str, typed: Typed | None = None
) -> MoveForm:
    """Build the form of a move, new or coming back with what was typed."""
    target, needs = move.target, move.offer.needs
    draft = read_draft(look, target)
    if typed is None:
        known = initial_values(needs, known_values(look, page, target), look.now)
        typed = Typed({**known, **(draft.values if draft and ADOPT not in request.args else {})})
    fields = make_fields(look, target, needs, typed.values, typed.errors)
    return MoveForm(
        move=move,
        number=page.number,
        version=page.version,
        fields=tuple(each for each in fields if each.name != "is_confirmed" or typed.spots),
        preview=preview(move.target.machine, move.offer, move.state),
        next_url=next_url,
        request_key=typed.request_key or new_request_key(),
        errors=tuple((f"f-{each.name}", f"{each.label}：{text}") for each in fields for text in each.errors),
        problem=typed.problem,
        spots=typed.spots,
        picker=picker_of(look, target.action),
        checks=check_typed(look, target.action, typed.values, len(page.files)),
        draft=mark_of(look, target, draft),
    )


def _task(page: TicketPage, viewer: Actor) -> Share | None:
    """What the viewer's own unit was asked to do and has still to do."""
    own = (share for share in reversed(page.shares) if share.unit_id == viewer.unit_id and share.advice)
    return next((share for share in own if share.state in _TO_DO), None)


def may_reveal(page: TicketPage, viewer: Actor) -> bool:
    """Whether the door would show who called; units never know confidential callers."""
    ours = (share.state for share in page.shares if share.is_ours)
    return page.caller is not None and is_open_to(viewer, ours, is_confidential=page.is_confidential)


def _chapters(page: TicketPage, strand: str) -> Iterable[Mapping[str, object]]:
    if not strand and page.closed_at is None:
        holder = page.main.unit if page.main and page.state == TicketState.IN_PROCESS else ""
        yield {
            "heading": "",
            "entries": [{"actor": holder, "act": TicketState(page.state).label_zh, "mark": "now"}],
        }
    for chapter in read_chapters(entry for entry in page.entries if entry.is_in(strand)):
        yield {"heading": chapter.heading, "entries": [_told(entry) for entry in chapter.entries]}


def _told(entry: Entry) -> Mapping[str, object]:
    return {
        "actor": entry.actor,
        "act": entry.act,
        "at": entry.at,
        "body": entry.body(city_time),
        "tickets": [(number, url_for("tickets.show", number=number)) for number in entry.tickets],
        "is_internal": entry.is_internal,
        "is_public": entry.is_public,
        "is_step": entry.is_step,
        "mark": "bad" if entry.is_bad else "done",
    }


def _strands(strand: str, number: str) -> Iterable[Mapping[str, object]]:
    """Links that filter the timeline on the page one is on, whichever embeds it."""
    here = request.endpoint if request.method == "GET" else None
    args = {**(request.view_args or {}), **request.args.to_dict()} if here else {"number": number}
    for value, label in (("", "全部"), *((word.value, word.label_zh) for word in Strand)):
        url = url_for(here or "tickets.show", **{**args, "strand": value or None})
        yield {"label": label, "url": url, "is_current": value == strand}


def _percent(session: Session, clock: Ticking | None, now: datetime) -> int | None:
    """How much of the leading clock is used, in working time where its limit counts so."""
    if clock is None or clock.light in (Light.NONE, Light.DONE_LATE, Light.DONE_ON_TIME):
        return None
    until = clock.paused_at or now
    measure: Callable[[datetime, datetime], float]
    if TimeUnit(clock.time_unit).is_working:
        calendar = load_calendar(session)
        measure = calendar.working_seconds
    else:
        measure = _elapsed
    held = clock.paused_for.total_seconds()
    whole = measure(clock.started_at, clock.due_at) - held
    used = measure(clock.started_at, until) - held
    return max(0, round(used * _PERCENT / whole)) if whole > 0 else _PERCENT


def _elapsed(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds()
