"""Which district and street does somebody mean who only says an address?"""

from collections.abc import Sequence

from hotline.models.organisation import Area, AreaLevel
from hotline.queries.likeness import Place


def find_named(areas: Sequence[Area], said: Place) -> tuple[str, str]:
    """Find the district and the street that a place names; empty where it names none, or several."""
    named = [area for area in areas if area.name in f"{said.street} {said.address}"]
    streets = [area for area in named if area.level == AreaLevel.STREET]
    around = {area.id: area.name for area in areas if area.level == AreaLevel.DISTRICT}
    districts = {area.name for area in named if area.level == AreaLevel.DISTRICT}
    district = _only({said.district} if said.district else districts)
    here = [area for area in streets if not district or around.get(area.parent_id or 0) == district]
    if not districts and not district:
        district = _only({around.get(area.parent_id or 0, "") for area in here})
    return district, _only({area.name for area in here})


def _only(found: set[str]) -> str:
    return next(iter(found)) if len(found) == 1 else ""
