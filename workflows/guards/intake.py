"""When is a ticket complete enough to leave intake."""

from workflows.errors import Code, FieldCode, FieldError, Refused, invalid
from workflows.guards.case import Case, guard
from workflows.vocabulary import TicketType


@guard()
def trusted_intake(case: Case) -> Refused | None:
    """The agent may send tickets past intake review."""
    return None if "trusted_intake" in case.actor.rights else Refused(Code.NO_TRUSTED_INTAKE)


@guard(needs_data=True)
def reachable_or_anonymous(case: Case) -> Refused | None:
    """A phone or an e-mail address, unless the caller wants to stay unknown."""
    data = case.data
    if data.get("is_anonymous") or data.get("phone") or data.get("email"):
        return None
    return invalid(FieldError("phone", FieldCode.CONTACT_NEEDED))


@guard(needs_data=True)
def type_is_complete(case: Case) -> Refused | None:
    """Each type's mandatory fields: a category always, a place for complaints, the accused for reports."""
    data, facts = case.data, case.facts
    kind = data.get("type") or facts.type
    errors = []
    if not (data.get("category") or facts.has_category):
        errors.append(FieldError("category", FieldCode.CATEGORY_NEEDED))
    if kind == TicketType.COMPLAINT and not (data.get("address") or data.get("district") or facts.has_place):
        errors.append(FieldError("address", FieldCode.PLACE_NEEDED))
    if kind == TicketType.REPORT and not (data.get("accused") or facts.has_accused):
        errors.append(FieldError("accused", FieldCode.ACCUSED_NEEDED))
    return invalid(*errors) if errors else None


@guard(needs_data=True)
def category_is_known(case: Case) -> Refused | None:
    """What the matter is about: without it no figure counts the ticket where it belongs."""
    is_known = case.data.get("category") or case.facts.has_category
    return None if is_known else invalid(FieldError("category", FieldCode.CATEGORY_NEEDED))


@guard(needs_data=True)
def answer_is_cited(case: Case) -> Refused | None:
    """A direct answer names its source: a knowledge entry or the third-party call that gave it."""
    return None if case.data.get("source") else invalid(FieldError("source", FieldCode.CITATION_NEEDED))


@guard()
def not_a_report(case: Case) -> Refused | None:
    """Reports of wrongdoing are never answered on the phone."""
    kind = case.data.get("type") or case.facts.type
    return Refused(Code.REPORTS_NEED_DISPATCH, "type") if kind == TicketType.REPORT else None
