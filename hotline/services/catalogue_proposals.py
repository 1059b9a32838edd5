"""How does the dispatch catalogue learn: disputes, other choices and returns propose, people decide."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.catalogue import (
    CatalogueProposal,
    CatalogueRow,
    CatalogueVersion,
    ProposalCause,
    ProposalState,
)
from hotline.models.ticket import Ticket
from hotline.queries.catalogue import suggested_unit_ids
from hotline.queries.catalogue_returns import RowReturns, count_returns
from hotline.queries.catalogue_rows import Named, co_units_of, named_units, valid_version
from hotline.services.catalogue import EDITORS, RowInput, open_draft, require_role, write_row
from hotline.services.remembered import once
from hotline.services.site import current_site
from workflows.definition import Actor
from workflows.errors import Code, FieldCode, FieldError, Refused, invalid
from workflows.vocabulary import Role

DECIDERS = EDITORS | {Role.DISPATCHER}
LONGEST_REASON = 300
# So many granted returns in a month say that the row is wrong, not the ticket.
MANY_RETURNS = 3


@dataclass(frozen=True, slots=True)
class UnitChoice:
    """Who got a ticket in the end."""

    main_unit_id: int
    co_unit_ids: tuple[int, ...] = ()


def propose(
    session: Session, ticket: Ticket, choice: UnitChoice, cause: ProposalCause, now: datetime
) -> CatalogueProposal | None:
    """Propose to give the like of a ticket to these units; None when the catalogue says so already.

    The same wish once more is counted on the open proposal, whose latest ticket it names.
    """
    if ticket.category_id is None:
        return None
    key = (ticket.category_id, ticket.district)
    named = named_units(session, valid_version(now), [key]).get(key, ())
    if named and _is_said(session, named[0], choice):
        return None
    wish = CatalogueProposal(
        category_id=ticket.category_id,
        district=ticket.district,
        main_unit_id=choice.main_unit_id,
        co_unit_ids=list(choice.co_unit_ids),
        cause=cause.value,
        row_number=None,
    )
    proposal = _find_open(session, wish)
    if proposal is None:
        proposal = _add(session, wish, now)
    else:
        proposal.count += 1
        proposal.co_unit_ids = wish.co_unit_ids
    proposal.ticket_id = ticket.id
    session.flush()
    return proposal


def suggested_units(session: Session, ticket: Ticket, now: datetime) -> tuple[int, ...]:
    """List the units the catalogue suggests, by id; an action asks once, before anything is given."""
    asked = ("suggested", ticket.id, ticket.category_id, ticket.district)
    return once(session, asked, lambda: suggested_unit_ids(session, ticket, now))


def note_choice(
    session: Session, ticket: Ticket, choice: UnitChoice, now: datetime
) -> CatalogueProposal | None:
    """Propose the main unit a ticket is given to, where the suggestions name others."""
    suggested = suggested_units(session, ticket, now)
    if not suggested or choice.main_unit_id in suggested:
        return None
    return propose(session, ticket, choice, ProposalCause.OVERRIDE, now)


def take_back_choice(session: Session, ticket: Ticket, choice: UnitChoice) -> None:
    """Take back the wish that note_choice() counted for a ticket last, if it did and nobody decided on it."""
    wish = CatalogueProposal(
        category_id=ticket.category_id,
        district=ticket.district,
        main_unit_id=choice.main_unit_id,
        cause=ProposalCause.OVERRIDE.value,
    )
    proposal = _find_open(session, wish)
    if proposal is None or proposal.ticket_id != ticket.id:
        return
    if proposal.count > 1:
        proposal.count -= 1
    else:
        session.delete(proposal)


def propose_from_returns(session: Session, now: datetime) -> int:
    """Propose the unit named most for every row much returned this month; returns how many rows those are."""
    found = count_returns(session, start_of_month(now), now).values()
    much = [each for each in found if each.count >= MANY_RETURNS and each.best is not None]
    for each in much:
        wish = _wish_of(session, each)
        proposal = _find_open(session, wish) or _add(session, wish, now)
        proposal.count = each.count
    session.flush()
    return len(much)


def take(session: Session, proposal_id: int, actor: Actor, now: datetime) -> CatalogueRow:
    """Write a proposal into the draft, over the row of just that category and district if there is one."""
    proposal = _get_open(session, proposal_id, actor)
    draft = open_draft(session, actor, now)
    row = _row_of(session, draft, proposal)
    written = write_row(
        session,
        draft,
        RowInput(
            proposal.category_id,
            proposal.district,
            proposal.main_unit_id,
            tuple(unit_id for unit_id in proposal.co_unit_ids if unit_id != proposal.main_unit_id),
            limit_class=row.limit_class if row else "",
            basis=_basis(session, proposal),
            number=row.number if row else None,
        ),
    )
    _decide(proposal, ProposalState.TAKEN, actor, now)
    session.flush()
    return written


def dismiss(session: Session, proposal_id: int, reason: str, actor: Actor, now: datetime) -> None:
    """Turn a proposal down and say why."""
    proposal = _get_open(session, proposal_id, actor)
    if not reason.strip():
        raise invalid(FieldError("reason", FieldCode.REQUIRED))
    if len(reason.strip()) > LONGEST_REASON:
        raise invalid(FieldError("reason", FieldCode.TOO_LONG, str(LONGEST_REASON)))
    _decide(proposal, ProposalState.DISMISSED, actor, now)
    proposal.decision_reason = reason.strip()
    session.flush()


def start_of_month(now: datetime) -> datetime:
    """Tell when the month began in the city."""
    return now.astimezone(current_site().zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _is_said(session: Session, named: Named, choice: UnitChoice) -> bool:
    row_id = named.hit.row.id
    helping = {unit.id for unit in co_units_of(session, [row_id]).get(row_id, ())}
    return named.unit.id == choice.main_unit_id and helping >= set(choice.co_unit_ids)


def _wish_of(session: Session, returns: RowReturns) -> CatalogueProposal:
    row = returns.row
    helping = co_units_of(session, [row.id]).get(row.id, ())
    return CatalogueProposal(
        category_id=row.category_id,
        district=row.district,
        main_unit_id=returns.best,
        co_unit_ids=[unit.id for unit in helping if unit.id != returns.best],
        cause=ProposalCause.RETURNS.value,
        row_number=row.number,
    )


def _find_open(session: Session, wish: CatalogueProposal) -> CatalogueProposal | None:
    same = select(CatalogueProposal).where(
        CatalogueProposal.state == ProposalState.OPEN.value,
        CatalogueProposal.category_id == wish.category_id,
        CatalogueProposal.district == wish.district,
        CatalogueProposal.main_unit_id == wish.main_unit_id,
        CatalogueProposal.cause == wish.cause,
    )
    return session.scalar(same.order_by(CatalogueProposal.id).limit(1).with_for_update())


def _add(session: Session, wish: CatalogueProposal, now: datetime) -> CatalogueProposal:
    wish.state = ProposalState.OPEN.value
    wish.created_at = now
    session.add(wish)
    session.flush()
    return wish


def _get_open(session: Session, proposal_id: int, actor: Actor) -> CatalogueProposal:
    require_role(actor, DECIDERS)
    proposal = session.get(CatalogueProposal, proposal_id, with_for_update=True)
    if proposal is None:
        raise Refused(Code.NOT_FOUND)
    if proposal.state != ProposalState.OPEN:
        raise Refused(Code.NOT_IN_THIS_STATE)
    return proposal


def _row_of(session: Session, draft: CatalogueVersion, proposal: CatalogueProposal) -> CatalogueRow | None:
    same = select(CatalogueRow).where(
        CatalogueRow.version_id == draft.id,
        CatalogueRow.category_id == proposal.category_id,
        CatalogueRow.district == proposal.district,
    )
    return session.scalar(same.order_by(CatalogueRow.number).limit(1))


def _basis(session: Session, proposal: CatalogueProposal) -> str:
    number = session.scalar(select(Ticket.number).where(Ticket.id == proposal.ticket_id))
    about = f"（工单 {number}）" if number else ""
    match ProposalCause(proposal.cause):
        case ProposalCause.RETURNS:
            return f"退单汇总：第 {proposal.row_number} 条当月被退 {proposal.count} 次"
        case ProposalCause.DISPUTE:
            return f"争议会商决定{about}"
        case ProposalCause.OVERRIDE:
            return f"派单员改派 {proposal.count} 次{about}"


def _decide(proposal: CatalogueProposal, state: ProposalState, actor: Actor, now: datetime) -> None:
    proposal.state = state.value
    proposal.decided_by_id = actor.user_id
    proposal.decided_at = now
