"""Which scenes are there, and which rows of the four tables do they play?"""

from collections.abc import Mapping

from tests.stories.scene import Scene
from tests.stories.scenes_ending import AFTERWARDS_SCENES, CLOSING_SCENES, WATCHING_SCENES
from tests.stories.scenes_handling import HANDLING_SCENES, MERGING_SCENES
from tests.stories.scenes_intake import INTAKE_SCENES, WAITING_SCENES
from tests.stories.scenes_orders import ORDER_SCENES
from tests.stories.scenes_requests import REQUEST_SCENES
from tests.stories.scenes_shares import SHARE_SCENES
from workflows.assignment import ASSIGNMENT
from workflows.definition import Transition
from workflows.order import ORDER
from workflows.request import REQUEST
from workflows.ticket import TICKET

SCENES: tuple[Scene, ...] = (
    *INTAKE_SCENES,
    *WAITING_SCENES,
    *HANDLING_SCENES,
    *MERGING_SCENES,
    *CLOSING_SCENES,
    *AFTERWARDS_SCENES,
    *WATCHING_SCENES,
    *SHARE_SCENES,
    *REQUEST_SCENES,
    *ORDER_SCENES,
)


def name_rows() -> dict[str, Transition]:
    """Name every row as scenes do; rows that only their roles tell apart carry those."""
    named: dict[str, Transition] = {}
    for table in (TICKET, ASSIGNMENT, REQUEST, ORDER):
        for row in table.transitions:
            chosen = "@" + "+".join(row.when) if row.when else ""
            name = f"{table.machine}.{row.action}{chosen}"
            named[f"{name}/{'+'.join(sorted(row.roles))}" if name in named else name] = row
    return named


ROWS: Mapping[str, Transition] = name_rows()
# Rows whose door is no form of a ticket, and the tests that go through it.
OWN_DOORS: Mapping[str, str] = {
    "ticket.recount": "tests/stories/test_every_row_doors.py",
    "ticket.correct": "tests/hotline/citizen/test_data_requests.py",
    "ticket.hand_over": "tests/hotline/admin/test_units.py",
    "assignment.release_handler": "tests/hotline/admin/test_people.py",
    "ticket.register": "tests/stories/test_every_row_doors.py",
    "request.ask_export": "tests/stories/test_every_row_doors.py",
    "request.approve@is_bulk_export": "tests/stories/test_every_row_doors.py",
    "request.refuse@is_bulk_export": "tests/stories/test_every_row_doors.py",
}
