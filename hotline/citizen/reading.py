"""What is read for every page of a citizen's own ticket, and how is a refusal said there?"""

from dataclasses import dataclass
from datetime import UTC, datetime

from database import db
from hotline.citizen.standing import Standing, offered_to, standing_of
from hotline.models.ticket import Ticket
from hotline.queries.public_status import PublicStatus, read_status
from hotline.queries.scope import get_visible
from hotline.web.errors import problem_of_refusal
from hotline.web.forms import ActionForm
from hotline.web.ui import form_errors
from workflows.definition import Actor
from workflows.errors import Refused


@dataclass(frozen=True, slots=True)
class Own:
    """A ticket in its citizen's eyes, and what they may press."""

    row: Ticket
    ticket: PublicStatus
    standing: Standing


def read_own(number: str, citizen: Actor) -> Own:
    """Read a ticket this browser has opened; raises Refused when it is not there."""
    session, now = db.session(), datetime.now(UTC)
    row = get_visible(session, number, citizen)
    ticket = read_status(session, row, now, offered_to(session, row, citizen, now))
    return Own(row, ticket, standing_of(session, row, citizen, now))


def problems(form: ActionForm, refused: Refused | None) -> list[tuple[str, str]]:
    """What the summary lists: the form's errors, or why the act was refused."""
    return form_errors(form) if refused is None else [("", problem_of_refusal(refused).text)]


def status_of(form: ActionForm, refused: Refused | None) -> int:
    """The status a form comes back with."""
    if refused is not None:
        return problem_of_refusal(refused).status
    return 422 if form.errors else 200
