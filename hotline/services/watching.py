"""What do texts say of the words that are watched for: a ticket's record, and what goes into a reply?"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from hotline.models.ticket import Ticket
from hotline.models.watch_words import SAID_BY_CITIZENS, SAID_IN_REPLIES, WatchMark, WordKind
from hotline.queries.watch_words import Alarm, Watch, load_watch
from hotline.services.site import current_site

_REPLIES = ("answer", "public_answer")
_ROOM = 200


def read_record(session: Session, title: str, content: str, now: datetime) -> tuple[Alarm, ...]:
    """Tell what a record says of the words that are watched for in what citizens say."""
    return _watch(session, now).read(f"{title}\n{content}", SAID_BY_CITIZENS)


def mark_ticket(session: Session, ticket: Ticket, now: datetime) -> None:
    """Keep with a ticket what its record says, in place of what was kept before."""
    session.execute(delete(WatchMark).where(WatchMark.ticket_id == ticket.id))
    session.add_all(
        WatchMark(
            ticket_id=ticket.id,
            version_id=alarm.group.version_id,
            words="、".join(alarm.words)[:_ROOM],
            marked_at=now,
        )
        for alarm in read_record(session, ticket.title, ticket.content, now)
    )


def words_in_replies(session: Session, data: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Tell, as facts, which words for replies are in what an action wants to write."""
    said = {name: data[name] for name in _REPLIES if isinstance(data.get(name), str) and data[name]}
    if not said:
        return {}
    watch = _watch(session, now)
    return {
        "empty_words": _words_of(watch.read("\n".join(said.values()), (WordKind.EMPTY,))),
        "forbidden_words": tuple(
            (name, word)
            for name, text in said.items()
            for word in _words_of(watch.read(text, (WordKind.FORBIDDEN,)))
        ),
    }


def list_weak_words(session: Session, answer: str, now: datetime) -> tuple[str, ...]:
    """List the words in a reply that its reviewers should look at."""
    return _words_of(_watch(session, now).read(answer, SAID_IN_REPLIES))


def _watch(session: Session, now: datetime) -> Watch:
    """What is watched for on this day of the city."""
    return load_watch(session, now.astimezone(current_site().zone).date())


def _words_of(alarms: Iterable[Alarm]) -> tuple[str, ...]:
    return tuple(word for alarm in alarms for word in alarm.words)
