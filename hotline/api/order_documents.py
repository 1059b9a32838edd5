"""What does a supervision order look like as JSON?"""

from collections.abc import Sequence
from typing import Any

from hotline.api.documents.orders import OrderAnswer, OrderOut
from hotline.api.part_documents import text_id
from hotline.models.orders import OrderUnit, SupervisionOrder


def order_fields(order: SupervisionOrder, answers: Sequence[OrderUnit]) -> dict[str, Any]:
    """Give the fields of an order's document."""
    stored = ("level", "is_joint", "state", "cause", "opinion", "closing_opinion")
    moments = ("issued_at", "due_at", "answered_at", "closed_at")
    return {
        "id": str(order.id),
        "issued_by": text_id(order.issued_by_id),
        "units": [_answer(row) for row in answers],
        **{name: getattr(order, name) for name in (*stored, *moments)},
    }


def order_document(order: SupervisionOrder, answers: Sequence[OrderUnit]) -> OrderOut:
    """Describe an order with what each unit answered."""
    return OrderOut(**order_fields(order, answers))


def _answer(row: OrderUnit) -> OrderAnswer:
    return OrderAnswer(
        unit=str(row.unit_id),
        answer=row.answer,
        answered_at=row.answered_at,
        refused_reason=row.refused_reason,
    )
