"""How is a list answered page by page, ordered by a number that only grows?"""

from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import BaseModel
from sqlalchemy import Select, String
from sqlalchemy.orm import Session

from hotline.api.asking import read_query, wanted_mark
from hotline.api.documents.base import Listing
from hotline.api.inputs import PageQuery
from hotline.queries.api_parts import count_rows

_Out = TypeVar("_Out", bound=BaseModel)


def page(session: Session, source: tuple[Select[Any], Any], describe: Callable[[Any], _Out]) -> Listing[_Out]:
    """Read the page the query string asks for; `source` is a query and the column that orders it."""
    query = read_query(PageQuery)
    select, column = source
    further = select
    if query.after is not None:
        is_text = isinstance(column.type, String)
        further = select.where(column > (query.after if is_text else wanted_mark(query)))
    found = session.scalars(further.order_by(column).limit(query.limit + 1)).all()
    rows = found[: query.limit]
    return Listing(
        items=[describe(row) for row in rows],
        next=str(getattr(rows[-1], column.key)) if len(found) > query.limit else None,
        total=count_rows(session, select) if query.count else None,
    )
