"""Who stands in for whom in the demo city?"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from hotline.demo.people import Staff
from hotline.services.directory_changes import Signed
from hotline.services.substitutions import Wish, name_substitute
from workflows.vocabulary import Role

_LEAVE = timedelta(days=5)


def seed_substitution(session: Session, now: datetime) -> None:
    """Let the handler's colleague stand in during the handler's leave."""
    staff = Staff(session)
    principal, substitute = staff["handler"], staff["handler3"]
    wish = Wish(
        principal.user_id or 0,
        substitute.user_id,
        frozenset({Role.HANDLER}),
        now,
        now + _LEAVE,
        "年休假，由同事代为办理",
    )
    name_substitute(session, wish, Signed(principal, now, "年休假"))
