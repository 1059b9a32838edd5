"""Two people work on one entry at the same moment."""

import threading
from datetime import UTC, datetime

from sqlalchemy import func, select

from hotline.models.knowledge import KnowledgeVersion
from hotline.services import knowledge
from hotline.services.knowledge import Asked
from tests.hotline.knowledge.book import Book
from workflows.errors import Refused


def together(*acts):
    """Begin all acts at once, each in a transaction of its own, and tell how each ended."""
    outcomes, start = [], threading.Barrier(len(acts))

    def run(act):
        start.wait()
        try:
            act()
            outcomes.append("done")
        except Refused as refusal:
            outcomes.append(str(refusal.code))

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


def test_of_two_who_begin_a_version_at_once_one_finds_the_others(session_factory, open_town):
    now = datetime.now(UTC)
    with session_factory.begin() as session:
        entry_id = Book(session, open_town, now).published().entry_id

    def begin(who):
        with session_factory.begin() as session:
            knowledge.start_version(session, entry_id, open_town[who], now)

    assert together(lambda: begin("handler_housing"), lambda: begin("reviewer")) == ["done", "draft_open"]
    with session_factory() as session:
        assert session.scalar(select(func.count()).select_from(KnowledgeVersion)) == 2


def test_of_publishing_and_sending_back_at_once_one_happens(session_factory, open_town):
    now = datetime.now(UTC)
    with session_factory.begin() as session:
        book = Book(session, open_town, now)
        version = book.move(book.draft(), "submit", "handler_housing")
        book.move(version, "approve", "leader_housing")
        entry_id, seen = version.entry_id, version.revision

    def move(name, who):
        with session_factory.begin() as session:
            knowledge.move(session, Asked(entry_id, name, seen, "再看看"), open_town[who], now)

    ended = together(lambda: move("publish", "reviewer"), lambda: move("send_back", "second_reviewer"))
    assert ended == ["done", "draft_changed"]
