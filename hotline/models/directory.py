"""Who changed units, people and rosters, when, why and how: so that each state can be explained."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from database import Base, BigIntPk, BigIntRef
from workflows.vocabulary import Word


class Listed(Word):
    """What the directory lists."""

    UNIT = "unit", "承办单位"
    USER = "user", "人员", "Person"
    ROSTER = "roster", "值班表", "Duty roster"


class DirectoryAct(Word):
    """What was done to a unit, an account or a roster."""

    CREATED = "created", "新建"
    CHANGED = "changed", "修改"
    MOVED = "moved", "调整上级", "Moved"
    BEGUN = "begun", "启用"
    ENDING_PLANNED = "ending_planned", "安排停用", "Ending planned"
    ENDING_CANCELLED = "ending_cancelled", "取消停用", "Ending cancelled"
    ENDED = "ended", "停用"
    MERGED = "merged", "并入其他单位", "Merged into another unit"
    DEACTIVATED = "deactivated", "停用账号", "Account closed"
    REACTIVATED = "reactivated", "恢复账号", "Account opened again"
    UNLOCKED = "unlocked", "解除锁定"
    LINK_ISSUED = "link_issued", "发出设置密码的链接", "Password link issued"
    TOKEN_ISSUED = "token_issued", "发出接口令牌", "API token issued"
    TOKEN_REVOKED = "token_revoked", "吊销接口令牌", "API token revoked"
    SESSIONS_ENDED = "sessions_ended", "结束全部登录", "Signed out everywhere"
    PASSWORD_SET = "password_set", "本人设置密码", "Password set"


class DirectoryChange(Base):
    """One change of one unit, account or roster; `version` is the one it made.

    `changed` lists what differs as (field, before, after) in the words of that day: names may change later.
    """

    __tablename__ = "directory_changes"
    __table_args__ = (Index("ix_directory_changes_of", "listed", "subject_id", "id"),)

    id: Mapped[BigIntPk]
    listed: Mapped[str] = mapped_column(String(8))
    subject_id: Mapped[BigIntRef]
    version: Mapped[int]
    act: Mapped[str] = mapped_column(String(24))
    changed: Mapped[list[list[str]]] = mapped_column(JSON, default=list)
    reason: Mapped[str] = mapped_column(String(500), default="")
    by_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("users.id"))
    by_name: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime]
