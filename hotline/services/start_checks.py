"""May this database be served with the keys that were given? Asked by whatever is about to serve it."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from hotline.services.resealing import find_key_faults
from hotline.services.separation import list_together


def find_start_faults(session: Session) -> Iterator[str]:
    """Tell what somebody did past the program that it must not be served with."""
    names = list_together(session)
    if names:
        yield f"{', '.join(names)}: system, security and audit administrator must be three accounts"
    faults = list(find_key_faults(session))
    if faults:
        yield "HOTLINE_FIELD_KEY does not fit this database:\n" + "\n".join(faults)
