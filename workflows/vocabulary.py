"""Which words does the workflow use: states, actions, roles, clocks and the like, with their screen labels.

Stored words are full lower-case English. Labels are (Simplified Chinese, English).
"""

from enum import StrEnum
from typing import Self


class Word(StrEnum):
    """A word of the workflow: its value is stored, its labels are shown."""

    label_zh: str
    label_en: str

    def __new__(cls, value: str, label_zh: str = "", label_en: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label_zh = label_zh or value
        member.label_en = label_en or value.replace("_", " ").capitalize()
        return member


class Machine(Word):
    """The workflow's machines; each is one table of transitions."""

    TICKET = "ticket", "工单", "Ticket"
    ASSIGNMENT = "assignment", "分单", "Assignment"
    REQUEST = "request", "申请", "Request"
    ORDER = "order", "督办单", "Supervision order"


class TicketState(Word):
    """Where a ticket stands."""

    DRAFT = "draft", "草稿"
    INTAKE_REVIEW = "intake_review", "待审核", "Intake review"
    AWAITING_SUPPLEMENT = "awaiting_supplement", "待补充", "Awaiting your details"
    TO_DISPATCH = "to_dispatch", "待派单", "To dispatch"
    IN_PROCESS = "in_process", "办理中", "In process"
    IN_DISPUTE = "in_dispute", "争议会商", "In dispute"
    REPLY_REVIEW = "reply_review", "待办结审核", "Reply review"
    TO_CALL_BACK = "to_call_back", "待回访", "To call back"
    SUSPENDED = "suspended", "挂账", "Suspended"
    CLOSED = "closed", "已办结", "Closed"
    ARCHIVED = "archived", "已归档", "Archived"


class AssignmentState(Word):
    """Where one unit's share of a ticket stands."""

    TO_SIGN = "to_sign", "待签收", "To sign"
    HANDLING = "handling", "办理中", "Handling"
    SUB_DISPATCHED = "sub_dispatched", "已下派", "Sub-dispatched"
    UNIT_REVIEW = "unit_review", "单位待审", "Unit review"
    REPLIED = "replied", "已反馈", "Replied"
    RETURNED = "returned", "已退单", "Returned"
    RECALLED = "recalled", "已撤回", "Recalled"


class RequestState(Word):
    """Where a request stands between asker and decider."""

    REQUESTED = "requested", "待审", "Requested"
    APPROVED = "approved", "同意", "Approved"
    REFUSED = "refused", "驳回", "Refused"
    CANCELLED = "cancelled", "撤回", "Cancelled"


class RequestKind(Word):
    """What is asked."""

    RETURN = "return", "退单", "Return"
    EXTENSION = "extension", "延期", "Extension"
    SUSPENSION = "suspension", "挂账", "Suspension"
    REOPENING = "reopening", "重启", "Reopening"
    EXCLUSION = "exclusion", "不合理诉求剔除", "Exclusion from assessment"
    ASSESSMENT_APPEAL = "assessment_appeal", "考核申诉", "Assessment appeal"
    IDENTITY_DISCLOSURE = "identity_disclosure", "查看保密身份", "Disclosure of a sealed identity"
    BULK_EXPORT = "bulk_export", "批量导出", "Bulk export"
    CENTRE_CONTACT = "centre_contact", "经中心联系", "Contact through the centre"


class OrderState(Word):
    """Where a supervision order stands between the centre and the units it names."""

    ISSUED = "issued", "已下发", "Issued"
    ANSWERED = "answered", "已反馈", "Answered"
    CLOSED = "closed", "督办办结", "Closed"
    WITHDRAWN = "withdrawn", "已撤回", "Withdrawn"


ENDED_ORDERS = (OrderState.CLOSED, OrderState.WITHDRAWN)


class Outcome(Word):
    """How a closed ticket ended."""

    ANSWERED_DIRECTLY = "answered_directly", "直接答复", "Answered directly"
    RESOLVED = "resolved", "已解决"
    EXPLAINED = "explained", "解释说明"
    PARTLY_RESOLVED = "partly_resolved", "部分解决", "Partly resolved"
    UNREACHABLE = "unreachable", "回访未接通", "Citizen not reached"
    REJECTED = "rejected", "不予受理", "Not accepted"
    INVALID = "invalid", "无效"
    WITHDRAWN = "withdrawn", "撤单"
    MERGED = "merged", "并案"
    TRANSFERRED = "transferred", "转紧急或法定渠道", "Transferred"


class TicketType(Word):
    """What kind of matter a citizen brings (DB12/T 1438-2025 lists these six)."""

    CONSULTATION = "consultation", "咨询", "Question"
    HELP = "help", "求助", "Request for help"
    COMPLAINT = "complaint", "投诉"
    REPORT = "report", "举报", "Report of wrongdoing"
    SUGGESTION = "suggestion", "建议"
    PRAISE = "praise", "表扬"


class Urgency(Word):
    """How soon it must be dealt with."""

    ORDINARY = "ordinary", "一般"
    URGENT = "urgent", "紧急"
    CRITICAL = "critical", "特急"


class IntakeChannel(Word):
    """How the citizen reached the hotline."""

    PHONE = "phone", "电话"
    WEB = "web", "网站", "Website"
    APP = "app", "小程序", "App"
    SMS = "sms", "短信", "SMS"
    EMAIL = "email", "邮件", "E-mail"
    WALK_IN = "walk_in", "来访", "Walk-in"
    TRANSFER = "transfer", "转办来件", "Transfer"
    IMPORT = "import", "导入", "Import"


class Role(Word):
    """In what capacity someone acts."""

    CITIZEN = "citizen", "诉求人"
    AGENT = "agent", "话务员"
    EXPERT = "expert", "专家坐席"
    REVIEWER = "reviewer", "审核员", "Intake reviewer"
    DISPATCHER = "dispatcher", "派单员"
    HANDLER = "handler", "承办人", "Unit handler"
    UNIT_LEADER = "unit_leader", "单位领导", "Unit leader"
    AUDITOR = "auditor", "办结审核员", "Reply auditor"
    CALLBACK_AGENT = "callback_agent", "回访员", "Callback agent"
    SUPERVISOR = "supervisor", "督办员"
    CENTRE_LEADER = "centre_leader", "中心领导", "Centre leader"
    ADMINISTRATOR = "administrator", "系统管理员", "System administrator"
    SECURITY_OFFICER = "security_officer", "安全管理员", "Security officer"
    AUDIT_ADMINISTRATOR = "audit_administrator", "审计管理员", "Audit administrator"
    IMPORTER = "importer", "系统接口", "Other system"
    TELEPHONE = "telephone", "电话平台", "Telephone system"
    SYSTEM = "system", "系统"


CENTRE_ROLES = frozenset(
    {
        Role.AGENT,
        Role.EXPERT,
        Role.REVIEWER,
        Role.DISPATCHER,
        Role.AUDITOR,
        Role.CALLBACK_AGENT,
        Role.SUPERVISOR,
        Role.CENTRE_LEADER,
    }
)
UNIT_ROLES = frozenset({Role.HANDLER, Role.UNIT_LEADER})


class ClockName(Word):
    """A named promise about time."""

    DISPATCH = "dispatch", "派单时限", "Dispatch"
    SIGN = "sign", "签收时限", "Sign"
    CONTACT = "contact", "联系时限", "First contact"
    HANDLE = "handle", "办理时限", "Handling"
    REVIEW = "review", "办结审核时限", "Reply review"
    CALLBACK = "callback", "回访时限"
    DISPUTE = "dispute", "会商时限"
    DECISION = "decision", "审批时限"
    SUPERVISION = "supervision", "督办时限"
    SUPPLEMENT = "supplement", "补充时限"
    SUSPENSION = "suspension", "挂账复核时限", "Suspension review"
    ARCHIVE = "archive", "归档时间"


class ChangeReason(Word):
    """What befell a clock: why its moments were laid down, stood still or moved."""

    STARTED = "started", "起算"
    PAUSED = "paused", "暂停"
    RESUMED = "resumed", "恢复"
    EXTENDED = "extended", "延期"
    RECLASSIFIED = "reclassified", "改分类重算", "Reclassified"
    RECOUNTED = "recounted", "日历变更重算", "Recounted by a new calendar"
    RESTORED = "restored", "撤销后照旧", "Runs on after an undo"
    CARRIED_OVER = "carried_over", "升级前已变更", "Moved before the upgrade"


# These lay a clock out by its limit and the edition of that moment; the others only move it.
LAYS_OUT = (ChangeReason.STARTED, ChangeReason.RECLASSIFIED, ChangeReason.RECOUNTED)


class TimerKind(Word):
    """At which moment of a clock a timer fires."""

    YELLOW = "yellow", "黄灯"
    ORANGE = "orange", "橙灯"
    RED = "red", "红灯"
    LEVEL_1 = "level_1", "一级提醒", "Level 1: reminder"
    LEVEL_2 = "level_2", "二级催办", "Level 2: urged"
    LEVEL_3 = "level_3", "三级督办", "Level 3: order"
    LEVEL_4 = "level_4", "四级挂牌督办", "Level 4: listed supervision"
    LEVEL_5 = "level_5", "五级通报约谈", "Level 5: circular and interview"
    LEVEL_6 = "level_6", "六级移送纪检", "Level 6: discipline inspection"


class Light(Word):
    """What a clock looks like now; derived, never stored."""

    NONE = "none", "无时限"
    GREEN = "green", "正常", "On track"
    YELLOW = "yellow", "临期", "Due soon"
    ORANGE = "orange", "将到期", "Due in hours"
    RED = "red", "超期", "Overdue"
    PAUSED = "paused", "暂停"
    DONE_ON_TIME = "done_on_time", "按时办结", "Done on time"
    DONE_LATE = "done_late", "超期办结", "Done late"


class Audience(Word):
    """Whom a notice is for; services resolve it to recipients."""

    CITIZEN = "citizen", "诉求人"
    AGENT = "agent", "登记人", "Registering agent"
    HANDLER = "handler", "承办人", "Handler of the assignment"
    FORMER_HANDLER = "former_handler", "原承办人", "Whoever handled it until now"
    UNITS = "units", "各承办单位", "Every newly assigned unit"
    UNIT = "unit", "该承办单位", "Unit of the assignment"
    MAIN_UNIT = "main_unit", "主办单位", "Main unit"
    OPEN_UNITS = "open_units", "在办单位", "Units still handling"
    RECALLED_UNITS = "recalled_units", "被撤回的单位", "Units whose share is taken back"
    MOVED_UNIT = "moved_unit", "主办单位（期限变更时）", "Main unit, if its due date moved"
    PARENT_UNIT = "parent_unit", "上级承办单位", "Unit that sub-dispatched the share"
    ORDERED_UNITS = "ordered_units", "被督办单位", "Units named by the order"
    ORDERED_LEADERS = "ordered_leaders", "被督办单位领导", "Leaders of the units named by the order"
    SUPPLEMENT_ASKER = "supplement_asker", "要求补充的人", "Whoever asked for the supplement"
    REQUEST_ASKER = "request_asker", "申请人", "Whoever made the request"
    REQUEST_DECIDERS = "request_deciders", "审批人", "Whoever decides the request"
    UNIT_LEADER = "unit_leader", "单位领导"
    DUTY = "duty", "值班人（没有时为单位领导）", "Whoever is on duty, else the unit's leaders"
    DISPATCHER = "dispatcher", "派单员", "Dispatchers"
    AUDITOR = "auditor", "办结审核员", "Auditors"
    SUPERVISOR = "supervisor", "督办员", "Supervisors"
    REVIEWER = "reviewer", "审核员", "Intake reviewers"
    CENTRE_DESK = "centre_desk", "中心当前岗位", "Whoever of the centre the ticket waits for"
    CENTRE_LEADER = "centre_leader", "中心领导", "Centre leaders"
    SECURITY_OFFICER = "security_officer", "安全管理员", "Security officers"
