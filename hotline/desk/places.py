"""Where in the city is it: what does the address say by itself, and which districts are there?"""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from hotline.desk.forms import CallForm
from hotline.models.organisation import Area, AreaLevel
from hotline.queries.directory import list_areas
from workflows.errors import FieldCode, FieldError, Refused, invalid


def typed_call(session: Session) -> CallForm:
    """Read the form as it was sent; district and street that were left empty follow from the address."""
    form = CallForm()
    district, street = find_named(list_areas(session), form)
    form.district.data = form.district.data or district
    form.street.data = form.street.data or street
    return form


def find_named(areas: Sequence[Area], form: CallForm) -> tuple[str, str]:
    """Find the district and the street that the address names; empty where it names none, or several."""
    said = f"{form.street.data or ''} {form.address.data or ''}"
    named = [area for area in areas if area.name in said]
    streets = [area for area in named if area.level == AreaLevel.STREET]
    around = {area.id: area.name for area in areas if area.level == AreaLevel.DISTRICT}
    districts = {area.name for area in named if area.level == AreaLevel.DISTRICT}
    district = _only({form.district.data} if form.district.data else districts)
    here = [area for area in streets if not district or around.get(area.parent_id or 0) == district]
    if not districts and not district:
        district = _only({around.get(area.parent_id or 0, "") for area in here})
    return district, _only({area.name for area in here})


def refuse_unknown(session: Session, district: str) -> list[Refused]:
    """Refuse a district the city does not have; a city that has listed none takes any."""
    known = {area.name for area in list_areas(session) if area.level == AreaLevel.DISTRICT}
    if not district or not known or district in known:
        return []
    return [invalid(FieldError("district", FieldCode.UNKNOWN_DISTRICT))]


def _only(found: set[str]) -> str:
    return next(iter(found)) if len(found) == 1 else ""
