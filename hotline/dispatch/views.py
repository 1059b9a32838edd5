"""The dispatcher's page: the pool on the left, one ticket and where to send it on the right."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from database import db
from hotline.dispatch.bulk_page import answer_bulk, show_bulk
from hotline.dispatch.decision import load_decision
from hotline.dispatch.forms import SHOWN_AS, Typed, data_of, kept_values, read_typed
from hotline.dispatch.redirecting import send_instead
from hotline.dispatch.worklist import CHANNELS, dress, goes_unread, narrow, views
from hotline.models.ticket import Ticket
from hotline.queries.scope import get_visible
from hotline.queries.ticket_page import load_page
from hotline.queries.typed import id_in
from hotline.queries.wording import field_label
from hotline.services.lifecycle import Command, advance
from hotline.tickets.conflict import answer_conflict, is_too_late
from hotline.tickets.moves import answer_refused, command_of
from hotline.tickets.preview import impossible, preview_of, show_lines
from hotline.web.action_preview import Preview
from hotline.web.auth import current_actor
from hotline.web.claims import claim_opened
from hotline.web.errors import Problem, problem_of_refusal
from hotline.web.menu_counts import tickets_wait_at
from hotline.web.moments import city_short
from hotline.web.pages import is_fragment_wanted, render
from hotline.web.security import safe_next
from hotline.web.split_list import Frame, Place, Reading, load_list, place_in, read_place
from hotline.web.ticket_moves import Look, Target, find_move, look_at
from hotline.web.undoing import Pressed, perform_undoable
from hotline.web.workplaces import SentBack, comes_back_to
from workflows.definition import Actor
from workflows.errors import Refused
from workflows.vocabulary import IntakeChannel, Machine

blueprint = Blueprint("dispatch", __name__)
tickets_wait_at("dispatch.queue", lambda viewer, now: views(viewer, now)[0].filters)

_DISPATCH = Target(Machine.TICKET, "dispatch")
_DECISIONS = ("approve", "refuse")


@dataclass(frozen=True, slots=True)
class _Sent:
    """A form that came back, and what is wrong with it, or what it would do; `other` is any but it."""

    typed: Typed = field(default_factory=Typed)
    request_key: str = ""
    problem: Problem | None = None
    preview: Preview | None = None
    other: SentBack = field(default_factory=SentBack)

    @property
    def status(self) -> int:
        return self.problem.status if self.problem else self.other.status

    @property
    def other_faults(self) -> list[tuple[str, str]]:
        """What is wrong with another form; that of a return has a field of its own."""
        is_return = self.other.action in _DECISIONS
        return self.other.summary(f"{{}}-{self.other.subject_id}" if is_return else "")

    @property
    def is_back(self) -> bool:
        is_kept = self.other.form is None and bool(self.other.typed)
        return is_kept or self.problem is not None or self.preview is not None

    @property
    def complaints(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name, message in self._faults:
            found.setdefault(SHOWN_AS.get(name, name), []).append(message)
        return found

    @property
    def summary(self) -> list[tuple[str, str]]:
        """The complaints by the names of their fields, for the head of the page; else the whole problem."""
        named = [
            (SHOWN_AS.get(name, name), f"{field_label('dispatch', name)}：{message}")
            for name, message in self._faults
        ]
        return named or [("", self.problem.text if self.problem else "")]

    @property
    def _faults(self) -> list[tuple[str, str]]:
        errors = self.problem.errors if self.problem else ()
        return [(error["field"], error["message"]) for error in errors]


@blueprint.get("/dispatch")
def queue() -> Response:
    """One page of the pool with one ticket open."""
    now = datetime.now(UTC)
    return _page(read_place(_frame(now)), _Sent(), now)


@comes_back_to("dispatch.queue")
def show_again(sent: SentBack, here: str) -> Response:
    """The same ticket with the form that was refused, or with what goes on being typed into its own."""
    now = datetime.now(UTC)
    typed = read_typed(sent.typed) if sent.form is None else Typed()
    return _page(replace(place_in(_frame(now), here), ticket=sent.number), _Sent(typed, other=sent), now)


@blueprint.route("/dispatch/bulk", methods=("GET", "POST"))
def bulk() -> Response:
    """Many tickets at once."""
    return answer_bulk() if request.method == "POST" else show_bulk()


@blueprint.post("/dispatch/<number>")
def send(number: str) -> Response:
    """Dispatch and open the next ticket; a refusal shows the page again with everything that was typed."""
    actor, now = current_actor(), datetime.now(UTC)
    typed, key = read_typed(request.form), request.form.get("request_key", "")
    leads_to = safe_next(request.form.get("next"), "/dispatch")

    def act(session: Session) -> Ticket:
        version = request.form.get("version", type=id_in)
        command = Command(number, "dispatch", data_of(session, typed), version)
        return advance(session, command, actor, now)

    def told(session: Session, ticket: Ticket) -> str:
        return _told(session, ticket, actor, now)

    try:
        return perform_undoable(_DISPATCH, Pressed(key, leads_to, now), act, told)
    except Refused as refusal:
        if is_too_late(refusal):
            return _conflict(number, typed, now)
        place = replace(place_in(_frame(now), leads_to), ticket=number)
        return _page(place, _Sent(typed, key, problem_of_refusal(refusal)), now)


@blueprint.post("/dispatch/<number>/returns/<int:request_id>")
def redirect(number: str, request_id: int) -> Response:
    """Grant a return and dispatch to the unit it names: both or neither."""
    actor, now = current_actor(), datetime.now(UTC)
    grant = Target(Machine.REQUEST, "approve", request_id)
    command = command_of(number, grant)
    key, leads_to = request.form.get("request_key", ""), safe_next(request.form.get("next"), "/dispatch")

    def told(session: Session, ticket: Ticket) -> str:
        return _told(session, ticket, actor, now)

    try:
        pressed = Pressed(key, leads_to, now)
        return perform_undoable(
            _DISPATCH, pressed, lambda session: send_instead(session, command, actor, now), told
        )
    except Refused as refusal:
        return answer_refused(refusal, look_at(number, now), grant)


@blueprint.post("/dispatch/<number>/preview")
def preview(number: str) -> Response:
    """What sending it off would do, as the form is filled in now."""
    now, typed = datetime.now(UTC), read_typed(request.form)
    look = look_at(number, now)
    move = find_move(look, _DISPATCH)
    told = None
    if move is not None:
        data, version = data_of(look.session, typed), request.form.get("version", type=id_in)
        told = preview_of(look, move, Command(number, "dispatch", data, version))
    if is_fragment_wanted():
        return show_lines(told or impossible(look, _DISPATCH))
    place = replace(place_in(_frame(now), request.form.get("next")), ticket=number)
    return _page(place, _Sent(typed, request.form.get("request_key", ""), preview=told), now)


def _conflict(number: str, typed: Typed, now: datetime) -> Response:
    look = look_at(number, now)
    return answer_conflict(look, _DISPATCH, find_move(look, _DISPATCH), kept_values(look.session, typed))


def _frame(now: datetime) -> Frame:
    return Frame("dispatch.queue", views(current_actor(), now), {"channel": CHANNELS}, is_pool=True)


def _page(place: Place, sent: _Sent, now: datetime) -> Response:
    session, viewer = db.session(), current_actor()
    reading = Reading(session, viewer, now, narrow)
    split = load_list(_frame(now), place, reading, lambda rows: dress(session, rows, now))
    ticket = get_visible(session, split.current, viewer) if split.current else None
    return render(
        "dispatch/queue.html",
        holder=None if ticket is None else claim_opened(ticket, viewer, now),
        status=sent.status,
        split=split,
        picks=frozenset(row.number for row in split.rows if goes_unread(row)),
        decision=None if ticket is None else load_decision(Look(session, ticket, viewer, now)),
        channels=[(channel.value, channel.label_zh) for channel in IntakeChannel],
        sent=sent,
        has_errors=sent.problem is not None or sent.other.form is not None,
    )


def _told(session: Session, ticket: Ticket, actor: Actor, now: datetime) -> str:
    """Say where the ticket went and by when it is due."""
    page = load_page(session, ticket, actor, now)
    others = sum(not share.is_main and share.round == ticket.round for share in page.shares)
    with_others = f"（协办 {others} 家）" if others else ""
    unit = page.main.unit if page.main else ""
    due = f"，办理时限 {city_short(ticket.due_at)}" if ticket.due_at else ""
    return f"{ticket.number} 已派往{unit}{with_others}{due}。"
