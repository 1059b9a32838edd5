"""Every model, imported together: foreign keys are named by text and must find their tables."""

from hotline.models import (
    access,
    calendars,
    catalog,
    catalogue,
    clocks,
    directory,
    exports,
    incoming_calls,
    jottings,
    knowledge,
    orders,
    organisation,
    people,
    policies,
    rosters,
    ticket,
)

__all__ = [
    "access",
    "calendars",
    "catalog",
    "catalogue",
    "clocks",
    "directory",
    "exports",
    "incoming_calls",
    "jottings",
    "knowledge",
    "orders",
    "organisation",
    "people",
    "policies",
    "rosters",
    "ticket",
]
