"""Every model, imported together: foreign keys are named by text and must find their tables."""

from hotline.models import access, catalog, clocks, organisation, people, ticket

__all__ = ["access", "catalog", "clocks", "organisation", "people", "ticket"]
