"""Which words does the workflow use: states, actions, roles, clocks and the like, with their screen labels.

Stored words are full lower-case English. Labels are (Simplified Chinese, English).
"""

from enum import StrEnum


class Word(StrEnum):
    """A word of the workflow: its value is stored, its labels are shown."""

    label_zh: str
    label_en: str

    def __new__(cls, value: str, label_zh: str = "", label_en: str = "") -> "Word":
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
    ARCHIVE = "archive", "归档时间"


class TimerKind(Word):
    """At which moment of a clock a timer fires."""

    YELLOW = "yellow", "黄灯"
    ORANGE = "orange", "橙灯"
    RED = "red", "红灯"


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
    UNITS = "units", "各承办单位", "Every newly assigned unit"
    UNIT = "unit", "该承办单位", "Unit of the assignment"
    MAIN_UNIT = "main_unit", "主办单位", "Main unit"
    OPEN_UNITS = "open_units", "在办单位", "Units still handling"
    UNIT_LEADER = "unit_leader", "单位领导"
    DISPATCHER = "dispatcher", "派单员", "Dispatchers"
    AUDITOR = "auditor", "办结审核员", "Auditors"
    SUPERVISOR = "supervisor", "督办员", "Supervisors"


class ContactWay(Word):
    """How the unit reached the citizen."""

    PHONE = "phone", "电话"
    VISIT = "visit", "上门", "Visit"
    MESSAGE = "message", "短信或网络", "Message"


class Result(Word):
    """What the unit says became of the matter."""

    RESOLVED = "resolved", "已解决"
    PARTLY_RESOLVED = "partly_resolved", "部分解决", "Partly resolved"
    EXPLAINED = "explained", "解释说明"
    UNFOUNDED = "unfounded", "不属实"


class Satisfaction(Word):
    """What the citizen thinks, on the five-step scale of the callback script."""

    VERY_SATISFIED = "very_satisfied", "非常满意", "Very satisfied"
    SATISFIED = "satisfied", "满意"
    FAIRLY_SATISFIED = "fairly_satisfied", "基本满意", "Fairly satisfied"
    DISSATISFIED = "dissatisfied", "不满意"
    VERY_DISSATISFIED = "very_dissatisfied", "非常不满意", "Very dissatisfied"


CONTENT = frozenset({Satisfaction.VERY_SATISFIED, Satisfaction.SATISFIED, Satisfaction.FAIRLY_SATISFIED})


class Solved(Word):
    """Whether the citizen's problem is gone."""

    YES = "yes", "已解决", "Solved"
    PARTLY = "partly", "部分解决", "Partly"
    NO = "no", "没有解决", "Not solved"


class RejectionReason(Word):
    """Why a matter is outside the hotline (`domain` list of what is not accepted)."""

    BEYOND_POWER = "beyond_power", "超出本市政府职权", "Outside the city's power"
    EMERGENCY_LINE = "emergency_line", "应由 110、119、120、122 处理", "For the emergency lines"
    OTHER_ORGANS = (
        "other_organs",
        "属法院、检察、军队、党委、人大等机关",
        "For courts, prosecutors or other organs",
    )
    STATUTORY_PATH = "statutory_path", "应走或已走诉讼、仲裁、复议、信访等途径", "For a statutory path"
    SECRET = "secret", "涉及国家秘密、商业秘密或隐私", "Secrets or privacy"  # noqa: S105 - a reason, not a credential
    SAME_MATTER = "same_matter", "同一事项在办或已办结且无新事实", "Same matter without new facts"
    NO_SUBSTANCE = "no_substance", "违法、侮辱或没有实质内容", "Illegal, abusive or without substance"


class SendBackReason(Word):
    """Why an auditor sends a reply back."""

    OFF_TOPIC = "off_topic", "答非所问", "Off topic"
    MISSED_POINTS = "missed_points", "遗漏诉求点", "Missed points"
    NO_CONTACT = "no_contact", "未联系诉求人", "Citizen not contacted"
    EVASIVE = "evasive", "推诿或空泛", "Evasive"
    PERSONAL_DATA = "personal_data", "泄露个人信息", "Personal data shown"


class ReturnReason(Word):
    """Why a unit gives a ticket back."""

    NOT_OUR_DUTY = "not_our_duty", "不属本单位职责", "Not our duty"
    MISSING_ELEMENTS = "missing_elements", "要素不全", "Facts missing"
    DUPLICATE = "duplicate", "重复工单", "Duplicate"
    UNCLEAR = "unclear", "诉求不清", "Unclear"


class CallResult(Word):
    """How a callback attempt ended when nobody answered the questions."""

    NO_ANSWER = "no_answer", "无人接听", "No answer"
    BUSY = "busy", "占线"
    SWITCHED_OFF = "switched_off", "关机或停机", "Switched off"
    WRONG_NUMBER = "wrong_number", "号码有误", "Wrong number"
    CALL_LATER = "call_later", "请改时再打", "Call later"


class Visibility(Word):
    """Who may read an event or note."""

    INTERNAL = "internal", "内部"
    CITIZEN = "citizen", "诉求人可见", "Citizen may see"
