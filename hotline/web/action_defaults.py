"""What may a form be filled with before anybody types: what the ticket already says."""

from collections.abc import Callable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.catalog import Category
from hotline.queries.ticket_page import TicketPage
from workflows.choices import Result
from workflows.vocabulary import Outcome

_OUTCOMES = {
    Result.RESOLVED: Outcome.RESOLVED,
    Result.PARTLY_RESOLVED: Outcome.PARTLY_RESOLVED,
    Result.EXPLAINED: Outcome.EXPLAINED,
    Result.UNFOUNDED: Outcome.EXPLAINED,
}


def known_values(session: Session, page: TicketPage, action: str) -> Mapping[str, object]:
    """List known values by field name; what is not known is missing."""
    read = _OF_ACTIONS.get(action)
    return {} if read is None else read(session, page)


def _for_dispatch(session: Session, page: TicketPage) -> Mapping[str, object]:
    owner = select(Category.owner_unit_id).where(Category.id == page.category_id)
    return {"main_unit": session.scalar(owner), "is_hard": page.is_hard}


def _for_intake(_session: Session, page: TicketPage) -> Mapping[str, object]:
    return {
        "category": page.category_id,
        "urgency": page.urgency,
        "is_confidential": page.is_confidential,
    }


def _for_record(session: Session, page: TicketPage) -> Mapping[str, object]:
    plain = ("type", "title", "content", "channel", "district", "street", "address", "accused")
    flags = ("is_anonymous", "callback_wanted")
    known = {name: getattr(page, name) for name in plain + flags}
    if page.caller is not None:
        known |= {"citizen_name": page.caller.name, "phone": page.caller.phone, "email": page.caller.email}
    return {**known, **_for_intake(session, page)}


def _for_reply(_session: Session, page: TicketPage) -> Mapping[str, object]:
    """A reply that was sent back is mended, not written anew."""
    share = page.ours
    if share is None:
        return {}
    names = ("contact", "no_contact_reason", "result", "answer", "public_answer")
    return {name: getattr(share, name) for name in names}


def _for_review(_session: Session, page: TicketPage) -> Mapping[str, object]:
    main = page.main
    if main is None or not main.result:
        return {}
    return {
        "public_answer": main.public_answer or main.answer,
        "outcome": _OUTCOMES[Result(main.result)],
    }


_OF_ACTIONS: Mapping[str, Callable[[Session, TicketPage], Mapping[str, object]]] = {
    "dispatch": _for_dispatch,
    "approve_intake": _for_intake,
    "revise": _for_record,
    "submit_reply": _for_reply,
    "approve_reply": _for_review,
    "close_without_callback": _for_review,
}
