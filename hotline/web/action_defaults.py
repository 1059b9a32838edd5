"""What may a form be filled with before anybody types: what the ticket already says."""

from collections.abc import Callable, Mapping

from flask import request
from sqlalchemy import select

from hotline.models.catalog import Category
from hotline.models.ticket import Assignment
from hotline.queries.ticket_page import TicketPage
from hotline.queries.ticket_parts import Share
from hotline.queries.typed import id_in
from hotline.web.field_limits import proposed_day
from hotline.web.ticket_moves import Look, Target
from workflows.choices import ContactMade, OrderLevel, Result
from workflows.vocabulary import AssignmentState, Outcome

ADOPT = "adopt"
OUTCOMES = {
    Result.RESOLVED: Outcome.RESOLVED,
    Result.PARTLY_RESOLVED: Outcome.PARTLY_RESOLVED,
    Result.EXPLAINED: Outcome.EXPLAINED,
    Result.UNFOUNDED: Outcome.EXPLAINED,
}


# Whether the citizen was reached is for whoever answers to say; the rest may be taken over from below.
_CONTACT = ("contact", "no_contact_reason")
_FINDINGS = ("result", "answer", "public_answer")
_DAYS: Mapping[str, str] = {
    "ask_supplement": "answer_by",
    "sub_dispatch": "answer_by",
    "issue": "answer_by",
    "refuse_answer": "answer_by",
    "ask_suspension": "review_on",
}


def known_values(look: Look, page: TicketPage, target: Target) -> Mapping[str, object]:
    """List known values by field name; what is not known is missing."""
    read = _OF_ACTIONS.get(target.action)
    known = {} if read is None else read(look, page, target)
    day = _DAYS.get(target.action)
    return known if day is None else {**known, day: proposed_day(look, target, day)}


def _for_dispatch(look: Look, page: TicketPage, _target: Target) -> Mapping[str, object]:
    owner = select(Category.owner_unit_id).where(Category.id == page.category_id)
    return {"main_unit": look.session.scalar(owner), "is_hard": page.is_hard}


def _for_intake(_look: Look, page: TicketPage, _target: Target) -> Mapping[str, object]:
    return {
        "category": page.category_id,
        "urgency": page.urgency,
        "is_confidential": page.is_confidential,
    }


def _for_class(_look: Look, page: TicketPage, _target: Target) -> Mapping[str, object]:
    return {"type": page.type, "category": page.category_id, "urgency": page.urgency}


def _for_order(_look: Look, page: TicketPage, _target: Target) -> Mapping[str, object]:
    """An order goes to every unit that holds the ticket in this round."""
    units = (share.unit_id for share in page.shares if share.is_live and share.round == page.round)
    return {"level": OrderLevel.ORDER.value, "units": tuple(dict.fromkeys(units))}


def _for_reply(look: Look, page: TicketPage, target: Target) -> Mapping[str, object]:
    """A reply that was sent back is mended, not written anew; one of a unit below may be taken over."""
    below = _adopted(look, target)
    if below is not None:
        return {name: getattr(below, name) for name in _FINDINGS}
    share = next((each for each in page.shares if each.id == target.subject_id), None)
    if share is None:
        return {}
    known = {name: getattr(share, name) for name in (*_CONTACT, *_FINDINGS)}
    return {
        **known,
        "contact": share.contact or (ContactMade.CONTACTED.value if _was_called(page, share) else ""),
    }


def _was_called(page: TicketPage, share: Share) -> bool:
    """Whether its unit, which alone notes that, spoke with the citizen while it held the share."""
    return share.is_main and page.contacted_at is not None and page.contacted_at >= share.created_at


def _adopted(look: Look, target: Target) -> Assignment | None:
    wanted = request.args.get(ADOPT, type=id_in)
    if wanted is None:
        return None
    of_child = select(Assignment).where(Assignment.id == wanted, Assignment.parent_id == target.subject_id)
    return look.session.scalar(of_child.where(Assignment.state == AssignmentState.REPLIED.value))


def _for_review(_look: Look, page: TicketPage, _target: Target) -> Mapping[str, object]:
    main = page.main
    if main is None or not main.result:
        return {}
    # What a unit wrote to one citizen is not what all who were merged should read.
    written = "" if page.follower_count else main.answer
    return {
        "public_answer": main.public_answer or written,
        "outcome": OUTCOMES[Result(main.result)],
    }


_OF_ACTIONS: Mapping[str, Callable[[Look, TicketPage, Target], Mapping[str, object]]] = {
    "dispatch": _for_dispatch,
    "decide_dispute": _for_dispatch,
    "approve_intake": _for_intake,
    "reclassify": _for_class,
    "issue": _for_order,
    "submit_reply": _for_reply,
    "approve_reply": _for_review,
    "close_without_callback": _for_review,
}
