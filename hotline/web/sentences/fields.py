"""What is wrong with a single field, and how is it mended?"""

from collections.abc import Mapping

from hotline.web.sentences.words import INVALID, Sentence
from workflows.errors import FieldCode

SENTENCES: Mapping[str, Sentence] = {
    FieldCode.REQUIRED: Sentence(INVALID, "请填写此项。", "Fill in this field."),
    FieldCode.NOTHING_CHOSEN: Sentence(INVALID, "请选择。", "Make a choice."),
    FieldCode.TOO_LONG: Sentence(
        INVALID, "内容过长，最多 {limit} 字。", "Too long: at most {limit} characters."
    ),
    FieldCode.NOT_A_CHOICE: Sentence(INVALID, "请从所列选项中选择。", "Choose one of the options."),
    FieldCode.NOT_A_NUMBER: Sentence(INVALID, "请填写数字。", "Enter a number."),
    FieldCode.NOT_AN_INSTANT: Sentence(
        INVALID,
        "请填写日期和时间，例如 2026-11-23 17:30。",
        "Enter a date and time, such as 2026-11-23 17:30.",
    ),
    FieldCode.NOT_A_FLAG: Sentence(INVALID, "请选择“是”或“否”。", "Answer yes or no."),
    FieldCode.NOT_TEXT: Sentence(INVALID, "请填写文字。", "Enter text."),
    FieldCode.UNKNOWN_FIELD: Sentence(INVALID, "不需要此项，请删去。", "This field is not known; remove it."),
    FieldCode.UNKNOWN_UNIT: Sentence(
        INVALID, "没有这个单位，请重新选择。", "There is no such unit; choose again."
    ),
    FieldCode.UNKNOWN_CATEGORY: Sentence(
        INVALID, "没有这个分类，请重新选择。", "There is no such category; choose again."
    ),
    FieldCode.UNKNOWN_DISTRICT: Sentence(
        INVALID,
        "本市没有这个区县，请从列表中选择；不清楚的留空，只写事发地址。",
        "The city has no such district; choose one of the list, or leave it empty and give the address.",
    ),
    FieldCode.BAD_CHARACTER: Sentence(
        INVALID,
        "含有无法显示的控制字符，请删去后重新输入。",
        "It holds characters that cannot be shown; remove them and type it again.",
    ),
    FieldCode.IN_THE_FUTURE: Sentence(
        INVALID, "时间不能晚于现在，请更正。", "This cannot lie in the future; correct it."
    ),
    FieldCode.PLACE_NEEDED: Sentence(INVALID, "请填写事发地点。", "Say where it happened."),
    FieldCode.ACCUSED_NEEDED: Sentence(
        INVALID, "举报请填写被举报的单位或个人。", "Say whom the report is about."
    ),
    FieldCode.CATEGORY_NEEDED: Sentence(INVALID, "请选择诉求分类。", "Choose a category."),
    FieldCode.CONTACT_NEEDED: Sentence(
        INVALID,
        "请填写电话或邮箱，或选择匿名。",
        "Give a phone number or e-mail address, or choose to stay anonymous.",
    ),
    FieldCode.CITATION_NEEDED: Sentence(
        INVALID,
        "请注明答复依据，例如知识库条目。",
        "Name what the answer rests on, such as a knowledge entry.",
    ),
    FieldCode.NOT_A_DATE: Sentence(
        INVALID, "请填写日期，例如 2026-11-27。", "Enter a date, such as 2026-11-27."
    ),
    FieldCode.NOT_CALL_HOURS: Sentence(
        INVALID,
        "请选择工作日 9:00 至 20:00 之间的时间。",
        "Choose a time between 9:00 and 20:00 on a working day.",
    ),
    FieldCode.NO_CALL_HOURS_LEFT: Sentence(
        INVALID,
        "回访时限以前已没有通话时间（工作日 9:00 至 20:00），不能再预约；请现在拨打，没有打通的记录未接通。",
        "No hour for calls (9:00 to 20:00 on working days) is left before the callback is due; call now, and "
        "record the call if it fails.",
    ),
    FieldCode.PAST_MOMENT: Sentence(
        INVALID, "这个时间已经过去，请选择以后的时间。", "That moment has passed; choose a later one."
    ),
    FieldCode.IN_THE_PAST: Sentence(
        INVALID, "日期不能早于今天，请更正。", "This cannot lie in the past; correct it."
    ),
    FieldCode.BEFORE_INTAKE: Sentence(
        INVALID, "时间不能早于工单受理，请更正。", "This cannot lie before the ticket was opened; correct it."
    ),
    FieldCode.TOO_LATE: Sentence(
        INVALID, "日期太晚，最迟 {limit}，请更正。", "Too late: {limit} at the latest."
    ),
    FieldCode.TOO_LARGE: Sentence(INVALID, "数字过大，最多 {limit}。", "Too large: at most {limit}."),
    FieldCode.UNKNOWN_TICKET: Sentence(
        INVALID, "没有这件工单，请核对编号。", "There is no such ticket; check the number."
    ),
    FieldCode.UNKNOWN_ASSIGNMENT: Sentence(
        INVALID, "没有这件分单，请刷新页面后重新选择。", "There is no such share; reload and choose again."
    ),
    FieldCode.NOT_IN_RANGE: Sentence(
        INVALID, "请填 {limit} 之间的整数。", "Enter a whole number between {limit}."
    ),
    FieldCode.WARNS_TOO_EARLY: Sentence(
        INVALID,
        "提前量不能长于时限本身，请改小。",
        "A warning cannot come before the clock starts; make the distance shorter.",
    ),
    FieldCode.ORANGE_BEFORE_YELLOW: Sentence(
        INVALID,
        "橙灯要在黄灯之后亮，请改小橙灯的提前量。",
        "The orange warning comes after the yellow one; make its distance shorter.",
    ),
    FieldCode.UNIT_DOES_NOT_FIT: Sentence(
        INVALID,
        "延期只能按{limit}计，请改选。",
        "Extensions are counted in {limit}; choose another unit.",
    ),
    FieldCode.ROW_EXISTS: Sentence(
        INVALID,
        "这种情形已有一条规则（{limit}），请修改那一条，或换一种适用范围。",
        "There is a limit for this case already ({limit}); change that one, or narrow this one.",
    ),
    FieldCode.NOT_RISING: Sentence(
        INVALID,
        "级别越高，提级要越晚：请与{limit}错开。",
        "A higher level comes later; keep it apart from {limit}.",
    ),
    FieldCode.NO_REWORK_LIMIT: Sentence(
        INVALID,
        "只有办理时限分首次和重办，请取消勾选。",
        "Only handling has a limit of its own for rework; clear the box.",
    ),
    FieldCode.UNPAIRED_MARK: Sentence(
        INVALID,
        "“{limit}”处的括号不成对：信息写成 {工单编号}，可省略的部分写成 [[…]]。",
        "The brackets at “{limit}” are not in pairs: write {number} for a fact and [[…]] for a part.",
    ),
    FieldCode.NESTED_PART: Sentence(
        INVALID,
        "“{limit}”处在可省略的部分里又开了一个，请先用 ]] 结束前一个。",
        "At “{limit}” a part begins inside another; end the first one with ]].",
    ),
    FieldCode.NO_GAP_IN_PART: Sentence(
        INVALID,
        "“{limit}”这一部分没有任何信息，无从判断何时省略；请放入信息或去掉 [[ ]]。",
        "The part “{limit}” has no fact in it to depend on; put one in or take the [[ ]] away.",
    ),
    FieldCode.UNKNOWN_FACT: Sentence(
        INVALID,
        "这类消息没有“{limit}”这项信息，请改用所列的信息。",
        "Messages of this kind have no fact “{limit}”; use one of those listed.",
    ),
    FieldCode.MAY_BE_MISSING: Sentence(
        INVALID,
        "“{limit}”有时没有，请连同前后文字放进 [[ ]]，没有时整段不写。",
        "“{limit}” is not always known; put it into [[ ]] with the words around it.",
    ),
    FieldCode.BAD_TEMPLATE_NUMBER: Sentence(
        INVALID,
        "请填写运营商给的模板编号：数字、字母、下划线或短横线，最多 64 个。",
        "Enter the number the carrier gave the template: letters, digits, _ or -, at most 64.",
    ),
    FieldCode.NOT_IN_TEXT: Sentence(
        INVALID,
        "短信正文里没有“{limit}”，不能交给运营商；请删去或写进正文。",
        "The SMS does not say “{limit}”, so the carrier must not get it; remove it or say it.",
    ),
    FieldCode.UNKNOWN_ENTRY: Sentence(
        INVALID,
        "知识条目 {limit} 不存在或已失效，请核对编号，或改写为三方通话的单位和时间。",
        "{limit} is no knowledge entry that holds today; check it, or name the third-party call.",
    ),
    FieldCode.NAMES_SOMEBODY: Sentence(
        INVALID,
        "内容里有{limit}，知识库人人可看，请删去。",
        "It holds a personal number that everybody would read; remove it.",
    ),
    FieldCode.BAD_UNIT_CODE: Sentence(
        INVALID,
        "请用字母、数字和短横线，以字母开头，最多 32 个字符；不能用 new。",
        "Use letters, digits and hyphens, a letter first, at most 32 characters; not the word new.",
    ),
    FieldCode.TOO_DEEP: Sentence(
        INVALID,
        "单位最多三级，放在这里会超过三级，请另选上级。",
        "Units have three tiers at most and this would be one more; choose another unit above.",
    ),
    FieldCode.UNFIT_SUCCESSOR: Sentence(
        INVALID,
        "承接单位要是另一个没有停用、也不在其下的单位，请重新选择。",
        "The successor is another unit that goes on and is not below this one; choose again.",
    ),
    FieldCode.BAD_USERNAME: Sentence(
        INVALID,
        "请用小写字母、数字、点、短横线或下划线，以字母开头，2 到 32 个字符。",
        "Use lower-case letters, digits, dots, hyphens or underscores, a letter first, 2 to 32 characters.",
    ),
    FieldCode.NO_UNIT_ROLE: Sentence(
        INVALID,
        "承办人和单位领导要属于一个单位，请选择单位。",
        "A handler or unit leader belongs to a unit; choose one.",
    ),
    FieldCode.ON_DUTY_ALREADY: Sentence(
        INVALID,
        "这个人在这段时间已经值班，请改时间或换人。",
        "This person is on duty then already; choose another time or another person.",
    ),
    FieldCode.ROLES_EXCLUDE: Sentence(
        INVALID,
        "系统管理员、安全管理员和审计管理员要由不同的人担任，请只选一项。",
        "System, security and audit administrator are three people; choose one of them.",
    ),
    FieldCode.OWN_ROLES: Sentence(
        INVALID,
        "不能改自己的角色，请由另一位管理员操作。",
        "Nobody changes their own roles; ask another administrator.",
    ),
    FieldCode.BEYOND_RIGHTS: Sentence(
        INVALID,
        "安全管理员和审计管理员由运维人员用命令设置，不能在这里给出或取消。",
        "Security and audit administrators are made by the operator's command; not given or taken here.",
    ),
    FieldCode.PASSWORD_TOO_SHORT: Sentence(
        INVALID,
        "密码至少 {limit} 个字符，请加长，例如连用几个不相干的词。",
        "A password has at least {limit} characters; make it longer, with a few unrelated words for example.",
    ),
    FieldCode.PASSWORD_TOO_FEW_KINDS: Sentence(
        INVALID,
        "小写字母、大写字母、数字和其他符号中至少要有 {limit} 类，请补上缺的。",
        "Of small letters, capitals, digits and other signs use at least {limit} kinds; add what is missing.",
    ),
    FieldCode.PASSWORD_HOLDS_WORD: Sentence(
        INVALID,
        "密码不能含有“{limit}”（用户名、系统名或本地名称容易被猜到），请换一个词。",
        "Names of users, systems and places are guessed first: leave “{limit}” out.",
    ),
    FieldCode.PASSWORD_COMMON: Sentence(
        INVALID,
        "这是常见密码，最先被猜到，请换一个别人想不到的。",
        "This is a common password and guessed first; use one that nobody else would think of.",
    ),
    FieldCode.PASSWORD_BREACHED: Sentence(
        INVALID,
        "这个密码已在别处泄露过，会被最先尝试，请换一个没有用过的。",
        "This password leaked elsewhere and is tried first; use one that was never used anywhere.",
    ),
    FieldCode.PASSWORD_USED_BEFORE: Sentence(
        INVALID,
        "不能与最近 {limit} 次用过的密码相同，请换一个新的。",
        "The last {limit} passwords are not taken again; choose a new one.",
    ),
    FieldCode.NOT_A_SYSTEM: Sentence(
        INVALID,
        "令牌只发给系统账号，请选择或新建一个系统账号。",
        "Tokens are given to accounts of systems; choose or make one.",
    ),
    FieldCode.NO_TOKEN_FOR_ROLE: Sentence(
        INVALID,
        "管理员、安全管理员和审计管理员的账号不发令牌，请换一个账号。",
        "Accounts of administrators, security officers and audit administrators get none; choose another.",
    ),
    FieldCode.BEYOND_ACCOUNT: Sentence(
        INVALID,
        "这个账号本身不能{limit}，请去掉这几项，或先调整账号的角色。",
        "The account itself may not do this ({limit}); leave it out or change its roles first.",
    ),
    FieldCode.NOT_THE_SAME: Sentence(
        INVALID, "两次输入的密码不一致，请重新输入。", "The two are not the same; type them again."
    ),
    FieldCode.UNKNOWN_ZONE: Sentence(
        INVALID, "没有这个时区，请填写如 Asia/Shanghai 的名称。", "Enter a time zone such as Asia/Shanghai."
    ),
    FieldCode.BAD_CODE: Sentence(
        INVALID,
        "请用小写字母、数字和短横线，以字母开头，最多 32 个字符。",
        "Use lower-case letters, digits and hyphens, a letter first, at most 32 characters.",
    ),
    FieldCode.TOO_MANY: Sentence(
        INVALID,
        "最多 {limit} 个，请先删去或停用不再用的。",
        "There may be {limit} at most; delete or retire what is no longer used.",
    ),
    FieldCode.NOTHING_TO_KEEP: Sentence(
        INVALID,
        "还没有可以保存的条件（电话不保存），请先回到检索页填写条件。",
        "There is no condition to keep (telephones are not kept); go back and give one.",
    ),
    FieldCode.TAKEN: Sentence(INVALID, "已经有了，请换一个。", "It is taken; choose another."),
    FieldCode.BAD_HOURS: Sentence(
        INVALID,
        "请写成 08:30-12:00，13:30-17:30；各段按先后排列，不能相接或重叠，最晚到 24:00。",
        "Write 08:30-12:00, 13:30-17:30: in order, not touching or overlapping, until 24:00 at the latest.",
    ),
    FieldCode.NEVER_OPEN: Sentence(
        INVALID, "一周至少有一天要办公，请填写时间。", "At least one weekday must have hours."
    ),
    FieldCode.ENDS_BEFORE_BEGINNING: Sentence(
        INVALID, "不能早于开始日期，请更正。", "It cannot end before it begins; correct it."
    ),
    FieldCode.SPAN_TOO_LONG: Sentence(
        INVALID, "一次最多改 {limit} 天，请分几次填写。", "At most {limit} days at a time."
    ),
}
