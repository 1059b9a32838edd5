"""Where in the city is it: what does the address say by itself, and which districts are there?"""

from sqlalchemy.orm import Session

from hotline.desk.forms import CallForm
from hotline.models.organisation import AreaLevel
from hotline.queries.directory import list_areas
from hotline.queries.likeness import Place
from hotline.queries.named_places import find_named
from workflows.errors import FieldCode, FieldError, Refused, invalid


def typed_call(session: Session) -> CallForm:
    """Read the form as it was sent; district and street that were left empty follow from the address."""
    form = CallForm()
    district, street = find_named(list_areas(session), place_of(form))
    form.district.data = form.district.data or district
    form.street.data = form.street.data or street
    return form


def place_of(form: CallForm) -> Place:
    """Where it is, as far as the form says."""
    return Place(form.district.data or "", form.street.data or "", form.address.data or "")


def refuse_unknown(session: Session, district: str) -> list[Refused]:
    """Refuse a district the city does not have; a city that has listed none takes any."""
    known = {area.name for area in list_areas(session) if area.level == AreaLevel.DISTRICT}
    if not district or not known or district in known:
        return []
    return [invalid(FieldError("district", FieldCode.UNKNOWN_DISTRICT))]
