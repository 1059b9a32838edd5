"""What does a dispatcher need to decide on one ticket: where it may go, what came back, what will happen?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from hotline.models.organisation import Unit, UnitKind
from hotline.models.ticket import Request, Ticket
from hotline.queries.catalogue import Suggestion, suggest_for
from hotline.queries.directory import find_meant_unit, list_units
from hotline.queries.duplicates import Candidate, find_candidates, matter_of
from hotline.queries.ticket_page import TicketPage
from hotline.queries.ticket_parts import Asked
from hotline.services import offering
from hotline.services.clock_rules import NOBODY, ClockRules, owner_of
from hotline.services.clocks import list_running
from hotline.web.action_preview import preview
from hotline.web.ticket_moves import Look
from hotline.web.ticket_panel import show_page
from workflows import sla
from workflows.definition import Actor, Offer
from workflows.policy import LimitClass
from workflows.vocabulary import ClockName, Machine, RequestKind, RequestState

# What a dispatcher may need instead of a dispatch; everything rarer is on the ticket's own page.
_BESIDES = ("raise_dispute", "ask_supplement")
_PROMISES = (ClockName.SIGN, ClockName.CONTACT, ClockName.HANDLE)


@dataclass(frozen=True, slots=True)
class Promise:
    """A clock as it will run after the dispatch; `is_running` ones were started by an earlier one."""

    name: ClockName
    due_at: datetime
    is_running: bool


@dataclass(frozen=True, slots=True)
class UnitGroup:
    """Units under one heading: a district's, or those of the whole city by kind."""

    label: str
    units: tuple[Unit, ...]


@dataclass(frozen=True, slots=True)
class OpenReturn:
    """A return to decide, what this viewer may decide, and the unit it names where the ticket could go."""

    asked: Asked
    may: frozenset[str]
    instead: Unit | None


@dataclass(frozen=True, slots=True)
class Decision:
    """The right half of the dispatch page. `came_back` are granted returns, the latest first.

    `besides` is what may be done with the ticket instead.
    """

    page: TicketPage
    may_dispatch: bool
    suggestions: tuple[Suggestion, ...]
    groups: tuple[UnitGroup, ...]
    came_back: tuple[Asked, ...]
    to_decide: tuple[OpenReturn, ...]
    promises: tuple[Promise, ...]
    tells: tuple[str, ...]
    candidates: tuple[Candidate, ...]
    may_merge: bool
    besides: tuple[Offer, ...]

    @property
    def preferred(self) -> Suggestion | None:
        """The suggestion that is chosen beforehand: never a unit this very ticket came back from.

        Once it came back, only the unit that was named with the return; else somebody must choose.
        """
        fit = (each for each in self.suggestions if not each.own_returns)
        return next((each for each in fit if each.is_proposed or not self.came_back), None)

    @property
    def preferred_co_units(self) -> tuple[str, ...]:
        """The co-units that are chosen beforehand, as the form names them."""
        return tuple(str(unit_id) for unit_id, _ in self.preferred.co_units) if self.preferred else ()

    @property
    def is_hard(self) -> bool:
        """Whether the ticket is taken for a hard one beforehand: it is one, or its row says so."""
        by_row = self.preferred is not None and self.preferred.limit_class == LimitClass.HARD
        return self.page.is_hard or by_row


def load_decision(look: Look) -> Decision:
    """Read everything for one ticket the viewer may see."""
    session, ticket, viewer, now = look.session, look.ticket, look.viewer, look.now
    page = show_page(look)
    offered = {offer.action: offer for offer in offering.offers(session, ticket, viewer, now)}
    offer = offered.get("dispatch")
    return Decision(
        page=page,
        may_dispatch=offer is not None,
        suggestions=suggest_for(session, ticket, now) if offer else (),
        groups=_groups(list_units(session)) if offer else (),
        came_back=tuple(reversed(_returns(page, RequestState.APPROVED))),
        to_decide=_to_decide(session, ticket, page, viewer, now),
        promises=_promises(session, ticket, now) if offer else (),
        tells=_tells(offer, ticket.state),
        candidates=tuple(find_candidates(session, viewer, matter_of(session, ticket), now)),
        may_merge="merge" in offered,
        besides=tuple(offered[action] for action in _BESIDES if action in offered),
    )


def _returns(page: TicketPage, state: RequestState) -> tuple[Asked, ...]:
    """Pick the returns in a state; every other request is decided among the requests."""
    return tuple(
        each for each in page.requests if each.kind == RequestKind.RETURN.value and each.state == state.value
    )


def _to_decide(
    session: Session, ticket: Ticket, page: TicketPage, viewer: Actor, now: datetime
) -> tuple[OpenReturn, ...]:
    """Say of each open return what this viewer may decide; nothing for their own."""
    found = []
    for asked in _returns(page, RequestState.REQUESTED):
        row = session.get_one(Request, asked.id)
        offers = offering.request_offers(session, ticket, row, viewer, now)
        may = frozenset(offer.action for offer in offers)
        found.append(OpenReturn(asked, may, _instead(session, page, asked)))
    return tuple(found)


def _instead(session: Session, page: TicketPage, asked: Asked) -> Unit | None:
    """The unit a return names, if the whole ticket would come back and that unit has no share of it."""
    share = next((each for each in page.shares if each.id == asked.assignment_id), None)
    if share is None or not share.is_main or not asked.suggested_unit:
        return None
    unit = find_meant_unit(session, asked.suggested_unit)
    busy = {each.unit_id for each in page.shares if each.is_live}
    return None if unit is None or unit.id in busy or unit.kind == UnitKind.CENTRE else unit


def _promises(session: Session, ticket: Ticket, now: datetime) -> tuple[Promise, ...]:
    rules, running = ClockRules(session, ticket, now), list_running(session, ticket.id)
    own = {clock.name: clock for clock in running if owner_of(clock) == NOBODY}
    found = []
    for name in _PROMISES:
        entry = rules.entry(name)
        if name in own:
            found.append(Promise(name, own[name].due_at, is_running=True))
        elif entry is not None and not (name is ClockName.CONTACT and ticket.contacted_at):
            due_at = sla.plan(entry.limit, rules.calendar_of(entry.calendar), now).due_at
            found.append(Promise(name, due_at, is_running=False))
    return tuple(found)


def _tells(offer: Offer | None, state: str) -> tuple[str, ...]:
    told = () if offer is None else preview(Machine.TICKET, offer, state).tells
    return tuple(tell.line for tell in told)


def _groups(units: Sequence[Unit]) -> tuple[UnitGroup, ...]:
    grouped: dict[str, list[Unit]] = {}
    for unit in units:
        if unit.kind != UnitKind.CENTRE:
            grouped.setdefault(unit.district or f"市级 · {UnitKind(unit.kind).label_zh}", []).append(unit)
    return tuple(UnitGroup(label, tuple(members)) for label, members in grouped.items())
