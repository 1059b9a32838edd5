"""Which version of the limits holds on a date?"""

from datetime import date

from sqlalchemy import Select, select

from hotline.models.policies import PolicyState, PolicyVersion


def version_on(on: date) -> Select[PolicyVersion]:
    """Select the version that holds on that date of the city, if there is one.

    Of the published ones it is the one whose date came last; of two with one date, the newer.
    """
    published = (PolicyVersion.state == PolicyState.PUBLISHED.value, PolicyVersion.valid_from_on <= on)
    latest = (PolicyVersion.valid_from_on.desc(), PolicyVersion.number.desc())
    return select(PolicyVersion).where(*published).order_by(*latest).limit(1)
