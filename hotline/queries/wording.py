"""What are the pieces of data of actions called on screens, and how are their stored values read aloud?"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from hotline.queries.field_labels import FIELD_LABELS, LABELS_OF_ACTIONS
from workflows.assignment import ASSIGNMENT
from workflows.choices import AppealSubject
from workflows.definition import Need, NeedKind, Transition
from workflows.order import ORDER
from workflows.request import REQUEST
from workflows.ticket import TICKET
from workflows.vocabulary import Machine

_LEVELS = "〇一二三四五六"
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
    "transferred": "转紧急告知",
    "supplement_needed": "补充情况通知",
    "merged": "并案告知",
    "unmerged": "解除并案告知",
    "suspended": "挂账告知",
    "resumed": "恢复办理告知",
    "reopened": "重启告知",
    "reopening_refused": "不予重启告知",
    "extended": "延期告知",
    "urge_noted": "催办回执",
    "ticket_recalled": "工单已收回",
    "share_given": "指派通知",
    "share_taken": "不再经办",
    "urged": "催办提醒",
    "reclassified": "时限调整",
    "dispute_raised": "提交会商",
    "resumed_unit": "恢复办理",
    "reopened_unit": "重启工单",
    "excluded": "同意剔除",
    "included": "恢复考核",
    "child_replied": "下派单位已反馈",
    "child_returned": "下派单位已退回",
    "request_decided": "申请审批结果",
    "order_issued": "督办单",
    "order_answer_refused": "督办反馈被退回",
    "order_closed": "督办办结",
    "order_withdrawn": "督办已撤回",
    "order_due_soon": "督办临期提醒",
    "order_overdue": "督办超期提醒",
    "catch_up": "时限提醒汇总",
    "supplement_received": "补充结束，继续办理",
    "emergency_transferred": "转紧急报告",
    "invalid_proposed": "判无效待决定",
    "merged_dissatisfied": "并案后不满意",
    "dispute_raised_centre": "会商待决定",
    "suspended_supervisor": "挂账报备",
    "escalated": "提级提醒",
    "urged_overdue": "超期催办",
    "level_to_decide": "督办措施待决定",
    "opening_digest": "上班提醒",
    "urged_centre": "催办提醒",
    "request_to_decide": "申请待审批",
    "request_decided_staff": "申请审批结果",
    "export_to_decide": "批量导出待审批",
    "data_request_to_decide": "个人信息申请待处理",
    "data_request_due": "个人信息申请即将到期",
    "export_decided": "批量导出审批结果",
    "order_answered": "督办已反馈",
    "order_overdue_supervisor": "督办超期",
    "calendar_year_unknown": "工作日历缺少放假安排",
    "knowledge_doubted": "知识条目被纠错",
    "knowledge_to_check": "知识条目待复核或已到期",
    "morning_digest": "每日时限通报",
    "neutral_accepted": "受理通知（不提内容）",
    "neutral_replied": "评价邀请（不提内容）",
    "neutral_supplement": "补充情况通知（不提内容）",
    "neutral_news": "进展通知（不提内容）",
    "neutral_data_asked": "个人信息申请已收到",
    "neutral_data_decided": "个人信息申请结果",
    "neutral_phone_moved": "登记电话已更换（发给原号码）",
    "answer_dissatisfied": "直接答复后不满意",
    "details_added": "诉求人补充情况",
    "several": "多项通知汇总",
    "sms_spending": "短信用量提醒",
    "accounts_closed": "长期未用账号已停用",
    "reveals_unusual": "异常查看诉求人身份",
    "substitution_named": "代理安排",
    "substitution_ended": "代理结束",
    "answer_stopped": "短信回复：已退订",
    "answer_resumed": "短信回复：已恢复",
    "answer_unclear": "短信回复：使用说明",
    "answer_format": "短信回复：格式说明",
    "answer_registered": "短信回复：已登记",
    "answer_refused": "短信回复：请来电",
    "answer_status": "短信回复：办理进度",
    "answer_no_match": "短信回复：编号或查询码不对",
    "answer_which": "短信回复：请选择诉求",
    "answer_added": "短信回复：已补充",
    "answer_rated": "短信回复：已评价",
    "answer_not_rated": "短信回复：没有待评价",
    "answer_danger": "短信回复：提示先打急救、报警电话",
}
MESSAGE_STATES: Mapping[str, tuple[str, str]] = {
    "created": ("待发送", "info"),
    "sending": ("发送中", "info"),
    "accepted": ("已发出", "info"),
    "delivered": ("已送达", "ok"),
    "failed": ("未送达", "bad"),
    "dead": ("无法发送", "bad"),
    "skipped": ("未发送", "mute"),
}
SKIP_REASONS: Mapping[str, str] = {
    "no_address": "没有号码或邮箱",
    "opted_out": "已退订",
    "person_cap": "当日短信已达个人上限",
    "spend_cap": "当日短信已达总量上限",
    "digested": "已并入上班提醒",
    "moot": "事项已了结或改期",
    "paused": "计时暂停",
    "undone": "操作已撤销",
    "erased": "个人信息已应本人要求删除",
}
MESSAGE_CHANNELS: Mapping[str, str] = {"sms": "短信", "email": "邮件", "mailbox": "站内信"}

_OF_TABLES: Mapping[tuple[str, str], Transition] = {
    (machine.value, row.action): row
    for machine, table in (
        (Machine.TICKET, TICKET),
        (Machine.ASSIGNMENT, ASSIGNMENT),
        (Machine.REQUEST, REQUEST),
        (Machine.ORDER, ORDER),
    )
    for row in reversed(table.transitions)
}
# Events written under an earlier edition of the tables keep the names of that time.
_FORMER: Mapping[tuple[str, str], tuple[str, str]] = {("request", "ask"): ("request", "ask_return")}
ROWS: Mapping[tuple[str, str], Transition] = {
    **_OF_TABLES,
    **{old: _OF_TABLES[new] for old, new in _FORMER.items()},
}


@dataclass(frozen=True, slots=True)
class Names:
    """Names of the rows that data points at by id."""

    units: Mapping[int, str]
    categories: Mapping[int, str]
    units_of_shares: Mapping[int, str] = field(default_factory=dict)
    people: Mapping[int, str] = field(default_factory=dict)


_TABLES: Mapping[NeedKind, Callable[[Names], Mapping[int, str]]] = {
    NeedKind.UNIT: lambda names: names.units,
    NeedKind.UNITS: lambda names: names.units,
    NeedKind.CATEGORY: lambda names: names.categories,
    NeedKind.ASSIGNMENT: lambda names: names.units_of_shares,
    NeedKind.PERSON: lambda names: names.people,
}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing somebody said with an action; an instant is left for the screen to write."""

    name: str
    label: str
    value: str | datetime


def field_label(action: str, name: str) -> str:
    """Name a piece of data as the screens of this action do."""
    return LABELS_OF_ACTIONS.get((action, name)) or FIELD_LABELS.get(name, name)


def read_lines(row: Transition, data: Mapping[str, object], names: Names) -> tuple[Line, ...]:
    """Read an event's data in the order of the table; what is empty or answered no is left out."""
    found = ((need, _read(need, data.get(need.name), names)) for need in row.needs)
    return tuple(Line(need.name, field_label(row.action, need.name), value) for need, value in found if value)


def units_in(machine: str, action: str, data: Mapping[str, object]) -> set[int]:
    """List the units that an event's data points at."""
    return _ids_in(machine, action, data, frozenset({NeedKind.UNIT, NeedKind.UNITS}))


def people_in(machine: str, action: str, data: Mapping[str, object]) -> set[int]:
    """List the people that an event's data points at."""
    return _ids_in(machine, action, data, frozenset({NeedKind.PERSON}))


def say_date(day: date, today: date | None = None) -> str:
    """Say a date as people do: `11 月 27 日`, of another year than today's `2027 年 1 月 14 日`.

    Without `today` it is that of UTC: in the first hours of a year the city may hear one year too many.
    """
    is_of_this_year = day.year == (today or datetime.now(UTC).date()).year
    return f"{day.month} 月 {day.day} 日" if is_of_this_year else _say_whole_date(day)


def _say_whole_date(day: date) -> str:
    """Say a date with its year, for what is read years later."""
    return f"{day.year} 年 {day.month} 月 {day.day} 日"


def say_level(level: int) -> str:
    """Say a level of supervision as people do: `督办三级`."""
    return f"督办{_LEVELS[level]}级"


def _ids_in(machine: str, action: str, data: Mapping[str, object], kinds: frozenset[NeedKind]) -> set[int]:
    row = ROWS.get((machine, action))
    needs = row.needs if row is not None else ()
    values = (data.get(need.name) for need in needs if need.kind in kinds)
    return {int(str(item)) for value in values for item in _listed(value) if item is not None}


def _read(need: Need, value: object, names: Names) -> str | datetime | None:
    is_no = need.kind is NeedKind.ANSWER and value is False
    if value in (None, "", [], False) and not is_no:
        return None
    if need.kind is NeedKind.INSTANT:
        return datetime.fromisoformat(str(value))
    if need.kind is NeedKind.DATE:
        return _say_whole_date(date.fromisoformat(str(value)))
    if need.kind in _TABLES:
        return _named(value, _TABLES[need.kind](names))
    if need.choices is not None:
        words = {word.value: word.label_zh for word in need.choices}
        return "、".join(words.get(item, item) for item in map(str, _listed(value)))
    return {True: "是", False: "否"}[value] if isinstance(value, bool) else str(value)


def _named(value: object, names: Mapping[int, str]) -> str:
    ids = [int(str(item)) for item in _listed(value)]
    return "、".join(names.get(row_id, "—") for row_id in ids)


def _listed(value: object) -> Iterable[object]:
    return value if isinstance(value, list | tuple) else (value,)


def say_appeals(upheld: str) -> str:
    """Name about what appeals against an assessment were upheld; the words stand apart in the column."""
    return "、".join(subject.label_zh for subject in AppealSubject if subject in upheld.split())
