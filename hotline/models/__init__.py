"""Every model, imported together: foreign keys are named by text and must find their tables."""

from hotline.models import access, catalog, catalogue, clocks, exports, orders, organisation, people, ticket

__all__ = [
    "access",
    "catalog",
    "catalogue",
    "clocks",
    "exports",
    "orders",
    "organisation",
    "people",
    "ticket",
]
