"""Is every row of the four tables lived through: by its form over HTTP, allowed and refused, with its messages?

A scene brings a ticket to the row through the service door; then people press the real forms, or time passes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
import time_machine
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, sessionmaker

from hotline.models.clocks import Timer
from hotline.models.orders import SupervisionOrder
from hotline.models.ticket import Request, Ticket, TicketEvent
from hotline.services.timers import fire_due
from hotline.web.refusals import sentence
from notifications.models import OutboxMessage
from tests.databases import empty_tables
from tests.stories.checker import find_faults
from tests.stories.counter import Counter, Form, says
from tests.stories.scene import Press, Scene, Tick
from tests.stories.scenes import OWN_DOORS, ROWS, SCENES
from tests.stories.tale import Tale
from tests.stories.town import city, found_wide_town

# Signed cookies of a browser do not go back in time, so every form is pressed at this moment.
_BEGUN = city("2026-11-23 09:40")
_TEN = city("2026-11-23 10:00")
_NAMES = [f"{place:03}-{scene.row}" for place, scene in enumerate(SCENES)]


@dataclass(frozen=True, slots=True)
class Stand:
    """The ticket of a scene as it stands before its cause."""

    counter: Counter
    tale: Tale
    scene: Scene
    watched: str
    last_event: int

    def form(self, press: Press) -> Form:
        subject_id = self._subject(press)
        return Form(self.tale.number, press.machine, press.action, subject_id, press.is_blind)

    def own_form(self) -> Form:
        """The form of the scene's row, whoever takes it; the system's rows have none, and must say so."""
        own = self.scene.cause
        if not self.scene.is_pressed or not isinstance(own, Press):
            own = Press("", self.scene.machine, self.scene.action, part=self.scene.part)
        return Form(self.watched, own.machine, own.action, self._subject(own))

    def _subject(self, press: Press) -> int | None:
        if press.machine == "ticket" or press.action == "issue":
            return None
        if press.machine == "assignment" or (press.action.startswith("ask_") and press.part):
            return self.tale.share(press.part).id
        if press.action.startswith("ask_"):
            return None
        model = Request if press.machine == "request" else SupervisionOrder
        of_ticket = select(model.id).where(model.ticket_id == self.tale.ticket.id)
        return self.tale.session.scalars(of_ticket.order_by(model.id.desc())).first()


# No shipped ladder has the levels that tell these; test_ladder.py gives a ticket one that has. What an exclusion
# tells goes out with its approval as one message.
_TOLD_ELSEWHERE = {
    "ticket.escalate": {"level_to_decide", "overdue"},
    "ticket.exclude": {"excluded"},
    "request.approve@is_exclusion": {"request_decided"},
    "assignment.give": {"share_taken"},
}


@pytest.fixture(scope="module")
def counter(engine, shared_app) -> Iterator[Counter]:
    """One town for all scenes of this process; in the end all of its rows must agree."""
    factory = sessionmaker(engine, expire_on_commit=False)
    with factory.begin() as session:
        town = found_wide_town(session)
    yield Counter(shared_app, factory, town)
    with factory() as session:
        faults = find_faults(session)
    empty_tables(engine)
    assert faults == []


def test_every_row_has_a_scene_and_no_scene_a_row_that_is_gone():
    played = {scene.row for scene in SCENES} | OWN_DOORS.keys()
    assert sorted(ROWS.keys() ^ played) == []


def test_every_row_is_refused_somewhere_and_each_of_its_messages_is_awaited():
    for name, row in ROWS.items():
        scenes = [scene for scene in SCENES if scene.row == name]
        if name not in OWN_DOORS:
            assert any(scene.no for scene in scenes), f"{name} is refused to nobody"
        told = {each.partition(":")[2] for scene in scenes for each in scene.told.split()}
        untold = {notice.kind for notice in row.notices} - told - _TOLD_ELSEWHERE.get(name, set())
        assert untold == set() or name in OWN_DOORS, name


@pytest.mark.parametrize("scene", SCENES, ids=_NAMES)
def test_a_row_is_taken_by_whom_it_is_for_and_by_nobody_else(counter, scene):
    with counter.factory.begin() as session:
        tale = Tale(session, counter.town, _BEGUN)
        scene.bring(tale)
        assert tale.now < _TEN
    # An ordinary session would hold SQLite's only write lock against the forms that are pressed.
    readers = counter.factory.kw["bind"].execution_options(reads_only=True)
    with time_machine.travel(_TEN, tick=False), Session(readers) as session:
        tale.session = session
        watched = tale.number if scene.on is None else scene.on(tale)
        last = session.scalars(select(TicketEvent.id).order_by(TicketEvent.id.desc())).first()
        stand = Stand(counter, tale, scene, watched, last or 0)
        _refused(stand)
        _carry_out(stand)
        _came_true(stand)
        _not_again(stand)


def _refused(stand: Stand) -> None:
    """Those who may not are told why in both languages, and nothing is written."""
    for who, code in stand.scene.no:
        before = _version(stand)
        for language in ("zh", "en"):
            answer = stand.counter.press(who, stand.own_form(), before, _data(stand), language)
            assert answer.status_code == sentence(code).status, (who, code, answer.text)
            # Whose unit lost the ticket gets the typed words back on a page of their own.
            assert code == "not_found" or says(answer, code, language), (who, code, answer.text)
        assert _version(stand) == before


def _carry_out(stand: Stand) -> None:
    cause = stand.scene.cause
    if isinstance(cause, Tick):
        _let_pass(stand, _TEN + cause.after)
        return
    form, version = stand.form(cause), _version(stand, stand.tale.number)
    page = stand.counter.look(cause.who, form)
    assert page.status_code == 200, page.text
    sent_to = form.page if form.page.startswith("/desk/") else form.path
    assert f'action="{sent_to}"' in page.text, "no form on the page"
    answer = stand.counter.press(cause.who, form, version, _data(stand, cause))
    # A sealed identity is shown once, on the answer itself.
    assert answer.status_code == (200 if cause.action == "view_identity" else 303), answer.text


def _let_pass(stand: Stand, moment: datetime) -> None:
    """Fire each timer at its own moment: what several would remind of at once becomes one message."""
    due = select(func.min(Timer.due_at)).where(Timer.state == "pending")
    while (at := _read(stand, due)) is not None and at <= moment:
        assert fire_due(stand.counter.factory, max(at, _TEN))


def _read(stand: Stand, query: Select[Any]) -> Any:
    with stand.counter.factory() as session:
        return session.scalar(query)


def _came_true(stand: Stand) -> None:
    """The row's event stands there with its state, and its messages are in the outbox."""
    scene, session = stand.scene, stand.tale.session
    session.rollback()
    of_row = (TicketEvent.machine == scene.machine, TicketEvent.action == scene.action)
    found = session.scalars(
        select(TicketEvent)
        .join(Ticket, Ticket.id == TicketEvent.ticket_id)
        .where(*of_row, Ticket.number == stand.watched, TicketEvent.id > stand.last_event)
    ).all()
    assert found, "the row left no event"
    row = ROWS[scene.row]
    assert {event.to_state for event in found} == {scene.after}
    assert all(event.from_state in row.sources and event.role in row.roles for event in found)
    told = {each for event in found for each in _told(session, event)}
    assert told == set(scene.told.split())


def _told(session: Session, event: TicketEvent) -> Iterator[str]:
    of_event = select(OutboxMessage).where(OutboxMessage.key.startswith(f"{event.id}:"))
    for message in session.scalars(of_event):
        yield f"{message.recipient.partition(':')[0]}:{message.kind}"


def _not_again(stand: Stand) -> None:
    """A second press of the same form finds the row's end, not its beginning."""
    cause, again = stand.scene.cause, stand.scene.again
    if not stand.scene.is_pressed or not isinstance(cause, Press) or not again:
        return
    before = _version(stand)
    answer = stand.counter.press(cause.who, stand.form(cause), before, _data(stand))
    assert answer.status_code == sentence(again).status, answer.text
    # Who decides blindly is led back to a list that may be empty by now.
    assert cause.is_blind or says(answer, again, "zh"), answer.text
    assert _version(stand) == before


def _data(stand: Stand, press: Press | None = None) -> dict[str, object]:
    own = press or (stand.scene.cause if stand.scene.is_pressed else None)
    if not isinstance(own, Press):
        return {}
    return dict(own.data(stand.tale) if callable(own.data) else own.data)


def _version(stand: Stand, number: str = "") -> int:
    stand.tale.session.rollback()
    found = select(Ticket.version).where(Ticket.number == (number or stand.watched))
    return stand.tale.session.scalars(found).one()
