"""Every model, imported together: foreign keys are named by text and must find their tables."""

from hotline.models import (
    access,
    calendars,
    catalog,
    catalogue,
    clocks,
    exports,
    jottings,
    knowledge,
    orders,
    organisation,
    people,
    policies,
    saved_forms,
    ticket,
    watch_words,
)

__all__ = [
    "access",
    "calendars",
    "catalog",
    "catalogue",
    "clocks",
    "exports",
    "jottings",
    "knowledge",
    "orders",
    "organisation",
    "people",
    "policies",
    "saved_forms",
    "ticket",
    "watch_words",
]
