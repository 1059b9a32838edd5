"""Which answers may people pick in forms: contact, results, ratings, reasons?"""

from collections.abc import Mapping

from workflows.vocabulary import Word


class ContactWay(Word):
    """How the unit reached the citizen."""

    PHONE = "phone", "电话"
    VISIT = "visit", "上门", "Visit"
    MESSAGE = "message", "短信或网络", "Message"


class ContactMade(Word):
    """Whether the unit reached the citizen before it answered."""

    CONTACTED = "contacted", "已联系"
    UNREACHABLE = "unreachable", "联系不上", "Could not be reached"
    NOT_NEEDED = "not_needed", "无需联系", "Not needed"


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
    STATUTORY_PATH = (
        "statutory_path",
        "应走或已走诉讼、仲裁、复议、信访等途径",
        "For courts, arbitration, review or petition",
    )
    SECRET = "secret", "涉及国家秘密、商业秘密或隐私", "Secrets or privacy"
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


class EmergencyLine(Word):
    """Which line takes over danger to life or property."""

    POLICE = "110", "110 公安报警", "110 Police"
    FIRE = "119", "119 消防救援", "119 Fire and rescue"
    AMBULANCE = "120", "120 医疗急救", "120 Ambulance"
    TRAFFIC_POLICE = "122", "122 交通事故", "122 Traffic accidents"


class SystemAct(Word):
    """What the system does by itself when the ladder reaches a level."""

    REMIND = "remind", "提醒", "Remind"
    ORDER = "order", "下发督办单", "Write an order"
    PROPOSE = "propose", "报请决定", "Lay it before a person"


class OrderLevel(Word):
    """How strongly the centre presses a unit: the ladder of supervision, reminders first."""

    REMINDER = "1", "一级：系统提醒", "1: Reminder by the system"
    URGING = "2", "二级：中心催办", "2: Urged by the centre"
    ORDER = "3", "三级：督办单", "3: Order to the unit's leader"
    LISTED = "4", "四级：挂牌督办", "4: Listed supervision"
    INTERVIEW = "5", "五级：通报约谈", "5: Circular and interview"
    DISCIPLINE = "6", "六级：移送纪检", "6: Handed to discipline inspection"


# Interviews and discipline are a person's to order; the system only says that it has come to that.
SYSTEM_ACTS: Mapping[OrderLevel, SystemAct] = {
    OrderLevel.REMINDER: SystemAct.REMIND,
    OrderLevel.URGING: SystemAct.REMIND,
    OrderLevel.ORDER: SystemAct.ORDER,
    OrderLevel.LISTED: SystemAct.ORDER,
    OrderLevel.INTERVIEW: SystemAct.PROPOSE,
    OrderLevel.DISCIPLINE: SystemAct.PROPOSE,
}


class ExclusionGround(Word):
    """Why a unit says a ticket should not count in its assessment."""

    BEYOND_DUTY = "beyond_duty", "超出法定职责", "Beyond the unit's duty"
    NO_FACTS = "no_facts", "经核查不属实", "Not borne out by the facts"
    BEYOND_POLICY = "beyond_policy", "超出政策规定", "Asks for more than policy allows"
    DONE_BY_LAW = "done_by_law", "已依法办结仍重复提出", "Settled by law and raised again"
    ABUSE = "abuse", "恶意或滥用热线", "Malicious or abusive"


class AppealSubject(Word):
    """Which figure of a unit's assessment is contested."""

    RATING = "rating", "满意度评价", "The rating"
    LATENESS = "lateness", "超期", "The lateness"


class PersonalField(Word):
    """What a citizen may have corrected of what is kept because of their ticket."""

    NAME = "name", "姓名", "Name"
    PHONE = "phone", "电话", "Telephone"
    EMAIL = "email", "邮箱", "E-mail"
    ADDRESS = "address", "地点", "Place"
    CONTENT = "content", "反映的内容", "What you told us"


class StatementKind(Word):
    """How somebody is told what becomes of their data."""

    WEB = "web", "网上告知", "Shown on the web"
    SPOKEN = "spoken", "口头告知", "Read out on the telephone"
