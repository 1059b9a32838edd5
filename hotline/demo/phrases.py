"""Which phrases do the units with accounts keep, and which tickets do their people keep in sight?"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.demo.people import Staff
from hotline.models.phrases import PhraseUse
from hotline.models.ticket import Assignment, Ticket
from hotline.services import watches
from hotline.services.phrases import Written, add_phrase
from workflows.vocabulary import AssignmentState

_WATCHED = 2
_RETURNS = (
    (
        PhraseUse.RETURN,
        "不在管辖范围",
        "经现场核对，诉求地点不在本单位管辖范围内，按属地管理原则应由所在区的同类单位办理。",
    ),
    (
        PhraseUse.EXTENSION,
        "等待检测结果",
        "已委托检测机构取样，检测报告需要 3 个工作日，拿到结果后才能确定处理办法。",
    ),
)
_PHRASES: Mapping[str, Sequence[tuple[PhraseUse, str, str]]] = {
    "handler": (
        (
            PhraseUse.REPLY,
            "占道经营已清理",
            "执法队员已到现场核实，占道摊位已全部清走，并安排早晚各巡查一次；如再出现，可拨打队部值班电话。",
        ),
        (
            PhraseUse.REPLY,
            "垃圾已清运",
            "环卫班组已将积存垃圾清运完毕，并对地面冲洗消毒；该点位改为每天清运两次。",
        ),
        (
            PhraseUse.REPLY,
            "路灯已修复",
            "检修人员已更换损坏的灯具和线路，当晚试亮正常；同路段其他路灯已一并检查。",
        ),
        *_RETURNS,
    ),
    "handler2": (
        (
            PhraseUse.REPLY,
            "电梯已恢复运行",
            "维保单位已更换故障部件并完成试运行，电梯当天恢复使用；已要求物业公示维保记录。",
        ),
        (
            PhraseUse.REPLY,
            "物业已公示收支",
            "已约谈物业公司，公共收益收支明细已在小区公告栏公示，业主可到物业服务中心查阅凭证。",
        ),
        *_RETURNS,
    ),
}


def seed_phrases(session: Session, now: datetime) -> None:
    """Write them in the name of the units' handlers."""
    staff = Staff(session)
    for username, phrases in _PHRASES.items():
        for use, title, text in phrases:
            add_phrase(session, Written(use.value, title, text), staff[username], now)


def seed_watches(session: Session, now: datetime) -> None:
    """Let each handler keep the newest tickets of the unit's own work in sight."""
    staff = Staff(session)
    for username in _PHRASES:
        handler = staff[username]
        newest = (
            select(Ticket)
            .join(Assignment, Assignment.ticket_id == Ticket.id)
            .where(Assignment.unit_id == handler.unit_id)
            .where(Assignment.state == AssignmentState.HANDLING.value)
            .order_by(Ticket.id.desc())
            .limit(_WATCHED)
        )
        for ticket in session.scalars(newest):
            if handler.user_id is not None:
                watches.watch(session, ticket, handler.user_id, now)
