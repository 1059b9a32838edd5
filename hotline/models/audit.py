"""What was looked at, changed or refused, and by whom: written once, never changed, each chained to the last.

The events of a ticket say what became of it. These rows say who saw it, who was turned away, who came in, and
who changed how the installation is set up.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from database import Base, BigIntPk, BigIntRef
from workflows.vocabulary import Word


class AuditKind(Word):
    """What somebody did or tried."""

    SIGN_IN = "sign_in", "登录", "Signed in"
    SIGN_OUT = "sign_out", "退出", "Signed out"
    SEE_TICKET = "see_ticket", "查看工单", "Opened a ticket"
    REVEAL = "reveal", "查看诉求人身份", "Saw who called"
    FIND_PHONE = "find_phone", "按电话查询", "Looked a number up"
    FIND_NAME = "find_name", "按姓名查询", "Looked a name up"
    FIND_ID_NUMBER = "find_id_number", "按证件号码查询", "Looked an identity number up"
    PRINT = "print", "打印", "Printed"
    TAKE_FILE = "take_file", "下载", "Took a file"
    ACT = "act", "办理操作", "Acted"
    SET_UP = "set_up", "配置变更", "Changed the set-up"
    SUBSTITUTE = "substitute", "代理", "Let somebody stand in"
    LOOK = "look", "打开页面", "Opened a page"
    CITIZEN_FIND = "citizen_find", "诉求人查询", "Citizen looked a ticket up"


class AuditResult(Word):
    """What came of it."""

    DONE = "done", "成功", "Done"
    REFUSED = "refused", "未办成", "Refused"
    DENIED = "denied", "无权", "Denied"
    FAILED = "failed", "系统出错", "Failed"


class AuditRecord(Base):
    """One act, look or refusal: ids and numbers, never a caller's name, a telephone or a word typed."""

    __tablename__ = "audit_records"
    __table_args__ = (
        CheckConstraint("result IN ('done', 'refused', 'denied', 'failed')", name="result_is_known"),
        Index("ix_audit_records_at", "at", "id"),
        Index("ix_audit_records_ticket", "ticket_number", "at"),
        Index("ix_audit_records_actor", "actor_id", "at"),
        Index("ix_audit_records_kind", "kind", "at"),
    )

    id: Mapped[BigIntPk]
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(16))
    result: Mapped[str] = mapped_column(String(8))
    actor_kind: Mapped[str] = mapped_column(String(16))
    actor_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("users.id"))
    actor_name: Mapped[str] = mapped_column(String(100), default="")
    # Whom the actor stood in for; `actor_name` names both.
    for_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("users.id"))
    unit_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("units.id"))
    ip: Mapped[str] = mapped_column(String(45), default="")
    ticket_number: Mapped[str] = mapped_column(String(24), default="")
    endpoint: Mapped[str] = mapped_column(String(64), default="")
    request_id: Mapped[str] = mapped_column(String(16), default="")
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)


class AuditLink(Base):
    """One link of the chain: the keyed hash of a record and of the link before it. Numbers have no gaps."""

    __tablename__ = "audit_links"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    record_id: Mapped[BigIntRef] = mapped_column(unique=True)
    hash: Mapped[str] = mapped_column(String(64))
    linked_at: Mapped[datetime]


class AuditHead(Base):
    """How long the chain is, under a key: a chain alone cannot miss its own end. One row."""

    __tablename__ = "audit_heads"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
    proof: Mapped[str] = mapped_column(String(64))
