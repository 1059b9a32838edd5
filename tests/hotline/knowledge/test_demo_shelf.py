"""The demo city has an entry in every state, one that changed, and doubts about two."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from hotline.demo.founding import found_city
from hotline.demo.knowledge import seed_knowledge
from hotline.models.knowledge import CorrectionState, KnowledgeCorrection, KnowledgeVersion, VersionState
from hotline.queries.knowledge_search import Narrowed, list_pinned, search
from hotline.services.accounts import CHEAP_HASHER

NOW = datetime(2026, 11, 23, 2, 12, tzinfo=UTC)


def test_the_invented_city_knows_something_in_every_state(session):
    found_city(session, "Yunjiang-12345", NOW - timedelta(days=50), CHEAP_HASHER)
    seed_knowledge(session, NOW)
    states = set(session.scalars(select(KnowledgeVersion.state)))
    assert states == set(VersionState) - {VersionState.DISCARDED}
    doubts = set(session.scalars(select(KnowledgeCorrection.state)))
    assert doubts == {CorrectionState.OPEN, CorrectionState.DECLINED}
    assert ["停水统一口径" in each.title for each in list_pinned(session, NOW.date())] == [True]
    assert "公积金" in search(session, "gjj", Narrowed(), NOW.date())[0].title
