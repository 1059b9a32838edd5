"""What is known in the invented city: entries in every state, a second version, and doubts about two."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.demo.people import Staff
from hotline.models.catalog import Category
from hotline.models.knowledge import CorrectionState, KnowledgeVersion, VersionState
from hotline.models.organisation import Unit
from hotline.services import knowledge
from hotline.services.knowledge import Asked, Origin
from hotline.services.knowledge_checks import Written, words_of
from hotline.services.knowledge_corrections import Reply, answer, raise_doubt
from hotline.services.knowledge_use import end_what_is_over, mark
from workflows.definition import Actor

_SEEDS = Path(__file__).parent / "seeds"
_WRITTEN_AGO = timedelta(days=40)
# Longer ago than an entry may go without another look.
_WRITTEN_LONG_AGO = timedelta(days=200)
_PINNED = "停水统一口径"
_LEADERS = {"WT-CG": ("handler", "leader"), "BJ-ZJ": ("handler2", "leader2")}
_REVIEWED = {VersionState.UNIT_REVIEW: 1, VersionState.CENTRE_REVIEW: 2}
_LONG_AGO = frozenset({VersionState.DUE_FOR_REVIEW, VersionState.EXPIRED})
_By = tuple[Actor, datetime]


@dataclass(frozen=True, slots=True)
class _Shelf:
    session: Session
    staff: Staff
    units: Mapping[str, int]
    categories: Mapping[str, int]
    now: datetime


def seed_knowledge(session: Session, now: datetime) -> None:
    """Write the entries down, let some run out, change one, and doubt two."""
    units = {unit.code: unit.id for unit in session.scalars(select(Unit))}
    categories = {category.code: category.id for category in session.scalars(select(Category))}
    shelf = _Shelf(session, Staff(session), units, categories, now)
    entries = {row["title"]: _entry(shelf, row) for row in _rows()}
    end_what_is_over(session, now)
    lamp, fund, pipe = (
        entries[title] for title in ("路灯不亮报修", "公积金提取条件和材料", "夜间施工什么时候可以投诉")
    )
    _change(shelf, lamp)
    _doubt(shelf, fund, pipe)
    for name in ("agent", "agent2", "callback"):
        mark(session, fund.id, shelf.staff[name], now, is_useful=name != "callback")


def _entry(shelf: _Shelf, row: Mapping[str, str]) -> KnowledgeVersion:
    state = VersionState(row["state"])
    then = shelf.now - (_WRITTEN_LONG_AGO if state in _LONG_AGO else _WRITTEN_AGO)
    writer, leader = _LEADERS.get(row["unit"], ("reviewer", "admin"))
    origin = Origin(shelf.units[row["unit"]])
    version = knowledge.propose(shelf.session, origin, _written(shelf, row, state), shelf.staff[writer], then)
    steps = (("submit", writer), ("approve", leader), ("publish", "reviewer2"))
    taken = 0 if state is VersionState.DRAFT else _REVIEWED.get(state, len(steps))
    for place, (name, who) in enumerate(steps[:taken], 1):
        _move(shelf, version, name, (shelf.staff[who], then + timedelta(days=place)))
    if state is VersionState.WITHDRAWN:
        at = shelf.now - timedelta(days=3)
        by = (shelf.staff["reviewer"], at)
        _move(shelf, version, "withdraw", by, "新办法已取消高峰时段限制，待重写")
    return version


def _written(shelf: _Shelf, row: Mapping[str, str], state: VersionState) -> Written:
    today = shelf.now.date()
    days = -5 if state is VersionState.EXPIRED else int(row["days"] or 0)
    return Written(
        title=row["title"],
        talking_point=row["talking_point"],
        answer=row["answer"],
        basis=row["basis"],
        questions=row["questions"].replace("|", "\n"),
        category_id=shelf.categories[row["category"]],
        is_pinned=_PINNED in row["title"],
        valid_until_on=today + timedelta(days=days) if days else None,
    )


def _move(shelf: _Shelf, version: KnowledgeVersion, name: str, by: _By, reason: str = "") -> None:
    asked = Asked(version.entry_id, name, version.revision, reason)
    knowledge.move(shelf.session, asked, *by)


def _change(shelf: _Shelf, old: KnowledgeVersion) -> None:
    """A second version holds, and the first stays readable."""
    session, staff = shelf.session, shelf.staff
    at = shelf.now - timedelta(days=6)
    draft = knowledge.start_version(session, old.entry_id, staff["handler"], at)
    words = words_of(draft)
    faster = replace(words, talking_point=words.talking_point.replace("两日内", "一日内"))
    knowledge.put_words(session, old.entry_id, draft.revision, faster, staff["handler"])
    for name, who in (("submit", "handler"), ("approve", "leader"), ("publish", "reviewer")):
        at += timedelta(hours=5)
        _move(shelf, draft, name, (staff[who], at))


def _doubt(shelf: _Shelf, answered: KnowledgeVersion, still_open: KnowledgeVersion) -> None:
    session, staff, now = shelf.session, shelf.staff, shelf.now
    asked = raise_doubt(
        session,
        answered.id,
        "市民说租房提取现在每季度一次，条目里没有写次数。",
        staff["agent"],
        now - timedelta(days=9),
    )
    said = Reply(CorrectionState.DECLINED, "次数由合同约定，各人不同，请市民在网上查询本人可提次数。")
    answer(session, asked.id, said, staff["reviewer2"], now - timedelta(days=8))
    doubt = "高考期间禁止施工的时间今年改为六月一日起，条目没有写起止日期。"
    raise_doubt(session, still_open.id, doubt, staff["agent2"], now - timedelta(hours=3))


def _rows() -> Iterator[dict[str, str]]:
    with (_SEEDS / "knowledge.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
