"""Which replies wait for the auditor, and what does each line of the list say?"""

from collections.abc import Sequence
from dataclasses import replace

from hotline.queries.worklists import Filters, TicketRow
from hotline.web.split_list import ListRow, View, plain_row
from workflows.vocabulary import Light, TicketState

_WAITING = (TicketState.REPLY_REVIEW.value,)
_SOON = (Light.YELLOW.value, Light.ORANGE.value, Light.RED.value)


def views() -> tuple[View, ...]:
    """List the auditor's views, by the review clock."""
    return (
        View("waiting", "待审核", Filters(states=_WAITING)),
        View("soon", "即将超时", Filters(states=_WAITING, lights=_SOON), is_alarming=True),
        View("returned", "退过单的", Filters(states=_WAITING, was_returned=True)),
    )


def dress(rows: Sequence[TicketRow]) -> list[ListRow]:
    """Name the main unit, and mark what is not in its first round."""
    return [
        replace(
            plain_row(row),
            state=None,
            tags=((f"第 {row.round} 轮", "warn"),) if row.round > 1 else (),
            aside=row.unit,
        )
        for row in rows
    ]
