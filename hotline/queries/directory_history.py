"""What befell a unit, an account or a roster, newest first, in words?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.directory import DirectoryAct, DirectoryChange, Listed

FIELD_NAMES: Mapping[str, str] = {
    "code": "代码",
    "name": "名称",
    "short_name": "简称",
    "name_en": "英文名称",
    "kind": "性质",
    "district": "辖区",
    "parent": "上级单位",
    "tier": "层级",
    "liaison_phone": "值班台电话",
    "liaison_email": "联络邮箱",
    "has_reply_review": "单位审核",
    "calendar": "值班时间",
    "valid_from_on": "启用日期",
    "ended_on": "停用日期",
    "successor": "承接单位",
    "username": "账号",
    "display_name": "姓名",
    "staff_number": "工号",
    "unit": "单位",
    "roles": "角色",
    "phone": "手机号",
    "email": "邮箱",
    "has_trusted_intake": "免预审",
    "shift": "班次",
}
_CONTACTS = frozenset({"phone", "email", "liaison_phone", "liaison_email"})


@dataclass(frozen=True, slots=True)
class Change:
    """One change: what was done by whom, why, and which fields differ."""

    version: int
    act: str
    by: str
    at: datetime
    reason: str
    fields: tuple[tuple[str, str, str], ...]


def list_changes(session: Session, listed: Listed, subject_id: int, most: int = 50) -> Sequence[Change]:
    """List the newest changes of one row of the directory."""
    of_subject = (DirectoryChange.listed == listed.value, DirectoryChange.subject_id == subject_id)
    rows = session.scalars(
        select(DirectoryChange).where(*of_subject).order_by(DirectoryChange.id.desc()).limit(most)
    )
    return [
        Change(
            row.version,
            DirectoryAct(row.act).label_zh,
            row.by_name,
            row.at,
            row.reason,
            tuple(
                (FIELD_NAMES.get(name, name), mask(name, before), mask(name, after))
                for name, before, after in row.changed
            ),
        )
        for row in rows
    ]


def mask(name: str, said: str) -> str:
    """Leave enough of a number or address to tell one from another: the record is read for years."""
    if name not in _CONTACTS or not said:
        return said
    account, at, domain = said.partition("@")
    return f"{account[:1]}***{at}{domain}" if at else f"****{account[-4:]}"
