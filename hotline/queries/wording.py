"""What are the pieces of data of actions called on screens, and how are their stored values read aloud?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from workflows.assignment import ASSIGNMENT
from workflows.definition import Need, NeedKind, Transition
from workflows.request import REQUEST
from workflows.ticket import TICKET
from workflows.vocabulary import Machine

FIELD_LABELS: Mapping[str, str] = {
    "accused": "被举报的单位或个人",
    "address": "事发地址",
    "advice": "派单意见",
    "answer": "答复内容",
    "attempted_at": "拨打时间",
    "basis": "退单依据",
    "by": "来源",
    "callback_wanted": "需要回访",
    "category": "诉求分类",
    "channel": "诉求来源",
    "choice_reason": "选择理由",
    "citizen_name": "诉求人姓名",
    "clock": "时限",
    "co_units": "协办单位",
    "comment": "诉求人意见",
    "contact": "是否联系诉求人",
    "contacted_at": "联系时间",
    "content": "诉求内容",
    "district": "所属区县",
    "email": "电子邮箱",
    "is_anonymous": "匿名",
    "is_confidential": "个人信息保密",
    "is_confirmed": "我已核对，仍要提交",
    "is_explained": "已向诉求人解释说明",
    "is_hard": "疑难工单",
    "is_identity_checked": "已核实诉求人身份",
    "is_public": "公开答复",
    "is_truthful": "单位反馈属实",
    "kind": "申请事项",
    "level": "级别",
    "main_unit": "主办单位",
    "no_contact_reason": "未联系的原因",
    "note": "说明",
    "outcome": "办结方式",
    "path": "办理途径",
    "phone": "联系电话",
    "public_answer": "公开答复内容",
    "reason": "理由",
    "reasons": "退回原因",
    "result": "办理结论",
    "satisfaction": "满意度",
    "solved": "是否解决",
    "source": "答复依据",
    "street": "街道（镇）",
    "suggested_unit": "建议承办单位",
    "text": "备注内容",
    "title": "标题",
    "type": "诉求类型",
    "urgency": "紧急程度",
    "visibility": "谁可以看到",
    "was_contacted": "单位已联系诉求人",
    "way": "联系方式",
}

# Where one name means different things, the action decides.
_LABELS_OF_ACTIONS: Mapping[tuple[str, str], str] = {
    ("record_contact", "result"): "联系结果",
    ("record_call_attempt", "result"): "未接通原因",
    ("approve_reply", "public_answer"): "对外公开的答复",
    ("close_without_callback", "public_answer"): "对外公开的答复",
    ("return_intake", "reason"): "退回理由",
    ("refuse_unit_reply", "reason"): "退回理由",
    ("reject", "reason"): "不予受理的理由",
    ("reject", "path"): "告知的办理途径",
    ("ask", "reason"): "退单理由",
    ("rework", "reason"): "重办理由",
    ("withdraw", "reason"): "撤单理由",
    ("approve", "reason"): "审批意见",
    ("refuse", "reason"): "驳回理由",
}

MESSAGE_KINDS: Mapping[str, str] = {
    "accepted": "受理通知",
    "answered": "直接答复",
    "rejected": "不予受理告知",
    "dispatched": "已转办通知",
    "replied": "办理答复与评价邀请",
    "closed": "办结通知",
    "reworked": "重办通知",
    "withdrawn": "撤单确认",
    "new_ticket": "新工单",
    "reply_sent_back": "答复被退回",
    "return_decided": "退单审批结果",
    "due_soon": "临期提醒",
    "due_soon_centre": "临期提醒",
    "overdue": "超期提醒",
    "sign_overdue": "超时签收提醒",
    "rework_unit": "重办工单",
    "ticket_withdrawn": "工单已撤",
    "co_reply": "协办已反馈",
    "unit_reply_refused": "答复被单位退回",
    "intake_returned": "工单退回补录",
    "reply_to_review": "答复待审核",
    "unit_reply_to_review": "答复待单位审核",
    "return_requested": "退单待审批",
    "supervisor_rework": "重办督办",
    "sign_overdue_supervisor": "超时签收",
    "overdue_supervisor": "超期督办",
}
MESSAGE_STATES: Mapping[str, tuple[str, str]] = {
    "created": ("待发送", "info"),
    "sending": ("发送中", "info"),
    "accepted": ("已发出", "info"),
    "delivered": ("已送达", "ok"),
    "failed": ("未送达", "bad"),
    "dead": ("发送失败", "bad"),
    "skipped": ("未发送", "mute"),
}
MESSAGE_CHANNELS: Mapping[str, str] = {"sms": "短信", "email": "邮件", "mailbox": "站内信"}

ROWS: Mapping[tuple[str, str], Transition] = {
    (machine.value, row.action): row
    for machine, table in (
        (Machine.TICKET, TICKET),
        (Machine.ASSIGNMENT, ASSIGNMENT),
        (Machine.REQUEST, REQUEST),
    )
    for row in reversed(table.transitions)
}


@dataclass(frozen=True, slots=True)
class Names:
    """Names of the rows that data points at by id."""

    units: Mapping[int, str]
    categories: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Line:
    """One thing somebody said with an action; an instant is left for the screen to write."""

    name: str
    label: str
    value: str | datetime


def field_label(action: str, name: str) -> str:
    """Name a piece of data as the screens of this action do."""
    return _LABELS_OF_ACTIONS.get((action, name)) or FIELD_LABELS.get(name, name)


def read_lines(row: Transition, data: Mapping[str, object], names: Names) -> tuple[Line, ...]:
    """Read an event's data in the order of the table; what is empty or answered no is left out."""
    found = ((need, _read(need, data.get(need.name), names)) for need in row.needs)
    return tuple(Line(need.name, field_label(row.action, need.name), value) for need, value in found if value)


def _read(need: Need, value: object, names: Names) -> str | datetime | None:
    if value in (None, "", [], False):
        return None
    if need.kind is NeedKind.INSTANT:
        return datetime.fromisoformat(str(value))
    if need.kind in (NeedKind.UNIT, NeedKind.UNITS):
        return _named(value, names.units)
    if need.kind is NeedKind.CATEGORY:
        return _named(value, names.categories)
    if need.choices is not None:
        words = {word.value: word.label_zh for word in need.choices}
        return "、".join(words.get(item, item) for item in map(str, _listed(value)))
    return "是" if value is True else str(value)


def _named(value: object, names: Mapping[int, str]) -> str:
    ids = [int(str(item)) for item in _listed(value)]
    return "、".join(names.get(row_id, "—") for row_id in ids)


def _listed(value: object) -> Iterable[object]:
    return value if isinstance(value, list | tuple) else (value,)
