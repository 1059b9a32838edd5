"""What would the citizen be told of the answer that is being written: read aloud beside its form?"""

from datetime import datetime

import structlog
from sqlalchemy.exc import OperationalError

from hotline.services.answer_notice import foretell_answer
from hotline.web.action_defaults import OUTCOMES
from hotline.web.action_preview import Wording
from hotline.web.foretelling import wordings_of
from hotline.web.transaction import aside
from workflows.choices import Result

_log = structlog.get_logger(__name__)


def answer_wordings(number: str, result: str, now: datetime) -> tuple[Wording, ...] | None:
    """Read out what the citizen would be told; `result` as it was chosen in the form, or anything else.

    Empty where no channel reaches them, None while the database is busy: nobody waits for a preview.
    """
    outcome = OUTCOMES[Result(result)] if result in set(Result) else None
    try:
        with aside() as session:
            return wordings_of(foretell_answer(session, number, outcome, now), now)
    except OperationalError as error:
        _log.info("foretelling_skipped", kind=type(error.orig).__name__)
        return None
