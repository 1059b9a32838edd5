"""What becomes of the units' shares: given, taken back, given anew, passed down, answered."""

from sqlalchemy import select

from hotline.models.orders import OrderUnit, SupervisionOrder
from hotline.models.ticket import Assignment, Rating, Request
from hotline.queries.order_parts import is_open
from hotline.services.calendars import city_date, load_calendar
from hotline.services.effects.change import Change, Move, find_main, list_shares
from hotline.services.policies import current_policy
from hotline.services.reply_drafts import drop_drafts
from workflows.facts import LIVE_ENDS
from workflows.vocabulary import AssignmentState, Machine, Role

_DONE = (*LIVE_ENDS, AssignmentState.REPLIED)
_THIRD_ROUND = 3


def create_assignments(change: Change) -> None:
    ticket, data = change.ticket, change.data
    if ticket.policy_version_id is None:
        calendar = load_calendar(change.session)
        policy = current_policy(change.session, city_date(calendar, change.now))
        ticket.policy_version_id = policy.version_id
    if data.get("is_hard") and not ticket.is_hard:
        ticket.is_hard = change.is_reclassified = True
    ticket.dispatched_at = ticket.dispatched_at or change.now
    for unit_id, is_main in ((data["main_unit"], True), *((u, False) for u in data.get("co_units") or ())):
        change.touched.append(_new(change, unit_id, is_main=is_main))


def recall_assignments(change: Change) -> None:
    """Take every share of this round from its unit; what was answered in an earlier one stays answered."""
    for share in list_shares(change):
        if share.state in LIVE_ENDS or share.round < change.ticket.round:
            continue
        change.dropped.append(share)
        if share.parent_id is None:
            change.moves.append(Move(Machine.ASSIGNMENT, "recall", share.id))


def redirect(change: Change) -> None:
    share = change.session.get_one(Assignment, change.data["assignment"])
    change.dropped += [share, *_descendants(change, share)]
    change.moves.append(Move(Machine.ASSIGNMENT, "recall", share.id))
    change.touched.append(_new(change, change.data["unit"], is_main=share.is_main))


def hand_over(change: Change) -> None:
    """Let the successor go on where its unit stood: what was signed, answered or passed down stays so."""
    left, successor = change.data["from_unit"], change.data["unit"]
    for share in list_shares(change):
        if share.unit_id == left and share.state not in LIVE_ENDS:
            share.unit_id = successor
    of_ticket = select(SupervisionOrder.id).where(SupervisionOrder.ticket_id == change.ticket.id, is_open())
    named = select(OrderUnit).where(OrderUnit.order_id.in_(of_ticket), OrderUnit.unit_id == left)
    for row in change.session.scalars(named):
        row.unit_id = successor


def add_co_handler(change: Change) -> None:
    change.touched.append(_new(change, change.data["unit"], is_main=False))


def create_child(change: Change) -> None:
    child = _new(change, change.data["unit"], is_main=False)
    child.parent_id = change.share.id
    change.touched.append(child)


def recall_child(change: Change) -> None:
    """Take the live child back; one that has answered keeps its answer."""
    change.dropped += _descendants(change, change.share)
    for child in _children(change, change.share):
        change.moves.append(Move(Machine.ASSIGNMENT, "recall", child.id))


def report_to_parent(change: Change) -> None:
    is_answer = change.decision.to_state == AssignmentState.REPLIED
    action = "child_replied" if is_answer else "child_returned"
    change.moves.append(Move(Machine.ASSIGNMENT, action, change.share.parent_id))


def open_main_again(change: Change) -> None:
    change.ticket.send_back_count += 1
    main = _main(change)
    change.touched.append(main)
    change.moves.append(Move(Machine.ASSIGNMENT, "handle_again", main.id))


def new_round(change: Change) -> None:
    unit_id = _main(change).unit_id
    change.ticket.round += 1
    change.ticket.call_attempts, change.ticket.call_booked_at = 0, None
    change.touched.append(_new(change, unit_id, is_main=True))


def reopen(change: Change) -> None:
    """Begin a round for a ticket that no unit holds; the dispatcher finds one."""
    change.ticket.round += 1
    change.ticket.call_attempts = 0


def count_return(change: Change) -> None:
    change.ticket.return_count += 1


def forbid_return(change: Change) -> None:
    change.ticket.forbid_return = True


def keep_signature(change: Change) -> None:
    share = change.share
    share.signed_at = change.now
    is_late = share.sign_due_at is not None and change.now > share.sign_due_at
    share.is_signed_late = is_late or change.decision.role is Role.SYSTEM
    # Whoever it was given to keeps it, whichever colleague signs.
    share.handler_id = share.handler_id or change.actor.user_id


def keep_reply(change: Change) -> None:
    share, data = change.share, change.data
    share.handler_id = change.actor.user_id
    share.replied_at = change.now
    for name in ("contact", "no_contact_reason", "result", "answer", "public_answer"):
        setattr(share, name, data.get(name))
    if share.is_main and data["contact"] == "contacted":
        change.ticket.contacted_at = change.ticket.contacted_at or change.now
    drop_drafts(change.session, share.id)
    cancel_requests(change)


def keep_contact(change: Change) -> None:
    change.ticket.contacted_at = change.ticket.contacted_at or change.data["contacted_at"]


def keep_rating(change: Change) -> None:
    data = change.data
    if not data.get("solved"):
        return
    change.session.add(
        Rating(
            ticket_id=change.ticket.id,
            round=change.ticket.round,
            solved=data["solved"],
            satisfaction=data["satisfaction"],
            was_contacted=data.get("was_contacted"),
            is_truthful=data.get("is_truthful"),
            comment=data.get("comment", ""),
            rated_by=str(change.decision.role),
            rated_at=change.now,
        )
    )


def cancel_requests(change: Change) -> None:
    """A request about a share that has moved on has nothing left to decide."""
    of_share = (Request.assignment_id == change.share.id, Request.state == "requested")
    open_ids = change.session.scalars(select(Request.id).where(*of_share))
    change.moves.extend(Move(Machine.REQUEST, "cancel", found) for found in open_ids)


def is_third_round(change: Change) -> bool:
    """Tell whether the units have failed the citizen twice and more."""
    return change.ticket.round >= _THIRD_ROUND


def _new(change: Change, unit_id: int, *, is_main: bool) -> Assignment:
    assignment = Assignment(
        ticket_id=change.ticket.id,
        unit_id=unit_id,
        is_main=is_main,
        round=change.ticket.round,
        state=str(AssignmentState.TO_SIGN),
        advice=change.data.get("advice", ""),
        created_at=change.now,
    )
    change.session.add(assignment)
    return assignment


def _children(change: Change, share: Assignment) -> list[Assignment]:
    below = select(Assignment).where(Assignment.parent_id == share.id, Assignment.state.not_in(_DONE))
    return list(change.session.scalars(below.order_by(Assignment.id)))


def _descendants(change: Change, share: Assignment) -> list[Assignment]:
    below = _children(change, share)
    return [*below, *(each for child in below for each in _descendants(change, child))]


def _main(change: Change) -> Assignment:
    main = find_main(change)
    if main is None:
        message = f"{change.decision.transition.action} needs a main unit"
        raise TypeError(message)
    return main
