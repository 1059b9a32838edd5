"""What does a refusal say to people: for each code a status and a sentence that names the cure, zh and en."""

from collections.abc import Mapping
from dataclasses import dataclass

from workflows.errors import Code, FieldCode, FieldError


@dataclass(frozen=True, slots=True)
class Sentence:
    """One refusal as people read it. `{limit}` in a field's sentence is filled from the error."""

    status: int
    zh: str
    en: str

    def in_language(self, language: str) -> str:
        return self.en if language == "en" else self.zh


_FORBIDDEN, _ABSENT, _CONFLICT, _INVALID = 403, 404, 409, 422

SENTENCES: Mapping[str, Sentence] = {
    Code.UNKNOWN_ACTION: Sentence(
        _ABSENT,
        "没有这个操作，请返回工单页重新选择。",
        "There is no such action; choose one on the ticket's page.",
    ),
    Code.NOT_YOUR_ROLE: Sentence(
        _FORBIDDEN,
        "您的角色不能做这一步，请交给有权限的同事办理。",
        "Your role may not take this step; hand it to a colleague who may.",
    ),
    Code.NOT_FOUND: Sentence(
        _ABSENT,
        "没有找到，请核对编号，或确认您有权查看。",
        "Nothing found; check the number, or whether you may see it.",
    ),
    Code.NOT_YOUR_UNIT: Sentence(
        _FORBIDDEN,
        "这件分单不在您的单位，请由承办单位办理。",
        "This assignment belongs to another unit; that unit has to act.",
    ),
    Code.NOT_YOUR_TICKET: Sentence(
        _FORBIDDEN,
        "这件工单不是您登记的，请由登记人或诉求人办理。",
        "This ticket is not yours; whoever registered it has to act.",
    ),
    Code.NOT_IN_THIS_STATE: Sentence(
        _CONFLICT,
        "工单当前状态不能做这一步，请刷新页面，查看现在可以做什么。",
        "The ticket's present state does not allow this; reload to see what is possible now.",
    ),
    Code.STALE_VERSION: Sentence(
        _CONFLICT,
        "您打开页面之后，工单已被他人更新。请核对最新内容后再提交，您填写的内容已保留。",
        "Someone changed it after you opened the page. Check what is new and send again; your text is kept.",
    ),
    Code.INVALID_INPUT: Sentence(
        _INVALID,
        "有内容需要修改，请按各项提示更正后再提交。",
        "Some fields need mending; correct them and submit again.",
    ),
    Code.OWN_WORK: Sentence(
        _FORBIDDEN,
        "不能审核自己办理的内容，请由另一位同事审核。",
        "You may not approve your own work; ask a colleague.",
    ),
    Code.OWN_REQUEST: Sentence(
        _FORBIDDEN,
        "不能审批自己提出的申请，请由另一位同事审批。",
        "You may not decide your own request; ask a colleague.",
    ),
    Code.NO_TRUSTED_INTAKE: Sentence(
        _FORBIDDEN,
        "您没有直接提交派单的权限，请改用“提交”，由审核员审核。",
        "You have no right to skip review; submit it for review instead.",
    ),
    Code.REPORTS_NEED_DISPATCH: Sentence(
        _CONFLICT,
        "举报不能直接答复，请提交派单，由承办单位核查。",
        "A report of wrongdoing cannot be answered directly; submit it for dispatch.",
    ),
    Code.UNIT_INACTIVE: Sentence(
        _CONFLICT, "所选单位已停用，请另选承办单位。", "The chosen unit is no longer active; choose another."
    ),
    Code.UNIT_ACCUSED: Sentence(
        _CONFLICT,
        "被举报的单位不能承办本单，请选择其上级或监管单位。",
        "The accused unit may not handle this; choose its superior or supervising unit.",
    ),
    Code.UNIT_HAS_IT_ALREADY: Sentence(
        _CONFLICT, "该单位已有本单的分单，请另选单位。", "That unit has this ticket already; choose another."
    ),
    Code.REASON_FOR_CHOICE_NEEDED: Sentence(
        _INVALID,
        "所选单位不在职责目录推荐之列，请填写选择理由。",
        "The chosen unit is not the one the catalogue suggests; give your reason.",
    ),
    Code.MAIN_NOT_REPLIED: Sentence(
        _CONFLICT,
        "主办单位还没有反馈，请等主办单位反馈后再试。",
        "The main unit has not replied; wait for its reply.",
    ),
    Code.CO_HANDLERS_OPEN: Sentence(
        _CONFLICT,
        "还有协办单位没有反馈，请等其反馈或撤回协办。",
        "A supporting unit has not replied; wait for it or recall it.",
    ),
    Code.CALLBACK_WANTED: Sentence(
        _CONFLICT,
        "诉求人需要回访，请选择“审核通过”转入回访。",
        "The citizen wants to be called back; approve the reply so that the call is made.",
    ),
    Code.CALLBACK_NOT_WANTED: Sentence(
        _CONFLICT,
        "诉求人不需要回访，请直接选择“办结”。",
        "The citizen wants no callback; close the ticket instead.",
    ),
    Code.PUBLIC_ANSWER_MISSING: Sentence(
        _CONFLICT, "还没有可公开的答复，请先补写。", "There is no public answer yet; write it first."
    ),
    Code.PUBLIC_ANSWER_LEAKS: Sentence(
        _CONFLICT,
        "公开答复中有电话或证件号码，请删去后再提交。",
        "The public answer holds a phone or ID number; remove it and submit again.",
    ),
    Code.REPLY_NEEDS_A_SECOND_LOOK: Sentence(
        _CONFLICT,
        "答复中有需要再核对的地方，请修改，或确认无误后再提交。",
        "Something in the reply needs a second look; mend it, or confirm it and submit again.",
    ),
    Code.NOT_CONTENT: Sentence(
        _CONFLICT,
        "诉求人没有表示满意，请选择“重办”，或填写解释说明情况。",
        "The citizen is not content; send it for rework, or say how it was explained.",
    ),
    Code.CONTENT_NEEDS_NO_REWORK: Sentence(
        _CONFLICT,
        "诉求人已表示满意，不需要重办，请选择“办结”。",
        "The citizen is content; close the ticket instead.",
    ),
    Code.TOO_EARLY: Sentence(
        _CONFLICT,
        "还没有到可以做这一步的时间，请稍后再试。",
        "It is too early for this step; try again later.",
    ),
    Code.SAFETY_REPORT: Sentence(
        _CONFLICT,
        "涉及安全的举报不能撤回，如有新情况请补充说明。",
        "A report about safety cannot be withdrawn; add what is new instead.",
    ),
    Code.IDENTITY_NOT_CHECKED: Sentence(
        _CONFLICT, "请先核实诉求人身份，再做这一步。", "Check the citizen's identity first."
    ),
    Code.WINDOW_OPEN: Sentence(
        _CONFLICT,
        "办结后的申请期限还没有结束，期满后系统会自动归档。",
        "The time for objections is not over; the ticket is archived by itself after it.",
    ),
    Code.OPEN_REQUEST: Sentence(
        _CONFLICT,
        "还有同类申请等待审批，请等审批结果，或先撤回该申请。",
        "A request is still waiting for a decision; wait for it, or cancel it first.",
    ),
    Code.RETURN_WINDOW_OVER: Sentence(
        _CONFLICT,
        "退单期限已过，请继续办理，或联系派单员。",
        "The time for returning it is over; go on handling it, or call the dispatcher.",
    ),
    Code.RETURN_FORBIDDEN: Sentence(
        _CONFLICT,
        "退单申请已被驳回，本单不能再退，请继续办理。",
        "A return was refused before, so this ticket cannot be returned; go on handling it.",
    ),
    Code.CLOCK_NOT_RUNNING: Sentence(
        _CONFLICT,
        "相关时限已经停止，不需要这一步。",
        "The clock has stopped already; nothing is left to do here.",
    ),
    Code.IDEMPOTENCY_MISMATCH: Sentence(
        _CONFLICT,
        "这个提交编号已用于另一份内容，请刷新页面后重新提交。",
        "This key was used for another request; reload, or send a new key.",
    ),
    Code.TWIN_IN_FLIGHT: Sentence(
        _CONFLICT,
        "同一份提交正在处理，请稍候刷新查看结果，不要重复提交。",
        "The same request is being worked on; wait a moment and look at the result.",
    ),
}

FIELD_SENTENCES: Mapping[str, Sentence] = {
    FieldCode.REQUIRED: Sentence(_INVALID, "请填写此项。", "Fill in this field."),
    FieldCode.TOO_LONG: Sentence(
        _INVALID, "内容过长，最多 {limit} 字。", "Too long: at most {limit} characters."
    ),
    FieldCode.NOT_A_CHOICE: Sentence(_INVALID, "请从所列选项中选择。", "Choose one of the options."),
    FieldCode.NOT_A_NUMBER: Sentence(_INVALID, "请填写数字。", "Enter a number."),
    FieldCode.NOT_AN_INSTANT: Sentence(
        _INVALID,
        "请填写日期和时间，例如 2026-11-23 17:30。",
        "Enter a date and time, such as 2026-11-23 17:30.",
    ),
    FieldCode.NOT_A_FLAG: Sentence(_INVALID, "请选择“是”或“否”。", "Answer yes or no."),
    FieldCode.NOT_TEXT: Sentence(_INVALID, "请填写文字。", "Enter text."),
    FieldCode.UNKNOWN_FIELD: Sentence(
        _INVALID, "不需要此项，请删去。", "This field is not known; remove it."
    ),
    FieldCode.UNKNOWN_UNIT: Sentence(
        _INVALID, "没有这个单位，请重新选择。", "There is no such unit; choose again."
    ),
    FieldCode.UNKNOWN_CATEGORY: Sentence(
        _INVALID, "没有这个分类，请重新选择。", "There is no such category; choose again."
    ),
    FieldCode.BAD_PHONE: Sentence(
        _INVALID,
        "电话号码有误，请填写手机号或带区号的固定电话。",
        "Enter a mobile number, or a landline with its area code.",
    ),
    FieldCode.BAD_EMAIL: Sentence(
        _INVALID,
        "邮箱地址有误，请检查，例如 name@example.cn。",
        "Check the address; it looks like name@example.cn.",
    ),
    FieldCode.BAD_CHARACTER: Sentence(
        _INVALID,
        "含有无法显示的控制字符，请删去后重新输入。",
        "It holds characters that cannot be shown; remove them and type it again.",
    ),
    FieldCode.IN_THE_FUTURE: Sentence(
        _INVALID, "时间不能晚于现在，请更正。", "This cannot lie in the future; correct it."
    ),
    FieldCode.PLACE_NEEDED: Sentence(_INVALID, "请填写事发地点。", "Say where it happened."),
    FieldCode.ACCUSED_NEEDED: Sentence(
        _INVALID, "举报请填写被举报的单位或个人。", "Say whom the report is about."
    ),
    FieldCode.CATEGORY_NEEDED: Sentence(_INVALID, "请选择诉求分类。", "Choose a category."),
    FieldCode.CONTACT_NEEDED: Sentence(
        _INVALID,
        "请填写电话或邮箱，或选择匿名。",
        "Give a phone number or e-mail address, or choose to stay anonymous.",
    ),
    FieldCode.CITATION_NEEDED: Sentence(
        _INVALID,
        "请注明答复依据，例如知识库条目。",
        "Name what the answer rests on, such as a knowledge entry.",
    ),
}


def sentence(code: str) -> Sentence:
    """Find the words of a refusal; every code has a row, which a test proves."""
    return SENTENCES[code]


def field_sentence(error: FieldError, language: str) -> str:
    """Say what is wrong with one field; some refusals blame a field with a code of the whole move."""
    row = FIELD_SENTENCES.get(error.code) or SENTENCES[error.code]
    return row.in_language(language).replace("{limit}", error.limit)
