"""How is kept what somebody has written of a reply and not given: sealed, theirs alone, a month long.

It lies where a citizen's jottings lie and is forgotten with them. No browser holds a token for it: the share
and its writer name it. Nothing here commits.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hotline.models.jottings import Jotting
from sealing import keyed_hash
from workflows.errors import Code, Refused

KEPT_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class ReplyDraft:
    """The fields as typed; `version` counts the times they were kept, `form` is the last to do so."""

    values: Mapping[str, Sequence[str]]
    version: int
    form: str
    kept_at: datetime


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes on which share's reply."""

    share_id: int
    user_id: int

    @property
    def mark(self) -> str:
        """What a draft is found by; never that of a citizen's token, which is hashed as another word."""
        return keyed_hash(f"reply draft:{self.share_id}:{self.user_id}")


def find_draft(session: Session, writer: Writer, now: datetime) -> ReplyDraft | None:
    """Find what somebody has written of a reply and not given."""
    row = session.scalar(select(Jotting).where(Jotting.token_hash == writer.mark, Jotting.kept_until > now))
    return None if row is None else _draft(row)


def drafted_shares(
    session: Session, share_ids: Sequence[int], user_id: int, now: datetime
) -> set[int | None]:
    """Tell for which of these shares somebody has a draft; none is opened for it."""
    marks = [Writer(share_id, user_id).mark for share_id in share_ids]
    drafted = select(Jotting.assignment_id)
    return set(session.scalars(drafted.where(Jotting.token_hash.in_(marks), Jotting.kept_until > now)))


def keep_draft(session: Session, writer: Writer, typed: ReplyDraft) -> ReplyDraft:
    """Keep what is typed so far; `typed.version` is the one its page saw.

    Raises Refused when another window has kept it meanwhile. A form whose last answer was lost may go on. The
    caller has locked the share.
    """
    row = session.scalar(select(Jotting).where(Jotting.token_hash == writer.mark).with_for_update())
    if row is None:
        row = Jotting(token_hash=writer.mark, assignment_id=writer.share_id, typed={}, ticket_number="")
        session.add(row)
    elif row.kept_until > typed.kept_at:
        known = _draft(row)
        if typed.version != known.version and not (typed.form and typed.form == known.form):
            raise Refused(Code.STALE_VERSION)
        typed = ReplyDraft(typed.values, known.version, typed.form, typed.kept_at)
    kept = ReplyDraft(typed.values, typed.version + 1, typed.form, typed.kept_at)
    row.typed = {**asdict(kept), "kept_at": kept.kept_at.isoformat()}
    # With nothing left in it there is nothing to keep, and nothing another window could overwrite.
    row.kept_until = kept.kept_at + (KEPT_FOR if any(map(any, kept.values.values())) else timedelta())
    return kept


def drop_drafts(session: Session, share_id: int) -> None:
    """Forget everybody's drafts of a share: its reply is given."""
    session.execute(delete(Jotting).where(Jotting.assignment_id == share_id))


def _draft(row: Jotting) -> ReplyDraft:
    typed = row.typed
    kept_at = datetime.fromisoformat(typed["kept_at"])
    return ReplyDraft(typed["values"], typed["version"], typed["form"], kept_at)
