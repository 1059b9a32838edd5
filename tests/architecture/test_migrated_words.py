"""Are the tickets of an older database found by their words, and their words gone when they are?"""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hotline.models.search import TicketWords
from hotline.models.ticket import Ticket
from hotline.queries.ticket_words import says
from hotline.services.ticket_index import index_after
from tests.architecture.conftest import Edition


def found(session: Session, words: str) -> list[int]:
    return list(session.scalars(select(Ticket.id).where(says(session, words))))


def test_what_was_written_before_there_was_an_index_is_found_in_it(edition: Edition):
    edition.up("0034")
    citizen_id = edition.put("citizens", language="zh")
    known = {
        "state": "in_process",
        "citizen_id": citizen_id,
        "content": "小区电梯停运。",
        "street": "和平街道",
    }
    ticket_id = edition.put("tickets", **known)
    other_id = edition.put("tickets", **{**known, "content": "路灯不亮。"})
    edition.put(
        "ticket_events", ticket_id=ticket_id, action="supplement", number=1, data={"text": "一楼进水"}
    )
    edition.up()
    with Session(edition.engine) as session:
        words = ("电梯停运", "进水", "路灯", "和平街")
        assert [found(session, each) for each in words] == [
            [ticket_id],
            [ticket_id],
            [other_id],
            [ticket_id, other_id],
        ]
        lines = select(TicketWords.ticket_id, TicketWords.words).order_by(TicketWords.ticket_id)
        migrated = session.execute(lines).all()
        assert index_after(session, 0, 9) == other_id
        assert session.execute(lines).all() == migrated


def test_the_words_of_a_ticket_go_with_it(edition: Edition):
    edition.up("0034")
    edition.put(
        "tickets", state="in_process", citizen_id=edition.put("citizens", language="zh"), content="电梯"
    )
    edition.up()
    with Session(edition.engine) as session:
        session.execute(delete(Ticket))
        assert session.scalars(select(TicketWords.ticket_id)).all() == []
        session.commit()
    if edition.engine.dialect.name == "sqlite":
        assert edition.rows("SELECT rowid FROM ticket_words_fts WHERE ticket_words_fts MATCH '电梯'") == []
